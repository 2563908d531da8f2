//! Classic recipients, `age1…`: an ephemeral X25519 agreement a file.
//!
//! ```text
//! -> X25519 base64(share 32)            shared = X25519(ephemeral, recipient)
//! seal(k, file key)                     k = HKDF(shared, salt = share || recipient, info = "age-encryption.org/v1/X25519")
//! ```

use std::fmt;
use std::str::FromStr;

use super::stanza::{SEALED_FILE_KEY, decode_arg};
use super::{Error, FileKey, KeyError, Stanza, keys, unwrap_mine};
use crate::crypto::rng::{Rng, RngError};
use crate::crypto::x25519::{KeyPair, LEN};
use crate::crypto::{kdf, labels};
use crate::encoding::{base64, bech32};
use crate::secret::{Secret, SecretText};

const KIND: &str = "X25519";
const RECIPIENT: &str = "age";
const IDENTITY: &str = "age-secret-key-";

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient([u8; LEN]);

impl Recipient {
    /// The public key's bytes.
    pub fn as_bytes(&self) -> &[u8; LEN] {
        &self.0
    }
}

impl super::Recipient for Recipient {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        let ephemeral = KeyPair::generate(rng)?;
        let shared = ephemeral.agree(&self.0)?;
        let share = ephemeral.public();
        let body = file_key.seal(&wrap_key(&shared, share, &self.0));
        Ok(vec![Stanza::made(KIND, &[&base64::encode(share)], body)])
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        keys::decode(RECIPIENT, text).map(|key| Self(*key.expose()))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode(RECIPIENT, &self.0))
    }
}

/// A private key.
pub struct Identity {
    scalar: Secret<LEN>,
    pair: KeyPair,
}

impl Identity {
    /// A fresh key.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, RngError> {
        Secret::generate(rng).map(Self::from_seed)
    }

    /// The key of a scalar (every 32 bytes are one).
    pub fn from_seed(scalar: Secret<LEN>) -> Self {
        let pair = KeyPair::new(&scalar);
        Self { scalar, pair }
    }

    /// `AGE-SECRET-KEY-1…`
    pub fn to_text(&self) -> SecretText {
        bech32::encode_identity(IDENTITY, self.scalar.expose())
    }

    /// The 32 bytes that it is made of.
    pub fn expose_seed(&self) -> &Secret<32> {
        &self.scalar
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(*self.pair.public())
    }

    fn open(&self, share: &[u8; LEN], sealed: &[u8; SEALED_FILE_KEY]) -> Result<Option<FileKey>, Error> {
        let shared = self.pair.agree(share);
        // An all-zero secret would let anyone make a stanza that every identity opens.
        let shared = shared.map_err(|_| Error::Header("an X25519 share of small order"))?;
        let wrap_key = wrap_key(&shared, share, self.pair.public());
        Ok(FileKey::open(&wrap_key, sealed))
    }
}

impl super::Identity for Identity {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        unwrap_mine(stanzas, KIND, parse, |(share, sealed)| self.open(&share, sealed))
    }
}

impl FromStr for Identity {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        keys::decode(IDENTITY, text).map(Self::from_seed)
    }
}

fn parse(stanza: &Stanza) -> Result<([u8; LEN], &[u8; SEALED_FILE_KEY]), Error> {
    let [share] = stanza.exact_args()?;
    Ok((decode_arg(share)?, stanza.sealed_file_key()?))
}

fn wrap_key(shared: &Secret<LEN>, share: &[u8; LEN], recipient: &[u8; LEN]) -> Secret<32> {
    let salt = [&share[..], recipient].concat();
    kdf::hkdf(&salt, shared.expose(), labels::AGE_X25519)
}
