//! The thread of the receiver that decides, hashes and writes.

use std::io::{self, IoSlice};
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use super::message::{Choice, Choices, HASH, Hash, Query};
use super::{Manifest, Receipt, Total};
use crate::channel::{Coding, Unpacker};
use crate::crypto::aead::leaving_no_trace;
use crate::crypto::hash::Blake3;

/// How long a landing may take to go.
const FAREWELL: Duration = Duration::from_secs(2);

/// Where what is offered goes. Nothing shows under its final name before [`Landing::commit`]. All of it happens on one
/// thread, which is not this program's first.
pub trait Landing: Send {
    /// Looks at what is offered, and asks for what it must know of the sender's files before it decides.
    ///
    /// # Errors
    /// Why nothing of it is taken.
    fn consider(&mut self, offer: &Arc<Manifest>) -> io::Result<Vec<Query>>;

    /// Decides, given the hashes that it asked for.
    ///
    /// # Errors
    /// As [`Landing::consider`].
    fn decide(&mut self, answers: &[Hash]) -> io::Result<Choices>;

    /// Begins the content of an entry from the byte that was chosen, and gives the hash of what is before it.
    ///
    /// # Errors
    /// When it cannot be written; the same for all that follows.
    fn begin(&mut self, entry: usize) -> io::Result<Blake3>;

    /// Writes all of the next pieces of the content.
    ///
    /// # Errors
    /// As [`Landing::begin`].
    fn write(&mut self, pieces: &mut [IoSlice<'_>]) -> io::Result<()>;

    /// Ends the content that was begun.
    ///
    /// # Errors
    /// As [`Landing::begin`].
    fn end(&mut self, soundness: Soundness) -> io::Result<()>;

    /// Everything has arrived and is authentic: make it durable and give it its names.
    ///
    /// # Errors
    /// When it cannot be made so.
    fn commit(self: Box<Self>) -> io::Result<()>;
}

/// What there is to say of a content that has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soundness {
    /// It has the hash that the sender says.
    Sound,
    /// It has not, and must not be kept.
    Spoilt,
}

/// What the thread is told to do.
pub(super) enum Order {
    Consider,
    Decide(Vec<Hash>),
    /// Opened records, and where the content is in them.
    Write(Vec<u8>, Vec<Range<usize>>),
    Total,
    Commit,
}

/// What it has done.
pub(super) enum Done {
    Considered(Vec<Query>),
    Decided(Arc<Choices>),
    /// Gives the buffer back, with how many bytes of content are written and what has come to its end.
    Written(Vec<u8>, u64, Vec<(usize, Hash)>),
    Total(Receipt),
    Committed,
}

/// Why it has not.
pub(super) enum Failure {
    Refused(io::Error),
    Broken(io::Error),
    Content,
}

/// The thread, from outside.
pub(super) struct WriteBehind {
    orders: Sender<Order>,
    pub(super) done: Receiver<Result<Done, Failure>>,
    /// Orders given and not yet waited for; bounds what both queues hold.
    pub(super) in_flight: usize,
}

impl WriteBehind {
    pub(super) fn start(offer: Arc<Manifest>, landing: Box<dyn Landing>) -> io::Result<Self> {
        let (orders, todo) = mpsc::channel();
        let (report, done) = mpsc::channel();
        let writer = Writer::new(offer, landing)?;
        thread::Builder::new().spawn(move || leaving_no_trace(|| writer.work(&todo, &report)))?;
        Ok(Self {
            orders,
            done,
            in_flight: 0,
        })
    }

