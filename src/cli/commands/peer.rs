//! `keypact peer`: known peers, whose keys make the next exchange with them need nobody.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use crate::cli::credentials;
use crate::cli::output::{Contents, Output};
use crate::cli::peers::{How, Name, Peer, Peers};
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::codes::words;
use crate::handshake::{KeyKind, PublicKey};

const EXAMPLES: &str = "\
Examples:
  Print your own identity, for your peer to add
    $ keypact peer show -i key.txt
  Remember a peer by its SSH key
    $ keypact peer add alice \"$(cat alice.pub)\"
  See whom you know, and how each was verified
    $ keypact peer list";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Remember a peer by a key that you have from it by a way you trust
    Add {
        /// What to call it here
        name: Name,
        /// Its identity: kpid1… as its 'keypact peer show' prints, or an SSH key, 'ssh-ed25519 AAAA…'
        #[arg(value_name = "IDENTITY")]
        key: String,
    },
    /// List the known peers
    List {
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Show a known peer; without a name, your own identity
    Show {
        /// The peer
        name: Option<Name>,
        /// Your own identity is in this file [default: the identity that 'keypact key generate' made]
        #[arg(short, long, value_name = "FILE", conflicts_with = "name")]
        identity: Option<PathBuf>,
        /// Which key of your own: x25519 or ed25519
        #[arg(long, value_name = "KIND", default_value = "x25519", value_parser = credentials::kind)]
        credential: KeyKind,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget a peer
    Remove {
        /// The peer
        name: Name,
    },
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        match self.what {
            What::Add { name, key } => {
                let key = credentials::public(&key)?;
                Peers::find(ui)?.add(&Peer::now(name, key, How::Added, None))?;
                Ok(())
            }
            What::Remove { name } => Ok(Peers::find(ui)?.remove(&name)?),
            What::List { json } => {
                let mut output = Output::stdout(Contents::Text, "the peers", &mut claims)?;
                for peer in Peers::find(ui)?.all()? {
                    writeln!(output, "{}", if json { as_json(&peer) } else { line(&peer) })?;
                }
                output.commit()
            }
            What::Show {
                name,
                identity,
                credential,
                json,
            } => {
                let mut output = Output::stdout(Contents::Text, "the identity", &mut claims)?;
                if let Some(name) = name {
                    let peer = Peers::find(ui)?.get(&name)?;
                    writeln!(output, "{}", if json { as_json(&peer) } else { whole(&peer) })?;
                } else {
                    let own = credentials::own(identity.as_deref(), credential, &mut claims, ui)?.public();
                    let text = if json { own_json(&own) } else { own.to_string() };
                    writeln!(output, "{text}")?;
                    ui.note(&format!("fingerprint, to compare by voice: {}", spoken(&own)));
                }
                output.commit()
            }
        }
    }
}

/// 15 words, 120 bits: what two people read to each other where they do not compare the whole text.
fn spoken(key: &PublicKey) -> String {
    words::spoken(&key.fingerprint())
}

fn line(peer: &Peer) -> String {
    format!("{}  {} {}  {}", peer.name, peer.how.word(), peer.when, peer.key)
}

fn whole(peer: &Peer) -> String {
    let session = peer.session.as_deref().unwrap_or("none");
    format!(
        "name: {}\nidentity: {}\nfingerprint: {}\nverified: {} {}\nsession: {session}",
        peer.name,
        peer.key,
        spoken(&peer.key),
        peer.how.word(),
        peer.when
    )
}

fn as_json(peer: &Peer) -> String {
    json!({
        "name": peer.name.to_string(),
        "identity": peer.key.to_string(),
        "fingerprint": spoken(&peer.key),
        "verified": peer.how.word(),
        "when": peer.when,
        "session": peer.session,
    })
    .to_string()
}

fn own_json(key: &PublicKey) -> String {
    json!({"identity": key.to_string(), "fingerprint": spoken(key)}).to_string()
}
