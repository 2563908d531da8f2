//! SSH keys as recipients and identities: what lies in `~/.ssh`, in `authorized_keys` and behind `github.com/NAME.keys`.
//!
//! A stanza names its key by the first four bytes of the fingerprint, so a key that a file is not for is not tried, and
//! the passphrase of a locked one is not asked for. Where the name fits and the stanza does not open, the file is faulty.

use std::fmt;

use super::{Error, FileKey, KeyError, Stanza};
use crate::crypto::hash;
use crate::crypto::rng::Rng;
use crate::encoding::base64;
use crate::encoding::fields::Fields;

pub mod ed25519;
mod line;
mod openssh;
mod private;
pub mod rsa;
mod wire;

pub use openssh::LockedIdentity;
pub use private::{FILE_LIMIT, PrivateKey};

/// Length of the name of a key in a stanza, in bytes.
const TAG: usize = 4;

/// A public key of a kind that files can be encrypted to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recipient {
    /// `ssh-ed25519 AAAA…`
    Ed25519(ed25519::Recipient),
    /// `ssh-rsa AAAA…`
    Rsa(rsa::Recipient),
}

impl Recipient {
    /// The key in the form of the protocol (RFC 4253 section 6.6), which files hold in base64.
    ///
    /// # Errors
    /// [`KeyError::UnsupportedSsh`] for a key of another kind; [`KeyError::Damaged`], [`KeyError::Invalid`].
    pub fn from_blob(blob: &[u8]) -> Result<Self, KeyError> {
        let mut fields = Fields::new(blob);
        match fields.string().ok_or(KeyError::Damaged)? {
            ed25519::KIND_BYTES => ed25519::Recipient::read(fields).map(Self::Ed25519),
            rsa::KIND_BYTES => rsa::Recipient::read(fields).map(Self::Rsa),
            _ => Err(KeyError::UnsupportedSsh),
        }
    }

    /// Whether `stanzas` name this key.
    ///
    /// # Errors
    /// [`Error::Header`] when one of this key's kind is malformed.
    pub fn is_named_in(&self, stanzas: &[Stanza]) -> Result<bool, Error> {
        match self {
            Self::Ed25519(key) => key.mine(stanzas).map(|mine| mine.is_some()),
            Self::Rsa(key) => key.mine(stanzas).map(|mine| mine.is_some()),
        }
    }

    fn kind_and_blob(&self) -> (&str, &[u8]) {
        match self {
            Self::Ed25519(key) => (ed25519::KIND, key.blob()),
            Self::Rsa(key) => (rsa::KIND, key.blob()),
        }
    }
}

impl super::Recipient for Recipient {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        match self {
            Self::Ed25519(key) => key.wrap(file_key, rng),
            Self::Rsa(key) => key.wrap(file_key, rng),
        }
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn is_named_by(&self, stanza: &Stanza) -> bool {
        self.is_named_in(std::slice::from_ref(stanza)).unwrap_or(false)
    }
}

/// The line of a `.pub` file, without a comment.
impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, blob) = self.kind_and_blob();
        write!(f, "{kind} {}", base64::encode_padded(blob))
    }
}

/// A private key, not locked.
#[non_exhaustive]
pub enum Identity {
    /// Of `ssh-ed25519`.
    Ed25519(ed25519::Identity),
    /// Of `ssh-rsa`.
    Rsa(rsa::Identity),
}

impl Identity {
    /// The public half.
    pub fn recipient(&self) -> Recipient {
        match self {
            Self::Ed25519(key) => Recipient::Ed25519(key.recipient().clone()),
            Self::Rsa(key) => Recipient::Rsa(key.recipient().clone()),
        }
    }
}

impl super::Identity for Identity {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        match self {
            Self::Ed25519(key) => key.unwrap(stanzas),
            Self::Rsa(key) => key.unwrap(stanzas),
        }
    }
}

/// The first four bytes of SHA-256 of the key.
fn tag(blob: &[u8]) -> [u8; TAG] {
    let [a, b, c, d, ..] = hash::sha256(&[blob]);
    [a, b, c, d]
}

/// The first stanza of a kind that bears a tag. All of the kind are parsed, as [`super::Identity::unwrap`] demands.
fn find<'s, T>(
    stanzas: &'s [Stanza],
    kind: &str,
    tag: [u8; TAG],
    parse: impl Fn(&'s Stanza) -> Result<([u8; TAG], T), Error>,
) -> Result<Option<T>, Error> {
    let of_kind = stanzas.iter().filter(|stanza| stanza.kind() == kind).map(parse);
    let parsed = of_kind.collect::<Result<Vec<_>, _>>()?;
    Ok(parsed
        .into_iter()
        .find(|(named, _)| *named == tag)
        .map(|(_, rest)| rest))
}

/// A stanza that names a key and is not for it, or was changed.
const UNFIT: Error = Error::Header("a stanza that names this SSH key and does not open with it");

#[cfg(test)]
mod tests;
