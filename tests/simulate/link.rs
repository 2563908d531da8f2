//! A wire in memory between two threads. Instead of running out of patience it sees when both ends wait for each other.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use keypact::channel::Link;

/// What happens to one record, counted from 0 for each sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    Flip(usize),
    Drop,
    Truncate(usize),
    Duplicate,
    Swap,
    /// The sending end can send no more, as after a broken connection.
    Cut,
}

/// One end; dropping it hangs up.
pub struct End {
    side: usize,
    sent: usize,
    harm: Option<(usize, Harm)>,
    held: Option<Vec<u8>>,
    wire: Arc<(Mutex<Wire>, Condvar)>,
}

#[derive(Default)]
struct Wire {
    queues: [VecDeque<Vec<u8>>; 2],
    waiting: [bool; 2],
    gone: [bool; 2],
}

#[derive(Debug, thiserror::Error)]
#[error("the peer is gone or silent")]
pub struct Silence;

/// Two ends; each may harm one record of those that it sends.
pub fn pair(harms: [Option<(usize, Harm)>; 2]) -> [End; 2] {
    let wire = Arc::new((Mutex::new(Wire::default()), Condvar::new()));
    [0, 1].map(|side| End {
        side,
        sent: 0,
        harm: harms[side],
        held: None,
        wire: Arc::clone(&wire),
    })
}

impl End {
    fn lock(&self) -> MutexGuard<'_, Wire> {
        self.wire.0.lock().unwrap()
    }

    fn push(&self, record: Vec<u8>) -> Result<(), Silence> {
        let mut wire = self.lock();
        if wire.gone[1 - self.side] {
            return Err(Silence);
        }
        wire.queues[1 - self.side].push_back(record);
        self.wire.1.notify_all();
        Ok(())
    }

    /// How many records this end has sent.
    pub fn sent(&self) -> usize {
        self.sent
    }
}

impl Link for End {
    type Error = Silence;

    fn send(&mut self, mut record: Vec<u8>) -> Result<Vec<u8>, Silence> {
        let harm = self.harm.filter(|(number, _)| *number == self.sent);
        self.sent += 1;
        let held = self.held.take();
        match harm.map(|(_, harm)| harm) {
            Some(Harm::Cut) => {
                self.harm = Some((self.sent, Harm::Cut));
                return Err(Silence);
            }
            Some(Harm::Drop) => {}
            Some(Harm::Swap) => self.held = Some(record),
            Some(Harm::Duplicate) => {
                self.push(record.clone())?;
                self.push(record)?;
            }
            Some(Harm::Flip(byte)) => {
                let at = byte % record.len();
                record[at] ^= 0x10;
                self.push(record)?;
            }
            Some(Harm::Truncate(length)) => {
                record.truncate(length % record.len());
                self.push(record)?;
            }
            None => self.push(record)?,
        }
        held.map_or(Ok(()), |record| self.push(record))?;
        Ok(Vec::new())
    }

    fn receive(&mut self) -> Result<Vec<u8>, Silence> {
        let (own, other) = (self.side, 1 - self.side);
        let mut wire = self.lock();
        loop {
            if let Some(record) = wire.queues[own].pop_front() {
                wire.waiting[own] = false;
                return Ok(record);
            }
            let both_wait = wire.waiting[other] && wire.queues[other].is_empty();
            if wire.gone[other] || both_wait {
                wire.waiting[own] = false;
                wire.gone[own] = true;
                self.wire.1.notify_all();
                return Err(Silence);
            }
            wire.waiting[own] = true;
            wire = self.wire.1.wait(wire).unwrap();
        }
    }

    fn poll(&mut self) -> Result<Option<Vec<u8>>, Silence> {
        Ok(self.lock().queues[self.side].pop_front())
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let mut wire = self.lock();
        wire.gone[self.side] = true;
        wire.waiting[self.side] = false;
        self.wire.1.notify_all();
    }
}
