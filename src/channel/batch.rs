//! Records that are filled side by side, so that one system call reads into many of them and another one writes them.

use std::io::IoSliceMut;

use super::record::{BODY_AT, MARK};
use super::{Kind, MAX_BODY, MAX_RECORD};
use crate::crypto::aead::TAG;

/// Records in a batch: 512 KiB of body, little to hold and much for one system call.
const RECORDS: usize = 8;

/// Full records of one type, of which the last may be shorter.
pub struct Batch {
    bytes: Vec<u8>,
    kind: Kind,
    filled: usize,
}

impl Batch {
    /// Bytes of all bodies together.
    pub const ROOM: usize = RECORDS * MAX_BODY;

    /// An empty one, in a buffer that may have been used before.
    pub fn new(kind: Kind, mut buffer: Vec<u8>) -> Self {
        buffer.resize(RECORDS * MAX_RECORD, 0);
        Self {
            bytes: buffer,
            kind,
            filled: 0,
        }
    }

    /// Bytes of body that are filled.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether nothing is filled.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Where the next `limit` bytes of body go, or as many as there is room for, for a reader to fill from the front.
    pub fn room(&mut self, limit: usize) -> Vec<IoSliceMut<'_>> {
        let end = self.filled.saturating_add(limit).min(Self::ROOM);
        pieces(&mut self.bytes, self.filled, end).map(IoSliceMut::new).collect()
    }

    /// Counts `count` bytes at the front of the room as filled.
    pub fn advance(&mut self, count: usize) {
        self.filled = (self.filled + count).min(Self::ROOM);
    }

    /// Appends as much of `bytes` as there is room for, and gives the rest.
    pub fn put<'b>(&mut self, mut bytes: &'b [u8]) -> &'b [u8] {
        for piece in pieces(&mut self.bytes, self.filled, Self::ROOM) {
            let (now, later) = bytes.split_at(piece.len().min(bytes.len()));
            piece[..now.len()].copy_from_slice(now);
            self.filled += now.len();
            bytes = later;
        }
        bytes
    }

    /// What was filled from the body's byte `start` on.
    pub fn filled_from(&self, start: usize) -> impl Iterator<Item = &[u8]> {
        let end = self.filled;
        self.bytes
            .chunks(MAX_RECORD)
            .enumerate()
            .filter_map(move |(number, record)| {
                let (from, to) = within(number, start, end)?;
                Some(&record[BODY_AT + from..BODY_AT + to])
            })
    }

    /// The records, marked and typed, with room for their tags.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        let (full, rest) = (self.filled / MAX_BODY, self.filled % MAX_BODY);
        let last = if rest > 0 { BODY_AT + rest + TAG } else { 0 };
        self.bytes.truncate(full * MAX_RECORD + last);
        for record in self.bytes.chunks_mut(MAX_RECORD) {
            record[0] = MARK;
            record[BODY_AT - 1] = self.kind.0;
        }
        self.bytes
    }
}

/// The bodies' bytes from `start` to `end`, record by record.
fn pieces(bytes: &mut [u8], start: usize, end: usize) -> impl Iterator<Item = &mut [u8]> {
    bytes
        .chunks_mut(MAX_RECORD)
        .enumerate()
        .filter_map(move |(number, record)| {
            let (from, to) = within(number, start, end)?;
            Some(&mut record[BODY_AT + from..BODY_AT + to])
        })
}

/// What of `start..end` lies in the body of a record.
fn within(number: usize, start: usize, end: usize) -> Option<(usize, usize)> {
    let first = number * MAX_BODY;
    let (from, to) = (start.max(first), end.min(first + MAX_BODY));
    (from < to).then(|| (from - first, to - first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_what_is_filled() {
        let text: Vec<u8> = (0..=250).cycle().take(2 * Batch::ROOM).collect();
        for sizes in [
            &[1, MAX_BODY, 7, Batch::ROOM][..],
            &[MAX_BODY - 1, 1, 1],
            &[0, 2 * MAX_BODY],
        ] {
            let mut batch = Batch::new(Kind(0x12), vec![9; 5]);
            let (mut at, mut whole) = (0, Vec::new());
            for size in sizes {
                let rest = batch.put(&text[at..at + size]).len();
                whole.extend_from_slice(&text[at..at + size - rest]);
                at = if rest > 0 { 0 } else { at + size };
            }
            assert_eq!(batch.len(), whole.len());
            assert_eq!(batch.filled_from(0).collect::<Vec<_>>().concat(), whole);
            assert_eq!(batch.filled_from(1).collect::<Vec<_>>().concat(), whole[1..]);
            let room: usize = batch.room(usize::MAX).iter().map(|piece| piece.len()).sum();
            assert_eq!(room, Batch::ROOM - whole.len());
        }
    }

    #[test]
    fn only_the_last_record_is_short() {
        for (filled, length) in [
            (1, BODY_AT + 1 + TAG),
            (MAX_BODY, MAX_RECORD),
            (MAX_BODY + 1, MAX_RECORD + BODY_AT + 1 + TAG),
            (Batch::ROOM, RECORDS * MAX_RECORD),
        ] {
            let mut batch = Batch::new(Kind(0x12), Vec::new());
            batch.advance(filled);
            assert_eq!(batch.into_bytes().len(), length);
        }
    }
}
