//! The key schedule. `H` is SHA-256, `X(prk, label, ctx)` is HKDF-Expand with "keypact-hs1 " || label || 00 || ctx.
//!
//! ```text
//! th0 = H(SUITE || 00 || u16 len(context) || context)
//!  │ HELLO         th1 = H(th0 || M1)
//!  │ REPLY, clear  th2 = H(th1 || M2p)          ck0 = Extract(th0, psk)                      psk: courier key or 0^32
//!  │                                            ck1 = Extract(ck0, ss_mlkem || ss_x25519 || isk)   isk: of CPace or 0^64
//!  │                                            hr  = X(ck1, "reply", th2)
//!  │ REPLY, sealed th3 = H(th2 || M2s)          hi  = X(ck1, "finish", th3)
//!  │                                            sas = X(Extract(ck1, n_I), "sas", th3)   th3: FINISH stays out of it
//!  │ FINISH        th4 = H(th3 || M3)           mst = Extract(ck1, ss_idR || ss_idI || n_I)   0^32 for each
//!  │                                                                            that is no DH
//!  ▼                                            i2r, r2i, exporter, channel binding = X(mst, ..., th4)
//! ```
//!
//! The short string must not cover FINISH: whatever its sender can still choose there it could choose until the string
//! fits. Every key covers the transcript, and with it both shares, the KEM key and ciphertext, mask and context.

use super::agreed::Keys;
use super::credential::Slot;
use super::{Error, Role, Terms};
use crate::crypto::aead::{Aead, ZERO_NONCE};
use crate::crypto::{hash, kdf, labels};
use crate::secret::{Secret, SecretBytes};

/// Expands under a label of the exchange.
pub(crate) fn x<const N: usize>(prk: &Secret<32>, label: &[u8], context: &[u8]) -> Secret<N> {
    kdf::expand(prk, &[labels::HANDSHAKE, label, &[0], context])
}

/// The running transcript hash.
#[derive(Clone, Copy)]
pub(super) struct Transcript([u8; 32]);

impl Transcript {
    pub(super) fn new(terms: &Terms) -> Self {
        let length = u16::try_from(terms.context().len())
            .expect("checked when the terms were made")
            .to_be_bytes();
        Self(hash::sha256(&[labels::SUITE, &[0], &length, terms.context()]))
    }

    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn then(self, message: &[u8]) -> Self {
        Self(hash::sha256(&[&self.0, message]))
    }
}

/// `ck0 = Extract(th0, psk)`: what the parties knew before they met.
pub(super) fn root(th0: &Transcript, terms: &Terms) -> Secret<32> {
    let none = Secret::zero();
    let psk = terms.psk().map_or(&none, |psk| psk.secret());
    kdf::extract(&th0.0, &[psk.expose()])
}

/// The secrets that the two shares of each kind make.
pub(super) struct Shared {
    pub(super) kem: Secret<32>,
    pub(super) dh: Secret<32>,
    pub(super) code: Option<Secret<64>>,
}

/// Everything up to REPLY, clear part, is known: th0 and th2 are fixed.
pub(super) struct Chain {
    ck1: Secret<32>,
    th2: Transcript,
}

impl Chain {
    pub(super) fn new(ck0: &Secret<32>, th2: Transcript, shared: Shared) -> Self {
        let isk = shared.code.unwrap_or_else(Secret::zero);
        let ck1 = kdf::extract(ck0.expose(), &[shared.kem.expose(), shared.dh.expose(), isk.expose()]);
        Self { ck1, th2 }
    }

    /// Where the responder shows who it is.
    pub(super) fn slot(&self) -> Slot<'_> {
        Slot {
            chain: &self.ck1,
            transcript: &self.th2,
            role: Role::Responder,
        }
    }

    /// The sealed end of REPLY, which confirms the keys to the initiator.
    pub(super) fn seal_reply(&self, credential: &[u8]) -> Vec<u8> {
        self.reply_key().seal(&ZERO_NONCE, &self.th2.0, credential)
    }

    pub(super) fn open_reply(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let opened = self.reply_key().open(&ZERO_NONCE, &self.th2.0, sealed);
        opened.map_err(|_| Error::NotAuthentic("REPLY was made under other keys"))
    }

    /// Takes the sealed end of REPLY in, and what the responder's identity adds.
    pub(super) fn after_reply(self, sealed: &[u8], responder: Secret<32>) -> Confirmed {
        Confirmed {
            ck1: self.ck1,
            th3: self.th2.then(sealed),
            responder,
        }
    }

    fn reply_key(&self) -> Aead {
        Aead::new(&x(&self.ck1, labels::handshake::REPLY, &self.th2.0))
    }
}

/// The whole REPLY is known: th3 is fixed.
pub(super) struct Confirmed {
    pub(super) ck1: Secret<32>,
    pub(super) th3: Transcript,
    /// What the responder's identity adds to the keys.
    pub(super) responder: Secret<32>,
}

impl Confirmed {
    /// Where the initiator shows who it is.
    pub(super) fn slot(&self) -> Slot<'_> {
        Slot {
            chain: &self.ck1,
            transcript: &self.th3,
            role: Role::Initiator,
        }
    }

    pub(super) fn seal_finish(&self, header: &[u8], nonce: &Secret<32>, credential: &[u8]) -> Vec<u8> {
        let opening = SecretBytes::new([nonce.expose(), credential].concat());
        self.finish_key()
            .seal(&ZERO_NONCE, &self.finish_aad(header), opening.expose())
    }

    /// The nonce, and the initiator's credential.
    pub(super) fn open_finish(&self, header: &[u8], sealed: &[u8]) -> Result<(Secret<32>, Vec<u8>), Error> {
        let opened = self.finish_key().open(&ZERO_NONCE, &self.finish_aad(header), sealed);
        let opened = SecretBytes::new(opened.map_err(|_| Error::NotAuthentic("FINISH was made under other keys"))?);
        let (nonce, credential) = opened.expose().split_at_checked(32).ok_or(Error::Protocol("FINISH"))?;
        let nonce = Secret::copy_from(nonce).ok_or(Error::Protocol("FINISH"))?;
        Ok((nonce, credential.to_vec()))
    }

    /// The keys of the session; `finish` is the whole frame, `initiator` what that identity adds.
    pub(super) fn into_keys(self, nonce: &Secret<32>, initiator: &Secret<32>, finish: &[u8]) -> Keys {
        use labels::handshake::{BINDING, DATA_I2R, DATA_R2I, EXPORTER, SAS};
        let th4 = self.th3.then(finish).0;
        let sas = x(&kdf::extract(self.ck1.expose(), &[nonce.expose()]), SAS, &self.th3.0);
        let parts = [self.responder.expose(), initiator.expose(), nonce.expose()];
        let master = kdf::extract(self.ck1.expose(), &parts.map(|part| &part[..]));
        Keys {
            sas,
            chains: Some([DATA_I2R, DATA_R2I].map(|label| x(&master, label, &th4))),
            exporter: x(&master, EXPORTER, &th4),
            binding: *x(&master, BINDING, &th4).expose(),
        }
    }

    fn finish_key(&self) -> Aead {
        Aead::new(&x(&self.ck1, labels::handshake::FINISH, &self.th3.0))
    }

    fn finish_aad(&self, header: &[u8]) -> Vec<u8> {
        [&self.th3.0, header].concat()
    }
}
