//! Two sides that have met: bytes go from one socket through a pipe to the other, and never through this program.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{SendFlags, Shutdown, send, shutdown};
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

use super::Guest;
use crate::rendezvous::{Reply, Token};

/// Bytes that a pipe is asked to hold: a few system calls a megabyte, and less than what the system grants one user for 100
/// pairs. Where it grants less, the pipe has the size that it has.
const PIPE: usize = 256 * 1024;

/// Two sides and what is on its way between them.
pub(super) struct Pair {
    pub(super) ends: [Guest; 2],
    /// From the end of the same number to the other one.
    lanes: [Lane; 2],
    /// What they have in common.
    pub(super) token: Token,
    /// When one of them was last heard.
    pub(super) heard: Instant,
    /// What they have said to each other so far.
    pub(super) bytes: u64,
    most_bytes: Option<u64>,
}

impl Pair {
    /// Tells both that the other one is there.
    ///
    /// # Errors
    /// When the system has no pipes.
    pub(super) fn new(ends: [Guest; 2], token: Token, most_bytes: Option<u64>) -> Result<Self, Errno> {
        let lanes = [Lane::new()?, Lane::new()?];
        for end in &ends {
            say(&end.socket, Reply::Ok);
        }
        Ok(Self {
            ends,
            lanes,
            token,
            heard: Instant::now(),
            bytes: 0,
            most_bytes,
        })
    }

    /// The ends that something is expected of, and what.
    pub(super) fn wanted(&self) -> impl Iterator<Item = (&OwnedFd, PollFlags)> {
        let wanted = |end: usize| {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, self.lanes[end].is_thirsty());
            flags.set(PollFlags::OUT, self.lanes[1 - end].held > 0);
            (&self.ends[end].socket, flags)
        };
        // An end that nothing is expected of would report for ever that it is gone.
        [0, 1].map(wanted).into_iter().filter(|(_, flags)| !flags.is_empty())
    }

    /// Passes on what there is, once in each direction; whether more may come.
    ///
    /// # Errors
    /// When one side is gone, or they have said too much.
    pub(super) fn pass(&mut self) -> io::Result<bool> {
        for (end, lane) in self.lanes.iter_mut().enumerate() {
            let (from, into) = (&self.ends[end].socket, &self.ends[1 - end].socket);
            let count = lane.fill(from)?;
            self.bytes += count as u64;
            if self.most_bytes.is_some_and(|most| self.bytes > most) {
                return Err(io::Error::other("more bytes than are allowed"));
            }
            if lane.drain(into)? + count > 0 {
                self.heard = Instant::now();
            }
        }
        Ok(self.lanes.iter().any(|lane| lane.source != Source::Shut))
    }
}

/// One direction.
struct Lane {
    out: OwnedFd,
    into: OwnedFd,
    /// Bytes in the pipe.
    held: usize,
    source: Source,
}

/// How far one side has spoken.
#[derive(PartialEq, Eq)]
enum Source {
    Flows,
    Ended,
    /// It has ended, and the other side knows.
    Shut,
}

impl Lane {
    fn new() -> Result<Self, Errno> {
        let (out, into) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let _ = fcntl_setpipe_size(&into, PIPE);
        Ok(Self {
            out,
            into,
            held: 0,
            source: Source::Flows,
        })
    }

    /// Whether it takes more. A pipe has places as well as bytes, so it is filled when it is empty and not before.
    fn is_thirsty(&self) -> bool {
        self.held == 0 && self.source == Source::Flows
    }

    fn fill(&mut self, from: &OwnedFd) -> io::Result<usize> {
        if !self.is_thirsty() {
            return Ok(0);
        }
        match moved(from, &self.into, PIPE)? {
            None => {}
            Some(0) => self.source = Source::Ended,
            Some(count) => self.held = count,
        }
        Ok(self.held)
    }

    /// Empties the pipe as far as the other side takes it; behind the last byte goes the end.
    fn drain(&mut self, into: &OwnedFd) -> io::Result<usize> {
        let count = if self.held > 0 {
            moved(&self.out, into, self.held)?.unwrap_or(0)
        } else {
            0
        };
        self.held -= count;
        if self.held == 0 && self.source == Source::Ended {
            shutdown(into, Shutdown::Write)?;
            self.source = Source::Shut;
        }
        Ok(count)
    }
}

/// Moves up to `most` bytes; `None` when nothing can be moved now.
fn moved(from: &OwnedFd, into: &OwnedFd, most: usize) -> io::Result<Option<usize>> {
    match splice(from, None, into, None, most, SpliceFlags::NONBLOCK) {
        Ok(count) => Ok(Some(count)),
        Err(Errno::AGAIN | Errno::INTR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Says a line. A new connection takes it whole, and whoever is gone is found to be so when bytes are passed.
pub(super) fn say(socket: &OwnedFd, reply: Reply) {
    let _ = send(socket, format!("{}\n", reply.line()).as_bytes(), SendFlags::NOSIGNAL);
}
