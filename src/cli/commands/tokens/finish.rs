//! `keypact finish`: on the side of the offer, the last text; on the other side, its reading. Both have the keys then.

use std::mem;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Places, TextArgs, hand_over, peers_token};
use crate::cli::events::Events;
use crate::cli::keys::Passphrases;
use crate::cli::pending::{self, Entry, Memory, Pending, Stage, State, damaged, not_pending};
use crate::cli::session::explained;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::handshake::{Agreed, Error, Handshake, Mask, Role, Step, Token, TokenKind, Unverified};
use crate::secret::Passphrase;
use crate::verify::{Form, Sas};

const EXAMPLES: &str = "\
Examples:
  Take in the answer to your offer, and make the text that your peer still needs
    $ keypact finish -o finish.txt answer.mail";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Finish {
    /// Your peer's text, which begins with kp1a_ or kp1f_: itself, or a file that it is in [default: stdin]
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    places: TextArgs,
    /// Unlock what is kept of the exchange with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    /// Write events as JSON lines
    #[arg(long, value_name = "FILE|fd:N")]
    events: Option<PathBuf>,
}

impl Finish {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        Events::open(self.events.as_deref())?.around(|events| self.finish(ui, events))
    }

    fn finish(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let wanted = [TokenKind::Answer, TokenKind::Finish];
        let token = peers_token(self.text.as_deref(), &wanted, &mut claims, ui)?;
        let places = match token.kind() {
            TokenKind::Answer => self.places.open(&mut claims)?,
            _ => self.places.open_for_none(&mut claims)?,
        };
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), &mut claims, ui)?;
        let mut resumed = Resumed::find(&token, &passphrases, &mut claims, ui)?;
        let name = resumed.entry.name.clone();
        let courier_key = resumed.memory.courier_key.take();
        let outcome = match token.kind() {
            TokenKind::Answer => resumed.answered(&token, places)?,
            _ => resumed.finished(&token, places)?,
        };
        outcome.tell(ui, events);
        if let Some(place) = courier_key {
            place.served(ui)?;
        }
        ui.note(&format!("'keypact confirm {name}' gives the key"));
        Ok(())
    }
}

/// What both people now have in front of them; they have until the exchange expires to compare it.
struct Outcome {
    session: String,
    code: Option<(Form, String)>,
}

impl Outcome {
    fn of(agreed: &Agreed<Unverified>, form: Option<Form>) -> Self {
        Self {
            session: agreed.session().to_string(),
            code: form.map(|form| (form, Sas::of(agreed).show(form))),
        }
    }

    fn tell(&self, ui: &Ui, events: &mut Events) {
        ui.note(&format!("keys are agreed; session {}", self.session));
        if let Some((_, code)) = &self.code {
            ui.say_as_it_is(&format!("the code to compare with your peer: {code}"));
            events.emit(&json!({"event": "code", "code": code, "session": self.session}));
        }
    }

    fn report(&self, name: &str) -> Value {
        let (form, code) = self.code.as_ref().map(|(form, code)| (form.to_string(), code)).unzip();
        json!({"name": name, "session": self.session, "form": form, "code": code})
    }
}

/// An exchange that was put aside, taken up again.
struct Resumed {
    pending: Pending,
    entry: Entry,
    memory: Memory,
    exchange: Handshake,
    mask: Mask,
    lock: Option<Passphrase>,
}

impl Resumed {
    /// The one that a text belongs to. Nothing is used up yet.
    fn find(token: &Token, passphrases: &Passphrases<'_>, claims: &mut Claims, ui: &Ui) -> anyhow::Result<Self> {
        let (role, stage) = match token.kind() {
            TokenKind::Answer => (Role::Initiator, Stage::Offered),
            _ => (Role::Responder, Stage::Accepted),
        };
        let pending = Pending::find(ui)?;
        let mut entry = pending.get(&pending::name(token.id(), role))?;
        if entry.state.stage != stage {
            return Err(not_pending().into());
        }
        let (aside, lock) = entry.state.unlock(passphrases)?;
        let memory = mem::take(&mut entry.state.memory);
        let pinned = memory.own.as_ref().map(|own| own.pinned(claims, ui)).transpose()?;
        let mask = Handshake::mask_of(&aside).ok_or_else(damaged)?;
        Ok(Self {
            exchange: Handshake::resume(&aside, pinned).ok_or_else(damaged)?,
            pending,
            entry,
            memory,
            mask,
            lock,
        })
    }

    /// An answer has one try: the offer is used up before anything is computed, so that no two answers are ever told the
    /// nonce.
    fn answered(self, token: &Token, places: Places) -> anyhow::Result<Outcome> {
        self.pending.take(&self.entry)?;
        let mask = self.mask;
        let step = self.exchange.handle(token.frame(), &mut OsRng);
        let step = step.map_err(|error| explained(error.into(), mask))?;
        let Step::Agreed {
            send: Some(finish),
            agreed,
        } = step
        else {
            return Err(Error::Protocol("a message out of turn").into());
        };
        let outcome = Outcome::of(&agreed, self.memory.compare);
        let state = aside(&outcome, agreed, &self.entry, self.memory, self.lock.as_ref())?;
        let token = Token::new(token.id(), finish).expect("FINISH is a message of the exchange");
        let name = &self.entry.name;
        self.pending.add(name, &state)?;
        hand_over(&token, places, outcome.report(name), name, &self.pending)?;
        Ok(outcome)
    }

    /// The last text may be tried again until one is authentic: the answer has bound this side, and HELLO the peer to the
    /// one nonce that fits.
    fn finished(self, token: &Token, places: Places) -> anyhow::Result<Outcome> {
        let Step::Agreed { agreed, .. } = self.exchange.handle(token.frame(), &mut OsRng)? else {
            return Err(Error::Protocol("a message out of turn").into());
        };
        let outcome = Outcome::of(&agreed, self.memory.compare);
        let state = aside(&outcome, agreed, &self.entry, self.memory, self.lock.as_ref())?;
        self.pending.replace(&self.entry, &state)?;
        places.write(None, outcome.report(&self.entry.name))?;
        Ok(outcome)
    }
}

/// The keys, put aside until they are confirmed, no longer than the exchange was to be kept.
fn aside(
    outcome: &Outcome,
    agreed: Agreed<Unverified>,
    entry: &Entry,
    memory: Memory,
    lock: Option<&Passphrase>,
) -> anyhow::Result<State> {
    let mut state = State::new(Stage::Agreed, entry.state.expires, memory, &agreed.save(), lock)?;
    state.session = Some(outcome.session.clone());
    Ok(state)
}
