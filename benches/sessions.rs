//! Exchange and records: both parties in one thread. `cargo bench --bench sessions`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark that fails shall stop")]

use divan::Bencher;
use divan::counter::BytesCount;
use keypact::channel::{Channel, Draft, Gate, Kind, MAX_BODY};
use keypact::crypto::rng::OsRng;
use keypact::handshake::{Agreed, Handshake, Mode, Step, Terms, Unverified};
use keypact::verify::Checks;

const RECORDS: usize = 256;

fn main() {
    divan::main();
}

/// The whole exchange, both sides together.
#[divan::bench]
fn exchange() -> (Agreed<Unverified>, Agreed<Unverified>) {
    let terms = Terms::new([Mode::Transport], b"").unwrap();
    let (left, hello) = Handshake::initiate(terms.clone(), &mut OsRng).unwrap();
    let right = Handshake::respond(terms);
    let Step::Continue { send, next: right } = right.handle(&hello, &mut OsRng).unwrap() else {
        panic!("REPLY")
    };
    let Step::Agreed { send, agreed: left } = left.handle(&send.unwrap(), &mut OsRng).unwrap() else {
        panic!("FINISH")
    };
    let Step::Agreed { agreed: right, .. } = right.handle(&send.unwrap(), &mut OsRng).unwrap() else {
        panic!("keys")
    };
    (left, right)
}

fn channels() -> (Channel, Channel) {
    let mut checks = Checks::default();
    checks.transport_trusted();
    let verify = |agreed| Gate::new(agreed).verify(|agreed| checks.verify(agreed)).ok().unwrap();
    let (left, right) = exchange();
    let ((mut left, mut from_left), (mut right, mut from_right)) = (verify(left), verify(right));
    left.receive(&mut from_right).unwrap();
    right.receive(&mut from_left).unwrap();
    (left.open().ok().unwrap(), right.open().ok().unwrap())
}

/// Full records, sealed by one side and opened by the other, in one thread.
#[divan::bench]
fn records_sealed_and_opened(bencher: Bencher<'_, '_>) {
    let (mut left, mut right) = channels();
    let mut buffer = Vec::new();
    bencher.counter(BytesCount::new(RECORDS * MAX_BODY)).bench_local(|| {
        for _ in 0..RECORDS {
            let mut draft = Draft::new(Kind::DATA, std::mem::take(&mut buffer));
            draft.grow(MAX_BODY);
            let mut sealed = left.sealer.seal(draft);
            let rest = sealed.split_off(keypact::channel::MAX_RECORD.min(sealed.len()));
            right.opener.open(&mut sealed).unwrap();
            if !rest.is_empty() {
                right.opener.open(&mut rest.clone()).unwrap();
            }
            buffer = sealed;
        }
    });
}
