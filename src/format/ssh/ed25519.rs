//! `ssh-ed25519`: an ephemeral X25519 agreement with the Montgomery form M of the key, tied to the key as SSH writes it.
//!
//! ```text
//! -> ssh-ed25519 base64(tag 4) base64(share 32)        L = "age-encryption.org/v1/ssh-ed25519"
//! seal(k, file key)                                    tweak = HKDF(ikm = empty, salt = blob, info = L)
//!                                                      shared = X25519(tweak, X25519(ephemeral, M))
//!                                                      k = HKDF(shared, salt = share || M, info = L)
//! ```
//!
//! Source: the package `agessh` of age; the stanza is in no specification.

use super::{TAG, UNFIT, find, tag, wire};
use crate::crypto::ed25519::{self, LEN};
use crate::crypto::rng::Rng;
use crate::crypto::x25519::KeyPair;
use crate::crypto::{self, kdf, labels};
use crate::encoding::base64;
use crate::encoding::fields::Fields;
use crate::format::stanza::{SEALED_FILE_KEY, decode_arg};
use crate::format::{Error, FileKey, KeyError, Stanza};
use crate::secret::Secret;

pub(super) const KIND: &str = "ssh-ed25519";
pub(super) const KIND_BYTES: &[u8] = KIND.as_bytes();

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    blob: Vec<u8>,
    montgomery: [u8; LEN],
}

type Mine<'s> = ([u8; LEN], &'s [u8; SEALED_FILE_KEY]);

impl Recipient {
    fn new(public: &[u8; LEN]) -> Result<Self, KeyError> {
        let montgomery = ed25519::montgomery(public).map_err(|_| KeyError::Invalid)?;
        let mut blob = Vec::new();
        wire::put(&mut blob, &[KIND_BYTES]);
        wire::put(&mut blob, &[public]);
        Ok(Self { blob, montgomery })
    }

    /// What follows the kind: `string` of 32 bytes.
    pub(super) fn read(mut fields: Fields) -> Result<Self, KeyError> {
        let public = fields.string().ok_or(KeyError::Damaged)?;
        fields.end().ok_or(KeyError::Damaged)?;
        Self::new(public.try_into().map_err(|_| KeyError::Invalid)?)
    }

    pub(super) fn blob(&self) -> &[u8] {
        &self.blob
    }

    pub(super) fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        let ephemeral = KeyPair::generate(rng)?;
        let share = ephemeral.public();
        let shared = self.tweaked(&ephemeral.agree(&self.montgomery)?)?;
        let body = file_key.seal(&self.wrap_key(&shared, share));
        let args = [&tag(&self.blob)[..], share].map(base64::encode);
        Ok(vec![Stanza::made(KIND, &args.each_ref().map(String::as_str), body)])
    }

    pub(super) fn mine<'s>(&self, stanzas: &'s [Stanza]) -> Result<Option<Mine<'s>>, Error> {
        find(stanzas, KIND, tag(&self.blob), parse)
    }

    /// Holds the agreement to this key alone: two Ed25519 keys share each Montgomery form.
    fn tweaked(&self, shared: &Secret<LEN>) -> Result<Secret<LEN>, crypto::Error> {
        let tweak = kdf::hkdf(&self.blob, b"", labels::AGE_SSH_ED25519);
        KeyPair::new(&tweak).agree(shared.expose())
    }

    fn wrap_key(&self, shared: &Secret<LEN>, share: &[u8; LEN]) -> Secret<32> {
        let salt = [&share[..], &self.montgomery].concat();
        kdf::hkdf(&salt, shared.expose(), labels::AGE_SSH_ED25519)
    }
}

/// A private key.
pub struct Identity {
    recipient: Recipient,
    pair: KeyPair,
}

impl Identity {
    /// The key of a seed.
    pub(super) fn from_seed(seed: &Secret<LEN>) -> Self {
        Self {
            recipient: Recipient::new(&ed25519::public(seed)).expect("the public key of a seed is a point"),
            pair: KeyPair::new(&ed25519::scalar(seed)),
        }
    }

    /// From the two strings of an OpenSSH private key: public key, and seed with public key.
    pub(super) fn read(fields: &mut Fields) -> Result<Self, KeyError> {
        let public = fields.string().ok_or(KeyError::Damaged)?;
        let both = fields.string().ok_or(KeyError::Damaged)?;
        let seed = both.strip_suffix(public).and_then(Secret::copy_from);
        let key = Self::from_seed(&seed.ok_or(KeyError::Invalid)?);
        key.recipient
            .blob
            .ends_with(public)
            .then_some(key)
            .ok_or(KeyError::Invalid)
    }

    /// The public half.
    pub(super) fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    pub(super) fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        let Some((share, sealed)) = self.recipient.mine(stanzas)? else {
            return Ok(None);
        };
        let agreed = self
            .pair
            .agree(&share)
            .and_then(|shared| self.recipient.tweaked(&shared));
        let shared = agreed.map_err(|_| UNFIT)?;
        let file_key = FileKey::open(&self.recipient.wrap_key(&shared, &share), sealed);
        file_key.map(Some).ok_or(UNFIT)
    }
}

fn parse(stanza: &Stanza) -> Result<([u8; TAG], Mine<'_>), Error> {
    let [tag, share] = stanza.exact_args()?;
    Ok((decode_arg(tag)?, (decode_arg(share)?, stanza.sealed_file_key()?)))
}
