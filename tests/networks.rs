//! Networks of the test's own: two sides behind NAT that reach only a third machine, over lines that lose packets, and one
//! machine that reaches nothing.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/namespaces.rs"]
mod namespaces;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;
#[path = "support/sshd.rs"]
mod sshd;
#[path = "support/tools.rs"]
mod tools;

use namespaces::{At, MIDDLE, Network, permits};
use sandbox::Sandbox;
use side::Side;
use sshd::Server;

const CODE: &str = "solo-recipe-snowcap";

/// A letter that is found again wherever it lies open, and the code that both sides know.
fn prepared() -> (Sandbox, Vec<u8>) {
    let sandbox = Sandbox::new();
    let letter: Vec<u8> = (0..100_000)
        .flat_map(|line| format!("Dear Bob, {line}\n").into_bytes())
        .collect();
    sandbox.write("letter", &letter);
    sandbox.write("code", CODE);
    (sandbox, letter)
}

#[test]
fn two_sides_behind_nat_meet_at_a_relay() {
    let (sandbox, letter) = prepared();
    let Some(network) = Network::with_a_middle(&sandbox, "two sides behind NAT and a relay") else {
        return;
    };
    let mut relay = Side::run(
        &sandbox,
        network.keypact(At::Middle, &["relay", "--listen", &format!("{MIDDLE}:0")]),
    );
    let relay_address = relay.address();

    let mut direct = Side::run(
        &sandbox,
        network.keypact(
            At::Alice,
            &["send", "--code-file", "code", "--listen", "10.77.1.2:4242", "letter"],
        ),
    );
    direct.address();
    let connect = [
        "receive",
        "--code-file",
        "code",
        "--wait",
        "1",
        "--connect",
        "10.77.1.2:4242",
        "-o",
        "direct",
    ];
    Side::run(&sandbox, network.keypact(At::Bob, &connect)).fails(5, "cannot reach 10.77.1.2:4242");
    drop(direct);

    let meeting = format!("{relay_address}/our-place");
    let way = ["--code-file", "code", "--relay", &meeting];
    let mut alice = Side::run(
        &sandbox,
        network.keypact(At::Alice, &[&["send"], &way[..], &["letter"]].concat()),
    );
    let mut bob = Side::run(
        &sandbox,
        network.keypact(At::Bob, &[&["receive"], &way[..], &["-o", "copy"]].concat()),
    );
    bob.succeeds();
    alice.succeeds();
    assert!(sandbox.read("copy") == letter);
}

#[test]
fn two_sides_behind_nat_meet_by_two_logins_and_the_middle_sees_ciphertext() {
    let (sandbox, letter) = prepared();
    let what = "two sides behind NAT and two logins";
    if !sshd::can(what) || !tools::are_there(&[tools::program("socat")], what) {
        return;
    }
    let Some(network) = Network::with_a_middle(&sandbox, what) else {
        return;
    };
    let within = Network::within(At::Middle);
    let at = format!("{MIDDLE}:22").parse().unwrap();
    let server = Server::start(&sandbox, at, &within.each_ref().map(String::as_str));
    let side = |at: At, words: &[&str]| Side::run(&sandbox, server.reached_by(network.keypact(at, words)));
    // As the guide has it, with a record of both directions.
    let alice = "ssh -T middle.example socat -r from-alice -R from-bob - UNIX-LISTEN:meeting";
    let bob = "ssh -T middle.example socat - UNIX-CONNECT:meeting,retry=100,interval=0.1";
    let mut alice = side(At::Alice, &["send", "--code-file", "code", "--exec", alice, "letter"]);
    let mut bob = side(
        At::Bob,
        &["receive", "--code-file", "code", "--exec", bob, "-o", "copy"],
    );
    bob.succeeds();
    alice.succeeds();
    assert!(sandbox.read("copy") == letter);
    let seen = [sandbox.read("remote/from-alice"), sandbox.read("remote/from-bob")].concat();
    assert!(seen.len() > letter.len());
    for open in [&b"Dear Bob"[..], b"letter", b"recipe"] {
        assert!(!seen.windows(open.len()).any(|window| window == open));
    }
}

/// A machine with no way out: all works, and nothing is even tried.
#[test]
fn nothing_phones_home() {
    let programs = ["unshare", "ip", "strace"].map(tools::program);
    let what = "a transfer without a way out";
    let (sandbox, letter) = prepared();
    if !tools::are_there(&programs, what) {
        return;
    }
    let alone = "unshare --map-root-user --net sh -ec";
    if !permits(&sandbox, &format!("{alone} 'ip link set lo up'")) {
        tools::say(what, "this system permits no network namespaces");
        return;
    }
    let script = "PATH=$PATH:/usr/sbin:/sbin
        ip link set lo up
        watched() { strace -f -qq -e trace=connect,sendto,sendmsg,sendmmsg -e signal=none -o $1.calls keypact $@; }
        watched send --code-file code --listen 127.0.0.1:4242 letter &
        watched receive --code-file code --connect 127.0.0.1:4242 -o copy
        wait $!";
    let mut command = sandbox.command("unshare");
    command.args(["--map-root-user", "--net", "sh", "-ec", script]);
    Side::run(&sandbox, command).succeeds();
    assert!(sandbox.read("copy") == letter);
    let calls = sandbox.text("send.calls") + &sandbox.text("receive.calls");
    let addressed: Vec<&str> = calls.lines().filter(|call| call.contains("sa_family=")).collect();
    assert!(!addressed.is_empty());
    for call in addressed {
        assert!(
            call.contains("sin_port=htons(4242), sin_addr=inet_addr(\"127.0.0.1\")"),
            "{call}"
        );
    }
}
