//! Payloads at every edge of a chunk, through every way of writing and reading one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;

use super::*;
use crate::crypto::bulk::Bulk;
use crate::format::tests::{Flaky, read_patiently};
use crate::format::{Error, NONCE_LEN};
use crate::secret::Secret;

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

fn jobs(count: usize) -> Jobs {
    Jobs::new(NonZeroUsize::new(count).unwrap())
}

/// Every way of writing gives the same bytes.
fn seal(plain: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), &key());
    writer.write_all(plain).unwrap();
    let sealed = writer.finish().unwrap();
    for count in [1, 3] {
        let mut writer = Writer::new(Vec::new(), &key());
        let begun = plain.len().min(count * 1000);
        writer.write_all(&plain[..begun]).unwrap();
        assert!(writer.finish_from(&plain[begun..], jobs(count)).unwrap() == sealed);
    }
    sealed
}

/// What is released, and how it ends: the same in every way of reading.
fn open(sealed: &[u8]) -> (Vec<u8>, Option<PayloadError>) {
    let mut reader = Reader::new(sealed, &key());
    let mut released = Vec::new();
    let error = reader.read_to_end(&mut released).err().map(payload_error);
    let again = reader.read(&mut [0]).err().is_some();
    assert_eq!(again, error.is_some(), "an error stays");
    for count in [1, 3] {
        let mut copied = Vec::new();
        let result = Reader::new(sealed, &key()).copy_to(&mut copied, jobs(count));
        assert_eq!(result.err().map(payload_error), error, "{count} jobs");
        assert!(copied == released, "{count} jobs");
    }
    open_anywhere(sealed, &released, error);
    (released, error)
}

/// A reader of any place gives nothing that a reader of all would not, and refuses every file whose end is wrong.
fn open_anywhere(sealed: &[u8], released: &[u8], error: Option<PayloadError>) {
    let file = [&[0; NONCE_LEN], sealed].concat();
    let mut reader = match SeekReader::new(io::Cursor::new(&file), 0, &key()) {
        Ok(reader) => reader,
        Err(refused) => return assert!(error.is_some(), "{refused}"),
    };
    assert_eq!(reader.len() == released.len() as u64, error.is_none());
    for at in (0..released.len())
        .step_by(30_011)
        .chain(released.len().checked_sub(1))
        .rev()
    {
        let mut piece = [0; 40];
        reader.seek(SeekFrom::Start(at as u64)).unwrap();
        let count = reader.read(&mut piece).unwrap_or(0);
        assert!(
            released[at..].starts_with(&piece[..count]) && (count > 0 || error.is_some()),
            "{at}"
        );
    }
}

