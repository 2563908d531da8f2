//! Known answers of the exchange, the short strings, the records and the wrapped file key, made by a second, independent
//! implementation (`tests/vectors/reference.py`). Round trips alone would not notice a key derivation that is wrong on
//! both sides.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a panic is the failure report"
)]

#[path = "handshake_vectors/modes.rs"]
mod modes;
#[path = "support/script.rs"]
mod script;

use std::time::Duration;

use keypact::channel::{Channel, Cipher, Draft, Gate, Kind};
use keypact::encoding::hex;
use keypact::handshake::{Agreed, Handshake, Mask, Mode, Step, Terms, Unverified};
use keypact::secret::Secret;
use keypact::verify::{Answer, Checks, Form, Sas};
use script::Script;
use serde_json::Value;

#[test]
fn every_case_is_reproduced_byte_for_byte() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/hs1.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        check(case);
    }
}

fn check(case: &Value) {
    let (initiator, responder) = agree(case);
    for agreed in [&initiator, &responder] {
        check_strings(case, agreed);
        assert_eq!(agreed.session().to_string(), text(&case["session_id"]));
    }
    let records = [
        ("records", Cipher::ChaCha20Poly1305, 10),
        ("records_aes", Cipher::Aes256Gcm, 11),
    ];
    for (records, cipher, count) in records {
        for direction in ["i2r", "r2i"] {
            let (initiator, responder) = agree(case);
            let (initiator, responder) = open(initiator, responder, cipher, &case[records]);
            let (from, to) = match direction {
                "i2r" => (initiator, responder),
                _ => (responder, initiator),
            };
            assert_eq!(case[records][direction].as_array().unwrap().len(), count);
            check_records(from, to, &case[records][direction]);
        }
    }
    let (initiator, responder) = open(initiator, responder, Cipher::ChaCha20Poly1305, &case["records"]);
    let label = text(&case["session_key_label"]).as_bytes();
    for channel in [&initiator, &responder] {
        let key: Secret<32> = channel.export(b"session key", label);
        assert_eq!(key.expose()[..], bytes(&case["session_key"]));
    }
    check_identity(case, &initiator.export(b"session key", label));
    check_fresh(initiator, responder, &case["fresh"]);
}

fn agree(case: &Value) -> (Agreed<Unverified>, Agreed<Unverified>) {
    let mask = Mask::from_byte(u8::try_from(case["mask"].as_u64().unwrap()).unwrap()).unwrap();
    let all = [(Mask::SAS, Mode::Compare), (Mask::TRANSPORT, Mode::Transport)];
    let modes = all
        .into_iter()
        .filter(|(bit, _)| mask.demands(*bit))
        .map(|(_, mode)| mode);
    let terms = Terms::new(modes, text(&case["context"]).as_bytes()).unwrap();
    let draws = |side: &str, names: [&str; 3]| {
        let parts = names.map(|name| bytes(&case[side][name]));
        Script::new(&parts.each_ref().map(Vec::as_slice))
    };
    let mut initiator_rng = draws("initiator", ["x25519", "ml_kem_seed", "nonce"]);
    let mut responder_rng = draws("responder", ["nonce", "x25519", "ml_kem_message"]);

    let (initiator, hello) = Handshake::initiate(terms.clone(), &mut initiator_rng).unwrap();
    assert_eq!(hello, bytes(&case["m1"]));
    let step = Handshake::respond(terms).handle(&hello, &mut responder_rng).unwrap();
    let Step::Continue {
        send: Some(reply),
        next: responder,
    } = step
    else {
        panic!("REPLY expected")
    };
    assert_eq!(reply, bytes(&case["m2"]));
    let step = initiator.handle(&reply, &mut initiator_rng).unwrap();
    let Step::Agreed {
        send: Some(finish),
        agreed: initiator,
    } = step
    else {
        panic!("FINISH expected")
    };
    assert_eq!(finish, bytes(&case["m3"]));
    let step = responder.handle(&finish, &mut responder_rng).unwrap();
    let Step::Agreed {
        send: None,
        agreed: responder,
    } = step
    else {
        panic!("agreement expected")
    };
    assert!(initiator_rng.is_used_up() && responder_rng.is_used_up());
    (initiator, responder)
}

fn check_strings(case: &Value, agreed: &Agreed<Unverified>) {
    let shown = |form: &str| Sas::of(agreed).show(form.parse::<Form>().unwrap());
    assert_eq!(shown("words"), joined(&case["sas_words"]));
    assert_eq!(shown("words:6"), joined(&case["sas_words_6"]));
    assert_eq!(shown("digits").replace('-', ""), text(&case["sas_digits"]));
    let table: Vec<_> = include_str!("../src/codes/emoji.txt").lines().collect();
    let indices = case["sas_emoji"].as_array().unwrap();
    let emoji: Vec<_> = indices
        .iter()
        .map(|i| table[i.as_u64().unwrap() as usize].replace('\t', " "))
        .collect();
    assert_eq!(shown("emoji"), emoji.join("  "));
}

