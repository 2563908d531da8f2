//! One stream, as one side sees it.

use std::mem;

use super::message::{Id, Message, Reason};
use super::{Event, PIECE, WINDOW};
use crate::channel::{Draft, Error};

/// Bytes that wait to be sent: the next piece while the last one is on its way.
const ROOM: usize = 2 * PIECE;
/// Bytes written after which the peer is given credit for them: seldom enough to cost little, early enough never to stop it.
const WORTH_TELLING: u32 = WINDOW / 4;

/// One stream.
pub struct Stream {
    stage: Stage,
    /// What has been read here and waits to be sent.
    outbound: Vec<u8>,
    /// Bytes that the peer still takes.
    credit: u32,
    our_end: Word,
    /// What has come and waits to be written.
    inbound: Vec<u8>,
    /// Bytes that the peer may still send.
    window: u32,
    /// Bytes that have been written, and for which the peer has no credit yet.
    written: u32,
    their_end: End,
    our_last: Word,
    /// The reason, where the last word is that there is no connection.
    refusal: Option<Reason>,
    /// Whether the peer has had its last word.
    is_left: bool,
}

/// How far the opening has come.
#[derive(PartialEq, Eq)]
enum Stage {
    /// This side wants it, of this target.
    ToAsk(String),
    /// It has asked.
    Asked,
    /// The peer has asked, and this side connects.
    Connecting,
    /// This side is connected, and has not said so.
    ToAnswer,
    Open,
}

/// Something that is said once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    NotYet,
    Due,
    Said,
}

/// How far the peer's direction is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Flowing,
    /// Its end has come.
    Heard,
    /// Everything is written, and whoever reads it sees the end.
    Passed,
}

/// What there is to do for whoever writes what comes.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Write this, and tell with [`Stream::wrote`].
    Write(Vec<u8>),
    /// Let the reader see the end, and tell with [`Stream::passed`].
    End,
    /// Nothing yet.
    Wait,
    /// Nothing ever.
    Stop,
}

impl Stream {
    /// One that this side wants.
    pub(super) fn to_ask(target: &str) -> Self {
        Self::at(Stage::ToAsk(target.to_owned()))
    }

    /// One that the peer wants.
    pub(super) fn asked() -> Self {
        Self::at(Stage::Connecting)
    }

    fn at(stage: Stage) -> Self {
        Self {
            stage,
            outbound: Vec::new(),
            credit: WINDOW,
            our_end: Word::NotYet,
            inbound: Vec::new(),
            window: WINDOW,
            written: 0,
            their_end: End::Flowing,
            our_last: Word::NotYet,
            refusal: None,
            is_left: false,
        }
    }

    /// The connection that the peer asked for is there; false when it is wanted no more.
    pub fn connected(&mut self) -> bool {
        if self.is_left {
            self.leave();
            return false;
        }
        self.stage = Stage::ToAnswer;
        true
    }

    /// The connection that the peer asked for is not given.
    pub fn refuse(&mut self, reason: Reason) {
        self.refusal = Some(reason).filter(|_| !self.is_left);
        self.leave();
    }

    /// How many bytes may be read now; none ever again when the stream is over.
    pub fn room(&self) -> Option<usize> {
        let is_open = matches!(self.stage, Stage::ToAnswer | Stage::Open);
        let room = if is_open {
            ROOM.saturating_sub(self.outbound.len())
        } else {
            0
        };
        (self.our_last == Word::NotYet).then_some(room.min(PIECE))
    }

    /// Takes in what was read: no more than [`Stream::room`].
    pub fn read(&mut self, bytes: &[u8]) {
        if self.our_last == Word::NotYet {
            self.outbound.extend_from_slice(bytes);
        }
    }

    /// All has been read.
    pub fn end(&mut self) {
        if self.our_end == Word::NotYet {
            self.our_end = Word::Due;
        }
    }

    /// What there is to do for whoever writes.
    pub fn task(&mut self) -> Task {
        if self.our_last != Word::NotYet {
            return Task::Stop;
        }
        match self.their_end {
            _ if !self.inbound.is_empty() => Task::Write(mem::take(&mut self.inbound)),
            End::Flowing => Task::Wait,
            End::Heard => Task::End,
            End::Passed => Task::Stop,
        }
    }

