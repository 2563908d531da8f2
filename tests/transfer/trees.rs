//! Several files and folders in one transfer: what arrives, what is left out, what becomes of names that are taken, and who
//! has to say yes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::time::Duration;

use serde_json::Value;

use crate::dialogue::Dialogue;
use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::tree::{chmod, nodes, unlock};
use crate::{arrived, place, receiver, sender};

const SOON: Duration = Duration::from_secs(10);

/// A tree with something of everything that travels.
fn planted(sandbox: &Sandbox) {
    for folder in ["src", "src/a", "src/a/deep", "src/empty", "src/Grüße 🙂", "src/locked"] {
        fs::create_dir(sandbox.file(folder)).unwrap();
    }
    sandbox.write("src/a/script", "#!/bin/sh\n");
    sandbox.write("src/a/deep/nothing", "");
    sandbox.write("src/big", vec![7; 1_500_000]);
    sandbox.write("src/Grüße 🙂/\u{1b}[2J", "hostile, legal");
    sandbox.write("src/.hidden", "below the top, hidden names are ordinary");
    sandbox.write("src/locked/in", "x");
    fs::write(sandbox.file("src").join(OsStr::from_bytes(b"\xff\xfe")), "not UTF-8").unwrap();
    chmod(&sandbox.file("src/a/script"), 0o755);
    chmod(&sandbox.file("src/big"), 0o640);
    chmod(&sandbox.file("src/empty"), 0o750);
    sandbox
        .shell("touch -d '2001-02-03 04:05:06.789 UTC' src/big src/a && touch -d 1960-01-01 src/empty")
        .ok();
    chmod(&sandbox.file("src/locked"), 0o500);
}

/// Sends `sent`, receives with `words`, and gives both exit codes with what the receiver said.
fn moved(sandbox: &Sandbox, sent: &[&str], words: &[&str]) -> (i32, i32, String) {
    let mut bob = receiver(sandbox, words);
    let mut alice = sender(sandbox, sent);
    let codes = (alice.ends_within(SOON), bob.ends_within(SOON));
    (codes.0, codes.1, bob.stderr())
}

#[track_caller]
fn arrives(sandbox: &Sandbox, sent: &[&str], words: &[&str]) -> String {
    let (alice, bob, said) = moved(sandbox, sent, words);
    assert_eq!((alice, bob), (0, 0), "{said}");
    said
}

#[test]
fn a_tree_arrives_as_it_is() {
    let sandbox = place();
    planted(&sandbox);
    sandbox.write("second", "2");
    let said = arrives(
        &sandbox,
        &["src", "second"],
        &["-d", "in", "--yes", "--events", "events"],
    );
    let (from, to) = (nodes(&sandbox.file("src")), nodes(&sandbox.file("in/src")));
    unlock(&sandbox.folder());
    assert_eq!(from, to);
    assert!(from.len() > 10);
    assert_eq!(sandbox.text("in/second"), "2");
    assert_eq!(arrived(&sandbox).len(), 2);
    assert!(said.contains("8 files, 1500"), "{said}");
    let events = sandbox.text("events");
    let events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.iter().filter(|event| event["event"] == "file").count(), 8);
    let done = events.last().unwrap();
    assert_eq!(
        (&done["event"], &done["files"], &done["name"]),
        (&"done".into(), &8.into(), &Value::Null)
    );
}

#[test]
fn thousands_of_small_files_arrive() {
    let sandbox = place();
    for folder in 0..30 {
        fs::create_dir_all(sandbox.file(format!("many/{folder}"))).unwrap();
        for file in 0..100 {
            sandbox.write(&format!("many/{folder}/{file}"), format!("{folder} {file}"));
        }
    }
    let said = arrives(&sandbox, &["many"], &["-d", "in", "--yes"]);
    assert!(said.contains("many: 3000 files"), "{said}");
    assert!(nodes(&sandbox.file("many")) == nodes(&sandbox.file("in/many")));
}

