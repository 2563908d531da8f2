//! magic-wormhole's relay under our two sides, and our relay under magic-wormhole.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::guests::{meet_and_move, meet_by_a_drawn_name};
use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{relay, start, tools};

/// A program of magic-wormhole's, or `None` where it is not installed.
fn program(name: &str, what: &str) -> Option<PathBuf> {
    let path = tools::installed("wormhole/bin").join(name);
    tools::are_there(&[&path], what).then_some(path)
}

/// A server under `twist`, and its address.
fn twist(sandbox: &Sandbox, twist: &PathBuf, words: &[&str]) -> (Side, String) {
    let mut command = sandbox.command(twist);
    command.args(words);
    let mut server = Side::run(sandbox, command);
    let port = loop {
        let said = String::from_utf8_lossy(&server.stdout()).into_owned();
        let port = said
            .split_once(" starting on ")
            .map(|(_, rest)| rest.split(|digit: char| !digit.is_ascii_digit()));
        if let Some(port) = port.and_then(|mut pieces| pieces.next().filter(|port| !port.is_empty())) {
            break port.to_owned();
        }
        assert!(server.is_running(), "{said}{}", server.stderr());
        assert!(server.age() < Duration::from_secs(60), "never listened: {said}");
        std::thread::sleep(Duration::from_millis(20));
    };
    (server, format!("127.0.0.1:{port}"))
}

/// The relay of magic-wormhole.
fn transit_relay(sandbox: &Sandbox) -> Option<(Side, String)> {
    let path = program("twist", "magic-wormhole's relay")?;
    Some(twist(
        sandbox,
        &path,
        &["transitrelay", "--port=tcp:0:interface=127.0.0.1"],
    ))
}

#[test]
fn its_relay_leads_to_the_peer() {
    let sandbox = Sandbox::new();
    let Some((_server, relay)) = transit_relay(&sandbox) else {
        return;
    };
    meet_by_a_drawn_name(&sandbox, &relay);
    meet_and_move(&sandbox, &relay);
}

#[test]
fn its_relay_leads_nowhere_under_another_name() {
    let sandbox = Sandbox::new();
    let Some((_server, relay)) = transit_relay(&sandbox) else {
        return;
    };
    let exchange = "exchange --trust-transport --wait 1 -o";
    let mut one = start(&sandbox, &format!("{exchange} one --relay {relay}/first-place"));
    let mut two = start(&sandbox, &format!("{exchange} two --relay {relay}/other-place"));
    one.fails(5, "nobody came in time");
    two.fails(5, "nobody came in time");
}

#[test]
fn our_relay_serves_it() {
    let sandbox = Sandbox::new();
    let (Some(wormhole), Some(path)) = (program("wormhole", "magic-wormhole"), program("twist", "its servers")) else {
        return;
    };
    let (_relay, address) = relay(&sandbox, &[]);
    let (_mailbox, mailbox) = twist(
        &sandbox,
        &path,
        &["wormhole-mailbox", "--port=tcp:0:interface=127.0.0.1"],
    );
    let side = |words: &[&str]| {
        let mut command = sandbox.command(&wormhole);
        command.args(["--relay-url", &format!("ws://{mailbox}/v1")]);
        command.args(["--transit-helper", &format!("tcp:{address}")]);
        command.args(words);
        Side::run(&sandbox, command)
    };
    let letter = vec![b'x'; 3_000_000];
    sandbox.write("letter", &letter);
    let code = "4-topmost-istanbul";
    let mut sender = side(&["send", "--no-listen", "--hide-progress", "--code", code, "letter"]);
    let mut receiver = side(&[
        "receive",
        "--no-listen",
        "--hide-progress",
        "--accept-file",
        "-o",
        "copy",
        code,
    ]);
    receiver.succeeds();
    sender.succeeds();
    assert!(fs::read(sandbox.file("copy")).unwrap() == letter);
    assert!(receiver.stderr().contains("relay"), "{}", receiver.stderr());
}
