//! The wire: a duplex of bytes to the peer, cut into whole messages by one thread and written by another, so that
//! nothing that the peer does or leaves undone can hold this side up for longer than its patience.

use std::io::{self, Read, Write};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use crate::channel::Link;
use crate::cli::cutter::{Cutter, first_len};
use crate::cli::fault::Fault;
use crate::handshake;

/// Messages that wait on either side of a thread: enough to keep it busy, little to hold for a peer that floods.
const QUEUE: usize = 4;
/// How often a wait looks whether a message is stuck.
const LOOK: Duration = Duration::from_secs(1);
/// How long the last words to a peer may take, and its own last words to arrive.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long a command of `--exec` may take to end after its wire has closed.
const CHILD_END: Duration = Duration::from_secs(5);

/// The half that writes, and says at its end that no more will come.
pub trait Sending: Write + Send {
    /// Tells the peer that this direction is over.
    fn shut(&mut self) {}
}

/// A wire to a peer.
pub struct Wire {
    arrivals: Receiver<Result<Arrival, WireError>>,
    /// For what must be waited for together with the peer's messages.
    inbox: SyncSender<Result<Arrival, WireError>>,
    /// Messages that have come together, and are taken one by one.
    pending: Vec<u8>,
    /// Bytes of them that are taken.
    taken: usize,
    /// Buffers for the next ones.
    spent: SyncSender<Vec<u8>>,
    outgoing: Option<Outgoing>,
    clock: Arc<Clock>,
    patience: Duration,
    child: Option<Child>,
    hang_up: HangUp,
}

/// Ends a connection, and with it the thread that reads from it, when the wire is dropped.
struct HangUp(Option<Box<dyn FnOnce() + Send>>);

impl Drop for HangUp {
    fn drop(&mut self) {
        if let Some(hang_up) = self.0.take() {
            hang_up();
        }
    }
}

/// What this side waits for.
pub enum Arrival {
    /// A whole frame or record; within the wire, perhaps several records.
    Message(Vec<u8>),
    /// What a person, or what stands in for one, answered.
    Answer(Result<Said, Fault>),
}

/// An answer to the question whether the codes are the same.
pub struct Said {
    /// The words.
    pub line: String,
    /// Who wants to know what came of it, when it was not the terminal that asked.
    pub asker: Option<SyncSender<String>>,
}

impl Said {
    /// In answer to the question at the terminal.
    pub fn at_the_terminal(line: String) -> Self {
        Self { line, asker: None }
    }

    /// Tells what came of it; false when it is the terminal that must be told.
    pub fn tell(&self, outcome: &str) -> bool {
        // Whoever asked may be gone.
        self.asker
            .as_ref()
            .map(|asker| asker.try_send(outcome.to_owned()))
            .is_some()
    }
}

/// For what must be waited for together with the peer's messages.
#[derive(Clone)]
pub struct Inbox(SyncSender<Result<Arrival, WireError>>);

impl Inbox {
    /// Puts an answer among the arrivals.
    pub fn put(&self, said: Result<Said, Fault>) {
        // The wire may be gone when the person is done; then nobody waits for the answer.
        let _ = self.0.send(Ok(Arrival::Answer(said)));
    }
}

/// Why a wire ended.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The peer closed it between two messages, or within one.
    #[error("the peer is gone")]
    Closed,
    /// Nothing came, or nothing was taken, for too long.
    #[error("nothing was heard of the peer for {} seconds", .0.as_secs())]
    Silent(Duration),
    /// Reading or writing failed.
    #[error("the wire broke")]
    Broken(#[source] io::Error),
    /// What came is not a frame of the exchange.
    #[error(transparent)]
    Frame(handshake::Error),
    /// What came is text.
    #[error("the peer sent text, which is not keypact")]
    Text(String),
}

struct Outgoing {
    full: SyncSender<Vec<u8>>,
    spare: Receiver<io::Result<Vec<u8>>>,
    in_flight: usize,
}

