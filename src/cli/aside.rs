//! An exchange of texts that has come to keys and waits, for hours perhaps, for two people to compare: what `keypact confirm`
//! and `keypact verify` do with it.

use std::path::Path;

use serde_json::json;

use crate::cli::auth::Judge;
use crate::cli::comparison::{Comparison, Verdict};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::keys::Passphrases;
use crate::cli::pending::{Entry, Pending, damaged};
use crate::cli::sight::Sight;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::handshake::{Agreed, Unverified};
use crate::verify::{Answer, CodesDiffer, Sas};

/// One that waits, unlocked.
pub struct Aside {
    /// Where it waits.
    pub pending: Pending,
    /// What is kept of it.
    pub entry: Entry,
    /// Its keys.
    pub agreed: Agreed<Unverified>,
}

impl Aside {
    /// Unlocks it, with the passphrase in a file if one is named.
    ///
    /// # Errors
    /// When the passphrase is wrong or not to be had, or what is kept is damaged.
    pub fn unlock(
        pending: Pending,
        entry: Entry,
        passphrase: Option<&Path>,
        claims: &mut Claims,
        ui: &Ui,
    ) -> anyhow::Result<Self> {
        let (aside, _) = entry.state.unlock(&Passphrases::new(passphrase, claims, ui)?)?;
        let agreed = Agreed::resume(&aside).ok_or_else(damaged)?;
        Ok(Self { pending, entry, agreed })
    }

    /// The code of this side.
    pub fn sight(&self) -> Sight {
        self.comparison(Judge::Nobody).sight().clone()
    }

    /// Asks a judge until an answer decides. A QR code is the whole check of whoever scans it; each side scans the other's.
    ///
    /// # Errors
    /// [`CodesDiffer`], and then it is over; when nobody can be asked.
    pub fn ask(&self, judge: Judge, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut comparison = self.comparison(judge);
        let (code, session) = (comparison.sight().code(), comparison.sight().session());
        events.emit(&json!({"event": "code", "code": code, "session": session}));
        comparison.show(ui)?;
        loop {
            let line = comparison.question()()?;
            match comparison.hear(&line) {
                Verdict::Decided(answer) => return self.decide(answer),
                Verdict::Scanned(_) => return self.decide(Answer::Match),
                Verdict::Again(why) => comparison.tell(&format!("{why}\n"))?,
            }
        }
    }

    /// Hears what the peer's code says, from whatever read it. What decides nothing uses nothing up.
    ///
    /// # Errors
    /// [`CodesDiffer`], and then it is over; when none of the texts decides.
    pub fn hear(&self, texts: &[String]) -> anyhow::Result<()> {
        let mut comparison = self.comparison(Judge::Nobody);
        let mut last = String::new();
        for text in texts {
            match comparison.understand(text) {
                Verdict::Decided(answer) => return self.decide(answer),
                Verdict::Scanned(_) => return self.decide(Answer::Match),
                Verdict::Again(why) => last = why,
            }
        }
        Err(no_code(last).into())
    }

    fn comparison(&self, judge: Judge) -> Comparison {
        let form = self.entry.state.memory.compare.unwrap_or_default();
        Comparison::new(form, Sas::of(&self.agreed), self.agreed.session().to_string(), judge)
    }

    fn decide(&self, answer: Answer) -> anyhow::Result<()> {
        if answer == Answer::Match {
            return Ok(());
        }
        self.pending.take(&self.entry)?;
        Err(CodesDiffer.into())
    }
}

/// What is to be said when nothing that was read is the code of the peer, and why.
pub fn no_code(why: impl std::fmt::Display) -> Fault {
    Fault::inauthentic("code", "no code of your peer was read")
        .because(why)
        .hint("take it from your peer's screen, whole and sharp, or as it is read out to you")
}
