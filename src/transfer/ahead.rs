//! The thread of the sender that reads and hashes.

use std::io::{self, IoSliceMut};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use super::message::{Choice, Choices, FDATA, Hash, Query};
use super::{Entry, Manifest, Receipt, Total};
use crate::channel::{Batch, Coding, Packer};
use crate::crypto::aead::leaving_no_trace;
use crate::crypto::hash::Blake3;

/// Batches that are read ahead: enough to keep both threads busy, 1 MiB in all.
const READ_AHEAD: usize = 2;

/// Buffers that come back from the wire and wait to be filled.
const SPARE: usize = 8;

/// Where contents come from; read on a thread of its own, because a pipe may be silent for longer than the peer's patience.
pub trait Source: Send {
    /// Goes to the beginning of the content of an entry.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was announced any more.
    fn open(&mut self, entry: usize) -> io::Result<()>;

    /// Fills the buffers from their front and gives how many bytes there are, 0 only at the end.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize>;

    /// All that was announced has been read.
    ///
    /// # Errors
    /// When there is more, or the content has changed since it was announced.
    fn close(&mut self) -> io::Result<()>;
}

/// What the thread is asked for.
pub(super) enum Order {
    Answer(Vec<Query>),
    Send(Arc<Choices>),
}

/// What it gives, in order.
pub(super) enum Piece {
    /// What a query asked for.
    Answer(Hash),
    /// Records to seal, with how many bytes of content have been read in all, and which contents have come to their end.
    Content(Batch, u64, Vec<(usize, Hash)>),
    /// There is no more.
    End(Receipt),
}

/// Why it stops.
pub(super) enum Stop {
    Broken(io::Error),
    Changed {
        announced: u64,
        read: u64,
    },
    /// Nobody waits for it any more.
    Alone,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// The thread, from outside.
pub(super) struct ReadAhead {
    pub(super) orders: Sender<Order>,
    pub(super) pieces: Receiver<Result<Piece, Stop>>,
    pub(super) spare: SyncSender<Vec<u8>>,
}

impl ReadAhead {
    pub(super) fn start(offer: Arc<Manifest>, source: Box<dyn Source>) -> io::Result<Self> {
        let (orders, todo) = mpsc::channel();
        let (out, pieces) = mpsc::sync_channel(READ_AHEAD);
        let (spare, empty) = mpsc::sync_channel(SPARE);
        thread::Builder::new().spawn(move || {
            let reader = Reader {
                offer,
                source,
                out,
                empty,
                answers: Vec::new(),
                batch: Batch::new(FDATA, Vec::new()),
                packer: None,
                plain: Vec::new(),
                bytes: 0,
                ended: Vec::new(),
            };
            // The program may end right after the last word, so the stack is wiped before it.
            let (out, end) = leaving_no_trace(|| reader.work(&todo));
            // Sending fails only when the other side has given up; then nobody waits for the rest.
            let _ = out.send(end);
        })?;
        Ok(Self { orders, pieces, spare })
    }
}

struct Reader {
    offer: Arc<Manifest>,
    source: Box<dyn Source>,
    out: SyncSender<Result<Piece, Stop>>,
    empty: Receiver<Vec<u8>>,
    /// Hashes of whole files that were asked for, by the number of the entry.
    answers: Vec<(usize, Hash)>,
    /// What is read and not on its way yet.
    batch: Batch,
    packer: Option<Packer>,
    /// What is read to be packed.
    plain: Vec<u8>,
    bytes: u64,
    ended: Vec<(usize, Hash)>,
}

impl Reader {
    fn work(mut self, todo: &Receiver<Order>) -> (SyncSender<Result<Piece, Stop>>, Result<Piece, Stop>) {
        let end = self.carry_out(todo);
        (self.out, end)
    }

    fn carry_out(&mut self, todo: &Receiver<Order>) -> Result<Piece, Stop> {
        loop {
            match todo.recv().map_err(|_| Stop::Alone)? {
                Order::Answer(queries) => queries.iter().try_for_each(|query| self.answer(query))?,
                Order::Send(choices) => return self.send(&choices).map(Piece::End),
            }
        }
    }

    fn answer(&mut self, query: &Query) -> Result<(), Stop> {
        let entry = query.entry as usize;
        self.source.open(entry)?;
        let hash = self.hash_front(query.length)?.finish();
        if self.offer.entry(entry).size() == Some(query.length) {
            self.source.close()?;
            self.answers.push((entry, hash));
        }
        self.give(Piece::Answer(hash))
    }

