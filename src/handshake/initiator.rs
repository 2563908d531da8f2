//! The side that sends HELLO and FINISH.

use super::frame::{self, Kind};
use super::message::{self, Hello, NONCE, REPLY_CLEAR_LEN, Reply};
use super::responder::AwaitHello;
use super::schedule::{Chain, Transcript};
use super::{Agreed, Awaiting, Error, Handshake, Role, Step, Terms};
use crate::crypto::rng::Rng;
use crate::crypto::{mlkem, x25519};
use crate::secret::Secret;

/// HELLO is out.
pub(super) struct AwaitReply {
    terms: Terms,
    curve: x25519::KeyPair,
    kem: mlkem::PrivateKey,
    nonce: Secret<NONCE>,
    hello: Vec<u8>,
    /// The peer's HELLO has crossed ours and ours won; a second one is an attack or an error.
    crossed: bool,
}

impl AwaitReply {
    pub(super) fn begin(terms: Terms, rng: &mut dyn Rng) -> Result<(Self, Vec<u8>), Error> {
        let curve = x25519::KeyPair::generate(rng)?;
        let kem = mlkem::PrivateKey::generate(rng)?;
        let nonce = Secret::generate(rng)?;
        let hello = Hello::encode(terms.mask, curve.public(), &kem.public(), &nonce);
        Ok((
            Self {
                terms,
                curve,
                kem,
                nonce,
                hello: hello.clone(),
                crossed: false,
            },
            hello,
        ))
    }

    pub(super) fn handle(self, frame: &[u8], rng: &mut dyn Rng) -> Result<Step, Error> {
        match frame::expect(frame, &[Kind::Reply, Kind::Hello])? {
            Kind::Hello => self.cross(frame, rng),
            _ => self.finish(frame),
        }
    }

    /// Both sides began. The greater commitment stays. Whoever sees ours first can choose which role we take, and gains
    /// nothing by it: the loser's nonce was never shown to anyone, and roles change at most once (`docs/spec/handshake.md`,
    /// section 8).
    fn cross(self, frame: &[u8], rng: &mut dyn Rng) -> Result<Step, Error> {
        if self.crossed {
            return Err(Error::Protocol("HELLO twice"));
        }
        let theirs = Hello::decode(frame, self.terms.mask)?;
        let ours = Hello::decode(&self.hello, self.terms.mask)?;
        if theirs.commitment == ours.commitment || theirs.share == ours.share {
            return Err(Error::Reflected);
        }
        if theirs.commitment < ours.commitment {
            let next = Handshake(Awaiting::Reply(Self { crossed: true, ..self }));
            return Ok(Step::Continue { send: None, next });
        }
        AwaitHello::new(self.terms).handle(frame, rng)
    }

    fn finish(self, frame: &[u8]) -> Result<Step, Error> {
        let (reply, sealed) = Reply::decode(frame, self.terms.mask)?;
        if reply.share == *self.curve.public() {
            return Err(Error::Reflected);
        }
        let dh = self
            .curve
            .agree(&reply.share)
            .map_err(|_| Error::NotAuthentic("X25519 share of small order"))?;
        let kem = self.kem.decapsulate(&reply.ciphertext);

        let th0 = Transcript::new(&self.terms);
        let th2 = th0.then(&self.hello).then(&frame[..REPLY_CLEAR_LEN]);
        let chain = Chain::new(th0, th2, &kem, &dh);
        chain.open_reply(sealed)?;
        let confirmed = chain.after_reply(sealed);

        let header = message::finish_header();
        let sealed = confirmed.seal_finish(&header, &self.nonce);
        let finish = [&header[..], &sealed].concat();
        let keys = confirmed.into_keys(&self.nonce, &finish);
        let agreed = Agreed::new(keys, Role::Initiator, self.terms.mask);
        Ok(Step::Agreed {
            send: Some(finish),
            agreed,
        })
    }
}
