//! Exchanges that no two people need to compare: one-time codes, courier keys, known peers, and how a peer becomes known.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;
#[path = "support/tools.rs"]
mod tools;

#[path = "modes/code.rs"]
mod code;
#[path = "modes/courier.rs"]
mod courier;
#[path = "modes/peers.rs"]
mod peers;

use sandbox::Sandbox;
use side::Side;

const KEY: &str = "00112233445566778899aabbccddeefffedcba98765432100123456789abcdef";

/// An exchange over a Unix socket: the side that listens, and the one that connects.
fn exchange(sandbox: &Sandbox, left: &str, right: &str) -> [Side; 2] {
    let start = |words: String| Side::start(sandbox, &words.split_whitespace().collect::<Vec<_>>());
    let listener = start(format!("exchange --listen unix:meet -o left.key {left}"));
    let connector = start(format!("exchange --connect unix:meet -o right.key {right}"));
    [listener, connector]
}

/// Both hold the same key, which goes away, for the next exchange to have a place.
#[track_caller]
fn agree(sandbox: &Sandbox, left: &str, right: &str) -> [String; 2] {
    let mut sides = exchange(sandbox, left, right);
    for side in &mut sides {
        side.succeeds();
    }
    assert_eq!(sandbox.read("left.key"), sandbox.read("right.key"));
    for name in ["left.key", "right.key"] {
        std::fs::remove_file(sandbox.file(name)).unwrap();
    }
    sides.map(|side| side.stderr())
}

/// Both fail with these statuses and words, and no key is there.
#[track_caller]
fn refuse(sandbox: &Sandbox, left: (&str, i32, &str), right: (&str, i32, &str)) {
    let mut sides = exchange(sandbox, left.0, right.0);
    for (side, (_, code, why)) in sides.iter_mut().zip([left, right]) {
        side.fails(code, why);
    }
    let names = sandbox.names();
    assert!(!names.join(" ").contains(".key"), "{names:?}");
}

/// Somebody who knows no code shakes hands with a listener up to its answer, and leaves: one guess has been made.
fn guess_and_vanish(socket: &std::path::Path) {
    use keypact::crypto::rng::OsRng;
    use keypact::handshake::{Code, FrameHeader, HEADER_LEN, Handshake, Mode, Terms};
    use std::io::{Read, Write};
    let guess = Code::new(keypact::secret::SecretBytes::new(b"zulu-yucatan-zulu".to_vec()));
    let terms = Terms::new([Mode::Code(guess)], b"").unwrap();
    let (_, hello) = Handshake::initiate(terms, &mut OsRng).unwrap();
    let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
    stream.write_all(&hello).unwrap();
    let mut header = [0; HEADER_LEN];
    stream.read_exact(&mut header).unwrap();
    let mut reply = vec![0; FrameHeader::parse(&header).unwrap().body_len()];
    stream.read_exact(&mut reply).unwrap();
}
