//! Telling the peer why this side gives up: in clear during the exchange, sealed afterwards.

use std::fmt;

use super::Mask;
use super::frame::{self, Kind};

/// The longest text of an alert in bytes.
const MAX_TEXT: usize = 64;

/// A code and a short text: `u8 code || text` (UTF-8, at most 64 bytes).
///
/// In clear it is advice: it can only end an exchange, and never makes one weaker or starts another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    code: AlertCode,
    text: String,
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlertCode {
    /// No common version.
    Version = 1,
    /// No common suite.
    Suite = 2,
    /// Another authentication is demanded; the text is one byte, the sender's mask.
    Demand = 3,
    /// A message cannot be read.
    Decode = 4,
    /// A tag or a commitment does not verify.
    Crypto = 5,
    /// Waited long enough.
    Timeout = 6,
    /// Occupied with another peer.
    Busy = 7,
    /// Given up by the person or the program, for a reason in the text.
    Cancelled = 8,
    /// The person says that the codes differ.
    CodesDiffer = 9,
    /// The receiver does not take what is offered, for a reason in the text.
    Refused = 10,
}

impl AlertCode {
    fn from_byte(byte: u8) -> Option<Self> {
        use AlertCode::{Busy, Cancelled, CodesDiffer, Crypto, Decode, Demand, Refused, Suite, Timeout, Version};
        let all = [
            Version,
            Suite,
            Demand,
            Decode,
            Crypto,
            Timeout,
            Busy,
            Cancelled,
            CodesDiffer,
            Refused,
        ];
        all.into_iter().find(|code| *code as u8 == byte)
    }
}

impl Alert {
    /// An alert with a text for the peer's person, cut to what fits.
    pub fn new(code: AlertCode, text: &str) -> Self {
        let end = (0..=text.len().min(MAX_TEXT))
            .rev()
            .find(|&end| text.is_char_boundary(end))
            .unwrap_or(0);
        Self {
            code,
            text: text[..end].to_owned(),
        }
    }

    /// "I demand another authentication", with the mask.
    pub(super) fn demand(own: Mask) -> Self {
        Self {
            code: AlertCode::Demand,
            text: char::from(own.to_byte()).to_string(),
        }
    }

    /// What it is about.
    pub fn code(&self) -> AlertCode {
        self.code
    }

    /// The peer's text, not sanitised.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads the body of an alert; `None` for unknown codes and texts that are too long or not UTF-8.
    pub fn decode(body: &[u8]) -> Option<Self> {
        let (code, text) = body.split_first()?;
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_TEXT)?;
        Some(Self {
            code: AlertCode::from_byte(*code)?,
            text: text.to_owned(),
        })
    }

    /// The body of an alert.
    pub fn encode(&self) -> Vec<u8> {
        [&[self.code as u8], self.text.as_bytes()].concat()
    }

    /// The alert as a frame of the exchange.
    pub fn to_frame(&self) -> Vec<u8> {
        let body = self.encode();
        [&frame::header(Kind::Alert, body.len())[..], &body].concat()
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.code {
            AlertCode::Version => "it speaks another version",
            AlertCode::Suite => "it speaks another cipher suite",
            AlertCode::Demand => "it demands another authentication",
            AlertCode::Decode => "it could not read a message",
            AlertCode::Crypto => "it found the exchange not authentic",
            AlertCode::Timeout => "it waited too long",
            AlertCode::Busy => "it is busy with another peer",
            AlertCode::Cancelled => "it was cancelled",
            AlertCode::CodesDiffer => "the person there says that the codes differ",
            AlertCode::Refused => "it refused",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_a_character_and_bounded_when_read() {
        let alert = Alert::new(AlertCode::Cancelled, &"é".repeat(60));
        assert_eq!(alert.text().len(), 64);
        assert_eq!(Alert::decode(&alert.encode()), Some(alert));
        assert_eq!(Alert::decode(&[]), None);
        assert_eq!(Alert::decode(&[0]), None);
        assert_eq!(Alert::decode(&[8, 0xff]), None);
        assert_eq!(Alert::decode(&[[8].as_slice(), &[b'a'; 65]].concat()), None);
    }
}
