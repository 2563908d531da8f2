//! Ed25519 (RFC 8032): signatures, and keys as X25519 keys, the same curve in its Montgomery form.

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha512};
use zeroize::Zeroize;

use super::Error;
use crate::secret::Secret;

/// Length of a public key and of a seed in bytes.
pub const LEN: usize = 32;

/// Length of a signature in bytes.
pub const SIGNATURE_LEN: usize = 64;

/// The signature of `message` under a seed.
pub fn sign(seed: &Secret<LEN>, message: &[u8]) -> [u8; SIGNATURE_LEN] {
    SigningKey::from_bytes(seed.expose()).sign(message).to_bytes()
}

/// Checks a signature, in the strict way: no key or point of small order passes.
///
/// # Errors
/// [`Error::Point`] for bytes that are no key, [`Error::Signature`].
pub fn verify(public: &[u8; LEN], message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Result<(), Error> {
    let key = VerifyingKey::from_bytes(public).map_err(|_| Error::Point)?;
    key.verify_strict(message, &Signature::from_bytes(signature))
        .map_err(|_| Error::Signature)
}

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

    /// RFC 8032 section 7.1, test 2.
    #[test]
    fn a_signature_is_known_and_of_one_message() {
        let bytes = |text: &str| base16ct::lower::decode_vec(text).unwrap();
        let seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let seed = Secret::copy_from(&seed).unwrap();
        let signature = sign(&seed, &[0x72]);
        let expected = bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert_eq!(signature[..], expected);
        assert_eq!(verify(&public(&seed), &[0x72], &signature), Ok(()));
        assert_eq!(verify(&public(&seed), &[0x73], &signature), Err(Error::Signature));
        assert_eq!(verify(&[0; LEN], &[0x72], &signature), Err(Error::Signature));
    }

    #[test]
    fn what_is_no_point_is_refused() {
        let mut no_point = [0; LEN];
        no_point[0] = 2;
        assert_eq!(montgomery(&no_point), Err(Error::Point));
    }
}
