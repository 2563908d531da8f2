//! A peer made of the library, in the test's own process.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a panic is the failure report"
)]

use std::io::{Read, Write};

use keypact::channel::{Channel, Cipher, Gate};
use keypact::crypto::rng::OsRng;
use keypact::handshake::{Handshake, Mode, Step, Terms};
use keypact::verify::Checks;

use crate::relay::message;

/// Calls a side that trusts the transport, up to the open channel.
pub fn meet(stream: &mut (impl Read + Write)) -> Channel {
    let terms = Terms::new([Mode::Transport], b"").unwrap();
    let (exchange, hello) = Handshake::initiate(terms, &mut OsRng).unwrap();
    stream.write_all(&hello).unwrap();
    let reply = message(stream).unwrap();
    let Step::Agreed { send, agreed } = exchange.handle(&reply, &mut OsRng).unwrap() else {
        panic!("one REPLY is enough")
    };
    stream.write_all(&send.unwrap()).unwrap();
    let mut checks = Checks::default();
    checks.transport_trusted();
    let verified = Gate::new(agreed)
        .preferring(Cipher::fastest())
        .verify(|agreed| checks.verify(agreed));
    let (mut gate, word) = verified.ok().unwrap();
    stream.write_all(&word).unwrap();
    while gate.peer().is_none() {
        gate.receive(&mut message(stream).unwrap()).unwrap();
    }
    gate.open().ok().unwrap()
}
