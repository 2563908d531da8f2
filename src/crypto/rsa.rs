//! RSA keys, and RSAES-OAEP with SHA-256 for the hash and for the mask (RFC 8017 section 7.1).
//!
//! The private operation takes constant time and is blinded besides. The first octet of the padding, which RFC 8017 wants
//! to be zero, is not looked at: whoever learns that it alone was wrong can decrypt (Manger's attack;
//! draft-irtf-cfrg-rsa-guidance).

use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Oaep};
use sha2::Sha256;

use super::Error;
use super::rng::{OsRng, Rng, RngError, array};
use crate::secret::SecretBytes;

/// The largest modulus in bits, the most that `ssh-keygen` makes: a bound on what a key may cost.
pub const MAX_BITS: usize = 16_384;
/// The smallest modulus in bits that is a key at all.
const MIN_BITS: usize = 1024;

/// A public key: an odd modulus of 1024 to [`MAX_BITS`] bits and an odd exponent of at most 33.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(rsa::PublicKey);

impl PublicKey {
    /// The key of a modulus and an exponent, big-endian.
    ///
    /// # Errors
    /// [`Error::Rsa`] when they are no key.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let key = rsa::PublicKey::new_with_size_limits(public(modulus)?, public(exponent)?, MIN_BITS..=MAX_BITS);
        key.map(Self).map_err(|_| Error::Rsa)
    }

    /// Length of the modulus in bits.
    pub fn bits(&self) -> u32 {
        self.0.n().bit_width()
    }

    /// Length of the modulus, and of everything that is sealed, in bytes.
    pub fn size(&self) -> usize {
        self.0.size()
    }

    /// The modulus, big-endian, without leading zeros.
    pub fn modulus(&self) -> Box<[u8]> {
        self.0.n_bytes()
    }

    /// The exponent, big-endian, without leading zeros.
    pub fn exponent(&self) -> Box<[u8]> {
        self.0.e_bytes()
    }

    /// Seals a message that is shorter than the modulus by 66 bytes or more.
    ///
    /// # Errors
    /// [`Error::Rng`], [`Error::Length`].
    pub fn seal(&self, label: &[u8], message: &[u8], rng: &mut dyn Rng) -> Result<Vec<u8>, Error> {
        let sealed = self.0.encrypt(&mut Drawn(rng), oaep(label), message);
        sealed.map_err(|error| match error {
            rsa::Error::Rng => Error::Rng(RngError),
            _ => Error::Length,
        })
    }
}

/// A private key with two prime factors, which are checked against the modulus.
pub struct PrivateKey(Box<rsa::PrivateKey>);

impl PrivateKey {
    /// The key of modulus, public and private exponent and the two primes, big-endian.
    ///
    /// # Errors
    /// [`Error::Rsa`] when they do not belong together.
    pub fn new(modulus: &[u8], exponent: &[u8], private: &[u8], primes: [&[u8]; 2]) -> Result<Self, Error> {
        let bits = u32::try_from(modulus.len() * 8).map_err(|_| Error::Rsa)?;
        let secret = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).map_err(|_| Error::Rsa);
        let primes = vec![secret(primes[0])?, secret(primes[1])?];
        // The public half first: it bounds what the checks of the private one cost.
        PublicKey::new(modulus, exponent)?;
        let key = rsa::PrivateKey::from_components(public(modulus)?, public(exponent)?, secret(private)?, primes);
        key.map(|key| Self(Box::new(key))).map_err(|_| Error::Rsa)
    }

    /// The key in PKCS#1 (RFC 8017 appendix A.1.2), DER.
    ///
    /// # Errors
    /// As [`PrivateKey::new`].
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, Error> {
        let key = RsaPrivateKeyRef::try_from(der).map_err(|_| Error::Rsa)?;
        let primes = [key.prime1.as_bytes(), key.prime2.as_bytes()];
        Self::new(
            key.modulus.as_bytes(),
            key.public_exponent.as_bytes(),
            key.private_exponent.as_bytes(),
            primes,
        )
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.to_public_key())
    }

    /// Opens what was sealed for this key under `label`.
    ///
    /// # Errors
    /// [`Error::Tag`] for anything else; [`Error::Rng`].
    pub fn open(&self, label: &[u8], sealed: &[u8]) -> Result<SecretBytes, Error> {
        // What blinds a computation shows in no result, so nobody needs to script it.
        let opened = self.0.decrypt_blinded(&mut Drawn(&mut OsRng), oaep(label), sealed);
        opened.map(SecretBytes::new).map_err(|error| match error {
            rsa::Error::Rng => Error::Rng(RngError),
            _ => Error::Tag,
        })
    }
}

fn oaep(label: &[u8]) -> Oaep<Sha256> {
    Oaep::new_with_label(label)
}

fn public(bytes: &[u8]) -> Result<BoxedUint, Error> {
    // Bounded before the number is built.
    (1..=MAX_BITS / 8)
        .contains(&bytes.len())
        .then(|| BoxedUint::from_be_slice_vartime(bytes))
        .ok_or(Error::Rsa)
}

/// Our randomness under the name that the crate wants.
struct Drawn<'r>(&'r mut dyn Rng);

impl TryRng for Drawn<'_> {
    type Error = RngError;

    fn try_next_u32(&mut self) -> Result<u32, RngError> {
        array(self.0).map(u32::from_le_bytes)
    }

    fn try_next_u64(&mut self) -> Result<u64, RngError> {
        array(self.0).map(u64::from_le_bytes)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        self.0.fill(out)
    }
}

impl TryCryptoRng for Drawn<'_> {}