#[test]
fn the_contents_of_a_folder_go_without_it() {
    let sandbox = place();
    fs::create_dir_all(sandbox.file("src/sub")).unwrap();
    sandbox.write("src/sub/x", "x");
    sandbox.write("src/y", "y");
    arrives(&sandbox, &["src/sub/.."], &["-d", "in", "--yes"]);
    assert_eq!(
        (sandbox.text("in/sub/x"), sandbox.text("in/y")),
        ("x".into(), "y".into())
    );
    arrives(&sandbox, &["src", "--name", "other"], &["-d", "in", "--yes"]);
    assert_eq!(sandbox.text("in/other/y"), "y");
    arrives(&sandbox, &["src"], &["-o", "in/mine", "--yes"]);
    assert_eq!(sandbox.text("in/mine/sub/x"), "x");
}

#[test]
fn links_go_as_both_sides_say() {
    let sandbox = place();
    fs::create_dir(sandbox.file("src")).unwrap();
    sandbox.write("src/file", "text");
    symlink("file", sandbox.file("src/link")).unwrap();
    let mut alice = sender(&sandbox, &["src", "--wait", "0"]);
    alice.fails(1, "src/link");
    assert!(alice.stderr().contains("--symlinks"));

    let (_, code, said) = moved(&sandbox, &["src", "--symlinks", "keep"], &["-d", "in", "--yes"]);
    assert!(code == 1 && said.contains("symbolic link"), "{said}");
    arrives(
        &sandbox,
        &["src", "--symlinks", "keep"],
        &["-d", "in", "--yes", "--symlinks", "keep"],
    );
    assert_eq!(fs::read_link(sandbox.file("in/src/link")).unwrap(), OsStr::new("file"));
    fs::remove_dir_all(sandbox.file("in/src")).unwrap();
    arrives(
        &sandbox,
        &["src", "--symlinks", "keep"],
        &["-d", "in", "--yes", "--symlinks", "skip"],
    );
    assert!(sandbox.file("in/src/link").symlink_metadata().is_err());
    fs::remove_dir_all(sandbox.file("in/src")).unwrap();
    arrives(&sandbox, &["src", "--symlinks", "follow"], &["-d", "in", "--yes"]);
    assert!(sandbox.file("in/src/link").symlink_metadata().unwrap().is_file());

    symlink("/etc/passwd", sandbox.file("src/outside")).unwrap();
    symlink(".", sandbox.file("src/loop")).unwrap();
    for what in ["keep", "follow"] {
        sender(&sandbox, &["src", "--symlinks", what, "--wait", "0"]).fails(1, "cannot send src/");
    }
}

#[test]
fn pipes_and_sockets_in_folders_are_left_out_with_a_word() {
    let sandbox = place();
    fs::create_dir(sandbox.file("src")).unwrap();
    sandbox.write("src/file", "text");
    sandbox.shell("mkfifo src/pipe").ok();
    let mut bob = receiver(&sandbox, &["-d", "in", "--yes"]);
    let mut alice = sender(&sandbox, &["src"]);
    alice.succeeds();
    bob.succeeds();
    assert!(alice.stderr().contains("not sent: src/pipe"), "{}", alice.stderr());
    assert_eq!(nodes(&sandbox.file("in/src")).len(), 1);
}

/// What is in `in` before, and the name by which each policy is known.
fn taken() -> Sandbox {
    let sandbox = place();
    fs::create_dir_all(sandbox.file("src/sub")).unwrap();
    sandbox.write("src/same", "same");
    sandbox.write("src/other", "newer text");
    sandbox.write("src/sub/new", "new");
    fs::create_dir_all(sandbox.file("in/src/sub")).unwrap();
    sandbox.write("in/src/same", "same");
    sandbox.write("in/src/other", "older text");
    sandbox.write("in/src/own", "own");
    sandbox
}

#[test]
fn nothing_is_taken_where_a_name_is_taken() {
    let sandbox = taken();
    let before = nodes(&sandbox.file("in"));
    let (alice, bob, said) = moved(&sandbox, &["src"], &["-d", "in", "--yes"]);
    assert_eq!((alice, bob), (5, 1), "{said}");
    assert!(said.contains("in/src/other exists already"), "{said}");
    assert_eq!(nodes(&sandbox.file("in")), before);
    // Nothing may be added to what is there either.
    sandbox.write("in/src/other", "newer text");
    let (_, bob, said) = moved(&sandbox, &["src"], &["-d", "in", "--yes"]);
    assert_eq!(bob, 1, "{said}");
    assert!(!sandbox.file("in/src/sub/new").exists());
}

