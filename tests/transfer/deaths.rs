//! Somebody dies, stops or cannot go on in the middle: the other side knows soon, and nothing incomplete is left.

use std::fs;
use std::io::{PipeWriter, Write};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::tools;
use crate::{arrived, feeder, place, receiver, sender};

const SOON: Duration = Duration::from_secs(5);

/// A transfer of which a part has been written, and more is to come.
fn halfway(sandbox: &Sandbox) -> (Side, Side, PipeWriter) {
    let bob = receiver(sandbox, &["-d", "in"]);
    let (alice, mut feed) = feeder(sandbox, &["-", "--name", "file"]);
    feed.write_all(&vec![7; 1 << 20]).unwrap();
    let end = Instant::now() + SOON;
    while !arrived(sandbox).iter().any(|name| name.starts_with(".keypact-")) {
        assert!(Instant::now() < end, "{} {}", alice.stderr(), bob.stderr());
        thread::sleep(Duration::from_millis(1));
    }
    (alice, bob, feed)
}

#[test]
fn a_signal_to_either_side_leaves_nothing() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        for kill_sender in [true, false] {
            let sandbox = place();
            let (mut alice, mut bob, feed) = halfway(&sandbox);
            let (victim, other) = if kill_sender {
                (&mut alice, &mut bob)
            } else {
                (&mut bob, &mut alice)
            };
            victim.signal(signal);
            assert_eq!(victim.ends_within(SOON), code);
            // A sender that waits for its source hears of it when it goes on.
            drop(feed);
            assert_eq!(other.ends_within(SOON), 5, "{}", other.stderr());
            assert!(arrived(&sandbox).is_empty(), "{:?}", arrived(&sandbox));
        }
    }
}

#[test]
fn a_killed_sender_leaves_nothing() {
    let sandbox = place();
    let (mut alice, mut bob, _feed) = halfway(&sandbox);
    alice.signal(Signal::KILL);
    assert_eq!(alice.code(), 137);
    assert_eq!(bob.ends_within(SOON), 5, "{}", bob.stderr());
    assert!(arrived(&sandbox).is_empty());
}

#[test]
fn a_killed_receiver_leaves_no_file_under_its_name() {
    let sandbox = place();
    let (mut alice, mut bob, mut feed) = halfway(&sandbox);
    bob.signal(Signal::KILL);
    assert_eq!(bob.code(), 137);
    // The sender may be gone before all is written.
    let _ = feed.write_all(&vec![7; 1 << 20]);
    drop(feed);
    assert_eq!(alice.ends_within(SOON), 5, "{}", alice.stderr());
    assert!(!sandbox.file("in/file").exists());
}

#[test]
fn a_sender_that_is_killed_at_any_time_never_leaves_half_a_file() {
    const SIZE: usize = 24 << 20;
    let mut ends = [0; 2];
    for number in 0..8u64 {
        let sandbox = place();
        sandbox.write("file", vec![7; SIZE]);
        let mut bob = receiver(&sandbox, &["-d", "in", "--wait", "1"]);
        let alice = sender(&sandbox, &["file"]);
        thread::sleep(Duration::from_millis(number * number * 8));
        alice.signal(Signal::KILL);
        match bob.ends_within(SOON) {
            0 => {
                assert_eq!(sandbox.read("in/file").len(), SIZE);
                ends[0] += 1;
            }
            5 => {
                // What is gone on with later, and nothing under a name that anyone would take for the file.
                assert!(arrived(&sandbox).iter().all(|name| name.starts_with(".keypact-")));
                ends[1] += 1;
            }
            code => panic!("{code}: {}", bob.stderr()),
        }
    }
    assert!(ends[1] > 0);
    println!("complete, given up: {ends:?}");
}

#[test]
fn a_receiver_that_takes_nothing_for_too_long_is_given_up() {
    let sandbox = place();
    let mut bob = receiver(&sandbox, &["-d", "in"]);
    let (mut alice, mut feed) = feeder(&sandbox, &["-", "--name", "file", "--timeout", "2"]);
    feed.write_all(b"begun").unwrap();
    while arrived(&sandbox).is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    bob.signal(Signal::STOP);
    let stopped = Instant::now();
    let feeding = thread::spawn(move || while feed.write_all(&[7; 4096]).is_ok() {});
    assert_eq!(alice.ends_within(Duration::from_secs(10)), 5, "{}", alice.stderr());
    assert!(stopped.elapsed() > Duration::from_millis(1900));
    feeding.join().unwrap();
    bob.signal(Signal::CONT);
    assert_eq!(bob.ends_within(SOON), 5, "{}", bob.stderr());
    assert!(arrived(&sandbox).is_empty());
}

#[test]
fn a_sender_that_stops_is_given_up() {
    let sandbox = place();
    let mut bob = receiver(&sandbox, &["-d", "in", "--timeout", "2"]);
    let (alice, mut feed) = feeder(&sandbox, &["-", "--name", "file"]);
    feed.write_all(b"begun").unwrap();
    while arrived(&sandbox).is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    alice.signal(Signal::STOP);
    bob.fails(5, "nothing was heard of the peer for 2 seconds");
    assert!(arrived(&sandbox).is_empty());
}

