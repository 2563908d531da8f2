//! Byte layouts of HELLO, REPLY and FINISH (`docs/spec/handshake.md`, sections 2 to 4). Offsets count from the frame's
//! first byte; integers are big-endian.

use super::frame::{self, HEADER_LEN, Kind};
use super::{Error, Mask};
use crate::crypto::aead::TAG;
use crate::crypto::{hash, labels, mlkem, x25519};
use crate::encoding::fields::Fields;
use crate::secret::Secret;

/// The version of these messages, and the highest one that this program speaks.
const VERSION: u8 = 1;
const SUITE_ID: u16 = 0x0001;

/// Length of a nonce and of a commitment.
pub(super) const NONCE: usize = 32;
const PARAMS: usize = 8;
const COMMITMENT_AT: usize = HEADER_LEN + PARAMS;
const HELLO_LEN: usize = COMMITMENT_AT + 32 + x25519::LEN + mlkem::PUBLIC_LEN;
/// REPLY without its sealed end: what the second transcript hash takes in.
pub(super) const REPLY_CLEAR_LEN: usize = HEADER_LEN + PARAMS + NONCE + x25519::LEN + mlkem::CIPHERTEXT_LEN;

/// ```text
/// 8 ver | 9 ver_max | 10 suite(2) | 12 mask | 13 flags | 14 ext_len(2) | 16 c(32) | 48 epk(32) | 80 ek(1184)
/// ```
pub(super) struct Hello {
    pub(super) commitment: [u8; 32],
    pub(super) share: [u8; x25519::LEN],
    pub(super) kem_key: [u8; mlkem::PUBLIC_LEN],
}

impl Hello {
    /// The frame of a HELLO that commits to `nonce`: `c = HMAC(n_I, "keypact-hs1 commit" || 00 || frame with c = 0)`.
    pub(super) fn encode(
        mask: Mask,
        share: &[u8; 32],
        kem_key: &[u8; mlkem::PUBLIC_LEN],
        nonce: &Secret<NONCE>,
    ) -> Vec<u8> {
        let header = frame::header(Kind::Hello, HELLO_LEN - HEADER_LEN);
        let mut frame = [&header[..], &params(mask), &[0; 32], share, kem_key].concat();
        let commitment = commitment(&frame, nonce);
        frame[COMMITMENT_AT..COMMITMENT_AT + 32].copy_from_slice(&commitment);
        frame
    }

    /// Takes a HELLO apart and checks that it asks for what this side can give.
    pub(super) fn decode(frame: &[u8], own: Mask) -> Result<Self, Error> {
        let mut fields = Fields::new(&frame[HEADER_LEN..]);
        check_params(&mut fields, own)?;
        let hello = (|| {
            let hello = Self {
                commitment: fields.array()?,
                share: fields.array()?,
                kem_key: fields.array()?,
            };
            fields.end().map(|()| hello)
        })();
        let hello = hello.ok_or(Error::Protocol("length of HELLO"))?;
        mlkem::check(&hello.kem_key).map_err(|_| Error::Protocol("invalid ML-KEM key"))?;
        Ok(hello)
    }

    /// Whether `nonce` opens the commitment of this HELLO frame.
    pub(super) fn opens(frame: &[u8], nonce: &Secret<NONCE>) -> bool {
        let mut blank = frame.to_vec();
        let (_, rest) = blank.split_at_mut(COMMITMENT_AT);
        let mut promised = [0; 32];
        promised.copy_from_slice(&rest[..32]);
        rest[..32].fill(0);
        crate::secret::equal(&commitment(&blank, nonce), &promised)
    }
}

fn commitment(blank: &[u8], nonce: &Secret<NONCE>) -> [u8; 32] {
    hash::hmac(nonce.expose(), &[labels::handshake::COMMIT, &[0], blank])
}

/// ```text
/// 8 params(8) | 16 n_R(32) | 48 epk(32) | 80 ct(1088) | 1168 AEAD(hr, aad th2, "")(16)
/// ```
pub(super) struct Reply {
    pub(super) share: [u8; x25519::LEN],
    pub(super) ciphertext: [u8; mlkem::CIPHERTEXT_LEN],
}

impl Reply {
    /// The frame up to its sealed end, which needs a key that depends on everything before it.
    pub(super) fn encode_clear(mask: Mask, nonce: &[u8; NONCE], share: &[u8; 32], ciphertext: &[u8]) -> Vec<u8> {
        let header = frame::header(Kind::Reply, REPLY_CLEAR_LEN + TAG - HEADER_LEN);
        [&header[..], &params(mask), nonce, share, ciphertext].concat()
    }

    /// Takes a REPLY apart: the fields, and the sealed end.
    pub(super) fn decode(frame: &[u8], own: Mask) -> Result<(Self, &[u8]), Error> {
        let mut fields = Fields::new(&frame[HEADER_LEN..]);
        check_params(&mut fields, own)?;
        let parts = (|| {
            fields.bytes(NONCE)?;
            let reply = Self {
                share: fields.array()?,
                ciphertext: fields.array()?,
            };
            Some((reply, fields.rest()))
        })();
        parts
            .filter(|(_, sealed)| sealed.len() == TAG)
            .ok_or(Error::Protocol("length of REPLY"))
    }
}

/// The header of FINISH: its body is `AEAD(hi, aad th3 || header, n_I)`.
pub(super) fn finish_header() -> [u8; HEADER_LEN] {
    frame::header(Kind::Finish, NONCE + TAG)
}

/// `ver || ver_max || suite || mask || flags || ext_len`: no flags and no extensions in this version.
fn params(mask: Mask) -> [u8; PARAMS] {
    let [suite_high, suite_low] = SUITE_ID.to_be_bytes();
    [VERSION, VERSION, suite_high, suite_low, mask.to_byte(), 0, 0, 0]
}

fn check_params(fields: &mut Fields<'_>, own: Mask) -> Result<(), Error> {
    let params = fields.array::<PARAMS>().ok_or(Error::Protocol("short message"))?;
    let [version, highest, suite_high, suite_low, mask, flags, ext_high, ext_low] = params;
    // A peer that speaks more must still have sent this version: both take the lower of the two highest.
    if version != VERSION || highest < VERSION || u16::from_be_bytes([suite_high, suite_low]) != SUITE_ID {
        return Err(Error::Version);
    }
    if mask != own.to_byte() {
        return Err(Error::Demand { theirs: mask });
    }
    if flags != 0 || [ext_high, ext_low] != [0, 0] {
        return Err(Error::Protocol("unknown flags or extensions"));
    }
    Ok(())
}
