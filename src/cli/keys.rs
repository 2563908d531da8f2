//! Keys that the command line names: recipients as text and in files, identities in files, passphrases.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::cli::fault::Fault;
use crate::cli::pinentry::Pinentry;
use crate::cli::plugins::{AnyRecipient, Identities};
use crate::cli::shown::shown;
use crate::cli::ssh::SshKey;
use crate::cli::streams::{Claims, Input, secret_line};
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;
use crate::codes::words;
use crate::crypto::rng::OsRng;
use crate::format::keys::{self, FILE_LIMIT, IdentityKey, RecipientKey};
use crate::format::{self, FileKey, Header, KeyError, Locked, Stanza, armor, scrypt, ssh};
use crate::roots::plugin::Asker;
use crate::secret::{Passphrase, Secret, SecretBytes};

/// The recipient that `-r` names.
///
/// # Errors
/// A usage fault when it is none.
pub fn recipient(text: &str) -> Result<AnyRecipient, Fault> {
    text.parse().map_err(|error| match error {
        // What was given by mistake for a public key may be secret.
        KeyError::IdentityGiven => Fault::usage("-r takes a public recipient")
            .because(error)
            .hint("use -i FILE for the recipients of your own identities"),
        _ => Fault::usage(format!("{} is no recipient", shown(text))).because(error),
    })
}

/// The recipients in the file that `-R` names. Warns of SSH keys that cannot encrypt: they cannot read the file either.
///
/// # Errors
/// When it cannot be read, or holds anything but recipients.
pub fn recipients_file(path: &Path, claims: &mut Claims, ui: &Ui) -> Result<Vec<AnyRecipient>, Fault> {
    let input = Input::open(path, "the recipients of -R", claims)?;
    let name = input.name().to_owned();
    let text = input.read_all(file_limit())?;
    let recipients = keys::parse_recipient_lines(&lossy(&text));
    let recipients = recipients.map_err(|error| not_keys(&name, "recipients", &error))?;
    for line in recipients.skipped {
        ui.warn(&format!(
            "{name}: line {line} is left out: {}",
            KeyError::UnsupportedSsh
        ));
    }
    Ok(recipients.keys)
}

/// Where passphrases come from: one file for the whole run, or a person each time; and what they may cost.
pub struct Passphrases<'u> {
    ui: &'u Ui,
    given: Option<Passphrase>,
    asker: Option<&'u dyn Asker>,
    max_log_n: u8,
}

impl<'u> Passphrases<'u> {
    /// Reads `file`, if there is one.
    ///
    /// # Errors
    /// As [`secret_line`].
    pub fn new(file: Option<&Path>, claims: &mut Claims, ui: &'u Ui) -> Result<Self, Fault> {
        let given = file
            .map(|file| secret_line(file, "the passphrase of --passphrase-file", claims, ui))
            .transpose()?;
        Ok(Self {
            ui,
            given,
            asker: None,
            max_log_n: scrypt::MAX_LOG_N,
        })
    }

    /// From the person in front of a client whose plugin we are.
    pub fn asked_through(asker: &'u dyn Asker, ui: &'u Ui) -> Self {
        Self {
            ui,
            given: None,
            asker: Some(asker),
            max_log_n: scrypt::MAX_LOG_N,
        }
    }

    /// The same with the limit of `--max-work-factor`, if there is one.
    #[must_use]
    pub fn at_most(self, work: &MaxWork) -> Self {
        let max_log_n = work.max_work_factor.unwrap_or(self.max_log_n);
        Self { max_log_n, ..self }
    }

    /// Whether none of them needs a person.
    pub fn are_given(&self) -> bool {
        self.given.is_some()
    }

    /// The passphrase that opens `what`.
    ///
    /// # Errors
    /// When none is given and none can be asked for.
    pub fn open(&self, what: &str) -> Result<Passphrase, Fault> {
        let question = format!("Passphrase of {what}: ");
        match (self.copy_of_given(), self.asker) {
            (Some(given), _) => Ok(given),
            (None, Some(asker)) => ask_through(asker, what),
            (None, None) => match Pinentry::configured()? {
                Some(pinentry) => pinentry.passphrase(self.ui, &question),
                None => self.terminal(what)?.passphrase(&question),
            },
        }
    }

