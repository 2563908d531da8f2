//! From the authentication flags and a wire to an open channel: the exchange, the comparison, the gate.

use std::time::Duration;

use crate::channel::Channel;
use crate::cli::agent;
use crate::cli::auth::Auth;
use crate::cli::ceremony::Ceremony;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::transport::{Endpoint, Part, TransportArgs};
use crate::cli::ui::Ui;
use crate::cli::wire::{Wire, WireError, with_status};
use crate::crypto::rng::OsRng;
use crate::handshake::{self, Agreed, AlertCode, Handshake, Mask, Role, Setting, Step, Terms, Unverified};
use crate::secret::Secret;

/// How long somebody who comes to a listener may take to begin: a peer speaks at once, and others wait behind it.
const HELLO: Duration = Duration::from_secs(5);
/// How long one message of the exchange may take once it has begun.
pub(super) const FLIGHT: Duration = Duration::from_secs(15);

/// Meets the peer, agrees on keys, has them verified on both sides.
///
/// # Errors
/// Nobody came, the peer broke the protocol or vanished, the codes differ. The peer has been told where possible.
pub fn establish(
    transport: &TransportArgs,
    auth: Auth,
    ui: &Ui,
    events: &mut Events,
) -> anyhow::Result<(Wire, Channel)> {
    meet(transport.open(ui, events)?, auth, ui, events).map(|(wire, channel, _)| (wire, channel))
}

/// The same at an endpoint that is there, which a broken session may need again. One that will not is closed before
/// anybody is asked anything.
///
/// # Errors
/// As [`establish`].
pub fn meet(
    mut endpoint: Endpoint,
    auth: Auth,
    ui: &Ui,
    events: &mut Events,
) -> anyhow::Result<(Wire, Channel, Option<Endpoint>)> {
    let (wire, agreed) = agree_with_someone(&mut endpoint, &auth, ui)?;
    let endpoint = endpoint.lasts().then_some(endpoint);
    let (wire, channel) = Ceremony::new(wire, auth, ui, events).run(agreed)?;
    Ok((wire, channel, endpoint))
}

/// Meets the peer of a broken session again: `key` is what the first session with it exported for this.
///
/// # Errors
/// As [`establish`].
pub fn resume(
    endpoint: &mut Endpoint,
    key: &Secret<32>,
    ui: &Ui,
    events: &mut Events,
) -> anyhow::Result<(Wire, Channel)> {
    let auth = Auth::resuming(key);
    let (wire, agreed) = agree_with_someone(endpoint, &auth, ui)?;
    Ceremony::new(wire, auth, ui, events).run(agreed)
}

fn agree_with_someone(endpoint: &mut Endpoint, auth: &Auth, ui: &Ui) -> anyhow::Result<(Wire, Agreed<Unverified>)> {
    let mut guesses = 0;
    loop {
        let wire = endpoint.meet(ui)?;
        let Failure { answered, error } = match agree(wire, endpoint, auth) {
            Ok(agreed) => return Ok(agreed),
            Err(failure) => failure,
        };
        // Before REPLY is out nobody has learnt anything: a scanner that knocks ends no ceremony. After it, whoever is in
        // the middle has perhaps made a guess, where there is something to guess. A peer with other flags is the peer.
        guesses += u32::from(answered && auth.is_guessable());
        let is_ours = !answered && error.is::<Fault>();
        // Where a session goes on, there is nothing to find out: somebody with other flags is somebody else.
        let is_demand = is_demand(&error) && auth.terms.setting() != Setting::Resumption;
        if !endpoint.is_listener() || is_demand || is_ours || auth.is_used_up(guesses) {
            return Err(error);
        }
        if guesses > 0 {
            ui.warn(&format!(
                "somebody exchanged keys and vanished, {guesses} of {} times: possibly an attack, each time with a chance of 1 \
                 in 2^32; {error:#}",
                auth.tries
            ));
        } else {
            ui.warn(&format!("a connection led to no exchange: {error:#}"));
        }
        endpoint.try_again()?;
    }
}

fn is_demand(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(handshake::Error::Demand { .. }))
}

/// Whoever stands in the middle has one guess per run, and can leave when it was wrong: a peer that vanishes now has
/// perhaps made it, and one more try would be one more.
pub(super) fn unfinished(error: anyhow::Error, auth: &Auth) -> anyhow::Error {
    if !auth.is_guessable() || !error.is::<WireError>() {
        return error;
    }
    Fault::peer("unfinished", "the peer vanished before it was verified")
        .because(error)
        .hint("this may be an attack; ask your peer, and do not let a script try again by itself")
        .into()
}

