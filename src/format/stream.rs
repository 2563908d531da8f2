//! The payload: STREAM over 64 KiB chunks, each released as soon as it is authenticated.
//!
//! ```text
//! chunk i = ChaCha20-Poly1305(payload key, nonce = i (11 bytes, big-endian) || last, up to 65,536 bytes)
//! last    = 1 for the final chunk, which is empty only in an empty file; 0 for all others, which are full
//! ```

use std::cmp::Ordering;
use std::io::{self, BufRead, Read, Write};
use std::ops::Range;

use zeroize::Zeroizing;

use super::{Error, PayloadError};
use crate::crypto::aead::{Aead, Nonce, TAG};
use crate::secret::Secret;

/// Plaintext bytes in a full chunk.
pub const CHUNK: usize = 64 << 10;
/// Bytes that a full chunk takes in the file.
pub const SEALED_CHUNK: usize = CHUNK + TAG;

/// A chunk's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Others follow.
    Middle,
    /// The last one.
    Final,
}

/// Seals chunk `index` in place; the last 16 bytes of `buffer` are room for the tag.
///
/// # Panics
/// When `buffer` has no room for a tag.
pub fn seal_chunk(key: &Aead, index: u64, place: Place, buffer: &mut [u8]) {
    key.seal_in_place(&nonce(index, place), b"", buffer);
}

/// Opens chunk `index` in place and returns the plaintext, which is the front of `buffer`. A chunk that does not open
/// is left as it was, so that the other place can be tried.
///
/// # Errors
/// [`PayloadError::Changed`].
pub fn open_chunk<'b>(
    key: &Aead,
    index: u64,
    place: Place,
    buffer: &'b mut [u8],
) -> Result<&'b mut [u8], PayloadError> {
    let opened = key.open_in_place(&nonce(index, place), b"", buffer);
    opened.map_err(|_| PayloadError::Changed)
}

fn nonce(index: u64, place: Place) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&index.to_be_bytes());
    nonce[11] = u8::from(place == Place::Final);
    nonce
}

/// Encrypts what is written to it. Without [`Writer::finish`] the file has no end and no reader accepts it.
pub struct Writer<W> {
    output: W,
    key: Aead,
    index: u64,
    /// Plaintext until the chunk is full, then its ciphertext.
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    broken: bool,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(output: W, payload_key: &Secret<32>) -> Self {
        Self {
            output,
            key: Aead::new(payload_key),
            index: 0,
            buffer: Zeroizing::new(vec![0; SEALED_CHUNK]),
            filled: 0,
            broken: false,
        }
    }

