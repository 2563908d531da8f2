//! What both sides do with records.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use super::{Error, Event};
use crate::channel::{self, Channel, KEEP_ALIVE, Kind, Link};
use crate::crypto::rng::OsRng;

/// One side's end of the channel.
pub(super) struct Talk<'a, L: Link> {
    pub(super) link: &'a mut L,
    pub(super) channel: &'a mut Channel,
    pub(super) watch: &'a mut dyn FnMut(Event<'_>),
    /// Bytes of records that this side has sent.
    pub(super) sent: u64,
    pub(super) opened: Instant,
}

impl<L: Link> Talk<'_, L>
where
    L::Error: std::error::Error + 'static,
{
    pub(super) fn put(&mut self, kind: Kind, body: &[u8]) -> Result<(), Error<L::Error>> {
        let record = self.channel.seal(kind, body);
        self.send(record).map(drop)
    }

    pub(super) fn send(&mut self, records: Vec<u8>) -> Result<Vec<u8>, Error<L::Error>> {
        self.sent += records.len() as u64;
        self.link.send(records).map_err(Error::Link)
    }

    /// Waits for a record of one of these types.
    pub(super) fn expect(&mut self, kinds: &[Kind]) -> Result<(Kind, Vec<u8>), Error<L::Error>> {
        loop {
            let mut record = self.link.receive().map_err(Error::Link)?;
            match self.channel.opener.open(&mut record)? {
                (got, _) if got.is_upkeep() => self.refresh()?,
                (got, body) if kinds.contains(&got) => return Ok((got, body.to_vec())),
                _ => return Err(out_of_turn()),
            }
        }
    }

    /// While this side works, the peer has nothing to say but that it is alive, or that it gives up.
    pub(super) fn listen(&mut self) -> Result<(), Error<L::Error>> {
        while let Some(mut record) = self.link.poll().map_err(Error::Link)? {
            match self.channel.opener.open(&mut record)? {
                (got, _) if got.is_upkeep() => {}
                _ => return Err(out_of_turn()),
            }
        }
        self.refresh()
    }

    /// Says what is owed for fresh shares.
    pub(super) fn refresh(&mut self) -> Result<(), Error<L::Error>> {
        if let Some(refresh) = self.channel.opener.owes(self.opened.elapsed(), &mut OsRng)? {
            let record = self.channel.sealer.refresh(refresh);
            // A peer that is gone shows when it is listened to, behind its last words.
            let _ = self.send(record);
        }
        Ok(())
    }

    /// Waits for a thread of this side, which may take its time with a disk, a pipe or a person: meanwhile this side says
    /// that it is alive, and does what `idle` has it do. `None` when the thread has ended.
    pub(super) fn wait<T>(
        &mut self,
        thread: &Receiver<T>,
        idle: fn(&mut Self) -> Result<(), Error<L::Error>>,
    ) -> Result<Option<T>, Error<L::Error>> {
        loop {
            match thread.recv_timeout(KEEP_ALIVE) {
                Ok(word) => return Ok(Some(word)),
                Err(RecvTimeoutError::Timeout) => {
                    // A peer that is gone shows when it is listened to.
                    let _ = self.put(Kind::PAD, b"");
                    idle(self)?;
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }
}

pub(super) fn out_of_turn<E: std::error::Error + 'static>() -> Error<E> {
    channel::Error::Protocol("a record out of turn").into()
}