/// Under a one-time code, keys that do not fit mean that the codes differ, whoever notices first.
pub(super) fn explained(error: anyhow::Error, mask: Mask) -> anyhow::Error {
    let is_wrong = match error.downcast_ref::<handshake::Error>() {
        Some(handshake::Error::NotAuthentic(_)) => true,
        Some(handshake::Error::Alerted(alert)) => alert.code() == AlertCode::Crypto,
        _ => false,
    };
    if !mask.demands(Mask::CODE) || !is_wrong {
        return error;
    }
    Fault::inauthentic("wrong_code", "no key was agreed: the one-time codes differ")
        .because(error)
        .hint("the code is spent on both sides, for it may have been guessed at; agree on a new one")
        .into()
}

struct Failure {
    /// Whether this side's REPLY was sent.
    answered: bool,
    error: anyhow::Error,
}

/// Drives the exchange over one wire.
fn agree(mut wire: Wire, endpoint: &Endpoint, auth: &Auth) -> Result<(Wire, Agreed<Unverified>), Failure> {
    let mut answered = false;
    match flights(&mut wire, endpoint, auth, &mut answered) {
        Ok(agreed) => Ok((wire, agreed)),
        Err(error) => {
            if let Some(code) = &auth.code {
                // The failure to report is the first one; this side's role is spent in any case.
                let _ = code.failed();
            }
            let alert = error
                .downcast_ref::<handshake::Error>()
                .and_then(|error| error.alert(&auth.terms));
            if let Some(alert) = alert {
                // The failure to report is the first one.
                let _ = wire.write(alert);
            }
            let error = explained(error, auth.terms.mask());
            let error = if answered { unfinished(error, auth) } else { error };
            let error = with_status(error, wire.finish());
            Err(Failure { answered, error })
        }
    }
}

fn flights(
    wire: &mut Wire,
    endpoint: &Endpoint,
    auth: &Auth,
    answered: &mut bool,
) -> anyhow::Result<Agreed<Unverified>> {
    let terms = auth.terms.clone();
    let is_resumed = terms.setting() == Setting::Resumption;
    let flight = flight(endpoint, &terms);
    let (mut exchange, hello) = match endpoint.part() {
        Part::Waits => (Handshake::respond(terms), None),
        Part::Goes => open(Handshake::initiate(terms, &mut OsRng)?),
        Part::Either => open(Handshake::initiate_or_respond(terms, &mut OsRng)?),
    };
    if let Some(hello) = hello {
        wire.write(hello)?;
    }
    // Whom this side waits for has already come; elsewhere the peer may still have to be started. The peer of a session that
    // goes on runs, so a wire that is silent has died on the way, and the time is for another one.
    let mut patience = match endpoint.part() {
        Part::Waits => HELLO,
        Part::Goes | Part::Either if is_resumed => flight,
        Part::Goes | Part::Either => endpoint.left().max(flight),
    };
    loop {
        let frame = wire.message(patience)?;
        patience = flight;
        if let (true, Some(code)) = (handshake::is_reply(&frame), &auth.code) {
            code.spend(Role::Initiator)?;
        }
        match exchange.handle(&frame, &mut OsRng)? {
            Step::Continue { send, next } => {
                if let Some(frame) = send {
                    if let Some(code) = &auth.code {
                        code.spend(Role::Responder)?;
                    }
                    *answered = true;
                    wire.write(frame)?;
                }
                exchange = next;
            }
            Step::Agreed { send, agreed } => {
                if let Some(frame) = send {
                    wire.write(frame)?;
                }
                return Ok(agreed);
            }
        }
    }
}

/// How long one message may take.
fn flight(endpoint: &Endpoint, terms: &Terms) -> Duration {
    if terms.setting() == Setting::Resumption {
        endpoint.patience().min(FLIGHT)
    } else if terms.mask().demands(Mask::ID) {
        // Before an identity is shown, the peer's agent may ask a person.
        FLIGHT + agent::PATIENCE
    } else {
        FLIGHT
    }
}

fn open((exchange, hello): (Handshake, Vec<u8>)) -> (Handshake, Option<Vec<u8>>) {
    (exchange, Some(hello))
}
