//! The ciphers for the chunks of a payload and for records, by the fastest code there is for this processor: that of
//! [`super::aead`], for which there is portable code at about half the speed without the feature `ring`, and AES-256-GCM.

use super::Error;
use super::aead::{Nonce, TAG};
use crate::secret::{Secret, wiping_stack};

/// What a key is for. All of these take keys of 32 bytes and nonces of 12, and make tags of 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// ChaCha20-Poly1305 (RFC 8439), fast on every processor.
    ChaCha20Poly1305,
    /// AES-256-GCM (NIST SP 800-38D): faster where the processor has instructions for it, slower than that elsewhere.
    #[cfg(feature = "ring")]
    Aes256Gcm,
}

impl Cipher {
    /// The faster one on this processor.
    pub fn fastest() -> Self {
        #[cfg(all(feature = "ring", target_arch = "x86_64"))]
        if std::arch::is_x86_feature_detected!("aes") && std::arch::is_x86_feature_detected!("pclmulqdq") {
            return Self::Aes256Gcm;
        }
        // ("aes" stands for multiplication without carries too.)
        #[cfg(all(feature = "ring", target_arch = "aarch64"))]
        if std::arch::is_aarch64_feature_detected!("aes") {
            return Self::Aes256Gcm;
        }
        Self::ChaCha20Poly1305
    }
}

/// A key ready for many chunks. On the heap, so that moving it leaves no copy of the key behind.
pub struct Bulk(Box<Key>);

impl Bulk {
    /// Expands a key of ChaCha20-Poly1305.
    pub fn new(key: &Secret<32>) -> Self {
        Self::of(Cipher::ChaCha20Poly1305, key)
    }

    /// Expands a key of the cipher.
    pub fn of(cipher: Cipher, key: &Secret<32>) -> Self {
        // The expanded key is made on the stack.
        wiping_stack(|| Self(Box::new(Key::new(cipher, key.expose()))))
    }

    /// Seals in place: the last 16 bytes of `buffer` are room for the tag.
    ///
    /// # Panics
    /// When `buffer` has no room for a tag: every caller lays its buffers out itself.
    pub fn seal(&self, nonce: &Nonce, buffer: &mut [u8]) {
        self.seal_with(nonce, b"", buffer);
    }

    /// As [`Bulk::seal`], with associated data.
    ///
    /// # Panics
    /// As [`Bulk::seal`].
    pub fn seal_with(&self, nonce: &Nonce, aad: &[u8], buffer: &mut [u8]) {
        let (text, tag) = buffer
            .split_last_chunk_mut::<TAG>()
            .expect("the buffer has room for the tag");
        *tag = self.0.seal(nonce, aad, text);
    }

    /// Opens the message that stands at `from` up to the end of `buffer` and returns the plaintext, which then stands at
    /// its front. Where the two do not overlap, a message that does not open stays as it was. No plaintext of a message
    /// that does not open is left.
    ///
    /// # Errors
    /// [`Error::Tag`], also for a message shorter than a tag.
    pub fn open<'b>(&self, nonce: &Nonce, buffer: &'b mut [u8], from: usize) -> Result<&'b mut [u8], Error> {
        let length = buffer.len().checked_sub(from + TAG).ok_or(Error::Tag)?;
        self.0.open(nonce, b"", buffer, from)?;
        Ok(&mut buffer[..length])
    }

    /// Opens in place, with associated data. No plaintext of a message that does not open is left.
    ///
    /// # Errors
    /// As [`Bulk::open`].
    pub fn open_with<'b>(&self, nonce: &Nonce, aad: &[u8], buffer: &'b mut [u8]) -> Result<&'b mut [u8], Error> {
        let length = buffer.len().checked_sub(TAG).ok_or(Error::Tag)?;
        self.0.open(nonce, aad, buffer, 0)?;
        Ok(&mut buffer[..length])
    }
}

#[cfg(feature = "ring")]
struct Key(ring::aead::LessSafeKey);

