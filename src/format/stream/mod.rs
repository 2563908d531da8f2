//! The payload: 64 KiB chunks, each released as soon as it is authenticated.
//!
//! ```text
//! chunk i = ChaCha20-Poly1305(payload key, nonce = i (11 bytes, big-endian) || last, up to 65,536 bytes)
//! last    = 1 for the final chunk, which is empty only in an empty file; 0 for all others, which are full
//! ```
//!
//! [`Writer`] and [`Reader`] work a chunk at a time for whoever calls them; [`Writer::finish_from`] and
//! [`Reader::copy_to`] move a whole payload on several processors; [`SeekReader`] reads any part of one.

mod batch;
mod belt;
mod copy;
mod intake;
mod reader;
mod seek;
mod sync;
#[cfg(test)]
mod tests;
mod writer;

pub use copy::Jobs;
pub use reader::Reader;
pub use seek::SeekReader;
pub use writer::Writer;

use super::PayloadError;
use crate::crypto::aead::{Nonce, TAG};

/// Plaintext bytes in a full chunk.
pub const CHUNK: usize = 64 << 10;
/// Bytes that a full chunk takes in the file.
pub const SEALED_CHUNK: usize = CHUNK + TAG;

/// A chunk's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Others follow.
    Middle,
    /// The last one.
    Final,
}

/// How far a reader or writer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
    Failed(PayloadError),
}

fn nonce(index: u64, place: Place) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&index.to_be_bytes());
    nonce[11] = u8::from(place == Place::Final);
    nonce
}
