//! `keypact confirm`: two people have compared, now or hours ago, or need not; and the key is handed out.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::aside::Aside;
use crate::cli::auth::Judge;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::key_output::KeyArgs;
use crate::cli::pending::{Entry, Pending, Stage, State, not_pending};
use crate::cli::sight::picture_file;
use crate::cli::streams::Claims;
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;
use crate::crypto::labels;
use crate::handshake::Mask;
use crate::verify::{Answer, Checks};

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
            // Only --no means those that have not come to keys yet.
            let is_meant = |state: &State| self.no || matches!(state.stage, Stage::Agreed | Stage::Compared);
            let entry = pending
                .find_one(self.id.as_deref(), is_meant)?
                .ok_or_else(not_pending)?;
            if !self.no {
                return self.confirm(pending, entry, ui, events);
            }
            pending.take(&entry)?;
            ui.note(&format!("{} is forgotten", entry.name));
            Ok(())
        })
    }

    fn confirm(&self, pending: Pending, entry: Entry, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let places = self.key.open(&mut claims)?;
        let picture = picture_file(self.qr.as_deref(), entry.state.memory.compare.unwrap_or_default())?;
        let aside = Aside::unlock(pending, entry, self.passphrase_file.as_deref(), &mut claims, ui)?;
        if let Some(picture) = picture {
            aside.sight().picture(picture, ui)?;
        }
        let checks = self.checks(&aside, ui, events)?;
        let verified = checks.verify(aside.agreed);
        let verified = verified.map_err(|_| Fault::usage("nobody vouches for the peer"))?;
        let session = verified.session().to_string();
        events.emit(&json!({"event": "verified", "session": session}));
        let keys = self.key.export(|label| verified.export(labels::export::SESSION, label));
        // The key is in its place before the exchange is used up: a full disk loses neither.
        let write = || self.key.write(keys, places, &session);
        aside.pending.settle(&aside.entry, write)?;
        events.emit(&json!({"event": "done", "session": session}));
        Ok(())
    }

    fn checks(&self, aside: &Aside, ui: &Ui, events: &mut Events) -> anyhow::Result<Checks> {
        let mut checks = Checks::default();
        let mask = aside.agreed.mask();
        if mask.demands(Mask::TRANSPORT) {
            checks.transport_trusted();
        }
        if mask.demands(Mask::SAS) {
            // Whoever has compared with 'keypact verify' is not asked again, unless a command is to say something too.
            if aside.entry.state.stage != Stage::Compared || self.verify_cmd.is_some() {
                aside.ask(self.judge(ui)?, ui, events)?;
            }
            checks.compared(Answer::Match)?;
        } else if self.verify_cmd.is_some() {
            return Err(Fault::usage("there is no code to compare, and --verify-cmd was given").into());
        }
        Ok(checks)
    }

    fn judge(&self, ui: &Ui) -> Result<Judge, Fault> {
        Ok(match &self.verify_cmd {
            Some(command) => Judge::Command(command.clone()),
            None => Judge::Person(Terminal::open(ui, "a comparison of codes", "--verify-cmd CMD")?),
        })
    }
}