    /// What opens a file that is locked with `passphrase`, if that costs no more than is allowed.
    pub fn identity(&self, passphrase: Passphrase) -> scrypt::Identity {
        scrypt::Identity::with_max_log_n(passphrase, self.max_log_n)
    }

    /// A new passphrase to lock `what` with.
    ///
    /// # Errors
    /// As [`Passphrases::open`].
    pub fn lock(&self, what: &str) -> Result<Passphrase, Fault> {
        let generate = || match Secret::generate(&mut OsRng) {
            Ok(drawn) => Ok(words::passphrase(&drawn)),
            Err(error) => Err(Fault::failure("no passphrase was made").of_kind("rng").because(error)),
        };
        if let Some(given) = self.copy_of_given() {
            return Ok(given);
        }
        match Pinentry::configured()? {
            Some(pinentry) => pinentry.new_passphrase(self.ui, what),
            None => self.terminal(what)?.new_passphrase(generate),
        }
    }

    fn copy_of_given(&self) -> Option<Passphrase> {
        self.given
            .as_ref()
            .and_then(|given| Passphrase::new(given.expose().to_vec()))
    }

    fn terminal(&self, what: &str) -> Result<Terminal, Fault> {
        Terminal::open(self.ui, &format!("the passphrase of {what}"), "--passphrase-file FILE")
    }
}

fn ask_through(asker: &dyn Asker, what: &str) -> Result<Passphrase, Fault> {
    let answer = asker.secret(&format!("Passphrase of {what}"));
    let passphrase = answer.and_then(|answer| Passphrase::new(answer.expose().to_vec()));
    passphrase.ok_or_else(|| Fault::no_key("passphrase", format!("no passphrase was given for {what}")))
}

/// What a file may ask of this machine.
#[derive(clap::Args)]
pub struct MaxWork {
    /// Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=i64::from(scrypt::LARGEST_LOG_N)))]
    max_work_factor: Option<u8>,
}

/// What opens files.
#[derive(clap::Args)]
pub struct OpeningArgs {
    /// Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated
    /// [default: the identity that 'keypact key generate' made]
    #[arg(short, long, value_name = "FILE")]
    pub identity: Vec<PathBuf>,
    /// Ask for the passphrase of a file that is locked with one (where no identity is named, 'keypact decrypt' asks
    /// without the flag too)
    #[arg(short, long, conflicts_with = "passphrase_file")]
    passphrase: bool,
    /// Use the passphrase in the first line of this file, for the input, the identity file or the SSH key
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    work: MaxWork,
}

impl OpeningArgs {
    /// Where passphrases come from.
    ///
    /// # Errors
    /// As [`Passphrases::new`].
    pub fn passphrases<'u>(&self, claims: &mut Claims, ui: &'u Ui) -> Result<Passphrases<'u>, Fault> {
        Ok(Passphrases::new(self.passphrase_file.as_deref(), claims, ui)?.at_most(&self.work))
    }

    /// Whether these passphrases are for files too: a stranger's file must not cause a question that nobody expects.
    pub fn expects(&self, passphrases: &Passphrases<'_>) -> bool {
        self.passphrase || passphrases.are_given()
    }
}

/// The identities in one file. A file that is itself locked with a passphrase is opened when the first of its
/// identities is needed, once.
pub struct IdentityFile<'p> {
    name: String,
    contents: Contents<'p>,
    passphrases: &'p Passphrases<'p>,
    opened: OnceLock<Identities>,
    /// Held while the passphrase is asked for, so that many files cause one question.
    asking: Mutex<()>,
}

enum Contents<'p> {
    Plain,
    Locked(SecretBytes),
    Ssh(Box<SshKey<'p>>),
}

