//! From the authentication flags and a wire to an open channel: the exchange, the comparison, the gate.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use crate::channel::{Channel, Gate};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::streams::cannot;
use crate::cli::terminal::Terminal;
use crate::cli::transport::{Endpoint, TransportArgs};
use crate::cli::ui::Ui;
use crate::cli::wire::{Arrival, Wire, WireError};
use crate::crypto::rng::OsRng;
use crate::handshake::{self, Agreed, Alert, AlertCode, Handshake, Mode, Step, Terms, Unverified, Verified};
use crate::verify::{Answer, Checks, CodesDiffer, Form, Sas};

/// How long somebody who comes to a listener may take to begin: a peer speaks at once, and others wait behind it.
const HELLO: Duration = Duration::from_secs(5);
/// How long one message of the exchange may take once it has begun.
const FLIGHT: Duration = Duration::from_secs(15);
/// How long the two people may take to compare.
const COMPARING: Duration = Duration::from_secs(180);
/// Answers that are none before they count as "no".
const ANSWERS: usize = 5;

/// How the peer proves who it is
#[derive(Args)]
#[command(next_help_heading = "Authentication (both sides the same)")]
pub struct AuthArgs {
    /// Two people compare a code: words, words:N, digits or emoji [default on a terminal: words]
    #[arg(long, value_name = "FORM")]
    compare: Option<Form>,
    /// The outer channel (ssh, a Unix socket of one user) vouches for the peer
    #[arg(long)]
    trust_transport: bool,
    /// Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match
    #[arg(long, value_name = "CMD")]
    verify_cmd: Option<String>,
    /// Write events as JSON lines
    #[arg(long, value_name = "FILE|fd:N")]
    events: Option<PathBuf>,
}

/// What the flags demand, and who answers for it.
pub struct Auth {
    form: Option<Form>,
    trust_transport: bool,
    judge: Option<Judge>,
}

enum Judge {
    Person(Terminal),
    Command(String),
}

impl AuthArgs {
    /// Where events go.
    ///
    /// # Errors
    /// As [`Events::open`].
    pub fn events(&self) -> Result<Events, Fault> {
        Events::open(self.events.as_deref())
    }

    /// Decides who compares, before anything is sent: without a person and without a command there is no comparison.
    ///
    /// # Errors
    /// A usage fault when nobody can answer for the peer.
    pub fn settle(self, ui: &Ui) -> Result<Auth, Fault> {
        let form = match self.compare {
            None if self.trust_transport && self.verify_cmd.is_none() => None,
            form => Some(form.unwrap_or("words".parse().map_err(Fault::usage)?)),
        };
        let judge = match (form, self.verify_cmd) {
            (None, _) => None,
            (Some(_), Some(command)) => Some(Judge::Command(command)),
            (Some(_), None) => Some(Judge::Person(Terminal::open(
                ui,
                "a comparison of codes",
                "--verify-cmd or --trust-transport",
            )?)),
        };
        if self.trust_transport {
            ui.warn("the outer channel is trusted to lead to the right peer; keypact does not check it");
        }
        Ok(Auth {
            form,
            trust_transport: self.trust_transport,
            judge,
        })
    }
}

impl Auth {
    fn terms(&self) -> Terms {
        let compare = self.form.map(|_| Mode::Compare);
        let transport = self.trust_transport.then_some(Mode::Transport);
        Terms::new(compare.into_iter().chain(transport), b"").expect("one mode at least, each once")
    }
}

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
        auth,
        deadline: Instant::now() + COMPARING,
        ui,
        events,
    };
    ceremony.run(agreed)
}

fn agree_with_someone(endpoint: &mut Endpoint, auth: &Auth, ui: &Ui) -> anyhow::Result<(Wire, Agreed<Unverified>)> {
    loop {
        let wire = endpoint.meet(ui)?;
        match agree(wire, endpoint, auth) {
            Ok(agreed) => return Ok(agreed),
            // Before REPLY is out nobody has learnt anything: a scanner that knocks ends no ceremony. After it, one
            // more try would be one more guess for whoever is in the middle. A peer with other flags is the peer.
            Err(Failure { answered: false, error }) if endpoint.is_listener() && !is_demand(&error) => {
                ui.warn(&format!("a connection led to no exchange: {error:#}"));
                endpoint.try_again()?;
            }
            Err(Failure { error, .. }) => return Err(error),
        }
    }
}

fn is_demand(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(handshake::Error::Demand { .. }))
}

/// Whoever stands in the middle knows both codes before the people have compared them, and can leave when they differ:
/// a peer that vanishes now has perhaps made one guess, and one more try would be one more.
fn unfinished(error: anyhow::Error, auth: &Auth) -> anyhow::Error {
    if auth.form.is_none() || !error.is::<WireError>() {
        return error;
    }
    Fault::peer("unfinished", "the peer vanished before the codes were compared")
        .because(error)
        .hint("this may be an attack; ask your peer, and do not let a script try again by itself")
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
                .and_then(|error| error.alert(&auth.terms()));
            if let Some(alert) = alert {
                // The failure to report is the first one.
                let _ = wire.write(alert);
            }
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
    let mut exchange = if endpoint.is_listener() {
        Handshake::respond(auth.terms())
    } else {
        let (exchange, hello) = Handshake::initiate_or_respond(auth.terms(), &mut OsRng)?;
        wire.write(hello)?;
        exchange
    };
    // A listener's peer has already come; elsewhere the peer may still have to be started.
    let mut patience = if endpoint.is_listener() {
        HELLO
    } else {
        endpoint.left().max(FLIGHT)
    };
    loop {
        let frame = wire.message(patience)?;
        patience = FLIGHT;
        match exchange.handle(&frame, &mut OsRng)? {
            Step::Continue { send, next } => {
                if let Some(frame) = send {
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

/// Keys are agreed; both sides find out whether with each other.
struct Ceremony<'a> {
    wire: Wire,
    auth: Auth,
    deadline: Instant,
    ui: &'a Ui,
    events: &'a mut Events,
}

impl Ceremony<'_> {
    fn run(mut self, agreed: Agreed<Unverified>) -> anyhow::Result<(Wire, Channel)> {
        let mut gate = Gate::new(agreed);
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
        let how = match self.auth.form {
            Some(_) => "the codes match on both sides",
            None => "agreed",
        };
        self.ui.note(&format!("{how}; session {session}"));
        self.events.emit(&json!({"event": "verified", "session": session}));
        Ok((self.wire, channel))
    }

    fn compare(&mut self, gate: &mut Gate<Unverified>) -> anyhow::Result<Checks> {
        let mut checks = Checks::default();
        if self.auth.trust_transport {
            checks.transport_trusted();
        }
        if let (Some(form), Some(judge)) = (self.auth.form, self.auth.judge.take()) {
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
                Arrival::Message(mut record) => gate.receive(&mut record)?,
            }
        }
    }

    /// Gives this side's word and waits for the peer's.
    fn confirm(&mut self, gate: &mut Gate<Verified>, word: Vec<u8>) -> anyhow::Result<()> {
        self.wire.write(word)?;
        while !gate.peer_has_verified() {
            gate.receive(&mut self.wire.message(self.left())?)?;
        }
        Ok(())
    }

    /// Ends the session on both sides. The failure to report is the first one; a peer that is gone need not be told.
    fn refuse<State>(mut self, gate: Gate<State>, error: anyhow::Error) -> anyhow::Error {
        let error = unfinished(error, &self.auth);
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
