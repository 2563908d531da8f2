//! Private keys in PKCS#8 (RFC 5208, RFC 5958), not encrypted.

use rsa::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};

use super::{Error, ed25519, rsa as own};
use crate::secret::Secret;

/// id-Ed25519 (RFC 8410 section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A private key of a kind that is known here.
pub enum PrivateKey {
    /// The seed (RFC 8410 section 7).
    Ed25519(Secret<{ ed25519::LEN }>),
    /// In PKCS#1 within.
    Rsa(own::PrivateKey),
}

impl PrivateKey {
    /// Reads DER; `None` for a key of another algorithm.
    ///
    /// # Errors
    /// [`Error::Encoding`] for what is no key, [`Error::Rsa`].
    pub fn decode(der: &[u8]) -> Result<Option<Self>, Error> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| Error::Encoding)?;
        let key = info.private_key.as_bytes();
        match info.algorithm.oid {
            ED25519 => seed(key).map(|seed| Some(Self::Ed25519(seed))),
            rsa::pkcs1::ALGORITHM_OID => own::PrivateKey::from_pkcs1(key).map(|key| Some(Self::Rsa(key))),
            _ => Ok(None),
        }
    }
}

/// The seed in its own octet string.
fn seed(key: &[u8]) -> Result<Secret<{ ed25519::LEN }>, Error> {
    let seed = key.strip_prefix(&[4, 32]).ok_or(Error::Encoding)?;
    Secret::copy_from(seed).ok_or(Error::Encoding)
}
