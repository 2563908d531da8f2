//! Two sides that meet at a relay.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{relay, start};

/// What a side that has drawn a name says that the other one is to say.
#[track_caller]
fn told(side: &mut Side) -> String {
    let said = side.says("for the other side: --relay ");
    let (_, told) = said.split_once("for the other side: ").unwrap();
    told.lines().next().unwrap().to_owned()
}

/// One side draws a name and shows it beside a code; the other one is told both.
pub(crate) fn meet_by_a_drawn_name(sandbox: &Sandbox, relay: &str) {
    let mut first = start(
        sandbox,
        &format!("exchange --code --relay {relay} --events events -o drawn.one"),
    );
    let told = told(&mut first);
    let code = first.stderr();
    let code = code.split("one-time code: ").nth(1).unwrap().lines().next().unwrap();
    let mut second = start(sandbox, &format!("exchange --code={code} {told} -o drawn.two"));
    first.succeeds();
    second.succeeds();
    assert_eq!(sandbox.read("drawn.one"), sandbox.read("drawn.two"));
    let events = sandbox.text("events");
    let meeting: Value = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|event| event["event"] == "meeting")
        .unwrap();
    assert_eq!(format!("--relay {}", meeting["relay"].as_str().unwrap()), told);
}

/// Two sides have agreed on a name, and either of them comes first; one file goes each way.
pub(crate) fn meet_and_move(sandbox: &Sandbox, relay: &str) {
    let letter: Vec<u8> = (0..3_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    sandbox.write("letter", &letter);
    for (name, sender_first) in [("place-1", true), ("place-2", false)] {
        let way = format!("--trust-transport --relay {relay}/{name}");
        let send = format!("send {way} letter");
        let receive = format!("receive {way} -o {name}.copy");
        let (first, second) = if sender_first {
            (&send, &receive)
        } else {
            (&receive, &send)
        };
        let mut first = start(sandbox, first);
        first.says("the outer channel is trusted");
        let mut second = start(sandbox, second);
        first.succeeds();
        second.succeeds();
        assert!(sandbox.read(format!("{name}.copy")) == letter);
    }
}

#[test]
fn a_name_is_drawn_and_told() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    meet_by_a_drawn_name(&sandbox, &address);
}

#[test]
fn a_name_is_agreed_upon_and_files_move() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    meet_and_move(&sandbox, &address);
}

#[test]
fn names_have_bounds_and_a_relay_is_the_only_way() {
    let sandbox = Sandbox::new();
    for way in [
        "--relay 127.0.0.1:9/abc",
        "--relay 127.0.0.1:9/",
        "--relay 127.0.0.1:9/a/b/c/d",
        "--relay 127.0.0.1/abcd",
        "--relay unix:place/abcd",
        "--relay 127.0.0.1:9 --stdio",
        "--relay 127.0.0.1:9 --listen :9",
    ] {
        sandbox.keypact(&format!("exchange --trust-transport {way}")).fails(2);
    }
}

#[test]
fn under_another_name_nobody_comes_and_without_a_relay_nothing_is_there() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    let exchange = "exchange --trust-transport -o";
    let mut one = start(&sandbox, &format!("{exchange} one --wait 1 --relay {address}/place-1"));
    let mut two = start(&sandbox, &format!("{exchange} two --wait 1 --relay {address}/place-2"));
    let mut three = start(
        &sandbox,
        &format!("{exchange} three --wait 0 --relay 127.0.0.1:1/place-3"),
    );
    one.fails(5, "nobody came in time");
    two.fails(5, "nobody came in time");
    three.fails(5, "see that the relay runs");
    assert_eq!(sandbox.names(), [""; 0]);
}

/// Who guesses the name gets the peer's place, and no more than anybody else in the middle: one guess, and no second one.
#[test]
fn a_stranger_under_the_name_has_one_guess() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    sandbox.write("right", "topmost-istanbul-pluto");
    sandbox.write("wrong", "topmost-istanbul-tycoon");
    let exchange = format!("exchange --relay {address}/our-place --code-file");
    let mut alice = start(&sandbox, &format!("{exchange} right -o alice"));
    let mut mallory = start(&sandbox, &format!("--home mallory {exchange} wrong -o mallory.key"));
    alice.fails(3, "the one-time codes differ");
    mallory.fails(3, "the one-time codes differ");
    assert!(!sandbox.file("alice").exists());
}

/// What a stranger may do to the other side is the same over any wire: here, to be no keypact at all.
#[test]
fn a_stranger_who_talks_nonsense_is_named() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    let mut alice = start(
        &sandbox,
        &format!("exchange --trust-transport --relay {address}/backup-7 -o key"),
    );
    let mut stranger = TcpStream::connect(&address).unwrap();
    // The token of that name, as docs/spec/relay.md has it.
    stranger
        .write_all(b"please relay ea7ce93a7d2e5a1cfb56798a18ab2bbcab72628247183e4cf0bd22149a87fbc3 for side 0000000000000000\n")
        .unwrap();
    let mut ok = [0; 3];
    stranger.read_exact(&mut ok).unwrap();
    assert_eq!(&ok, b"ok\n");
    stranger.write_all(b"220 mail.example ESMTP\r\n").unwrap();
    alice.fails(5, "220 mail.example ESMTP");
}

/// A line to the relay that breaks after three megabytes, of which the relay learns nothing; the next one holds.
fn breaking_line(relay: &str) -> String {
    let (listener, relay) = (TcpListener::bind("127.0.0.1:0").unwrap(), relay.to_owned());
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for limit in [3 << 20, u64::MAX] {
            let (guest, _) = listener.accept().unwrap();
            let host = TcpStream::connect(&relay).unwrap();
            kept.push(host.try_clone().unwrap());
            let (mut up, mut down) = (guest.try_clone().unwrap(), host.try_clone().unwrap());
            thread::spawn(move || io::copy(&mut down, &mut up));
            // Whichever side has gone, the line is over.
            let _ = io::copy(&mut (&guest).take(limit), &mut &host);
            let _ = guest.shutdown(Shutdown::Both);
        }
        let _ = kept[1].shutdown(Shutdown::Both);
    });
    address
}

#[test]
fn a_transfer_goes_on_at_the_relay_when_a_line_breaks() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    let letter: Vec<u8> = (0..6_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    sandbox.write("letter", &letter);
    let way = "--trust-transport --retry 20 --relay";
    let line = breaking_line(&address);
    let mut bob = start(
        &sandbox,
        &format!("receive {way} {address}/our-place --events events -o copy"),
    );
    let mut alice = start(&sandbox, &format!("send {way} {line}/our-place letter"));
    alice.succeeds();
    bob.succeeds();
    assert!(sandbox.read("copy") == letter);
    assert_eq!(sandbox.text("events").matches(r#""event":"broken""#).count(), 1);
}
