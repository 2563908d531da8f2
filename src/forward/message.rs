//! Byte layouts of what is said about streams (`docs/spec/forward.md`, section 2). Integers are big-endian.

use super::{PIECE, WINDOW};
use crate::channel::{Draft, Error, Kind};
use crate::encoding::fields::Fields;

const OPEN: Kind = Kind(0x30);
const OPENED: Kind = Kind(0x31);
const REFUSED: Kind = Kind(0x32);
const DATA: Kind = Kind(0x33);
const CREDIT: Kind = Kind(0x34);
const END: Kind = Kind(0x35);
const DONE: Kind = Kind(0x36);

/// Bytes of the longest target: a host name of 255 with its port, or the path of a socket.
pub const LONGEST_TARGET: usize = 300;

/// The number of a stream.
pub type Id = u32;

/// What is said about a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// Connect to this, and join it to a new stream.
    Open(&'a str),
    /// It is connected.
    Opened,
    /// It is not. The last word about the stream.
    Refused(Reason),
    /// The next bytes of this direction.
    Data(&'a [u8]),
    /// So many more may be sent.
    Credit(u32),
    /// This direction has come to its end.
    End,
    /// The last word about the stream.
    Done,
}

/// Why a stream is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The side that was asked does not allow this target.
    NotAllowed = 1,
    /// Nobody listens there.
    NotListening = 2,
    /// It cannot be reached, or its name is not known.
    Unreachable = 3,
    /// It did not answer in time.
    TimedOut = 4,
}

impl Reason {
    /// For a person.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAllowed => "the peer does not allow it",
            Self::NotListening => "nobody listens there",
            Self::Unreachable => "the peer cannot reach it",
            Self::TimedOut => "it did not answer the peer in time",
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        let all = [Self::NotAllowed, Self::NotListening, Self::Unreachable, Self::TimedOut];
        all.into_iter().find(|reason| *reason as u8 == byte)
    }
}

impl<'a> Message<'a> {
    /// The record that says it about a stream.
    pub fn draft(&self, id: Id) -> Draft {
        let mut draft = Draft::new(self.kind(), Vec::new());
        draft.put(&id.to_be_bytes());
        match self {
            Self::Open(target) => draft.put(target.as_bytes()),
            Self::Refused(reason) => draft.put(&[*reason as u8]),
            Self::Data(bytes) => draft.put(bytes),
            Self::Credit(bytes) => draft.put(&bytes.to_be_bytes()),
            Self::Opened | Self::End | Self::Done => {}
        }
        draft
    }

    /// Reads the body of a record.
    ///
    /// # Errors
    /// [`Error::Protocol`] when it says nothing about a stream.
    pub fn parse(kind: Kind, body: &'a [u8]) -> Result<(Id, Self), Error> {
        let mut fields = Fields::new(body);
        let id = fields.u32();
        let message = Self::parse_about(kind, fields.rest());
        id.zip(message)
            .ok_or(Error::Protocol("a record that says nothing about a stream"))
    }

    fn parse_about(kind: Kind, rest: &'a [u8]) -> Option<Self> {
        let message = match (kind, rest.len()) {
            (OPEN, 1..=LONGEST_TARGET) => Self::Open(std::str::from_utf8(rest).ok()?),
            (OPENED, 0) => Self::Opened,
            (REFUSED, 1) => Self::Refused(Reason::from_byte(rest[0])?),
            (DATA, 1..=PIECE) => Self::Data(rest),
            (CREDIT, 4) => {
                let bytes = u32::from_be_bytes(rest.try_into().ok()?);
                Self::Credit(Some(bytes).filter(|bytes| (1..=WINDOW).contains(bytes))?)
            }
            (END, 0) => Self::End,
            (DONE, 0) => Self::Done,
            _ => return None,
        };
        Some(message)
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Open(_) => OPEN,
            Self::Opened => OPENED,
            Self::Refused(_) => REFUSED,
            Self::Data(_) => DATA,
            Self::Credit(_) => CREDIT,
            Self::End => END,
            Self::Done => DONE,
        }
    }
}