#[test]
fn a_target_that_takes_nothing_fails_on_both_sides() {
    let sandbox = place();
    sandbox.write("file", vec![7; 3 << 20]);
    let mut bob = receiver(&sandbox, &["-o", "/dev/full"]);
    let mut alice = sender(&sandbox, &["file"]);
    bob.fails(1, "No space left on device");
    alice.fails(5, "cannot write the file");
}

#[test]
fn a_full_disk_fails_on_both_sides_and_leaves_nothing() {
    let sandbox = place();
    sandbox.write("file", vec![7; 3 << 20]);
    let mounted = sandbox.shell("mount -t tmpfs -o size=1m none in");
    if mounted.code() != 0 {
        tools::say("a full disk", "no small file system can be mounted here");
        return;
    }
    let mut bob = receiver(&sandbox, &["-d", "in"]);
    let mut alice = sender(&sandbox, &["file"]);
    let codes = (bob.ends_within(SOON), alice.ends_within(SOON));
    let left = arrived(&sandbox);
    sandbox.shell("umount in").ok();
    assert_eq!(codes, (1, 5), "{}", bob.stderr());
    assert!(bob.stderr().contains("No space left on device"), "{}", bob.stderr());
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_disk_that_takes_nothing_fails_on_both_sides_and_leaves_nothing() {
    let sandbox = place();
    fs::create_dir(sandbox.file("src")).unwrap();
    sandbox.write("src/file", vec![7; 3 << 20]);
    let mounted = sandbox.shell("mount -t tmpfs -o ro none in");
    if mounted.code() != 0 {
        tools::say("a read-only disk", "no file system can be mounted here");
        return;
    }
    let mut ends = Vec::new();
    for path in ["src", "src/file"] {
        let mut bob = receiver(&sandbox, &["-d", "in", "--yes"]);
        let mut alice = sender(&sandbox, &[path]);
        ends.push((bob.ends_within(SOON), alice.ends_within(SOON), bob.stderr()));
    }
    let left = arrived(&sandbox);
    sandbox.shell("umount in").ok();
    for (bob, alice, said) in ends {
        assert_eq!((bob, alice), (1, 5), "{said}");
        assert!(said.contains("Read-only file system"), "{said}");
    }
    assert!(left.is_empty(), "{left:?}");
}

/// The room was there when it was asked about; a quota speaks later.
#[test]
fn a_quota_that_is_reached_fails_on_both_sides() {
    let sandbox = place();
    sandbox.write("file", vec![7; 3 << 20]);
    let mut command = sandbox.command("bash");
    command.args([
        "-c",
        "ulimit -f 2048; exec keypact receive --trust-transport --listen unix:meet -d in",
    ]);
    let mut bob = Side::run(&sandbox, command);
    bob.says("listening");
    let mut alice = sender(&sandbox, &["file"]);
    assert_eq!(bob.ends_within(SOON), 1, "{}", bob.stderr());
    assert!(bob.stderr().contains("File too large"), "{}", bob.stderr());
    alice.fails(5, "cannot write the file");
    // More than 1 MiB had come, so it is kept, and nothing has the final name.
    let left = arrived(&sandbox);
    assert!(left.iter().all(|name| name.starts_with(".keypact-")), "{left:?}");
}

#[test]
fn a_reader_of_standard_output_that_goes_away_ends_both() {
    let sandbox = place();
    sandbox.write("file", vec![7; 3 << 20]);
    let mut command = sandbox.command("bash");
    let script = "keypact receive --trust-transport --listen unix:meet -o - | head -c 10 > some; exit ${PIPESTATUS[0]}";
    command.args(["-c", script]);
    let mut bob = Side::run(&sandbox, command);
    bob.says("listening");
    let mut alice = sender(&sandbox, &["file"]);
    assert_eq!(bob.ends_within(SOON), 141, "{}", bob.stderr());
    assert_eq!(alice.ends_within(SOON), 5, "{}", alice.stderr());
    assert_eq!(sandbox.text("some"), "\u{7}".repeat(10));
}

#[test]
fn a_source_that_cannot_be_read_fails_before_anyone_is_spoken_to() {
    let sandbox = place();
    std::os::unix::fs::symlink("nothing", sandbox.file("in/link")).unwrap();
    for (path, code) in [("missing", 1), ("in", 1)] {
        let words = [
            "send",
            "--trust-transport",
            "--connect",
            "unix:nobody",
            "--wait",
            "0",
            path,
        ];
        assert_eq!(Side::start(&sandbox, &words).code(), code);
    }
    let words = [
        "receive",
        "--trust-transport",
        "--connect",
        "unix:nobody",
        "--wait",
        "0",
        "-d",
        "missing",
    ];
    Side::start(&sandbox, &words).fails(1, "is not a folder");
}