    /// Writes the last chunk, flushes the output and gives it back.
    ///
    /// # Errors
    /// What the output gives.
    pub fn finish(mut self) -> io::Result<W> {
        self.put(Place::Final)?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn put(&mut self, place: Place) -> io::Result<()> {
        // A chunk may have been written in part: there is no way on from there.
        if std::mem::replace(&mut self.broken, true) {
            return Err(io::Error::other("an earlier write failed"));
        }
        let chunk = &mut self.buffer[..self.filled + TAG];
        seal_chunk(&self.key, self.index, place, chunk);
        self.output.write_all(chunk)?;
        self.index += 1;
        self.filled = 0;
        self.broken = false;
        Ok(())
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits for the next byte: it may turn out to be the last.
        if self.filled == CHUNK && !bytes.is_empty() {
            self.put(Place::Middle)?;
        }
        let count = bytes.len().min(CHUNK - self.filled);
        self.buffer[self.filled..][..count].copy_from_slice(&bytes[..count]);
        self.filled += count;
        Ok(count)
    }

    /// Flushes the output. A chunk in progress stays: chunks in the middle are full.
    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// Decrypts what it reads from its source, and releases only authenticated bytes.
///
/// An error that wraps [`Error`] means bad data ([`Error::Payload`]; [`Error::Armor`] from an armored source) and stays
/// for good; any other is of the source itself, and reading may go on after it. Only a read of 0 bytes means that the
/// whole file is authentic.
pub struct Reader<R> {
    source: R,
    key: Aead,
    index: u64,
    /// A chunk and the byte after it, which tells whether the chunk is the last.
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    /// Opened, but not taken yet.
    plain: Range<usize>,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    Open,
    Done,
    Failed(PayloadError),
}

impl<R: Read> Reader<R> {
    pub(super) fn new(source: R, payload_key: &Secret<32>) -> Self {
        Self {
            source,
            key: Aead::new(payload_key),
            index: 0,
            buffer: Zeroizing::new(vec![0; SEALED_CHUNK + 1]),
            filled: 0,
            plain: 0..0,
            state: State::Open,
        }
    }

    /// Reads until the buffer is full or the source ends. After a failure of the source it goes on where it stood.
    fn fill(&mut self) -> io::Result<()> {
        if self.filled > SEALED_CHUNK {
            self.buffer[0] = self.buffer[SEALED_CHUNK];
            self.filled = 1;
        }
        while self.filled <= SEALED_CHUNK {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => break,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        self.fill()?;
        let opened = match self.filled.cmp(&SEALED_CHUNK) {
            Ordering::Greater => self.open_full(Place::Middle),
            Ordering::Equal => self.open_full(Place::Final),
            Ordering::Less => self.open_end(),
        };
        self.state = opened.unwrap_or_else(State::Failed);
        self.index += 1;
        Ok(())
    }

    /// Opens a full chunk, which the source's end or more bytes behind it show to be in this `place`. When it turns out
    /// to be authentic in the other one, it is released, and the file as a whole is still refused.
    fn open_full(&mut self, place: Place) -> Result<State, PayloadError> {
        let (other, expected, otherwise) = match place {
            Place::Middle => (Place::Final, State::Open, PayloadError::Trailing),
            Place::Final => (Place::Middle, State::Done, PayloadError::Truncated),
        };
        let chunk = &mut self.buffer[..SEALED_CHUNK];
        let state = match open_chunk(&self.key, self.index, place, chunk) {
            Ok(_) => expected,
            Err(_) => open_chunk(&self.key, self.index, other, chunk).map(|_| State::Failed(otherwise))?,
        };
        self.plain = 0..CHUNK;
        Ok(state)
    }

    /// Opens the shorter chunk that ends the source.
    fn open_end(&mut self) -> Result<State, PayloadError> {
        if self.filled < TAG {
            return Err(PayloadError::Truncated);
        }
        let chunk = &mut self.buffer[..self.filled];
        let opened = open_chunk(&self.key, self.index, Place::Final, chunk);
        let length = opened.map_err(|_| PayloadError::ChangedEnd)?.len();
        if length == 0 && self.index > 0 {
            return Err(PayloadError::EmptyEnd);
        }
        self.plain = 0..length;
        Ok(State::Done)
    }
}

impl<R: Read> BufRead for Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.plain.is_empty() {
            match self.state {
                State::Open => self.next_chunk()?,
                State::Done => break,
                State::Failed(error) => return Err(Error::Payload(error).into()),
            }
        }
        Ok(&self.buffer[self.plain.clone()])
    }

    fn consume(&mut self, count: usize) {
        self.plain.start = self.plain.end.min(self.plain.start + count);
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut plain = self.fill_buf()?;
        let count = plain.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Flaky, read_patiently};
    use super::*;

    /// Around every edge of a chunk.
    const LENGTHS: [usize; 9] = [
        0,
        1,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        2 * CHUNK - 1,
        2 * CHUNK,
        2 * CHUNK + 1,
        3 * CHUNK,
    ];

    fn key() -> Secret<32> {
        Secret::with(|key| *key = [3; 32])
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..=250).cycle().take(length).collect()
    }

    fn seal(plain: &[u8]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &key());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    /// What is released, and how it ends.
    fn open(sealed: &[u8]) -> (Vec<u8>, Option<PayloadError>) {
        let mut reader = Reader::new(sealed, &key());
        let mut released = Vec::new();
        let outcome = reader.read_to_end(&mut released);
        let error = outcome.err().map(|error| match error.downcast::<Error>() {
            Ok(Error::Payload(error)) => error,
            other => panic!("{other:?}"),
        });
        let again = reader.read(&mut [0]).err().is_some();
        assert_eq!(again, error.is_some(), "an error stays");
        (released, error)
    }

    /// A chunk as a writer would never leave it.
    fn chunk(index: u64, place: Place, length: usize) -> Vec<u8> {
        let mut chunk = plain(length + TAG);
        seal_chunk(&Aead::new(&key()), index, place, &mut chunk);
        chunk
    }

    #[test]
    fn every_length_is_read_again_and_takes_one_tag_a_chunk() {
        for length in LENGTHS {
            let sealed = seal(&plain(length));
            assert_eq!(sealed.len(), length + length.div_ceil(CHUNK).max(1) * TAG);
            assert!(open(&sealed) == (plain(length), None), "{length}");
        }
    }