#[test]
fn the_same_content_counts_as_received() {
    let sandbox = place();
    planted(&sandbox);
    arrives(&sandbox, &["src"], &["-d", "in", "--yes"]);
    let inodes = |sandbox: &Sandbox| fs::metadata(sandbox.file("in/src/big")).unwrap().ino();
    let before = (nodes(&sandbox.file("in")), inodes(&sandbox));
    for existing in ["fail", "skip", "overwrite"] {
        let said = arrives(&sandbox, &["src"], &["-d", "in", "--yes", "--if-exists", existing]);
        assert!(said.contains("7 here already"), "{said}");
        assert_eq!((nodes(&sandbox.file("in")), inodes(&sandbox)), before);
    }
    unlock(&sandbox.folder());
    sandbox.write("one", "1");
    for _ in 0..2 {
        let said = arrives(&sandbox, &["one"], &["-o", "in/mine"]);
        assert!(said.contains("in") && sandbox.text("in/mine") == "1");
    }
}

#[test]
fn names_that_are_taken_are_skipped_renamed_or_overwritten() {
    let sandbox = taken();
    let said = arrives(&sandbox, &["src"], &["-d", "in", "--yes", "--if-exists", "skip"]);
    assert!(said.contains("1 here already, 1 skipped"), "{said}");
    let text = |name: &str| sandbox.text(&format!("in/{name}"));
    assert_eq!(
        (text("src/other"), text("src/sub/new"), text("src/own")),
        ("older text".into(), "new".into(), "own".into())
    );

    arrives(&sandbox, &["src"], &["-d", "in", "--yes", "--if-exists", "rename"]);
    assert_eq!(
        (text("src-1/other"), text("src/other")),
        ("newer text".into(), "older text".into())
    );
    sandbox.write("other.txt", "third");
    sandbox.write("in/other.txt", "older");
    for number in 1..3 {
        arrives(&sandbox, &["other.txt"], &["-d", "in", "--if-exists", "rename"]);
        assert_eq!(text(&format!("other-{number}.txt")), "third");
    }

    arrives(&sandbox, &["src"], &["-d", "in", "--yes", "--if-exists", "overwrite"]);
    assert_eq!(
        (text("src/other"), text("src/own")),
        ("newer text".into(), "own".into())
    );
    // A folder never gives way to a file, nor a file to a folder.
    fs::create_dir(sandbox.file("in/one")).unwrap();
    sandbox.write("one", "1");
    let (_, bob, said) = moved(&sandbox, &["one"], &["-d", "in", "--if-exists", "overwrite"]);
    assert!(bob == 1 && said.contains("in/one exists already"), "{said}");
    assert!(!sandbox.has_partial_file());
}

#[test]
fn a_link_in_the_way_is_replaced_and_not_followed() {
    let sandbox = place();
    sandbox.write("outside", "precious");
    symlink("../outside", sandbox.file("in/name")).unwrap();
    sandbox.write("name", "newer");
    arrives(&sandbox, &["name"], &["-d", "in", "--if-exists", "overwrite"]);
    assert_eq!(
        (sandbox.text("outside"), sandbox.text("in/name")),
        ("precious".into(), "newer".into())
    );
    assert!(sandbox.file("in/name").symlink_metadata().unwrap().is_file());
}

#[test]
fn more_than_one_plain_file_needs_a_yes() {
    for sent in [&["src"][..], &["one", "two"]] {
        let sandbox = place();
        fs::create_dir(sandbox.file("src")).unwrap();
        sandbox.write("one", "1");
        sandbox.write("two", "2");
        let mut bob = receiver(&sandbox, &["-d", "in"]);
        sender(&sandbox, sent).fails(5, "cannot ask");
        bob.fails(2, "--yes");
        assert!(arrived(&sandbox).is_empty());
    }
}

