//! `--retry`: one run of each side, however often the wire breaks.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;
use std::{fs, io, thread};

use rustix::process::Signal;

use crate::dialogue::Dialogue;
use crate::relay::{Lane, To, lay_for};
use crate::resume::{MIB, noise, nothing_half, pass, random};
use crate::sandbox::Sandbox;
use crate::script::Seeded;
use crate::side::{Side, keypact};
use crate::tree::nodes;
use crate::{arrived, place, receiver, sender};

const CALLER: [&str; 6] = ["send", "--trust-transport", "--connect", "unix:middle", "--retry", "20"];

fn caller(sandbox: &Sandbox, words: &[&str]) -> Side {
    Side::start(sandbox, &[&CALLER, words].concat())
}

#[test]
fn one_run_goes_on_through_many_breaks() {
    const BREAKS: usize = 12;
    let sandbox = place();
    for number in 0..40_u64 {
        let size = if number % 10 == 0 { 6 << 20 } else { 20_000 };
        fs::create_dir_all(sandbox.file("src/sub")).unwrap();
        sandbox.write(&format!("src/sub/{number}"), noise(&format!("{number}"), size));
    }
    let total: u64 = 4 * (6 << 20) + 36 * 20_000;
    let passed = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&passed);
    let mut bob = receiver(
        &sandbox,
        &["-d", "in", "--yes", "--retry", "20", "--events", "bob", "--json"],
    );
    lay_for(&sandbox, BREAKS + 1, move |number, lane| {
        let here = AtomicU64::new(0);
        // The first few break within the exchange, or within the first megabyte of which nothing is kept.
        let limit = match number {
            BREAKS => u64::MAX,
            1 | 5 => 700,
            2 | 6 => 2800,
            3 => 300_000,
            _ => 2 * MIB + random(&mut Seeded::new(&number.to_string()), 2 * MIB),
        };
        pass(lane, limit, &here);
        if lane.to == To::Listener {
            count.fetch_add(here.into_inner(), Ordering::Relaxed);
        }
    });
    let mut alice = caller(&sandbox, &["src"]);
    alice.succeeds();
    bob.succeeds();
    nothing_half(&sandbox, |path| nodes(path) == nodes(&sandbox.file("src")));
    assert_eq!(arrived(&sandbox), ["src"]);
    let events = sandbox.text("bob");
    assert!(events.matches(r#""event":"broken""#).count() >= BREAKS / 2, "{events}");
    assert_eq!(events.matches(r#""event":"done""#).count(), 1);
    let passed = passed.load(Ordering::Relaxed);
    assert!(passed < total * 3 / 2, "{passed} bytes were sent for {total}");
}

/// Of a session that breaks while it begins, one side may know that it has begun and the other not.
#[test]
fn two_sides_meet_again_after_a_meeting_that_only_one_of_them_got_through() {
    // So many messages of it reach the listener (HELLO, FINISH, a word) and the caller (REPLY, a word).
    for (to_listener, to_caller) in [(3, 1), (2, 2)] {
        let sandbox = place();
        sandbox.write("file", noise("halfway", 8 << 20));
        let mut bob = receiver(&sandbox, &["-d", "in", "--retry", "20"]);
        lay_for(&sandbox, 3, move |number, lane| match (number, lane.to) {
            (0, _) => pass(lane, 3 * MIB, &AtomicU64::new(0)),
            (1, To::Listener) => pass_messages(lane, to_listener),
            (1, To::Caller) => pass_messages(lane, to_caller),
            _ => lane.pass(|_, _| {}),
        });
        let mut alice = caller(&sandbox, &["file"]);
        alice.succeeds();
        bob.succeeds();
        assert!(sandbox.read("in/file") == sandbox.read("file"));
    }
}

/// A wire that takes everything and leads nowhere, as one does whose way has gone, costs one side's patience and no more.
#[test]
fn a_wire_that_dies_while_they_meet_again_is_given_up() {
    let sandbox = place();
    sandbox.write("file", noise("mute", 8 << 20));
    let mut bob = receiver(&sandbox, &["-d", "in", "--retry", "20", "--timeout", "2"]);
    lay_for(&sandbox, 20, move |number, lane| match (number, lane.to) {
        (0, _) => pass(lane, 3 * MIB, &AtomicU64::new(0)),
        (1, to) => {
            pass_messages(lane, usize::from(to == To::Listener));
            loop {
                thread::park();
            }
        }
        _ => lane.pass(|_, _| {}),
    });
    let mut alice = caller(&sandbox, &["file", "--timeout", "2"]);
    alice.succeeds();
    bob.succeeds();
    assert!(alice.age() < Duration::from_secs(15), "{:?}", alice.age());
    assert!(sandbox.read("in/file") == sandbox.read("file"));
}

fn pass_messages(lane: &mut Lane, count: usize) {
    for _ in 0..count {
        let message = lane.message().unwrap();
        lane.into.write_all(&message).unwrap();
    }
}

/// A relay whose first wire breaks after three megabytes, when `meanwhile` has been done.
fn breaking(sandbox: &Sandbox, callers: usize, meanwhile: impl Fn() + Clone + Send + 'static) {
    lay_for(sandbox, callers, move |number, lane| {
        let limit = match (number, lane.to) {
            (0, To::Listener) => 3 * MIB,
            _ => u64::MAX,
        };
        let mut first = lane.from.try_clone().unwrap().take(limit);
        let passed = io::copy(&mut first, &mut lane.into);
        if number == 0 && passed.is_ok_and(|bytes| bytes == limit) {
            meanwhile();
            lane.cut();
        }
    });
}

#[test]
fn a_person_is_asked_once() {
    let sandbox = place();
    sandbox.write("file", noise("once", 8 << 20));
    let words = [
        "receive",
        "--trust-transport",
        "--listen",
        "unix:meet",
        "-d",
        "in",
        "--retry",
        "20",
    ];
    let receive = keypact(&sandbox, &[]).get_program().to_str().unwrap().to_owned();
    let script = format!("{receive} {}", words.join(" "));
    let mut bob = Dialogue::start(sandbox.command("setsid"), &script);
    bob.expect("listening");
    breaking(&sandbox, 2, || {});
    let mut alice = caller(&sandbox, &["file"]);
    bob.expect("Take it?");
    bob.send("yes\n");
    alice.succeeds();
    bob.expect("8388608 bytes");
    assert!(bob.wait().success());
    assert!(sandbox.read("in/file") == sandbox.read("file"));
}

#[test]
fn a_source_that_has_changed_meanwhile_is_sent_as_it_is_now() {
    let sandbox = place();
    sandbox.write("file", noise("before", 8 << 20));
    let mut bob = receiver(&sandbox, &["-d", "in", "--yes", "--retry", "20"]);
    let source = sandbox.file("file");
    breaking(&sandbox, 2, || {});
    let mut alice = caller(&sandbox, &["file"]);
    alice.says("meeting again");
    fs::write(source, noise("after", 5 << 20)).unwrap();
    let codes = (alice.code(), bob.code());
    // It may have been listed anew before it was changed, and then its change is found while it is sent.
    assert!(matches!(codes, (0, 0) | (1, 5)), "{codes:?} {}", alice.stderr());
    if codes == (0, 0) {
        let got = sandbox.read("in/file");
        assert!(got == noise("after", 5 << 20) || got == noise("before", 8 << 20));
    }
}

#[test]
fn a_peer_that_does_not_come_back_is_waited_for_and_no_longer() {
    let sandbox = place();
    sandbox.write("file", noise("gone", 8 << 20));
    let mut bob = receiver(&sandbox, &["-d", "in", "--retry", "2"]);
    breaking(&sandbox, 1, || {});
    let mut alice = Side::start(
        &sandbox,
        &["send", "--trust-transport", "--connect", "unix:middle", "file"],
    );
    alice.fails(5, "gone");
    bob.fails(5, "the same command goes on from there");
    assert!(bob.stderr().contains("nobody came in time"), "{}", bob.stderr());
    assert!(bob.age() > Duration::from_secs(2));
}

/// Whoever comes to the place of the meeting without the key of the broken session changes nothing.
#[test]
fn strangers_do_not_take_a_session_up() {
    let sandbox = place();
    sandbox.write("file", noise("mine", 8 << 20));
    sandbox.write("evil", noise("evil", 8 << 20));
    let mut bob = receiver(&sandbox, &["-d", "in", "--retry", "20"]);
    let (come, cut) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let barriers = (Arc::clone(&come), Arc::clone(&cut));
    breaking(&sandbox, 3, move || {
        barriers.0.wait();
        barriers.1.wait();
    });
    let mut alice = caller(&sandbox, &["file"]);
    come.wait();
    // She is first in the row when the wire breaks.
    let mut eve = sender(&sandbox, &["evil", "--name", "file"]);
    eve.says("the peer runs as user");
    cut.wait();
    eve.fails(5, "");
    alice.succeeds();
    bob.succeeds();
    assert!(
        bob.stderr().contains("a connection led to no exchange"),
        "{}",
        bob.stderr()
    );
    assert!(sandbox.read("in/file") == sandbox.read("file"));
}

/// A receiver that was started again is nobody whom the old session leads to, and waits for the peer of its own.
#[test]
fn a_side_that_goes_on_ends_no_new_session() {
    let sandbox = place();
    sandbox.write("file", noise("old", 8 << 20));
    let old = receiver(&sandbox, &["-d", "in"]);
    let (come, cut) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let barriers = (Arc::clone(&come), Arc::clone(&cut));
    breaking(&sandbox, 4, move || {
        barriers.0.wait();
        barriers.1.wait();
    });
    let mut alice = caller(&sandbox, &["file"]);
    come.wait();
    old.signal(Signal::KILL);
    let mut new = receiver(&sandbox, &["-d", "in"]);
    cut.wait();
    new.says("a connection led to no exchange");
    sender(&sandbox, &["file"]).succeeds();
    new.succeeds();
    assert!(alice.is_running(), "it waits for its own peer: {}", alice.stderr());
}

#[test]
fn what_can_be_read_or_written_once_is_not_tried_again() {
    let sandbox = place();
    sandbox.write("file", "x");
    let place = "--trust-transport --connect unix:nobody --retry 5";
    let said = sandbox.keypact(&format!("send {place} -")).fails(2);
    assert!(said.contains("--retry"), "{said}");
    sandbox.keypact(&format!("receive {place} -o -")).fails(2);
    sandbox
        .keypact("send --trust-transport --stdio --retry 5 file")
        .fails(2);
}
