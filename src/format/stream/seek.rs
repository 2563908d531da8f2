use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;

use zeroize::Zeroizing;

use super::batch::Chunk;
use super::{CHUNK, Place, SEALED_CHUNK, State};
use crate::crypto::aead::TAG;
use crate::crypto::bulk::Bulk;
use crate::format::{Error, NONCE_LEN, PayloadError};
use crate::secret::Secret;

/// Reads any part of a payload: the chunks that are asked for, and before them the last one, which proves the length.
///
/// What it gives is authentic at its place in a file of this length; parts that nobody reads are not looked at.
pub struct SeekReader<R> {
    source: R,
    key: Bulk,
    /// Where the first chunk begins in the source.
    start: u64,
    /// Length of all chunks.
    sealed: u64,
    /// Room for a plaintext, then for its chunk.
    buffer: Zeroizing<Vec<u8>>,
    /// The chunk that the plaintext in the buffer is of.
    current: Option<(u64, usize)>,
    position: u64,
}

impl<R: Read + Seek> SeekReader<R> {
    /// Over the payload whose nonce begins at `start`.
    ///
    /// # Errors
    /// [`Error::Payload`] when the last chunk is not what was written; [`Error::Io`].
    pub(in crate::format) fn new(mut source: R, start: u64, payload_key: &Secret<32>) -> Result<Self, Error> {
        let start = start + NONCE_LEN as u64;
        let end = source.seek(SeekFrom::End(0))?;
        let mut reader = Self {
            source,
            key: Bulk::new(payload_key),
            start,
            sealed: end.saturating_sub(start),
            buffer: Zeroizing::new(vec![0; CHUNK + SEALED_CHUNK]),
            current: None,
            position: 0,
        };
        reader.load(reader.last())?;
        Ok(reader)
    }

    /// Length of the plaintext in bytes.
    pub fn len(&self) -> u64 {
        self.sealed.saturating_sub((self.last() + 1) * TAG as u64)
    }

    /// Whether there is no plaintext.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn last(&self) -> u64 {
        self.sealed.div_ceil(SEALED_CHUNK as u64).saturating_sub(1)
    }

    /// The plaintext of chunk `index` at the front of the buffer.
    fn load(&mut self, index: u64) -> Result<usize, Error> {
        if let Some((current, length)) = self.current
            && current == index
        {
            return Ok(length);
        }
        self.current = None;
        let sealed = self.read_sealed(index)?;
        let chunk = Chunk {
            key: &self.key,
            index,
            place: self.place(index),
            buffer: &mut self.buffer[..CHUNK + sealed],
            from: CHUNK,
        };
        let (length, state) = chunk.open()?;
        match state {
            State::Failed(error) => Err(error.into()),
            State::Open | State::Done => {
                self.current = Some((index, length));
                Ok(length)
            }
        }
    }

    fn place(&self, index: u64) -> Place {
        if index == self.last() {
            Place::Final
        } else {
            Place::Middle
        }
    }

    fn read_sealed(&mut self, index: u64) -> Result<usize, Error> {
        let at = index * SEALED_CHUNK as u64;
        let length = usize::try_from((self.sealed - at).min(SEALED_CHUNK as u64)).expect("at most a chunk");
        self.source.seek(SeekFrom::Start(self.start + at))?;
        let read = self.source.read_exact(&mut self.buffer[CHUNK..CHUNK + length]);
        read.map_err(|error| match error.kind() {
            // It was longer when it was opened.
            io::ErrorKind::UnexpectedEof => PayloadError::Truncated.into(),
            _ => Error::from(error),
        })?;
        Ok(length)
    }

    /// What the chunk under the position holds from there on.
    fn ready(&mut self) -> Result<Range<usize>, Error> {
        if self.position >= self.len() {
            return Ok(0..0);
        }
        let length = self.load(self.position / CHUNK as u64)?;
        let from = usize::try_from(self.position % CHUNK as u64).expect("less than a chunk");
        Ok(from..length)
    }
}

impl<R: Read + Seek> BufRead for SeekReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let ready = self.ready()?;
        Ok(&self.buffer[ready])
    }

    fn consume(&mut self, count: usize) {
        self.position += count as u64;
    }
}

impl<R: Read + Seek> Read for SeekReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut plain = self.fill_buf()?;
        let count = plain.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for SeekReader<R> {
    /// Beyond the end there is nothing to read, as in a file.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(offset) => (self.len(), offset),
            SeekFrom::Current(offset) => (self.position, offset),
        };
        let position = base.checked_add_signed(offset);
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
