//! Failing closed: wrong calls and unfit places are refused before the peer sees a byte.

use std::io::ErrorKind;
use std::os::unix::net::UnixListener;

use crate::sandbox::{Ran, Sandbox};
use crate::side::{Side, pipes};

/// Runs `keypact exchange` without any terminal; nobody may have been connected to.
#[track_caller]
fn refused(words: &[&str], code: i32, prepare: impl FnOnce(&Sandbox)) -> String {
    let sandbox = Sandbox::new();
    let waiting = UnixListener::bind(sandbox.file("meet")).unwrap();
    waiting.set_nonblocking(true).unwrap();
    prepare(&sandbox);
    let mut command = sandbox.command("setsid");
    command.args(["-w", "keypact", "exchange"]).args(words);
    let said = Ran::new(&mut command, b"").fails(code);
    assert_eq!(waiting.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "{words:?}");
    said
}

#[test]
fn without_a_person_somebody_else_must_be_named_to_answer_for_the_peer() {
    let said = refused(&["--connect", "unix:meet", "-o", "key"], 2, |_| {});
    assert!(
        said.contains("there is no terminal") && said.contains("--trust-transport"),
        "{said}"
    );
    refused(
        &["--connect", "unix:meet", "-o", "key", "--compare", "words"],
        2,
        |_| {},
    );
    refused(&["--connect", "unix:meet", "-o", "key", "--no-input"], 2, |_| {});
    refused(
        &[
            "--connect",
            "unix:meet",
            "-o",
            "key",
            "--compare",
            "emoji",
            "--trust-transport",
        ],
        2,
        |_| {},
    );
}

#[test]
fn wrong_calls_are_refused() {
    let trusted: [&[&str]; 10] = [
        &[],
        &["--connect", "unix:meet", "--stdio", "-o", "key"],
        &["--connect", "unix:meet", "--listen", "unix:other", "-o", "key"],
        &["--connect", "unix:meet", "--exec", "cat", "-o", "key"],
        &["--stdio"],
        &["--stdio", "-o", "-"],
        &["--connect", "unix:meet", "--json"],
        &["--connect", "nowhere", "-o", "key"],
        &["--connect", "unix:meet", "--compare", "words:3", "-o", "key"],
        &["--connect", "unix:meet", "--format", "pem", "-o", "key"],
    ];
    for words in trusted {
        refused(&[words, &["--trust-transport"]].concat(), 2, |_| {});
    }
}

#[test]
fn a_picture_is_of_one_code_and_has_its_place() {
    for (flags, code, why) in [
        ("--compare words --qr code.png", 2, "no QR code"),
        ("--psk-file key --qr code.png", 2, "no QR code"),
        ("--code=topmost-istanbul-pluto --qr code.png", 2, "no QR code"),
        ("--compare qr --code --qr code.png", 2, "shows two"),
        ("--code --code-words 4 --qr code.png", 2, "cannot be used with"),
        ("--compare qr --qr code.jpg", 2, "neither in .svg nor in .png"),
        ("--code --qr -", 2, "no terminal"),
        ("--compare qr --verify-cmd true --qr taken.png", 1, "exists already"),
        ("--code --qr no/such.png", 1, "cannot create"),
    ] {
        let words = format!("--connect unix:meet -o agreed {flags}");
        let said = refused(&words.split(' ').collect::<Vec<_>>(), code, |sandbox| {
            sandbox.write("taken.png", "mine");
        });
        assert!(said.contains(why), "{flags}: {said}");
    }
}

#[test]
fn a_place_for_the_key_is_found_before_anyone_is_spoken_to() {
    let words = ["--connect", "unix:meet", "--trust-transport", "-o", "key"];
    let said = refused(&words, 1, |sandbox| sandbox.write("key", "older"));
    assert!(said.contains("key exists already"), "{said}");
    refused(&words, 1, |sandbox| {
        std::os::unix::fs::symlink("nowhere", sandbox.file("key")).unwrap();
    });
    refused(&words, 1, |sandbox| std::fs::create_dir(sandbox.file("key")).unwrap());
    refused(
        &["--connect", "unix:meet", "--trust-transport", "-o", "no/such/key"],
        1,
        |_| {},
    );
}

