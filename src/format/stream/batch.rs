//! Some chunks in one buffer, read, sealed or opened, and written at once.
//!
//! ```text
//! to seal   text 0 | room for tag | text 1 | room | ... | one byte ahead       the tags are filled in, and it is one piece
//! to open   a chunk's room | sealed 0 | sealed 1 | ... | one byte ahead        the plaintexts move together at the front
//! ```
//!
//! The byte ahead tells whether the last chunk is the file's last. A plaintext never moves over its own ciphertext, so a
//! chunk that does not open in one place can be tried in the other.

use std::cell::Cell;
use std::io::{self, IoSliceMut, Read};
use std::ops::Range;

use zeroize::Zeroize;

use super::{CHUNK, Place, SEALED_CHUNK, State, nonce};
use crate::crypto::aead::TAG;
use crate::crypto::bulk::Bulk;
use crate::format::PayloadError;

/// What becomes of the chunks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Seal,
    Open,
}

impl Work {
    /// Bytes of a chunk before the work.
    fn chunk(self) -> usize {
        match self {
            Self::Seal => CHUNK,
            Self::Open => SEALED_CHUNK,
        }
    }

    fn gap(self) -> usize {
        match self {
            Self::Seal => 0,
            Self::Open => CHUNK,
        }
    }
}

thread_local! {
    /// The buffer of this thread's last batch, wiped: the next file needs no fresh memory.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The buffer.
pub(super) struct Batch {
    work: Work,
    chunks: usize,
    buffer: Vec<u8>,
    /// Bytes taken from the source, without the room between them.
    filled: usize,
    /// How far into the buffer anything was written: what is to be wiped.
    touched: usize,
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.buffer[..self.touched].zeroize();
        let buffer = std::mem::take(&mut self.buffer);
        // At the end of a thread there is no next file, and no place for a spare.
        let _ = SPARE.try_with(|spare| spare.set(buffer));
    }
}

/// What a batch has become.
pub(super) struct Done {
    /// Where the result stands in the buffer.
    pub(super) ready: Range<usize>,
    pub(super) state: State,
}

impl Batch {
    /// Room for this many chunks.
    pub(super) fn new(work: Work, chunks: usize) -> Self {
        let length = work.gap() + chunks * SEALED_CHUNK + 1;
        let mut buffer = SPARE.try_with(Cell::take).unwrap_or_default();
        if buffer.len() < length {
            buffer = vec![0; length];
        }
        Self {
            work,
            chunks,
            buffer,
            filled: 0,
            touched: 0,
        }
    }

    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// How many bytes it still takes.
    pub(super) fn free(&self) -> usize {
        self.chunks * self.work.chunk() + 1 - self.filled
    }

    /// For the next chunks.
    pub(super) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Chunks in it, of which the last may not be whole.
    pub(super) fn count(&self) -> usize {
        self.filled.div_ceil(self.work.chunk())
    }

    /// Takes more from `source`; 0 only at its end.
    pub(super) fn read(&mut self, source: &mut impl Read) -> io::Result<usize> {
        let (chunk, filled) = (self.work.chunk(), self.filled);
        let room = self.chunks * SEALED_CHUNK + 1;
        let free = self.buffer[self.work.gap()..][..room]
            .chunks_mut(SEALED_CHUNK)
            .enumerate()
            .filter_map(|(at, piece)| {
                let length = piece.len().min(chunk);
                piece[..length].get_mut(filled.saturating_sub(at * chunk)..)
            })
            .filter(|piece| !piece.is_empty());
        let mut free: Vec<IoSliceMut<'_>> = free.map(IoSliceMut::new).collect();
        let count = source.read_vectored(&mut free)?;
        self.filled += count;
        self.touched = self.touched.max(self.place(self.filled) + TAG).min(self.buffer.len());
        Ok(count)
    }

    /// Where byte `at` of what was read stands.
    fn place(&self, at: usize) -> usize {
        let chunk = self.work.chunk();
        self.work.gap() + at / chunk * SEALED_CHUNK + at % chunk
    }

    /// Bytes of the chunks that are known to be whole: there is something behind them.
    pub(super) fn whole(&self) -> usize {
        self.filled.saturating_sub(1) / self.work.chunk() * self.work.chunk()
    }

