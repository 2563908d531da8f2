//! An initiator by hand, from `docs/spec/handshake.md` alone, that may break its promise: the check of the commitment is
//! what stands between somebody in the middle and a search for a short string that fits.

use keypact::crypto::aead::{Aead, ZERO_NONCE};
use keypact::crypto::hash::{hmac, sha256};
use keypact::crypto::kdf::{expand, extract};
use keypact::crypto::{mlkem, x25519};
use keypact::handshake::{Error, Handshake, Mode, Step, Terms};
use keypact::secret::Secret;

use crate::script::Seeded;

const SUITE: &[u8] = b"keypact-hs1 X25519+ML-KEM-768 ChaCha20-Poly1305 HKDF-SHA-256";
const FINISH_HEADER: [u8; 8] = *b"KPX1\x03\0\0\x30";

/// Commits to one nonce and opens another: what the responder makes of it.
fn responder_takes(promised: [u8; 32], opened: [u8; 32]) -> Result<Step, Error> {
    let rng = &mut Seeded::new("breaker");
    let curve = x25519::KeyPair::generate(rng).unwrap();
    let kem = mlkem::PrivateKey::generate(rng).unwrap();
    let front = [&b"KPX1\x01\0"[..], &1256u16.to_be_bytes(), &[1, 1, 0, 1, 1, 0, 0, 0]].concat();
    let shares = [&curve.public()[..], &kem.public()[..]].concat();
    let blank = [&front[..], &[0; 32], &shares].concat();
    let commitment = hmac(&promised, &[b"keypact-hs1 commit", &[0], &blank]);
    let hello = [&front[..], &commitment, &shares].concat();

    let terms = Terms::new([Mode::Compare], b"").unwrap();
    let Step::Continue { send, next } = Handshake::respond(terms).handle(&hello, rng).unwrap() else {
        panic!("REPLY expected")
    };
    let reply = send.unwrap();
    let dh = curve.agree(reply[48..80].try_into().unwrap()).unwrap();
    let kem_secret = kem.decapsulate(reply[80..1168].try_into().unwrap());

    let th0 = sha256(&[SUITE, &[0, 0, 0]]);
    let th3 = [&hello[..], &reply[..1168], &reply[1168..]]
        .into_iter()
        .fold(th0, |hash, message| sha256(&[&hash, message]));
    let ck0 = extract(&th0, &[&[0; 32]]);
    let ck1 = extract(ck0.expose(), &[kem_secret.expose(), dh.expose(), &[0; 64]]);
    let key: Secret<32> = expand(&ck1, &[b"keypact-hs1 ", b"finish", &[0], &th3]);
    let aad = [&th3[..], &FINISH_HEADER].concat();
    let finish = [&FINISH_HEADER[..], &Aead::new(&key).seal(&ZERO_NONCE, &aad, &opened)].concat();
    next.handle(&finish, rng)
}

#[test]
fn a_broken_commitment_is_noticed_before_a_code_is_shown() {
    assert!(matches!(responder_takes([5; 32], [5; 32]), Ok(Step::Agreed { .. })));
    for byte in 0..32 {
        let mut other = [5; 32];
        other[byte] ^= 0x80;
        let refused = responder_takes([5; 32], other);
        assert!(
            matches!(refused, Err(Error::NotAuthentic("FINISH does not open the commitment"))),
            "byte {byte}"
        );
    }
}
