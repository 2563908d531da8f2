//! A connection that has not met the other side yet.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use super::Guest;
use super::pair::say;
use crate::rendezvous::{LONGEST_LINE, Reply, Request, Token};

/// How long a request may take: a program sends it at once, and holds a place until then.
const ASKING: Duration = Duration::from_secs(5);

/// A connection that asks, or waits.
pub(super) struct Caller {
    pub(super) guest: Guest,
    /// When its time is over.
    pub(super) deadline: Instant,
    stage: Stage,
}

enum Stage {
    /// What has come of the request.
    Asking(Vec<u8>),
    Waiting(Token),
}

/// What a caller says.
pub(super) enum Said {
    /// Nothing that is whole.
    NotYet,
    /// Whom it wants.
    Request(Request),
    /// What nobody may say here; it is answered.
    Nonsense(Reply),
    /// It is gone.
    Goodbye,
}

impl Caller {
    /// Has just come.
    pub(super) fn new(guest: Guest) -> Self {
        Self {
            guest,
            deadline: Instant::now() + ASKING,
            stage: Stage::Asking(Vec::new()),
        }
    }

    /// Takes in what it says.
    pub(super) fn hear(&mut self) -> Said {
        let mut heard = [0; LONGEST_LINE];
        let count = match recv(&self.guest.socket, &mut heard, RecvFlags::empty()) {
            Ok((0, _)) => return Said::Goodbye,
            Ok((count, _)) => count,
            Err(Errno::AGAIN | Errno::INTR) => return Said::NotYet,
            Err(_) => return Said::Goodbye,
        };
        let Stage::Asking(line) = &mut self.stage else {
            return Said::Nonsense(Reply::Impatient);
        };
        line.extend(&heard[..count]);
        match line.iter().position(|byte| *byte == b'\n') {
            None if line.len() < LONGEST_LINE => Said::NotYet,
            None => Said::Nonsense(Reply::BadHandshake),
            Some(end) => request(&line[..end], &line[end + 1..]),
        }
    }

    /// Waits for the other side from now on.
    pub(super) fn wait(&mut self, token: Token, patience: Duration) {
        self.deadline = Instant::now() + patience;
        self.stage = Stage::Waiting(token);
    }

    /// What it waits under.
    pub(super) fn token(&self) -> Option<Token> {
        match self.stage {
            Stage::Asking(_) => None,
            Stage::Waiting(token) => Some(token),
        }
    }

    /// What to tell it when its time is over.
    pub(super) fn overdue(&self) -> Reply {
        match self.stage {
            Stage::Asking(_) => Reply::BadHandshake,
            Stage::Waiting(_) => Reply::NobodyCame,
        }
    }

    /// Tells it why it has to go.
    pub(super) fn dismiss(self, reply: Reply) {
        say(&self.guest.socket, reply);
    }
}

fn request(line: &[u8], behind: &[u8]) -> Said {
    let request = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok());
    match request {
        None => Said::Nonsense(Reply::BadHandshake),
        Some(_) if !behind.is_empty() => Said::Nonsense(Reply::Impatient),
        Some(request) => Said::Request(request),
    }
}

impl AsFd for Caller {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.guest.socket.as_fd()
    }
}
