//! ML-KEM-768 (FIPS 203). Private keys exist as 64-byte seeds only: expanded keys lose the binding properties.

use ml_kem::kem::{Decapsulate, KeyExport};
use ml_kem::ml_kem_768;
use zeroize::Zeroize;

use super::Error;
use super::rng::{Rng, RngError};
use crate::secret::Secret;

/// Length of an encapsulation (public) key in bytes.
pub const PUBLIC_LEN: usize = 1184;
/// Length of a ciphertext in bytes.
pub const CIPHERTEXT_LEN: usize = 1088;
/// Length of a seed in bytes: d, then z.
pub const SEED_LEN: usize = 64;

/// A decapsulation key.
pub struct PrivateKey(ml_kem_768::DecapsulationKey);

impl PrivateKey {
    /// A fresh key.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, RngError> {
        Ok(Self::from_seed(&Secret::generate(rng)?))
    }

    /// The key of a seed (`KeyGen_internal`).
    pub fn from_seed(seed: &Secret<SEED_LEN>) -> Self {
        let mut copy = (*seed.expose()).into();
        let key = Self(ml_kem_768::DecapsulationKey::from_seed(copy));
        copy.zeroize();
        key
    }

    /// The seed, to be kept where a key is made in one run and used in another.
    pub fn expose_seed(&self) -> Secret<SEED_LEN> {
        let mut seed = self.0.to_seed().expect("every key here was made from its seed");
        let secret = Secret::with(|out| out.copy_from_slice(&seed));
        seed.zeroize();
        secret
    }

    /// The encapsulation key.
    pub fn public(&self) -> [u8; PUBLIC_LEN] {
        self.0.encapsulation_key().to_bytes().into()
    }

    /// The shared secret of a ciphertext. A ciphertext for another key gives a random-looking secret (implicit
    /// rejection), which shows as a failing tag later.
    pub fn decapsulate(&self, ciphertext: &[u8; CIPHERTEXT_LEN]) -> Secret<32> {
        let mut shared = self.0.decapsulate(ciphertext.into());
        let secret = Secret::with(|out| out.copy_from_slice(&shared));
        shared.zeroize();
        secret
    }
}

/// Draws a shared secret and encapsulates it to `public`.
///
/// # Errors
/// [`Error::EncapsulationKey`] when `public` fails the modulus check; [`Error::Rng`].
pub fn encapsulate(public: &[u8; PUBLIC_LEN], rng: &mut dyn Rng) -> Result<([u8; CIPHERTEXT_LEN], Secret<32>), Error> {
    let key = ml_kem_768::EncapsulationKey::new(public.into()).map_err(|_| Error::EncapsulationKey)?;
    let message = Secret::<32>::generate(rng)?;
    let (ciphertext, mut shared) = key.encapsulate_deterministic(message.expose().into());
    let secret = Secret::with(|out| out.copy_from_slice(&shared));
    shared.zeroize();
    Ok((ciphertext.into(), secret))
}

/// The modulus check of FIPS 203 section 7.2, without encapsulating.
///
/// # Errors
/// [`Error::EncapsulationKey`].
pub fn check(public: &[u8; PUBLIC_LEN]) -> Result<(), Error> {
    ml_kem_768::EncapsulationKey::new(public.into())
        .map(drop)
        .map_err(|_| Error::EncapsulationKey)
}