    #[test]
    fn a_cut_releases_only_what_is_whole() {
        use PayloadError::{ChangedEnd, Truncated};
        let sealed = seal(&plain(2 * CHUNK));
        for (length, whole, error) in [
            (0, 0, Truncated),
            (TAG - 1, 0, Truncated),
            (TAG, 0, ChangedEnd),
            (SEALED_CHUNK - 1, 0, ChangedEnd),
            (SEALED_CHUNK, 1, Truncated),
            (SEALED_CHUNK + 1, 1, Truncated),
            (SEALED_CHUNK + TAG, 1, ChangedEnd),
            (2 * SEALED_CHUNK - 1, 1, ChangedEnd),
        ] {
            assert!(
                open(&sealed[..length]) == (plain(whole * CHUNK), Some(error)),
                "{length}"
            );
        }
    }

    #[test]
    fn chunks_out_of_place_are_refused() {
        use PayloadError::{Changed, ChangedEnd, EmptyEnd, Trailing, Truncated};
        use Place::{Final, Middle};
        let first = chunk(0, Middle, CHUNK);
        for (chunks, released, error) in [
            (vec![chunk(0, Middle, 5)], 0, ChangedEnd),
            (vec![first.clone()], CHUNK, Truncated),
            (vec![first.clone(), chunk(1, Final, 0)], CHUNK, EmptyEnd),
            (vec![first.clone(), first.clone(), chunk(2, Final, 1)], CHUNK, Changed),
            (vec![chunk(1, Middle, CHUNK), chunk(1, Final, 1)], 0, Changed),
            (vec![chunk(0, Final, CHUNK), chunk(1, Final, 1)], CHUNK, Trailing),
            (vec![chunk(0, Final, CHUNK), vec![0]], CHUNK, Trailing),
            (vec![chunk(0, Final, 5), vec![0]], 0, ChangedEnd),
        ] {
            let (plain, found) = open(&chunks.concat());
            assert_eq!((plain.len(), found), (released, Some(error)));
        }
    }

    #[test]
    fn every_chunk_counts() {
        let sealed = seal(&plain(3 * CHUNK));
        for at in (0..sealed.len()).step_by(7919) {
            let mut changed = sealed.clone();
            changed[at] ^= 0x80;
            let (released, error) = open(&changed);
            assert_eq!(released.len(), at / SEALED_CHUNK * CHUNK);
            assert_eq!(error, Some(PayloadError::Changed));
        }
    }

    #[test]
    fn a_failing_source_loses_nothing() {
        for length in LENGTHS {
            let sealed = seal(&plain(length));
            let mut reader = Reader::new(
                Flaky {
                    bytes: &sealed,
                    calls: 0,
                },
                &key(),
            );
            assert!(
                read_patiently(&mut reader, &[io::ErrorKind::WouldBlock]).unwrap() == plain(length),
                "{length}"
            );
        }
    }

    /// Takes half of the first write, fails once, and would take everything from then on.
    #[derive(Default)]
    struct Hiccup {
        calls: usize,
        taken: usize,
    }

    impl Write for Hiccup {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.calls += 1;
            let count = match self.calls {
                1 => bytes.len() / 2,
                2 => return Err(io::ErrorKind::StorageFull.into()),
                _ => bytes.len(),
            };
            self.taken += count;
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn after_a_failed_write_nothing_more_is_written() {
        let mut output = Hiccup::default();
        let mut writer = Writer::new(&mut output, &key());
        assert_eq!(
            writer.write_all(&plain(3 * CHUNK)).unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
        assert!(writer.write_all(&[1]).is_err());
        assert!(writer.finish().is_err());
        assert_eq!(output.taken, SEALED_CHUNK / 2);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]
        #[test]
        fn the_sizes_of_reads_and_writes_do_not_matter(
            length in 0..3 * CHUNK,
            written in 1..2 * CHUNK,
            read in 1..2 * CHUNK,
        ) {
            let plain = plain(length);
            let mut writer = Writer::new(Vec::new(), &key());
            for part in plain.chunks(written) {
                writer.write_all(part).unwrap();
                writer.flush().unwrap();
            }
            let sealed = writer.finish().unwrap();
            proptest::prop_assert!(sealed == seal(&plain));
            let mut reader = io::BufReader::with_capacity(read, Reader::new(&sealed[..], &key()));
            let mut opened = Vec::new();
            reader.read_to_end(&mut opened).unwrap();
            proptest::prop_assert!(opened == plain);
        }

        #[test]
        fn no_foreign_bytes_are_released(bytes in proptest::collection::vec(0_u8.., 0..200)) {
            let (released, error) = open(&bytes);
            proptest::prop_assert!(released.is_empty() && error.is_some());
        }
    }
}