    /// Moves what was read from the beginning of a chunk on, less than a second chunk, to `carry`.
    pub(super) fn split_off(&mut self, at: usize, carry: &mut Vec<u8>) {
        let from = self.place(at);
        carry.extend_from_slice(&self.buffer[from..from + self.filled - at]);
        self.filled = at;
    }

    /// Seals or opens all chunks, the first of which is chunk `index`.
    pub(super) fn process(&mut self, key: &Bulk, index: u64, end: End) -> Done {
        match self.work {
            Work::Seal => self.seal(key, index, end),
            Work::Open => self.open(key, index, end),
        }
    }

    /// An empty file has a chunk as well.
    fn count_until(&self, end: End) -> usize {
        self.count().max(usize::from(end == End::Here))
    }

    fn seal(&mut self, key: &Bulk, index: u64, end: End) -> Done {
        let count = self.count_until(end);
        let length = self.filled + count * TAG;
        for (at, chunk) in (0..).zip(self.buffer[..length].chunks_mut(SEALED_CHUNK)) {
            key.seal(&nonce(index + at as u64, end.place(at + 1 == count)), chunk);
        }
        Done {
            ready: 0..length,
            state: end.state(),
        }
    }

    /// Stops at the first chunk that is not what was written.
    fn open(&mut self, key: &Bulk, index: u64, end: End) -> Done {
        let count = self.count_until(end);
        let mut ready = 0;
        for at in 0..count {
            let from = self.work.gap() + at * SEALED_CHUNK;
            let to = self.work.gap() + self.filled.min((at + 1) * SEALED_CHUNK);
            let chunk = Chunk {
                key,
                index: index + at as u64,
                place: end.place(at + 1 == count),
                buffer: &mut self.buffer[ready..to],
                from: from - ready,
            };
            match chunk.open() {
                Ok((length, State::Open)) => ready += length,
                Ok((length, state)) => {
                    return Done {
                        ready: 0..ready + length,
                        state,
                    };
                }
                Err(error) => {
                    return Done {
                        ready: 0..ready,
                        state: State::Failed(error),
                    };
                }
            }
        }
        Done {
            ready: 0..ready,
            state: end.state(),
        }
    }
}

/// Whether the source ended behind a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Here,
    Later,
}

impl End {
    fn place(self, is_last: bool) -> Place {
        if is_last && self == Self::Here {
            Place::Final
        } else {
            Place::Middle
        }
    }

    fn state(self) -> State {
        match self {
            Self::Here => State::Done,
            Self::Later => State::Open,
        }
    }
}

/// A sealed chunk at `from`, whose plaintext goes to the front of the buffer.
pub(super) struct Chunk<'b> {
    pub(super) key: &'b Bulk,
    pub(super) index: u64,
    pub(super) place: Place,
    pub(super) buffer: &'b mut [u8],
    pub(super) from: usize,
}

impl Chunk<'_> {
    /// The length of the plaintext, and what follows from it.
    pub(super) fn open(self) -> Result<(usize, State), PayloadError> {
        if self.buffer.len() - self.from == SEALED_CHUNK {
            self.open_full()
        } else {
            self.open_end()
        }
    }

    /// Opens a full chunk, which the source's end or more bytes behind it show to be in this place. When it turns out
    /// to be authentic in the other one, it is released, and the file as a whole is still refused.
    fn open_full(mut self) -> Result<(usize, State), PayloadError> {
        let (other, expected, otherwise) = match self.place {
            Place::Middle => (Place::Final, State::Open, PayloadError::Trailing),
            Place::Final => (Place::Middle, State::Done, PayloadError::Truncated),
        };
        let state = match self.open_as(self.place) {
            Ok(_) => expected,
            Err(_) => self.open_as(other).map(|_| State::Failed(otherwise))?,
        };
        Ok((CHUNK, state))
    }

    /// Opens the shorter chunk that ends the source.
    fn open_end(mut self) -> Result<(usize, State), PayloadError> {
        if self.buffer.len() - self.from < TAG {
            return Err(PayloadError::Truncated);
        }
        let length = self.open_as(Place::Final).map_err(|_| PayloadError::ChangedEnd)?;
        if length == 0 && self.index > 0 {
            return Err(PayloadError::EmptyEnd);
        }
        Ok((length, State::Done))
    }

    fn open_as(&mut self, place: Place) -> Result<usize, PayloadError> {
        let opened = self.key.open(&nonce(self.index, place), self.buffer, self.from);
        opened.map(|text| text.len()).map_err(|_| PayloadError::Changed)
    }
}