fn check_identity(case: &Value, key: &Secret<32>) {
    let seed = Secret::copy_from(key.expose()).unwrap();
    let identity = keypact::format::hybrid::Identity::from_seed(seed);
    assert_eq!(identity.to_text().expose(), text(&case["session_key_identity"]));
    assert_eq!(identity.recipient().to_string(), text(&case["session_key_recipient"]));
}

/// Passes both gates; the VERIFIED records are the first of each direction.
fn open(
    initiator: Agreed<Unverified>,
    responder: Agreed<Unverified>,
    cipher: Cipher,
    records: &Value,
) -> (Channel, Channel) {
    let mut checks = Checks::default();
    checks.compared(Answer::Match).unwrap();
    checks.transport_trusted();
    let verify = |agreed| {
        let gate = Gate::new(agreed).preferring(cipher);
        gate.verify(|agreed| checks.verify(agreed)).ok().unwrap()
    };
    let (mut left, mut from_left) = verify(initiator);
    let (mut right, mut from_right) = verify(responder);
    assert_eq!(from_left, bytes(&records["i2r"][0]["record"]));
    assert_eq!(from_right, bytes(&records["r2i"][0]["record"]));
    left.receive(&mut from_right).unwrap();
    right.receive(&mut from_left).unwrap();
    (left.open().ok().unwrap(), right.open().ok().unwrap())
}

/// Has each record sealed and opened; a REKEY that another cipher asks for comes in one with the record behind it.
fn check_records(mut from: Channel, mut to: Channel, records: &Value) {
    let records = records.as_array().unwrap();
    let mut sealed = Vec::new();
    for (number, vector) in records.iter().enumerate().skip(1) {
        let kind = Kind(u8::try_from(vector["rtype"].as_u64().unwrap()).unwrap());
        let body = bytes(&vector["body"]);
        let expected = bytes(&vector["record"]);
        if sealed.is_empty() {
            sealed = match kind {
                Kind::REKEY if number == 1 => from.sealer.seal(Draft::with(Kind::DATA, &bytes(&records[2]["body"]))),
                Kind::REKEY => from.sealer.renew(),
                _ => from.sealer.seal(Draft::with(kind, &body)),
            };
        }
        let rest = sealed.split_off(expected.len());
        assert_eq!(sealed, expected, "record {}", vector["seq"]);
        assert_eq!(to.opener.open(&mut sealed), Ok((kind, &body[..])));
        sealed = rest;
        if kind == Kind(0x17) {
            let (id, key) = (
                bytes(&vector["transfer_id"]),
                Secret::copy_from(&bytes(&vector["dek"])).unwrap(),
            );
            assert_eq!(
                from.export::<32>(b"transfer kek", &id).expose()[..],
                bytes(&vector["kek"])
            );
            from.sealer.mix(&key, &id);
            to.opener.mix(&key, &id);
        }
    }
}

fn check_fresh(mut initiator: Channel, mut responder: Channel, fresh: &Value) {
    initiator.opener.lasting(Duration::ZERO);
    let names = ["seed", "ml_kem_message", "x25519"].map(|name| bytes(&fresh[name]));
    let mut drawn = Script::new(&names.each_ref().map(Vec::as_slice));
    let records = fresh["records"].as_array().unwrap();
    assert_eq!(records.len(), 5);
    for vector in records {
        let kind = Kind(u8::try_from(vector["rtype"].as_u64().unwrap()).unwrap());
        let (from, to) = match text(&vector["direction"]) {
            "i2r" => (&mut initiator, &mut responder),
            _ => (&mut responder, &mut initiator),
        };
        let body = bytes(&vector["body"]);
        let mut record = if kind == Kind::DATA {
            from.seal(kind, &body)
        } else {
            from.sealer
                .refresh(from.opener.owes(Duration::ZERO, &mut drawn).unwrap().unwrap())
        };
        assert_eq!(
            record,
            bytes(&vector["record"]),
            "record {} of {}",
            vector["seq"],
            vector["direction"]
        );
        assert_eq!(to.opener.open(&mut record), Ok((kind, &body[..])));
    }
    assert!(drawn.is_used_up());
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn joined(value: &Value) -> String {
    let words: Vec<_> = value.as_array().unwrap().iter().map(text).collect();
    words.join(" ")
}
