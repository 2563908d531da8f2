//! Somebody in the middle: who has keys of their own, who changes, cuts, doubles or drops what passes.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use keypact::crypto::rng::OsRng;
use keypact::handshake::{Handshake, Mode, Step, Terms};

use crate::relay::{self, Lane, To, lay, message};
use crate::sandbox::Sandbox;
use crate::side::Side;

/// How soon both sides know that something is wrong.
const SOON: Duration = Duration::from_secs(5);
/// How long a side waits for the rest of a message, and some time to spare.
const FLIGHT: Duration = Duration::from_secs(22);

/// How many exchanges run at the same time.
const LANES: usize = 12;

/// Lengths of what each side sends when nobody disturbs it (`docs/spec/handshake.md`).
const HELLO: usize = 1264;
const REPLY: usize = 1184;
const FINISH: usize = 56;
const VERIFIED: usize = 23;

/// A listener and a caller, who does not go to it directly.
fn victims(sandbox: &Sandbox, auth: &[&str]) -> [Side; 2] {
    let side = |way: &[&str]| Side::start(sandbox, &[&["exchange"], auth, way].concat());
    let mut listener = side(&["--listen", "unix:meet", "--wait", "1", "-o", "b.key"]);
    listener.address();
    [
        listener,
        side(&["--connect", "unix:middle", "--wait", "2", "-o", "a.key"]),
    ]
}

/// Runs an exchange through a relay that does `act`; both sides must fail within `limit` and keep nothing.
#[track_caller]
fn refused(what: &str, limit: Duration, act: impl Fn(&mut Lane) + Clone + Send + 'static) {
    let sandbox = Sandbox::new();
    lay(&sandbox, act);
    let mut victims = victims(&sandbox, &["--trust-transport"]);
    let codes = victims.each_mut().map(|side| side.ends_within(limit));
    let said = victims.each_ref().map(Side::stderr);
    assert!(
        codes.iter().all(|code| matches!(code, 3 | 5)),
        "{what}: {codes:?} {said:?}"
    );
    assert_eq!(sandbox.names(), ["middle"], "{what}: {said:?}");
}

/// Runs `check` for every case, several at a time: most of the time they wait.
fn in_parallel<T: Sync>(cases: &[T], check: impl Fn(&T) + Sync) {
    thread::scope(|scope| {
        for lane in 0..LANES {
            let check = &check;
            scope.spawn(move || cases.iter().skip(lane).step_by(LANES).for_each(check));
        }
    });
}

/// Bytes to change: all of the fields at the start of a message, and every n-th of what follows.
fn samples(message: std::ops::Range<usize>) -> impl Iterator<Item = usize> {
    let fields = message.start..message.start + 16;
    let step = message.len().div_ceil(28) | 1;
    fields
        .chain((message.start + 16..message.end).step_by(step))
        .chain([message.end - 1])
}

/// A changed length that promises more than comes is another story: the rest is waited for.
fn promises_more(start: usize, at: usize, length: usize, bit: u8) -> bool {
    let place = match at.checked_sub(start) {
        Some(6) => length >> 8,
        Some(7) => length & 0xff,
        _ => return false,
    };
    place & (1 << bit) == 0
}

#[test]
fn no_changed_bit_of_the_exchange_is_taken() {
    let mut cases = Vec::new();
    let messages = [
        (To::Listener, 0, HELLO),
        (To::Caller, 0, REPLY),
        (To::Listener, HELLO, FINISH),
    ];
    for (to, start, length) in messages {
        for at in samples(start..start + length) {
            let bit = u8::try_from(at % 8).unwrap();
            if !promises_more(start, at, length - 8, bit) {
                cases.push((to, at, bit));
            }
        }
    }
    // The first record of each direction, but for its length.
    for (to, start) in [(To::Listener, HELLO + FINISH), (To::Caller, REPLY)] {
        for at in [0, 4, 5, 6, 13, VERIFIED - 1] {
            cases.push((to, start + at, 3));
        }
    }
    assert!(cases.len() > 120, "{}", cases.len());
    in_parallel(&cases, |&(to, place, bit)| {
        refused(&format!("bit {bit} of byte {place} to {to:?}"), SOON, move |lane| {
            let changed = lane.to == to;
            lane.pass(|at, bytes| {
                if let Some(byte) = place
                    .checked_sub(at)
                    .and_then(|at| bytes.get_mut(at))
                    .filter(|_| changed)
                {
                    *byte ^= 1 << bit;
                }
            });
        });
    });
}

