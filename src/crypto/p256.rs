//! P-256 (SEC 1, FIPS 186-5): points that are checked once, when they are read, and the agreement on an x coordinate.
//! The curve has prime order, so a checked point has no small order and no agreement with it gives the identity.

use std::io;

use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;

use super::Error;
use super::rng::{Rng, RngError};
use crate::secret::Secret;

/// Length of a private scalar and of an agreed x coordinate in bytes.
pub const LEN: usize = 32;
/// Length of a compressed point in bytes: 0x02 or 0x03 for an even or odd y, then x.
pub const COMPRESSED_LEN: usize = 1 + LEN;
/// Length of an uncompressed point in bytes: 0x04, x, y.
pub const POINT_LEN: usize = 1 + 2 * LEN;

/// How often a scalar is drawn before the source of randomness counts as broken. One draw in 2^32 is out of range.
const DRAWS: usize = 4;

/// A public key: a point of the curve other than the identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(p256::PublicKey);

impl PublicKey {
    /// Reads a compressed point.
    ///
    /// # Errors
    /// [`Error::Point`] when it is none, or in another form.
    pub fn from_compressed(bytes: &[u8; COMPRESSED_LEN]) -> Result<Self, Error> {
        Self::read(bytes, &[2, 3])
    }

    /// Reads an uncompressed point.
    ///
    /// # Errors
    /// As [`PublicKey::from_compressed`].
    pub fn from_uncompressed(bytes: &[u8; POINT_LEN]) -> Result<Self, Error> {
        Self::read(bytes, &[4])
    }

    /// The crate knows further forms (SEC 1's hybrid, a "compact" one), which no format here allows.
    fn read(bytes: &[u8], forms: &[u8]) -> Result<Self, Error> {
        let form = bytes.first().filter(|form| forms.contains(form));
        form.ok_or(Error::Point)?;
        p256::PublicKey::from_sec1_bytes(bytes)
            .map(Self)
            .map_err(|_| Error::Point)
    }

    /// The compressed form.
    pub fn compressed(&self) -> [u8; COMPRESSED_LEN] {
        let point = self.0.to_sec1_point(true);
        point
            .as_bytes()
            .try_into()
            .expect("not the identity, so of full length")
    }

    /// The uncompressed form.
    pub fn uncompressed(&self) -> [u8; POINT_LEN] {
        let point = self.0.to_sec1_point(false);
        point
            .as_bytes()
            .try_into()
            .expect("not the identity, so of full length")
    }
}

/// The owner of a private key, who may be a device that never gives it away.
pub trait Agree: Send + Sync {
    /// The public key.
    fn public(&self) -> &PublicKey;

    /// The x coordinate that both sides arrive at.
    ///
    /// # Errors
    /// The device's, when there is one.
    fn agree(&self, peer: &PublicKey) -> io::Result<Secret<LEN>>;
}

impl<A: Agree + ?Sized> Agree for &A {
    fn public(&self) -> &PublicKey {
        (**self).public()
    }

    fn agree(&self, peer: &PublicKey) -> io::Result<Secret<LEN>> {
        (**self).agree(peer)
    }
}

/// A private scalar with its public key.
pub struct KeyPair {
    secret: Box<SecretKey>,
    public: PublicKey,
}

impl KeyPair {
    /// A fresh pair.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, RngError> {
        for _ in 0..DRAWS {
            if let Ok(pair) = Self::new(&Secret::generate(rng)?) {
                return Ok(pair);
            }
        }
        Err(RngError)
    }

    /// The pair of a scalar.
    ///
    /// # Errors
    /// [`Error::Scalar`] unless it lies between zero and the order of the curve.
    pub fn new(scalar: &Secret<LEN>) -> Result<Self, Error> {
        let secret = SecretKey::from_bytes(scalar.expose().into()).map_err(|_| Error::Scalar)?;
        let public = PublicKey(secret.public_key());
        Ok(Self {
            secret: Box::new(secret),
            public,
        })
    }

    /// As [`Agree::public`].
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// As [`Agree::agree`], which cannot fail here.
    pub fn agree(&self, peer: &PublicKey) -> Secret<LEN> {
        let shared = self.secret.diffie_hellman(&peer.0);
        Secret::with(|x| x.copy_from_slice(shared.raw_secret_bytes()))
    }
}

