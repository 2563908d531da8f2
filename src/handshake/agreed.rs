//! What an exchange ends in: keys that two parties hold, first without and then with an answer to "who is the other?".

use std::marker::PhantomData;

use super::{Mask, Role};
use crate::crypto::{hash, kdf, labels};
use crate::encoding::base32;
use crate::secret::Secret;

/// Nobody has vouched for the peer yet: it may be someone in the middle.
pub enum Unverified {}
/// Every demanded check of the peer has passed on this side.
pub enum Verified {}

/// Keys agreed with a peer. Only the room `verify` turns `Agreed<Unverified>` into `Agreed<Verified>`, and only a
/// verified agreement opens a channel or gives keys out.
pub struct Agreed<State> {
    pub(super) keys: Keys,
    pub(super) role: Role,
    pub(super) mask: Mask,
    pub(super) state: PhantomData<State>,
}

pub(super) struct Keys {
    pub(super) sas: Secret<64>,
    /// Those of [`Agreed::take_chains`], i2r and r2i; `None` when they are taken.
    pub(super) chains: Option<[Secret<32>; 2]>,
    pub(super) exporter: Secret<32>,
    pub(super) binding: [u8; 32],
}

impl<State> Agreed<State> {
    /// Which side this is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What both sides demand of each other.
    pub fn mask(&self) -> Mask {
        self.mask
    }

    /// The public name of the session, the same on both sides.
    pub fn session(&self) -> SessionId {
        let mut id = [0; 10];
        id.copy_from_slice(&self.keys.binding[..10]);
        SessionId(id)
    }

    /// First chain secrets of the record layer: ours to send under, the peer's to receive under. They are given once, so
    /// that they are gone when the record layer has renewed them.
    pub(crate) fn take_chains(&mut self) -> Option<(Secret<32>, Secret<32>)> {
        let [i2r, r2i] = self.keys.chains.take()?;
        Some(match self.role {
            Role::Initiator => (i2r, r2i),
            Role::Responder => (r2i, i2r),
        })
    }
}

impl Agreed<Unverified> {
    pub(super) fn new(keys: Keys, role: Role, mask: Mask) -> Self {
        Self {
            keys,
            role,
            mask,
            state: PhantomData,
        }
    }

    /// The 64 bytes that short authentication strings are taken from.
    pub(crate) fn sas(&self) -> &Secret<64> {
        &self.keys.sas
    }

    /// For the room `verify` alone, which calls it when every demanded check has passed (held by a test).
    pub(crate) fn into_verified(self) -> Agreed<Verified> {
        Agreed {
            keys: self.keys,
            role: self.role,
            mask: self.mask,
            state: PhantomData,
        }
    }
}

impl Agreed<Verified> {
    /// `N` bytes of key material for `label` and `context`; different labels give independent keys:
    /// HKDF-Expand(exporter, "keypact-exp " || label || 00 || SHA-256(context)).
    pub(crate) fn export<const N: usize>(&self, label: &[u8], context: &[u8]) -> Secret<N> {
        kdf::expand(
            &self.keys.exporter,
            &[labels::EXPORT, label, &[0], &hash::sha256(&[context])],
        )
    }
}

/// The first ten bytes of the channel binding, shown as 16 letters and digits (base32, lower case).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionId([u8; 10]);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base32::encode(&self.0).expose().to_lowercase())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::crypto::rng::OsRng;
    use crate::handshake::{Handshake, Mode, Step, Terms};

    /// Both ends of an exchange in one mode, the initiator's first.
    pub(crate) fn agree(mode: fn() -> Mode) -> [Agreed<Unverified>; 2] {
        let terms = || Terms::new([mode()], b"").unwrap();
        let (initiator, hello) = Handshake::initiate(terms(), &mut OsRng).unwrap();
        let step = Handshake::respond(terms()).handle(&hello, &mut OsRng).unwrap();
        let Step::Continue { send, next } = step else {
            panic!("no reply")
        };
        let step = initiator.handle(&send.unwrap(), &mut OsRng).unwrap();
        let Step::Agreed { send, agreed: one } = step else {
            panic!("no agreement")
        };
        let Step::Agreed { agreed: two, .. } = next.handle(&send.unwrap(), &mut OsRng).unwrap() else {
            panic!("no agreement")
        };
        [one, two]
    }
}
