//! Recipients whose P-256 key sits in a device, `age1tag1…`: HPKE with a plain agreement, and a tag by which a device
//! is asked only for files that are its own.
//!
//! ```text
//! -> p256tag base64(tag 4) base64(enc 65)    enc, k = HPKE-Base(recipient, info = "age-encryption.org/p256tag")
//! seal(k, file key)                          tag = HKDF-Extract(salt = info, ikm = enc || SHA-256(recipient)[..4])[..4]
//! ```

use std::fmt;
use std::str::FromStr;

use super::stanza::{SEALED_FILE_KEY, decode_arg};
use super::{Error, FileKey, KeyError, Stanza, keys, unwrap_mine};
use crate::crypto::dhkem::{self, ENC_LEN};
use crate::crypto::hpke::Kem;
use crate::crypto::p256::{Agree, PublicKey};
use crate::crypto::rng::Rng;
use crate::crypto::{hash, kdf, labels};
use crate::encoding::{base64, bech32};

const KIND: &str = "p256tag";
const RECIPIENT: &str = "age1tag";
/// A share that its stanza's owner cannot agree with.
pub(super) const NO_POINT: Error = Error::Header("a P-256 share that is no point of the curve");
/// Length of a tag in bytes.
pub(super) const TAG_LEN: usize = 4;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(PublicKey);

impl Recipient {
    /// The recipient of a device's key.
    pub fn new(key: PublicKey) -> Self {
        Self(key)
    }
}

impl super::Recipient for Recipient {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        let (enc, shared) = dhkem::encapsulate(&self.0, rng)?;
        let tag = tag_of(&self.0, &enc);
        let body = file_key.seal_hpke(Kem::P256, &shared, labels::AGE_TAG);
        let args = [base64::encode(&tag), base64::encode(&enc)];
        Ok(vec![Stanza::made(KIND, &[&args[0], &args[1]], body)])
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn is_named_by(&self, stanza: &Stanza) -> bool {
        stanza.kind() == KIND && parse(stanza).is_ok_and(|parsed| parsed.tag == tag_of(&self.0, &parsed.enc))
    }
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        keys::decode_point(RECIPIENT, text).map(Self)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode(RECIPIENT, &self.0.compressed()))
    }
}

/// A private key, or the device that holds it.
pub struct Identity<A>(A);

impl<A: Agree> Identity<A> {
    /// The identity of an owner.
    pub fn new(owner: A) -> Self {
        Self(owner)
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.public().clone())
    }

    fn open(&self, stanza: &Parsed<'_>) -> Result<Option<FileKey>, Error> {
        if tag_of(self.0.public(), &stanza.enc) != stanza.tag {
            return Ok(None);
        }
        let point = PublicKey::from_uncompressed(&stanza.enc).map_err(|_| NO_POINT)?;
        let agreed = self.0.agree(&point)?;
        let shared = dhkem::shared(&agreed, &stanza.enc, self.0.public());
        // Tags are short, so a stanza for somebody else may come as far as this.
        Ok(FileKey::open_hpke(Kem::P256, &shared, labels::AGE_TAG, stanza.sealed))
    }
}

impl<A: Agree> super::Identity for Identity<A> {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        unwrap_mine(stanzas, KIND, parse, |stanza| self.open(&stanza))
    }
}

struct Parsed<'s> {
    tag: [u8; TAG_LEN],
    enc: [u8; ENC_LEN],
    sealed: &'s [u8; SEALED_FILE_KEY],
}

fn parse(stanza: &Stanza) -> Result<Parsed<'_>, Error> {
    let [tag, enc] = stanza.exact_args()?;
    Ok(Parsed {
        tag: decode_arg(tag)?,
        enc: decode_arg(enc)?,
        sealed: stanza.sealed_file_key()?,
    })
}

fn tag_of(key: &PublicKey, enc: &[u8; ENC_LEN]) -> [u8; TAG_LEN] {
    hashed_tag(labels::AGE_TAG, enc, &key.compressed())
}

/// The tag of a stanza: it hangs on `enc`, so that two files for one recipient do not look alike to others.
pub(super) fn hashed_tag(label: &[u8], enc: &[u8], point: &[u8]) -> [u8; TAG_LEN] {
    let prk = kdf::extract(label, &[enc, &fingerprint(point)]);
    first(prk.expose())
}

/// SHA-256 of a point, cut short.
pub(super) fn fingerprint(point: &[u8]) -> [u8; TAG_LEN] {
    first(&hash::sha256(&[point]))
}

fn first(hash: &[u8; 32]) -> [u8; TAG_LEN] {
    std::array::from_fn(|i| hash[i])
}
