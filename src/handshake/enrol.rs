//! Enrolment: two parties that have verified each other show their long-term identities under the session's keys, so that
//! the next exchange needs nobody to compare anything (`docs/spec/handshake.md`, section 13).
//!
//! ```text
//! offer   00 || a fresh X25519 share            both sides, at once
//! proof   01 || credential                      as in the exchange, with chain = export("enrol", "", 32)
//!                                               and transcript = HMAC(chain, offer of the initiator || offer of the
//!                                               responder): a signature covers nothing else of the session
//! ```

use super::credential::{Credential, PublicKey, Slot};
use super::schedule::Transcript;
use super::{Error, Role};
use crate::crypto::rng::Rng;
use crate::crypto::{hash, x25519};
use crate::secret::{Secret, equal};

const OFFER: u8 = 0;
const PROOF: u8 = 1;

/// This side's offer is out.
pub struct Enrolment {
    own: Credential,
    ephemeral: x25519::KeyPair,
    role: Role,
}

impl Enrolment {
    /// Begins: the offer for the peer.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn begin(own: Credential, role: Role, rng: &mut dyn Rng) -> Result<(Self, Vec<u8>), Error> {
        let ephemeral = x25519::KeyPair::generate(rng)?;
        let offer = [&[OFFER], &ephemeral.public()[..]].concat();
        let state = Self { own, ephemeral, role };
        Ok((state, offer))
    }

    /// Takes in the peer's offer: the proof for the peer. `chain` is what the session exports for this.
    ///
    /// # Errors
    /// [`Error::Protocol`]; [`Error::Signer`] when our own identity cannot be shown.
    pub fn prove(self, offer: &[u8], chain: Secret<32>) -> Result<(AwaitProof, Vec<u8>), Error> {
        let theirs = match offer.split_first() {
            Some((&OFFER, share)) => <[u8; x25519::LEN]>::try_from(share).ok(),
            _ => None,
        };
        let theirs = theirs.ok_or(Error::Protocol("enrolment"))?;
        if equal(&theirs, self.ephemeral.public()) {
            return Err(Error::Reflected);
        }
        let ours = self.ephemeral.public();
        let [first, second] = match self.role {
            Role::Initiator => [ours, &theirs],
            Role::Responder => [&theirs, ours],
        };
        let transcript = hash::hmac(chain.expose(), &[&[OFFER], first, &[OFFER], second]);
        let transcript = Transcript::from_bytes(transcript);
        let slot = Slot {
            chain: &chain,
            transcript: &transcript,
            role: self.role,
        };
        let (credential, _) = slot.show(&self.own, &theirs)?;
        let state = AwaitProof {
            ephemeral: self.ephemeral,
            role: self.role.other(),
            chain,
            transcript,
        };
        Ok((state, [&[PROOF], &credential[..]].concat()))
    }
}

/// Both offers are known.
pub struct AwaitProof {
    ephemeral: x25519::KeyPair,
    role: Role,
    chain: Secret<32>,
    transcript: Transcript,
}

impl AwaitProof {
    /// Takes in the peer's proof: who the peer is.
    ///
    /// # Errors
    /// [`Error::Protocol`], [`Error::NotAuthentic`].
    pub fn check(self, proof: &[u8]) -> Result<PublicKey, Error> {
        let Some((&PROOF, credential)) = proof.split_first() else {
            return Err(Error::Protocol("enrolment"));
        };
        let slot = Slot {
            chain: &self.chain,
            transcript: &self.transcript,
            role: self.role,
        };
        slot.prove(credential, &self.ephemeral).map(|(public, _)| public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::rng::OsRng;
    use crate::handshake::KeyKind;

    fn begin(kind: KeyKind, fill: u8, role: Role) -> (Enrolment, Vec<u8>) {
        let seed = Secret::with(|seed| seed.fill(fill));
        Enrolment::begin(Credential::from_seed(&seed, kind).unwrap(), role, &mut OsRng).unwrap()
    }

    fn chain(fill: u8) -> Secret<32> {
        Secret::with(|chain| chain.fill(fill))
    }

    /// Mallory is verified to Alice in one session and to Bob in another, and hands their records on between the two: Alice
    /// must not remember Bob's key under Mallory's name.
    #[test]
    fn what_was_shown_in_one_session_proves_nothing_in_another() {
        for kind in [KeyKind::X25519, KeyKind::Ed25519] {
            let prove = |bobs_session: u8| {
                let (alice, from_alice) = begin(kind, 1, Role::Initiator);
                let (bob, from_bob) = begin(kind, 2, Role::Responder);
                let (alice, _) = alice.prove(&from_bob, chain(3)).unwrap();
                let (_, proof) = bob.prove(&from_alice, chain(bobs_session)).unwrap();
                alice.check(&proof)
            };
            assert!(prove(3).is_ok(), "{kind:?}");
            assert!(matches!(prove(4), Err(Error::NotAuthentic(_))), "{kind:?}");
        }
    }
}
