//! The gate between "keys are agreed" and "the peer is the right one": both sides must say so.

use super::{Draft, Error, Kind, Opener, Sealer};
use crate::handshake::{Agreed, Alert, SessionId, Unverified, Verified};
use crate::secret::Secret;

/// Records before the gate opens: VERIFIED, ALERT and PAD, nothing else.
pub struct Gate {
    sealer: Sealer,
    opener: Opener,
    mask: u8,
    peer_verified: bool,
}

impl Gate {
    /// The gate of an agreement that has not been verified yet.
    pub fn new(agreed: &Agreed<Unverified>) -> Self {
        let (send, receive) = agreed.chains();
        Self {
            sealer: Sealer::new(send),
            opener: Opener::new(receive),
            mask: agreed.mask().to_byte(),
            peer_verified: false,
        }
    }

    /// The record that gives this side's word; it takes the verified agreement to say so.
    pub fn verified(&mut self, agreed: &Agreed<Verified>) -> Vec<u8> {
        self.record(Kind::VERIFIED, &[agreed.mask().to_byte()])
    }

    /// The record that ends the session on both sides: the person says "no", or this side gives up.
    pub fn refuse(mut self, alert: &Alert) -> Vec<u8> {
        self.record(Kind::ALERT, &alert.encode())
    }

    /// Takes in a record of the peer.
    ///
    /// # Errors
    /// [`Error::Alerted`] when the peer says no; [`Error::NotAuthentic`]; [`Error::Protocol`].
    pub fn receive(&mut self, record: &mut [u8]) -> Result<(), Error> {
        match self.opener.open(record)? {
            (Kind::PAD, _) => Ok(()),
            (Kind::VERIFIED, &[mask]) if mask == self.mask && !self.peer_verified => {
                self.peer_verified = true;
                Ok(())
            }
            _ => Err(Error::Protocol("a record before the gate is open")),
        }
    }

    /// Whether the peer has given its word.
    pub fn peer_has_verified(&self) -> bool {
        self.peer_verified
    }

    /// Opens: both sides have verified each other. A peer's word never stands in for the check on this side, so the
    /// verified agreement is demanded; `None` when the peer has not given its word.
    pub fn open(self, agreed: Agreed<Verified>) -> Option<Channel> {
        self.peer_verified.then_some(Channel {
            sealer: self.sealer,
            opener: self.opener,
            agreed,
        })
    }

    fn record(&mut self, kind: Kind, body: &[u8]) -> Vec<u8> {
        self.sealer.seal(Draft::with(kind, body))
    }
}

/// An open channel to a verified peer.
pub struct Channel {
    /// Seals what goes to the peer.
    pub sealer: Sealer,
    /// Opens what comes from the peer.
    pub opener: Opener,
    agreed: Agreed<Verified>,
}

impl Channel {
    /// The public name of the session.
    pub fn session(&self) -> SessionId {
        self.agreed.session()
    }

    /// `N` bytes of key material for `label` and `context`, the same on both sides.
    pub fn export<const N: usize>(&self, label: &[u8], context: &[u8]) -> Secret<N> {
        self.agreed.export(label, context)
    }

    /// Seals a record of its own.
    pub fn seal(&mut self, kind: Kind, body: &[u8]) -> Vec<u8> {
        self.sealer.seal(Draft::with(kind, body))
    }
}
