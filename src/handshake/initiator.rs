//! The side that sends HELLO and FINISH.

use super::frame::{self, Kind};
use super::message::{self, HELLO_BASE_LEN, Hello, NONCE, Reply};
use super::responder::AwaitHello;
use super::schedule::{self, Chain, Confirmed, Shared, Transcript};
use super::{Agreed, Awaiting, Crossing, Error, Handshake, Role, Step, Terms};
use crate::crypto::cpace::{self, First};
use crate::crypto::rng::Rng;
use crate::crypto::{mlkem, x25519};
use crate::secret::{Secret, equal};

/// HELLO is out.
pub(super) struct AwaitReply {
    pub(super) terms: Terms,
    pub(super) th0: Transcript,
    pub(super) ck0: Secret<32>,
    pub(super) curve: x25519::KeyPair,
    pub(super) kem: mlkem::PrivateKey,
    pub(super) code: Option<cpace::KeyPair>,
    pub(super) nonce: Secret<NONCE>,
    pub(super) hello: Vec<u8>,
    /// A second crossing is an attack or an error.
    pub(super) crossing: Crossing,
}

impl AwaitReply {
    pub(super) fn begin(terms: Terms, crossing: Crossing, rng: &mut dyn Rng) -> Result<(Self, Vec<u8>), Error> {
        let curve = x25519::KeyPair::generate(rng)?;
        let kem = mlkem::PrivateKey::generate(rng)?;
        let nonce = Secret::generate(rng)?;
        let th0 = Transcript::new(&terms);
        let mut hello = Hello::encode_base(&terms, curve.public(), &kem.public(), &nonce);
        let tag = terms.psk().map(|psk| psk.tag(&hello));
        let code = terms
            .code()
            .map(|code| code.share(&th0.then(&hello), rng))
            .transpose()?;
        hello.extend(code.iter().flat_map(cpace::KeyPair::public));
        hello.extend(tag.iter().flatten());
        let state = Self {
            ck0: schedule::root(&th0, &terms),
            th0,
            terms,
            curve,
            kem,
            code,
            nonce,
            hello: hello.clone(),
            crossing,
        };
        Ok((state, hello))
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
        let theirs = Hello::decode(frame, &self.terms)?;
        let ours = Hello::decode(&self.hello, &self.terms)?;
        if theirs.commitment == ours.commitment || theirs.share == ours.share {
            return Err(Error::Reflected);
        }
        if self.crossing == Crossing::Refused {
            return Err(Error::Protocol("HELLO from the side that should answer it"));
        }
        if theirs.commitment < ours.commitment {
            let next = Handshake(Awaiting::Reply(Self {
                crossing: Crossing::Refused,
                ..self
            }));
            return Ok(Step::Continue { send: None, next });
        }
        AwaitHello::new(self.terms).handle(frame, rng)
    }

    fn finish(self, frame: &[u8]) -> Result<Step, Error> {
        let reply = Reply::decode(frame, &self.terms)?;
        if equal(&reply.share, self.curve.public()) {
            return Err(Error::Reflected);
        }
        let chain = Chain::new(
            &self.ck0,
            self.th0.then(&self.hello).then(reply.clear),
            self.shared(&reply)?,
        );
        // Who the peer is comes first: this side's identity is for the right one only.
        let shown = chain.open_reply(reply.sealed)?;
        let responder = match self.terms.pinned() {
            Some(pinned) => chain.slot().check(&shown, &pinned.peer, &self.curve)?,
            None => Secret::zero(),
        };
        self.agree(chain.after_reply(reply.sealed, responder), &reply.share)
    }

    fn shared(&self, reply: &Reply<'_>) -> Result<Shared, Error> {
        let session = self.th0.then(&self.hello[..HELLO_BASE_LEN]);
        let code = match (&self.code, &reply.code_share) {
            (Some(own), Some(theirs)) => Some(own.agree(session.as_bytes(), theirs, First::Ours)),
            _ => None,
        };
        Ok(Shared {
            kem: self.kem.decapsulate(&reply.ciphertext),
            dh: self.curve.agree(&reply.share).map_err(|_| Error::SMALL_ORDER)?,
            code: code
                .transpose()
                .map_err(|_| Error::NotAuthentic("a share of the code that forces the key"))?,
        })
    }

    fn agree(self, confirmed: Confirmed, peer: &[u8; x25519::LEN]) -> Result<Step, Error> {
        let (credential, initiator) = match self.terms.pinned() {
            Some(pinned) => confirmed.slot().show(&pinned.own, peer)?,
            None => (Vec::new(), Secret::zero()),
        };
        let header = message::finish_header(credential.len());
        let sealed = confirmed.seal_finish(&header, &self.nonce, &credential);
        let finish = [&header[..], &sealed].concat();
        let keys = confirmed.into_keys(&self.nonce, &initiator, &finish);
        Ok(Step::Agreed {
            send: Some(finish),
            agreed: Agreed::new(keys, Role::Initiator, self.terms.mask()),
        })
    }
}
