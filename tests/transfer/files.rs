//! What arrives is what was sent.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{SEND, arrived, feeder, place, receiver, sender};

/// One byte less than a record holds, a full record, one byte more, and many.
const SIZES: [usize; 6] = [0, 1, 65523, 65524, 65525, 5 * 1024 * 1024 + 3];

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[1]).collect()
}

fn hash(content: &[u8]) -> String {
    blake3::hash(content).to_hex().to_string()
}

#[track_caller]
fn both_succeed(sides: [&mut Side; 2]) {
    for side in sides {
        side.succeeds();
    }
}

#[test]
fn files_of_every_size_and_their_hash() {
    for size in SIZES {
        let sandbox = place();
        let content = content(size);
        sandbox.write("a file", &content);
        let mut bob = receiver(&sandbox, &["-d", "in"]);
        let mut alice = sender(&sandbox, &["a file"]);
        both_succeed([&mut alice, &mut bob]);
        assert!(fs::read(sandbox.file("in/a file")).unwrap() == content, "{size}");
        let summary = format!("keypact: a file: {size} bytes, BLAKE3 {}\n", hash(&content));
        assert!(alice.stderr().ends_with(&summary), "{}", alice.stderr());
        assert!(bob.stderr().ends_with(&summary), "{}", bob.stderr());
        assert_eq!(arrived(&sandbox), ["a file"]);
    }
}

#[test]
fn streams_of_every_size() {
    for size in SIZES {
        let sandbox = place();
        let content = content(size);
        let mut bob = receiver(&sandbox, &["-o", "-"]);
        let (mut alice, mut feed) = feeder(&sandbox, &["-"]);
        feed.write_all(&content).unwrap();
        drop(feed);
        both_succeed([&mut alice, &mut bob]);
        assert!(bob.stdout() == content, "{size}");
        let summary = format!("keypact: a stream: {size} bytes, BLAKE3 {}\n", hash(&content));
        assert!(bob.stderr().ends_with(&summary), "{}", bob.stderr());
    }
}

#[test]
fn a_stream_gets_a_name_from_either_side_or_is_refused() {
    for (send, receive, name) in [
        (&["-", "--name", "log"][..], &["-d", "in"][..], "in/log"),
        (&["-"], &["-o", "in/mine"], "in/mine"),
        (&["-", "--name", "log"], &["-o", "in/mine"], "in/mine"),
    ] {
        let sandbox = place();
        let mut bob = receiver(&sandbox, receive);
        let (mut alice, mut feed) = feeder(&sandbox, send);
        feed.write_all(b"words").unwrap();
        drop(feed);
        both_succeed([&mut alice, &mut bob]);
        assert_eq!(sandbox.text(name), "words");
    }
    let sandbox = place();
    let mut bob = receiver(&sandbox, &["-d", "in"]);
    let (mut alice, _feed) = feeder(&sandbox, &["-"]);
    bob.fails(1, "no name");
    alice.fails(5, "no name");
}

#[test]
fn permission_bits_travel_as_far_as_the_umask_lets_them() {
    for (mode, umask, expected) in [
        (0o755, "022", 0o755),
        (0o777, "027", 0o750),
        (0o640, "000", 0o640),
        (0o444, "022", 0o644),
        (0o600, "022", 0o600),
        (0o4755, "022", 0o755),
    ] {
        let sandbox = place();
        sandbox.write("file", "x");
        fs::set_permissions(sandbox.file("file"), Permissions::from_mode(mode)).unwrap();
        let mut command = sandbox.command("sh");
        let script = format!("umask {umask}; exec keypact receive --trust-transport --listen unix:meet -d in");
        command.args(["-c", &script]);
        let mut bob = Side::run(&sandbox, command);
        bob.says("listening");
        let mut alice = sender(&sandbox, &["file"]);
        both_succeed([&mut alice, &mut bob]);
        let got = fs::metadata(sandbox.file("in/file")).unwrap().permissions().mode();
        assert_eq!(got & 0o7777, expected, "{mode:o} {umask}");
    }
}

#[test]
fn who_listens_and_who_sends_are_independent() {
    let sandbox = place();
    sandbox.write("file", content(100_000));
    let mut alice = Side::start(
        &sandbox,
        &["send", "--trust-transport", "--listen", "unix:meet", "file"],
    );
    alice.says("listening");
    let mut bob = Side::start(
        &sandbox,
        &["receive", "--trust-transport", "--connect", "unix:meet", "-d", "in"],
    );
    both_succeed([&mut alice, &mut bob]);
    assert!(sandbox.read("in/file") == content(100_000));

    let peer = "keypact receive --stdio --trust-transport -o in/other";
    Side::start(&sandbox, &["send", "--trust-transport", "--exec", peer, "file"]).succeeds();
    assert!(sandbox.read("in/other") == content(100_000));
    let peer = "exec keypact send --stdio --trust-transport file";
    Side::start(
        &sandbox,
        &["receive", "--trust-transport", "--exec", peer, "-o", "in/third"],
    )
    .succeeds();
    assert!(sandbox.read("in/third") == content(100_000));
}

