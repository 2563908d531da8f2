//! Several streams over one verified channel, each joined to a connection at either end, as `keypact forward` opens them:
//! who says what about them, in which order, and how much of it. Byte-exact text: `docs/spec/forward.md`.
//!
//! ```text
//!   OPEN    stream, target   ─────────────►   connects
//!           ◄─────────────   OPENED, or REFUSED with a reason
//!   DATA…   within credit   ◄─────────────►   DATA…, CREDIT as it is written
//!   END                     ◄─────────────►   END
//!   DONE                    ◄─────────────►   DONE
//! ```
//!
//! [`Streams`] is a value that is told what happens, and asked for the next record to send. It holds what has come and is
//! not written, and what waits to be sent, both within bounds; so a peer that is slow, or means harm, costs no more.

mod message;
mod stream;

pub use message::{Id, LONGEST_TARGET, Message, Reason};
pub use stream::{Stream, Task};

use std::collections::BTreeMap;

use crate::channel::{Draft, Error, Kind};
use crate::handshake::Role;

/// Bytes of a stream that may be on their way and not be written: at 100 ms there and back enough for 5 MiB a second.
pub const WINDOW: u32 = 512 * 1024;
/// The most bytes of a stream in one record, so that streams take turns often.
pub const PIECE: usize = 32 * 1024;
/// The most streams that one side has opened at a time. With [`WINDOW`], a peer can make this side hold 128 MiB.
pub const MOST: usize = 256;

/// All streams of a channel.
pub struct Streams {
    all: BTreeMap<Id, Stream>,
    /// The number of this side's next stream; those of the initiator are even, those of the responder odd.
    next: Option<Id>,
    /// The number of the peer's next stream at the least.
    least: Option<Id>,
    /// The stream that had the last word.
    turn: Id,
}

/// What the peer has brought about.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// It asks for a connection to this target, and for an answer: [`Stream::connected`] or [`Stream::refuse`].
    Asked(Id, String),
    /// It does not give the connection that was asked for.
    Refused(Id, Reason),
    /// There may be more to write, or more to read.
    Changed(Id),
    /// A stream is over before its end, and so is what was joined to it.
    Broken(Id),
}

impl Streams {
    /// None yet.
    pub fn new(role: Role) -> Self {
        let [even, odd] = [Some(0), Some(1)];
        let (next, least) = match role {
            Role::Initiator => (even, odd),
            Role::Responder => (odd, even),
        };
        Self {
            all: BTreeMap::new(),
            next,
            least,
            turn: 0,
        }
    }

    /// A new stream to a target of the peer's; none when too many are open.
    pub fn open(&mut self, target: &str) -> Option<Id> {
        let id = self.next.filter(|id| self.count(*id) < MOST)?;
        self.next = id.checked_add(2);
        self.all.insert(id, Stream::to_ask(target));
        Some(id)
    }

    /// One of them, as long as there is anything to say about it.
    pub fn get(&mut self, id: Id) -> Option<&mut Stream> {
        self.all.get_mut(&id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes in a record of the peer.
    ///
    /// # Errors
    /// [`Error::Protocol`] when it has no place here.
    pub fn hear(&mut self, kind: Kind, body: &[u8]) -> Result<Event, Error> {
        let (id, message) = Message::parse(kind, body)?;
        if let Message::Open(target) = message {
            return self.asked(id, target);
        }
        let stream = self.all.get_mut(&id).ok_or(Error::Protocol("no such stream"))?;
        let event = stream.hear(id, message)?;
        self.forget(id);
        Ok(event)
    }

    /// The next record to send, and which stream it is about: those that are to be opened come first, in the order of their
    /// numbers, and then each has its turn.
    pub fn say(&mut self) -> Option<(Id, Draft)> {
        self.all.retain(|_, stream| !stream.is_gone());
        let order: Vec<Id> = self.all.keys().copied().collect();
        let (had_turns, have_turns) = order.split_at(order.partition_point(|id| *id <= self.turn));
        let to_open = order.iter().find(|id| self.all[id].is_to_open());
        let (id, draft) = to_open.into_iter().chain(have_turns).chain(had_turns).find_map(|id| {
            let draft = self.all.get_mut(id)?.say(*id)?;
            Some((*id, draft))
        })?;
        self.turn = id;
        self.forget(id);
        Some((id, draft))
    }

    fn asked(&mut self, id: Id, target: &str) -> Result<Event, Error> {
        let is_new = self.least.is_some_and(|least| id >= least && id % 2 == least % 2);
        if !is_new || self.count(id) >= MOST {
            return Err(Error::Protocol("a stream that cannot be opened"));
        }
        self.least = id.checked_add(2);
        self.all.insert(id, Stream::asked());
        Ok(Event::Asked(id, target.to_owned()))
    }

    /// How many streams there are of the side that `id` is of.
    fn count(&self, id: Id) -> usize {
        self.all.keys().filter(|other| *other % 2 == id % 2).count()
    }

    /// Nothing more will be said about a stream when both sides have had their last word.
    fn forget(&mut self, id: Id) {
        if self.all.get(&id).is_some_and(Stream::is_gone) {
            self.all.remove(&id);
        }
    }
}
