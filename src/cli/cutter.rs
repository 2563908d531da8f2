//! Bytes of a wire, cut into whole messages.
//!
//! What a wire carries says for itself what it is: `K` begins a frame of the exchange, 0x20 begins a record.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::channel::{self, MAX_RECORD};
use crate::cli::wire::{Clock, WireError, broken};
use crate::handshake::{self, FrameHeader};

/// Bytes read at once: several records, so that a system call does not cost more than its bytes, and no message is longer.
const BUFFER: usize = 8 * MAX_RECORD;
/// How much of a text that is not keypact is shown.
const SHOWN_TEXT: usize = 160;

/// Reads, and notes whenever something comes.
pub(super) struct Cutter {
    reading: Box<dyn Read + Send>,
    clock: Arc<Clock>,
    buffer: Vec<u8>,
    /// Bytes of the buffer that have come and are not delivered.
    filled: usize,
    /// Buffers that are done with.
    spent: Receiver<Vec<u8>>,
}

impl Cutter {
    /// Reads from `reading`, into buffers that come back through `spent`.
    pub(super) fn new(reading: Box<dyn Read + Send>, clock: Arc<Clock>, spent: Receiver<Vec<u8>>) -> Self {
        Self {
            reading,
            clock,
            buffer: vec![0; BUFFER],
            filled: 0,
            spent,
        }
    }

    /// One frame, or all whole records that have come, one at least.
    ///
    /// # Errors
    /// [`WireError`].
    pub(super) fn next(&mut self) -> Result<Vec<u8>, WireError> {
        loop {
            match whole(&self.buffer[..self.filled])? {
                0 => self.fill()?,
                length => return Ok(self.take(length)),
            }
        }
    }

    fn fill(&mut self) -> Result<(), WireError> {
        loop {
            match self.reading.read(&mut self.buffer[self.filled..]) {
                Ok(0) => return Err(end_of(&self.buffer[..self.filled])),
                Ok(count) => {
                    self.filled += count;
                    self.clock.note(true);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken(error)),
            }
        }
    }

    /// Takes the first `length` bytes out; what is behind them goes to the next buffer.
    fn take(&mut self, length: usize) -> Vec<u8> {
        let mut next = self.spent.try_recv().unwrap_or_default();
        next.resize(BUFFER, 0);
        let rest = &self.buffer[length..self.filled];
        next[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
        self.clock.note(self.filled > 0);
        let mut messages = std::mem::replace(&mut self.buffer, next);
        messages.truncate(length);
        messages
    }
}

/// The length of the first message in what the cutter has delivered; 0 when there is none.
pub(super) fn first_len(messages: &[u8]) -> usize {
    match messages.first_chunk() {
        Some(start) => channel::record_len(*start).unwrap_or(messages.len()),
        None => 0,
    }
}

/// Bytes of whole messages at the front: of all records, or of one frame.
fn whole(bytes: &[u8]) -> Result<usize, WireError> {
    let mut at = 0;
    while let Some(start) = bytes[at..].first_chunk() {
        match channel::record_len(*start) {
            Ok(length) if length <= bytes.len() - at => at += length,
            Err(_) if at == 0 => return frame(bytes),
            _ => break,
        }
    }
    Ok(at)
}

/// Bytes of the frame at the front, when it is whole, else 0.
fn frame(bytes: &[u8]) -> Result<usize, WireError> {
    let Some(header) = bytes.first_chunk::<{ handshake::HEADER_LEN }>() else {
        return Ok(0);
    };
    let length = match FrameHeader::parse(header) {
        Ok(parsed) => header.len() + parsed.body_len(),
        Err(handshake::Error::NotKeypact) => return Err(WireError::Text(text(bytes))),
        Err(error) => return Err(WireError::Frame(error)),
    };
    Ok(if length <= bytes.len() { length } else { 0 })
}

/// The end of the wire. After a few letters it is a short text, not a broken message.
fn end_of(bytes: &[u8]) -> WireError {
    let is_letter = |byte: &u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n');
    if !bytes.is_empty() && bytes.len() < handshake::HEADER_LEN && bytes.iter().all(is_letter) {
        return WireError::Text(text(bytes));
    }
    WireError::Closed
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_TEXT)]).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cutter(reading: impl Read + Send + 'static) -> Cutter {
        Cutter::new(Box::new(reading), Arc::default(), std::sync::mpsc::channel().1)
    }

    fn error_of(bytes: &'static [u8]) -> WireError {
        let mut cutter = cutter(bytes);
        loop {
            if let Err(error) = cutter.next() {
                return error;
            }
        }
    }

    #[test]
    fn what_is_not_keypact_is_told_apart() {
        assert!(matches!(error_of(b""), WireError::Closed));
        assert!(
            matches!(error_of(b"Last login: Fri Nov 20"), WireError::Text(text) if text == "Last login: Fri Nov 20")
        );
        assert!(matches!(error_of(b"sh: 1"), WireError::Text(text) if text == "sh: 1"));
        assert!(matches!(
            error_of(b"KPX2\x01\0\0\0"),
            WireError::Frame(handshake::Error::Version)
        ));
        assert!(matches!(error_of(b"KPX1\x01\0\0\x05abc"), WireError::Closed));
        assert!(matches!(error_of(&[0x20, 0, 0, 17, 1]), WireError::Closed));
        assert!(matches!(error_of(&[0x20, 0xff, 0, 0, 0, 0, 0, 0]), WireError::Frame(_)));
        assert!(matches!(error_of(&[0x16, 3, 1, 0, 0, 0, 0, 0]), WireError::Frame(_)));
    }

    /// Gives bytes in pieces of these sizes.
    struct Pieces(Vec<u8>, Vec<usize>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let size = self.1.pop().unwrap_or(usize::MAX);
            let count = size.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    fn message(length: usize) -> Vec<u8> {
        let is_frame = length < channel::MIN_RECORD;
        let body = u8::try_from(length % 200).unwrap();
        if is_frame {
            return [&b"KPX1\x01\0\0"[..], &[body], &vec![body; usize::from(body)]].concat();
        }
        let inner = u32::try_from(length - channel::HEADER_LEN).unwrap().to_be_bytes();
        [&[0x20][..], &inner[1..], &vec![7; length - channel::HEADER_LEN]].concat()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn however_they_come_messages_are_whole_and_in_order(
            lengths in prop::collection::vec(prop_oneof![0_usize..40, Just(MAX_RECORD), 21_usize..70_000].prop_map(|length| length.min(MAX_RECORD)), 0..20),
            sizes in prop::collection::vec(1_usize..100_000, 0..40),
        ) {
            let messages: Vec<_> = lengths.iter().map(|length| message(*length)).collect();
            let mut cutter = cutter(Pieces(messages.concat(), sizes));
            let mut got = Vec::new();
            while let Ok(mut whole) = cutter.next() {
                while first_len(&whole) > 0 {
                    let rest = whole.split_off(first_len(&whole));
                    got.push(whole);
                    whole = rest;
                }
            }
            prop_assert!(got == messages);
        }
    }
}
