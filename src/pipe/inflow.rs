//! The threads that open what comes and write it.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::ops::Range;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use super::{END, Error, Report, Target, WRITTEN, out_of_turn};
use crate::channel::{Inbound, Kind, Opener};
use crate::crypto::aead::leaving_no_trace;

/// Buffers of records that wait to be written.
const WRITE_BEHIND: usize = 2;

/// What the writing thread is told to do.
enum Task<E: std::error::Error + 'static> {
    /// Write what is at these places of opened records.
    Write(Vec<u8>, Vec<Range<usize>>),
    Close,
    /// Pass on why nothing more comes, now that all before it is written.
    Fail(Error<E>),
}

/// Starts both threads; each holds `alive` until it ends.
pub(super) fn start<I: Inbound>(
    inbound: I,
    opener: Opener,
    target: Box<dyn Target>,
    report: &Sender<Report<I::Error>>,
    alive: &Sender<Infallible>,
) -> io::Result<()> {
    let (tasks, todo) = mpsc::sync_channel(WRITE_BEHIND);
    let (give_back, spent) = mpsc::channel();
    let writing = Writing {
        target: Some(target),
        bytes: 0,
        give_back,
    };
    let (to_report, is_alive) = (report.clone(), alive.clone());
    thread::Builder::new().spawn(move || {
        leaving_no_trace(|| writing.work(&todo, &to_report));
        drop(is_alive);
    })?;
    let opening = Opening {
        opener,
        tasks,
        report: report.clone(),
        is_ended: false,
        is_taken: false,
        is_closed: false,
    };
    let is_alive = alive.clone();
    thread::Builder::new().spawn(move || {
        leaving_no_trace(|| opening.work(inbound, &spent));
        drop(is_alive);
    })?;
    Ok(())
}

/// Opens what comes and keeps the peer to the order of its words.
struct Opening<E: std::error::Error + 'static> {
    opener: Opener,
    tasks: SyncSender<Task<E>>,
    report: Sender<Report<E>>,
    /// Whether END has come.
    is_ended: bool,
    /// Whether WRITTEN has come.
    is_taken: bool,
    is_closed: bool,
}

impl<E: std::error::Error + 'static> Opening<E> {
    /// Until CLOSE has come, or something fails. Where nobody writes any more, what comes is heard out all the same.
    fn work<I: Inbound<Error = E>>(mut self, mut inbound: I, spent: &Receiver<Vec<u8>>) {
        while !self.is_closed {
            let received = inbound.receive_many(spent.try_recv().unwrap_or_default());
            match received.map_err(Error::Link).and_then(|records| self.take(records)) {
                Ok(()) => {}
                // The peer has said all that matters.
                Err(_) if self.is_ended && self.is_taken => break,
                Err(error) => {
                    self.order(Task::Fail(error));
                    break;
                }
            }
        }
        drop(self);
        inbound.finish();
    }

    /// Hands on what is in the records, as far as they are in order.
    fn take(&mut self, mut records: Vec<u8>) -> Result<(), Error<E>> {
        let (mut places, was_ended) = (Vec::new(), self.is_ended);
        let opened = self.opener.open_each(&mut records, |kind, body, place| {
            match kind {
                Kind::DATA if !self.is_ended && !body.is_empty() => places.push(place),
                END if !self.is_ended && body.is_empty() => self.is_ended = true,
                WRITTEN if !self.is_taken && body.is_empty() => {
                    self.is_taken = true;
                    // Sending fails only when nobody waits for a report any more.
                    let _ = self.report.send(Report::Taken);
                }
                Kind::CLOSE if self.is_ended && self.is_taken && body.is_empty() => self.is_closed = true,
                _ => return Err(out_of_turn()),
            }
            Ok(())
        });
        if !places.is_empty() {
            self.order(Task::Write(records, places));
        }
        if self.is_ended && !was_ended {
            self.order(Task::Close);
        }
        opened
    }

    fn order(&self, task: Task<E>) {
        // A writer that is gone has reported why.
        let _ = self.tasks.send(task);
    }
}

/// Writes in order, and reports when all is written.
struct Writing {
    target: Option<Box<dyn Target>>,
    bytes: u64,
    give_back: Sender<Vec<u8>>,
}

impl Writing {
    fn work<E: std::error::Error + 'static>(mut self, todo: &Receiver<Task<E>>, report: &Sender<Report<E>>) {
        while let Ok(task) = todo.recv() {
            let done = match task {
                Task::Write(buffer, places) => self.write(buffer, places).map(|()| None),
                Task::Close => self.close().map(|()| Some(Report::TargetClosed(self.bytes))),
                Task::Fail(error) => Ok(Some(Report::Failed(error))),
            };
            let word = done.unwrap_or_else(|error| Some(Report::Failed(Error::Target(error))));
            let is_last = matches!(word, Some(Report::Failed(_)));
            // Sending fails only when nobody waits for a report any more.
            let _ = word.map(|word| report.send(word));
            if is_last {
                return;
            }
        }
    }

    fn write(&mut self, buffer: Vec<u8>, places: Vec<Range<usize>>) -> io::Result<()> {
        let pieces: Vec<_> = places.into_iter().map(|place| IoSlice::new(&buffer[place])).collect();
        let target = self.target.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        target.write(&pieces)?;
        self.bytes += pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
        // A buffer too many is dropped.
        let _ = self.give_back.send(buffer);
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        self.target.take().map_or(Ok(()), Target::close)
    }
}
