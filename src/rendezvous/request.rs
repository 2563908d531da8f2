//! The line in which one side asks a relay for the other one, and what the relay says: the protocol of magic-wormhole's
//! transit relay.

use std::fmt;
use std::str::FromStr;

use super::Error;
use crate::crypto::rng::{self, Rng, RngError};
use crate::encoding::hex;

/// The longest line either side reads: more than twice a request, and little to hold for somebody who says nothing.
pub const LONGEST_LINE: usize = 256;

const PLEASE: &str = "please relay ";
const FOR_SIDE: &str = " for side ";

/// What two sides have in common and nobody else: 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token(pub [u8; 32]);

/// What tells one side from the other, so that nobody meets a connection of its own: 8 random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side(pub [u8; 8]);

impl Side {
    /// Draws a side.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn draw(rng: &mut dyn Rng) -> Result<Self, RngError> {
        rng::array(rng).map(Self)
    }
}

/// `please relay TOKEN for side SIDE`, or without a side as older clients have it; in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Whom it is about.
    pub token: Token,
    /// Who asks.
    pub side: Option<Side>,
}

impl FromStr for Request {
    type Err = Error;

    /// Reads a line without its end.
    fn from_str(line: &str) -> Result<Self, Error> {
        let rest = line.strip_prefix(PLEASE).ok_or(Error::Request)?;
        let (token, side) = match rest.split_once(FOR_SIDE) {
            Some((token, side)) => (token, Some(Side(bytes(side)?))),
            None => (rest, None),
        };
        Ok(Self {
            token: Token(bytes(token)?),
            side,
        })
    }
}

impl fmt::Display for Request {
    /// The line without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PLEASE}{}", hex::encode(&self.token.0))?;
        match self.side {
            Some(side) => write!(f, "{FOR_SIDE}{}", hex::encode(&side.0)),
            None => Ok(()),
        }
    }
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    let bytes = hex::decode(text).map_err(|_| Error::Request)?;
    bytes.try_into().map_err(|_| Error::Request)
}

/// What a relay says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The other side is here: all bytes from now on are its own.
    Ok,
    /// This is no request.
    BadHandshake,
    /// Bytes came before the other side was there.
    Impatient,
    /// Two sides are talking under this token.
    InUse,
    /// The other side did not come.
    NobodyCame,
    /// There is no room.
    Full,
}

impl Reply {
    /// The line without its end. The first three are those of magic-wormhole's relay, which has no others.
    pub fn line(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::BadHandshake => "bad handshake",
            Self::Impatient => "impatient",
            Self::InUse => "in use",
            Self::NobodyCame => "nobody came",
            Self::Full => "too many connections",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_two_forms() {
        let token = "0123456789abcdef".repeat(4);
        let old = format!("please relay {token}");
        let new = format!("{old} for side 00ff00ff00ff00ff");
        assert_eq!(old.parse::<Request>().unwrap().side, None);
        assert_eq!(
            new.parse::<Request>().unwrap().side,
            Some(Side([0, 255, 0, 255, 0, 255, 0, 255]))
        );
        assert!(new.len() < LONGEST_LINE / 2);
        for bad in [
            "",
            "please relay ",
            &old[1..],
            &old[..old.len() - 2],
            &format!("{old}00"),
            &format!("{old} "),
            &format!("{old} for side "),
            &format!("{new} for side 00ff00ff00ff00ff"),
            &new.to_uppercase(),
            &format!("{new}\r"),
        ] {
            assert_eq!(bad.parse::<Request>(), Err(Error::Request), "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_request_reads_as_it_is_written(token: [u8; 32], side: Option<[u8; 8]>) {
            let request = Request { token: Token(token), side: side.map(Side) };
            proptest::prop_assert_eq!(request.to_string().parse(), Ok(request));
        }

        #[test]
        fn what_reads_as_a_request_is_written_like_that(line in "(please relay )?[0-9a-f]{0,66}( for side [0-9a-f]{0,18})?") {
            if let Ok(request) = line.parse::<Request>() {
                proptest::prop_assert_eq!(request.to_string(), line);
            }
        }
    }
}
