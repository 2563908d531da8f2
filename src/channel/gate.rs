//! The gate between "keys are agreed" and "the peer is the right one": both sides must say so.

use super::{Draft, Error, Kind, Opener, Sealer};
use crate::crypto::bulk::Cipher;
use crate::handshake::{Agreed, Alert, Role, SessionId, Unverified, Verified};
use crate::secret::Secret;

/// Holds the agreement, so that its keys seal one row of records and no second one. Before it opens there are VERIFIED,
/// RECIPROCATE, ALERT and PAD, nothing else.
pub struct Gate<State> {
    agreed: Agreed<State>,
    sealer: Sealer,
    opener: Opener,
    ours: Said,
    peer: Option<Said>,
}

/// What a side says of itself in VERIFIED, besides its modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    wish: Wish,
    cipher: Cipher,
}

impl Said {
    fn to_byte(self) -> u8 {
        let prefers_aes = self.cipher != Cipher::ChaCha20Poly1305;
        self.wish as u8 | u8::from(prefers_aes) << 1
    }

    fn of_byte(byte: u8) -> Option<Self> {
        let cipher = match byte >> 1 {
            0 => Cipher::ChaCha20Poly1305,
            #[cfg(feature = "ring")]
            1 => Cipher::Aes256Gcm,
            // A cipher that this build has not, and so does not ask for.
            #[cfg(not(feature = "ring"))]
            1 => Cipher::ChaCha20Poly1305,
            _ => return None,
        };
        let wish = if byte & 1 == 0 { Wish::Work } else { Wish::Enrol };
        Some(Self { wish, cipher })
    }
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
    ///
    /// # Panics
    /// When the agreement has been in a gate before.
    pub fn new(mut agreed: Agreed<Unverified>) -> Self {
        let (send, receive) = agreed.take_chains().expect("an agreement has one gate");
        let (sealer, opener) = (Sealer::new(send), Opener::new(receive, agreed.role()));
        Self {
            agreed,
            sealer,
            opener,
            ours: Said {
                wish: Wish::Work,
                cipher: Cipher::ChaCha20Poly1305,
            },
            peer: None,
        }
    }

    /// The same with another wish.
    #[must_use]
    pub fn wishing(mut self, wish: Wish) -> Self {
        self.ours.wish = wish;
        self
    }

    /// The same with another cipher for the records of the open channel, where the peer wants it too.
    #[must_use]
    pub fn preferring(mut self, cipher: Cipher) -> Self {
        self.ours.cipher = cipher;
        self
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
        let (sealer, opener, ours, peer) = (self.sealer, self.opener, self.ours, self.peer);
        match verify(self.agreed) {
            Ok(agreed) => {
                let mut gate = Gate {
                    agreed,
                    sealer,
                    opener,
                    ours,
                    peer,
                };
                let word = gate.record(Kind::VERIFIED, &[gate.agreed.mask().to_byte(), ours.to_byte()]);
                Ok((gate, word))
            }
            Err(agreed) => Err(Self {
                agreed,
                sealer,
                opener,
                ours,
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
    pub fn open(mut self) -> Result<Channel, Self> {
        match self.peer {
            Some(peer) if peer.wish == self.ours.wish => {
                if peer.cipher == self.ours.cipher {
                    self.sealer.settle(peer.cipher);
                    self.opener.settle(peer.cipher);
                }
                Ok(Channel {
                    sealer: self.sealer,
                    opener: self.opener,
                    agreed: self.agreed,
                })
            }
            _ => Err(self),
        }
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
                let said = match *word {
                    [mask, said] if mask == self.agreed.mask().to_byte() => Said::of_byte(said),
                    _ => None,
                };
                self.peer = Some(said.ok_or(Error::Protocol("another verification"))?);
                Ok(Word::Verified)
            }
            _ => Err(Error::Protocol("a record before the gate is open")),
        }
    }

    /// What the peer wishes, when it has given its word.
    pub fn peer(&self) -> Option<Wish> {
        self.peer.map(|said| said.wish)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{Mode, agree};

    fn gates() -> [Gate<Unverified>; 2] {
        agree(|| Mode::Transport).map(Gate::new)
    }

    /// Whoever finds them in a session's memory would open all that went before, however often keys were renewed.
    #[test]
    fn the_first_secrets_go_with_the_first_keys() {
        for mut gate in gates() {
            assert!(gate.agreed.take_chains().is_none());
        }
    }

    #[test]
    fn a_word_says_one_thing_in_one_way() {
        let mask = gates()[0].agreed.mask().to_byte();
        let says = |words: &[&[u8]]| {
            let [mut here, mut there] = gates();
            let heard = words
                .iter()
                .map(|word| here.receive(&mut there.record(Kind::VERIFIED, word)));
            heard.last().unwrap()
        };
        for said in 0..4 {
            assert_eq!(says(&[&[mask, said]]), Ok(Word::Verified));
        }
        for word in [&[mask, 4][..], &[mask, 0x80], &[mask], &[mask, 0, 0], &[!mask, 0], b""] {
            assert!(says(&[word]).is_err(), "{word:?}");
        }
        assert!(says(&[&[mask, 0], &[mask, 0]]).is_err());
    }
}
