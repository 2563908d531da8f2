//! HPKE (RFC 9180) in base mode, one message a context: what age's post-quantum and tag stanzas are made of.
//! KDF HKDF-SHA-256 (0x0001), AEAD ChaCha20-Poly1305 (0x0003), and one of three KEMs, which make the shared secret.

use super::aead::{Aead, Nonce};
use super::{Error, kdf};
use crate::secret::Secret;

const VERSION: &[u8] = b"HPKE-v1";
const MODE_BASE: u8 = 0;

/// Where the shared secret comes from.
#[derive(Debug, Clone, Copy)]
pub enum Kem {
    /// [`super::dhkem`]
    P256,
    /// [`super::hybrid_p256`]
    HybridP256,
    /// [`super::hybrid`]
    HybridX25519,
}

/// Seals `plaintext` under a KEM's secret (`SealBase` after `Encap`, aad empty).
pub fn seal(kem: Kem, shared: &Secret<32>, info: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let (aead, nonce) = schedule(kem, shared, info);
    aead.seal(&nonce, b"", plaintext)
}

/// Opens what [`seal`] made under the same secret (`OpenBase` after `Decap`, aad empty).
///
/// # Errors
/// [`Error::Tag`] when it was made under another.
pub fn open<const N: usize>(kem: Kem, shared: &Secret<32>, info: &[u8], message: &[u8]) -> Result<Secret<N>, Error> {
    let (aead, nonce) = schedule(kem, shared, info);
    aead.open_secret(&nonce, b"", message)
}

/// The key schedule of RFC 9180 section 5.1. The KEM's secret is the salt of the extraction.
fn schedule(kem: Kem, shared: &Secret<32>, info: &[u8]) -> (Aead, Nonce) {
    let suite = kem.suite();
    let psk_id_hash = suite.extract(b"", b"psk_id_hash", b"");
    let info_hash = suite.extract(b"", b"info_hash", info);
    let context = [&[MODE_BASE], &psk_id_hash.expose()[..], &info_hash.expose()[..]].concat();
    let secret = suite.extract(shared.expose(), b"secret", b"");
    let key = suite.expand::<32>(&secret, b"key", &context);
    let nonce = suite.expand::<12>(&secret, b"base_nonce", &context);
    (Aead::new(&key), *nonce.expose())
}

impl Kem {
    /// "HPKE" || KEM || KDF || AEAD.
    fn suite(self) -> Suite<'static> {
        Suite(match self {
            Self::P256 => b"HPKE\x00\x10\x00\x01\x00\x03",
            Self::HybridP256 => b"HPKE\x00\x50\x00\x01\x00\x03",
            Self::HybridX25519 => b"HPKE\x64\x7a\x00\x01\x00\x03",
        })
    }
}

/// A name that keeps the derivations of one suite, or of one KEM, apart from those of others (RFC 9180 section 4).
#[derive(Clone, Copy)]
pub(super) struct Suite<'n>(pub(super) &'n [u8]);

impl Suite<'_> {
    /// `LabeledExtract`
    pub(super) fn extract(self, salt: &[u8], label: &[u8], ikm: &[u8]) -> Secret<32> {
        kdf::extract(salt, &[VERSION, self.0, label, ikm])
    }

    /// `LabeledExpand`
    pub(super) fn expand<const N: usize>(self, prk: &Secret<32>, label: &[u8], info: &[u8]) -> Secret<N> {
        let length = u16::try_from(N).expect("a key or a nonce").to_be_bytes();
        kdf::expand(prk, &[&length, VERSION, self.0, label, info])
    }
}

#[cfg(test)]
mod tests {
    //! Published vectors; `tests/vectors/README.md` names their origin.

    use serde_json::Value;

    use super::*;
    use crate::crypto::rng::{Rng, RngError};
    use crate::crypto::{dhkem, hybrid, hybrid_p256, p256};
    use crate::encoding::hex;

    /// The given bytes in order.
    struct Script(Vec<u8>);

    impl Rng for Script {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
            let rest = self.0.split_off(out.len());
            out.copy_from_slice(&std::mem::replace(&mut self.0, rest));
            Ok(())
        }
    }

    fn vectors(list: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(include_str!("../../tests/vectors/hpke.json")).unwrap();
        let vectors = all[list].as_array().unwrap().clone();
        assert!(!vectors.is_empty());
        vectors
    }

    fn bytes(vector: &Value, key: &str) -> Vec<u8> {
        hex::decode(vector[key].as_str().unwrap()).unwrap()
    }

    fn secret(vector: &Value, key: &str) -> Secret<32> {
        Secret::copy_from(&bytes(vector, key)).unwrap()
    }

    #[test]
    fn one_schedule_serves_every_kem() {
        let kems = vectors("schedules").into_iter().map(|vector| {
            let kem = match vector["kem_id"].as_u64() {
                Some(0x0010) => Kem::P256,
                Some(0x0050) => Kem::HybridP256,
                Some(0x647a) => Kem::HybridX25519,
                _ => unreachable!("no such KEM in the file"),
            };
            let (aead, nonce) = schedule(kem, &secret(&vector, "shared_secret"), &bytes(&vector, "info"));
            assert_eq!(nonce[..], bytes(&vector, "base_nonce"));
            let sealed = aead.seal(&nonce, &bytes(&vector, "aad"), &bytes(&vector, "pt"));
            assert_eq!(sealed, bytes(&vector, "ct"));
            kem
        });
        assert_eq!(kems.count(), 3);
    }

    #[test]
    fn the_plain_kem() {
        for vector in vectors("dhkem") {
            let pair = p256::KeyPair::new(&secret(&vector, "secret")).unwrap();
            assert_eq!(pair.public().uncompressed()[..], bytes(&vector, "public"));
            let enc = bytes(&vector, "enc").try_into().unwrap();
            let agreed = pair.agree(&p256::PublicKey::from_uncompressed(&enc).unwrap());
            let shared = dhkem::shared(&agreed, &enc, pair.public());
            assert!(shared.same(&secret(&vector, "shared_secret")));
        }
    }

    #[test]
    fn the_hybrid_with_x25519() {
        for vector in vectors("hybrid_x25519") {
            let key = hybrid::PrivateKey::from_seed(&secret(&vector, "seed"));
            let mut rng = Script(bytes(&vector, "random"));
            let (enc, shared) = hybrid::encapsulate(&key.public(), &mut rng).unwrap();
            assert!(shared.same(&secret(&vector, "shared_secret")));
            assert!(shared.same(&key.decapsulate(&enc).unwrap()));
        }
    }

    #[test]
    fn the_hybrid_with_p256() {
        for vector in vectors("hybrid_p256") {
            let (kem, curve) = hybrid_p256::expand(&secret(&vector, "seed")).unwrap();
            let scalar = p256::KeyPair::new(&secret(&vector, "scalar")).unwrap();
            assert_eq!(curve.public(), scalar.public());
            let public = hybrid_p256::PublicKey::new(&kem, curve.public().clone());
            let mut rng = Script(bytes(&vector, "random"));
            let (enc, shared) = hybrid_p256::encapsulate(&public, &mut rng).unwrap();
            assert!(shared.same(&secret(&vector, "shared_secret")));
            let agreed = curve.agree(&hybrid_p256::share(&enc).unwrap());
            assert!(shared.same(&hybrid_p256::shared(&kem, &agreed, &enc, curve.public())));
        }
    }
}