#[test]
fn programs_are_told_what_happens() {
    let sandbox = place();
    sandbox.write("file", "words");
    let mut bob = receiver(&sandbox, &["-d", "in", "--events", "b.events"]);
    let mut alice = sender(&sandbox, &["file", "--events", "a.events", "--json"]);
    both_succeed([&mut alice, &mut bob]);
    let answer: Value = serde_json::from_slice(&alice.stdout()).unwrap();
    assert_eq!(
        (&answer["bytes"], &answer["blake3"]),
        (&5.into(), &hash(b"words").into())
    );
    for (name, expected) in [
        ("a.events", &["verified", "accepted", "key_wrapped", "done"][..]),
        (
            "b.events",
            &["listening", "verified", "accepted", "key_wrapped", "done"],
        ),
    ] {
        let events = sandbox.text(name);
        let events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
        assert_eq!(names, expected);
        let done = events.last().unwrap();
        assert_eq!((&done["name"], &done["bytes"]), (&"file".into(), &5.into()));
        assert_eq!(done["blake3"], hash(b"words"));
    }
}

#[test]
fn memory_does_not_grow_with_the_file() {
    const SIZE: u64 = 256 << 20;
    let sandbox = place();
    File::create(sandbox.file("big")).unwrap().set_len(SIZE).unwrap();
    let mut bob = receiver(&sandbox, &["-o", "-"]);
    let mut alice = sender(&sandbox, &["big"]);
    let mut peaks = [0; 2];
    while alice.is_running() || bob.is_running() {
        for (peak, side) in peaks.iter_mut().zip([&alice, &bob]) {
            *peak = side.peak_kib().unwrap_or(*peak).max(*peak);
        }
        thread::sleep(Duration::from_millis(20));
    }
    both_succeed([&mut alice, &mut bob]);
    assert!(bob.stdout().len() as u64 == SIZE);
    assert!(peaks.iter().all(|peak| (1..32 * 1024).contains(peak)), "{peaks:?} KiB");
    println!("peaks: {peaks:?} KiB");
}

/// A sender whose file changes after it was announced and before it is read.
#[track_caller]
fn changed(change: impl FnOnce(&Sandbox), why: &str) {
    let sandbox = place();
    sandbox.write("file", content(200_000));
    let judge = "touch asked; until test -e go; do sleep 0.01; done";
    let mut bob = Side::start(
        &sandbox,
        &["receive", "--listen", "unix:meet", "--verify-cmd", judge, "-d", "in"],
    );
    bob.says("listening");
    let mut alice = Side::start(
        &sandbox,
        &["send", "--connect", "unix:meet", "--verify-cmd", "true", "file"],
    );
    while !sandbox.file("asked").exists() {
        thread::sleep(Duration::from_millis(2));
    }
    change(&sandbox);
    sandbox.write("go", "");
    alice.fails(1, why);
    bob.fails(5, "the peer gave up");
    assert!(arrived(&sandbox).is_empty(), "{:?}", arrived(&sandbox));
}

#[test]
fn a_file_that_changes_its_length_meanwhile_does_not_arrive() {
    let append = |more: usize| {
        move |sandbox: &Sandbox| {
            let mut file = File::options().append(true).open(sandbox.file("file")).unwrap();
            file.write_all(&content(more)).unwrap();
        }
    };
    let truncate = |length| {
        move |sandbox: &Sandbox| {
            let file = File::options().write(true).open(sandbox.file("file")).unwrap();
            file.set_len(length).unwrap();
        }
    };
    let why = "changed while it was sent";
    changed(append(1), why);
    changed(append(3 << 20), why);
    changed(truncate(199_999), why);
    changed(truncate(0), why);
}

#[test]
fn a_file_that_is_not_there_any_more_does_not_arrive() {
    let remove = |sandbox: &Sandbox| fs::remove_file(sandbox.file("file")).unwrap();
    changed(remove, "cannot read file");
    let replace = |sandbox: &Sandbox| {
        remove(sandbox);
        sandbox.shell("mkfifo file").ok();
    };
    changed(replace, "file");
    let shut = |sandbox: &Sandbox| {
        remove(sandbox);
        fs::create_dir(sandbox.file("file")).unwrap();
    };
    changed(shut, "file");
}

#[test]
fn a_source_that_is_silent_for_long_is_still_a_source() {
    let sandbox = place();
    let mut bob = receiver(&sandbox, &["-d", "in", "--timeout", "12"]);
    let (mut alice, mut feed) = feeder(&sandbox, &["-", "--name", "log", "--timeout", "12"]);
    feed.write_all(b"one ").unwrap();
    thread::sleep(Duration::from_secs(14));
    feed.write_all(b"two").unwrap();
    drop(feed);
    both_succeed([&mut alice, &mut bob]);
    assert_eq!(sandbox.text("in/log"), "one two");
}

#[test]
fn of_two_senders_of_one_name_the_first_to_end_wins() {
    let sandbox = place();
    let contents = [vec![b'a'; 300_000], vec![b'b'; 300_000]];
    let mut sides = Vec::new();
    for (number, content) in contents.iter().enumerate() {
        let (folder, address) = (format!("from{number}"), format!("unix:meet{number}"));
        fs::create_dir(sandbox.file(&folder)).unwrap();
        sandbox.write(&format!("{folder}/name"), content);
        let words = ["receive", "--trust-transport", "--listen", &address, "-d", "in"];
        let mut bob = Side::start(&sandbox, &words);
        bob.says("listening");
        let source = format!("{folder}/name");
        sides.push([
            Side::start(&sandbox, &[SEND[0], SEND[1], SEND[2], &address, &source]),
            bob,
        ]);
    }
    let codes: Vec<_> = sides
        .iter_mut()
        .map(|[alice, bob]| (alice.code(), bob.code()))
        .collect();
    let arrived = sandbox.read("in/name");
    let winner = contents.iter().position(|content| *content == arrived);
    let winner = winner.expect("one of both, and whole");
    assert_eq!(codes[winner], (0, 0));
    assert_eq!(codes[1 - winner], (5, 1));
    assert_eq!(crate::arrived(&sandbox), ["name"]);
}
