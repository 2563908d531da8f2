//! Ed25519 keys (RFC 8032) as X25519 keys: the same curve in its Montgomery form. Nothing is signed here.

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use sha2::{Digest, Sha512};
use zeroize::Zeroize;

use super::Error;
use crate::secret::Secret;

/// Length of a public key and of a seed in bytes.
pub const LEN: usize = 32;

/// The u-coordinate of a public key, which is an X25519 public key.
///
/// # Errors
/// [`Error::Point`] for bytes that are no point of the curve.
pub fn montgomery(public: &[u8; LEN]) -> Result<[u8; LEN], Error> {
    let point = CompressedEdwardsY(*public).decompress().ok_or(Error::Point)?;
    Ok(point.to_montgomery().to_bytes())
}

/// The scalar of a seed, `SHA-512(seed)[..32]` (RFC 8032 section 5.1.5; clamped when used).
pub fn scalar(seed: &Secret<LEN>) -> Secret<LEN> {
    let mut hash = Sha512::digest(seed.expose());
    let scalar = Secret::copy_from(&hash[..LEN]).expect("half of the hash");
    hash.as_mut_slice().zeroize();
    scalar
}

/// The public key of a seed.
pub fn public(seed: &Secret<LEN>) -> [u8; LEN] {
    EdwardsPoint::mul_base_clamped(*scalar(seed).expose()).compress().0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::x25519::KeyPair;

    /// RFC 8032 section 7.1, test 1.
    #[test]
    fn the_public_key_of_a_seed_is_known() {
        let bytes = |text: &str| base16ct::lower::decode_vec(text).unwrap();
        let seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let expected = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let seed = Secret::copy_from(&seed).unwrap();
        assert_eq!(public(&seed)[..], expected);
        assert_eq!(
            montgomery(&public(&seed)),
            Ok(*KeyPair::new(&scalar(&seed)).public()),
            "both ways to the same X25519 key"
        );
    }

    #[test]
    fn what_is_no_point_is_refused() {
        let mut no_point = [0; LEN];
        no_point[0] = 2;
        assert_eq!(montgomery(&no_point), Err(Error::Point));
    }
}