#[cfg(feature = "ring")]
impl Key {
    fn new(cipher: Cipher, key: &[u8; 32]) -> Self {
        use ring::aead::{AES_256_GCM, CHACHA20_POLY1305, LessSafeKey, UnboundKey};
        let algorithm = match cipher {
            Cipher::ChaCha20Poly1305 => &CHACHA20_POLY1305,
            Cipher::Aes256Gcm => &AES_256_GCM,
        };
        Self(LessSafeKey::new(
            UnboundKey::new(algorithm, key).expect("32 bytes are a key"),
        ))
    }

    fn seal(&self, nonce: &Nonce, aad: &[u8], text: &mut [u8]) -> [u8; TAG] {
        let sealed = self
            .0
            .seal_in_place_separate_tag(Self::nonce(nonce), ring::aead::Aad::from(aad), text);
        let tag = sealed.expect("far below the length limit of the cipher");
        tag.as_ref().try_into().expect("a tag of 16 bytes")
    }

    /// (Not inlined: `make constant-time` knows by its name where ring lets everybody know whether a tag fits.)
    #[inline(never)]
    fn open(&self, nonce: &Nonce, aad: &[u8], buffer: &mut [u8], from: usize) -> Result<(), Error> {
        let opened = self
            .0
            .open_within(Self::nonce(nonce), ring::aead::Aad::from(aad), buffer, from..);
        opened.map(drop).map_err(|_| Error::Tag)
    }

    /// The callers count their chunks, so no nonce comes twice under one key.
    fn nonce(nonce: &Nonce) -> ring::aead::Nonce {
        ring::aead::Nonce::assume_unique_for_key(*nonce)
    }
}

#[cfg(not(feature = "ring"))]
type Key = Portable;

/// The portable code, which the fast one is held equal to.
#[cfg(any(test, not(feature = "ring")))]
struct Portable(super::aead::Aead);

#[cfg(any(test, not(feature = "ring")))]
impl Portable {
    fn new(_: Cipher, key: &[u8; 32]) -> Self {
        Self(super::aead::Aead::new(&Secret::with(|copy| *copy = *key)))
    }

    fn seal(&self, nonce: &Nonce, aad: &[u8], text: &mut [u8]) -> [u8; TAG] {
        self.0.seal_detached(nonce, aad, text)
    }

