//! Byte layouts of HELLO, REPLY and FINISH (`docs/spec/handshake.md`, sections 2 to 4). Offsets count from the frame's
//! first byte; integers are big-endian.

use super::Error;
use super::frame::{self, HEADER_LEN, Kind};
use super::terms::{Mask, Psk, Terms};
use crate::crypto::aead::TAG;
use crate::crypto::{cpace, hash, labels, mlkem, x25519};
use crate::encoding::fields::Fields;
use crate::secret::Secret;

/// The version of these messages, and the highest one that this program speaks.
const VERSION: u8 = 1;
const SUITE_ID: u16 = 0x0001;

/// Length of a nonce and of a commitment.
pub(super) const NONCE: usize = 32;
const PARAMS: usize = 8;
const COMMITMENT_AT: usize = HEADER_LEN + PARAMS;
/// HELLO without what single modes add: what the commitment covers, and the session id of CPace.
pub(super) const HELLO_BASE_LEN: usize = COMMITMENT_AT + 32 + x25519::LEN + mlkem::PUBLIC_LEN;
/// REPLY without its sealed end: what the second transcript hash takes in.
const REPLY_BASE_LEN: usize = HEADER_LEN + PARAMS + NONCE + x25519::LEN + mlkem::CIPHERTEXT_LEN;

/// ```text
/// 8 ver | 9 ver_max | 10 suite(2) | 12 mask | 13 flags | 14 ext_len(2) | 16 c(32) | 48 epk(32) | 80 ek(1184)
/// 1264 Y_I(32), with a code | psk_tag(16), with a courier key
/// ```
pub(super) struct Hello {
    pub(super) commitment: [u8; 32],
    pub(super) share: [u8; x25519::LEN],
    pub(super) kem_key: [u8; mlkem::PUBLIC_LEN],
    pub(super) code_share: Option<[u8; cpace::LEN]>,
}

impl Hello {
    /// The front of a HELLO that commits to `nonce`: `c = HMAC(n_I, "keypact-hs1 commit" || 00 || front with c = 0)`. Its
    /// length field counts what the modes are still to add, so that none can be left out.
    pub(super) fn encode_base(
        terms: &Terms,
        share: &[u8; 32],
        kem_key: &[u8; mlkem::PUBLIC_LEN],
        nonce: &Secret<NONCE>,
    ) -> Vec<u8> {
        let header = frame::header(Kind::Hello, HELLO_BASE_LEN + extra(terms.mask()) - HEADER_LEN);
        let mut frame = [&header[..], &params(terms), &[0; 32], share, kem_key].concat();
        let commitment = commitment(&frame, nonce);
        frame[COMMITMENT_AT..COMMITMENT_AT + 32].copy_from_slice(&commitment);
        frame
    }

    /// Takes a HELLO apart and checks that it asks for what this side can give, with the key that this side holds.
    pub(super) fn decode(frame: &[u8], own: &Terms) -> Result<Self, Error> {
        let mut fields = Fields::new(&frame[HEADER_LEN..]);
        check_params(&mut fields, own)?;
        let parts = (|| {
            let hello = Self {
                commitment: fields.array()?,
                share: fields.array()?,
                kem_key: fields.array()?,
                code_share: demanded(own, Mask::CODE, &mut fields)?.pop(),
            };
            let tag = demanded::<{ Psk::TAG }>(own, Mask::PSK, &mut fields)?.pop();
            fields.end().map(|()| (hello, tag))
        })();
        let (hello, tag) = parts.ok_or(Error::Protocol("length of HELLO"))?;
        mlkem::check(&hello.kem_key).map_err(|_| Error::Protocol("invalid ML-KEM key"))?;
        let is_known = match (tag, own.psk()) {
            (Some(tag), Some(psk)) => crate::secret::equal(&psk.tag(&frame[..HELLO_BASE_LEN]), &tag),
            _ => true,
        };
        if is_known { Ok(hello) } else { Err(Error::OtherPsk) }
    }

    /// Whether `nonce` opens the commitment of this HELLO frame.
    pub(super) fn opens(frame: &[u8], nonce: &Secret<NONCE>) -> bool {
        let mut blank = frame[..HELLO_BASE_LEN].to_vec();
        let (_, rest) = blank.split_at_mut(COMMITMENT_AT);
        let mut promised = [0; 32];
        promised.copy_from_slice(&rest[..32]);
        rest[..32].fill(0);
        crate::secret::equal(&commitment(&blank, nonce), &promised)
    }
}

/// How many bytes the modes add to the front of HELLO.
fn extra(mask: Mask) -> usize {
    let code = if mask.demands(Mask::CODE) { cpace::LEN } else { 0 };
    let psk = if mask.demands(Mask::PSK) { Psk::TAG } else { 0 };
    code + psk
}

