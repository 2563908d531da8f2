//! Many exchanges, one after the other: nothing fails, nothing is left, and nothing grows. `KEYPACT_SOAK=10000` for the long
//! run (`make soak`); a hundred of each otherwise.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is the failure report")]

#[path = "support/relay.rs"]
mod relay;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;

use std::fs;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
use std::thread;

use keypact::channel::{Gate, Kind};
use keypact::crypto::rng::OsRng;
use keypact::handshake::{Agreed, Credential, Handshake, KeyKind, Mode, Pinned, Psk, Step, Terms, Unverified};
use keypact::secret::Secret;
use keypact::verify::Checks;
use relay::message;
use sandbox::Sandbox;
use side::Side;

/// One at a time: what one test opens, the other one would count.
static ALONE: Mutex<()> = Mutex::new(());

fn count() -> usize {
    std::env::var("KEYPACT_SOAK").map_or(100, |count| count.parse().unwrap())
}

/// Real processes, which must leave nothing beside the two keys.
#[test]
fn processes_leave_nothing_behind() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = Sandbox::new();
    sandbox.write("psk", "42".repeat(32));
    for round in 0..count() / 2 {
        let flags = ["--psk-file", "psk", "--wait", "20"];
        let start = |way: &str, key: &str| {
            Side::start(
                &sandbox,
                &[&["exchange", way, "unix:meet", "-o", key], &flags[..]].concat(),
            )
        };
        let mut sides = [start("--listen", "a.key"), start("--connect", "b.key")];
        sides.each_mut().into_iter().for_each(Side::succeeds);
        assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"), "round {round}");
        for name in ["a.key", "b.key"] {
            fs::remove_file(sandbox.file(name)).unwrap();
        }
        assert_eq!(sandbox.names(), ["psk"], "round {round}");
    }
    let left: Vec<_> = walk(&sandbox.home())
        .into_iter()
        .filter(|name| !name.ends_with("out") && !name.ends_with("err"))
        .collect();
    assert_eq!(left, [""; 0], "nothing in the folders for state and configuration");
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                vec![path.display().to_string()]
            }
        })
        .collect()
}

/// One process that goes through exchange after exchange over sockets, in every mode that needs nobody.
#[test]
fn a_process_does_not_grow() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let rounds = count();
    let early = rounds / 10;
    let mut first = None;
    for round in 0..rounds {
        exchange(round);
        if round == early {
            first = Some(figures());
        }
    }
    let (memory, files) = first.unwrap();
    let (memory_now, files_now) = figures();
    assert_eq!(files_now, files, "open descriptors");
    // A hundred rounds are no time for 2 % to mean anything; some pages may come for other reasons.
    let allowed = (memory / 50).max(if rounds < 1000 { 4096 } else { 1024 });
    assert!(memory_now <= memory + allowed, "{memory} KiB, then {memory_now} KiB");
}

fn exchange(round: usize) {
    let (left, right) = UnixStream::pair().unwrap();
    let other = thread::spawn(move || side(Handshake::respond(terms(round, 1)), right));
    let (exchange, hello) = Handshake::initiate(terms(round, 0), &mut OsRng).unwrap();
    (&left).write_all(&hello).unwrap();
    let ours = side(exchange, left);
    assert_eq!(ours.expose(), other.join().unwrap().expose(), "round {round}");
}

fn terms(round: usize, own: u8) -> Terms {
    let own_key = |side: u8| Credential::from_seed(&Secret::with(|seed| seed.fill(side)), KeyKind::X25519).unwrap();
    let mode = match round % 3 {
        0 => Mode::Transport,
        1 => Mode::Psk(Psk::new(Secret::with(|key| key.fill(9)))),
        _ => Mode::Pinned(Pinned {
            own: own_key(own),
            peer: own_key(1 - own).public(),
        }),
    };
    Terms::new([mode], b"soak").unwrap()
}

/// One side from its first message to its session key.
fn side(mut exchange: Handshake, mut stream: UnixStream) -> Secret<32> {
    let agreed: Agreed<Unverified> = loop {
        let frame = message(&mut stream).unwrap();
        match exchange.handle(&frame, &mut OsRng).unwrap() {
            Step::Continue { send, next } => {
                stream.write_all(&send.unwrap_or_default()).unwrap();
                exchange = next;
            }
            Step::Agreed { send, agreed } => {
                stream.write_all(&send.unwrap_or_default()).unwrap();
                break agreed;
            }
        }
    };
    let mut checks = Checks::default();
    checks.transport_trusted();
    let (mut gate, word) = Gate::new(agreed).verify(|agreed| checks.verify(agreed)).ok().unwrap();
    stream.write_all(&word).unwrap();
    while gate.peer().is_none() {
        gate.receive(&mut message(&mut stream).unwrap()).unwrap();
    }
    let mut channel = gate.open().ok().unwrap();
    let close = channel.seal(Kind::CLOSE, b"");
    stream.write_all(&close).unwrap();
    let mut theirs = message(&mut stream).unwrap();
    assert_eq!(channel.opener.open(&mut theirs), Ok((Kind::CLOSE, &b""[..])));
    channel.export(b"session key", b"")
}

/// Resident memory in KiB, and the number of open descriptors.
fn figures() -> (u64, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let memory = line.trim().trim_end_matches(" kB").parse().unwrap();
    (memory, fs::read_dir("/proc/self/fd").unwrap().count())
}
