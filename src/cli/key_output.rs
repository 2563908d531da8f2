//! The keys of an exchange on their way out: under which labels, in which form, to which files.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output};
use crate::cli::streams::Claims;
use crate::encoding::{base64, hex};
use crate::format::hybrid;
use crate::secret::{Secret, SecretBytes, SecretText};

/// Which keys are handed out, and how.
#[derive(Args)]
pub struct KeyArgs {
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

/// Places for all keys and the answer of `--json`, before there are any.
pub struct Places {
    keys: Vec<Output>,
    answer: Option<Output>,
}

impl KeyArgs {
    /// Finds the places before anybody is spoken to.
    ///
    /// # Errors
    /// When one is taken, or cannot be written.
    pub fn open(&self, claims: &mut Claims) -> Result<Places, Fault> {
        let answer = Output::answer(self.json, claims)?;
        let contents = match (&self.output, self.format) {
            (Some(_), _) => Contents::Key,
            (None, Format::Raw) => Contents::Binary,
            (None, _) => Contents::Text,
        };
        let first = Output::open(self.output.as_deref(), contents, "the key", claims);
        let also = self.also.iter().map(|also| &also.file);
        let also = also.map(|file| Output::open(Some(file), Contents::Key, "another key", &mut Claims::default()));
        let keys = std::iter::once(first).chain(also).collect::<Result<_, _>>()?;
        Ok(Places { keys, answer })
    }

    /// The keys, from what exports one for a label.
    pub fn export(&self, export: impl Fn(&[u8]) -> Secret<32>) -> Vec<Secret<32>> {
        let also = self.also.iter().map(|also| also.label.as_bytes());
        std::iter::once(self.label.as_bytes()).chain(also).map(export).collect()
    }

    /// Writes the keys of a session to their places.
    ///
    /// # Errors
    /// When one did not reach its place.
    pub fn write(&self, keys: Vec<Secret<32>>, mut places: Places, session: &str) -> anyhow::Result<()> {
        let mut recipients = Vec::new();
        for (key, output) in keys.into_iter().zip(&mut places.keys) {
            let (text, recipient) = written(self.format, key, session);
            output.write_all(text.expose())?;
            recipients.push(recipient);
        }
        for committed in Output::commit_all(places.keys) {
            committed?;
        }
        let report = json!({"session": session, "recipient": recipients.first(), "output": self.output});
        if let Some(answer) = &mut places.answer {
            answer.write_all(format!("{report}\n").as_bytes())?;
        }
        places.answer.map(Output::commit).transpose()?;
        Ok(())
    }
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