impl<'p> IdentityFile<'p> {
    /// Reads the file that `-i` names.
    ///
    /// # Errors
    /// When it cannot be read, or holds anything but identities.
    pub fn open(path: &Path, passphrases: &'p Passphrases<'p>, claims: &mut Claims, ui: &Ui) -> Result<Self, Fault> {
        let input = Input::open(path, "the identities of -i", claims)?;
        let name = input.name().to_owned();
        let exposed = input.exposed();
        let bytes = input.read_all(file_limit())?;
        let mut file = Self {
            name,
            contents: Contents::Plain,
            passphrases,
            opened: OnceLock::new(),
            asking: Mutex::new(()),
        };
        if is_age_file(bytes.expose()) {
            file.contents = Contents::Locked(bytes);
        } else if ssh::PrivateKey::is_one(bytes.expose()) {
            let key = SshKey::new(&file.name, &bytes, passphrases)?;
            file.contents = Contents::Ssh(Box::new(key));
            file.opened = OnceLock::from(Identities::default());
        } else {
            file.opened = OnceLock::from(file.parse(&bytes)?);
        }
        if let (Some(warning), false) = (exposed, file.is_locked()) {
            ui.warn(&warning);
        }
        Ok(file)
    }

    /// Whether a passphrase guards it.
    pub fn is_locked(&self) -> bool {
        match &self.contents {
            Contents::Plain => false,
            Contents::Locked(_) => true,
            Contents::Ssh(key) => key.is_locked(),
        }
    }

    /// The recipients of the identities that we hold, asking for the passphrase only where they cannot be seen without it.
    ///
    /// # Errors
    /// As [`IdentityFile::identities`].
    pub fn recipients(&self) -> Result<Vec<RecipientKey>, Fault> {
        match &self.contents {
            Contents::Ssh(key) => Ok(vec![RecipientKey::Ssh(key.recipient())]),
            _ => Ok(self.identities()?.native.iter().map(IdentityKey::recipient).collect()),
        }
    }

    /// The identity of a plugin that needs no data, as `-j` names it.
    ///
    /// # Errors
    /// A usage fault when it is no name.
    pub fn of_plugin(name: &str, passphrases: &'p Passphrases<'p>) -> Result<Self, Fault> {
        Ok(Self {
            name: format!("the plugin {name}"),
            contents: Contents::Plain,
            passphrases,
            opened: OnceLock::from(Identities::of_plugin(name)?),
            asking: Mutex::new(()),
        })
    }

    /// The identities, asking for the passphrase where there is one.
    ///
    /// # Errors
    /// When the passphrase is wrong, or the file is damaged.
    pub fn identities(&self) -> Result<&Identities, Fault> {
        let _asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let (None, Contents::Locked(bytes)) = (self.opened.get(), &self.contents) {
            let identities = self.parse(&self.unlock(bytes)?)?;
            let _ = self.opened.set(identities);
        }
        Ok(self.opened.get().expect("set when the file was opened, or above"))
    }

    /// The same, for good.
    ///
    /// # Errors
    /// As [`IdentityFile::identities`].
    pub fn into_identities(self) -> Result<Identities, Fault> {
        self.identities()?;
        Ok(self.opened.into_inner().unwrap_or_default())
    }

    /// Our own identities that are open already, and their recipients: none where a passphrase would have to be asked for.
    pub fn opened(&self) -> Vec<(RecipientKey, &dyn format::Identity)> {
        match &self.contents {
            Contents::Ssh(key) if key.is_open() => vec![(RecipientKey::Ssh(key.recipient()), key.as_ref() as _)],
            _ => {
                let identities = self.opened.get().into_iter().flat_map(|identities| &identities.native);
                identities.map(|key| (key.recipient(), key as _)).collect()
            }
        }
    }