    pub(super) fn order(&mut self, order: Order) {
        self.in_flight += 1;
        // A writer that is gone shows when its answer is waited for.
        let _ = self.orders.send(order);
    }
}

impl Drop for WriteBehind {
    /// Waits for the thread, which drops the landing and so removes what stays incomplete; the program may end right after
    /// this. A landing that is stuck is left alone.
    fn drop(&mut self) {
        self.orders = mpsc::channel().0;
        while self.done.recv_timeout(FAREWELL).is_ok() {}
    }
}

struct Writer {
    offer: Arc<Manifest>,
    landing: Box<dyn Landing>,
    choices: Arc<Choices>,
    /// Answers to the queries, by the number of the entry.
    answers: Vec<(usize, Hash)>,
    asked: Vec<Query>,
    /// Entries before this one are through.
    next: usize,
    at: At,
    /// Of the content that the writer is in, so far.
    hash: Blake3,
    total: Total,
    unpacker: Option<Unpacker>,
    bytes: u64,
    ended: Vec<(usize, Hash)>,
}

/// Where in the stream of contents the writer is.
enum At {
    /// Nothing is begun.
    Between,
    /// In the content of `next`, with how much is to come, as far as it is known.
    Content(u64),
    /// In the hash behind it: the hash as written, and what has come of the sender's.
    Hash(Hash, Vec<u8>),
}

impl Writer {
    fn new(offer: Arc<Manifest>, landing: Box<dyn Landing>) -> io::Result<Self> {
        let unpacker = match offer.coding {
            Coding::Plain => None,
            Coding::Zstd => Some(Unpacker::new()?),
        };
        Ok(Self {
            unpacker,
            offer,
            landing,
            choices: Arc::default(),
            answers: Vec::new(),
            asked: Vec::new(),
            next: 0,
            at: At::Between,
            hash: Blake3::default(),
            total: Total::default(),
            bytes: 0,
            ended: Vec::new(),
        })
    }

    fn work(mut self, todo: &Receiver<Order>, report: &Sender<Result<Done, Failure>>) {
        while let Ok(order) = todo.recv() {
            let done = match order {
                Order::Consider => self.consider(),
                Order::Decide(answers) => self.decide(answers),
                Order::Write(buffer, ranges) => self.write(buffer, &ranges),
                Order::Total => self.finish().map(Done::Total),
                Order::Commit => {
                    let committed = self.landing.commit().map_err(Failure::Broken);
                    // Nobody is left to tell when the other side has given up meanwhile.
                    let _ = report.send(committed.map(|()| Done::Committed));
                    return;
                }
            };
            if report.send(done).is_err() {
                return;
            }
        }
    }

    fn consider(&mut self) -> Result<Done, Failure> {
        self.asked = self.landing.consider(&self.offer).map_err(Failure::Refused)?;
        Ok(Done::Considered(self.asked.clone()))
    }

    fn decide(&mut self, answers: Vec<Hash>) -> Result<Done, Failure> {
        let choices = self.landing.decide(&answers).map_err(Failure::Refused)?;
        let asked = self.asked.iter().map(|query| query.entry as usize);
        self.answers = asked.zip(answers).collect();
        self.choices = Arc::new(choices);
        Ok(Done::Decided(Arc::clone(&self.choices)))
    }

    fn write(&mut self, buffer: Vec<u8>, ranges: &[Range<usize>]) -> Result<Done, Failure> {
        let mut pieces: Vec<&[u8]> = ranges.iter().map(|range| &buffer[range.clone()]).collect();
        match self.unpacker.take() {
            None => self.take_all(&mut pieces)?,
            Some(mut unpacker) => {
                for packed in pieces {
                    let outcome = unpacker.unpack(packed, |plain| self.take_all(&mut [plain]));
                    outcome.map_err(|failure| failure.unwrap_or(Failure::Content))?;
                }
                self.unpacker = Some(unpacker);
            }
        }
        Ok(Done::Written(buffer, self.bytes, std::mem::take(&mut self.ended)))
    }

    fn take_all(&mut self, pieces: &mut [&[u8]]) -> Result<(), Failure> {
        let mut rest = pieces;
        while rest.iter().any(|piece| !piece.is_empty()) {
            rest = self.take(rest)?;
        }
        Ok(())
    }

