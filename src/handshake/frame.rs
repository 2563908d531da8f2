//! The frame around each message of the exchange: magic "KPX1", type, a reserved byte, length of the body.

use super::{Alert, Error};

/// Length of a frame's header in bytes.
pub const HEADER_LEN: usize = 8;
/// First four bytes of every frame; the digit is the major version of the wire.
pub const MAGIC: [u8; 4] = *b"KPX1";
/// The longest frame that any type allows.
pub const MAX_FRAME: usize = HEADER_LEN + 8192;

/// Message types, with the longest body of each: more than any mode needs, little enough to hold for many peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Hello = 0x01,
    Reply = 0x02,
    Finish = 0x03,
    Alert = 0x0f,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<(Self, usize)> {
        match byte {
            0x01 => Some((Self::Hello, 4096)),
            0x02 => Some((Self::Reply, 8192)),
            0x03 => Some((Self::Finish, 8192)),
            0x0f => Some((Self::Alert, 66)),
            _ => None,
        }
    }
}

/// The checked header of a frame.
pub struct FrameHeader {
    pub(super) kind: Kind,
    body: usize,
}

impl FrameHeader {
    /// Checks the first eight bytes of a frame, so that a driver knows how much to read before it reads it.
    ///
    /// # Errors
    /// [`Error::NotKeypact`] for text, [`Error::Version`] for another digit in the magic, [`Error::Protocol`].
    pub fn parse(header: &[u8; HEADER_LEN]) -> Result<Self, Error> {
        let [m0, m1, m2, m3, kind, reserved, high, low] = *header;
        if [m0, m1, m2] == MAGIC[..3] && m3 != MAGIC[3] {
            return Err(Error::Version);
        }
        if [m0, m1, m2, m3] != MAGIC {
            let text = header[..4]
                .iter()
                .all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n' | 0x1b));
            return Err(if text {
                Error::NotKeypact
            } else {
                Error::Protocol("not a frame")
            });
        }
        let (kind, limit) = Kind::from_byte(kind).ok_or(Error::Protocol("unknown message type"))?;
        let body = usize::from(u16::from_be_bytes([high, low]));
        if reserved != 0 || body > limit {
            return Err(Error::Protocol("bad frame header"));
        }
        Ok(Self { kind, body })
    }

    /// How many bytes follow the header.
    pub fn body_len(&self) -> usize {
        self.body
    }
}

/// The header of a frame with a body of `body` bytes.
pub(super) fn header(kind: Kind, body: usize) -> [u8; HEADER_LEN] {
    let [high, low] = u16::try_from(body)
        .expect("bodies are laid out by this room, far below 64 KiB")
        .to_be_bytes();
    let [m0, m1, m2, m3] = MAGIC;
    [m0, m1, m2, m3, kind as u8, 0, high, low]
}

/// Checks a whole frame and that its type is one of those expected now; an alert is an error of its own.
pub(super) fn expect(frame: &[u8], expected: &[Kind]) -> Result<Kind, Error> {
    let (header, body) = frame.split_first_chunk().ok_or(Error::Protocol("short frame"))?;
    let header = FrameHeader::parse(header)?;
    if header.body != body.len() {
        return Err(Error::Protocol("frame length"));
    }
    if header.kind == Kind::Alert {
        return Err(Error::Alerted(Alert::decode(body).ok_or(Error::Protocol("bad alert"))?));
    }
    if !expected.contains(&header.kind) {
        return Err(Error::Protocol("a message out of turn"));
    }
    Ok(header.kind)
}
