use std::io;

use crate::crypto;
use crate::crypto::rng::RngError;
use crate::encoding;

/// Why a file could not be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The header is not one, or a stanza in it breaks the rules of its kind.
    #[error("the header is malformed: {0}")]
    Header(&'static str),
    /// The header was readable and held the file key, but is not what was written under it.
    #[error("the header was changed: its MAC does not fit")]
    HeaderMac,
    /// The text form of the file breaks its rules.
    #[error("the armor is malformed: {0}")]
    Armor(&'static str),
    /// The payload does not decrypt to its end.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// None of the identities opens the file.
    #[error("{}", match .0 {
        Locked::Keys => "none of the identities fits this file",
        Locked::Passphrase => "the file is locked with a passphrase, and none given fits",
    })]
    NoMatch(Locked),
    /// A file for nobody.
    #[error("no recipient given")]
    NoRecipients,
    /// A file for more recipients than readers accept.
    #[error("too many recipients for one file")]
    TooManyRecipients,
    /// Recipients that must not share a file.
    #[error(
        "these recipients cannot share a file: post-quantum and classic keys do not mix, and a passphrase stands alone"
    )]
    MixedRecipients,
    /// A text is no key, or a key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// As [`Error::Key`], in a file of keys. What the line holds is never shown: it may be secret.
    #[error("line {line}: {error}")]
    KeyFile {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        error: KeyError,
    },
    /// The source or the output failed.
    #[error(transparent)]
    Io(io::Error),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Rng(#[from] RngError),
}

/// How a payload fails. What was released before is authentic in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// It ends, authentic so far, before its last chunk.
    #[error("the file is cut off: its end is missing")]
    Truncated,
    /// A chunk is not what was written.
    #[error("the file was changed: a part of it does not authenticate")]
    Changed,
    /// The part at the end of the file is not what was written; a cut and a change look the same there.
    #[error("the file was changed or cut off: its end does not authenticate")]
    ChangedEnd,
    /// Bytes follow the last chunk.
    #[error("foreign bytes follow the end of the file")]
    Trailing,
    /// A last chunk with nothing in it, which a writer never leaves behind others.
    #[error("the file was written wrongly: its last chunk is empty")]
    EmptyEnd,
}

/// What a file is locked with, as its header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    /// Recipients' keys.
    Keys,
    /// A passphrase, and nothing else.
    Passphrase,
}

/// Why a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is damaged.
    #[error("the key is damaged or mistyped")]
    Damaged,
    /// A well-formed text that is no key: the wrong number of bytes, or a public key outside its curve's or KEM's rules.
    #[error("the key is invalid")]
    Invalid,
    /// Text of another kind than the kinds known here.
    #[error(
        "not a recipient of a known kind (they begin with age1, age1pq1, age1tag1, age1tagpq1, age1yubikey1, age1se1, \
         age1tpm1, ssh-ed25519 or ssh-rsa)"
    )]
    UnknownRecipient,
    /// Text of another kind than the kinds known here.
    #[error("not an identity of a known kind (they begin with AGE-SECRET-KEY-)")]
    UnknownIdentity,
    /// A secret where a public key belongs.
    #[error("this is a secret identity, where a public recipient belongs; keep it to yourself")]
    IdentityGiven,
    /// A public key where a secret belongs.
    #[error("this is a public recipient, where a secret identity belongs")]
    RecipientGiven,
    /// A line that is longer than any key.
    #[error("the line is too long for a key")]
    LongLine,
    /// A file that is longer than any private key.
    #[error("the file is too long for a private key")]
    LongFile,
    /// A well-formed SSH key of another kind.
    #[error("an SSH key of a kind that cannot encrypt (only ssh-ed25519 and ssh-rsa keys can)")]
    UnsupportedSsh,
    /// An RSA key that is too short to be safe or too long to be read everywhere.
    #[error("an RSA key of fewer than 2048 or more than 4096 bits")]
    RsaSize,
    /// A private key behind a passphrase in a form that shows neither whose it is nor resists guessing.
    #[error("the private key is locked in an old form; 'ssh-keygen -p -f FILE' rewrites it in OpenSSH's own")]
    OldLock,
    /// A private key that is locked with a cipher or derivation that is unknown here.
    #[error("the private key is locked in an unknown way; 'ssh-keygen -p -f FILE' rewrites it")]
    UnknownLock,
    /// A private key whose passphrase would take too long to try.
    #[error("the private key is locked with more than 1024 rounds, which would take too long")]
    Costly,
    /// Only comments and blank lines.
    #[error("no key in it")]
    Empty,
}

/// What a failure means for whoever must act on it: a closed list, stable for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// [`Error::Header`]
    Header,
    /// [`Error::HeaderMac`]
    HeaderMac,
    /// [`Error::Armor`]
    Armor,
    /// [`Error::Payload`]
    Payload,
    /// [`Error::NoMatch`]
    NoMatch,
    /// [`Error::NoRecipients`], [`Error::TooManyRecipients`], [`Error::MixedRecipients`]
    Recipients,
    /// [`Error::Key`], [`Error::KeyFile`]
    Key,
    /// [`Error::Io`]
    Io,
    /// [`Error::Rng`]
    Rng,
}

impl Kind {
    /// The word for it in machine-readable output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::HeaderMac => "header_mac",
            Self::Armor => "armor",
            Self::Payload => "payload",
            Self::NoMatch => "no_match",
            Self::Recipients => "recipients",
            Self::Key => "key",
            Self::Io => "io",
            Self::Rng => "rng",
        }
    }
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Header(_) => Kind::Header,
            Self::HeaderMac => Kind::HeaderMac,
            Self::Armor(_) => Kind::Armor,
            Self::Payload(_) => Kind::Payload,
            Self::NoMatch(_) => Kind::NoMatch,
            Self::NoRecipients | Self::TooManyRecipients | Self::MixedRecipients => Kind::Recipients,
            Self::Key(_) | Self::KeyFile { .. } => Kind::Key,
            Self::Io(_) => Kind::Io,
            Self::Rng(_) => Kind::Rng,
        }
    }
}

impl From<io::Error> for Error {
    /// The error of this room that `error` wraps, for readers stand on readers; otherwise an I/O failure.
    fn from(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(Self::Io)
    }
}

impl From<Error> for io::Error {
    /// For `Read`: bad data is wrapped (`InvalidData`), a failure of the source stays what it was.
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error,
            error => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}

impl From<encoding::Error> for KeyError {
    fn from(_: encoding::Error) -> Self {
        Self::Damaged
    }
}

impl From<crypto::Error> for Error {
    /// For wrapping only, where any other refusal than that of randomness is of the recipient's public key.
    fn from(error: crypto::Error) -> Self {
        match error {
            crypto::Error::Rng(error) => Self::Rng(error),
            _ => Self::Key(KeyError::Invalid),
        }
    }
}
