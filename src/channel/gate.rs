//! The gate between "keys are agreed" and "the peer is the right one": both sides must say so.

use super::{Draft, Error, Kind, Opener, Sealer};
use crate::handshake::{Agreed, Alert, Role, SessionId, Unverified, Verified};
use crate::secret::Secret;

/// Holds the agreement, so that its keys seal one row of records and no second one. Before it opens there are VERIFIED,
/// RECIPROCATE, ALERT and PAD, nothing else.
pub struct Gate<State> {
    agreed: Agreed<State>,
    sealer: Sealer,
    opener: Opener,
    wish: Wish,
    peer: Option<Wish>,
}

/// What a record in the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// That the peer is alive.
    Nothing,
    /// That the peer has verified this side.
    Verified,
    /// That the peer has scanned a QR code with this nonce.
    Scanned([u8; 8]),
}

/// What a side wants to do first when the gate is open. Both must want the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// What the session is for.
    Work = 0,
    /// Show each other identities, to be pinned.
    Enrol = 1,
}

impl Gate<Unverified> {
    /// The gate of an agreement that has not been verified yet.
    pub fn new(agreed: Agreed<Unverified>) -> Self {
        let (send, receive) = agreed.chains();
        let (sealer, opener) = (Sealer::new(send), Opener::new(receive));
        Self {
            agreed,
            sealer,
            opener,
            wish: Wish::Work,
            peer: None,
        }
    }

    /// The same with another wish.
    #[must_use]
    pub fn wishing(self, wish: Wish) -> Self {
        Self { wish, ..self }
    }

    /// What is to be verified.
    pub fn agreed(&self) -> &Agreed<Unverified> {
        &self.agreed
    }

    /// Has the agreement verified by the room `verify`, and gives the record that says so to the peer.
    ///
    /// # Errors
    /// The gate as it was, when a check is missing.
    pub fn verify<F>(self, verify: F) -> Result<(Gate<Verified>, Vec<u8>), Self>
    where
        F: FnOnce(Agreed<Unverified>) -> Result<Agreed<Verified>, Agreed<Unverified>>,
    {
        let (sealer, opener, wish, peer) = (self.sealer, self.opener, self.wish, self.peer);
        match verify(self.agreed) {
            Ok(agreed) => {
                let mut gate = Gate {
                    agreed,
                    sealer,
                    opener,
                    wish,
                    peer,
                };
                let word = gate.record(Kind::VERIFIED, &gate.word(wish));
                Ok((gate, word))
            }
            Err(agreed) => Err(Self {
                agreed,
                sealer,
                opener,
                wish,
                peer,
            }),
        }
    }
}

impl Gate<Verified> {
    /// Opens: both sides have verified each other. A peer's word never stands in for the check on this side, nor this
    /// side's for the peer's.
    ///
    /// # Errors
    /// The gate as it was, when the peer has not given its word, or wishes something else.
    pub fn open(self) -> Result<Channel, Self> {
        if self.peer != Some(self.wish) {
            return Err(self);
        }
        Ok(Channel {
            sealer: self.sealer,
            opener: self.opener,
            agreed: self.agreed,
        })
    }
}

impl<State> Gate<State> {
    /// The record that ends the session on both sides: the person says "no", or this side gives up.
    pub fn refuse(mut self, alert: &Alert) -> Vec<u8> {
        self.record(Kind::ALERT, &alert.encode())
    }

    /// The record that answers a QR code of the peer with the nonce in it.
    pub fn scanned(&mut self, nonce: &[u8; 8]) -> Vec<u8> {
        self.record(Kind::RECIPROCATE, nonce)
    }

    /// Takes in a record of the peer.
    ///
    /// # Errors
    /// [`Error::Alerted`] when the peer says no; [`Error::NotAuthentic`]; [`Error::Protocol`].
    pub fn receive(&mut self, record: &mut [u8]) -> Result<Word, Error> {
        match self.opener.open(record)? {
            (Kind::PAD, _) => Ok(Word::Nothing),
            (Kind::RECIPROCATE, nonce) => {
                let nonce = nonce.try_into().map_err(|_| Error::Protocol("the nonce of a scan"))?;
                Ok(Word::Scanned(nonce))
            }
            (Kind::VERIFIED, word) if self.peer.is_none() => {
                let wish = [Wish::Work, Wish::Enrol]
                    .into_iter()
                    .find(|wish| word == self.word(*wish));
                self.peer = Some(wish.ok_or(Error::Protocol("another verification"))?);
                Ok(Word::Verified)
            }
            _ => Err(Error::Protocol("a record before the gate is open")),
        }
    }

    /// What the peer wishes, when it has given its word.
    pub fn peer(&self) -> Option<Wish> {
        self.peer
    }

    /// The body of VERIFIED: the modes, and the wish where there is one.
    fn word(&self, wish: Wish) -> Vec<u8> {
        let mask = self.agreed.mask().to_byte();
        match wish {
            Wish::Work => vec![mask],
            Wish::Enrol => vec![mask, wish as u8],
        }
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

    /// Which side this is.
    pub fn role(&self) -> Role {
        self.agreed.role()
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
