//! `ssh-rsa`: the file key sealed with RSAES-OAEP, SHA-256, under a label of its own.
//!
//! ```text
//! -> ssh-rsa base64(tag 4)
//! OAEP(key, file key, label = "age-encryption.org/v1/ssh-rsa")         as long as the modulus
//! ```
//!
//! Source: the package `agessh` of age; the stanza is in no specification.

use super::{TAG, UNFIT, find, tag, wire};
use crate::crypto::rng::Rng;
use crate::crypto::{self, labels, rsa};
use crate::encoding::base64;
use crate::encoding::fields::Fields;
use crate::format::stanza::decode_arg;
use crate::format::{Error, FileKey, KeyError, Stanza};
use crate::secret::Secret;

pub(super) const KIND: &str = "ssh-rsa";
pub(super) const KIND_BYTES: &[u8] = KIND.as_bytes();
/// The shortest modulus that is encrypted to, in bits: less is within reach of an attacker.
pub const MIN_BITS: u32 = 2048;
/// The longest modulus that is encrypted to, in bits: more, rage does not read. (What is read ends at
/// [`rsa::MAX_BITS`].)
pub const MAX_BITS: u32 = 4096;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    blob: Vec<u8>,
    key: rsa::PublicKey,
}

impl Recipient {
    fn new(key: rsa::PublicKey) -> Self {
        let blob = wire::blob_of_numbers(KIND, &[&key.exponent(), &key.modulus()]);
        Self { blob, key }
    }

    /// What follows the kind: `mpint e, mpint n`.
    pub(super) fn read(mut fields: Fields) -> Result<Self, KeyError> {
        let exponent = wire::mpint(&mut fields).ok_or(KeyError::Damaged)?;
        let modulus = wire::mpint(&mut fields).ok_or(KeyError::Damaged)?;
        fields.end().ok_or(KeyError::Damaged)?;
        let key = rsa::PublicKey::new(modulus, exponent).map_err(|_| KeyError::Invalid)?;
        Ok(Self::new(key))
    }

    pub(super) fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// Whether it can be encrypted to.
    pub(super) fn check_size(&self) -> Result<(), KeyError> {
        let is_fit = (MIN_BITS..=MAX_BITS).contains(&self.key.bits());
        is_fit.then_some(()).ok_or(KeyError::RsaSize)
    }

    pub(super) fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        self.check_size()?;
        let body = self.key.seal(labels::AGE_SSH_RSA, file_key.expose(), rng)?;
        Ok(vec![Stanza::made(KIND, &[&base64::encode(&tag(&self.blob))], body)])
    }

    pub(super) fn mine<'s>(&self, stanzas: &'s [Stanza]) -> Result<Option<&'s [u8]>, Error> {
        let mine = tag(&self.blob);
        find(stanzas, KIND, mine, |stanza| self.parse(stanza, mine))
    }

    /// How long a body must be only its own key tells.
    fn parse<'s>(&self, stanza: &'s Stanza, mine: [u8; TAG]) -> Result<([u8; TAG], &'s [u8]), Error> {
        let [tag] = stanza.exact_args()?;
        let (tag, body) = (decode_arg(tag)?, stanza.body());
        if tag == mine && body.len() != self.key.size() {
            return Err(Error::Header("a stanza with a body of the wrong length"));
        }
        Ok((tag, body))
    }
}

/// A private key.
pub struct Identity {
    recipient: Recipient,
    key: rsa::PrivateKey,
}

impl Identity {
    pub(super) fn new(key: rsa::PrivateKey) -> Self {
        let recipient = Recipient::new(key.public());
        Self { recipient, key }
    }

    /// From the six numbers of an OpenSSH private key: n, e, d, q^-1 mod p, p, q.
    pub(super) fn read(fields: &mut Fields) -> Result<Self, KeyError> {
        let mut numbers = [&[][..]; 6];
        for number in &mut numbers {
            *number = wire::mpint(fields).ok_or(KeyError::Damaged)?;
        }
        let [modulus, exponent, private, _, p, q] = numbers;
        let key = rsa::PrivateKey::new(modulus, exponent, private, [p, q]).map_err(|_| KeyError::Invalid)?;
        Ok(Self::new(key))
    }

    /// The public half.
    pub(super) fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    pub(super) fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        let Some(sealed) = self.recipient.mine(stanzas)? else {
            return Ok(None);
        };
        let opened = self
            .key
            .open(labels::AGE_SSH_RSA, sealed)
            .map_err(|error| match error {
                crypto::Error::Rng(error) => Error::Rng(error),
                _ => UNFIT,
            })?;
        let file_key = Secret::copy_from(opened.expose()).ok_or(UNFIT)?;
        Ok(Some(FileKey::dangerous_from(file_key)))
    }
}
