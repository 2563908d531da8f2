//! After the keys: both sides find out whether they share them with each other, tell each other, and remember it.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use crate::channel::{Channel, Cipher, Gate, Wish, Word};
use crate::cli::auth::Auth;
use crate::cli::comparison::{Comparison, Verdict};
use crate::cli::desk::Desk;
use crate::cli::enrol;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::session::{FLIGHT, explained, unfinished};
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::cli::wire::{Arrival, Said, Wire, WireError};
use crate::crypto::rng::{self, OsRng};
use crate::handshake::{self, Agreed, Alert, AlertCode, Mask, Role, Unverified, Verified};
use crate::verify::{Answer, Checks, CodesDiffer, Form, Sas};

/// How long the two people may take to compare.
const COMPARING: Duration = Duration::from_secs(180);

/// Keys are agreed; both sides find out whether with each other.
pub struct Ceremony<'a> {
    wire: Wire,
    auth: Auth,
    form: Option<Form>,
    deadline: Instant,
    ui: &'a Ui,
    events: &'a mut Events,
}

impl<'a> Ceremony<'a> {
    /// Over a wire, as the flags demand it.
    pub fn new(wire: Wire, auth: Auth, ui: &'a Ui, events: &'a mut Events) -> Self {
        let form = auth.comparison.as_ref().map(|(form, _)| *form);
        // Where nobody compares, the peer's word is the next message.
        let patience = if form.is_some() { COMPARING } else { FLIGHT };
        Self {
            wire,
            form,
            auth,
            deadline: Instant::now() + patience,
            ui,
            events,
        }
    }
}

