//! The side that sends REPLY.

use super::frame::{self, HEADER_LEN, Kind};
use super::message::{Hello, NONCE, Reply};
use super::schedule::{Chain, Confirmed, Transcript};
use super::{Agreed, Awaiting, Error, Handshake, Mask, Role, Step, Terms};
use crate::crypto::rng::{self, Rng};
use crate::crypto::{self, mlkem, x25519};

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
        let hello = Hello::decode(frame, self.terms.mask)?;
        let nonce = rng::array::<NONCE>(rng)?;
        let curve = x25519::KeyPair::generate(rng)?;
        if hello.share == *curve.public() {
            return Err(Error::Reflected);
        }
        let dh = curve
            .agree(&hello.share)
            .map_err(|_| Error::NotAuthentic("X25519 share of small order"))?;
        let (ciphertext, kem) = mlkem::encapsulate(&hello.kem_key, rng).map_err(|error| match error {
            crypto::Error::Rng(error) => Error::Rng(error),
            _ => Error::Protocol("invalid ML-KEM key"),
        })?;

        let mut reply = Reply::encode_clear(self.terms.mask, &nonce, curve.public(), &ciphertext);
        let th0 = Transcript::new(&self.terms);
        let chain = Chain::new(th0, th0.then(frame).then(&reply), &kem, &dh);
        let sealed = chain.seal_reply();
        reply.extend_from_slice(&sealed);
        let confirmed = chain.after_reply(&sealed);
        let next = AwaitFinish {
            mask: self.terms.mask,
            hello: frame.to_vec(),
            confirmed,
        };
        Ok(Step::Continue {
            send: Some(reply),
            next: Handshake(Awaiting::Finish(next)),
        })
    }
}

/// REPLY is out: nothing of this side's can still change.
pub(super) struct AwaitFinish {
    mask: Mask,
    hello: Vec<u8>,
    confirmed: Confirmed,
}

impl AwaitFinish {
    pub(super) fn handle(self, frame: &[u8]) -> Result<Step, Error> {
        frame::expect(frame, &[Kind::Finish])?;
        let (header, sealed) = frame.split_at(HEADER_LEN);
        let nonce = self.confirmed.open_finish(header, sealed)?;
        // Before anyone sees a short string: the nonce must be the one that HELLO was bound to.
        if !Hello::opens(&self.hello, &nonce) {
            return Err(Error::NotAuthentic("FINISH does not open the commitment"));
        }
        let keys = self.confirmed.into_keys(&nonce, frame);
        Ok(Step::Agreed {
            send: None,
            agreed: Agreed::new(keys, Role::Responder, self.mask),
        })
    }
}
