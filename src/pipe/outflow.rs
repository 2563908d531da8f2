//! The thread that reads the source.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use super::{Error, Report};
use crate::channel::{Batch, Kind, Order};
use crate::crypto::aead::leaving_no_trace;

/// Batches that are read and not handed to the wire: enough to keep both threads busy, 1 MiB in all.
const READ_AHEAD: usize = 2;

/// Reads until the source ends, into buffers that come through `empty`, back from those that were given out.
pub(super) fn start<E: std::error::Error + Send + 'static>(
    source: Box<dyn Read + Send>,
    orders: Sender<Order>,
    empty: Receiver<Vec<u8>>,
    spare: &Sender<Vec<u8>>,
    report: Sender<Report<E>>,
) -> io::Result<()> {
    for _ in 0..READ_AHEAD {
        // The other end is in this function's hands.
        let _ = spare.send(Vec::new());
    }
    let work = move || {
        // Sending fails only when nobody waits for a report any more.
        let _ = match leaving_no_trace(|| read(source, &orders, &empty)) {
            Ok(Some(bytes)) => report.send(Report::SourceEnded(bytes)),
            Ok(None) => Ok(()),
            Err(error) => report.send(Report::Failed(Error::Source(error))),
        };
    };
    thread::Builder::new().spawn(work).map(drop)
}

/// How many bytes there were, or nothing when the wire has no more use for them.
fn read(
    mut source: Box<dyn Read + Send>,
    orders: &Sender<Order>,
    empty: &Receiver<Vec<u8>>,
) -> io::Result<Option<u64>> {
    let mut bytes = 0;
    while let Ok(buffer) = empty.recv() {
        let mut batch = Batch::new(Kind::DATA, buffer);
        let count = loop {
            match source.read_vectored(&mut batch.room(usize::MAX)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        if count == 0 {
            return Ok(Some(bytes));
        }
        // What a stream gives must not wait for what it gives next.
        batch.advance(count);
        bytes += count as u64;
        if orders.send(Order::Batch(batch)).is_err() {
            break;
        }
    }
    Ok(None)
}
