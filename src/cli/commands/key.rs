//! `keypact key`: identities and their recipients.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Subcommand, ValueEnum};
use zeroize::Zeroizing;

use super::plugin;
use crate::cli::fault::Fault;
use crate::cli::keys::{IdentityFile, MaxWork, Passphrases, identity_files};
use crate::cli::output::{Contents, Output};
use crate::cli::shown::shown;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::cli::{config, drawing};
use crate::crypto::rng::OsRng;
use crate::format::keys::IdentityKey;
use crate::format::{self, armor, hybrid, scrypt, x25519};

const GENERATE: &str = "\
Examples:
  Make your identity; what is printed is for everybody who wants to write to you
    $ keypact key generate
  Make one in a file of its own, locked with a passphrase
    $ keypact key generate --passphrase-file pass.txt -o locked.txt";

const SHOW: &str = "\
Examples:
  Print the recipients of an identity file
    $ keypact key show -i key.txt
  Show one to a camera
    $ keypact key show -i classic.txt --qr";

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make an identity and print its recipient
    #[command(after_help = GENERATE)]
    Generate(Generate),
    /// Print the recipients of an identity file, one a line
    #[command(after_help = SHOW)]
    Show(Show),
    /// Print an identity that lets other age programs use an identity file, through age-plugin-keypact
    #[command(after_help = plugin::EXAMPLES)]
    Plugin(plugin::Args),
}

#[derive(clap::Args)]
struct Generate {
    /// The kind: hybrid (ML-KEM-768 and X25519, safe against quantum computers) or x25519 (shorter, for old readers)
    #[arg(
        long = "type",
        value_name = "TYPE",
        default_value = "hybrid",
        hide_possible_values = true
    )]
    kind: Kind,
    /// Lock the identity file with a passphrase, asked for on the terminal
    #[arg(short, long, conflicts_with = "passphrase_file")]
    passphrase: bool,
    /// Lock the identity file with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    /// Write the identity to this new file; '-' prints it [default: identity.txt in the folder for configuration, which
    /// is used when no identity is named]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Hybrid,
    X25519,
}

#[derive(clap::Args)]
struct Show {
    /// The identity file, which may be locked with a passphrase, or an SSH private key; can be repeated [default: the
    /// identity that 'keypact key generate' made]
    #[arg(short, long, value_name = "FILE")]
    identity: Vec<PathBuf>,
    /// Open the identity file with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    work: MaxWork,
    /// Draw QR codes instead
    #[arg(long)]
    qr: bool,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        match self.what {
            What::Generate(generate) => generate.run(ui),
            What::Show(show) => show.run(ui),
            What::Plugin(args) => args.run(ui),
        }
    }
}

impl Generate {
    fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let mut file = self.open(&mut claims, ui)?;
        // Both places are open before there is a key that could be lost in either.
        let recipient_goes_to = if file.is_stdout() {
            None
        } else {
            Some(Output::stdout(Contents::Text, "the recipient", &mut claims)?)
        };
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), &mut claims, ui)?;
        let is_locked = self.passphrase || passphrases.are_given();
        let lock = is_locked.then(|| passphrases.lock("the identity file")).transpose()?;

        let identity = self.kind.generate()?;
        let text = file_text(&identity);
        match lock {
            None => file.write_all(text.as_bytes())?,
            Some(passphrase) => {
                let recipient = scrypt::Recipient::new(passphrase);
                let mut writer = format::encrypt(armor::Writer::new(file), &[&recipient], &mut OsRng)?;
                writer.write_all(text.as_bytes())?;
                file = writer.finish()?.finish()?;
            }
        }
        file.commit()?;
        match recipient_goes_to {
            None => ui.note(&format!("the recipient is {}", identity.recipient())),
            Some(mut output) => {
                writeln!(output, "{}", identity.recipient())?;
                output.commit()?;
            }
        }
        Ok(())
    }

    fn open(&self, claims: &mut Claims, ui: &Ui) -> Result<Output, Fault> {
        if let Some(path) = &self.output {
            return Output::open(Some(path), Contents::Key, "the identity", claims);
        }
        let path = ui.paths()?.identity();
        path.parent().map_or(Ok(()), config::create_private)?;
        ui.note(&format!("the identity goes to {}", shown(&path)));
        Output::open(Some(&path), Contents::Key, "the identity", claims)
    }
}

impl Kind {
    fn generate(self) -> anyhow::Result<IdentityKey> {
        Ok(match self {
            Self::Hybrid => IdentityKey::Hybrid(hybrid::Identity::generate(&mut OsRng)?),
            Self::X25519 => IdentityKey::X25519(x25519::Identity::generate(&mut OsRng)?),
        })
    }
}

/// The text form of age's own key generator, with the time in UTC.
fn file_text(identity: &IdentityKey) -> Zeroizing<String> {
    let created = humantime::format_rfc3339_seconds(SystemTime::now());
    let secret = identity.to_text();
    Zeroizing::new(format!(
        "# created: {created}\n# public key: {}\n{}\n",
        identity.recipient(),
        secret.expose()
    ))
}

impl Show {
    fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let mut output = Output::stdout(Contents::Text, "the recipients", &mut claims)?;
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), &mut claims, ui)?.at_most(&self.work);
        let files = identity_files(&self.identity, &[], &passphrases, &mut claims, ui)?;
        if files.is_empty() {
            return Err(nothing_to_show().into());
        }
        for file in &files {
            for recipient in recipients_of(file, ui)? {
                let text = if self.qr { drawing(&recipient, ui)? } else { recipient };
                writeln!(output, "{text}")?;
            }
        }
        output.commit()
    }
}

/// Those of our own keys, and what a comment says of a plugin's.
pub(super) fn recipients_of(file: &IdentityFile, ui: &Ui) -> Result<Vec<String>, Fault> {
    let mut recipients: Vec<String> = file.recipients()?.iter().map(ToString::to_string).collect();
    for identity in &file.identities()?.plugins {
        match &identity.recipient {
            Some(recipient) => recipients.push(recipient.clone()),
            None => ui.warn(&format!(
                "no comment in {} names the recipient of the identity of {}; 'keypact encrypt -i' writes to it all the same",
                file.name(),
                identity.text.name().program()
            )),
        }
    }
    Ok(recipients)
}

pub(super) fn nothing_to_show() -> Fault {
    Fault::failure("there is no default identity")
        .hint("name a file with -i FILE, or make one with 'keypact key generate'")
}

fn drawing(recipient: &str, ui: &Ui) -> Result<String, Fault> {
    // In upper case, what is Bech32 is the same recipient, and a smaller code.
    let is_bech32 = recipient.starts_with("age1");
    let text = if is_bech32 {
        recipient.to_uppercase()
    } else {
        recipient.to_owned()
    };
    drawing::qr(&text, "the recipient", &io::stdout(), ui)
}
