//! Post-quantum recipients whose P-256 key sits in a device, `age1tagpq1…`: as [`super::tag`], with the ML-KEM-768 and
//! P-256 hybrid, secret while either holds.
//!
//! ```text
//! -> mlkem768p256tag base64(tag 4) base64(enc 1153)    enc, k = HPKE-Base(recipient, info = "age-encryption.org/mlkem768p256tag")
//! seal(k, file key)                                    tag = HKDF-Extract(salt = info, ikm = enc || SHA-256(point)[..4])[..4]
//! ```
//!
//! `point` is the recipient's half of P-256, uncompressed.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::stanza::{SEALED_FILE_KEY, decode_arg};
use super::tag::{NO_POINT, TAG_LEN, hashed_tag};
use super::{Error, FileKey, KeyError, Stanza, hybrid, keys, unwrap_mine};
use crate::crypto::hpke::Kem;
use crate::crypto::hybrid_p256::{self, ENC_LEN, PublicKey};
use crate::crypto::p256::{Agree, PublicKey as Point};
use crate::crypto::rng::Rng;
use crate::crypto::{labels, mlkem};
use crate::encoding::{base64, bech32};

const KIND: &str = "mlkem768p256tag";
const RECIPIENT: &str = "age1tagpq";

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(PublicKey);

impl super::Recipient for Recipient {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        let (enc, shared) = hybrid_p256::encapsulate(&self.0, rng)?;
        let tag = tag_of(self.0.curve(), &enc);
        let body = file_key.seal_hpke(Kem::HybridP256, &shared, labels::AGE_HYBRID_TAG);
        let args = [base64::encode(&tag), base64::encode(&enc)];
        Ok(vec![Stanza::made(KIND, &[&args[0], &args[1]], body)])
    }

    fn labels(&self, _rng: &mut dyn Rng) -> Result<BTreeSet<String>, Error> {
        Ok(hybrid::labels_of_all())
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn is_named_by(&self, stanza: &Stanza) -> bool {
        stanza.kind() == KIND && parse(stanza).is_ok_and(|parsed| parsed.tag == tag_of(self.0.curve(), &parsed.enc))
    }
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let key = keys::decode(RECIPIENT, text)?;
        PublicKey::from_bytes(key.expose())
            .map(Self)
            .map_err(|_| KeyError::Invalid)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode(RECIPIENT, &self.0.to_bytes()))
    }
}

/// An ML-KEM key, and the P-256 key or the device that holds it.
pub struct Identity<A> {
    kem: mlkem::PrivateKey,
    owner: A,
}

impl<A: Agree> Identity<A> {
    /// The identity of both halves.
    pub fn new(kem: mlkem::PrivateKey, owner: A) -> Self {
        Self { kem, owner }
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(PublicKey::new(&self.kem, self.owner.public().clone()))
    }

    fn open(&self, stanza: &Parsed<'_>) -> Result<Option<FileKey>, Error> {
        let public = self.owner.public();
        if tag_of(public, &stanza.enc) != stanza.tag {
            return Ok(None);
        }
        let point = hybrid_p256::share(&stanza.enc).map_err(|_| NO_POINT)?;
        let agreed = self.owner.agree(&point)?;
        let shared = hybrid_p256::shared(&self.kem, &agreed, &stanza.enc, public);
        Ok(FileKey::open_hpke(
            Kem::HybridP256,
            &shared,
            labels::AGE_HYBRID_TAG,
            stanza.sealed,
        ))
    }
}

impl<A: Agree> super::Identity for Identity<A> {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        unwrap_mine(stanzas, KIND, parse, |stanza| self.open(&stanza))
    }
}

struct Parsed<'s> {
    tag: [u8; TAG_LEN],
    enc: Box<[u8; ENC_LEN]>,
    sealed: &'s [u8; SEALED_FILE_KEY],
}

fn parse(stanza: &Stanza) -> Result<Parsed<'_>, Error> {
    let [tag, enc] = stanza.exact_args()?;
    Ok(Parsed {
        tag: decode_arg(tag)?,
        enc: Box::new(decode_arg(enc)?),
        sealed: stanza.sealed_file_key()?,
    })
}

fn tag_of(point: &Point, enc: &[u8; ENC_LEN]) -> [u8; TAG_LEN] {
    hashed_tag(labels::AGE_HYBRID_TAG, enc, &point.uncompressed())
}
