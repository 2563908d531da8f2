//! `keypact send` and `keypact receive` as two real processes, and `keypact tour`: what arrives, what it is called, and
//! what is left when somebody dies on the way.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/meeting.rs"]
mod meeting;
#[path = "support/namespaces.rs"]
mod namespaces;
#[path = "support/relay.rs"]
mod relay;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/script.rs"]
mod script;
#[path = "support/side.rs"]
mod side;
#[path = "support/tools.rs"]
mod tools;
#[path = "support/tree.rs"]
mod tree;

#[path = "transfer/deaths.rs"]
mod deaths;
#[path = "transfer/files.rs"]
mod files;
#[path = "transfer/limits.rs"]
mod limits;
#[path = "transfer/lines.rs"]
mod lines;
#[path = "transfer/names.rs"]
mod names;
#[path = "transfer/packing.rs"]
mod packing;
#[path = "transfer/resume.rs"]
mod resume;
#[path = "transfer/retry.rs"]
mod retry;
#[path = "transfer/tour.rs"]
mod tour;
#[path = "transfer/trees.rs"]
mod trees;

use std::fs;
use std::process::Stdio;

use sandbox::Sandbox;
use side::{Side, keypact};

/// Words of a sender that trusts its wire.
const SEND: [&str; 4] = ["send", "--trust-transport", "--connect", "unix:meet"];
/// Words of the receiver that it goes to.
const RECEIVE: [&str; 4] = ["receive", "--trust-transport", "--listen", "unix:meet"];

/// A sandbox with a folder `in` for what arrives.
fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.file("in")).unwrap();
    sandbox
}

fn sender(sandbox: &Sandbox, words: &[&str]) -> Side {
    Side::start(sandbox, &[&SEND, words].concat())
}

fn receiver(sandbox: &Sandbox, words: &[&str]) -> Side {
    let mut receiver = Side::start(sandbox, &[&RECEIVE, words].concat());
    receiver.says("listening");
    receiver
}

/// A sender of what the test writes to its standard input.
fn feeder(sandbox: &Sandbox, words: &[&str]) -> (Side, std::io::PipeWriter) {
    let (reading, writing) = std::io::pipe().unwrap();
    let mut command = keypact(sandbox, &[&SEND, words].concat());
    command.stdin(Stdio::from(reading));
    (Side::run(sandbox, command), writing)
}

/// The names in the folder `in`.
fn arrived(sandbox: &Sandbox) -> Vec<String> {
    let names = fs::read_dir(sandbox.file("in")).unwrap();
    names
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}
