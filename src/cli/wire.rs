//! The wire: a duplex of bytes to the peer, cut into whole messages by one thread and written by another, so that
//! nothing that the peer does or leaves undone can hold this side up for longer than its patience.

mod clock;
mod incoming;
mod outgoing;

use std::io::{self, Read, Write};
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use crate::channel::Link;
use crate::cli::fault::Fault;
use crate::handshake;

pub(super) use clock::Clock;
pub use incoming::Incoming;
pub use outgoing::Outgoing;

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
    incoming: Incoming,
    outgoing: Outgoing,
    end: WireEnd,
}

/// What is left to be ended when both halves of a wire are done with.
pub struct WireEnd {
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

impl Wire {
    /// Starts both threads.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub fn new(reading: Box<dyn Read + Send>, writing: Box<dyn Sending>, patience: Duration) -> io::Result<Self> {
        let clock = Arc::new(Clock::default());
        Ok(Self {
            incoming: Incoming::start(reading, Arc::clone(&clock), patience)?,
            outgoing: Outgoing::start(writing, clock, patience)?,
            end: WireEnd {
                child: None,
                hang_up: HangUp(None),
            },
        })
    }

    /// The same with what ends the connection.
    #[must_use]
    pub fn hanging_up(mut self, hang_up: impl FnOnce() + Send + 'static) -> Self {
        self.end.hang_up = HangUp(Some(Box::new(hang_up)));
        self
    }

    /// The same with the command whose pipes it is.
    #[must_use]
    pub fn with_child(mut self, child: Child) -> Self {
        self.end.child = Some(child);
        self
    }

    /// The next arrival, for at most `patience`.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn next(&mut self, patience: Duration) -> Result<Arrival, WireError> {
        self.incoming.next(patience)
    }

    /// The next message, for at most `patience`.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn message(&mut self, patience: Duration) -> Result<Vec<u8>, WireError> {
        self.incoming.message(patience)
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
        self.incoming.inbox()
    }

    /// Writes a whole message.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn write(&mut self, message: Vec<u8>) -> Result<Vec<u8>, WireError> {
        self.outgoing.write(message, || self.incoming.hoard())
    }

    /// Its two halves, to be used at the same time, and what is left to be ended after them. While this side does not listen,
    /// the peer's silence does not count: of the two, the half that receives alone gives a peer up.
    pub fn split(self) -> (Outgoing, Incoming, WireEnd) {
        (self.outgoing.patient(), self.incoming, self.end)
    }

    /// Ends the wire: everything written reaches the peer if it still reads, and its last words are waited for. Gives
    /// the exit status of the command of `--exec`, when it failed.
    pub fn finish(self) -> Option<String> {
        self.outgoing.flush();
        self.incoming.hear_out();
        self.end.finish()
    }
}

impl WireEnd {
    /// Hangs up. Gives the exit status of the command of `--exec`, when it failed.
    pub fn finish(self) -> Option<String> {
        drop(self.hang_up);
        self.child.and_then(end_of)
    }
}

impl Link for Wire {
    type Error = WireError;

    fn send(&mut self, records: Vec<u8>) -> Result<Vec<u8>, WireError> {
        self.write(records)
    }

    fn receive(&mut self) -> Result<Vec<u8>, WireError> {
        self.incoming.message(self.incoming.patience())
    }

    fn receive_many(&mut self, spent: Vec<u8>) -> Result<Vec<u8>, WireError> {
        self.incoming.many(spent)
    }

    fn poll(&mut self) -> Result<Option<Vec<u8>>, WireError> {
        self.incoming.poll()
    }
}

/// The error of a run with the exit status of the command of `--exec`, when it failed too.
pub fn with_status(error: anyhow::Error, status: Option<String>) -> anyhow::Error {
    match status {
        Some(status) => Fault::of(&error)
            .and(format!("the command of --exec ended with {status}"))
            .into(),
        None => error,
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

    /// Says every now and then that it is alive.
    struct Ticking;

    impl Read for Ticking {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            thread::sleep(Duration::from_millis(300));
            [&[0x20, 0, 0, 17][..], &[0; 17]].concat().as_slice().read(buffer)
        }
    }

    /// Takes nothing for a while.
    struct Slow(Duration);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            thread::sleep(std::mem::take(&mut self.0));
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sending for Slow {}

    #[test]
    fn a_peer_that_says_so_is_alive_however_long_it_takes_nothing() {
        let slow = Box::new(Slow(Duration::from_millis(4500)));
        let mut wire = Wire::new(Box::new(Ticking), slow, Duration::from_millis(1500)).unwrap();
        for _ in 0..2 * QUEUE {
            wire.write(vec![0; 9]).unwrap();
        }
        for _ in 0..10 {
            assert_eq!(wire.message(Duration::from_secs(1)).unwrap().len(), 21);
        }
    }

    #[test]
    fn a_flood_moves_no_deadline() {
        let flood = io::repeat(0x20).take(1 << 30);
        let flood = [0x20, 0, 0, 32].as_slice().chain(io::repeat(0)).take(36).chain(flood);
        let mut wire = Wire::new(Box::new(flood), Box::new(Deaf), Duration::from_secs(9)).unwrap();
        assert!(matches!(wire.next(Duration::from_secs(9)), Ok(Arrival::Message(_))));
        assert!(matches!(wire.next(Duration::ZERO), Err(WireError::Silent(_))));
    }
}