/// When the peer was last heard, in milliseconds since the wire began.
#[derive(Debug)]
pub(super) struct Clock {
    began: Instant,
    heard: AtomicU64,
    /// Whether a message has begun and is not whole yet.
    midway: AtomicBool,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            heard: AtomicU64::new(0),
            midway: AtomicBool::new(false),
        }
    }
}

impl Clock {
    pub(super) fn note(&self, midway: bool) {
        self.heard.store(self.now(), Ordering::Relaxed);
        self.midway.store(midway, Ordering::Relaxed);
    }

    /// Whether the rest of a message that has begun is overdue: a person may take long, a message may not.
    fn is_stuck(&self, patience: Duration) -> bool {
        self.midway.load(Ordering::Relaxed) && self.silence() >= patience
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn silence(&self) -> Duration {
        Duration::from_millis(self.now().saturating_sub(self.heard.load(Ordering::Relaxed)))
    }
}

impl Wire {
    /// Starts both threads.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub fn new(reading: Box<dyn Read + Send>, writing: Box<dyn Sending>, patience: Duration) -> io::Result<Self> {
        let clock = Arc::new(Clock::default());
        let (inbox, arrivals) = mpsc::sync_channel(QUEUE);
        let (spent, empty) = mpsc::sync_channel(QUEUE);
        let (deliver, heard) = (inbox.clone(), Arc::clone(&clock));
        let cutter = Cutter::new(reading, heard, empty);
        thread::Builder::new().spawn(move || read_messages(cutter, &deliver))?;
        Ok(Self {
            arrivals,
            inbox,
            pending: Vec::new(),
            taken: 0,
            spent,
            outgoing: Some(Outgoing::start(writing)?),
            clock,
            patience,
            child: None,
            hang_up: HangUp(None),
        })
    }

    /// The same with what ends the connection.
    #[must_use]
    pub fn hanging_up(self, hang_up: impl FnOnce() + Send + 'static) -> Self {
        Self {
            hang_up: HangUp(Some(Box::new(hang_up))),
            ..self
        }
    }

    /// The same with the command whose pipes it is.
    #[must_use]
    pub fn with_child(self, child: Child) -> Self {
        Self {
            child: Some(child),
            ..self
        }
    }

    /// The next arrival, for at most `patience`.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn next(&mut self, patience: Duration) -> Result<Arrival, WireError> {
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

    /// The next message, for at most `patience`.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn message(&mut self, patience: Duration) -> Result<Vec<u8>, WireError> {
        loop {
            if let Arrival::Message(message) = self.next(patience)? {
                return Ok(message);
            }
        }
    }

    /// Waits for a person's answer while messages go on arriving; it arrives like one of them.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub fn meanwhile(&self, ask: impl FnOnce() -> Result<Said, Fault> + Send + 'static) -> io::Result<()> {
        let inbox = self.inbox();
        thread::Builder::new().spawn(move || inbox.put(ask())).map(drop)
    }

    /// Where answers may be put.
    pub fn inbox(&self) -> Inbox {
        Inbox(self.inbox.clone())
    }

    /// Writes a whole message.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn write(&mut self, message: Vec<u8>) -> Result<Vec<u8>, WireError> {
        let outgoing = self.outgoing.as_mut().ok_or(WireError::Closed)?;
        let spare = outgoing.spare(QUEUE, self.patience, &self.clock)?;
        outgoing.in_flight += 1;
        outgoing.full.send(message).map_err(|_| WireError::Closed)?;
        Ok(spare)
    }

    /// Ends the wire: everything written reaches the peer if it still reads, and its last words are waited for. Gives
    /// the exit status of the command of `--exec`, when it failed.
    pub fn finish(mut self) -> Option<String> {
        if let Some(mut outgoing) = self.outgoing.take() {
            // A peer that is gone or does not read has no last words to hear.
            let _ = outgoing.spare(1, FAREWELL, &self.clock);
        }
        // With this sender gone, a reading thread that has ended already is not waited for.
        drop(self.inbox);
        let deadline = Instant::now() + FAREWELL;
        let left = || deadline.saturating_duration_since(Instant::now());
        while matches!(self.arrivals.recv_timeout(left()), Ok(Ok(_))) {}
        drop(self.hang_up);
        self.child.take().and_then(end_of)
    }
}

