//! Fresh shares inside an open channel: whoever has stolen its secrets and only listens from then on is out again.
//!
//! ```text
//!   KEX       ML-KEM-768 and X25519 keys  ─────────────►
//!             ◄─────────────  encapsulation  KEX_REPLY   the last under the old secret of the responder
//!   KEX_DONE  empty                       ─────────────►   the last under the old secret of the initiator
//! ```
//!
//! Each direction goes on under a secret that both its old one and what was encapsulated make; `docs/spec/channel.md`, section 5.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use super::{Draft, Error, Kind};
use crate::crypto;
use crate::crypto::hash::sha256;
use crate::crypto::hybrid::{self, PrivateKey};
use crate::crypto::rng::Rng;
use crate::handshake::Role;
use crate::secret::{Secret, wiping_stack};

/// How long secrets may last that have no fresh shares in them. (How much is said under a key, REKEY bounds; what fresh shares
/// heal is a theft, and what a thief hears in the meantime is a matter of time.)
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What fresh shares add to the secrets of both directions.
pub(super) struct Mix {
    pub(super) shared: Secret<32>,
    /// SHA-256 over the bodies of the two records.
    pub(super) transcript: [u8; 32],
}

/// What a side owes its peer for fresh shares; [`super::Sealer::refresh`] makes it what to send.
pub struct Refresh {
    pub(super) draft: Draft,
    /// Changes the secret after this record.
    pub(super) mix: Option<Arc<Mix>>,
}

/// How far an exchange of fresh shares is. There is one at a time.
pub(super) struct Fresh {
    role: Role,
    state: State,
    /// The age of the channel when shares were fresh last.
    since: Duration,
    pub(super) lifetime: Duration,
}

enum State {
    Idle,
    /// The initiator has offered this key.
    Offered(Box<PrivateKey>),
    /// The responder has got this key, and is to answer.
    Asked(Box<[u8; hybrid::PUBLIC_LEN]>),
    /// The responder has answered, and the initiator may still send under its old secret.
    Answered(Arc<Mix>),
    /// The initiator has got the answer, and is to say so.
    Settled(Arc<Mix>),
}

impl Fresh {
    pub(super) fn new(role: Role) -> Self {
        Self {
            role,
            state: State::Idle,
            since: Duration::ZERO,
            lifetime: LIFETIME,
        }
    }

    /// Takes in a record; what it gives changes the peer's secret after that record.
    pub(super) fn take(&mut self, kind: Kind, body: &[u8]) -> Result<Option<Arc<Mix>>, Error> {
        match (kind, mem::replace(&mut self.state, State::Idle)) {
            (Kind::KEX, State::Idle) if self.role == Role::Responder => {
                let key = body
                    .try_into()
                    .map_err(|_| Error::Protocol("a key of another length"))?;
                self.state = State::Asked(Box::new(key));
                Ok(None)
            }
            (Kind::KEX_REPLY, State::Offered(key)) => {
                let answer = body
                    .try_into()
                    .map_err(|_| Error::Protocol("an answer of another length"))?;
                let shared =
                    wiping_stack(|| key.decapsulate(answer)).map_err(|_| Error::Protocol("a share of small order"))?;
                let mix = Arc::new(Mix::new(shared, &key.public(), answer));
                self.state = State::Settled(Arc::clone(&mix));
                Ok(Some(mix))
            }
            (Kind::KEX_DONE, State::Answered(mix)) if body.is_empty() => Ok(Some(mix)),
            _ => Err(Error::Protocol("fresh shares out of turn")),
        }
    }

    /// What is to be sent now, if anything, when the channel is so old. Where the source of randomness fails, the old secrets go
    /// on for the time being.
    pub(super) fn owes(&mut self, age: Duration, rng: &mut dyn Rng) -> Result<Option<Refresh>, Error> {
        match mem::replace(&mut self.state, State::Idle) {
            State::Idle if self.role == Role::Initiator && age.saturating_sub(self.since) >= self.lifetime => {
                let Ok(seed) = Secret::generate(rng) else {
                    return Ok(None);
                };
                let key = wiping_stack(|| Box::new(PrivateKey::from_seed(&seed)));
                let draft = Draft::with(Kind::KEX, &key.public());
                self.state = State::Offered(key);
                Ok(Some(Refresh { draft, mix: None }))
            }
            State::Asked(key) => match wiping_stack(|| hybrid::encapsulate(&key, rng)) {
                Ok((answer, shared)) => {
                    let mix = Arc::new(Mix::new(shared, &key[..], &answer));
                    self.state = State::Answered(Arc::clone(&mix));
                    Ok(Some(Refresh::last(Draft::with(Kind::KEX_REPLY, &answer), mix)))
                }
                Err(crypto::Error::Rng(_)) => {
                    self.state = State::Asked(key);
                    Ok(None)
                }
                Err(_) => Err(Error::Protocol("a key that is none")),
            },
            State::Settled(mix) => {
                self.since = age;
                Ok(Some(Refresh::last(Draft::with(Kind::KEX_DONE, b""), mix)))
            }
            waiting => {
                self.state = waiting;
                Ok(None)
            }
        }
    }
}

impl Mix {
    fn new(shared: Secret<32>, key: &[u8], answer: &[u8]) -> Self {
        let transcript = sha256(&[key, answer]);
        Self { shared, transcript }
    }
}

impl Refresh {
    fn last(draft: Draft, mix: Arc<Mix>) -> Self {
        let mix = Some(mix);
        Self { draft, mix }
    }
}