    /// So many bytes of a [`Task::Write`] are written.
    pub fn wrote(&mut self, bytes: usize) {
        self.written += u32::try_from(bytes).unwrap_or(WINDOW);
    }

    /// A [`Task::End`] is done.
    pub fn passed(&mut self) {
        self.their_end = End::Passed;
        if self.our_end == Word::Said {
            self.leave();
        }
    }

    /// Reading or writing has failed, or nobody wants the stream any more.
    pub fn leave(&mut self) {
        if self.our_last == Word::NotYet {
            self.our_last = Word::Due;
            self.outbound = Vec::new();
            self.inbound = Vec::new();
        }
    }

    pub(super) fn is_to_open(&self) -> bool {
        matches!(self.stage, Stage::ToAsk(_))
    }

    pub(super) fn is_gone(&self) -> bool {
        let never_asked = self.our_last == Word::Due && self.is_to_open();
        never_asked || self.is_left && self.our_last == Word::Said
    }

    pub(super) fn hear(&mut self, id: Id, message: Message<'_>) -> Result<Event, Error> {
        const OUT_OF_TURN: Error = Error::Protocol("a word about a stream out of turn");
        if self.is_left || self.is_to_open() {
            return Err(OUT_OF_TURN);
        }
        let is_flowing = self.stage == Stage::Open && self.their_end == End::Flowing;
        match message {
            Message::Opened if self.stage == Stage::Asked => self.stage = Stage::Open,
            Message::Refused(reason) if self.stage == Stage::Asked => {
                self.is_left = true;
                self.leave();
                return Ok(Event::Refused(id, reason));
            }
            Message::Data(bytes) if is_flowing => self.arrive(bytes)?,
            Message::Credit(bytes) if self.stage == Stage::Open && bytes <= WINDOW - self.credit => {
                self.credit += bytes;
            }
            Message::End if is_flowing => self.their_end = End::Heard,
            Message::Done => return Ok(self.left(id)),
            _ => return Err(OUT_OF_TURN),
        }
        Ok(Event::Changed(id))
    }

    fn arrive(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let count = u32::try_from(bytes.len()).ok();
        let window = count.and_then(|count| self.window.checked_sub(count));
        self.window = window.ok_or(Error::Protocol("more than there is credit for"))?;
        // What comes for a stream that this side has left is dropped.
        if self.our_last == Word::NotYet {
            self.inbound.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// The peer leaves: when all is said, or in the middle. A connection that is being made is waited for, so that no more of
    /// them are under way than there are streams.
    fn left(&mut self, id: Id) -> Event {
        self.is_left = true;
        if self.their_end != End::Flowing && self.our_end == Word::Said {
            return Event::Changed(id);
        }
        if self.stage != Stage::Connecting {
            self.leave();
        }
        Event::Broken(id)
    }

    pub(super) fn say(&mut self, id: Id) -> Option<Draft> {
        match (&self.stage, self.our_last) {
            (Stage::ToAsk(target), Word::NotYet) => {
                let draft = Message::Open(target).draft(id);
                self.stage = Stage::Asked;
                Some(draft)
            }
            // The peer has never heard of it.
            (Stage::ToAsk(_), _) => None,
            (_, Word::Due) => {
                self.our_last = Word::Said;
                Some(self.refusal.map_or(Message::Done, Message::Refused).draft(id))
            }
            (Stage::ToAnswer, Word::NotYet) => {
                self.stage = Stage::Open;
                Some(Message::Opened.draft(id))
            }
            (Stage::Open, Word::NotYet) => self.flow(id),
            _ => None,
        }
    }

    fn flow(&mut self, id: Id) -> Option<Draft> {
        if self.written >= WORTH_TELLING && self.their_end == End::Flowing {
            let written = mem::take(&mut self.written);
            self.window += written;
            return Some(Message::Credit(written).draft(id));
        }
        let count = self.outbound.len().min(self.credit as usize).min(PIECE);
        if count > 0 {
            self.credit -= u32::try_from(count).unwrap_or(self.credit);
            let draft = Message::Data(&self.outbound[..count]).draft(id);
            self.outbound.drain(..count);
            return Some(draft);
        }
        if self.our_end != Word::Due || !self.outbound.is_empty() {
            return None;
        }
        self.our_end = Word::Said;
        if self.their_end == End::Passed {
            self.leave();
        }
        Some(Message::End.draft(id))
    }
}
