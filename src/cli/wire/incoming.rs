//! The half of a wire that receives: a thread cuts what comes into messages, which wait to be taken.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::{Arrival, FAREWELL, Inbox, LOOK, QUEUE, WireError};
use crate::channel::Inbound;
use crate::cli::cutter::{Cutter, first_len};

/// Bytes that are taken in while this side cannot send: thousands of words that the peer is alive, and little to hold.
const HOARD: usize = 64 * 1024;

/// The half of a wire that receives.
pub struct Incoming {
    arrivals: Receiver<Result<Arrival, WireError>>,
    /// For what must be waited for together with the peer's messages.
    inbox: Inbox,
    /// Messages that have come together, and are taken one by one.
    pending: Vec<u8>,
    /// Bytes of them that are taken.
    taken: usize,
    /// Buffers for the next ones.
    spent: SyncSender<Vec<u8>>,
    /// Why no more come, when all that has come is taken.
    end: Option<WireError>,
    clock: Arc<Clock>,
    patience: Duration,
}

impl Incoming {
    /// Starts the thread that reads.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub(super) fn start(reading: Box<dyn Read + Send>, clock: Arc<Clock>, patience: Duration) -> io::Result<Self> {
        let (inbox, arrivals) = mpsc::sync_channel(QUEUE);
        let (spent, empty) = mpsc::sync_channel(QUEUE);
        let (deliver, heard) = (inbox.clone(), Arc::clone(&clock));
        let cutter = Cutter::new(reading, Arc::clone(&clock), empty);
        thread::Builder::new().spawn(move || read_messages(cutter, &deliver, &heard))?;
        Ok(Self {
            arrivals,
            inbox: Inbox(inbox),
            pending: Vec::new(),
            taken: 0,
            spent,
            end: None,
            clock,
            patience,
        })
    }

    /// Silence after which the peer counts as gone.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Where answers may be put.
    pub(super) fn inbox(&self) -> Inbox {
        self.inbox.clone()
    }

    /// The next arrival, for at most `patience`.
    ///
    /// # Errors
    /// [`WireError`].
    pub(super) fn next(&mut self, patience: Duration) -> Result<Arrival, WireError> {
        // Whoever counts down to a deadline is over it now, however much a peer still sends.
        if patience.is_zero() {
            return Err(WireError::Silent(patience));
        }
        if let Some(message) = self.first_pending() {
            return Ok(Arrival::Message(message));
        }
        match self.arrival(patience)? {
            Arrival::Message(messages) => {
                self.pending = messages;
                Ok(Arrival::Message(self.first_pending().unwrap_or_default()))
            }
            answer @ Arrival::Answer(_) => Ok(answer),
        }
    }

    /// The next message, for at most `patience`.
    ///
    /// # Errors
    /// [`WireError`].
    pub(super) fn message(&mut self, patience: Duration) -> Result<Vec<u8>, WireError> {
        loop {
            if let Arrival::Message(message) = self.next(patience)? {
                return Ok(message);
            }
        }
    }

    /// As many messages as have come, and one at least; takes a buffer that is of use no more.
    ///
    /// # Errors
    /// [`WireError`].
    pub(super) fn many(&mut self, spent: Vec<u8>) -> Result<Vec<u8>, WireError> {
        // A buffer too many is dropped.
        let _ = self.spent.try_send(spent);
        loop {
            if !self.pending.is_empty() {
                return Ok(self.rest());
            }
            if let Arrival::Message(messages) = self.arrival(self.patience)? {
                return Ok(messages);
            }
        }
    }

    /// The next message, if one is there already.
    ///
    /// # Errors
    /// [`WireError`].
    pub(super) fn poll(&mut self) -> Result<Option<Vec<u8>>, WireError> {
        if let Some(message) = self.first_pending() {
            return Ok(Some(message));
        }
        if let Some(why) = self.end.take() {
            return Err(why);
        }
        match self.arrivals.try_recv() {
            Ok(Ok(Arrival::Message(messages))) => {
                self.pending = messages;
                Ok(self.first_pending())
            }
            Ok(Err(why)) => Err(why),
            Ok(Ok(Arrival::Answer(_))) | Err(_) => Ok(None),
        }
    }

    /// Takes in what has come, for later: a peer that takes nothing for long says that it is alive more often than there is
    /// room for in the queue, and behind a full queue nobody is heard.
    pub(super) fn hoard(&mut self) {
        while self.end.is_none() && self.pending.len() < HOARD {
            match self.arrivals.try_recv() {
                Ok(Ok(Arrival::Message(messages))) => self.pending.extend_from_slice(&messages),
                Ok(Ok(Arrival::Answer(_))) => {}
                Ok(Err(why)) => self.end = Some(why),
                Err(_) => return,
            }
        }
    }

    /// Waits, for a moment, until the peer has ended its direction.
    pub(super) fn hear_out(self) {
        // With this sender gone, a reading thread that has ended already is not waited for.
        drop(self.inbox);
        let deadline = Instant::now() + FAREWELL;
        let left = || deadline.saturating_duration_since(Instant::now());
        while matches!(self.arrivals.recv_timeout(left()), Ok(Ok(_))) {}
    }

    /// The first of the messages that have come together.
    fn first_pending(&mut self) -> Option<Vec<u8>> {
        let length = first_len(&self.pending[self.taken..]);
        if length == self.pending.len() {
            return (length > 0).then(|| std::mem::take(&mut self.pending));
        }
        let message = self.pending[self.taken..][..length].to_vec();
        self.taken += length;
        if self.taken == self.pending.len() {
            self.rest();
        }
        (length > 0).then_some(message)
    }

    /// All that has come together and has not been taken.
    fn rest(&mut self) -> Vec<u8> {
        let mut messages = std::mem::take(&mut self.pending);
        messages.drain(..std::mem::take(&mut self.taken));
        messages
    }

    fn arrival(&mut self, patience: Duration) -> Result<Arrival, WireError> {
        if let Some(why) = self.end.take() {
            return Err(why);
        }
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.arrivals.recv_timeout(left.min(LOOK)) {
                Ok(arrival) => return arrival,
                Err(RecvTimeoutError::Timeout) if left <= LOOK => return Err(WireError::Silent(patience)),
                Err(RecvTimeoutError::Timeout) if self.clock.is_stuck(self.patience) => {
                    return Err(WireError::Silent(self.patience));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(WireError::Closed),
            }
        }
    }
}

impl Inbound for Incoming {
    type Error = WireError;

    fn receive_many(&mut self, spent: Vec<u8>) -> Result<Vec<u8>, WireError> {
        self.many(spent)
    }

    fn finish(self) {
        self.hear_out();
    }
}

fn read_messages(mut cutter: Cutter, deliver: &SyncSender<Result<Arrival, WireError>>, clock: &Clock) {
    loop {
        let messages = cutter.next();
        let over = messages.is_err();
        if deliver.send(messages.map(Arrival::Message)).is_err() || over {
            return;
        }
        clock.listen_again();
    }
}
