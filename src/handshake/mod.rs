//! The in-band exchange `hs1`: two parties that share nothing agree on fresh keys over the channel that they want to
//! protect. Byte-exact text: `docs/spec/handshake.md`.
//!
//! Sans-IO: [`Handshake`] is a value that is consumed by every message and gives the next value and what to send. After
//! any error there is no value left to go on with.
//!
//! ```text
//!   initiator                                                             responder
//!   HELLO   commitment to n_I, X25519 share, ML-KEM key  ──────────────►
//!           ◄──────────────  n_R, X25519 share, ML-KEM ciphertext, tag    REPLY
//!   FINISH  sealed: n_I, which opens the commitment      ──────────────►
//!           both: Agreed<Unverified>, short authentication string
//! ```
//!
//! The initiator is bound to its nonce before it sees the responder's, and the responder has sent everything before it
//! learns the initiator's: whoever stands in the middle has one blind guess at the short string, and no more.

mod agreed;
mod alert;
mod credential;
mod enrol;
mod frame;
mod initiator;
mod message;
mod responder;
mod saved;
mod schedule;
mod sshsig;
mod terms;
mod token;

pub(crate) use schedule::x;

#[cfg(test)]
pub(crate) use agreed::tests::agree;
pub use agreed::{Agreed, SessionId, Unverified, Verified};
pub use alert::{Alert, AlertCode};
pub use credential::{Credential, KeyKind, PublicKey, Signer};
pub use enrol::{AwaitProof, Enrolment};
pub use frame::{FrameHeader, HEADER_LEN, MAGIC, MAX_FRAME};
pub use terms::{Code, Mask, Mode, Pinned, Psk, Setting, Terms};
pub use token::{ExchangeId, MAX_TEXT, Token, TokenError, TokenKind};

use crate::crypto::rng::{Rng, RngError};

/// Which side of the exchange a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sends HELLO and FINISH.
    Initiator,
    /// Sends REPLY.
    Responder,
}

impl Role {
    /// The peer's.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Initiator => Self::Responder,
            Self::Responder => Self::Initiator,
        }
    }
}

/// Whether this frame is a REPLY: the moment at which an initiator's one-time code is tested.
pub fn is_reply(frame: &[u8]) -> bool {
    frame.get(..5) == Some(&[&MAGIC[..], &[frame::Kind::Reply as u8]].concat())
}

/// What a frame means when the exchange is over on this side: the peer's alert, or a message out of turn.
pub fn late(frame: &[u8]) -> Option<Error> {
    frame.starts_with(&MAGIC).then(|| match frame::expect(frame, &[]) {
        Err(error) => error,
        Ok(_) => Error::Protocol("a message out of turn"),
    })
}

/// One party's exchange, waiting for the peer's next message.
pub struct Handshake(Awaiting);

enum Awaiting {
    Hello(responder::AwaitHello),
    Reply(initiator::AwaitReply),
    Finish(responder::AwaitFinish),
}

/// Whether a HELLO of the peer may still meet ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crossing {
    /// It may, once.
    Possible,
    /// It may not (any more).
    Refused,
}

/// What follows from a message.
pub enum Step {
    /// Send the frame, if there is one, and hand the peer's next frame to `next`.
    Continue {
        /// A frame for the peer.
        send: Option<Vec<u8>>,
        /// The exchange after this message.
        next: Handshake,
    },
    /// Send the frame, if there is one; the keys are agreed.
    Agreed {
        /// A frame for the peer.
        send: Option<Vec<u8>>,
        /// The agreement, with nobody's word yet on who the peer is.
        agreed: Agreed<Unverified>,
    },
}

impl Handshake {
    /// Begins as initiator: the exchange and its HELLO.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn initiate(terms: Terms, rng: &mut dyn Rng) -> Result<(Self, Vec<u8>), Error> {
        Self::begin(terms, Crossing::Refused, rng)
    }

    /// Begins as initiator where the peer may begin as well. When it does, both HELLOs cross; the one with the greater
    /// commitment stays, the other side answers it and its own HELLO counts as never sent. So two ends of a pipe need
    /// not be told who is who. An identity is then hidden from active attackers on neither side.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn initiate_or_respond(terms: Terms, rng: &mut dyn Rng) -> Result<(Self, Vec<u8>), Error> {
        Self::begin(terms, Crossing::Possible, rng)
    }

    fn begin(terms: Terms, crossing: Crossing, rng: &mut dyn Rng) -> Result<(Self, Vec<u8>), Error> {
        let (state, hello) = initiator::AwaitReply::begin(terms, crossing, rng)?;
        Ok((Self(Awaiting::Reply(state)), hello))
    }

    /// Begins as responder, which waits for a HELLO.
    pub fn respond(terms: Terms) -> Self {
        Self(Awaiting::Hello(responder::AwaitHello::new(terms)))
    }

    /// Takes in one whole frame of the peer.
    ///
    /// # Errors
    /// The exchange is over; [`Error::alert`] is what to tell the peer.
    pub fn handle(self, frame: &[u8], rng: &mut dyn Rng) -> Result<Step, Error> {
        match self.0 {
            Awaiting::Hello(state) => state.handle(frame, rng),
            Awaiting::Reply(state) => state.handle(frame, rng),
            Awaiting::Finish(state) => state.handle(frame),
        }
    }
}

/// Why an exchange ended without agreement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer's first bytes are text: a shell's greeting, another program.
    #[error("the peer sent text, which is not keypact")]
    NotKeypact,
    /// The peer broke the protocol: a program error there, or bytes changed on the way.
    #[error("the peer broke the protocol: {0}")]
    Protocol(&'static str),
    /// The peer speaks no version that this side speaks.
    #[error("the peer speaks another version")]
    Version,
    /// The peer demands another authentication.
    #[error("the peer demands another authentication (mask {theirs:#04x})")]
    Demand {
        /// The peer's mask byte.
        theirs: u8,
    },
    /// The peer has shown a valid-looking identity that is not the pinned one.
    #[error("the peer has another identity than the pinned one")]
    OtherPeer(PublicKey),
    /// The peer's message was made with another courier key.
    #[error("the peer holds another key")]
    OtherPsk,
    /// What signs for our identity gave no signature.
    #[error("our own identity could not be proved: {0}")]
    Signer(String),
    /// Keys differ, or bytes were changed on the way: somebody in the middle, or another context.
    #[error("the exchange is not authentic: {0}")]
    NotAuthentic(&'static str),
    /// Our own message came back.
    #[error("our own message came back")]
    Reflected,
    /// The peer gave up and says why. Not authenticated.
    #[error("the peer gave up: {0}")]
    Alerted(Alert),
    /// No randomness.
    #[error(transparent)]
    Rng(#[from] RngError),
}

impl Error {
    const SMALL_ORDER: Self = Self::NotAuthentic("X25519 share of small order");

    /// The frame that tells the peer, where it can still be told anything.
    pub fn alert(&self, own: &Terms) -> Option<Vec<u8>> {
        let alert = match self {
            Self::Version => Alert::new(AlertCode::Version, ""),
            Self::Demand { .. } => Alert::demand(own.mask()),
            Self::Protocol(_) | Self::Reflected => Alert::new(AlertCode::Decode, ""),
            Self::NotAuthentic(_) | Self::OtherPeer(_) | Self::OtherPsk => Alert::new(AlertCode::Crypto, ""),
            Self::Rng(_) | Self::Signer(_) => Alert::new(AlertCode::Cancelled, ""),
            Self::NotKeypact | Self::Alerted(_) => return None,
        };
        Some(alert.to_frame())
    }
}
