//! The half of a wire that sends: messages wait for a thread that writes them.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::{FAREWELL, LOOK, QUEUE, Sending, WireError, broken};
use crate::channel::Outbound;

/// The half of a wire that sends.
pub struct Outgoing {
    full: SyncSender<Vec<u8>>,
    spare: Receiver<io::Result<Vec<u8>>>,
    in_flight: usize,
    clock: Arc<Clock>,
    patience: Duration,
}

impl Outgoing {
    /// Starts the thread that writes.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub(super) fn start(mut writing: Box<dyn Sending>, clock: Arc<Clock>, patience: Duration) -> io::Result<Self> {
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
            clock,
            patience,
        })
    }

    /// The same for a thread of its own, beside one that receives: that one judges how the peer does.
    pub(super) fn patient(self) -> Self {
        Self {
            patience: Duration::MAX,
            ..self
        }
    }

    /// Writes a whole message, and gives a buffer back that is done with. Has somebody `listen` from time to time while the
    /// peer takes nothing.
    ///
    /// # Errors
    /// [`WireError`].
    pub(super) fn write(&mut self, message: Vec<u8>, listen: impl FnMut()) -> Result<Vec<u8>, WireError> {
        let spare = self.spare(QUEUE, self.patience, listen)?;
        self.in_flight += 1;
        self.full.send(message).map_err(|_| WireError::Closed)?;
        Ok(spare)
    }

    /// Waits, for a moment, until everything has been written. A peer that is gone or does not read has no last words to
    /// hear.
    pub(super) fn flush(mut self) {
        let _ = self.spare(1, FAREWELL, || {});
    }

    /// Waits until fewer than `limit` messages are on their way, and gives a buffer that is done with. A peer that is heard is
    /// alive, even while it takes nothing.
    fn spare(&mut self, limit: usize, patience: Duration, mut listen: impl FnMut()) -> Result<Vec<u8>, WireError> {
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
                Err(_) => match self.spare.recv_timeout(LOOK.min(patience)) {
                    Ok(written) => buffer = self.returned(written)?,
                    Err(RecvTimeoutError::Timeout) if began.elapsed().min(self.clock.silence()) < patience => listen(),
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

impl Outbound for Outgoing {
    fn send(&mut self, records: Vec<u8>) -> Option<Vec<u8>> {
        self.write(records, || {}).ok()
    }

    fn finish(self) {
        self.flush();
    }
}