fn payload_error(error: io::Error) -> PayloadError {
    match error.downcast::<Error>() {
        Ok(Error::Payload(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// A chunk as a writer would never leave it.
fn chunk(index: u64, place: Place, length: usize) -> Vec<u8> {
    let mut chunk = plain(length + TAG);
    Bulk::new(&key()).seal(&nonce(index, place), &mut chunk);
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

/// More than a batch for each of several workers.
const LONG: usize = 40 * CHUNK + 7;

#[test]
fn many_workers_write_what_one_writes_and_release_what_one_releases() {
    let plain = plain(LONG);
    let sealed = seal(&plain);
    assert!(open(&sealed) == (plain.clone(), None));
    for broken in [0, 1, 7, 8, 20, 39, 40] {
        let mut changed = sealed.clone();
        changed[broken * SEALED_CHUNK + 5] ^= 1;
        let (released, error) = open(&changed);
        assert!(released == plain[..broken * CHUNK] && error.is_some(), "{broken}");
        let (released, error) = open(&sealed[..broken * SEALED_CHUNK]);
        assert!(
            released == plain[..broken * CHUNK] && error == Some(PayloadError::Truncated),
            "{broken}"
        );
    }
}

/// Gives the pieces that the sizes name, over and over, and fails for good behind `good` bytes.
struct Uneven<'a> {
    bytes: &'a [u8],
    sizes: &'a [usize],
    calls: usize,
    good: usize,
}

impl Read for Uneven<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.good == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let size = self.sizes[self.calls % self.sizes.len()].min(self.good).min(out.len());
        let count = (&mut self.bytes).take(size as u64).read(out)?;
        self.good -= count;
        Ok(count)
    }
}

#[test]
fn a_slow_source_changes_nothing_and_a_failed_one_releases_what_is_whole() {
    let plain = plain(LONG);
    let sealed = seal(&plain);
    for sizes in [&[1_000_000][..], &[CHUNK], &[70_000, 1, 3], &[5000]] {
        for good in [usize::MAX, 0, CHUNK, 20 * CHUNK + 3] {
            let source = |bytes| Uneven {
                bytes,
                sizes,
                calls: 0,
                good,
            };
            let mut written = Vec::new();
            let writer = Writer::new(&mut written, &key());
            let finished = writer.finish_from(source(&plain), jobs(3));
            assert_eq!(finished.is_ok(), good == usize::MAX);
            assert!(sealed.starts_with(&written) && (good != usize::MAX || written.len() == sealed.len()));
            let mut released = Vec::new();
            let copied = Reader::new(source(&sealed), &key()).copy_to(&mut released, jobs(3));
            assert_eq!(copied.is_ok(), good == usize::MAX);
            let whole = good.min(sealed.len()).saturating_sub(1) / SEALED_CHUNK * CHUNK;
            assert!(
                plain.starts_with(&released) && released.len() >= whole.min(plain.len()),
                "{good}"
            );
        }
    }
}

#[test]
fn a_reader_that_has_begun_can_copy_the_rest() {
    let plain = plain(3 * CHUNK);
    let sealed = seal(&plain);
    for begun in [1, CHUNK, CHUNK + 5, 3 * CHUNK] {
        let mut reader = Reader::new(&sealed[..], &key());
        reader.read_exact(&mut vec![0; begun]).unwrap();
        assert!(
            reader.copy_to(Vec::new(), jobs(2)).unwrap() == plain[begun..],
            "{begun}"
        );
    }
}

/// Opens each chunk under the nonce of its number, and under no other would it open: so no nonce has come twice.
struct Numbered {
    key: Bulk,
    pending: Vec<u8>,
    index: u64,
    count: u64,
}

impl Write for Numbered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        while self.pending.len() >= SEALED_CHUNK {
            let place = if self.index + 1 == self.count {
                Place::Final
            } else {
                Place::Middle
            };
            let chunk = &mut self.pending[..SEALED_CHUNK];
            assert!(
                self.key.open(&nonce(self.index, place), chunk, 0).is_ok(),
                "{}",
                self.index
            );
            self.pending.drain(..SEALED_CHUNK);
            self.index += 1;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn ten_thousand_chunks_have_ten_thousand_nonces() {
    let count = 10_000;
    let sink = Numbered {
        key: Bulk::new(&key()),
        pending: Vec::new(),
        index: 0,
        count,
    };
    let source = io::repeat(7).take(count * CHUNK as u64);
    let sink = Writer::new(sink, &key()).finish_from(source, jobs(4)).unwrap();
    assert_eq!((sink.index, sink.pending.len()), (count, 0));
}

#[test]
fn a_reader_can_end_with_its_thread() {
    thread_local! {
        static KEPT: std::cell::RefCell<Vec<Reader<io::Empty>>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    // Whichever of the two is destroyed first: what the thread keeps, or the spare buffer.
    for spare_first in [false, true] {
        let ended = std::thread::spawn(move || {
            if spare_first {
                drop(Reader::new(io::empty(), &key()));
            }
            KEPT.with_borrow_mut(|kept| kept.push(Reader::new(io::empty(), &key())));
        });
        ended.join().unwrap();
    }
}

#[test]
fn a_full_sink_stops_all_workers() {
    let plain = plain(LONG);
    let mut room = vec![0; 9 * CHUNK];
    let writer = Writer::new(&mut room[..], &key());
    let error = writer.finish_from(&plain[..], jobs(4)).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::WriteZero);
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