#[test]
fn a_receiver_takes_no_more_than_it_said() {
    let sandbox = place();
    fs::create_dir_all(sandbox.file("src/docs/deep")).unwrap();
    sandbox.write("src/a.txt", "text");
    sandbox.write("src/b.bin", vec![0; 5000]);
    sandbox.write("src/docs/deep/c.bin", "c");
    let (_, bob, said) = moved(&sandbox, &["src"], &["-d", "in", "--yes", "--max-bytes", "4K"]);
    assert!(bob == 1 && said.contains("--max-bytes"), "{said}");
    let got = |only: &[&str]| {
        let words: Vec<_> = only.iter().flat_map(|glob| ["--only", *glob]).collect();
        arrives(
            &sandbox,
            &["src"],
            &[&["-d", "in", "--yes", "--max-bytes", "4K"][..], &words].concat(),
        );
        let got: Vec<_> = nodes(&sandbox.file("in"))
            .into_iter()
            .map(|node| node.path.display().to_string())
            .collect();
        fs::remove_dir_all(sandbox.file("in/src")).unwrap();
        got
    };
    assert_eq!(got(&["*.txt"]), ["src", "src/a.txt"]);
    assert_eq!(
        got(&["docs"]),
        ["src", "src/docs", "src/docs/deep", "src/docs/deep/c.bin"]
    );
    assert_eq!(
        got(&["src/**/c.bin", "a.*"]),
        ["src", "src/a.txt", "src/docs", "src/docs/deep", "src/docs/deep/c.bin"]
    );

    let (mut alice, mut feed) = crate::feeder(&sandbox, &["-", "--name", "s"]);
    let mut bob = receiver(&sandbox, &["-d", "in", "--max-bytes", "1K"]);
    let _ = std::io::Write::write_all(&mut feed, &[7; 5000]);
    drop(feed);
    bob.fails(1, "--max-bytes");
    alice.fails(5, "the peer gave up");
    assert!(arrived(&sandbox).is_empty());
}

#[test]
fn one_file_of_a_tree_that_changes_stops_all_of_it() {
    let sandbox = place();
    fs::create_dir(sandbox.file("src")).unwrap();
    sandbox.write("src/a", vec![1; 100]);
    sandbox.write("src/b", vec![2; 100]);
    let judge = "touch asked; until test -e go; do sleep 0.01; done";
    let words = [
        "receive",
        "--listen",
        "unix:meet",
        "--verify-cmd",
        judge,
        "-d",
        "in",
        "--yes",
    ];
    let mut bob = crate::side::Side::start(&sandbox, &words);
    bob.says("listening");
    let words = ["send", "--connect", "unix:meet", "--verify-cmd", "true", "src"];
    let mut alice = crate::side::Side::start(&sandbox, &words);
    while !sandbox.file("asked").exists() {
        std::thread::sleep(Duration::from_millis(2));
    }
    // Of the same length: only the time tells.
    sandbox.write("src/b", vec![3; 100]);
    sandbox.write("go", "");
    alice.fails(1, "src/b changed while it was sent");
    bob.fails(5, "the peer gave up");
    assert!(arrived(&sandbox).is_empty(), "{:?}", arrived(&sandbox));
}

#[test]
fn what_cannot_fit_is_refused_before_it_comes() {
    let sandbox = place();
    fs::File::create(sandbox.file("huge")).unwrap().set_len(1 << 50).ok();
    if fs::metadata(sandbox.file("huge")).unwrap().len() != 1 << 50 {
        fs::File::create(sandbox.file("huge"))
            .unwrap()
            .set_len(1 << 43)
            .unwrap();
    }
    let (alice, bob, said) = moved(&sandbox, &["huge"], &["-d", "in"]);
    assert_eq!((alice, bob), (5, 1), "{said}");
    assert!(said.contains("there is no room"), "{said}");
    assert!(arrived(&sandbox).is_empty());
}

#[test]
fn a_program_is_run_on_what_has_arrived() {
    let sandbox = place();
    fs::create_dir(sandbox.file("src")).unwrap();
    sandbox.write("src/x", "");
    sandbox.write("$(touch owned); -rf", "y");
    sandbox.write(
        "program",
        "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$1\" >> log\ntest -e \"$1\"\n",
    );
    chmod(&sandbox.file("program"), 0o755);
    arrives(
        &sandbox,
        &["src", "./$(touch owned); -rf"],
        &["-d", "in", "--yes", "--on-done", "./program"],
    );
    let place = sandbox.file("in").canonicalize().unwrap().display().to_string();
    assert_eq!(
        sandbox.text("log"),
        format!("1\n{place}/$(touch owned); -rf\n1\n{place}/src\n")
    );
    assert!(!sandbox.file("owned").exists());

    sandbox.write("program", "#!/bin/sh\nexit 7\n");
    let (alice, bob, said) = moved(&sandbox, &["src/x"], &["-d", "in", "--on-done", "./program"]);
    assert!((alice, bob) == (0, 1) && said.contains("exit status: 7"), "{said}");
    assert!(sandbox.file("in/x").exists());
}

