//! `keypact confirm`: two people have compared, now or hours ago, or need not; and the key is handed out.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::auth::Judge;
use crate::cli::comparison::{Comparison, Verdict};
use crate::cli::drawing::PictureFile;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::key_output::KeyArgs;
use crate::cli::keys::Passphrases;
use crate::cli::pending::{Entry, Pending, Stage, damaged, not_pending};
use crate::cli::sight::picture_file;
use crate::cli::streams::Claims;
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;
use crate::crypto::labels;
use crate::handshake::{Agreed, Mask, Unverified, Verified};
use crate::verify::{Answer, Checks, CodesDiffer, Sas};

const EXAMPLES: &str = "\
Examples:
  Compare the code with your peer, and get the key of the only exchange that waits
    $ keypact confirm --verify-cmd 'test \"$KEYPACT_SAS\" = \"$(cat heard.txt)\"' -o agreed.txt";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Confirm {
    /// The exchange: the beginning of its name, or its session [default: the only one that waits]
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// The codes differ, or the exchange is not wanted any more: forget it, however far it has come
    #[arg(long, conflicts_with_all = ["output", "verify_cmd"])]
    no: bool,
    /// Write the QR code of this side to this new file, whose name ends in .svg or .png
    #[arg(long, value_name = "FILE", conflicts_with = "no")]
    qr: Option<PathBuf>,
    /// Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match
    #[arg(long, value_name = "CMD")]
    verify_cmd: Option<String>,
    /// Unlock what is kept of the exchange with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    /// Write events as JSON lines
    #[arg(long, value_name = "FILE|fd:N")]
    events: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
}

impl Confirm {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        Events::open(self.events.as_deref())?.around(|events| {
            let pending = Pending::find(ui)?;
            let entry = self.find(&pending)?;
            if !self.no {
                return self.confirm(&pending, &entry, ui, events);
            }
            pending.take(&entry)?;
            ui.note(&format!("{} is forgotten", entry.name));
            Ok(())
        })
    }

    /// The one that is meant. Only `--no` means those that have not come to keys yet.
    fn find(&self, pending: &Pending) -> Result<Entry, Fault> {
        let is_meant = |entry: &Entry| match &self.id {
            Some(id) => entry.name.starts_with(id.as_str()) || entry.state.session.as_ref() == Some(id),
            None => true,
        };
        let mut found = pending.all()?;
        found.retain(|entry| is_meant(entry) && (self.no || entry.state.stage == Stage::Agreed));
        match (found.pop(), &found[..]) {
            (Some(entry), []) => Ok(entry),
            (None, _) => Err(not_pending()),
            (Some(last), others) => {
                let names: Vec<_> = others.iter().chain([&last]).map(described).collect();
                Err(Fault::usage("several exchanges wait")
                    .because(names.join(", "))
                    .hint("name one of them"))
            }
        }
    }

    fn confirm(&self, pending: &Pending, entry: &Entry, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let places = self.key.open(&mut claims)?;
        let form = entry.state.memory.compare.unwrap_or_default();
        let picture = picture_file(self.qr.as_deref(), form)?;
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), &mut claims, ui)?;
        let (aside, _) = entry.state.unlock(&passphrases)?;
        let agreed = Agreed::resume(&aside).ok_or_else(damaged)?;
        let verified = match self.verify(agreed, entry, picture, ui, events) {
            Err(error) if error.is::<CodesDiffer>() => {
                pending.take(entry)?;
                return Err(error);
            }
            verified => verified?,
        };
        let session = verified.session().to_string();
        events.emit(&json!({"event": "verified", "session": session}));
        let keys = self.key.export(|label| verified.export(labels::export::SESSION, label));
        // The key is in its place before the exchange is used up: a full disk loses neither.
        pending.settle(entry, || self.key.write(keys, places, &session))?;
        events.emit(&json!({"event": "done", "session": session}));
        Ok(())
    }

    fn verify(
        &self,
        agreed: Agreed<Unverified>,
        entry: &Entry,
        picture: Option<PictureFile>,
        ui: &Ui,
        events: &mut Events,
    ) -> anyhow::Result<Agreed<Verified>> {
        let mut checks = Checks::default();
        if agreed.mask().demands(Mask::TRANSPORT) {
            checks.transport_trusted();
        }
        if agreed.mask().demands(Mask::SAS) {
            let comparison = self.comparison(&agreed, entry, ui)?;
            let event = json!({"event": "code", "code": comparison.code(), "session": agreed.session().to_string()});
            events.emit(&event);
            comparison.show(picture, ui)?;
            checks.compared(answer(comparison)?)?;
        } else if self.verify_cmd.is_some() {
            return Err(Fault::usage("there is no code to compare, and --verify-cmd was given").into());
        }
        checks
            .verify(agreed)
            .map_err(|_| Fault::usage("nobody vouches for the peer").into())
    }

    fn comparison(&self, agreed: &Agreed<Unverified>, entry: &Entry, ui: &Ui) -> Result<Comparison, Fault> {
        let judge = match &self.verify_cmd {
            Some(command) => Judge::Command(command.clone()),
            None => Judge::Person(Terminal::open(ui, "a comparison of codes", "--verify-cmd CMD")?),
        };
        let form = entry.state.memory.compare.unwrap_or_default();
        Ok(Comparison::new(
            form,
            Sas::of(agreed),
            agreed.session().to_string(),
            judge,
        ))
    }
}

/// Asks until an answer decides. A QR code is the whole check of whoever scans it; each side scans the other's.
fn answer(mut comparison: Comparison) -> Result<Answer, Fault> {
    loop {
        let line = comparison.question()()?;
        match comparison.hear(&line) {
            Verdict::Decided(answer) => return Ok(answer),
            Verdict::Scanned(_) => return Ok(Answer::Match),
            Verdict::Again(why) => comparison.tell(&format!("{why}\n"))?,
        }
    }
}

fn described(entry: &Entry) -> String {
    match &entry.state.session {
        Some(session) => format!("{} (session {session})", entry.name),
        None => entry.name.clone(),
    }
}
