//! Keys that plugins keep, beside those that we hold ourselves: as text, in files, as recipients and identities; and the
//! person that plugins speak to.

use std::ffi::OsString;
use std::str::FromStr;

use crate::cli::fault::Fault;
use crate::cli::keys::IdentityFile;
use crate::cli::pinentry::Pinentry;
use crate::cli::shown::shown;
use crate::cli::signals;
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;
use crate::format::keys::{self, IdentityKey, RecipientKey};
use crate::format::{self, FileKey, Identity, KeyError, Recipient, Stanza};
use crate::roots::plugin::{self, Choice, Echo, Host, IdentityText, Name, RecipientText};
use crate::secret::{Passphrase, SecretBytes};

/// A recipient that we write to ourselves, or that a plugin writes to.
#[derive(Debug, PartialEq, Eq)]
pub enum AnyRecipient {
    /// Ourselves.
    Native(RecipientKey),
    /// A plugin.
    Plugin(RecipientText),
}

impl FromStr for AnyRecipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text.parse() {
            Ok(key) => Ok(Self::Native(key)),
            Err(KeyError::UnknownRecipient) => text.parse().map(Self::Plugin),
            Err(error) => Err(error),
        }
    }
}

/// A line of an identity file.
enum AnyIdentity {
    Native(IdentityKey),
    Plugin(IdentityText),
}

impl FromStr for AnyIdentity {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if IdentityText::is_meant_by(text) {
            text.parse().map(Self::Plugin)
        } else {
            text.parse().map(Self::Native)
        }
    }
}

/// The identities of one file.
#[derive(Default)]
pub struct Identities {
    /// Those that we hold.
    pub native: Vec<IdentityKey>,
    /// Those that plugins hold.
    pub plugins: Vec<PluginIdentity>,
}

/// An identity of a plugin.
pub struct PluginIdentity {
    /// The identity itself.
    pub text: IdentityText,
    /// Its recipient, where a comment above it in the file names one.
    pub recipient: Option<String>,
}

impl Identities {
    /// The identities in the text of a file. The caller wipes `text`.
    ///
    /// # Errors
    /// As [`keys::parse_lines`].
    pub fn parse(text: &str) -> Result<Self, format::Error> {
        let mut identities = Self::default();
        let mut recipients = commented_recipients(text).into_iter();
        for identity in keys::parse_lines(text, usize::MAX)? {
            let recipient = recipients.next().flatten();
            match identity {
                AnyIdentity::Native(key) => identities.native.push(key),
                AnyIdentity::Plugin(text) => identities.plugins.push(PluginIdentity { text, recipient }),
            }
        }
        Ok(identities)
    }

    /// The identity of a plugin that needs no data.
    ///
    /// # Errors
    /// A usage fault when `name` is none.
    pub fn of_plugin(name: &str) -> Result<Self, Fault> {
        let name: Name = name
            .parse()
            .map_err(|_| Fault::usage(format!("{} is no name of a plugin", shown(name))))?;
        let text = IdentityText::without_data(name);
        Ok(Self {
            native: Vec::new(),
            plugins: vec![PluginIdentity { text, recipient: None }],
        })
    }

    /// What they find in the headers of many files: our own first, because each plugin is a program of its own.
    pub fn unwrap_all(&self, headers: &[&[Stanza]], ui: &Ui) -> Vec<Result<Option<FileKey>, format::Error>> {
        let person = Person(ui);
        let host = host(&person);
        let plugins = plugin::identities(&host, self.plugins.iter().map(|identity| &identity.text));
        let native = self.native.iter().map(|key| key as &dyn Identity);
        let all: Vec<&dyn Identity> = native
            .chain(plugins.iter().map(|plugin| plugin as &dyn Identity))
            .collect();
        format::unwrap_all(&all, headers)
    }
}

/// For each identity of a file, the recipient in the comments right above it: whoever makes an identity for a plugin
/// writes it there, and nobody else can tell it.
fn commented_recipients(text: &str) -> Vec<Option<String>> {
    let (mut recipients, mut last) = (Vec::new(), None);
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix('#') {
            None => recipients.push(last.take()),
            Some(comment) => {
                let word = comment.split_whitespace().last().unwrap_or_default();
                if word.parse::<AnyRecipient>().is_ok() {
                    last = Some(word.to_owned());
                }
            }
        }
    }
    recipients
}

