//! One exchange, every wire that there is.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::side::{Side, pipes};
use crate::tools;

const TRUST: [&str; 2] = ["exchange", "--trust-transport"];

fn start(sandbox: &Sandbox, words: &[&str], key: &str) -> Side {
    Side::start(sandbox, &[&TRUST, words, &["-o", key]].concat())
}

/// Both succeeded and hold the same key, for themselves alone.
#[track_caller]
fn agreed(sandbox: &Sandbox, mut sides: [Side; 2]) {
    for side in &mut sides {
        side.succeeds();
    }
    same_key(sandbox);
}

#[track_caller]
fn same_key(sandbox: &Sandbox) {
    let key = sandbox.text("a.key");
    assert!(key.contains("AGE-SECRET-KEY-PQ-1"), "{key}");
    assert_eq!(key, sandbox.text("b.key"));
    for name in ["a.key", "b.key"] {
        let mode = sandbox.file(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(!sandbox.has_partial_file());
}

/// One listens at `address` (any port), the other one goes there.
#[track_caller]
fn over_tcp(address: &str, host: &str) {
    let sandbox = Sandbox::new();
    let mut listener = start(&sandbox, &["--listen", address], "a.key");
    let bound = listener.address();
    let port = bound.rsplit_once(':').unwrap().1;
    let caller = start(&sandbox, &["--connect", &format!("{host}:{port}")], "b.key");
    agreed(&sandbox, [listener, caller]);
}

#[test]
fn two_ends_of_pipes_need_not_be_told_who_begins() {
    for _ in 0..12 {
        let sandbox = Sandbox::new();
        let [alice, bob] = pipes();
        let words = |key| [&TRUST[..], &["--stdio", "-o", key]].concat();
        let alice = Side::with_pipes(&sandbox, &words("a.key"), alice);
        let bob = Side::with_pipes(&sandbox, &words("b.key"), bob);
        agreed(&sandbox, [alice, bob]);
    }
}

#[test]
fn named_pipes() {
    let sandbox = Sandbox::new();
    let ran = sandbox.shell(
        "mkfifo to from
         keypact exchange --stdio --trust-transport -o a.key < to > from & one=$!
         keypact exchange --stdio --trust-transport -o b.key > to < from && wait $one",
    );
    ran.ok();
    same_key(&sandbox);
}

#[test]
fn tcp_over_ipv4() {
    over_tcp("127.0.0.1:0", "127.0.0.1");
}

#[test]
fn tcp_over_ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        tools::say("the exchange over IPv6", "this machine has none");
        return;
    }
    over_tcp("[::1]:0", "[::1]");
    over_tcp(":0", "[::1]");
}

#[test]
fn an_address_without_a_host_takes_both_families() {
    over_tcp(":0", "127.0.0.1");
    over_tcp("localhost:0", "localhost");
}

#[test]
fn unix_sockets_and_whoever_comes_first() {
    for listener_first in [true, false] {
        let sandbox = Sandbox::new();
        let words = ["--listen", "unix:meet", "--connect", "unix:meet"];
        let (first, second) = if listener_first {
            words.split_at(2)
        } else {
            let (listen, connect) = words.split_at(2);
            (connect, listen)
        };
        let first = start(&sandbox, first, "a.key");
        std::thread::sleep(Duration::from_millis(60));
        let second = start(&sandbox, second, "b.key");
        agreed(&sandbox, [first, second]);
        assert_eq!(sandbox.names(), ["a.key", "b.key"], "the socket is gone");
    }
}

#[test]
fn a_socket_that_nobody_listens_on_any_more_is_taken_over_and_a_live_one_is_not() {
    let sandbox = Sandbox::new();
    drop(std::os::unix::net::UnixListener::bind(sandbox.file("meet")).unwrap());
    let listener = start(&sandbox, &["--listen", "unix:meet"], "a.key");
    std::thread::sleep(Duration::from_millis(60));
    start(&sandbox, &["--listen", "unix:meet"], "c.key").fails(1, "cannot listen on");
    let caller = start(&sandbox, &["--connect", "unix:meet"], "b.key");
    agreed(&sandbox, [listener, caller]);
}

#[test]
fn tcp_that_is_dialled_before_anyone_listens() {
    let sandbox = Sandbox::new();
    // A port that was free a moment ago; another program may take it, and then this is tried again.
    for _ in 0..5 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let caller = start(&sandbox, &["--connect", &address], "b.key");
        std::thread::sleep(Duration::from_millis(100));
        let mut listener = start(&sandbox, &["--listen", &address], "a.key");
        std::thread::sleep(Duration::from_millis(30));
        if listener.is_running() || sandbox.file("a.key").exists() {
            agreed(&sandbox, [listener, caller]);
            return;
        }
    }
    panic!("no free port");
}

#[test]
fn a_command_is_a_wire() {
    let sandbox = Sandbox::new();
    let peer = "keypact exchange --stdio --trust-transport -o b.key";
    start(&sandbox, &["--exec", peer], "a.key").succeeds();
    same_key(&sandbox);
}

