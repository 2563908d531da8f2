//! HPKE (RFC 9180) in base mode, one message a context: what age's post-quantum stanza is made of.
//! KDF HKDF-SHA-256 (0x0001), AEAD ChaCha20-Poly1305 (0x0003), KEM [`hybrid`] (0x647a).

use super::aead::{Aead, Nonce};
use super::rng::Rng;
use super::{Error, hybrid, kdf};
use crate::secret::Secret;

/// "HPKE" || KEM || KDF || AEAD.
const SUITE: &[u8] = b"HPKE\x64\x7a\x00\x01\x00\x03";
const VERSION: &[u8] = b"HPKE-v1";
const MODE_BASE: u8 = 0;

/// Encapsulates to `public` and seals `plaintext` (`SealBase`, aad empty): encapsulation and sealed message.
///
/// # Errors
/// As [`hybrid::encapsulate`].
pub fn seal(
    public: &[u8; hybrid::PUBLIC_LEN],
    info: &[u8],
    plaintext: &[u8],
    rng: &mut dyn Rng,
) -> Result<([u8; hybrid::ENC_LEN], Vec<u8>), Error> {
    let (enc, shared) = hybrid::encapsulate(public, rng)?;
    let (aead, nonce) = schedule(&shared, info);
    Ok((enc, aead.seal(&nonce, b"", plaintext)))
}

/// Opens what [`seal`] made for `key` (`OpenBase`, aad empty).
///
/// # Errors
/// [`Error::SmallOrder`]; [`Error::Tag`] when it was made for another key.
pub fn open<const N: usize>(
    key: &hybrid::PrivateKey,
    enc: &[u8; hybrid::ENC_LEN],
    info: &[u8],
    message: &[u8],
) -> Result<Secret<N>, Error> {
    let (aead, nonce) = schedule(&key.decapsulate(enc)?, info);
    aead.open_secret(&nonce, b"", message)
}

/// The key schedule of RFC 9180 section 5.1. The KEM's secret is the salt of the extraction.
fn schedule(shared: &Secret<32>, info: &[u8]) -> (Aead, Nonce) {
    let psk_id_hash = labeled_extract(b"", b"psk_id_hash", b"");
    let info_hash = labeled_extract(b"", b"info_hash", info);
    let context = [&[MODE_BASE], &psk_id_hash.expose()[..], &info_hash.expose()[..]].concat();
    let secret = labeled_extract(shared.expose(), b"secret", b"");
    let key = labeled_expand::<32>(&secret, b"key", &context);
    let nonce = labeled_expand::<12>(&secret, b"base_nonce", &context);
    (Aead::new(&key), *nonce.expose())
}

fn labeled_extract(salt: &[u8], label: &[u8], ikm: &[u8]) -> Secret<32> {
    kdf::extract(salt, &[VERSION, SUITE, label, ikm])
}

fn labeled_expand<const N: usize>(prk: &Secret<32>, label: &[u8], info: &[u8]) -> Secret<N> {
    let length = u16::try_from(N).expect("a key or a nonce").to_be_bytes();
    kdf::expand(prk, &[&length, VERSION, SUITE, label, info])
}
