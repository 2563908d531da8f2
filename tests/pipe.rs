//! `keypact pipe` as two real processes: what comes out of the other end, when it ends, and who learns of what went wrong.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/relay.rs"]
mod relay;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;

#[path = "pipe/deaths.rs"]
mod deaths;
#[path = "pipe/streams.rs"]
mod streams;

use std::fs::File;
use std::io::{PipeReader, PipeWriter};
use std::process::Stdio;
use std::time::Duration;

use sandbox::Sandbox;
use side::{Side, keypact};

/// Words of the side that waits, and of the one that goes to it.
const LISTEN: [&str; 4] = ["pipe", "--trust-transport", "--listen", "unix:meet"];
const CONNECT: [&str; 4] = ["pipe", "--trust-transport", "--connect", "unix:meet"];

/// How long it may take until one side knows what became of the other.
const SOON: Duration = Duration::from_secs(5);

/// Both sides, each with these further words and this on standard input, and with standard output in a file.
fn pair(sandbox: &Sandbox, words: &[&str], inputs: [Stdio; 2]) -> [Side; 2] {
    let [one, other] = inputs;
    let start = |first: &[&str], input| {
        let mut command = keypact(sandbox, &[first, words].concat());
        command.stdin(input);
        Side::run(sandbox, command)
    };
    let mut alice = start(&LISTEN, one);
    alice.says("listening");
    [alice, start(&CONNECT, other)]
}

/// Both sides, with ends of pipes in the test's hands: what it writes to each, and what it reads of each.
fn held(sandbox: &Sandbox, words: &[&str]) -> ([Side; 2], [PipeWriter; 2], [PipeReader; 2]) {
    let [first, second] = [(); 2].map(|()| (std::io::pipe().unwrap(), std::io::pipe().unwrap()));
    let ((input, feed), (result, output)) = first;
    let mut alice = Side::with_pipes(sandbox, &[&LISTEN, words].concat(), (input, output));
    alice.says("listening");
    let ((input, other_feed), (other_result, output)) = second;
    let bob = Side::with_pipes(sandbox, &[&CONNECT, words].concat(), (input, output));
    ([alice, bob], [feed, other_feed], [result, other_result])
}

/// Standard input that is a file of the sandbox.
fn file(sandbox: &Sandbox, name: &str) -> Stdio {
    File::open(sandbox.file(name)).unwrap().into()
}

/// Bytes that are no text and do not repeat soon.
fn content(length: usize, seed: u8) -> Vec<u8> {
    (0..length as u64)
        .flat_map(|word| (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(seed)).to_le_bytes())
        .take(length)
        .collect()
}