impl Link for Wire {
    type Error = WireError;

    fn send(&mut self, records: Vec<u8>) -> Result<Vec<u8>, WireError> {
        self.write(records)
    }

    fn receive(&mut self) -> Result<Vec<u8>, WireError> {
        self.message(self.patience)
    }

    fn receive_many(&mut self, spent: Vec<u8>) -> Result<Vec<u8>, WireError> {
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

    fn poll(&mut self) -> Result<Option<Vec<u8>>, WireError> {
        if let Some(message) = self.first_pending() {
            return Ok(Some(message));
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
}

impl Outgoing {
    fn start(mut writing: Box<dyn Sending>) -> io::Result<Self> {
        let (full, to_write) = mpsc::sync_channel::<Vec<u8>>(QUEUE);
        let (give_back, spare) = mpsc::sync_channel(QUEUE);
        thread::Builder::new().spawn(move || {
            while let Ok(message) = to_write.recv() {
                let written = writing.write_all(&message).and_then(|()| writing.flush());
                let failed = written.is_err();
                if give_back.send(written.map(|()| message)).is_err() || failed {
                    break;
                }
            }
            writing.shut();
        })?;
        Ok(Self {
            full,
            spare,
            in_flight: 0,
        })
    }

    /// Waits until fewer than `limit` messages are on their way, and gives a buffer that is done with. A peer that is heard is
    /// alive, even while it takes nothing.
    fn spare(&mut self, limit: usize, patience: Duration, clock: &Clock) -> Result<Vec<u8>, WireError> {
        let began = Instant::now();
        let mut buffer = Vec::new();
        while self.in_flight > 0 {
            match self.spare.try_recv() {
                Ok(written) => {
                    buffer = self.returned(written)?;
                    // The next one is for the next message.
                    if self.in_flight < limit {
                        break;
                    }
                }
                Err(_) if self.in_flight < limit => break,
                Err(_) => match self.spare.recv_timeout(Duration::from_secs(1).min(patience)) {
                    Ok(written) => buffer = self.returned(written)?,
                    Err(RecvTimeoutError::Timeout) if began.elapsed().min(clock.silence()) < patience => {}
                    Err(RecvTimeoutError::Timeout) => return Err(WireError::Silent(patience)),
                    Err(RecvTimeoutError::Disconnected) => return Err(WireError::Closed),
                },
            }
        }
        Ok(buffer)
    }

    fn returned(&mut self, written: io::Result<Vec<u8>>) -> Result<Vec<u8>, WireError> {
        self.in_flight -= 1;
        written.map_err(broken)
    }
}

fn read_messages(mut cutter: Cutter, deliver: &SyncSender<Result<Arrival, WireError>>) {
    loop {
        let messages = cutter.next();
        let over = messages.is_err();
        if deliver.send(messages.map(Arrival::Message)).is_err() || over {
            return;
        }
    }
}

pub(super) fn broken(error: io::Error) -> WireError {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    match error.kind() {
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof => WireError::Closed,
        _ => WireError::Broken(error),
    }
}

/// Waits for a command to end, and ends it when it does not; how it ended, when it failed.
fn end_of(mut child: Child) -> Option<String> {
    let deadline = Instant::now() + CHILD_END;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return (!status.success()).then(|| status.to_string()),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(5)),
            _ => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Some("it did not end, and was killed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Deaf;

    impl Write for Deaf {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sending for Deaf {}

    #[test]
    fn a_flood_moves_no_deadline() {
        let flood = io::repeat(0x20).take(1 << 30);
        let flood = [0x20, 0, 0, 32].as_slice().chain(io::repeat(0)).take(36).chain(flood);
        let mut wire = Wire::new(Box::new(flood), Box::new(Deaf), Duration::from_secs(9)).unwrap();
        assert!(matches!(wire.next(Duration::from_secs(9)), Ok(Arrival::Message(_))));
        assert!(matches!(wire.next(Duration::ZERO), Err(WireError::Silent(_))));
    }
}
