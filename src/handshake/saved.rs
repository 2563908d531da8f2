//! An exchange put aside between two messages, for people who carry them as texts, and taken up again in another run.
//! What comes out is as secret as the keys, and good for one message: who keeps it must see to it that it is used once.

use super::message::HELLO_BASE_LEN;
use super::schedule::{Confirmed, Transcript};
use super::{Agreed, Awaiting, Crossing, Handshake, Mask, Pinned, Setting, Terms, Unverified};
use super::{initiator::AwaitReply, responder::AwaitFinish};
use crate::crypto::{cpace, mlkem, x25519};
use crate::encoding::fields::Fields;
use crate::secret::{Secret, SecretBytes};

const REPLY: u8 = 1;
const FINISH: u8 = 2;
const AGREED: u8 = 3;
const VERSION: u8 = 1;

/// The longest HELLO and whatever else a state holds, with room.
const LONGEST: usize = 8192;

impl Handshake {
    /// Puts the exchange aside; `None` when nothing has been sent yet, so that nothing is to be kept.
    pub fn save(self) -> Option<SecretBytes> {
        match self.0 {
            Awaiting::Hello(_) => None,
            Awaiting::Reply(state) => Some(state.save()),
            Awaiting::Finish(state) => Some(state.save()),
        }
    }

    /// Takes up again what [`Handshake::save`] put aside. Codes and courier keys are in it; identities are not, and must
    /// be given again where the exchange demands them.
    ///
    /// # Errors
    /// `None` for bytes that are no such state, and when `pinned` is missing or superfluous.
    pub fn resume(state: &SecretBytes, pinned: Option<Pinned>) -> Option<Self> {
        let mut fields = Fields::new(state.expose());
        let kind = start(&mut fields)?;
        let mask = Mask::from_byte(fields.u8()?)?;
        let terms = Terms::resumed(mask, Setting::Tokens, pinned)?;
        let awaiting = match kind {
            REPLY => Awaiting::Reply(AwaitReply::load(fields, terms)?),
            FINISH => Awaiting::Finish(AwaitFinish::load(fields, terms)?),
            _ => return None,
        };
        Some(Self(awaiting))
    }

    /// The modes of a state, before its identities are at hand.
    pub fn mask_of(state: &SecretBytes) -> Option<Mask> {
        let mut fields = Fields::new(state.expose());
        start(&mut fields)?;
        Mask::from_byte(fields.u8()?)
    }
}

fn start(fields: &mut Fields<'_>) -> Option<u8> {
    (fields.u8()? == VERSION).then_some(())?;
    fields.u8()
}

fn secret<const N: usize>(fields: &mut Fields<'_>) -> Option<Secret<N>> {
    Secret::copy_from(fields.bytes(N)?)
}

/// ```text
/// 01 01 mask | th0(32) | ck0(32) | x25519 scalar(32) | ML-KEM seed(64) | n_I(32) | CPace scalar(32), with a code | HELLO
/// ```
impl AwaitReply {
    fn save(self) -> SecretBytes {
        let code = self.code.as_ref().map_or(&[][..], |code| code.expose_scalar().expose());
        let (curve, kem) = (self.curve.expose_scalar(), self.kem.expose_seed());
        let mut out = Vec::with_capacity(LONGEST);
        out.extend_from_slice(&[VERSION, REPLY, self.terms.mask().to_byte()]);
        for part in [
            &self.th0.as_bytes()[..],
            self.ck0.expose(),
            curve.expose(),
            kem.expose(),
            self.nonce.expose(),
            code,
            &self.hello,
        ] {
            out.extend_from_slice(part);
        }
        SecretBytes::new(out)
    }

    fn load(mut fields: Fields<'_>, terms: Terms) -> Option<Self> {
        let th0 = Transcript::from_bytes(fields.array()?);
        let ck0 = secret(&mut fields)?;
        let curve = x25519::KeyPair::new(&secret(&mut fields)?);
        let kem = mlkem::PrivateKey::from_seed(&secret(&mut fields)?);
        let nonce = secret(&mut fields)?;
        let scalar = if terms.mask().demands(Mask::CODE) {
            Some(secret(&mut fields)?)
        } else {
            None
        };
        let hello = fields.rest().to_vec();
        let code = match scalar {
            Some(scalar) => {
                let public = hello.get(HELLO_BASE_LEN..)?.first_chunk::<{ cpace::LEN }>()?;
                Some(cpace::KeyPair::restore(scalar, *public))
            }
            None => None,
        };
        (hello.len() >= HELLO_BASE_LEN).then_some(Self {
            terms,
            th0,
            ck0,
            curve,
            kem,
            code,
            nonce,
            hello,
            crossing: Crossing::Refused,
        })
    }
}

/// ```text
/// 01 02 mask | th3(32) | ck1(32) | ss_idR(32) | x25519 scalar(32) | HELLO
/// ```
impl AwaitFinish {
    fn save(self) -> SecretBytes {
        let curve = self.curve.expose_scalar();
        let mut out = Vec::with_capacity(LONGEST);
        out.extend_from_slice(&[VERSION, FINISH, self.terms.mask().to_byte()]);
        for part in [
            &self.confirmed.th3.as_bytes()[..],
            self.confirmed.ck1.expose(),
            self.confirmed.responder.expose(),
            curve.expose(),
            &self.hello,
        ] {
            out.extend_from_slice(part);
        }
        SecretBytes::new(out)
    }

    fn load(mut fields: Fields<'_>, terms: Terms) -> Option<Self> {
        let confirmed = Confirmed {
            th3: Transcript::from_bytes(fields.array()?),
            ck1: secret(&mut fields)?,
            responder: secret(&mut fields)?,
        };
        let curve = x25519::KeyPair::new(&secret(&mut fields)?);
        let hello = fields.rest().to_vec();
        (hello.len() >= HELLO_BASE_LEN).then_some(Self {
            terms,
            curve,
            hello,
            confirmed,
        })
    }
}

/// ```text
/// 01 03 mask role | sas(64) | i2r(32) | r2i(32) | exporter(32) | channel binding(32)
/// ```
impl Agreed<Unverified> {
    /// Puts the agreement aside until the people have compared.
    ///
    /// # Panics
    /// When it has been in a gate.
    pub fn save(self) -> SecretBytes {
        let [i2r, r2i] = self.keys.chains.as_ref().expect("only a gate takes them");
        let mut out = Vec::with_capacity(LONGEST);
        out.extend_from_slice(&[VERSION, AGREED, self.mask.to_byte(), self.role as u8]);
        for part in [
            &self.keys.sas.expose()[..],
            i2r.expose(),
            r2i.expose(),
            self.keys.exporter.expose(),
            &self.keys.binding,
        ] {
            out.extend_from_slice(part);
        }
        SecretBytes::new(out)
    }

    /// Takes up again what [`Agreed::save`] put aside.
    ///
    /// # Errors
    /// `None` for bytes that are no such state.
    pub fn resume(state: &SecretBytes) -> Option<Self> {
        use super::{Role, agreed::Keys};
        let mut fields = Fields::new(state.expose());
        (start(&mut fields)? == AGREED).then_some(())?;
        let mask = Mask::from_byte(fields.u8()?)?;
        let role = match fields.u8()? {
            0 => Role::Initiator,
            1 => Role::Responder,
            _ => return None,
        };
        let keys = Keys {
            sas: secret(&mut fields)?,
            chains: Some([secret(&mut fields)?, secret(&mut fields)?]),
            exporter: secret(&mut fields)?,
            binding: fields.array()?,
        };
        fields.end().map(|()| Self::new(keys, role, mask))
    }
}
