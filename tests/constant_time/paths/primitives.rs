//! `crypto` and `secret`.

use std::hint::black_box;

use keypact::crypto::aead::{Aead, TAG, ZERO_NONCE};
use keypact::crypto::bulk::{Bulk, Cipher};
use keypact::crypto::hash::{self, HmacSha256};
use keypact::crypto::{ed25519, hybrid, hybrid_p256, kdf, mlkem, p256, x25519};
use keypact::secret;

use super::Path;
use crate::marks::{self, Drawn, hidden, publish, published};

pub const PATHS: &[Path] = &[
    ("secret: comparison", comparison),
    ("secret: comparison of passphrases", passphrases),
    ("crypto: X25519", x25519),
    ("crypto: Ed25519 signature", ed25519),
    ("crypto: P-256", p256),
    ("crypto: ML-KEM-768", mlkem),
    ("crypto: MLKEM768-X25519", hybrid),
    ("crypto: MLKEM768-P256, opened", hybrid_p256),
    ("crypto: ChaCha20-Poly1305, portable", aead),
    ("crypto: ChaCha20-Poly1305, ring", || bulk(Cipher::ChaCha20Poly1305)),
    ("crypto: AES-256-GCM, ring", || bulk(Cipher::Aes256Gcm)),
    ("crypto: SHA-2, SHA-3, HMAC", hashes),
    ("crypto: HKDF, PBKDF2", derivations),
];

const TEXT: &[u8] = &[7; 1000];

fn comparison() {
    let (ours, theirs) = (marks::secret::<32>(1), marks::secret::<32>(1));
    assert!(ours.same(&theirs));
    assert!(!ours.same(&marks::secret(2)));
    assert!(secret::equal(&hidden(b"abc"), &hidden(b"abc")));
}

fn passphrases() {
    assert!(marks::passphrase("open sesame").same(&marks::passphrase("open sesame")));
    assert!(!marks::passphrase("open sesame").same(&marks::passphrase("open barley")));
}

fn x25519() {
    let ours = x25519::KeyPair::new(&marks::secret(1));
    let theirs = x25519::KeyPair::new(&marks::secret(2));
    // Public keys go over the wire.
    let share = published(theirs.public());
    let agreed = ours.agree(share.as_slice().try_into().expect("32 bytes"));
    black_box(agreed.expect("no small order"));
}

fn ed25519() {
    let seed = marks::secret(1);
    black_box(ed25519::public(&seed));
    black_box(ed25519::sign(&seed, b"message"));
}

fn p256() {
    let pair = p256::KeyPair::new(&marks::secret(1)).expect("in range");
    let other = p256::KeyPair::new(&marks::public(2)).expect("in range");
    black_box(pair.agree(other.public()));
}

fn mlkem() {
    let key = mlkem::PrivateKey::from_seed(&marks::secret(1));
    let mut public = key.public();
    publish(&mut public);
    let (mut ciphertext, _) = mlkem::encapsulate(&public, &mut Drawn::new(2)).expect("a key");
    publish(&mut ciphertext);
    black_box(key.decapsulate(&ciphertext));
    // Another key's: implicit rejection.
    ciphertext[0] ^= 1;
    black_box(key.decapsulate(&ciphertext));
}

fn hybrid() {
    let key = hybrid::PrivateKey::from_seed(&marks::secret(1));
    let mut public = key.public();
    publish(&mut public);
    let (mut enc, _) = hybrid::encapsulate(&public, &mut Drawn::new(2)).expect("a key");
    publish(&mut enc);
    black_box(key.decapsulate(&enc).expect("no small order"));
}

/// Opening alone: the crate that writes points asks each whether it is the one at infinity, and a fresh share is one.
fn hybrid_p256() {
    let (kem, curve) = hybrid_p256::expand(&marks::public(1)).expect("in range");
    let public = hybrid_p256::PublicKey::new(&kem, curve.public().clone());
    let (enc, _) = hybrid_p256::encapsulate(&public, &mut Drawn::public(2)).expect("it never fails");
    let (kem, curve) = hybrid_p256::expand(&marks::secret(1)).expect("in range");
    let agreed = curve.agree(&hybrid_p256::share(&enc).expect("a point"));
    black_box(hybrid_p256::shared(&kem, &agreed, &enc, public.curve()));
}

fn aead() {
    let aead = Aead::new(&marks::secret(1));
    let sealed = published(aead.seal(&ZERO_NONCE, b"aad", &hidden(TEXT)));
    assert!(aead.open(&ZERO_NONCE, b"aad", &sealed).is_ok());
    assert!(aead.open(&ZERO_NONCE, b"other", &sealed).is_err());
}

fn bulk(cipher: Cipher) {
    let bulk = Bulk::of(cipher, &marks::secret(1));
    let mut message = hidden(&[TEXT, &[0; TAG]].concat());
    bulk.seal(&ZERO_NONCE, &mut message);
    publish(&mut message);
    assert!(bulk.open(&[1; 12], &mut message.clone(), 0).is_err());
    assert!(bulk.open(&ZERO_NONCE, &mut message, 0).is_ok());
}

fn hashes() {
    let text = hidden(TEXT);
    black_box(hash::sha256(&[&text]));
    black_box(hash::sha512(&[&text]));
    let code = published(hash::hmac(&text, &[&text]));
    let mut mac = HmacSha256::new(&text);
    mac.update(&text);
    assert!(mac.verify(code.as_slice().try_into().expect("32 bytes")));
}

fn derivations() {
    black_box(kdf::hkdf::<64>(b"salt", &hidden(TEXT), b"info"));
    black_box(kdf::expand_short(&marks::secret(1), &[b"info"]));
    let mut key = [0; 40];
    kdf::pbkdf2(&hidden(b"password"), b"salt", 10, &mut key);
    black_box(key);
}