/// Recipients as they are gathered from the command line: one conversation a plugin serves all that are its.
#[derive(Default)]
pub struct Recipients<'h> {
    native: Vec<Box<dyn Recipient + 'h>>,
    texts: Vec<RecipientText>,
    identities: Vec<IdentityText>,
}

impl<'h> Recipients<'h> {
    /// Adds one.
    pub fn add(&mut self, recipient: AnyRecipient) {
        match recipient {
            AnyRecipient::Native(key) => self.native.push(Box::new(key)),
            AnyRecipient::Plugin(text) => self.texts.push(text),
        }
    }

    /// Adds those of identities.
    ///
    /// # Errors
    /// As [`IdentityFile::identities`].
    pub fn add_own(&mut self, file: IdentityFile) -> Result<(), Fault> {
        let own = file.recipients()?.into_iter();
        self.native.extend(own.map(|key| Box::new(key) as Box<dyn Recipient>));
        let plugins = file.into_identities()?.plugins.into_iter();
        self.identities.extend(plugins.map(|plugin| plugin.text));
        Ok(())
    }

    /// All of them, those of plugins behind the others.
    pub fn finish(self, host: &'h Host<'h>) -> Vec<Box<dyn Recipient + 'h>> {
        let plugins = plugin::recipients(host, self.texts, self.identities);
        let plugins = plugins
            .into_iter()
            .map(|plugin| Box::new(plugin) as Box<dyn Recipient + 'h>);
        self.native.into_iter().chain(plugins).collect()
    }
}

/// Where plugins are found.
pub fn host<'u>(person: &'u Person<'u>) -> Host<'u> {
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    Host::new(path, person)
}

/// Whoever sits in front, as plugins may speak to them.
pub struct Person<'u>(pub &'u Ui);

impl Person<'_> {
    /// Why a question was not answered; the plugin learns only that it was not.
    fn answered<T>(&self, answer: Result<T, Fault>) -> Option<T> {
        answer
            .map_err(|fault| {
                let why = fault.why.map(|why| format!(": {why}")).unwrap_or_default();
                self.0.warn(&format!("{}{why}", fault.what));
            })
            .ok()
    }

    fn terminal(&self, program: &str) -> Result<Terminal, Fault> {
        Terminal::open(self.0, &format!("what {program} wants to know"), "another identity")
    }

    fn secret(&self, program: &str, question: &str) -> Result<Passphrase, Fault> {
        match Pinentry::configured()? {
            Some(pinentry) => pinentry.passphrase(self.0, question),
            None => self.terminal(program)?.passphrase(question),
        }
    }

    fn choice(&self, program: &str, text: &str, yes: &str, no: Option<&str>) -> Result<Option<Choice>, Fault> {
        if let Some(pinentry) = Pinentry::configured()? {
            return pinentry.choice(self.0, &format!("{program}: {text}"), yes, no);
        }
        let no_label = no.map(|no| format!(", n = {no}")).unwrap_or_default();
        let question = format!("{program}: {text} (y = {yes}{no_label}): ");
        let answer = self.terminal(program)?.line(&question)?;
        Ok(match answer.trim() {
            "y" | "Y" => Some(Choice::Yes),
            "n" | "N" if no.is_some() => Some(Choice::No),
            _ => None,
        })
    }
}

impl plugin::Ui for Person<'_> {
    fn message(&self, program: &str, text: &str) -> Option<()> {
        self.0.say(&format!("{program}: {text}"));
        Some(())
    }

    fn request(&self, program: &str, text: &str, echo: Echo) -> Option<SecretBytes> {
        let question = format!("{program}: {text}: ");
        let answer = match echo {
            Echo::Hidden => self
                .secret(program, &question)
                .map(|secret| SecretBytes::new(secret.expose().to_vec())),
            Echo::Visible => self
                .terminal(program)
                .and_then(|terminal| terminal.line(&question))
                .map(|line| SecretBytes::new(line.into_bytes())),
        };
        self.answered(answer)
    }

    fn confirm(&self, program: &str, text: &str, yes: &str, no: Option<&str>) -> Option<Choice> {
        self.answered(self.choice(program, text, yes, no)).flatten()
    }

    fn waiting(&self, program: &str) {
        self.0.note(&format!("waiting for {program}…"));
    }

    fn started(&self, process: u32) {
        signals::child_started(process);
    }

    fn ending(&self, process: u32) {
        signals::child_ends(process);
    }
}