#[test]
fn socat_is_a_wire() {
    let sandbox = Sandbox::new();
    if !tools::are_there(&[tools::program("socat")], "the exchange over socat") {
        return;
    }
    let mut listener = start(&sandbox, &["--listen", "unix:meet"], "a.key");
    listener.address();
    let caller = start(&sandbox, &["--exec", "socat - UNIX-CONNECT:meet"], "b.key");
    agreed(&sandbox, [listener, caller]);
}

#[test]
fn a_command_that_fails_is_named() {
    let sandbox = Sandbox::new();
    let mut side = start(&sandbox, &["--exec", "echo no route to host; exit 7"], "a.key");
    side.fails(5, "no route to host");
    assert!(side.stderr().contains("exit status: 7"), "{}", side.stderr());
    start(&sandbox, &["--exec", "/nowhere/program", "--wait", "1"], "a.key").fails(5, "exit status: 127");
    assert_eq!(sandbox.names(), [""; 0]);
}

#[test]
fn every_format_is_the_same_on_both_sides() {
    for (format, length) in [("raw", 32), ("hex", 65), ("base64", 45)] {
        let sandbox = Sandbox::new();
        let mut listener = start(&sandbox, &["--listen", "unix:meet", "--format", format], "a.key");
        listener.address();
        let mut caller = start(&sandbox, &["--connect", "unix:meet", "--format", format], "b.key");
        listener.succeeds();
        caller.succeeds();
        assert_eq!(sandbox.read("a.key").len(), length);
        assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
        assert!(sandbox.read("a.key").iter().any(|byte| *byte != 0));
    }
}

#[test]
fn the_key_goes_to_standard_output_when_no_file_is_named() {
    let sandbox = Sandbox::new();
    let words = |way| [&TRUST[..], &[way, "unix:meet", "--format", "hex"]].concat();
    let mut listener = Side::start(&sandbox, &words("--listen"));
    let mut caller = Side::start(&sandbox, &words("--connect"));
    listener.succeeds();
    caller.succeeds();
    assert_eq!(listener.stdout().len(), 65);
    assert_eq!(listener.stdout(), caller.stdout());
}

#[test]
fn files_go_both_ways_under_the_agreed_identity() {
    let sandbox = Sandbox::new();
    let listener = start(&sandbox, &["--listen", "unix:meet"], "a.key");
    let caller = start(&sandbox, &["--connect", "unix:meet"], "b.key");
    agreed(&sandbox, [listener, caller]);
    sandbox.write("plain", "between us");
    sandbox.keypact("encrypt -i a.key -o sealed plain").ok();
    assert_eq!(sandbox.keypact("decrypt -i b.key sealed").ok(), "between us");
    let recipient = sandbox.keypact("key show -i b.key").ok();
    sandbox
        .keypact(&format!("encrypt -r {} -o sealed2 plain", recipient.trim()))
        .ok();
    assert_eq!(sandbox.keypact("decrypt -i a.key sealed2").ok(), "between us");
}

#[test]
fn programs_are_told_in_json() {
    let sandbox = Sandbox::new();
    let compare = "--compare digits --json --verify-cmd".split(' ').collect::<Vec<_>>();
    let judge = "printf %s \"$KEYPACT_SAS $KEYPACT_SESSION\" > seen";
    let side = |words: &[&str]| Side::start(&sandbox, &[&["exchange"], words, &compare, &[judge]].concat());
    let mut alice = side(&["--listen", "unix:meet", "--events", "a.events", "-o", "a.key"]);
    let mut bob = side(&["--connect", "unix:meet", "-o", "b.key"]);
    alice.succeeds();
    bob.succeeds();
    let answers = [&alice, &bob].map(|side| serde_json::from_slice::<Value>(&side.stdout()).unwrap());
    assert_eq!(answers[0]["session"], answers[1]["session"]);
    assert_eq!(answers[0]["recipient"], answers[1]["recipient"]);
    assert_eq!(
        (&answers[0]["output"], &answers[1]["output"]),
        (&"a.key".into(), &"b.key".into())
    );
    let recipient = sandbox.keypact("key show -i a.key").ok();
    assert_eq!(answers[0]["recipient"], recipient.trim());
    let session = answers[0]["session"].as_str().unwrap();

    let events: Vec<Value> = sandbox
        .text("a.events")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["listening", "code", "verified", "done"]);
    let code = events[1]["code"].as_str().unwrap();
    assert_eq!(sandbox.text("seen"), format!("{code} {session}"));
    assert!(events[1..].iter().all(|event| event["session"] == session));
    assert!(!sandbox.text("a.events").contains("AGE-SECRET-KEY"));
}

#[test]
fn a_failure_is_an_event_and_an_object() {
    let sandbox = Sandbox::new();
    let words = [
        "--connect",
        "unix:nobody",
        "--wait",
        "0",
        "--events",
        "events",
        "--error-format",
        "json",
    ];
    let mut side = start(&sandbox, &words, "a.key");
    side.fails(5, "\"kind\":\"no_peer\"");
    let last: Value = serde_json::from_str(side.stderr().lines().last().unwrap()).unwrap();
    let event: Value = serde_json::from_str(sandbox.text("events").trim()).unwrap();
    assert_eq!(
        (&event["event"], &event["kind"]),
        (&"fault".into(), &last["fault"]["kind"])
    );
}
