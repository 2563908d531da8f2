//! Records, as they come over a wire.

use std::sync::LazyLock;

use keypact::channel::{Cipher, Gate, Kind, Word};
use keypact::handshake::{Agreed, Setting, Unverified, Verified};
use keypact::verify::{Answer, Checks};

use super::{Seed, exchange};

/// Somebody on the wire changes, drops, repeats and invents records: what is accepted is what was sent, from its
/// beginning and in its order, and nothing after the first record that is refused.
pub fn records(script: &[u8]) {
    let accepted = accept(tampered(script));
    assert!(HONEST.sent.starts_with(&accepted), "{accepted:?}");
}

/// Inputs that go all the way through their target, and others that come far.
pub fn seeds() -> Vec<Seed> {
    let deliver = vec![DELIVER; HONEST.records.len()];
    let invent = [&[INVENT, 21][..], &[0x20, 0, 0, 17], &[0; 17]].concat();
    vec![
        ("records", "changed", vec![DELIVER, DELIVER, FLIP, 7, 3, DELIVER]),
        ("records", "dropped", vec![DELIVER, DROP, DELIVER, DELIVER]),
        ("records", "honest", deliver),
        ("records", "invented", invent),
        ("records", "repeated", vec![DELIVER, DELIVER, REPEAT, DELIVER]),
        ("records", "resized", vec![DELIVER, CUT, 30, LENGTHEN, 4]),
    ]
}

/// Whether the honest inputs reach the last state of the target.
pub fn honest_inputs_go_all_the_way() -> bool {
    accept(HONEST.records.clone()) == HONEST.sent
}

/// The responder's records of one session, the same in every run, with what is in them.
struct Honest {
    records: Vec<Vec<u8>>,
    sent: Vec<Content>,
}

type Content = (Kind, Vec<u8>);

static HONEST: LazyLock<Honest> = LazyLock::new(|| {
    let (_, [alice, bob]) = exchange::meet(0, Setting::Live);
    let (records, sent) = speak(alice, bob);
    Honest { records, sent }
});

/// All that the responder says once it has verified the initiator.
fn speak(alice: Agreed<Unverified>, bob: Agreed<Unverified>) -> (Vec<Vec<u8>>, Vec<Content>) {
    let mask = bob.mask().to_byte();
    let (_, mut alices_word) = verified(gate(alice));
    let (mut bobs, word) = verified(gate(bob));
    assert_eq!(bobs.receive(&mut alices_word), Ok(Word::Verified));
    let Ok(mut channel) = bobs.open() else {
        unreachable!("the peer has given its word")
    };

    let bodies = [
        (Kind::DATA, b"one".to_vec()),
        (Kind::PAD, vec![]),
        (Kind::DATA, vec![7; 300]),
        (Kind::CLOSE, vec![]),
    ];
    let mut records = vec![word, channel.sealer.renew()];
    records.extend(bodies.iter().map(|(kind, body)| channel.seal(*kind, body)));
    let mut sent = vec![(Kind::VERIFIED, vec![mask]), (Kind::REKEY, vec![])];
    sent.extend(bodies);
    (records, sent)
}

const DELIVER: u8 = 0;
const REPEAT: u8 = 1;
const DROP: u8 = 2;
const FLIP: u8 = 3;
const CUT: u8 = 4;
const LENGTHEN: u8 = 5;
const INVENT: u8 = 6;

/// The honest records as a script leaves them. A step is a byte that says what to do, then the bytes that say how.
fn tampered(script: &[u8]) -> Vec<Vec<u8>> {
    let mut script = script.iter().copied();
    let mut next = HONEST.records.iter().cloned();
    let mut wire: Vec<Vec<u8>> = Vec::new();
    while let Some(step) = script.next() {
        let mut how = || usize::from(script.next().unwrap_or_default());
        let record = match step {
            REPEAT => wire.last().cloned(),
            DROP => next.next().and(None),
            FLIP => next.next().map(|mut record| {
                let (at, bit) = (how() % record.len(), how() % 8);
                record[at] ^= 1 << bit;
                record
            }),
            CUT => next.next().map(|record| record[..how().min(record.len())].to_vec()),
            LENGTHEN => next.next().map(|record| [record, vec![0; how()]].concat()),
            INVENT => {
                let length = how();
                Some(script.by_ref().take(length).collect())
            }
            _ => next.next(),
        };
        wire.extend(record);
    }
    wire
}

/// What the initiator accepts of the records.
fn accept(wire: Vec<Vec<u8>>) -> Vec<Content> {
    let (_, [agreed, _]) = exchange::meet(0, Setting::Live);
    let mask = agreed.mask().to_byte();
    let mut gate = gate(agreed);
    let mut accepted = Vec::new();
    let mut wire = wire.into_iter();
    for mut record in wire.by_ref() {
        match gate.receive(&mut record) {
            Ok(_) if gate.peer().is_none() => accepted.push((Kind::PAD, vec![])),
            Ok(_) => {
                accepted.push((Kind::VERIFIED, vec![mask]));
                break;
            }
            Err(_) => {
                // Dead for good: whatever else comes, the gate stays shut.
                assert!(wire.all(|mut record| gate.receive(&mut record).is_err()));
                return accepted;
            }
        }
    }
    let Ok(mut channel) = verified(gate).0.open() else {
        return accepted;
    };
    let mut dead = false;
    for mut record in wire {
        match channel.opener.open(&mut record) {
            Ok((kind, body)) => {
                assert!(!dead, "a record is opened after one that was refused");
                accepted.push((kind, body.to_vec()));
            }
            Err(_) => dead = true,
        }
    }
    accepted
}

/// Both sides go over to another cipher once the gate is open.
fn gate(agreed: Agreed<Unverified>) -> Gate<Unverified> {
    Gate::new(agreed).preferring(Cipher::Aes256Gcm)
}

fn verified(gate: Gate<Unverified>) -> (Gate<Verified>, Vec<u8>) {
    let mut checks = Checks::default();
    checks.compared(Answer::Match).expect("the codes match");
    let verified = gate.verify(|agreed| checks.verify(agreed));
    verified.ok().expect("the comparison is all that the terms demand")
}
