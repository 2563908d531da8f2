//! What a passphrase locks an OpenSSH private key with: a key of bcrypt-pbkdf, and a block cipher by its SSH name.

use ssh_cipher::Cipher;
use zeroize::Zeroizing;

use super::Error;
use crate::secret::{Passphrase, SecretBytes};

/// The most rounds that are computed, about seven seconds of one core. `ssh-keygen` writes 16 or 24 unless told otherwise; a stranger's
/// file may ask for 2^32.
pub const MAX_ROUNDS: u32 = 1024;

/// AES in the modes that OpenSSH locks keys with; what else it knows, nobody makes new keys with.
const CIPHERS: [Cipher; 8] = [
    Cipher::Aes256Ctr,
    Cipher::Aes192Ctr,
    Cipher::Aes128Ctr,
    Cipher::Aes256Cbc,
    Cipher::Aes192Cbc,
    Cipher::Aes128Cbc,
    Cipher::Aes256Gcm,
    Cipher::Aes128Gcm,
];
/// Length of the tag of a cipher that authenticates, in bytes.
const TAG: usize = 16;
/// What bcrypt-pbkdf makes at a time, in bytes.
const BLOCK: usize = 32;

/// The lock of one private key file.
pub struct Lock<'a> {
    /// The cipher, `aes256-ctr` nearly always.
    pub cipher: &'a str,
    /// For bcrypt-pbkdf.
    pub salt: &'a [u8],
    /// For bcrypt-pbkdf, 1 to [`MAX_ROUNDS`].
    pub rounds: u32,
    /// Of a cipher that authenticates, else empty.
    pub tag: &'a [u8],
}

impl Lock<'_> {
    /// Whether it can be computed: what [`Lock::open`] checks, and what costs nothing.
    ///
    /// # Errors
    /// [`Error::Cipher`] for a cipher that is unknown or obsolete; [`Error::Cost`] for too many rounds; [`Error::Length`].
    pub fn check(&self, sealed: &[u8]) -> Result<(), Error> {
        let cipher = self.cipher()?;
        if self.rounds > MAX_ROUNDS {
            return Err(Error::Cost);
        }
        let tag = if cipher.has_tag() { TAG } else { 0 };
        let is_whole = self.tag.len() == tag && sealed.len().is_multiple_of(cipher.block_size());
        (is_whole && self.rounds > 0 && !self.salt.is_empty())
            .then_some(())
            .ok_or(Error::Length)
    }

    /// The plain bytes; with the wrong passphrase noise, unless the cipher authenticates.
    ///
    /// # Errors
    /// As [`Lock::check`]; [`Error::Tag`].
    pub fn open(&self, passphrase: &Passphrase, sealed: &[u8]) -> Result<SecretBytes, Error> {
        self.check(sealed)?;
        let cipher = self.cipher()?;
        let (key_len, iv_len) = cipher.key_and_iv_size().ok_or(Error::Cipher)?;
        let derived = self.derive(passphrase, key_len + iv_len);
        let (key, iv) = derived.split_at(key_len);
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let tag = cipher
            .has_tag()
            .then(|| self.tag.try_into().expect("its length is checked"));
        cipher.decrypt(key, iv, &mut bytes, tag).map_err(|_| Error::Tag)?;
        Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
    }

    fn cipher(&self) -> Result<Cipher, Error> {
        let mut known = CIPHERS.into_iter();
        known.find(|cipher| cipher.as_str() == self.cipher).ok_or(Error::Cipher)
    }

    fn derive(&self, passphrase: &Passphrase, length: usize) -> Zeroizing<Vec<u8>> {
        let mut derived = Zeroizing::new(vec![0; length]);
        let mut memory = Zeroizing::new(vec![0; length.next_multiple_of(BLOCK)]);
        bcrypt_pbkdf::bcrypt_pbkdf_with_memory(passphrase.expose(), self.salt, self.rounds, &mut derived, &mut memory)
            .expect("no input is empty, and the memory suffices");
        derived
    }
}