impl Ceremony<'_> {
    /// To the open channel.
    ///
    /// # Errors
    /// The codes differ, the peer says so or vanishes; it has been told where possible.
    pub fn run(mut self, agreed: Agreed<Unverified>) -> anyhow::Result<(Wire, Channel)> {
        let wish = if self.auth.enrol.is_some() {
            Wish::Enrol
        } else {
            Wish::Work
        };
        let mut gate = Gate::new(agreed).wishing(wish).preferring(Cipher::fastest());
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
            let sas = Sas::of(gate.agreed()).with_nonce(rng::array(&mut OsRng)?);
            let session = gate.agreed().session().to_string();
            let comparison = Comparison::new(form, sas, session.clone(), judge);
            let code = comparison.sight().code().to_owned();
            self.events
                .emit(&json!({"event": "code", "code": code, "session": session}));
            if let Some(picture) = self.auth.picture.take() {
                comparison.sight().picture(picture, self.ui)?;
            }
            comparison.show(self.ui)?;
            // On one machine both sides may wait, and each has a name of its own.
            let side = match gate.agreed().role() {
                Role::Initiator => "i",
                Role::Responder => "r",
            };
            let desk = Desk::open(&format!("{session}-{side}"), &code, form, &self.wire, self.ui);
            let answer = self.wait_for_answer(gate, comparison)?;
            drop(desk);
            checks.compared(answer)?;
        }
        Ok(checks)
    }

    /// The answer, while the peer may say "no" at any moment, or vanish.
    fn wait_for_answer(&mut self, gate: &mut Gate<Unverified>, mut comparison: Comparison) -> anyhow::Result<Answer> {
        self.ask(&comparison)?;
        loop {
            let arrival = self.wire.next(self.left());
            if matches!(arrival, Err(WireError::Silent(_))) && self.left().is_zero() {
                return Err(Fault::failure("nobody compared the codes in time")
                    .of_kind("timeout")
                    .hint("start again when both of you are there")
                    .into());
            }
            let said = match arrival? {
                Arrival::Answer(said) => said?,
                Arrival::Message(record) => {
                    if let Word::Scanned(nonce) = take(gate, record)? {
                        comparison.seen(&nonce)?;
                    }
                    continue;
                }
            };
            match comparison.hear(&said.line) {
                Verdict::Decided(answer) => {
                    said.tell(if answer == Answer::Match {
                        "match"
                    } else {
                        "the codes differ"
                    });
                    return Ok(answer);
                }
                Verdict::Scanned(nonce) => {
                    said.tell("match");
                    self.wire.write(gate.scanned(&nonce))?;
                    comparison.tell("\nVERIFIED\n\n")?;
                    return Ok(Answer::Match);
                }
                Verdict::Again(why) => {
                    if !said.tell(&why) {
                        comparison.tell(&format!("{why}\n"))?;
                        self.ask(&comparison)?;
                    }
                }
            }
        }
    }

    fn ask(&self, comparison: &Comparison) -> Result<(), Fault> {
        let question = comparison.question();
        let asked = self.wire.meanwhile(move || question().map(Said::at_the_terminal));
        asked.map_err(|error| cannot("start", "the comparison", &error))
    }

    /// Gives this side's word and waits for the peer's.
    fn confirm(&mut self, gate: &mut Gate<Verified>, word: Vec<u8>) -> anyhow::Result<()> {
        self.wire.write(word)?;
        let theirs = loop {
            match gate.peer() {
                Some(theirs) => break theirs,
                None => drop(take(gate, self.wire.message(self.left())?)?),
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

    /// Ends the session on both sides. The failure to report is the first one; a peer that is gone need not be told, and one
    /// that is not heard, over a wire that has died perhaps, may yet meet this side again over another.
    fn refuse<State>(mut self, gate: Gate<State>, error: anyhow::Error) -> anyhow::Error {
        let is_silent = matches!(error.downcast_ref(), Some(WireError::Silent(_)));
        let error = unfinished(explained(error, self.auth.terms.mask()), &self.auth);
        let code = if error.is::<CodesDiffer>() {
            AlertCode::CodesDiffer
        } else {
            AlertCode::Cancelled
        };
        if !is_silent {
            let _ = self.wire.write(gate.refuse(&Alert::new(code, "")));
        }
        self.wire.finish();
        error
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// A record for the gate; or, in clear, why the peer did not get this far.
fn take<State>(gate: &mut Gate<State>, mut message: Vec<u8>) -> anyhow::Result<Word> {
    match handshake::late(&message) {
        Some(error) => Err(error.into()),
        None => Ok(gate.receive(&mut message)?),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::cli::auth::Judge;
    use crate::cli::{Globals, spelled_globals};
    use crate::handshake::{Mode, Terms, agree};

    /// A judge that does not answer ends the session when its time is over, and the peer is told.
    #[test]
    fn a_comparison_has_an_end() {
        let [agreed, peers] = agree(|| Mode::Compare);
        let (here, mut there) = UnixStream::pair().unwrap();
        let reading = here.try_clone().unwrap();
        let wire = Wire::new(Box::new(reading), Box::new(here), Duration::from_secs(9)).unwrap();
        let auth = Auth {
            terms: Terms::new([Mode::Compare], b"").unwrap(),
            comparison: Some((Form::Digits, Judge::Command("sleep 2".to_owned()))),
            picture: None,
            code: None,
            courier_key: None,
            enrol: None,
            tries: 1,
        };
        let home = tempfile::tempdir().unwrap();
        let globals = Globals {
            home: Some(home.path().to_owned()),
            ..spelled_globals(&[])
        };
        let (ui, mut events) = (Ui::new(globals), Events::open(None).unwrap());
        let mut ceremony = Ceremony::new(wire, auth, &ui, &mut events);
        ceremony.deadline = Instant::now() + Duration::from_millis(300);
        let error = ceremony.run(agreed).map(drop).unwrap_err();
        assert_eq!(Fault::of(&error).kind, "timeout");
        let mut told = Vec::new();
        there.read_to_end(&mut told).unwrap();
        let alert = Gate::new(peers).receive(&mut told).err().unwrap();
        assert!(alert.to_string().contains("cancelled"), "{alert}");
    }
}
