//! The text of a QR code: a share with what words alone do not say.
//!
//! ```text
//! "KPK1:" || base32( kind 1 | check value 4 | words, ten bits each, zeros up to a byte | tag 4 )
//! tag = SHA-256("keypact-courier" || 00 || what is before it)[..4]
//! ```

use super::Error;
use super::key::{CheckValue, Kind};
use super::share::Words;
use crate::crypto::{hash, labels};
use crate::encoding::base32;
use crate::secret::{self, SecretBytes, SecretText};

const PREFIX: &str = "KPK1:";
/// The longest text worth reading: more than the longest share needs.
const LONGEST: usize = 256;
const TAG: usize = 4;

/// A share, the kind of its key, and the key's check value.
pub struct Packet {
    /// What the key is for.
    pub kind: Kind,
    /// The check value of the whole key.
    pub check: CheckValue,
    /// The share.
    pub words: Words,
}

impl Packet {
    /// Whether a text claims to be one.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The text of the code.
    pub fn text(&self) -> SecretText {
        let words = self.words.to_bytes();
        let body = SecretBytes::new([&[self.kind as u8], &self.check.0[..], words.expose()].concat());
        let whole = SecretBytes::new([body.expose(), &tag(body.expose())].concat());
        let encoded = base32::encode(whole.expose());
        SecretText::new([PREFIX, encoded.expose()].concat())
    }

    /// Reads the text of a code.
    ///
    /// # Errors
    /// [`Error::Packet`]. Whether the words are a share is [`super::Share::read`]'s to say.
    pub fn read(text: &str) -> Result<Self, Error> {
        Self::parse(text).ok_or(Error::Packet)
    }

    fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX).filter(|rest| rest.len() <= LONGEST)?;
        let whole = base32::decode(encoded).ok()?;
        let (body, found) = whole.expose().split_last_chunk::<TAG>()?;
        if !secret::equal(&tag(body), found) {
            return None;
        }
        let (kind, rest) = body.split_first()?;
        let (check, words) = rest.split_first_chunk()?;
        Some(Self {
            kind: Kind::from_byte(*kind)?,
            check: CheckValue(*check),
            words: Words::from_bytes(words)?,
        })
    }
}

/// Finds what scanners and people damage; the words have a checksum of their own.
fn tag(body: &[u8]) -> [u8; TAG] {
    let [a, b, c, d, ..] = hash::sha256(&[labels::COURIER, &[0], body]);
    [a, b, c, d]
}
