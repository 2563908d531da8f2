//! Private key files, by the label of their PEM.

use super::openssh::{self, LockedIdentity};
use super::{Identity, Recipient, ed25519, rsa};
use crate::crypto;
use crate::crypto::pkcs8;
use crate::encoding::pem;
use crate::format::KeyError;

/// The longest private key file in bytes: more than the longest RSA key takes.
pub const FILE_LIMIT: usize = 16 << 10;

/// What a private key file holds.
pub enum PrivateKey {
    /// A key, ready for use.
    Open(Identity),
    /// A key behind a passphrase.
    Locked(LockedIdentity),
}

impl PrivateKey {
    /// Whether a file means to be a private key of this kind.
    pub fn is_one(file: &[u8]) -> bool {
        pem::is_pem(file)
    }

    /// Reads OpenSSH's own form, PKCS#1 and PKCS#8. The caller wipes `file`.
    ///
    /// # Errors
    /// [`KeyError::LongFile`]; [`KeyError::OldLock`] for a locked key in another form than OpenSSH's own;
    /// [`KeyError::Costly`], [`KeyError::UnknownLock`], [`KeyError::UnsupportedSsh`], [`KeyError::UnknownIdentity`],
    /// [`KeyError::Damaged`], [`KeyError::Invalid`].
    pub fn parse(file: &[u8]) -> Result<Self, KeyError> {
        if file.len() > FILE_LIMIT {
            return Err(KeyError::LongFile);
        }
        let text = std::str::from_utf8(file).map_err(|_| KeyError::Damaged)?;
        if text.lines().any(|line| line.starts_with("Proc-Type:")) {
            return Err(KeyError::OldLock);
        }
        let (label, bytes) = pem::decode(text)?;
        let bytes = bytes.expose();
        match label {
            "OPENSSH PRIVATE KEY" => openssh::decode(bytes),
            "RSA PRIVATE KEY" => Ok(Self::of_rsa(crypto::rsa::PrivateKey::from_pkcs1(bytes)?)),
            "PRIVATE KEY" => Self::of_pkcs8(bytes),
            "ENCRYPTED PRIVATE KEY" => Err(KeyError::OldLock),
            "EC PRIVATE KEY" | "DSA PRIVATE KEY" => Err(KeyError::UnsupportedSsh),
            _ => Err(KeyError::UnknownIdentity),
        }
    }

    fn of_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        match pkcs8::PrivateKey::decode(der)? {
            Some(pkcs8::PrivateKey::Ed25519(seed)) => {
                Ok(Self::Open(Identity::Ed25519(ed25519::Identity::from_seed(&seed))))
            }
            Some(pkcs8::PrivateKey::Rsa(key)) => Ok(Self::of_rsa(key)),
            None => Err(KeyError::UnsupportedSsh),
        }
    }

    fn of_rsa(key: crypto::rsa::PrivateKey) -> Self {
        Self::Open(Identity::Rsa(rsa::Identity::new(key)))
    }

    /// The public half, which needs no passphrase.
    pub fn recipient(&self) -> Recipient {
        match self {
            Self::Open(key) => key.recipient(),
            Self::Locked(key) => key.recipient().clone(),
        }
    }
}

impl From<crypto::Error> for KeyError {
    /// For private keys in DER: either the form is wrong or the numbers in it are.
    fn from(error: crypto::Error) -> Self {
        match error {
            crypto::Error::Encoding => Self::Damaged,
            _ => Self::Invalid,
        }
    }
}
