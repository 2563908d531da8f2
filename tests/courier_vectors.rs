//! Courier codes against others: the published vectors of SLIP-39, its reference implementation in both directions, and
//! what an independent implementation makes of the parts that are our own.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use keypact::courier::{Error, Join, Key, Kind, Lock, Packet, Quorum, Share, Words, split};
use keypact::crypto::rng::{OsRng, Rng, RngError};
use keypact::encoding::hex;
use keypact::secret::{Passphrase, SecretBytes};
use serde_json::Value;

#[path = "support/tools.rs"]
mod tools;

/// All vectors lock with this one.
const PASSPHRASE: &str = "TREZOR";

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into()).unwrap()
}

fn opened<'t>(texts: impl IntoIterator<Item = &'t str>, lock: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut join = Join::default();
    for text in texts {
        join.add(Share::read(&Words::read(text)?)?)?;
    }
    let secret = join.combine()?.open(lock.map(passphrase).as_ref())?;
    Ok(secret.expose().to_vec())
}

fn sentence(words: &Words) -> String {
    words.expose_each().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_vectors_of_slip39() {
    let file = tools::installed("slip39/vectors.json");
    if !tools::are_there(&[&file], "the vectors of SLIP-39") {
        return;
    }
    let vectors: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let vectors = vectors.as_array().unwrap();
    assert_eq!(vectors.len(), 45);
    for vector in vectors {
        let texts: Vec<&str> = vector[1]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect();
        let (name, secret) = (vector[0].as_str().unwrap(), vector[2].as_str().unwrap());
        let found = opened(texts.iter().copied(), Some(PASSPHRASE)).map(|secret| hex::encode(&secret));
        assert_eq!(found.as_deref().unwrap_or_default(), secret, "{name}");
        // What can be read is written the same.
        for text in texts {
            let words = Words::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            if let Ok(share) = Share::read(&words) {
                assert_eq!(sentence(&share.words()), text, "{name}");
            }
        }
    }
}

/// The reference implementation, called as `python -c SCRIPT ARGUMENTS`.
fn reference(script: &str, arguments: &[&str]) -> Option<String> {
    let python: PathBuf = tools::installed("slip39/venv").join("bin/python");
    if !tools::are_there(&[&python], "shares of and for shamir-mnemonic") {
        return None;
    }
    let script = format!("import sys\nfrom shamir_mnemonic import combine_mnemonics, generate_mnemonics\n{script}");
    let output = Command::new(python)
        .args(["-c", &script])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn the_reference_opens_what_we_split() {
    let script = "print(combine_mnemonics(sys.argv[2:], sys.argv[1].encode()).hex())";
    for (bytes, threshold, count, lock) in [
        (16, 1, 1, ""),
        (32, 2, 3, ""),
        (16, 3, 5, "correct horse"),
        (64, 2, 2, "x"),
        (18, 16, 16, ""),
    ] {
        let secret: Vec<u8> = (0..bytes).collect();
        let typed = Passphrase::new(lock.into());
        let locked = typed.as_ref().map_or(Lock::Open, Lock::Slip39);
        let shares =
            split(&secret, Quorum::new(threshold, count).unwrap(), &locked, &mut OsRng).unwrap_or_else(|_| panic!());
        let texts: Vec<String> = shares
            .iter()
            .rev()
            .take(threshold.into())
            .map(|share| sentence(&share.words()))
            .collect();
        let arguments: Vec<&str> = [lock].into_iter().chain(texts.iter().map(String::as_str)).collect();
        let Some(found) = reference(script, &arguments) else {
            return;
        };
        assert_eq!(found, hex::encode(&secret), "{threshold} of {count}");
    }
}

#[test]
fn we_open_what_the_reference_splits() {
    let script = "
groups = eval(sys.argv[1])
shares = generate_mnemonics(len(groups) - 1 or 1, groups, bytes.fromhex(sys.argv[2]), sys.argv[3].encode(), sys.argv[4] == 'new')
print('\\n'.join(text for (needed, _), texts in list(zip(groups, shares))[:len(groups) - 1 or 1] for text in texts[-needed:]))";
    for (groups, secret, lock, kind) in [
        ("[(1, 1)]", "00112233445566778899aabbccddeeff", "", "new"),
        ("[(2, 3)]", "00112233445566778899aabbccddeeff", "pass phrase", "new"),
        ("[(3, 3)]", &"5a".repeat(32), "~ !", "old"),
        ("[(1, 1), (2, 3), (3, 5)]", &"c3".repeat(24), "", "old"),
    ] {
        let Some(texts) = reference(script, &[groups, secret, lock, kind]) else {
            return;
        };
        let found = opened(texts.lines(), Some(lock).filter(|lock| !lock.is_empty()));
        assert_eq!(
            found.map(|found| hex::encode(&found)).as_deref(),
            Ok(secret),
            "{groups}"
        );
    }
}

/// The given bytes in order, and not one more.
struct Script(Vec<u8>);

impl Rng for Script {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        if out.len() > self.0.len() {
            return Err(RngError);
        }
        let rest = self.0.split_off(out.len());
        out.copy_from_slice(&std::mem::replace(&mut self.0, rest));
        Ok(())
    }
}

#[test]
fn the_second_implementation_agrees() {
    let all: Value = serde_json::from_str(include_str!("vectors/courier.json")).unwrap();
    let cases = all["cases"].as_array().unwrap();
    assert!(cases.len() >= 6);
    for case in cases {
        let text = |key: &str| case[key].as_str().unwrap();
        let number = |key: &str| u8::try_from(case[key].as_u64().unwrap()).unwrap();
        let kind = Kind::from_byte(number("kind")).unwrap();
        let key = Key::new(kind, SecretBytes::new(hex::decode(text("key")).unwrap())).unwrap_or_else(|_| panic!());
        assert_eq!(key.check_value().to_string(), text("check"));

        let typed = Passphrase::new(text("passphrase").into());
        let lock = match (text("lock"), &typed) {
            ("argon2id", Some(passphrase)) => Lock::Argon2id(passphrase),
            ("slip39", Some(passphrase)) => Lock::Slip39(passphrase),
            ("open", None) => Lock::Open,
            _ => panic!("{case}"),
        };
        let quorum = Quorum::new(number("threshold"), number("count")).unwrap();
        let mut random = Script(hex::decode(text("random")).unwrap());
        let shares = split(key.expose(), quorum, &lock, &mut random).unwrap_or_else(|_| panic!());
        assert!(random.0.is_empty(), "all is drawn");
        let expected = case["shares"].as_array().unwrap();
        assert_eq!(shares.len(), expected.len());
        for (share, expected) in shares.iter().zip(expected) {
            let words = share.words();
            assert_eq!(sentence(&words), expected["words"].as_str().unwrap());
            let packet = Packet {
                kind,
                check: key.check_value(),
                words,
            };
            assert_eq!(packet.text().expose(), expected["qr"].as_str().unwrap());
        }
        if let Some(identity) = key.identity() {
            assert_eq!(identity.to_text().expose(), text("identity"));
        }
    }
}
