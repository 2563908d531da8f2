//! The thread that reads the source.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use super::{Error, PACKED, Report};
use crate::channel::{Batch, Coding, Draft, Kind, Order, Packer};
use crate::crypto::aead::leaving_no_trace;

/// Batches that are read and not handed to the wire: enough to keep both threads busy, 1 MiB in all.
const READ_AHEAD: usize = 2;

/// The way to the wire.
pub(super) struct Way {
    pub(super) orders: Sender<Order>,
    /// Buffers that come back from there, and are to be filled.
    pub(super) empty: Receiver<Vec<u8>>,
}

/// Reads until the source ends, into no more buffers than there are.
pub(super) fn start<E: std::error::Error + Send + 'static>(
    source: Box<dyn Read + Send>,
    coding: Coding,
    way: Way,
    spare: &Sender<Vec<u8>>,
    report: Sender<Report<E>>,
) -> io::Result<()> {
    for _ in 0..READ_AHEAD {
        // The other end is in this function's hands.
        let _ = spare.send(Vec::new());
    }
    let work = move || {
        let read = || match coding {
            Coding::Plain => way.read(source),
            Coding::Zstd => way.pack(source),
        };
        // Sending fails only when nobody waits for a report any more.
        let _ = match leaving_no_trace(read) {
            Ok(Some(bytes)) => report.send(Report::SourceEnded(bytes)),
            Ok(None) => Ok(()),
            Err(error) => report.send(Report::Failed(Error::Source(error))),
        };
    };
    thread::Builder::new().spawn(work).map(drop)
}

impl Way {
    /// How many bytes there were, or nothing when the wire has no more use for them.
    fn read(&self, mut source: Box<dyn Read + Send>) -> io::Result<Option<u64>> {
        let mut bytes = 0;
        while let Some(mut batch) = self.batch() {
            let count = uninterrupted(|| source.read_vectored(&mut batch.room(usize::MAX)))?;
            if count == 0 {
                return Ok(Some(bytes));
            }
            // What a stream gives must not wait for what it gives next.
            batch.advance(count);
            bytes += count as u64;
            if self.orders.send(Order::Batch(batch)).is_err() {
                break;
            }
        }
        Ok(None)
    }

    /// The same under zstd.
    fn pack(&self, mut source: Box<dyn Read + Send>) -> io::Result<Option<u64>> {
        let (mut packer, mut plain, mut bytes) = (Packer::new()?, Packer::room(), 0);
        if self.orders.send(Order::Record(Draft::with(PACKED, b""))).is_err() {
            return Ok(None);
        }
        loop {
            let count = uninterrupted(|| source.read(&mut plain))?;
            bytes += count as u64;
            let drain = if count == 0 { Packer::finish } else { Packer::flush };
            let (mut rest, mut is_drained) = (&plain[..count], false);
            while !is_drained {
                let Some(mut batch) = self.batch() else { return Ok(None) };
                rest = packer.pack(rest, &mut batch)?;
                is_drained = rest.is_empty() && drain(&mut packer, &mut batch)?;
                if self.orders.send(Order::Batch(batch)).is_err() {
                    return Ok(None);
                }
            }
            if count == 0 {
                return Ok(Some(bytes));
            }
        }
    }

    fn batch(&self) -> Option<Batch> {
        let buffer = self.empty.recv().ok()?;
        Some(Batch::new(Kind::DATA, buffer))
    }
}

fn uninterrupted(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