impl Agree for KeyPair {
    fn public(&self) -> &PublicKey {
        self.public()
    }

    fn agree(&self, peer: &PublicKey) -> io::Result<Secret<LEN>> {
        Ok(self.agree(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(byte: u8) -> KeyPair {
        KeyPair::new(&Secret::with(|scalar| scalar.fill(byte))).unwrap()
    }

    #[test]
    fn scalars_are_reduced_and_not_zero() {
        // FIPS 186-5: the order of the curve.
        let order = *b"\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\
                       \xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
        let mut below = order;
        below[LEN - 1] -= 1;
        for (scalar, fits) in [([0; LEN], false), (order, false), ([0xff; LEN], false), (below, true)] {
            assert_eq!(KeyPair::new(&Secret::copy_from(&scalar).unwrap()).is_ok(), fits);
        }
    }

    #[test]
    fn a_source_that_gives_no_scalar_is_broken() {
        struct Zeros;
        impl Rng for Zeros {
            fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
                out.fill(0);
                Ok(())
            }
        }
        assert!(KeyPair::generate(&mut Zeros).is_err());
    }

    #[test]
    fn points_are_read_in_their_own_form_only() {
        let key = pair(7).public().clone();
        let (short, long) = (key.compressed(), key.uncompressed());
        assert!(PublicKey::from_compressed(&short) == Ok(key.clone()));
        assert!(PublicKey::from_uncompressed(&long) == Ok(key));
        for form in (0..=255).filter(|form| ![2, 3].contains(form)) {
            let mut wrong = short;
            wrong[0] = form;
            assert_eq!(PublicKey::from_compressed(&wrong), Err(Error::Point), "{form}");
        }
        for form in (0..=255).filter(|form| *form != 4) {
            let mut wrong = long;
            wrong[0] = form;
            assert_eq!(PublicKey::from_uncompressed(&wrong), Err(Error::Point), "{form}");
        }
    }

    #[test]
    fn what_is_no_point_is_refused() {
        let mut off_curve = pair(7).public().uncompressed();
        off_curve[POINT_LEN - 1] ^= 1;
        let mut zeros = [0; POINT_LEN];
        zeros[0] = 4;
        let mut not_reduced = [0xff; POINT_LEN];
        not_reduced[0] = 4;
        for bytes in [off_curve, zeros, not_reduced, [0; POINT_LEN]] {
            assert_eq!(PublicKey::from_uncompressed(&bytes), Err(Error::Point));
        }
        let mut not_reduced = [0xff; COMPRESSED_LEN];
        not_reduced[0] = 2;
        // x = 1 has no y on this curve.
        let mut no_y = [0; COMPRESSED_LEN];
        (no_y[0], no_y[COMPRESSED_LEN - 1]) = (2, 1);
        for bytes in [not_reduced, no_y, [0; COMPRESSED_LEN]] {
            assert_eq!(PublicKey::from_compressed(&bytes), Err(Error::Point));
        }
    }

    proptest::proptest! {
        #[test]
        fn both_sides_agree(a in 1_u8..255, b in 1_u8..255) {
            let (a, b) = (pair(a), pair(b));
            proptest::prop_assert!(a.agree(b.public()).same(&b.agree(a.public())));
        }

        #[test]
        fn a_point_that_is_read_is_written_again(x: [u8; LEN], odd: bool) {
            let mut bytes = [2 + u8::from(odd); COMPRESSED_LEN];
            bytes[1..].copy_from_slice(&x);
            if let Ok(key) = PublicKey::from_compressed(&bytes) {
                proptest::prop_assert_eq!(key.compressed(), bytes);
                proptest::prop_assert_eq!(PublicKey::from_uncompressed(&key.uncompressed()), Ok(key));
            }
        }
    }
}
