//! From the authentication flags and a wire to an open channel: the exchange, the comparison, the gate.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use crate::channel::{Channel, Gate, Wish};
use crate::cli::auth::{Auth, Judge};
use crate::cli::enrol;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::streams::cannot;
use crate::cli::terminal::Terminal;
use crate::cli::transport::{Endpoint, Part, TransportArgs};
use crate::cli::ui::Ui;
use crate::cli::wire::{Arrival, Wire, WireError};
use crate::crypto::rng::OsRng;
use crate::handshake::{self, Agreed, Alert, AlertCode, Handshake, Mask, Role, Step, Unverified, Verified};
use crate::verify::{Answer, Checks, CodesDiffer, Form, Sas};

/// How long somebody who comes to a listener may take to begin: a peer speaks at once, and others wait behind it.
const HELLO: Duration = Duration::from_secs(5);
/// How long one message of the exchange may take once it has begun.
const FLIGHT: Duration = Duration::from_secs(15);
/// How long the two people may take to compare.
const COMPARING: Duration = Duration::from_secs(180);
/// Answers that are none before they count as "no".
const ANSWERS: usize = 5;

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
    let mut endpoint = transport.open(ui, events)?;
    let (wire, agreed) = agree_with_someone(&mut endpoint, &auth, ui)?;
    drop(endpoint);
    let ceremony = Ceremony {
        wire,
        form: auth.comparison.as_ref().map(|(form, _)| *form),
        auth,
        deadline: Instant::now() + COMPARING,
        ui,
        events,
    };
    ceremony.run(agreed)
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
        if !endpoint.is_listener() || is_demand(&error) || is_ours || auth.is_used_up(guesses) {
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
fn unfinished(error: anyhow::Error, auth: &Auth) -> anyhow::Error {
    if !auth.is_guessable() || !error.is::<WireError>() {
        return error;
    }
    Fault::peer("unfinished", "the peer vanished before it was verified")
        .because(error)
        .hint("this may be an attack; ask your peer, and do not let a script try again by itself")
        .into()
}

/// Under a one-time code, keys that do not fit mean that the codes differ, whoever notices first.
fn explained(error: anyhow::Error, auth: &Auth) -> anyhow::Error {
    let is_wrong = match error.downcast_ref::<handshake::Error>() {
        Some(handshake::Error::NotAuthentic(_)) => true,
        Some(handshake::Error::Alerted(alert)) => alert.code() == AlertCode::Crypto,
        _ => false,
    };
    if auth.code.is_none() || !is_wrong {
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
            let alert = error
                .downcast_ref::<handshake::Error>()
                .and_then(|error| error.alert(&auth.terms));
            if let Some(alert) = alert {
                // The failure to report is the first one.
                let _ = wire.write(alert);
            }
            let error = explained(error, auth);
            let error = if answered { unfinished(error, auth) } else { error };
            let error = match wire.finish() {
                Some(status) => Fault::of(&error)
                    .and(format!("the command of --exec ended with {status}"))
                    .into(),
                None => error,
            };
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
    let (mut exchange, hello) = match endpoint.part() {
        Part::Waits => (Handshake::respond(terms), None),
        Part::Goes => open(Handshake::initiate(terms, &mut OsRng)?),
        Part::Either => open(Handshake::initiate_or_respond(terms, &mut OsRng)?),
    };
    if let Some(hello) = hello {
        wire.write(hello)?;
    }
    // A listener's peer has already come; elsewhere the peer may still have to be started.
    let mut patience = if endpoint.is_listener() {
        HELLO
    } else {
        endpoint.left().max(FLIGHT)
    };
    loop {
        let frame = wire.message(patience)?;
        patience = FLIGHT;
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

fn open((exchange, hello): (Handshake, Vec<u8>)) -> (Handshake, Option<Vec<u8>>) {
    (exchange, Some(hello))
}

/// Keys are agreed; both sides find out whether with each other.
struct Ceremony<'a> {
    wire: Wire,
    auth: Auth,
    form: Option<Form>,
    deadline: Instant,
    ui: &'a Ui,
    events: &'a mut Events,
}

impl Ceremony<'_> {
    fn run(mut self, agreed: Agreed<Unverified>) -> anyhow::Result<(Wire, Channel)> {
        let wish = if self.auth.enrol.is_some() {
            Wish::Enrol
        } else {
            Wish::Work
        };
        let mut gate = Gate::new(agreed).wishing(wish);
        let checks = match self.compare(&mut gate) {
            Ok(checks) => checks,
            Err(error) => return Err(self.refuse(gate, error)),
        };
        let (mut gate, word) = match gate.verify(|agreed| checks.verify(agreed)) {
            Ok(verified) => verified,
            Err(gate) => return Err(self.refuse(gate, Fault::usage("nobody vouches for the peer").into())),
        };
        if let Err(error) = self.confirm(&mut gate, word) {
            return Err(self.refuse(gate, error));
        }
        let channel = gate.open().ok().context("the peer has not confirmed")?;
        let session = channel.session().to_string();
        let how = match self.form {
            Some(_) => "the codes match on both sides",
            None => "agreed",
        };
        self.ui.note(&format!("{how}; session {session}"));
        self.events.emit(&json!({"event": "verified", "session": session}));
        if let Some(key) = &self.auth.courier_key {
            key.served(self.ui)?;
        }
        let (wire, channel) = match self.auth.enrol {
            Some(enrol) => enrol::enrol(enrol, self.wire, channel, self.ui, self.events)?,
            None => (self.wire, channel),
        };
        Ok((wire, channel))
    }

    fn compare(&mut self, gate: &mut Gate<Unverified>) -> anyhow::Result<Checks> {
        let mut checks = Checks::default();
        if self.auth.terms.mask().demands(Mask::TRANSPORT) {
            checks.transport_trusted();
        }
        if let Some((form, judge)) = self.auth.comparison.take() {
            self.show(gate.agreed(), form, judge)?;
            checks.compared(self.wait_for_answer(gate)?)?;
        }
        Ok(checks)
    }

    /// Shows the code to whoever judges.
    fn show(&mut self, agreed: &Agreed<Unverified>, form: Form, judge: Judge) -> Result<(), Fault> {
        let (code, session) = (Sas::of(agreed).show(form), agreed.session().to_string());
        self.events
            .emit(&json!({"event": "code", "code": code, "session": session}));
        match judge {
            Judge::Person(terminal) => {
                let asked = format!(
                    "\nSession {session}. Compare this code with your peer, by voice or in person:\n\n    {code}\n\n"
                );
                terminal.say(&asked)?;
                self.wire.meanwhile(move || ask(&terminal))
            }
            Judge::Command(command) => self.wire.meanwhile(move || judge_by(&command, &code, &session)),
        }
        .map_err(|error| cannot("start", "the comparison", &error))
    }

    /// The answer, while the peer may say "no" at any moment, or vanish.
    fn wait_for_answer(&mut self, gate: &mut Gate<Unverified>) -> anyhow::Result<Answer> {
        loop {
            match self.wire.next(self.left())? {
                Arrival::Answer(answer) => return Ok(answer?),
                Arrival::Message(record) => take(gate, record)?,
            }
        }
    }

    /// Gives this side's word and waits for the peer's.
    fn confirm(&mut self, gate: &mut Gate<Verified>, word: Vec<u8>) -> anyhow::Result<()> {
        self.wire.write(word)?;
        let theirs = loop {
            match gate.peer() {
                Some(theirs) => break theirs,
                None => take(gate, self.wire.message(self.left())?)?,
            }
        };
        let ours = if self.auth.enrol.is_some() {
            Wish::Enrol
        } else {
            Wish::Work
        };
        if theirs == ours {
            return Ok(());
        }
        let who = if theirs == Wish::Enrol { "the peer" } else { "this side" };
        Err(Fault::peer("demand", "nobody was enrolled")
            .because(format!("only {who} wants to remember the other"))
            .hint("use --enrol NAME on both sides, or on none")
            .into())
    }

    /// Ends the session on both sides. The failure to report is the first one; a peer that is gone need not be told.
    fn refuse<State>(mut self, gate: Gate<State>, error: anyhow::Error) -> anyhow::Error {
        let error = unfinished(explained(error, &self.auth), &self.auth);
        let code = if error.is::<CodesDiffer>() {
            AlertCode::CodesDiffer
        } else {
            AlertCode::Cancelled
        };
        let _ = self.wire.write(gate.refuse(&Alert::new(code, "")));
        self.wire.finish();
        error
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// A record for the gate; or, in clear, why the peer did not get this far.
fn take<State>(gate: &mut Gate<State>, mut message: Vec<u8>) -> anyhow::Result<()> {
    match handshake::late(&message) {
        Some(error) => Err(error.into()),
        None => Ok(gate.receive(&mut message)?),
    }
}

/// Asks until the answer is one: Enter out of habit is none.
fn ask(terminal: &Terminal) -> Result<Answer, Fault> {
    for _ in 0..ANSWERS {
        let answer = terminal.line("Is your peer's code the same? Type \"match\" or \"no\": ")?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "match" | "yes" => return Ok(Answer::Match),
            "no" | "n" | "differ" | "different" => return Ok(Answer::NoMatch),
            _ => {}
        }
    }
    Ok(Answer::NoMatch)
}

/// Any end of the command but success means that the codes differ.
fn judge_by(command: &str, code: &str, session: &str) -> Result<Answer, Fault> {
    let status = Command::new("/bin/sh")
        .args(["-c", command])
        .env("KEYPACT_SAS", code)
        .env("KEYPACT_SESSION", session)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    let status = status.map_err(|error| cannot("run", "the command of --verify-cmd", &error))?;
    Ok(if status.success() {
        Answer::Match
    } else {
        Answer::NoMatch
    })
}
