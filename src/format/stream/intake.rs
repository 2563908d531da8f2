//! Whole chunks out of a source that gives bytes as it likes.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::SEALED_CHUNK;
use super::batch::{Batch, End};

/// A source, and what was read of it too early: the byte ahead, or the beginning of a chunk that has not come whole.
pub(super) struct Intake<R> {
    source: R,
    carry: Zeroizing<Vec<u8>>,
    /// The number of the next chunk.
    index: u64,
    end: End,
}

impl<R: Read> Intake<R> {
    /// Begins with chunk `index`, whose first bytes are `carry`.
    pub(super) fn new(source: R, index: u64, carry: &[u8]) -> Self {
        // Reserved for the most that is ever carried, so that no copy stays behind where it grew.
        let mut room = Vec::with_capacity(SEALED_CHUNK + 1);
        room.extend_from_slice(carry);
        Self {
            source,
            carry: Zeroizing::new(room),
            index,
            end: End::Later,
        }
    }

    /// Whether the source has ended.
    pub(super) fn end(&self) -> End {
        self.end
    }

    /// Reads until the batch is full, the source ends, or a slow source has given a whole chunk and pauses. After a
    /// failure of the source it goes on where it stood.
    pub(super) fn fill(&mut self, batch: &mut Batch) -> io::Result<()> {
        let mut ahead = &self.carry[..];
        while !ahead.is_empty() {
            batch.read(&mut ahead)?;
        }
        self.carry.clear();
        while batch.free() > 0 {
            let wanted = batch.free();
            match batch.read(&mut self.source) {
                Ok(0) => {
                    self.end = End::Here;
                    break;
                }
                Ok(count) if count < wanted && batch.whole() > 0 => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Leaves the chunks in `batch` that may be worked on, keeps the rest for the next one, and gives the number of the
    /// first.
    pub(super) fn cut(&mut self, batch: &mut Batch) -> u64 {
        if self.end == End::Later {
            batch.split_off(batch.whole(), &mut self.carry);
        }
        let first = self.index;
        self.index += batch.count() as u64;
        first
    }

    /// Takes back what was read and not cut.
    pub(super) fn restore(&mut self, batch: &mut Batch) {
        batch.split_off(0, &mut self.carry);
    }

    /// There will be no more.
    pub(super) fn close(&mut self) {
        self.end = End::Here;
    }
}