    /// Its name, safe to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn unlock(&self, bytes: &SecretBytes) -> Result<SecretBytes, Fault> {
        let failed = |error: format::Error| Fault::of(&error.into());
        let mut source = armor::Reader::new(bytes.expose());
        let header = Header::read(&mut source).map_err(failed)?;
        if header.locked() == Locked::Keys {
            return Err(
                Fault::failure(format!("{} is encrypted to keys, not with a passphrase", self.name))
                    .of_kind("key")
                    .hint("decrypt it first, or name the identity that is in it"),
            );
        }
        let passphrase = self.passphrases.identity(self.passphrases.open(&self.name)?);
        let wrong = |error: format::Error| match error {
            format::Error::NoMatch(_) => {
                Fault::no_key("no_match", format!("this passphrase does not open {}", self.name))
            }
            error => failed(error),
        };
        let mut reader = header.decrypt(source, &[&passphrase]).map_err(wrong)?;
        let mut text = zeroize::Zeroizing::new(Vec::new());
        reader
            .by_ref()
            .take(FILE_LIMIT)
            .read_to_end(&mut text)
            .map_err(|error| failed(error.into()))?;
        Ok(SecretBytes::new(std::mem::take(&mut *text)))
    }

    fn parse(&self, bytes: &SecretBytes) -> Result<Identities, Fault> {
        Identities::parse(&lossy(bytes)).map_err(|error| not_keys(&self.name, "identities", &error))
    }
}

impl format::Identity for IdentityFile<'_> {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, format::Error> {
        self.unwrap_all(&[stanzas]).pop().unwrap_or(Ok(None))
    }

    fn unwrap_all(&self, headers: &[&[Stanza]]) -> Vec<Result<Option<FileKey>, format::Error>> {
        if let Contents::Ssh(key) = &self.contents {
            return key.unwrap_all(headers);
        }
        match self.identities() {
            Ok(identities) => identities.unwrap_all(headers, self.passphrases.ui),
            Err(fault) => headers
                .iter()
                .map(|_| Err(io::Error::other(fault.clone()).into()))
                .collect(),
        }
    }

    /// One that is still locked may hold identities of plugins.
    fn is_far(&self) -> bool {
        self.opened
            .get()
            .is_none_or(|identities| !identities.plugins.is_empty())
    }
}

/// The files of `-i` and the plugins of `-j`; without any, the default identity where there is one.
///
/// # Errors
/// As [`IdentityFile::open`].
pub fn identity_files<'p>(
    named: &[PathBuf],
    plugins: &[String],
    passphrases: &'p Passphrases<'p>,
    claims: &mut Claims,
    ui: &Ui,
) -> Result<Vec<IdentityFile<'p>>, Fault> {
    let paths = if named.is_empty() && plugins.is_empty() {
        default_identity(ui).into_iter().collect()
    } else {
        named.to_vec()
    };
    let files = paths
        .iter()
        .map(|path| IdentityFile::open(path, passphrases, claims, ui));
    let plugins = plugins.iter().map(|name| IdentityFile::of_plugin(name, passphrases));
    files.chain(plugins).collect()
}

/// The file that is used when none is named, if it is there.
pub fn default_identity(ui: &Ui) -> Option<PathBuf> {
    // Explicit keys read no configuration, so a home that cannot be found is no error here.
    let path = ui.paths().ok()?.identity();
    let path = path.exists().then_some(path)?;
    ui.detail(&format!("no identity is named, so {} is used", shown(&path)));
    Some(path)
}

fn is_age_file(bytes: &[u8]) -> bool {
    let mut reader = armor::Reader::new(bytes);
    // What begins like armor and is malformed counts too: opening it then says what is wrong.
    reader.is_armored().unwrap_or(true)
        || reader
            .fill_buf()
            .is_ok_and(|start| start.starts_with(b"age-encryption.org/"))
}

/// The text; keys are ASCII, so what is not UTF-8 cannot become one by being replaced.
fn lossy(bytes: &SecretBytes) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(String::from_utf8_lossy(bytes.expose()).into_owned())
}

/// A file that should hold keys and holds something else, or damaged ones.
pub fn not_keys(name: &str, wanted: &str, error: &format::Error) -> Fault {
    Fault::failure(format!("{name} is no file of {wanted}"))
        .of_kind("key")
        .because(error)
}

fn file_limit() -> usize {
    usize::try_from(FILE_LIMIT).unwrap_or(usize::MAX)
}
