//! The threads that open what comes and write it.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::ops::Range;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;
use std::time::Instant;

use super::{END, Error, PACKED, Report, Target, WRITTEN, out_of_turn};
use crate::channel::{self, Inbound, Kind, Opener, Order, Unpacker};
use crate::crypto::aead::leaving_no_trace;
use crate::crypto::rng::OsRng;

/// Buffers of records that wait to be written.
const WRITE_BEHIND: usize = 2;

/// What the writing thread is told to do.
enum Task<E: std::error::Error + 'static> {
    /// What is to be written is packed.
    Unpack,
    /// Write what is at these places of opened records.
    Write(Vec<u8>, Vec<Range<usize>>),
    Close,
    /// Pass on why nothing more comes, now that all before it is written.
    Fail(Error<E>),
}

/// Starts both threads; each holds `alive` until it ends.
pub(super) fn start<I: Inbound>(
    (inbound, opener): (I, Opener),
    target: Box<dyn Target>,
    orders: &Sender<Order>,
    report: &Sender<Report<I::Error>>,
    alive: &Sender<Infallible>,
) -> io::Result<()> {
    let (tasks, todo) = mpsc::sync_channel(WRITE_BEHIND);
    let (give_back, spent) = mpsc::channel();
    let writing = Writing {
        target: Some(target),
        unpacker: None,
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
        since: Instant::now(),
        tasks,
        orders: orders.clone(),
        report: report.clone(),
        stream: Stream::Awaited,
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

/// How far the peer's stream is.
#[derive(PartialEq, Eq)]
enum Stream {
    Awaited,
    /// PACKED or DATA has come.
    Flowing,
    /// END has come.
    Ended,
}

/// Opens what comes and keeps the peer to the order of its words.
struct Opening<E: std::error::Error + 'static> {
    opener: Opener,
    since: Instant,
    tasks: SyncSender<Task<E>>,
    /// For the thread that speaks.
    orders: Sender<Order>,
    report: Sender<Report<E>>,
    stream: Stream,
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
                Err(_) if self.is_ended() && self.is_taken => break,
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
        let (mut places, mut is_packed, was_ended) = (Vec::new(), false, self.is_ended());
        let opened = self.opener.open_each(&mut records, |kind, body, place| {
            match kind {
                PACKED if self.stream == Stream::Awaited && body.is_empty() => {
                    (self.stream, is_packed) = (Stream::Flowing, true);
                }
                Kind::DATA if self.stream != Stream::Ended && !body.is_empty() => {
                    self.stream = Stream::Flowing;
                    places.push(place);
                }
                END if self.stream != Stream::Ended && body.is_empty() => self.stream = Stream::Ended,
                WRITTEN if !self.is_taken && body.is_empty() => {
                    self.is_taken = true;
                    // Sending fails only when nobody waits for a report any more.
                    let _ = self.report.send(Report::Taken);
                }
                Kind::CLOSE if self.stream == Stream::Ended && self.is_taken && body.is_empty() => {
                    self.is_closed = true;
                }
                _ => return Err(out_of_turn()),
            }
            Ok(())
        });
        if is_packed {
            self.order(Task::Unpack);
        }
        if !places.is_empty() {
            self.order(Task::Write(records, places));
        }
        if self.is_ended() && !was_ended {
            self.order(Task::Close);
        }
        opened?;
        if let Some(refresh) = self.opener.owes(self.since.elapsed(), &mut OsRng)? {
            // A wire that takes no more is reported by who reads from it.
            let _ = self.orders.send(Order::Refresh(refresh));
        }
        Ok(())
    }

    fn is_ended(&self) -> bool {
        self.stream == Stream::Ended
    }

    fn order(&self, task: Task<E>) {
        // A writer that is gone has reported why.
        let _ = self.tasks.send(task);
    }
}

/// Writes in order, and reports when all is written.
struct Writing {
    target: Option<Box<dyn Target>>,
    unpacker: Option<Unpacker>,
    bytes: u64,
    give_back: Sender<Vec<u8>>,
}

impl Writing {
    fn work<E: std::error::Error + 'static>(mut self, todo: &Receiver<Task<E>>, report: &Sender<Report<E>>) {
        while let Ok(task) = todo.recv() {
            let done = match task {
                Task::Unpack => self.unpack(),
                Task::Write(buffer, places) => self.write(buffer, places).map(|()| None),
                Task::Close => self.close().map(|()| Some(Report::TargetClosed(self.bytes))),
                Task::Fail(error) => Err(error),
            };
            let word = done.unwrap_or_else(|error| Some(Report::Failed(error)));
            let is_last = matches!(word, Some(Report::Failed(_)));
            // Sending fails only when nobody waits for a report any more.
            let _ = word.map(|word| report.send(word));
            if is_last {
                return;
            }
        }
    }

    fn unpack<E: std::error::Error + 'static>(&mut self) -> Result<Option<Report<E>>, Error<E>> {
        self.unpacker = Some(Unpacker::new().map_err(Error::Target)?);
        Ok(None)
    }

    fn write<E: std::error::Error + 'static>(
        &mut self,
        buffer: Vec<u8>,
        places: Vec<Range<usize>>,
    ) -> Result<(), Error<E>> {
        let target = self
            .target
            .as_mut()
            .ok_or(Error::Target(io::ErrorKind::BrokenPipe.into()))?;
        let mut put = |pieces: &[IoSlice<'_>]| {
            target.write(pieces).map_err(Error::Target)?;
            self.bytes += pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
            Ok(())
        };
        if let Some(unpacker) = &mut self.unpacker {
            for place in places {
                let written = unpacker.unpack(&buffer[place], |plain| put(&[IoSlice::new(plain)]));
                written.map_err(|error| error.unwrap_or_else(not_packed))?;
            }
        } else {
            let pieces: Vec<_> = places.into_iter().map(|place| IoSlice::new(&buffer[place])).collect();
            put(&pieces)?;
        }
        // A buffer too many is dropped.
        let _ = self.give_back.send(buffer);
        Ok(())
    }

    fn close<E: std::error::Error + 'static>(&mut self) -> Result<(), Error<E>> {
        if self.unpacker.as_ref().is_some_and(|unpacker| !unpacker.is_over()) {
            return Err(not_packed());
        }
        self.target.take().map_or(Ok(()), Target::close).map_err(Error::Target)
    }
}

fn not_packed<E: std::error::Error + 'static>() -> Error<E> {
    channel::Error::Protocol("a packed stream that is none").into()
}