    /// The tag is checked before anything is moved or decrypted.
    fn open(&self, nonce: &Nonce, aad: &[u8], buffer: &mut [u8], from: usize) -> Result<(), Error> {
        let (text, tag) = buffer.split_last_chunk_mut::<TAG>().ok_or(Error::Tag)?;
        let length = text.len() - from;
        text.copy_within(from.., 0);
        self.0.open_detached(nonce, aad, &mut text[..length], tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: usize = 64 << 10;

    fn key(byte: u8) -> Secret<32> {
        Secret::with(|key| *key = [byte; 32])
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn the_fast_code_is_the_portable_code(
            byte: u8,
            nonce: [u8; 12],
            text in proptest::collection::vec(0_u8.., 0..3000),
            gap in 0_usize..3000,
            flipped: u16,
        ) {
            let (fast, portable) = (Bulk::new(&key(byte)), Portable::new(Cipher::ChaCha20Poly1305, key(byte).expose()));
            let mut sealed = [&text[..], &[0; TAG]].concat();
            fast.seal(&nonce, &mut sealed);
            let mut expected = text.clone();
            let tag = portable.seal(&nonce, b"", &mut expected);
            proptest::prop_assert_eq!(&sealed, &[&expected[..], &tag].concat());

            let mut buffer = [&vec![0; gap][..], &sealed].concat();
            proptest::prop_assert_eq!(fast.open(&nonce, &mut buffer, gap).map(|text| &*text), Ok(&text[..]));
            let mut buffer = [&vec![0; gap][..], &sealed].concat();
            proptest::prop_assert!(portable.open(&nonce, b"", &mut buffer, gap).is_ok() && buffer.starts_with(&text));

            let aad = &nonce[..usize::from(byte % 13)];
            let mut bound = [&text[..], &[0; TAG]].concat();
            fast.seal_with(&nonce, aad, &mut bound);
            proptest::prop_assert!(portable.open(&nonce, aad, &mut bound.clone(), 0).is_ok());
            proptest::prop_assert!(aad.is_empty() || fast.open_with(&nonce, b"", &mut bound.clone()).is_err());
            proptest::prop_assert_eq!(fast.open_with(&nonce, aad, &mut bound).map(|text| &*text), Ok(&text[..]));

            let at = usize::from(flipped) % (sealed.len() * 8);
            sealed[at / 8] ^= 1 << (at % 8);
            let mut buffer = [&vec![0; gap][..], &sealed].concat();
            proptest::prop_assert_eq!(fast.open(&nonce, &mut buffer, gap), Err(Error::Tag));
            proptest::prop_assert!(portable.open(&nonce, b"", &mut [&vec![0; gap][..], &sealed].concat(), gap).is_err());
        }
    }

    #[test]
    fn a_whole_chunk_is_the_same_and_survives_a_failed_open() {
        let (fast, portable) = (
            Bulk::new(&key(1)),
            Portable::new(Cipher::ChaCha20Poly1305, key(1).expose()),
        );
        let text: Vec<u8> = (0..=250).cycle().take(CHUNK).collect();
        let mut sealed = [&text[..], &[0; TAG]].concat();
        fast.seal(&[2; 12], &mut sealed);
        let mut expected = text.clone();
        assert!(sealed[CHUNK..] == portable.seal(&[2; 12], b"", &mut expected) && sealed[..CHUNK] == expected);

        let mut buffer = [&vec![0; CHUNK][..], &sealed].concat();
        assert_eq!(fast.open(&[3; 12], &mut buffer, CHUNK), Err(Error::Tag));
        assert!(buffer[CHUNK..] == sealed, "the message stays");
        assert!(
            buffer[..CHUNK].windows(64).all(|window| window != &text[..64]),
            "no plaintext is left"
        );
        assert!(
            fast.open(&[2; 12], &mut buffer, CHUNK)
                .is_ok_and(|opened| *opened == text[..])
        );
    }

    /// (What it computes, the vectors say: `tests/wycheproof`, `tests/vectors/hs1.json`.)
    #[cfg(feature = "ring")]
    #[test]
    fn the_other_cipher_leaves_no_plaintext_either() {
        let aes = Bulk::of(Cipher::Aes256Gcm, &key(1));
        let text: Vec<u8> = (0..=250).cycle().take(CHUNK).collect();
        let mut sealed = [&text[..], &[0; TAG]].concat();
        aes.seal_with(&[2; 12], b"aad", &mut sealed);
        assert!(sealed[..CHUNK] != text);
        let mut buffer = sealed.clone();
        assert!(
            aes.open_with(&[2; 12], b"aad", &mut buffer)
                .is_ok_and(|opened| *opened == text[..])
        );
        for (nonce, aad, flipped) in [
            (3, &b"aad"[..], 0),
            (2, b"axd", 0),
            (2, b"aad", CHUNK / 2),
            (2, b"aad", CHUNK + TAG - 1),
        ] {
            let mut buffer = sealed.clone();
            buffer[flipped] ^= u8::from(flipped > 0);
            assert_eq!(aes.open_with(&[nonce; 12], aad, &mut buffer), Err(Error::Tag));
            assert!(
                buffer.windows(64).all(|window| window != &text[..64]),
                "no plaintext is left"
            );
        }
    }

    #[test]
    fn what_is_shorter_than_a_tag_does_not_open() {
        for length in 0..TAG {
            let mut buffer = vec![0; 5 + length];
            assert_eq!(Bulk::new(&key(1)).open(&[0; 12], &mut buffer, 5), Err(Error::Tag));
        }
    }
}
