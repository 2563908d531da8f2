//! The bodies of the fuzz targets. The fuzzer calls them, and so does `tests/fuzz_corpus.rs`, which replays the kept
//! inputs with ordinary `cargo test`.
//!
//! Each takes bytes that a stranger could send and checks more than the absence of a crash: what is accepted is
//! canonical, and nothing but the honest peer's messages ever leads to an agreement.

use keypact::crypto::hash;
use keypact::crypto::rng::{Rng, RngError};
use keypact::encoding::{base64, bech32, hex};
use keypact::handshake::{Agreed, Error, FrameHeader, HEADER_LEN, Handshake, Mask, Step, Terms, Unverified};

/// The body of a target.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("encodings", encodings),
    ("handshake_initiator", handshake_initiator),
    ("handshake_responder", handshake_responder),
];

/// The text encodings: what one of them reads, it would have written.
pub fn encodings(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(bytes) = base64::decode(text) {
        assert_eq!(base64::encode(&bytes), text);
    }
    if let Ok(bytes) = base64::decode_padded(data, &mut vec![0; data.len()]) {
        assert_eq!(base64::encode_padded(bytes), text);
    }
    if let Ok(bytes) = hex::decode(text) {
        assert_eq!(hex::encode(&bytes), text);
    }
    if let Ok((hrp, bytes)) = bech32::decode(text) {
        assert_eq!(bech32::encode(&hrp, bytes.expose()), text.to_lowercase());
    }
}

/// A peer speaks to an initiator: only the honest responder's REPLY is agreed with.
pub fn handshake_initiator(data: &[u8]) {
    let (state, _) = initiator();
    if let Some((_, frames)) = drive(state, data, "initiator answers") {
        assert_eq!(frames.last(), Some(&honest_reply().as_slice()));
    }
}

/// A peer speaks to a responder: only the honest initiator's HELLO and FINISH are agreed with.
pub fn handshake_responder(data: &[u8]) {
    if let Some((_, frames)) = drive(responder(), data, "responder") {
        let (hello, finish) = honest_hello_and_finish();
        assert_eq!(frames, [hello, finish]);
    }
}

/// Inputs that go all the way through their target, and others that come far: where the fuzzer begins.
pub fn seeds() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let (hello, finish) = honest_hello_and_finish();
    let reply = honest_reply();
    let (_, crossing) = Handshake::initiate(terms(), &mut Seeded::new("somebody else")).expect("seeded randomness");
    let alert = Error::Version.alert(&terms()).expect("a version alert can be told");
    vec![
        ("encodings", "base64", base64::encode(&[0xa5; 33]).into_bytes()),
        (
            "encodings",
            "base64-padded",
            base64::encode_padded(&[0xa5; 32]).into_bytes(),
        ),
        ("encodings", "bech32", bech32::encode("age", &[0xa5; 32]).into_bytes()),
        (
            "encodings",
            "bech32-upper",
            bech32::encode("age", &[0x5a; 32]).to_uppercase().into_bytes(),
        ),
        ("encodings", "hex", hex::encode(&[0xa5; 32]).into_bytes()),
        ("handshake_initiator", "alert", alert.clone()),
        ("handshake_initiator", "crossing", [crossing, reply.clone()].concat()),
        ("handshake_initiator", "honest", reply),
        (
            "handshake_initiator",
            "text",
            b"Last login: Thu Jan  1 00:00:00 1970\r\n".to_vec(),
        ),
        ("handshake_responder", "alert", alert),
        (
            "handshake_responder",
            "hello-twice",
            [hello.clone(), hello.clone()].concat(),
        ),
        ("handshake_responder", "honest", [hello, finish].concat()),
    ]
}

/// Whether the seed called `honest` of a handshake target ends in an agreement: the targets reach their last state.
pub fn honest_seeds_agree() -> bool {
    let (hello, finish) = honest_hello_and_finish();
    drive(initiator().0, &honest_reply(), "initiator answers").is_some()
        && drive(responder(), &[hello, finish].concat(), "responder").is_some()
}

/// Hands the frames in `wire` to one party until it agrees, refuses or has no more to read; the frames it took.
fn drive<'w>(state: Handshake, wire: &'w [u8], randomness: &str) -> Option<(Agreed<Unverified>, Vec<&'w [u8]>)> {
    let mut rng = Seeded::new(randomness);
    let mut rest = wire;
    let mut state = state;
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
                assert!(error.to_string().chars().all(|c| !c.is_control()));
                assert!(error.alert(&terms()).is_none_or(|alert| alert.len() <= HEADER_LEN + 66));
                return None;
            }
        }
    }
}

fn terms() -> Terms {
    Terms::new(Mask::SAS, b"fuzz").expect("a short context")
}

fn initiator() -> (Handshake, Vec<u8>) {
    Handshake::initiate(terms(), &mut Seeded::new("initiator")).expect("seeded randomness")
}

fn responder() -> Handshake {
    Handshake::respond(terms())
}

fn honest_reply() -> Vec<u8> {
    reply(&initiator().1).0
}

fn honest_hello_and_finish() -> (Vec<u8>, Vec<u8>) {
    let (state, hello) = initiator();
    match state.handle(&reply(&hello).0, &mut Seeded::new("unused")) {
        Ok(Step::Agreed { send: Some(finish), .. }) => (hello, finish),
        _ => unreachable!("the honest responder's REPLY is accepted"),
    }
}

fn reply(hello: &[u8]) -> (Vec<u8>, Handshake) {
    match responder().handle(hello, &mut Seeded::new("responder")) {
        Ok(Step::Continue {
            send: Some(reply),
            next,
        }) => (reply, next),
        _ => unreachable!("the honest initiator's HELLO is accepted"),
    }
}

/// Randomness that is the same in every run: SHA-256 of a seed and a counter.
struct Seeded {
    block: [u8; 32],
}

impl Seeded {
    fn new(seed: &str) -> Self {
        Self {
            block: hash::sha256(&[seed.as_bytes()]),
        }
    }
}

impl Rng for Seeded {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        for piece in out.chunks_mut(32) {
            self.block = hash::sha256(&[&self.block]);
            piece.copy_from_slice(&self.block[..piece.len()]);
        }
        Ok(())
    }
}
