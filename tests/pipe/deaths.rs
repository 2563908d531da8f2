//! Somebody dies, stops or cannot go on in the middle: the other side knows soon, and says so.

use std::io::{Read, Write};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::relay::{self, To};
use crate::sandbox::Sandbox;
use crate::side::{Side, keypact};
use crate::{CONNECT, LISTEN, SOON, content, file, held};

#[test]
fn the_other_side_of_one_that_is_killed_fails_soon() {
    for (signal, code) in [(Signal::KILL, 137), (Signal::INT, 130), (Signal::TERM, 143)] {
        for is_flowing in [false, true] {
            for victim in [0, 1] {
                let sandbox = Sandbox::new();
                let (mut sides, [mut feed, other_feed], mut results) = held(&sandbox, &[]);
                feed.write_all(b"begun").unwrap();
                results[1].read_exact(&mut [0; 5]).unwrap();
                let feeding = thread::spawn(move || while is_flowing && feed.write_all(&[7; 4096]).is_ok() {});
                let draining =
                    results.map(|mut result| thread::spawn(move || drop(result.read_to_end(&mut Vec::new()))));
                sides[victim].signal(signal);
                assert_eq!(sides[victim].ends_within(SOON), code);
                let other = &mut sides[1 - victim];
                let said = if is_flowing { "error" } else { "the peer is gone" };
                assert_eq!(other.ends_within(SOON), 5, "{}", other.stderr());
                assert!(other.stderr().contains(said), "{}", other.stderr());
                drop((sides, other_feed));
                feeding.join().unwrap();
                for draining in draining {
                    draining.join().unwrap();
                }
            }
        }
    }
}

#[test]
fn one_that_stops_is_given_up() {
    for is_flowing in [false, true] {
        let sandbox = Sandbox::new();
        let ([alice, mut bob], [_feed, mut feed], mut results) = held(&sandbox, &["--timeout", "2"]);
        feed.write_all(b"begun").unwrap();
        results[0].read_exact(&mut [0; 5]).unwrap();
        alice.signal(Signal::STOP);
        let feeding = thread::spawn(move || while is_flowing && feed.write_all(&[7; 4096]).is_ok() {});
        assert_eq!(bob.ends_within(Duration::from_secs(10)), 5, "{}", bob.stderr());
        let said = bob.stderr();
        assert!(said.contains("nothing was heard of the peer for 2 seconds"), "{said}");
        feeding.join().unwrap();
    }
}

#[test]
fn a_reader_that_goes_away_ends_both() {
    let sandbox = Sandbox::new();
    sandbox.write("large", content(30_000_000, 1));
    let mut command = sandbox.command("bash");
    let script = format!(
        "keypact {} | head -c 10 > some; exit ${{PIPESTATUS[0]}}",
        LISTEN.join(" ")
    );
    command.args(["-c", &script]).stdin(Stdio::null());
    let mut reader = Side::run(&sandbox, command);
    reader.says("listening");
    let mut command = keypact(&sandbox, &CONNECT);
    command.stdin(file(&sandbox, "large"));
    let mut writer = Side::run(&sandbox, command);
    writer.fails(5, "nobody reads its output any more");
    assert_eq!(reader.ends_within(SOON), 141, "{}", reader.stderr());
    assert_eq!(sandbox.read("some"), content(10, 1));
}

#[test]
fn an_output_that_is_full_and_an_input_that_cannot_be_read_fail_on_both_sides() {
    let sandbox = Sandbox::new();
    sandbox.write("large", content(3_000_000, 1));
    for (words, here, there) in [
        (
            "-o /dev/full",
            "No space left on device",
            "its output cannot be written",
        ),
        (
            "--input /proc/self/mem",
            "cannot read /proc/self/mem",
            "its input cannot be read",
        ),
    ] {
        let words = [&LISTEN[..], &words.split(' ').collect::<Vec<_>>()].concat();
        let mut alice = Side::start(&sandbox, &words);
        alice.says("listening");
        let mut command = keypact(&sandbox, &CONNECT);
        command.stdin(file(&sandbox, "large"));
        let mut bob = Side::run(&sandbox, command);
        bob.fails(5, there);
        alice.fails(1, here);
    }
}

