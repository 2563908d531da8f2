//! DHKEM(P-256, HKDF-SHA-256), HPKE KEM 0x0010 (RFC 9180 section 4.1).

use super::hpke::Suite;
use super::p256::{KeyPair, LEN, POINT_LEN, PublicKey};
use super::rng::{Rng, RngError};
use crate::secret::Secret;

/// Length of an encapsulation in bytes: an uncompressed point.
pub const ENC_LEN: usize = POINT_LEN;

const SUITE: Suite<'_> = Suite(b"KEM\x00\x10");

/// Draws a shared secret and encapsulates it to `public`.
///
/// # Errors
/// When the source of randomness fails.
pub fn encapsulate(public: &PublicKey, rng: &mut dyn Rng) -> Result<([u8; ENC_LEN], Secret<32>), RngError> {
    let ephemeral = KeyPair::generate(rng)?;
    let enc = ephemeral.public().uncompressed();
    let shared = shared(&ephemeral.agree(public), &enc, public);
    Ok((enc, shared))
}

/// The shared secret of an encapsulation to `public`, whose owner agreed with the point `enc` on `agreed`.
pub fn shared(agreed: &Secret<LEN>, enc: &[u8; ENC_LEN], public: &PublicKey) -> Secret<32> {
    let context = [&enc[..], &public.uncompressed()].concat();
    let prk = SUITE.extract(b"", b"eae_prk", agreed.expose());
    SUITE.expand(&prk, b"shared_secret", &context)
}
