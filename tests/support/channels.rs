//! An open channel, as two parties in one thread have it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a panic is the failure report"
)]

use keypact::channel::{Channel, Gate};
use keypact::handshake::{Handshake, Mode, Step, Terms};
use keypact::verify::Checks;

use crate::script::Seeded;

/// Two ends of an open channel.
pub fn channels(seed: &str) -> (Channel, Channel) {
    let mut rng = Seeded::new(seed);
    let terms = Terms::new([Mode::Transport], b"").unwrap();
    let (left, hello) = Handshake::initiate(terms.clone(), &mut rng).unwrap();
    let right = Handshake::respond(terms).handle(&hello, &mut rng).unwrap();
    let Step::Continue { send, next: right } = right else {
        panic!("REPLY expected")
    };
    let Step::Agreed { send, agreed: left } = left.handle(&send.unwrap(), &mut rng).unwrap() else {
        panic!("FINISH expected")
    };
    let Step::Agreed { agreed: right, .. } = right.handle(&send.unwrap(), &mut rng).unwrap() else {
        panic!("agreement expected")
    };
    let mut checks = Checks::default();
    checks.transport_trusted();
    let verify = |agreed| Gate::new(agreed).verify(|agreed| checks.verify(agreed)).ok().unwrap();
    let (mut left, mut from_left) = verify(left);
    let (mut right, mut from_right) = verify(right);
    right.receive(&mut from_left).unwrap();
    left.receive(&mut from_right).unwrap();
    (left.open().ok().unwrap(), right.open().ok().unwrap())
}
