//! Post-quantum recipients, `age1pq1…`: HPKE with the ML-KEM-768 and X25519 hybrid, secret while either holds.
//!
//! ```text
//! -> mlkem768x25519 base64(enc 1120)    enc, k = HPKE-Base(recipient, info = "age-encryption.org/mlkem768x25519")
//! seal(k, file key)
//! ```

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::stanza::{SEALED_FILE_KEY, decode_arg};
use super::{Error, FileKey, KeyError, Stanza, keys, unwrap_mine};
use crate::crypto::hpke::Kem;
use crate::crypto::hybrid::{ENC_LEN, PUBLIC_LEN, PrivateKey, check, encapsulate};
use crate::crypto::labels;
use crate::crypto::rng::{Rng, RngError};
use crate::encoding::{base64, bech32};
use crate::secret::{Secret, SecretText};

const KIND: &str = "mlkem768x25519";
const RECIPIENT: &str = "age1pq";
const IDENTITY: &str = "age-secret-key-pq-";
/// What post-quantum recipients have in common, and no other kind.
const LABEL: &str = "postquantum";

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(Box<[u8; PUBLIC_LEN]>);

impl Recipient {
    /// The public key's bytes.
    pub fn as_bytes(&self) -> &[u8; PUBLIC_LEN] {
        &self.0
    }
}

impl super::Recipient for Recipient {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        let (enc, shared) = encapsulate(&self.0, rng)?;
        let body = file_key.seal_hpke(Kem::HybridX25519, &shared, labels::AGE_HYBRID);
        Ok(vec![Stanza::made(KIND, &[&base64::encode(&enc)], body)])
    }

    fn labels(&self, _rng: &mut dyn Rng) -> Result<BTreeSet<String>, Error> {
        Ok(labels_of_all())
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let key = keys::decode(RECIPIENT, text)?;
        check(key.expose()).map_err(|_| KeyError::Invalid)?;
        Ok(Self(Box::new(*key.expose())))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode(RECIPIENT, &self.0[..]))
    }
}

/// A private key, kept as its seed.
pub struct Identity {
    seed: Secret<32>,
    key: PrivateKey,
}

impl Identity {
    /// A fresh key.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, RngError> {
        Secret::generate(rng).map(Self::from_seed)
    }

    /// The key of a seed (every 32 bytes are one).
    pub fn from_seed(seed: Secret<32>) -> Self {
        let key = PrivateKey::from_seed(&seed);
        Self { seed, key }
    }

    /// `AGE-SECRET-KEY-PQ-1…`
    pub fn to_text(&self) -> SecretText {
        bech32::encode_identity(IDENTITY, self.seed.expose())
    }

    /// The 32 bytes that it is made of.
    pub fn expose_seed(&self) -> &Secret<32> {
        &self.seed
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(Box::new(self.key.public()))
    }

    fn open(&self, enc: &[u8; ENC_LEN], sealed: &[u8; SEALED_FILE_KEY]) -> Result<Option<FileKey>, Error> {
        let shared = self.key.decapsulate(enc);
        let shared = shared.map_err(|_| Error::Header("an X25519 share of small order"))?;
        // ML-KEM rejects by a wrong secret, so a stanza for somebody else shows only here.
        Ok(FileKey::open_hpke(
            Kem::HybridX25519,
            &shared,
            labels::AGE_HYBRID,
            sealed,
        ))
    }
}

impl super::Identity for Identity {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        unwrap_mine(stanzas, KIND, parse, |(enc, sealed)| self.open(&enc, sealed))
    }
}

impl FromStr for Identity {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        keys::decode(IDENTITY, text).map(Self::from_seed)
    }
}

fn parse(stanza: &Stanza) -> Result<([u8; ENC_LEN], &[u8; SEALED_FILE_KEY]), Error> {
    let [enc] = stanza.exact_args()?;
    Ok((decode_arg(enc)?, stanza.sealed_file_key()?))
}

/// The labels of every post-quantum recipient.
pub(super) fn labels_of_all() -> BTreeSet<String> {
    BTreeSet::from([LABEL.to_owned()])
}