#[test]
fn a_file_appears_when_all_of_it_has_come() {
    let sandbox = Sandbox::new();
    for is_killed in [true, false] {
        let (input, mut feed) = std::io::pipe().unwrap();
        let mut command = keypact(&sandbox, &LISTEN);
        command.stdin(Stdio::from(input));
        let mut alice = Side::run(&sandbox, command);
        alice.says("listening");
        let mut bob = Side::start(&sandbox, &[&CONNECT[..], &["-o", "arrived"]].concat());
        bob.says("agreed");
        feed.write_all(&content(1_000_000, 1)).unwrap();
        if is_killed {
            alice.signal(Signal::KILL);
            bob.fails(5, "the peer is gone");
            assert!(sandbox.names().is_empty(), "{:?}", sandbox.names());
            continue;
        }
        drop(feed);
        bob.succeeds();
        alice.succeeds();
    }
    assert!(sandbox.read("arrived") == content(1_000_000, 1) && !sandbox.has_partial_file());
}

/// Somebody in the middle changes or cuts what the listener says, at this place of it.
fn through_the_middle(is_cut: bool, place: usize) {
    let sandbox = Sandbox::new();
    let text = content(600_000, 1);
    sandbox.write("text", &text);
    let mut command = keypact(&sandbox, &LISTEN);
    command.stdin(file(&sandbox, "text"));
    let mut alice = Side::run(&sandbox, command);
    alice.says("listening");
    relay::lay(&sandbox, move |lane| {
        let is_to_bob = lane.to == To::Caller;
        let (end, mut is_over) = (lane.from.try_clone().unwrap(), false);
        lane.pass(|at, bytes| {
            if is_to_bob && !is_over && (at..at + bytes.len()).contains(&place) {
                is_over = true;
                if is_cut {
                    let _ = end.shutdown(std::net::Shutdown::Both);
                }
                bytes[place - at] ^= 1;
            }
        });
    });
    let mut bob = Side::start(&sandbox, &["pipe", "--trust-transport", "--connect", "unix:middle"]);
    let code = bob.ends_within(SOON);
    assert!(matches!(code, 3 | 5), "{code}: {}", bob.stderr());
    let written = bob.stdout();
    assert!(text.starts_with(&written) && written.len() < text.len());
    assert_eq!(alice.ends_within(SOON), 5, "{}", alice.stderr());
}

#[test]
fn what_is_changed_on_the_way_is_not_written() {
    for place in [3_000, 80_000, 200_000, 500_000] {
        through_the_middle(false, place);
        through_the_middle(true, place);
    }
}

#[test]
fn a_peer_that_dribbles_is_given_up_and_holds_nobody_for_ever() {
    let sandbox = Sandbox::new();
    let mut command = keypact(&sandbox, &LISTEN);
    sandbox.write("text", content(600_000, 1));
    command.stdin(file(&sandbox, "text"));
    let mut alice = Side::run(&sandbox, command);
    alice.says("listening");
    relay::lay(&sandbox, |lane| {
        if lane.to == To::Listener {
            return lane.pass(|_, _| {});
        }
        // REPLY and VERIFIED at once, then a byte a second.
        for _ in 0..2 {
            let message = lane.message().unwrap();
            lane.into.write_all(&message).unwrap();
        }
        let mut byte = [0];
        while lane.from.read_exact(&mut byte).is_ok() && lane.into.write_all(&byte).is_ok() {
            thread::sleep(Duration::from_secs(1));
        }
    });
    let words = [
        "pipe",
        "--trust-transport",
        "--connect",
        "unix:middle",
        "--timeout",
        "3",
    ];
    let mut bob = Side::start(&sandbox, &words);
    assert_eq!(bob.ends_within(Duration::from_secs(20)), 5, "{}", bob.stderr());
    assert_eq!(alice.ends_within(SOON), 5, "{}", alice.stderr());
}
