//! `keypact exchange`: a fresh key that both sides hold.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::json;

use crate::channel::{Channel, Kind};
use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output};
use crate::cli::session;
use crate::cli::streams::Claims;
use crate::cli::transport::TransportArgs;
use crate::cli::ui::Ui;
use crate::cli::wire::Wire;
use crate::crypto::labels;
use crate::encoding::{base64, hex};
use crate::format::hybrid;
use crate::secret::{Secret, SecretBytes, SecretText};

const EXAMPLES: &str = "\
Examples:
  Agree with another shell of the same user
    $ keypact exchange --trust-transport --listen unix:door -o one.txt & keypact exchange --trust-transport --connect unix:door -o two.txt; wait
  Agree through a command, as 'ssh -T host keypact exchange --stdio …' would be
    $ keypact exchange --trust-transport -o here.txt --exec 'keypact exchange --stdio --trust-transport -o there.txt'";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Write the key to FILE, which must not exist yet [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How the key is written: as an age identity that both sides hold, or its 32 bytes
    #[arg(long, value_name = "FORMAT", default_value = "identity")]
    format: Format,
    /// What the key is for: other labels give other keys of the same exchange, and no key tells anything of another
    #[arg(long, value_name = "LABEL", default_value = "")]
    label: String,
    /// Write one more key of the same exchange, under its own label, to a new file; can be repeated
    #[arg(long, value_name = "LABEL=FILE")]
    also: Vec<Also>,
    /// Describe the result as one JSON object on stdout; needs -o for the key
    #[arg(long, requires = "output")]
    json: bool,
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An age identity (post-quantum hybrid)
    Identity,
    /// 32 bytes
    Raw,
    /// 64 digits and a line end
    Hex,
    /// 44 characters and a line end
    Base64,
}

/// One more key.
#[derive(Clone)]
struct Also {
    label: String,
    file: PathBuf,
}

impl std::str::FromStr for Also {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((label, file)) if !label.is_empty() && !file.is_empty() => Ok(Self {
                label: label.to_owned(),
                file: file.into(),
            }),
            _ => Err("not LABEL=FILE".to_owned()),
        }
    }
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.agree(ui, events))
    }

    fn agree(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let mut answer = Output::answer(self.json, &mut claims)?;
        let mut outputs = self.open_outputs(&mut claims)?;
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let (wire, channel) = session::establish(&self.transport, auth, ui, events)?;
        let session = channel.session().to_string();
        let also = self.also.iter().map(|also| also.label.as_bytes());
        let keys: Vec<Secret<32>> = std::iter::once(self.label.as_bytes())
            .chain(also)
            .map(|label| channel.export(labels::export::SESSION, label))
            .collect();
        // Both sides must have come this far before either keeps the key.
        close(wire, channel, self.transport.patience())?;

        let mut recipients = Vec::new();
        for (key, output) in keys.into_iter().zip(&mut outputs) {
            let (text, recipient) = written(self.format, key, &session);
            output.write_all(text.expose())?;
            recipients.push(recipient);
        }
        for committed in Output::commit_all(outputs) {
            committed?;
        }
        let report = json!({"session": session, "recipient": recipients.first(), "output": self.output});
        if let Some(answer) = &mut answer {
            answer.write_all(format!("{report}\n").as_bytes())?;
        }
        answer.map(Output::commit).transpose()?;
        events.emit(&json!({"event": "done", "session": session}));
        Ok(())
    }

    /// Places for all keys, found before anybody is spoken to.
    fn open_outputs(&self, claims: &mut Claims) -> Result<Vec<Output>, Fault> {
        let contents = match (&self.output, self.format) {
            (Some(_), _) => Contents::Key,
            (None, Format::Raw) => Contents::Binary,
            (None, _) => Contents::Text,
        };
        let first = Output::open(self.output.as_deref(), contents, "the key", claims);
        let also = self.also.iter().map(|also| &also.file);
        let also = also.map(|file| Output::open(Some(file), Contents::Key, "another key", &mut Claims::default()));
        std::iter::once(first).chain(also).collect()
    }
}

/// Says that no more follows, and hears the same of the peer.
fn close(mut wire: Wire, mut channel: Channel, patience: Duration) -> anyhow::Result<()> {
    let record = channel.seal(Kind::CLOSE, b"");
    wire.write(record)?;
    let deadline = Instant::now() + patience;
    let mut closed = false;
    while !closed {
        let mut record = wire.message(deadline.saturating_duration_since(Instant::now()))?;
        closed = match channel.opener.open(&mut record)? {
            (Kind::CLOSE, b"") => true,
            (Kind::PAD | Kind::REKEY, _) => false,
            _ => return Err(crate::channel::Error::Protocol("a record after the exchange").into()),
        };
    }
    wire.finish();
    Ok(())
}

/// The key in its format, and the recipient that belongs to an identity. Nothing in it depends on the side, so that the
/// two files are equal.
fn written(format: Format, key: Secret<32>, session: &str) -> (SecretBytes, Option<String>) {
    let line = |text: &str| [text.as_bytes(), b"\n"].concat();
    match format {
        Format::Raw => (SecretBytes::new(key.expose().to_vec()), None),
        Format::Hex => (
            SecretBytes::new(line(SecretText::new(hex::encode(key.expose())).expose())),
            None,
        ),
        Format::Base64 => (
            SecretBytes::new(line(SecretText::new(base64::encode_padded(key.expose())).expose())),
            None,
        ),
        Format::Identity => {
            let identity = hybrid::Identity::from_seed(key);
            let recipient = identity.recipient().to_string();
            let head = format!("# session: {session}\n# public key: {recipient}\n");
            let text = [head.as_bytes(), identity.to_text().expose().as_bytes(), b"\n"].concat();
            (SecretBytes::new(text), Some(recipient))
        }
    }
}