/// The field that a mode adds, or none where the mode is not demanded; `None` when it is missing.
fn demanded<const N: usize>(own: &Terms, mode: Mask, fields: &mut Fields<'_>) -> Option<Vec<[u8; N]>> {
    let count = usize::from(own.mask().demands(mode));
    (0..count).map(|_| fields.array()).collect()
}

fn commitment(blank: &[u8], nonce: &Secret<NONCE>) -> [u8; 32] {
    hash::hmac(nonce.expose(), &[labels::handshake::COMMIT, &[0], blank])
}

/// ```text
/// 8 params(8) | 16 n_R(32) | 48 epk(32) | 80 ct(1088) | 1168 Y_R(32), with a code | AEAD(hr, aad th2, credential)
/// ```
pub(super) struct Reply<'a> {
    pub(super) share: [u8; x25519::LEN],
    pub(super) ciphertext: [u8; mlkem::CIPHERTEXT_LEN],
    pub(super) code_share: Option<[u8; cpace::LEN]>,
    /// What the second transcript hash takes in.
    pub(super) clear: &'a [u8],
    pub(super) sealed: &'a [u8],
}

/// What a REPLY is made of, but for its sealed end.
pub(super) struct Answer<'a> {
    pub(super) nonce: &'a [u8; NONCE],
    pub(super) share: &'a [u8; x25519::LEN],
    pub(super) ciphertext: &'a [u8],
    pub(super) code_share: Option<&'a [u8; cpace::LEN]>,
}

impl<'a> Reply<'a> {
    /// The frame up to its sealed end, whose length is known before its content: that depends on everything before it.
    pub(super) fn encode_clear(terms: &Terms, answer: &Answer<'_>, sealed: usize) -> Vec<u8> {
        let code_share = answer.code_share.map_or(&[][..], |share| share);
        let length = REPLY_BASE_LEN + code_share.len() + sealed;
        let header = frame::header(Kind::Reply, length - HEADER_LEN);
        [
            &header[..],
            &params(terms),
            answer.nonce,
            answer.share,
            answer.ciphertext,
            code_share,
        ]
        .concat()
    }

    /// Takes a REPLY apart: the fields, and the sealed end.
    pub(super) fn decode(frame: &'a [u8], own: &Terms) -> Result<Self, Error> {
        let mut fields = Fields::new(&frame[HEADER_LEN..]);
        check_params(&mut fields, own)?;
        let parts = (|| {
            fields.bytes(NONCE)?;
            let share = fields.array()?;
            let ciphertext = fields.array()?;
            let code_share = demanded(own, Mask::CODE, &mut fields)?.pop();
            let (clear, sealed) = frame.split_at(frame.len() - fields.rest().len());
            Some(Self {
                share,
                ciphertext,
                code_share,
                clear,
                sealed,
            })
        })();
        let is_whole = |reply: &Self| match own.pinned() {
            None => reply.sealed.len() == TAG,
            Some(_) => reply.sealed.len() > TAG,
        };
        parts.filter(is_whole).ok_or(Error::Protocol("length of REPLY"))
    }
}

/// The header of FINISH: its body is `AEAD(hi, aad th3 || header, n_I || credential)`.
pub(super) fn finish_header(credential: usize) -> [u8; HEADER_LEN] {
    frame::header(Kind::Finish, NONCE + credential + TAG)
}

/// `ver || ver_max || suite || mask || flags || ext_len`: no extensions in this version.
fn params(terms: &Terms) -> [u8; PARAMS] {
    let [suite_high, suite_low] = SUITE_ID.to_be_bytes();
    let (mask, flags) = (terms.mask().to_byte(), terms.setting() as u8);
    [VERSION, VERSION, suite_high, suite_low, mask, flags, 0, 0]
}

fn check_params(fields: &mut Fields<'_>, own: &Terms) -> Result<(), Error> {
    let params = fields.array::<PARAMS>().ok_or(Error::Protocol("short message"))?;
    let [version, highest, suite_high, suite_low, mask, flags, ext_high, ext_low] = params;
    // A peer that speaks more must still have sent this version: both take the lower of the two highest.
    if version != VERSION || highest < VERSION || u16::from_be_bytes([suite_high, suite_low]) != SUITE_ID {
        return Err(Error::Version);
    }
    // First, because what a peer demands counts in its setting: one that goes on with a broken session demands nothing of others.
    if flags != own.setting() as u8 {
        return Err(Error::Protocol("a message of another setting"));
    }
    if mask != own.mask().to_byte() {
        return Err(Error::Demand { theirs: mask });
    }
    if [ext_high, ext_low] != [0, 0] {
        return Err(Error::Protocol("unknown extensions"));
    }
    Ok(())
}
