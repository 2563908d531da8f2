//! What comes over a wire: the frames of an exchange, and records.

use std::sync::LazyLock;

use keypact::channel::{Gate, Kind, Word};
use keypact::handshake::{Agreed, Error, FrameHeader, HEADER_LEN, Handshake, Mode, Step, Terms, Unverified, Verified};
use keypact::verify::{Answer, Checks};

use super::{Seed, Seeded};

/// A peer speaks to an initiator: only the honest responder's REPLY is agreed with.
pub fn handshake_initiator(data: &[u8]) {
    if let Some((_, frames)) = drive(initiator().0, data, "initiator answers") {
        assert_eq!(frames.last(), Some(&&HONEST.reply[..]));
    }
}

/// A peer speaks to a responder: only the honest initiator's HELLO and FINISH are agreed with.
pub fn handshake_responder(data: &[u8]) {
    if let Some((_, frames)) = drive(responder(), data, "responder") {
        assert_eq!(frames, [&HONEST.hello[..], &HONEST.finish[..]]);
    }
}

/// Somebody on the wire changes, drops, repeats and invents records: what is accepted is what was sent, from its
/// beginning and in its order, and nothing after the first record that is refused.
pub fn records(script: &[u8]) {
    let accepted = accept(tampered(script));
    assert!(HONEST.sent.starts_with(&accepted), "{accepted:?}");
}

/// Inputs that go all the way through their target, and others that come far.
pub fn seeds() -> Vec<Seed> {
    let Honest {
        hello, reply, finish, ..
    } = &*HONEST;
    let (_, crossing) = Handshake::initiate(terms(), &mut Seeded::new("somebody else")).expect("seeded randomness");
    let alert = Error::Version
        .alert(&terms())
        .expect("a peer can be told about versions");
    let deliver = vec![DELIVER; HONEST.records.len()];
    let invent = [&[INVENT, 21][..], &[0x20, 0, 0, 17], &[0; 17]].concat();
    vec![
        ("handshake_initiator", "alert", alert.clone()),
        ("handshake_initiator", "crossing", [&crossing[..], reply].concat()),
        ("handshake_initiator", "honest", reply.clone()),
        (
            "handshake_initiator",
            "text",
            b"Last login: Thu Jan  1 00:00:00 1970\r\n".to_vec(),
        ),
        ("handshake_responder", "alert", alert),
        ("handshake_responder", "hello-twice", [&hello[..], hello].concat()),
        ("handshake_responder", "honest", [&hello[..], finish].concat()),
        ("records", "changed", vec![DELIVER, DELIVER, FLIP, 7, 3, DELIVER]),
        ("records", "dropped", vec![DELIVER, DROP, DELIVER, DELIVER]),
        ("records", "honest", deliver),
        ("records", "invented", invent),
        ("records", "repeated", vec![DELIVER, DELIVER, REPEAT, DELIVER]),
        ("records", "resized", vec![DELIVER, CUT, 30, LENGTHEN, 4]),
    ]
}

/// Whether the honest inputs reach the last state of each target.
pub fn honest_inputs_go_all_the_way() -> bool {
    let Honest {
        hello,
        reply,
        finish,
        records,
        sent,
    } = &*HONEST;
    drive(initiator().0, reply, "initiator answers").is_some()
        && drive(responder(), &[&hello[..], finish].concat(), "responder").is_some()
        && accept(records.clone()) == *sent
}

/// One session, the same in every run: what both parties say, and the responder's records with what is in them.
struct Honest {
    hello: Vec<u8>,
    reply: Vec<u8>,
    finish: Vec<u8>,
    records: Vec<Vec<u8>>,
    sent: Vec<Content>,
}

type Content = (Kind, Vec<u8>);

static HONEST: LazyLock<Honest> = LazyLock::new(|| {
    let (alice, hello) = initiator();
    let Ok(Step::Continue {
        send: Some(reply),
        next: bob,
    }) = responder().handle(&hello, &mut Seeded::new("responder"))
    else {
        unreachable!("the honest HELLO is answered")
    };
    let Ok(Step::Agreed {
        send: Some(finish),
        agreed: alice,
    }) = alice.handle(&reply, &mut Seeded::new("unused"))
    else {
        unreachable!("the honest REPLY is accepted")
    };
    let Ok(Step::Agreed { agreed: bob, .. }) = bob.handle(&finish, &mut Seeded::new("unused")) else {
        unreachable!("the honest FINISH is accepted")
    };
    let (records, sent) = speak(alice, bob);
    Honest {
        hello,
        reply,
        finish,
        records,
        sent,
    }
});

/// All that the responder says once it has verified the initiator.
fn speak(alice: Agreed<Unverified>, bob: Agreed<Unverified>) -> (Vec<Vec<u8>>, Vec<Content>) {
    let mask = bob.mask().to_byte();
    let (_, mut alices_word) = verified(Gate::new(alice));
    let (mut bobs, word) = verified(Gate::new(bob));
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
    let mut records = vec![word];
    records.extend(bodies.iter().map(|(kind, body)| channel.seal(*kind, body)));
    let mut sent = vec![(Kind::VERIFIED, vec![mask])];
    sent.extend(bodies);
    (records, sent)
}

/// Hands frames to one party until it agrees, refuses or has no more to read: the agreement, and the frames it took.
fn drive<'w>(mut state: Handshake, wire: &'w [u8], randomness: &str) -> Option<(Agreed<Unverified>, Vec<&'w [u8]>)> {
    let mut rng = Seeded::new(randomness);
    let mut rest = wire;
    let mut frames = Vec::new();
    loop {
        let header = FrameHeader::parse(rest.first_chunk()?).ok()?;
        let (frame, after) = rest.split_at_checked(HEADER_LEN + header.body_len())?;
        frames.push(frame);
        rest = after;
        match state.handle(frame, &mut rng) {
            Ok(Step::Continue { next, .. }) => state = next,
            Ok(Step::Agreed { agreed, .. }) => return Some((agreed, frames)),
            Err(error) => {
                assert!(!error.to_string().contains(char::is_control), "{error}");
                return None;
            }
        }
    }
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
    let (agreed, _) = drive(initiator().0, &HONEST.reply, "initiator answers").expect("the honest REPLY");
    let mask = agreed.mask().to_byte();
    let mut gate = Gate::new(agreed);
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

fn verified(gate: Gate<Unverified>) -> (Gate<Verified>, Vec<u8>) {
    let mut checks = Checks::default();
    checks.compared(Answer::Match).expect("the codes match");
    let verified = gate.verify(|agreed| checks.verify(agreed));
    verified.ok().expect("the comparison is all that the terms demand")
}

fn terms() -> Terms {
    Terms::new([Mode::Compare], b"fuzz").expect("a short context")
}

fn initiator() -> (Handshake, Vec<u8>) {
    Handshake::initiate(terms(), &mut Seeded::new("initiator")).expect("seeded randomness")
}

fn responder() -> Handshake {
    Handshake::respond(terms())
}