#[test]
fn a_wire_that_is_cut_anywhere_ends_both_sides() {
    let mut cases = Vec::new();
    for (to, length) in [
        (To::Listener, HELLO + FINISH + VERIFIED),
        (To::Caller, REPLY + VERIFIED),
    ] {
        cases.extend((0..length).step_by(107).map(|place| (to, place)));
        cases.push((to, length - 1));
    }
    in_parallel(&cases, |&(to, place)| {
        refused(&format!("cut before byte {place} to {to:?}"), SOON, move |lane| {
            if lane.to != to {
                return lane.pass(|_, _| {});
            }
            let mut left = place;
            while left > 0 {
                let Some(piece) = lane.message() else { return };
                let piece = &piece[..piece.len().min(left)];
                left -= piece.len();
                lane.into.write_all(piece).unwrap();
            }
            lane.cut();
        });
    });
}

#[test]
fn a_doubled_frame_is_refused() {
    let cases = [(To::Listener, 0), (To::Listener, 1), (To::Caller, 0)];
    in_parallel(&cases, |&(to, doubled)| {
        refused(&format!("message {doubled} to {to:?} twice"), SOON, move |lane| {
            twice(lane, to, doubled);
        });
    });
}

#[test]
fn a_doubled_record_is_refused() {
    for (to, doubled, victim) in [(To::Listener, 2, 0), (To::Caller, 1, 1)] {
        let sandbox = Sandbox::new();
        lay(&sandbox, move |lane| twice(lane, to, doubled));
        let mut victims = victims(&sandbox, &["--trust-transport"]);
        // The other side may have its key already: it has the victim's word, and nothing more is to come.
        victims[victim].fails(3, "not authentic");
        assert!(!sandbox.file(["b.key", "a.key"][victim]).exists());
    }
}

fn twice(lane: &mut Lane, to: To, doubled: usize) {
    for number in 0.. {
        let Some(message) = lane.message() else { return };
        let times = if lane.to == to && number == doubled { 2 } else { 1 };
        // A side that has seen enough may be gone.
        let _ = lane.into.write_all(&message.repeat(times));
    }
}

#[test]
fn records_that_change_their_order_are_refused() {
    refused("VERIFIED before FINISH", SOON, |lane| {
        if lane.to == To::Caller {
            return lane.pass(|_, _| {});
        }
        let messages: Vec<_> = (0..3)
            .map_while(|number| {
                let message = lane.message()?;
                if number == 0 {
                    lane.into.write_all(&message).ok()?;
                }
                Some(message)
            })
            .collect();
        let _ = lane.into.write_all(&[&messages[2][..], &messages[1]].concat());
        lane.pass(|_, _| {});
    });
}

#[test]
fn what_stalls_is_given_up() {
    type Act = fn(&mut Lane);
    let cases: [(&str, Act); 6] = [
        ("HELLO is lost", |lane| without(lane, To::Listener, 0)),
        ("REPLY is lost", |lane| without(lane, To::Caller, 0)),
        ("FINISH is lost", |lane| without(lane, To::Listener, 1)),
        ("HELLO promises more than it brings", |lane| {
            let changed = lane.to == To::Listener;
            lane.pass(|at, bytes| {
                if at == 0 && changed {
                    bytes[6] |= 8;
                }
            });
        }),
        ("half of HELLO", |lane| {
            let hello = lane.message().unwrap_or_default();
            let _ = lane.into.write_all(&hello[..hello.len() / 2]);
            lane.pass(|_, _| {});
        }),
        ("a byte a second", |lane| {
            let Some(message) = lane.message() else { return };
            for byte in message {
                thread::sleep(Duration::from_millis(500));
                if lane.into.write_all(&[byte]).is_err() {
                    return;
                }
            }
        }),
    ];
    in_parallel(&cases, |(what, act)| {
        refused(what, FLIGHT, *act);
    });
}

fn without(lane: &mut Lane, to: To, lost: usize) {
    for number in 0.. {
        let Some(message) = lane.message() else { return };
        if lane.to != to || number != lost {
            let _ = lane.into.write_all(&message);
        }
    }
}

#[test]
fn a_record_that_promises_more_than_it_brings_is_given_up_while_people_compare() {
    let sandbox = Sandbox::new();
    lay(&sandbox, |lane| {
        let changed = lane.to == To::Listener;
        lane.pass(|at, bytes| {
            if let Some(byte) = (HELLO + FINISH + 2).checked_sub(at).and_then(|at| bytes.get_mut(at)) {
                *byte |= u8::from(changed);
            }
        });
    });
    let auth = ["--verify-cmd", "true", "--timeout", "2"];
    for mut side in victims(&sandbox, &auth) {
        assert_eq!(side.ends_within(SOON), 5, "{}", side.stderr());
    }
    assert_eq!(sandbox.names(), ["middle"]);
}

