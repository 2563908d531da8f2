//! MLKEM768-P256, HPKE KEM 0x0050 (draft-ietf-hpke-pq): the hybrid for owners whose curve key sits in a device.
//!
//! ```text
//! seed(32) -> SHAKE256(seed, 192) = d || z || x1..x4    ek = ML-KEM.ek(d, z) || x*G, x the first xi that is a scalar 1249 bytes
//! enc = ct(1088) || E(65)                               ss = SHA3-256(ss_M || ss_P || E || P || "MLKEM768-P256")
//! ```

use super::hybrid::{join, split};
use super::p256::{self, KeyPair, POINT_LEN};
use super::rng::Rng;
use super::{Error, hash, mlkem};
use crate::secret::Secret;

/// Length of a public key in bytes; its point is uncompressed.
pub const PUBLIC_LEN: usize = mlkem::PUBLIC_LEN + POINT_LEN;
/// Length of an encapsulation in bytes; its point is uncompressed.
pub const ENC_LEN: usize = mlkem::CIPHERTEXT_LEN + POINT_LEN;

const COMBINER: &[u8] = b"MLKEM768-P256";
/// How many candidates for the scalar a seed gives. All four are out of range with probability 2^-128.
const CANDIDATES: usize = 4;

/// A public key, both halves checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kem: Box<[u8; mlkem::PUBLIC_LEN]>,
    curve: p256::PublicKey,
}

impl PublicKey {
    /// Both halves of one owner.
    pub fn new(kem: &mlkem::PrivateKey, curve: p256::PublicKey) -> Self {
        let kem = Box::new(kem.public());
        Self { kem, curve }
    }

    /// Reads both halves.
    ///
    /// # Errors
    /// [`Error::EncapsulationKey`], [`Error::Point`].
    pub fn from_bytes(bytes: &[u8; PUBLIC_LEN]) -> Result<Self, Error> {
        let (kem, curve) = split(bytes);
        mlkem::check(kem)?;
        let curve = p256::PublicKey::from_uncompressed(curve)?;
        let kem = Box::new(*kem);
        Ok(Self { kem, curve })
    }

    /// Both halves, ML-KEM first.
    pub fn to_bytes(&self) -> [u8; PUBLIC_LEN] {
        join(&self.kem[..], &self.curve.uncompressed())
    }

    /// The half that a device owns.
    pub fn curve(&self) -> &p256::PublicKey {
        &self.curve
    }
}

/// Both private halves of a seed.
///
/// # Errors
/// [`Error::Scalar`] for one seed in 2^128.
pub fn expand(seed: &Secret<32>) -> Result<(mlkem::PrivateKey, KeyPair), Error> {
    let expanded = hash::shake256_secret::<{ mlkem::SEED_LEN + CANDIDATES * p256::LEN }>(seed.expose());
    let (kem, candidates) = expanded.expose().split_at(mlkem::SEED_LEN);
    let kem = Secret::copy_from(kem).expect("64 of the 192 bytes");
    let mut candidates = candidates.chunks_exact(p256::LEN);
    let curve = candidates.find_map(|scalar| KeyPair::new(&Secret::copy_from(scalar)?).ok());
    Ok((mlkem::PrivateKey::from_seed(&kem), curve.ok_or(Error::Scalar)?))
}

/// Draws a shared secret and encapsulates it to `public`.
///
/// # Errors
/// [`Error::Rng`].
pub fn encapsulate(public: &PublicKey, rng: &mut dyn Rng) -> Result<([u8; ENC_LEN], Secret<32>), Error> {
    let (ciphertext, kem) = mlkem::encapsulate(&public.kem, rng)?;
    let ephemeral = KeyPair::generate(rng)?;
    let share = ephemeral.public().uncompressed();
    let secret = combine(&kem, &ephemeral.agree(&public.curve), &share, &public.curve);
    Ok((join(&ciphertext, &share), secret))
}

/// The point in an encapsulation, for the owner of the curve's half to agree with.
///
/// # Errors
/// [`Error::Point`] when it is none.
pub fn share(enc: &[u8; ENC_LEN]) -> Result<p256::PublicKey, Error> {
    p256::PublicKey::from_uncompressed(halves(enc).1)
}

/// The shared secret of an encapsulation to `kem` and `curve`, whose owner agreed with [`share`] on `agreed`. An
/// encapsulation for another key gives a random-looking secret.
pub fn shared(
    kem: &mlkem::PrivateKey,
    agreed: &Secret<{ p256::LEN }>,
    enc: &[u8; ENC_LEN],
    curve: &p256::PublicKey,
) -> Secret<32> {
    let (ciphertext, share) = halves(enc);
    combine(&kem.decapsulate(ciphertext), agreed, share, curve)
}

fn halves(enc: &[u8; ENC_LEN]) -> (&[u8; mlkem::CIPHERTEXT_LEN], &[u8; POINT_LEN]) {
    split(enc)
}

fn combine(kem: &Secret<32>, agreed: &Secret<32>, share: &[u8; POINT_LEN], curve: &p256::PublicKey) -> Secret<32> {
    hash::sha3_256_secret(&[kem.expose(), agreed.expose(), share, &curve.uncompressed(), COMBINER])
}
