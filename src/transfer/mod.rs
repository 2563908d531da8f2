//! Moving files and folders over a verified channel: offered, decided upon, streamed under a key of their own,
//! acknowledged. Byte-exact text: `docs/spec/transfer.md`.
//!
//! ```text
//!   sender                                                           receiver
//!   MANIFEST… names, sizes, modes, times            ─────────────►   looks what it has
//!             ◄─────────────  "the hash of your first n bytes?"      QUERY…, or nothing
//!   ANSWER…   the hashes                            ─────────────►   decides
//!             ◄─────────────  what it wants                          ACCEPT…
//!   FILE_KEY  the file key, wrapped under the session ───────────►   unwraps; both change keys
//!   FDATA…    contents, each with its BLAKE3 behind it ──────────►   writes to where nothing has its name yet
//!   TEND      count, bytes, hash                    ─────────────►   compares, syncs, gives all their names
//!             ◄─────────────  hash as written                        FACK
//!   CLOSE                                          ◄────────────►    CLOSE
//! ```
//!
//! The sender has succeeded only when the receiver has said, under the session's keys, that everything is on its disk
//! under its final name.

mod ahead;
mod behind;
mod manifest;
mod member;
mod message;
mod padding;
mod receive;
mod send;
mod talk;

pub use ahead::Source;
pub use behind::{Landing, Soundness};
pub use manifest::{Entry, FileId, Kind, MOST_ENTRIES, Manifest, Modified, Reading};
pub use member::Member;
pub use message::{Choice, Choices, Hash, Query, queries, read_queries};
pub use padding::Padding;
pub use receive::receive;
pub use send::send;

use std::io;
use std::sync::Arc;

use crate::channel;
use crate::crypto::hash::Blake3;
use crate::crypto::rng::RngError;

/// What happens while a transfer runs, for whoever shows it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// What is offered to this side, or by it, has been accepted as far as the choices say.
    Accepted(&'a Arc<Manifest>, &'a Arc<Choices>),
    /// The file key travels in this form: wrapped under a key of the session.
    KeyWrapped(&'a [u8]),
    /// This many bytes of content have been sent or taken in.
    Progress(u64),
    /// The content of the entry of this number has been sent or written to its end.
    Ended(usize, &'a Hash),
}

/// A transfer that has come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Files that the receiver has now, those among them that it had before.
    pub files: u32,
    /// Bytes of content that have travelled.
    pub bytes: u64,
    /// BLAKE3 of the content, where one file or stream was offered; else of the hashes of all files that the receiver has
    /// now, in their order. The same on both sides.
    pub blake3: Hash,
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
    /// The content differs from the sender's hash or size: it was not kept.
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
    Target(#[source] io::Error),
    /// This side does not take what is offered.
    #[error("refused: {0}")]
    Refused(#[source] io::Error),
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

/// The hash of a transfer while it grows.
#[derive(Default)]
struct Total {
    files: u32,
    hashes: Blake3,
    sole: Option<Hash>,
}

impl Total {
    fn add(&mut self, hash: &Hash) {
        self.files += 1;
        self.hashes.update(hash);
        self.sole = Some(*hash);
    }

    fn finish(&self, offer: &Manifest, bytes: u64) -> Receipt {
        let sole = self.sole.filter(|_| offer.sole_content().is_some());
        Receipt {
            files: self.files,
            bytes,
            blake3: sole.unwrap_or_else(|| self.hashes.finish()),
        }
    }
}
