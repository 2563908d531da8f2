//! Enrolment: two parties that have verified each other show their long-term identities under the session's keys, so that
//! the next exchange needs nobody to compare anything (`docs/spec/handshake.md`, section 13).
//!
//! ```text
//! offer   00 || a fresh X25519 share            both sides, at once
//! proof   01 || credential                      as in the exchange, with chain = export("enrol", "", 32)
//!                                               and transcript = H(offer of the initiator || offer of the responder)
//! ```

use super::credential::{Credential, PublicKey, Slot};
use super::schedule::Transcript;
use super::{Error, Role};
use crate::crypto::rng::Rng;
use crate::crypto::{hash, x25519};
use crate::secret::Secret;

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
        if theirs == *self.ephemeral.public() {
            return Err(Error::Reflected);
        }
        let ours = self.ephemeral.public();
        let [first, second] = match self.role {
            Role::Initiator => [ours, &theirs],
            Role::Responder => [&theirs, ours],
        };
        let transcript = Transcript::from_bytes(hash::sha256(&[&[OFFER], first, &[OFFER], second]));
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
