//! Private keys of SSH as identities: one a file.

use std::io;
use std::sync::OnceLock;

use crate::cli::fault::Fault;
use crate::cli::keys::{Passphrases, not_keys};
use crate::format::ssh::{Identity, LockedIdentity, PrivateKey, Recipient};
use crate::format::{self, FileKey, Stanza};
use crate::secret::SecretBytes;

/// The private key in one file. Where it is locked, the passphrase is asked for when a file names the key, once.
pub struct SshKey<'p> {
    name: String,
    key: PrivateKey,
    passphrases: &'p Passphrases<'p>,
    /// Asked for once, by the first of many files, and not again when the answer was wrong.
    opened: OnceLock<Result<Identity, Fault>>,
}

impl<'p> SshKey<'p> {
    /// Takes the contents of the file called `name`.
    ///
    /// # Errors
    /// When it holds anything but a private key that can be used.
    pub fn new(name: &str, file: &SecretBytes, passphrases: &'p Passphrases<'p>) -> Result<Self, Fault> {
        Ok(Self {
            name: name.to_owned(),
            key: PrivateKey::parse(file.expose()).map_err(|error| not_keys(name, "identities", &error.into()))?,
            passphrases,
            opened: OnceLock::new(),
        })
    }

    /// Whether a passphrase guards it.
    pub fn is_locked(&self) -> bool {
        matches!(self.key, PrivateKey::Locked(_))
    }

    /// Whether it can be used without a question.
    pub fn is_open(&self) -> bool {
        !self.is_locked() || self.opened.get().is_some_and(Result::is_ok)
    }

    /// The public half; no passphrase is asked for.
    pub fn recipient(&self) -> Recipient {
        self.key.recipient()
    }

    fn unlocked(&self, locked: &LockedIdentity) -> Result<&Identity, Fault> {
        let opened = self.opened.get_or_init(|| self.unlock(locked));
        opened.as_ref().map_err(Fault::clone)
    }

    fn unlock(&self, locked: &LockedIdentity) -> Result<Identity, Fault> {
        let passphrase = self.passphrases.open(&self.name)?;
        let identity = locked.unlock(&passphrase);
        identity
            .map_err(|error| not_keys(&self.name, "identities", &error.into()))?
            .ok_or_else(|| Fault::no_key("no_match", format!("this passphrase does not open {}", self.name)))
    }
}

impl format::Identity for SshKey<'_> {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, format::Error> {
        match &self.key {
            PrivateKey::Open(identity) => identity.unwrap(stanzas),
            PrivateKey::Locked(locked) if locked.is_named_in(stanzas)? => {
                self.unlocked(locked).map_err(io::Error::other)?.unwrap(stanzas)
            }
            PrivateKey::Locked(_) => Ok(None),
        }
    }
}
