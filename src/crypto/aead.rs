//! ChaCha20-Poly1305 (RFC 8439): messages, and chunks in place.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};

use super::Error;
use crate::secret::{Secret, wiping_stack};

/// Length of the authentication tag in bytes.
pub const TAG: usize = 16;
/// A 96-bit nonce.
pub type Nonce = [u8; 12];
/// For keys that seal exactly one message.
pub const ZERO_NONCE: Nonce = [0; 12];

/// A key ready to seal and open.
pub struct Aead(ChaCha20Poly1305);

impl Aead {
    /// Expands the key.
    pub fn new(key: &Secret<32>) -> Self {
        Self(ChaCha20Poly1305::new(key.expose().into()))
    }

    /// Seals `plaintext`: ciphertext followed by the 16-byte tag.
    pub fn seal(&self, nonce: &Nonce, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let mut message = Vec::with_capacity(plaintext.len() + TAG);
        message.extend_from_slice(plaintext);
        message.resize(plaintext.len() + TAG, 0);
        self.seal_in_place(nonce, aad, &mut message);
        message
    }

    /// Opens what [`Aead::seal`] made.
    ///
    /// # Errors
    /// [`Error::Tag`] when it was not made under this key, nonce and associated data.
    pub fn open(&self, nonce: &Nonce, aad: &[u8], message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut buffer = message.to_vec();
        let length = self.open_in_place(nonce, aad, &mut buffer)?.len();
        buffer.truncate(length);
        Ok(buffer)
    }

    /// Opens a message of exactly `N` plaintext bytes into a secret.
    ///
    /// # Errors
    /// [`Error::Length`] when the message has another length, [`Error::Tag`] as above.
    pub fn open_secret<const N: usize>(&self, nonce: &Nonce, aad: &[u8], message: &[u8]) -> Result<Secret<N>, Error> {
        let buffer = crate::secret::SecretBytes::new(self.open(nonce, aad, message)?);
        Secret::copy_from(buffer.expose()).ok_or(Error::Length)
    }

    /// Seals in place: the last 16 bytes of `buffer` are room for the tag.
    ///
    /// # Panics
    /// When `buffer` has no room for a tag, or more than 256 GiB: every caller lays its buffers out itself.
    pub fn seal_in_place(&self, nonce: &Nonce, aad: &[u8], buffer: &mut [u8]) {
        let (text, tag) = buffer
            .split_last_chunk_mut::<TAG>()
            .expect("the buffer has room for the tag");
        *tag = self.seal_detached(nonce, aad, text);
    }

    /// Seals `text` in place and gives its tag.
    pub(super) fn seal_detached(&self, nonce: &Nonce, aad: &[u8], text: &mut [u8]) -> [u8; TAG] {
        let sealed = self.0.encrypt_inout_detached(nonce.into(), aad, text.into());
        sealed.expect("far below the length limit of the cipher").into()
    }

    /// Opens in place and returns the plaintext at the front of `buffer`. On failure `buffer` holds no plaintext: the
    /// tag is checked first.
    ///
    /// # Errors
    /// [`Error::Tag`], also for a buffer shorter than a tag.
    pub fn open_in_place<'b>(&self, nonce: &Nonce, aad: &[u8], buffer: &'b mut [u8]) -> Result<&'b mut [u8], Error> {
        let (text, tag) = buffer.split_last_chunk_mut::<TAG>().ok_or(Error::Tag)?;
        self.open_detached(nonce, aad, text, tag)?;
        Ok(text)
    }

    /// Opens `text` in place; on failure it stays as it was.
    pub(super) fn open_detached(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<(), Error> {
        let opened = self
            .0
            .decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into());
        opened.map_err(|_| Error::Tag)
    }
}

/// Does `work` and leaves nothing of it on the stack or in the registers: for the end of a thread, whose stack is kept for
/// the next one, and to which the loader may yet save the registers.
pub fn leaving_no_trace<T>(work: impl FnOnce() -> T) -> T {
    let done = wiping_stack(work);
    clear_registers();
    done
}

/// Leaves nothing of earlier work in the processor's vector registers: the cipher works on zeros with the ones that it
/// has worked on secrets with. They go into a core image like memory does.
fn clear_registers() {
    let aead = Aead::new(&Secret::zero());
    let mut zeros = [0; 1024 + TAG];
    aead.seal_in_place(&ZERO_NONCE, b"", &mut zeros);
    std::hint::black_box(&mut zeros);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_open_leaves_no_plaintext_and_every_bit_counts() {
        let aead = Aead::new(&Secret::with(|key| *key = [9; 32]));
        let sealed = aead.seal(&ZERO_NONCE, b"aad", b"attack at dawn");
        assert_eq!(aead.open(&ZERO_NONCE, b"aad", &sealed).unwrap(), b"attack at dawn");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(aead.open_in_place(&ZERO_NONCE, b"aad", &mut changed), Err(Error::Tag));
            assert!(!changed.windows(6).any(|w| w == b"attack"));
        }
        assert_eq!(aead.open(&ZERO_NONCE, b"", &sealed), Err(Error::Tag));
        assert_eq!(aead.open(&ZERO_NONCE, b"aad", &sealed[..15]), Err(Error::Tag));
        assert!(aead.open_secret::<13>(&ZERO_NONCE, b"aad", &sealed).is_err());
    }
}
