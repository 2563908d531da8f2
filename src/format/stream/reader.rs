use std::io::{self, BufRead, Read, Write};
use std::ops::Range;

use super::State;
use super::batch::{Batch, Work};
use super::copy::{self, Jobs};
use super::intake::Intake;
use crate::crypto::bulk::Bulk;
use crate::format::Error;
use crate::secret::Secret;

/// Decrypts what it reads from its source, and releases only authenticated bytes.
///
/// An error that wraps [`Error`] means bad data ([`Error::Payload`]; [`Error::Armor`] from an armored source) and stays
/// for good; any other is of the source itself, and reading may go on after it. Only a read of 0 bytes means that the
/// whole file is authentic.
pub struct Reader<R> {
    intake: Intake<R>,
    key: Bulk,
    /// One chunk.
    batch: Batch,
    /// Opened, but not taken yet.
    plain: Range<usize>,
    state: State,
}

impl<R: Read> Reader<R> {
    pub(in crate::format) fn new(source: R, payload_key: &Secret<32>) -> Self {
        Self {
            intake: Intake::new(source, 0, &[]),
            key: Bulk::new(payload_key),
            batch: Batch::new(Work::Open, 1),
            plain: 0..0,
            state: State::Open,
        }
    }

    /// Writes all that is left to `sink`, on several processors, and gives it back when the file has proven authentic to
    /// its end. (It is not flushed.)
    ///
    /// # Errors
    /// What the source gives, [`Error::Payload`] among it, and what the sink gives. All that is authentic before the
    /// fault has been written, and nothing else.
    pub fn copy_to<W: Write + Send>(mut self, mut sink: W, jobs: Jobs) -> io::Result<W>
    where
        R: Send,
    {
        sink.write_all(self.batch.bytes(self.plain.clone()))?;
        self.intake.restore(&mut self.batch);
        match self.state {
            State::Open => copy::run(Work::Open, &self.key, self.intake, sink, jobs),
            State::Done => Ok(sink),
            State::Failed(error) => Err(Error::Payload(error).into()),
        }
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        self.intake.fill(&mut self.batch)?;
        let index = self.intake.cut(&mut self.batch);
        let done = self.batch.process(&self.key, index, self.intake.end());
        self.batch.clear();
        self.plain = done.ready;
        self.state = done.state;
        Ok(())
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
        Ok(self.batch.bytes(self.plain.clone()))
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
