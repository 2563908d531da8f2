//! `--relay` and `keypact relay`: two sides that meet at a relay, ours or magic-wormhole's; relays that are none, and
//! guests that are hostile.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;
#[path = "support/tools.rs"]
mod tools;

#[path = "relay/foreign.rs"]
mod foreign;
#[path = "relay/guests.rs"]
mod guests;
#[path = "relay/hosts.rs"]
mod hosts;
#[path = "relay/limits.rs"]
mod limits;

use sandbox::Sandbox;
use side::Side;

/// Our relay, on a port of its own.
fn relay(sandbox: &Sandbox, more: &[&str]) -> (Side, String) {
    let mut relay = Side::start(sandbox, &[&["relay", "--listen", "127.0.0.1:0"], more].concat());
    let address = relay.address();
    (relay, address)
}

/// `keypact` with words that have no spaces in them.
fn start(sandbox: &Sandbox, words: &str) -> Side {
    Side::start(sandbox, &words.split_whitespace().collect::<Vec<_>>())
}