    /// Hashes the first `length` bytes of what is open.
    fn hash_front(&mut self, length: u64) -> Result<Blake3, Stop> {
        let mut hash = Blake3::default();
        let mut left = length;
        let mut buffer = vec![0; usize::try_from(length).unwrap_or(Batch::ROOM).min(Batch::ROOM)];
        while left > 0 {
            let limit = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let count = read(&mut *self.source, &mut [IoSliceMut::new(&mut buffer[..limit])])?;
            if count == 0 {
                return Err(Stop::Changed {
                    announced: length,
                    read: length - left,
                });
            }
            hash.update(&buffer[..count]);
            left -= count as u64;
        }
        Ok(hash)
    }

    fn send(&mut self, choices: &Choices) -> Result<Receipt, Stop> {
        let offer = Arc::clone(&self.offer);
        let mut total = Total::default();
        if offer.coding == Coding::Zstd {
            self.packer = Some(Packer::new()?);
            self.plain = Packer::room();
        }
        for (index, entry) in offer.contents() {
            let offset = match choices.of(index) {
                Choice::Skip => continue,
                Choice::Here => {
                    total.add(&self.answered(index)?);
                    continue;
                }
                Choice::Whole => 0,
                Choice::From(offset) => offset,
            };
            let hash = self.content(index, &entry, offset)?;
            total.add(&hash);
            self.ended.push((index, hash));
        }
        self.drain(Packer::finish)?;
        Ok(total.finish(&offer, self.bytes))
    }

    /// The hash that a receiver must have asked for when it says that it has the file.
    fn answered(&self, index: usize) -> Result<Hash, Stop> {
        let found = self.answers.binary_search_by_key(&index, |(index, _)| *index);
        let never = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "the receiver claims a file that it never asked about",
            )
        };
        Ok(found.map(|at| self.answers[at].1).map_err(|_| never())?)
    }

    /// Reads the content of an entry from `offset` on, and puts its hash behind it.
    fn content(&mut self, index: usize, entry: &Entry<'_>, offset: u64) -> Result<Hash, Stop> {
        self.source.open(index)?;
        let mut hash = self.hash_front(offset)?;
        let size = entry.size();
        let mut left = size.unwrap_or(u64::MAX) - offset;
        while left > 0 {
            let limit = usize::try_from(left).unwrap_or(usize::MAX);
            let count = if self.packer.is_some() {
                self.read_packed(limit, &mut hash)?
            } else {
                self.read_straight(limit, &mut hash)?
            };
            match (count, size) {
                (0, Some(announced)) => {
                    return Err(Stop::Changed {
                        announced,
                        read: announced - left,
                    });
                }
                (0, None) => break,
                _ => {}
            }
            left -= count as u64;
            self.bytes += count as u64;
            // What a stream gives must not wait for what it gives next.
            if size.is_none() {
                self.drain(Packer::flush)?;
            } else if self.batch.len() == Batch::ROOM {
                self.flush()?;
            }
        }
        self.source.close()?;
        let hash = hash.finish();
        if size.is_some() {
            self.put(&hash)?;
        }
        Ok(hash)
    }

    fn read_straight(&mut self, limit: usize, hash: &mut Blake3) -> Result<usize, Stop> {
        let start = self.batch.len();
        let count = read(&mut *self.source, &mut self.batch.room(limit))?;
        self.batch.advance(count);
        self.batch.filled_from(start).for_each(|piece| hash.update(piece));
        Ok(count)
    }

    fn read_packed(&mut self, limit: usize, hash: &mut Blake3) -> Result<usize, Stop> {
        let mut plain = std::mem::take(&mut self.plain);
        let most = plain.len();
        let room = &mut plain[..limit.min(most)];
        let count = read(&mut *self.source, &mut [IoSliceMut::new(room)])?;
        hash.update(&plain[..count]);
        self.put(&plain[..count])?;
        self.plain = plain;
        Ok(count)
    }

    fn put(&mut self, mut bytes: &[u8]) -> Result<(), Stop> {
        while !bytes.is_empty() {
            bytes = match &mut self.packer {
                Some(packer) => packer.pack(bytes, &mut self.batch)?,
                None => self.batch.put(bytes),
            };
            if self.batch.len() == Batch::ROOM {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Gives all that has been put, also what the packer holds back.
    fn drain(&mut self, how: fn(&mut Packer, &mut Batch) -> io::Result<bool>) -> Result<(), Stop> {
        if let Some(mut packer) = self.packer.take() {
            while !how(&mut packer, &mut self.batch)? {
                if self.batch.len() == Batch::ROOM {
                    self.flush()?;
                }
            }
            self.packer = Some(packer);
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let next = Batch::new(FDATA, self.empty.try_recv().unwrap_or_default());
        let full = std::mem::replace(&mut self.batch, next);
        let ended = std::mem::take(&mut self.ended);
        self.give(Piece::Content(full, self.bytes, ended))
    }

    fn give(&self, piece: Piece) -> Result<(), Stop> {
        self.out.send(Ok(piece)).map_err(|_| Stop::Alone)
    }
}

fn read(source: &mut dyn Source, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
    loop {
        match source.read(buffers) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
