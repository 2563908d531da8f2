//! The side that sends REPLY.

use super::frame::{self, HEADER_LEN, Kind};
use super::message::{Answer, HELLO_BASE_LEN, Hello, NONCE, Reply};
use super::schedule::{self, Chain, Confirmed, Shared, Transcript};
use super::{Agreed, Awaiting, Error, Handshake, Role, Step, Terms};
use crate::crypto::aead::TAG;
use crate::crypto::cpace::First;
use crate::crypto::rng::{self, Rng};
use crate::crypto::{self, mlkem, x25519};
use crate::secret::{Secret, equal};

/// Nothing has been sent.
pub(super) struct AwaitHello {
    terms: Terms,
}

impl AwaitHello {
    pub(super) fn new(terms: Terms) -> Self {
        Self { terms }
    }

    pub(super) fn handle(self, frame: &[u8], rng: &mut dyn Rng) -> Result<Step, Error> {
        frame::expect(frame, &[Kind::Hello])?;
        let hello = Hello::decode(frame, &self.terms)?;
        let nonce = rng::array::<NONCE>(rng)?;
        let curve = x25519::KeyPair::generate(rng)?;
        if equal(&hello.share, curve.public()) {
            return Err(Error::Reflected);
        }
        let dh = curve.agree(&hello.share).map_err(|_| Error::SMALL_ORDER)?;
        let (ciphertext, kem) = mlkem::encapsulate(&hello.kem_key, rng).map_err(|error| match error {
            crypto::Error::Rng(error) => Error::Rng(error),
            _ => Error::Protocol("invalid ML-KEM key"),
        })?;
        let th0 = Transcript::new(&self.terms);
        let (code_share, code) = self.code(&hello, &th0.then(&frame[..HELLO_BASE_LEN]), rng)?;

        let answer = Answer {
            nonce: &nonce,
            share: curve.public(),
            ciphertext: &ciphertext,
            code_share: code_share.as_ref(),
        };
        let mut reply = Reply::encode_clear(&self.terms, &answer, TAG + self.credential_len());
        let ck0 = schedule::root(&th0, &self.terms);
        let chain = Chain::new(&ck0, th0.then(frame).then(&reply), Shared { kem, dh, code });
        let (credential, responder) = match self.terms.pinned() {
            Some(pinned) => chain.slot().show(&pinned.own, &hello.share)?,
            None => (Vec::new(), Secret::zero()),
        };
        let sealed = chain.seal_reply(&credential);
        reply.extend_from_slice(&sealed);
        let next = AwaitFinish {
            terms: self.terms,
            curve,
            hello: frame.to_vec(),
            confirmed: chain.after_reply(&sealed, responder),
        };
        Ok(Step::Continue {
            send: Some(reply),
            next: Handshake(Awaiting::Finish(next)),
        })
    }

    /// This side's share under the code, and the key that it makes with the peer's.
    fn code(&self, hello: &Hello, session: &Transcript, rng: &mut dyn Rng) -> Result<CodeShare, Error> {
        let (Some(code), Some(theirs)) = (self.terms.code(), &hello.code_share) else {
            return Ok((None, None));
        };
        let pair = code.share(session, rng)?;
        let key = pair.agree(session.as_bytes(), theirs, First::Theirs);
        let key = key.map_err(|_| Error::NotAuthentic("a share of the code that forces the key"))?;
        Ok((Some(*pair.public()), Some(key)))
    }

    /// The length of REPLY is in its header, which the credential's proof covers.
    fn credential_len(&self) -> usize {
        self.terms.pinned().map_or(0, |pinned| pinned.own.shown_len())
    }
}

type CodeShare = (Option<[u8; crypto::cpace::LEN]>, Option<Secret<64>>);

/// REPLY is out: nothing of this side's can still change.
pub(super) struct AwaitFinish {
    pub(super) terms: Terms,
    pub(super) curve: x25519::KeyPair,
    pub(super) hello: Vec<u8>,
    pub(super) confirmed: Confirmed,
}

impl AwaitFinish {
    pub(super) fn handle(self, frame: &[u8]) -> Result<Step, Error> {
        frame::expect(frame, &[Kind::Finish])?;
        let (header, sealed) = frame.split_at(HEADER_LEN);
        let (nonce, shown) = self.confirmed.open_finish(header, sealed)?;
        // Before anyone sees a short string: the nonce must be the one that HELLO was bound to.
        if !Hello::opens(&self.hello, &nonce) {
            return Err(Error::NotAuthentic("FINISH does not open the commitment"));
        }
        let initiator = match self.terms.pinned() {
            Some(pinned) => self.confirmed.slot().check(&shown, &pinned.peer, &self.curve)?,
            None if shown.is_empty() => Secret::zero(),
            None => return Err(Error::Protocol("length of FINISH")),
        };
        let keys = self.confirmed.into_keys(&nonce, &initiator, frame);
        Ok(Step::Agreed {
            send: None,
            agreed: Agreed::new(keys, Role::Responder, self.terms.mask()),
        })
    }
}
