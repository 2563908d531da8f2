//! X25519 (RFC 7748), with the check that its section 6.1 leaves to the caller always made.

use x25519_dalek::{PublicKey, StaticSecret};

use super::Error;
use super::rng::{Rng, RngError};
use crate::secret::{Secret, disclose};

/// Length of a public key, a private key and a shared secret in bytes.
pub const LEN: usize = 32;

/// A private scalar with its public key.
pub struct KeyPair {
    secret: StaticSecret,
    public: [u8; LEN],
}

impl KeyPair {
    /// A fresh pair.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, RngError> {
        Ok(Self::new(&Secret::generate(rng)?))
    }

    /// The pair of a scalar (clamped when used, RFC 7748 section 5).
    pub fn new(scalar: &Secret<LEN>) -> Self {
        let secret = StaticSecret::from(*scalar.expose());
        let public = PublicKey::from(&secret).to_bytes();
        Self { secret, public }
    }

    /// The public key.
    pub fn public(&self) -> &[u8; LEN] {
        &self.public
    }

    /// The scalar, to be kept where a pair is made in one run and used in another.
    pub fn expose_scalar(&self) -> Secret<LEN> {
        Secret::with(|out| out.copy_from_slice(self.secret.as_bytes()))
    }

    /// The shared secret with the owner of `peer`.
    ///
    /// # Errors
    /// [`Error::SmallOrder`] when it is all zero: the peer's share forced it.
    pub fn agree(&self, peer: &[u8; LEN]) -> Result<Secret<LEN>, Error> {
        let shared = self.secret.diffie_hellman(&PublicKey::from(*peer));
        if !disclose(shared.was_contributory()) {
            return Err(Error::SmallOrder);
        }
        Ok(Secret::with(|out| out.copy_from_slice(shared.as_bytes())))
    }
}