    /// Takes what belongs together off the front of the stream, and gives the rest.
    fn take<'p, 'b>(&mut self, pieces: &'p mut [&'b [u8]]) -> Result<&'p mut [&'b [u8]], Failure> {
        match &mut self.at {
            At::Between => {
                self.begin()?;
                Ok(pieces)
            }
            At::Content(left) => {
                let (now, rest) = split(pieces, *left);
                for piece in &now {
                    self.hash.update(piece);
                }
                let count: u64 = now.iter().map(|piece| piece.len() as u64).sum();
                let mut slices: Vec<_> = now.iter().map(|piece| IoSlice::new(piece)).collect();
                self.landing.write(&mut slices).map_err(Failure::Broken)?;
                self.bytes += count;
                *left -= count;
                if *left == 0 {
                    self.at = At::Hash(self.hash.finish(), Vec::with_capacity(HASH));
                }
                Ok(rest)
            }
            At::Hash(own, got) => {
                let (now, rest) = split(pieces, (HASH - got.len()) as u64);
                for piece in now {
                    got.extend_from_slice(piece);
                }
                if got.len() == HASH {
                    let (own, is_sound) = (*own, own[..] == got[..]);
                    self.end(own, is_sound)?;
                }
                Ok(rest)
            }
        }
    }

    /// Goes to the next entry whose content comes, over those whose content does not.
    fn begin(&mut self) -> Result<(), Failure> {
        let offset = self.pass_over()?.ok_or(Failure::Content)?;
        self.hash = self.landing.begin(self.next).map_err(Failure::Broken)?;
        let left = self.offer.entry(self.next).size().unwrap_or(u64::MAX) - offset;
        self.at = match left {
            0 => At::Hash(self.hash.finish(), Vec::with_capacity(HASH)),
            _ => At::Content(left),
        };
        Ok(())
    }

    /// Moves to the next entry whose content comes: from which byte on, or `None` when there is none.
    fn pass_over(&mut self) -> Result<Option<u64>, Failure> {
        while self.next < self.offer.len() {
            let has_content = self.offer.entry(self.next).has_content();
            match self.choices.of(self.next) {
                Choice::Whole if has_content => return Ok(Some(0)),
                Choice::From(offset) => return Ok(Some(offset)),
                Choice::Here => {
                    let found = self.answers.binary_search_by_key(&self.next, |(entry, _)| *entry);
                    self.total.add(&self.answers[found.map_err(|_| Failure::Content)?].1);
                }
                _ => {}
            }
            self.next += 1;
        }
        Ok(None)
    }

    fn end(&mut self, hash: Hash, is_sound: bool) -> Result<(), Failure> {
        let soundness = if is_sound { Soundness::Sound } else { Soundness::Spoilt };
        self.landing.end(soundness).map_err(Failure::Broken)?;
        if !is_sound {
            return Err(Failure::Content);
        }
        self.total.add(&hash);
        self.ended.push((self.next, hash));
        self.next += 1;
        self.at = At::Between;
        Ok(())
    }

    /// All that was accepted must be there. A stream ends here, when the sender says so.
    fn finish(&mut self) -> Result<Receipt, Failure> {
        if self.unpacker.as_ref().is_some_and(|unpacker| !unpacker.is_over()) {
            return Err(Failure::Content);
        }
        let is_stream = self.offer.is_stream();
        if is_stream && matches!(self.at, At::Between) && self.pass_over()?.is_some() {
            self.begin()?;
        }
        if is_stream && matches!(self.at, At::Content(_)) {
            self.end(self.hash.finish(), true)?;
        }
        let is_complete = matches!(self.at, At::Between) && self.pass_over()?.is_none();
        is_complete
            .then(|| self.total.finish(&self.offer, self.bytes))
            .ok_or(Failure::Content)
    }
}

/// The first `count` bytes of the pieces, and what is behind them.
fn split<'p, 'b>(pieces: &'p mut [&'b [u8]], count: u64) -> (Vec<&'b [u8]>, &'p mut [&'b [u8]]) {
    let mut left = usize::try_from(count).unwrap_or(usize::MAX);
    let mut now = Vec::with_capacity(pieces.len());
    let mut whole = 0;
    for piece in pieces.iter_mut() {
        let (front, behind) = piece.split_at(left.min(piece.len()));
        if !front.is_empty() {
            now.push(front);
        }
        left -= front.len();
        *piece = behind;
        if !behind.is_empty() {
            break;
        }
        whole += 1;
    }
    (now, &mut pieces[whole..])
}
