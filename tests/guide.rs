//! The shell blocks of docs/guide.md, run one after the other in one folder, with an ssh server of the test's own.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/blocks.rs"]
mod blocks;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;
#[path = "support/sshd.rs"]
mod sshd;
#[path = "support/tools.rs"]
mod tools;

use std::fs;

use sandbox::Sandbox;
use side::Side;
use sshd::Server;

/// Files that the blocks bring, here or where ssh leads.
const ARRIVED: &[&str] = &[
    "remote/by-ssh.txt",
    "remote/by-jump.txt",
    "by-socat.txt",
    "by-cable.txt",
    "by-fifo.txt",
    "by-two-logins.txt",
    "by-tunnel.txt",
    "by-relay.txt",
    "by-pipe.txt",
    "by-forward.txt",
    "by-mail.txt",
];

#[test]
fn every_block_works() {
    if !sshd::can("the guide") || !tools::are_there(&[tools::program("socat")], "the guide") {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("letter.txt", "Dear Bob,\n".repeat(20_000));
    let server = Server::start(&sandbox, sshd::somewhere(), &[]);
    let blocks = blocks::of(include_str!("../docs/guide.md"));
    assert_eq!(blocks.len(), ARRIVED.len());
    for block in blocks {
        let mut shell = server.reached_by(sandbox.command("bash"));
        shell.args(["-c", &format!("set -eo pipefail\n{block}")]);
        let mut ran = Side::run(&sandbox, shell);
        assert_eq!(ran.code(), 0, "{block}\n{}\n{}", ran.stderr(), server.log());
    }
    for name in ARRIVED {
        assert!(
            fs::read(sandbox.file(name)).unwrap() == sandbox.read("letter.txt"),
            "{name}"
        );
    }
    assert!(!sandbox.has_partial_file());
}
