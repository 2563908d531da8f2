use std::io::{self, BufReader, BufWriter, Read, Write};

use super::Cause;
use crate::format::{Stanza, write_stanza};

/// The longest message in bytes: more than any stanza that plugins make, little to hold.
const MESSAGE_LIMIT: u64 = 1 << 20;

/// Two streams with messages on them.
pub struct Wire<R, W: Write> {
    input: BufReader<Endless<R>>,
    output: BufWriter<W>,
}

impl<R: Read, W: Write> Wire<R, W> {
    /// Reads messages from `input` and writes them to `output`.
    pub fn new(input: R, output: W) -> Self {
        Self {
            input: BufReader::new(Endless(input)),
            output: BufWriter::new(output),
        }
    }

    /// Sends a message. It may wait in a buffer until [`Wire::receive`].
    pub(super) fn send(&mut self, words: &[&str], body: &[u8]) -> Result<(), Cause> {
        Ok(write_stanza(&mut self.output, words, body)?)
    }

    /// The next message.
    pub(super) fn receive(&mut self) -> Result<Stanza, Cause> {
        self.output.flush()?;
        Ok(Stanza::read(&mut self.input, MESSAGE_LIMIT)?)
    }

    /// Sends an answer: at once, because the other side waits for it, also where no message follows.
    pub(super) fn reply(&mut self, words: &[&str], body: &[u8]) -> Result<(), Cause> {
        self.send(words, body)?;
        Ok(self.output.flush()?)
    }
}

/// A stream whose end is a failure: conversations end with a message.
struct Endless<R>(R);

impl<R: Read> Read for Endless<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out)? {
            0 if !out.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            count => Ok(count),
        }
    }
}

/// An index as the protocol writes it, when it is below `count`.
pub(super) fn index(text: Option<&str>, count: usize) -> Result<usize, Cause> {
    let text = text.unwrap_or_default();
    let index = text.parse().ok().filter(|index: &usize| index.to_string() == text);
    index
        .filter(|index| *index < count)
        .ok_or(Cause::Protocol("an index of something that was not sent"))
}
