//! The bodies of the fuzz targets. The fuzzer calls them, and so does `tests/fuzz_corpus.rs`, which replays the kept
//! inputs with ordinary `cargo test`.
//!
//! Each takes bytes that a stranger could send and checks more than the absence of a crash: what is read would be
//! written the same, only authentic plaintext is released, and nobody but the honest peer is agreed with.

use keypact::crypto::hash;
use keypact::crypto::rng::{Rng, RngError};

pub mod courier;
pub mod exchange;
pub mod file;
pub mod forward;
pub mod offers;
pub mod parts;
pub mod plugin;
pub mod relay;
pub mod ssh;
pub mod wire;

/// The body of a target.
pub type Target = fn(&[u8]);

/// All targets: name, body, and how many mutations of each kept input an ordinary test run can afford.
pub const TARGETS: &[(&str, Target, u32)] = &[
    ("armor", file::armor, 2000),
    ("courier_packet", courier::packet, 2000),
    ("courier_picture", courier::picture, 200),
    ("courier_shares", courier::shares, 300),
    ("courier_spoken", courier::spoken, 300),
    ("encodings", file::encodings, 2000),
    ("enrolment", exchange::enrolment, 50),
    ("handshake_initiator", exchange::handshake_initiator, 25),
    ("handshake_responder", exchange::handshake_responder, 25),
    ("header", file::header, 2000),
    ("identities", file::identities, 2000),
    ("offers", offers::offers, 2000),
    ("plugin", plugin::plugin, 500),
    ("public_key", exchange::public_key, 2000),
    ("range", parts::range, 50),
    ("records", wire::records, 50),
    ("requests", relay::requests, 500),
    ("saved_state", exchange::saved_state, 25),
    ("ssh_keys", ssh::ssh_keys, 500),
    ("stream", file::stream, 50),
    ("streams", forward::streams, 2000),
    ("token", exchange::token, 1000),
];

/// An input to begin with: its target, its name and its bytes.
pub type Seed = (&'static str, &'static str, Vec<u8>);

/// Inputs that go all the way through their target, and others that come far.
pub fn seeds() -> Vec<Seed> {
    [
        courier::seeds(),
        exchange::seeds(),
        file::seeds(),
        forward::seeds(),
        offers::seeds(),
        parts::seeds(),
        plugin::seeds(),
        relay::seeds(),
        ssh::seeds(),
        wire::seeds(),
    ]
    .concat()
}

/// Randomness that is the same in every run: SHA-256 of a seed and a counter.
struct Seeded {
    block: [u8; 32],
}

impl Seeded {
    fn new(seed: &str) -> Self {
        Self {
            block: hash::sha256(&[seed.as_bytes()]),
        }
    }
}

impl Rng for Seeded {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        for piece in out.chunks_mut(32) {
            self.block = hash::sha256(&[&self.block]);
            piece.copy_from_slice(&self.block[..piece.len()]);
        }
        Ok(())
    }
}