#[test]
fn a_key_that_is_there_stays() {
    let sandbox = Sandbox::new();
    sandbox.write("key", "older");
    sandbox
        .keypact("exchange --connect unix:nobody --wait 0 --trust-transport -o key")
        .fails(1);
    // It may also come while the exchange runs.
    let mut late = Side::start(
        &sandbox,
        &["exchange", "--listen", "unix:meet", "--trust-transport", "-o", "late"],
    );
    late.address();
    sandbox.write("late", "older");
    let mut peer = Side::start(
        &sandbox,
        &["exchange", "--connect", "unix:meet", "--trust-transport", "-o", "peer"],
    );
    late.fails(1, "late exists already");
    peer.code();
    assert_eq!(
        (sandbox.text("key"), sandbox.text("late")),
        ("older".into(), "older".into())
    );
    assert!(!sandbox.has_partial_file());
}

#[test]
fn sides_that_demand_different_things_do_not_meet() {
    let compare = ["--compare", "words", "--verify-cmd", "touch compared"];
    let both = [&compare[..], &["--trust-transport"]].concat();
    let demands: [[&[&str]; 2]; 3] = [
        [&["--trust-transport"], &compare],
        [&compare, &both],
        [&both, &["--trust-transport"]],
    ];
    for [one, other] in demands {
        let sandbox = Sandbox::new();
        let [alice, bob] = pipes();
        let words = |demand: &[&'static str], key| {
            [
                &["exchange", "--stdio", "--error-format", "json", "-o", key][..],
                demand,
            ]
            .concat()
        };
        let mut alice = Side::with_pipes(&sandbox, &words(one, "a.key"), alice);
        let mut bob = Side::with_pipes(&sandbox, &words(other, "b.key"), bob);
        alice.fails(5, "\"kind\":\"demand\"");
        bob.fails(5, "\"kind\":\"demand\"");
        assert_eq!(sandbox.names(), [""; 0]);
    }
}

#[test]
fn a_listener_says_what_a_caller_demanded() {
    let sandbox = Sandbox::new();
    let words = [
        "exchange",
        "--listen",
        "unix:meet",
        "--wait",
        "1",
        "--trust-transport",
        "-o",
        "a.key",
    ];
    let mut listener = Side::start(&sandbox, &words);
    listener.address();
    let words = [
        "exchange",
        "--connect",
        "unix:meet",
        "--compare",
        "words",
        "--verify-cmd",
        "true",
        "-o",
        "b.key",
    ];
    Side::start(&sandbox, &words).fails(5, "use the same authentication flags");
    listener.fails(5, "demands another authentication");
    assert!(
        !listener.stderr().contains("not from a keypact peer"),
        "{}",
        listener.stderr()
    );
}

#[test]
fn what_is_no_socket_is_not_taken_away() {
    let sandbox = Sandbox::new();
    sandbox.write("precious", "data");
    std::os::unix::fs::symlink("precious", sandbox.file("link")).unwrap();
    for name in ["precious", "link"] {
        let words = format!("exchange --listen unix:{name} --trust-transport --wait 1 -o key");
        let stderr = sandbox.keypact(&format!("{words} --error-format json")).fails(1);
        assert!(stderr.contains("\"kind\":\"listen\""), "{stderr}");
        assert_eq!(sandbox.text("precious"), "data");
    }
    // A dead socket of one's own is in nobody's way, and what took its name meanwhile stays.
    drop(std::os::unix::net::UnixListener::bind(sandbox.file("door")).unwrap());
    let words = "exchange --listen unix:door --trust-transport --wait 1 -o key";
    let mut listener = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    listener.address();
    std::fs::rename(sandbox.file("door"), sandbox.file("moved")).unwrap();
    sandbox.write("door", "another's");
    listener.fails(5, "nobody came in time");
    assert_eq!(sandbox.text("door"), "another's");
}

#[test]
fn a_listener_keeps_its_time_whoever_knocks() {
    let sandbox = Sandbox::new();
    let words = "exchange --listen unix:door --trust-transport --wait 1 -o key";
    let began = std::time::Instant::now();
    let mut listener = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    listener.address();
    let silent: Vec<_> = (0..4)
        .map(|_| std::os::unix::net::UnixStream::connect(sandbox.file("door")).unwrap())
        .collect();
    listener.fails(5, "nobody came in time");
    assert!(
        began.elapsed() < std::time::Duration::from_secs(12),
        "{:?}",
        began.elapsed()
    );
    drop(silent);
}
