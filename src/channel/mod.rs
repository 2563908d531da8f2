//! Records under the keys of an exchange: sealed in order, opened in order, closed by a record and never by silence.
//! Byte-exact text: `docs/spec/channel.md`.
//!
//! [`Gate`] comes first: it carries each side's word that it has verified the other, and nothing else. It turns into a
//! [`Channel`] only with a verified agreement in hand and the peer's word received.

mod batch;
mod coding;
mod duplex;
mod fresh;
mod gate;
mod record;

pub use batch::Batch;
pub use coding::Coding;
pub(crate) use coding::{Packer, Unpacker};
pub use duplex::{Inbound, KEEP_ALIVE, Order, Outbound, RENEWAL, speak};
pub use fresh::Refresh;
pub use gate::{Channel, Gate, Wish, Word};
pub use record::{Draft, HEADER_LEN, Kind, MAX_BODY, MAX_RECORD, MIN_RECORD, Opener, Sealer, record_len};

pub use crate::crypto::bulk::Cipher;
use crate::handshake::Alert;

/// What carries whole messages to the peer and back; the driver of a wire implements it, and so does a test.
pub trait Link {
    /// Why the wire failed.
    type Error;

    /// Sends one or more whole records and gives a buffer back for the next, whatever it holds.
    ///
    /// # Errors
    /// When the peer is gone or takes nothing for too long.
    fn send(&mut self, records: Vec<u8>) -> Result<Vec<u8>, Self::Error>;

    /// The peer's next record, header included; waits for it.
    ///
    /// # Errors
    /// When the peer is gone or silent for too long.
    fn receive(&mut self) -> Result<Vec<u8>, Self::Error>;

    /// As many of the peer's next records as have come, and one at least, one behind the other; takes a buffer that is of
    /// use no more.
    ///
    /// # Errors
    /// As [`Link::receive`].
    fn receive_many(&mut self, spent: Vec<u8>) -> Result<Vec<u8>, Self::Error> {
        drop(spent);
        self.receive()
    }

    /// The peer's next record, if one is there already.
    ///
    /// # Errors
    /// When the peer is gone.
    fn poll(&mut self) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Why records stop making sense. All of these end the session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A record was changed, repeated, left out or moved.
    #[error("a record is not authentic")]
    NotAuthentic,
    /// An authentic record that has no place here: the peer's program is wrong.
    #[error("the peer broke the protocol: {0}")]
    Protocol(&'static str),
    /// The peer gives up and says why, under the session key.
    #[error("the peer gave up: {0}")]
    Alerted(Alert),
    /// The peer did not renew its key in time.
    #[error("the peer used one key for too long")]
    KeyWornOut,
}