#[test]
fn our_own_words_are_known_when_they_come_back() {
    let sandbox = Sandbox::new();
    let mut side = Side::start(
        &sandbox,
        &["exchange", "--trust-transport", "--exec", "cat", "-o", "a.key"],
    );
    side.fails(3, "our own message came back");
    assert_eq!(sandbox.names(), [""; 0]);
}

/// Both say yes, whatever they see.
fn careless(sandbox: &Sandbox) -> [Side; 2] {
    let judge = "printf %s \"$KEYPACT_SAS\" > $$.code";
    victims(sandbox, &["--compare", "words", "--verify-cmd", judge])
}

fn codes(sandbox: &Sandbox) -> Vec<String> {
    let names = sandbox.names();
    names
        .iter()
        .filter(|name| name.ends_with("code"))
        .map(|name| sandbox.text(name))
        .collect()
}

#[test]
fn a_relay_that_only_passes_bytes_on_changes_nothing() {
    let sandbox = Sandbox::new();
    lay(&sandbox, |lane| {
        while let Some(message) = lane.message() {
            for byte in message {
                lane.into.write_all(&[byte]).unwrap();
            }
        }
    });
    careless(&sandbox).iter_mut().for_each(Side::succeeds);
    let codes = codes(&sandbox);
    assert_eq!(codes.len(), 2);
    assert_eq!(codes[0], codes[1]);
    assert_eq!(codes[0].split(' ').count(), 4, "{codes:?}");
    assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
}

#[test]
fn somebody_in_the_middle_with_keys_of_their_own_shows_in_the_codes() {
    for _ in 0..3 {
        let sandbox = Sandbox::new();
        let (middle, meet) = (sandbox.file("middle"), sandbox.file("meet"));
        let waiting = std::os::unix::net::UnixListener::bind(middle).unwrap();
        let attack = thread::spawn(move || {
            let (mut caller, _) = waiting.accept().unwrap();
            let mut listener = UnixStream::connect(meet).unwrap();
            let terms = Terms::new([Mode::Compare], b"").unwrap();
            let (first, hello) = Handshake::initiate(terms.clone(), &mut OsRng).unwrap();
            listener.write_all(&hello).unwrap();
            run(first, &mut listener);
            run(Handshake::respond(terms), &mut caller);
            // Silent from here on, but there: both victims get to see their code.
            (caller, listener)
        });
        let mut victims = careless(&sandbox);
        let streams = attack.join().unwrap();
        while codes(&sandbox).iter().filter(|code| !code.is_empty()).count() < 2 {
            thread::sleep(Duration::from_millis(5));
        }
        let codes = codes(&sandbox);
        assert_ne!(codes[0], codes[1]);
        drop(streams);
        // Even careless victims get no key without the word of the peer that they really talk to.
        for victim in &mut victims {
            victim.fails(5, "");
        }
        assert!(!sandbox.file("a.key").exists() && !sandbox.file("b.key").exists());
    }
}

/// Plays a whole exchange to its end.
fn run(mut exchange: Handshake, stream: &mut UnixStream) {
    loop {
        let frame = relay::message(stream).unwrap();
        let (send, next) = match exchange.handle(&frame, &mut OsRng).unwrap() {
            Step::Continue { send, next } => (send, Some(next)),
            Step::Agreed { send, .. } => (send, None),
        };
        if let Some(frame) = send {
            stream.write_all(&frame).unwrap();
        }
        match next {
            Some(next) => exchange = next,
            None => return,
        }
    }
}

#[test]
fn the_last_message_decides_only_for_who_misses_it() {
    let sandbox = Sandbox::new();
    lay(&sandbox, |lane| match lane.to {
        To::Caller => lane.pass(|_, _| {}),
        To::Listener => {
            for number in 0.. {
                let Some(mut message) = message(&mut lane.from) else {
                    return;
                };
                if number == 3 {
                    *message.last_mut().unwrap() ^= 1;
                }
                let _ = lane.into.write_all(&message);
            }
        }
    });
    let [mut listener, _caller] = victims(&sandbox, &["--trust-transport"]);
    listener.fails(3, "not authentic");
    assert!(!sandbox.file("b.key").exists());
}
