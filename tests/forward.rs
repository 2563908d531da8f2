//! `keypact forward` as two real processes between clients and servers of the test: what is connected to what, who may reach
//! what, and what becomes of connections when something breaks.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/meeting.rs"]
mod meeting;
#[path = "support/relay.rs"]
mod relay;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;
#[path = "support/tools.rs"]
mod tools;

#[path = "forward/breaks.rs"]
mod breaks;
#[path = "forward/streams.rs"]
mod streams;

use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use sandbox::Sandbox;
use side::Side;

/// How long it may take until one side knows what became of the other.
const SOON: Duration = Duration::from_secs(5);

/// Both sides: one that allows, one that forwards; each with its words.
fn pair(sandbox: &Sandbox, allowing: &[&str], forwarding: &[&str]) -> [Side; 2] {
    let start = |first: &[&str], words: &[&str]| Side::start(sandbox, &[first, words].concat());
    let mut alice = start(
        &["forward", "-v", "--trust-transport", "--listen", "unix:meet"],
        allowing,
    );
    alice.says("listening");
    let mut bob = start(
        &["forward", "-v", "--trust-transport", "--connect", "unix:meet"],
        forwarding,
    );
    bob.says("agreed");
    [alice, bob]
}

/// Both sides around one server, and the address at which it is reached.
fn around(sandbox: &Sandbox, server: &str) -> ([Side; 2], String) {
    let forward = format!("0:{server}");
    let mut sides = pair(sandbox, &["--allow", server], &["-L", &forward]);
    let address = entrance(&mut sides[1]);
    (sides, address)
}

/// Where a side takes connections.
fn entrance(side: &mut Side) -> String {
    let said = side.says(" leads to ");
    let line = said.lines().find(|line| line.contains(" leads to ")).unwrap();
    let (address, _) = line
        .strip_prefix("keypact: ")
        .unwrap()
        .split_once(" leads to ")
        .unwrap();
    address.to_owned()
}

/// A server that does this with each connection, and where it is.
fn serve(act: impl Fn(&TcpStream) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let act = act.clone();
            thread::spawn(move || act(&stream.unwrap()));
        }
    });
    address
}

/// Gives everything back, to the end.
fn echo(mut stream: &TcpStream) {
    // A client that goes away early takes no more.
    let _ = io::copy(&mut { stream }, &mut stream);
}

/// A connection that is cut is not one that has ended.
#[track_caller]
fn is_reset(mut stream: TcpStream) {
    stream.set_read_timeout(Some(SOON)).unwrap();
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

/// Bytes that differ from seed to seed.
fn content(length: usize, seed: u64) -> Vec<u8> {
    (0..length as u64)
        .map(|at| (at.wrapping_mul(0x9e37_79b9) ^ seed.wrapping_mul(77)).to_le_bytes()[1])
        .collect()
}
