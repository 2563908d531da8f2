//! ChaCha20-Poly1305 (RFC 8439) for the chunks of a payload: the same cipher as [`super::aead`], by the fastest code there
//! is for this processor. Without the feature `ring` it is the portable code, at about half the speed.

use super::Error;
use super::aead::{Nonce, TAG};
use crate::secret::Secret;

/// A key ready for many chunks. On the heap, so that moving it leaves no copy of the key behind.
pub struct Bulk(Box<Key>);

impl Bulk {
    /// Expands the key.
    pub fn new(key: &Secret<32>) -> Self {
        Self(Box::new(Key::new(key.expose())))
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
    fn new(key: &[u8; 32]) -> Self {
        use ring::aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey};
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).expect("32 bytes are a key");
        Self(LessSafeKey::new(key))
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
    fn new(key: &[u8; 32]) -> Self {
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
            let (fast, portable) = (Bulk::new(&key(byte)), Portable::new(key(byte).expose()));
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
        let (fast, portable) = (Bulk::new(&key(1)), Portable::new(key(1).expose()));
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

    #[test]
    fn what_is_shorter_than_a_tag_does_not_open() {
        for length in 0..TAG {
            let mut buffer = vec![0; 5 + length];
            assert_eq!(Bulk::new(&key(1)).open(&[0; 12], &mut buffer, 5), Err(Error::Tag));
        }
    }
}
