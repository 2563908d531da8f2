//! Moving a file over a verified channel: offered, accepted, streamed under a key of its own, acknowledged.
//! Byte-exact text: `docs/spec/transfer.md`.
//!
//! ```text
//!   sender                                                           receiver
//!   MANIFEST  id, name, size, mode                  ─────────────►   decides
//!             ◄─────────────  id, whole                              ACCEPT
//!   FILE_KEY  the file key, wrapped under the session ───────────►   unwraps; both change keys
//!   FDATA...  offset, bytes                         ─────────────►   writes to a file that has no name yet
//!   FEND TEND size, BLAKE3                          ─────────────►   compares, syncs, gives it its name
//!             ◄─────────────  BLAKE3 as written                      FACK
//!   CLOSE                                          ◄────────────►    CLOSE
//! ```
//!
//! The sender has succeeded only when the receiver has said, under the session's keys, that the file is on its disk
//! under its final name.

mod message;
mod receive;
mod send;

pub use message::{Entry, FileId, MAX_NAME};
pub use receive::{Sink, receive};
pub use send::{Source, send};

use std::io;
use std::time::Duration;

use crate::channel;
use crate::crypto::rng::RngError;

/// Silence after which this side says that it is still alive; the peer's patience is longer (30 s by default).
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// What happens while a transfer runs, for whoever shows it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A file is offered to this side, or this side's offer has been accepted.
    Accepted(&'a Entry),
    /// The file key travels in this form: wrapped under a key of the session.
    KeyWrapped(&'a [u8]),
    /// This many bytes of the file have been sent or taken in.
    Progress(u64),
}

/// A file that has arrived whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Length in bytes.
    pub size: u64,
    /// BLAKE3 of the content, the same on both sides.
    pub blake3: [u8; 32],
}

/// Why a transfer failed; `E` is the wire's own error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error<E: std::error::Error + 'static> {
    /// The wire.
    #[error(transparent)]
    Link(E),
    /// A record is not authentic, out of place, or says that the peer gives up.
    #[error(transparent)]
    Channel(#[from] channel::Error),
    /// The content differs from the sender's hash or size: nothing was kept.
    #[error("the content does not match what the sender announced")]
    Content,
    /// Our source cannot be read.
    #[error("cannot read the source")]
    Source(#[source] io::Error),
    /// Our source has not the length any more that was announced.
    #[error("the source changed while it was sent: {announced} bytes announced, {read} read")]
    SourceChanged {
        /// Length in the manifest.
        announced: u64,
        /// Length that was read.
        read: u64,
    },
    /// Our target cannot be written.
    #[error("cannot write the target")]
    Sink(#[source] io::Error),
    /// This side does not take what is offered.
    #[error("refused: {0}")]
    Refused(String),
    /// No randomness.
    #[error(transparent)]
    Rng(#[from] RngError),
}

impl<E: std::error::Error + 'static> Error<E> {
    /// Whether the peer itself has said, under the session's keys, that it gives up.
    fn is_from_peer(&self) -> bool {
        matches!(self, Self::Channel(channel::Error::Alerted(_)))
    }
}
