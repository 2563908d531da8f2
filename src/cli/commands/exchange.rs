//! `keypact exchange`: a fresh key that both sides hold.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::json;

use crate::channel::{Channel, Kind};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output};
use crate::cli::session::{self, AuthArgs};
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

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.agree(ui, events))
    }

    fn agree(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let answer = self
            .json
            .then(|| Output::stdout(Contents::Text, "the answer of --json", &mut claims));
        let mut answer = answer.transpose()?;
        let mut output = self.open_output(&mut claims)?;
        let auth = self.auth.settle(ui)?;

        let (wire, channel) = session::establish(&self.transport, auth, ui, events)?;
        let session = channel.session().to_string();
        let key: Secret<32> = channel.export(labels::export::SESSION, b"");
        // Both sides must have come this far before either keeps the key.
        close(wire, channel, self.transport.patience())?;

        let (text, recipient) = written(self.format, key, &session);
        output.write_all(text.expose())?;
        output.commit()?;
        let report = json!({"session": session, "recipient": recipient, "output": self.output});
        if let Some(answer) = &mut answer {
            answer.write_all(format!("{report}\n").as_bytes())?;
        }
        answer.map(Output::commit).transpose()?;
        events.emit(&json!({"event": "done", "session": session}));
        Ok(())
    }

    fn open_output(&self, claims: &mut Claims) -> Result<Output, Fault> {
        let contents = match (&self.output, self.format) {
            (Some(_), _) => Contents::Key,
            (None, Format::Raw) => Contents::Binary,
            (None, _) => Contents::Text,
        };
        Output::open(self.output.as_deref(), contents, "the key", claims)
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
