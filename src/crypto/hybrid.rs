//! MLKEM768-X25519, HPKE KEM 0x647a (draft-ietf-hpke-pq): ML-KEM-768 and X25519 combined, so that a file stays secret
//! while either holds.
//!
//! ```text
//! seed(32) -> SHAKE256(seed, 96) = d || z || x       ek = ML-KEM.ek(d, z) || X25519(x, 9)                 1216 bytes
//! enc = ct(1088) || epk(32)                          ss = SHA3-256(ss_M || ss_X || epk || pk_X || "\.//^\")
//! ```

use super::rng::Rng;
use super::{Error, hash, mlkem, x25519};
use crate::secret::Secret;

/// Length of a public key in bytes.
pub const PUBLIC_LEN: usize = mlkem::PUBLIC_LEN + x25519::LEN;
/// Length of an encapsulation in bytes.
pub const ENC_LEN: usize = mlkem::CIPHERTEXT_LEN + x25519::LEN;

const COMBINER: &[u8] = br"\.//^\";

/// Both private halves, expanded from one 32-byte seed.
pub struct PrivateKey {
    kem: mlkem::PrivateKey,
    curve: x25519::KeyPair,
}

impl PrivateKey {
    /// Expands the seed.
    pub fn from_seed(seed: &Secret<32>) -> Self {
        let expanded = hash::shake256_secret::<96>(seed.expose());
        let (kem, curve) = expanded.expose().split_at(mlkem::SEED_LEN);
        Self {
            kem: mlkem::PrivateKey::from_seed(&Secret::copy_from(kem).expect("64 of the 96 bytes")),
            curve: x25519::KeyPair::new(&Secret::copy_from(curve).expect("32 of the 96 bytes")),
        }
    }

    /// The public key: both halves, ML-KEM first.
    pub fn public(&self) -> [u8; PUBLIC_LEN] {
        join(&self.kem.public(), self.curve.public())
    }

    /// The shared secret of an encapsulation. One for another key gives a random-looking secret.
    ///
    /// # Errors
    /// [`Error::SmallOrder`] for an X25519 share that forces an all-zero result.
    pub fn decapsulate(&self, enc: &[u8; ENC_LEN]) -> Result<Secret<32>, Error> {
        let (ciphertext, share) = split::<{ mlkem::CIPHERTEXT_LEN }, _>(enc);
        let curve = self.curve.agree(share)?;
        let kem = self.kem.decapsulate(ciphertext);
        Ok(combine(&kem, &curve, share, self.curve.public()))
    }
}

/// Draws a shared secret and encapsulates it to `public`.
///
/// # Errors
/// [`Error::EncapsulationKey`], [`Error::SmallOrder`] for a public key that is none, [`Error::Rng`].
pub fn encapsulate(public: &[u8; PUBLIC_LEN], rng: &mut dyn Rng) -> Result<([u8; ENC_LEN], Secret<32>), Error> {
    let (kem_public, curve_public) = split::<{ mlkem::PUBLIC_LEN }, _>(public);
    let (ciphertext, kem) = mlkem::encapsulate(kem_public, rng)?;
    let ephemeral = x25519::KeyPair::generate(rng)?;
    let curve = ephemeral.agree(curve_public)?;
    let secret = combine(&kem, &curve, ephemeral.public(), curve_public);
    Ok((join(&ciphertext, ephemeral.public()), secret))
}

/// Whether `public` can be encapsulated to.
///
/// # Errors
/// [`Error::EncapsulationKey`].
pub fn check(public: &[u8; PUBLIC_LEN]) -> Result<(), Error> {
    mlkem::check(split::<{ mlkem::PUBLIC_LEN }, { x25519::LEN }>(public).0)
}

fn combine(kem: &Secret<32>, curve: &Secret<32>, share: &[u8; 32], public: &[u8; 32]) -> Secret<32> {
    hash::sha3_256_secret(&[kem.expose(), curve.expose(), share, public, COMBINER])
}

/// Two halves one after the other, ML-KEM first.
pub(super) fn join<const N: usize>(kem: &[u8], curve: &[u8]) -> [u8; N] {
    let mut joined = [0; N];
    let (front, back) = joined.split_at_mut(kem.len());
    front.copy_from_slice(kem);
    back.copy_from_slice(curve);
    joined
}

/// What [`join`] joined.
pub(super) fn split<const KEM: usize, const CURVE: usize>(joined: &[u8]) -> (&[u8; KEM], &[u8; CURVE]) {
    let (front, back) = joined
        .split_first_chunk()
        .expect("both halves are present by the caller's array type");
    (
        front,
        back.try_into()
            .expect("both halves are present by the caller's array type"),
    )
}