#[test]
fn a_person_is_shown_what_comes_and_asked() {
    for (answer, codes) in [("yes", (0, "status=0")), ("no", (5, "status=1"))] {
        let sandbox = place();
        fs::create_dir(sandbox.file("src")).unwrap();
        sandbox.write("src/a", "text");
        sandbox.write("src/\u{1b}[2Jevil\u{202e}", "x");
        for number in 0..20 {
            sandbox.write(&format!("src/b{number}"), "");
        }
        let script = format!("keypact {} -d in; echo status=$?", crate::RECEIVE.join(" "));
        let mut bob = Dialogue::start(sandbox.command("setsid"), &script);
        bob.expect("listening");
        let mut alice = sender(&sandbox, &["src"]);
        let shown = bob.expect("Take it?");
        assert!(shown.contains("22 files, 1 folder, 5 bytes"), "{shown}");
        assert!(
            shown.contains("src/\\u{1b}[2Jevil\\u{202e}") && shown.contains("and 14 more"),
            "{shown}"
        );
        assert!(arrived(&sandbox).is_empty());
        bob.send(&format!("{answer}\n"));
        bob.expect(codes.1);
        assert_eq!(alice.code(), codes.0, "{}", alice.stderr());
        assert_eq!(arrived(&sandbox).len(), usize::from(answer == "yes"));
    }
}

/// Whatever is no yes takes nothing, and the sender learns it.
#[test]
fn a_slip_an_end_and_a_departure_take_nothing() {
    for (keys, codes) in [
        ("\n", (5, "status=1")),
        ("ye\n", (5, "status=1")),
        ("\u{4}", (5, "status=1")),
        ("\u{3}", (5, "status=130")),
    ] {
        let sandbox = place();
        fs::create_dir(sandbox.file("src")).unwrap();
        sandbox.write("src/a", "text");
        let script = format!("trap : INT; keypact {} -d in; echo status=$?", crate::RECEIVE.join(" "));
        let mut bob = Dialogue::start(sandbox.command("setsid"), &script);
        // What is typed before there is an offer is no answer to it.
        bob.send("yes\n");
        bob.expect("listening");
        let mut alice = sender(&sandbox, &["src"]);
        bob.expect("Take it? Type \"yes\" or \"no\": ");
        bob.send(keys);
        bob.expect(codes.1);
        assert!(bob.echoes());
        assert_eq!(alice.code(), codes.0, "{}", alice.stderr());
        assert!(arrived(&sandbox).is_empty() && !sandbox.has_partial_file());
    }
}

#[test]
fn a_person_sees_the_name_the_rate_and_the_time_left() {
    let sandbox = place();
    sandbox.write("first", vec![1; 3 << 20]);
    sandbox.write("second", vec![2; 3 << 20]);
    let receive = env!("CARGO_BIN_EXE_keypact");
    let script = format!("TERM=xterm {receive} receive --trust-transport --listen unix:meet -d in --yes; echo code $?");
    let mut bob = Dialogue::start(sandbox.command("setsid"), &script);
    bob.expect("listening");
    crate::relay::lay(&sandbox, |lane| {
        lane.pass(|_, piece| std::thread::sleep(Duration::from_millis(piece.len() as u64 / 8192)));
    });
    let words = [
        "send",
        "--trust-transport",
        "--connect",
        "unix:middle",
        "first",
        "second",
    ];
    let mut alice = Side::start(&sandbox, &words);
    let bar = bob.expect(" left");
    assert!(
        bar.contains("receiving first") && bar.contains("MiB/6.00 MiB") && bar.contains("iB/s"),
        "{bar:?}"
    );
    bob.expect("receiving second");
    alice.succeeds();
    bob.expect("code 0");
}
