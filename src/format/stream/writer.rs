use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::batch::Work;
use super::copy::{self, Jobs};
use super::intake::Intake;
use super::{CHUNK, Place, SEALED_CHUNK, nonce};
use crate::crypto::aead::TAG;
use crate::crypto::bulk::Bulk;
use crate::secret::Secret;

/// Encrypts what is written to it. Without [`Writer::finish`] the file has no end and no reader accepts it.
pub struct Writer<W> {
    output: W,
    key: Bulk,
    index: u64,
    /// Plaintext until the chunk is full, then its ciphertext.
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    broken: bool,
}

impl<W: Write> Writer<W> {
    pub(in crate::format) fn new(output: W, payload_key: &Secret<32>) -> Self {
        Self {
            output,
            key: Bulk::new(payload_key),
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

    /// Encrypts all of `source` behind what was written, on several processors, and finishes as [`Writer::finish`] does.
    ///
    /// # Errors
    /// What source and output give.
    pub fn finish_from<R: Read + Send>(self, source: R, jobs: Jobs) -> io::Result<W>
    where
        W: Send,
    {
        if self.broken {
            return Err(broken());
        }
        let intake = Intake::new(source, self.index, &self.buffer[..self.filled]);
        let mut output = copy::run(Work::Seal, &self.key, intake, self.output, jobs)?;
        output.flush()?;
        Ok(output)
    }

    fn put(&mut self, place: Place) -> io::Result<()> {
        // A chunk may have been written in part: there is no way on from there.
        if std::mem::replace(&mut self.broken, true) {
            return Err(broken());
        }
        let chunk = &mut self.buffer[..self.filled + TAG];
        self.key.seal(&nonce(self.index, place), chunk);
        self.output.write_all(chunk)?;
        self.index += 1;
        self.filled = 0;
        self.broken = false;
        Ok(())
    }
}

fn broken() -> io::Error {
    io::Error::other("an earlier write failed")
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
