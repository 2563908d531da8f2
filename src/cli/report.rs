//! What a person and a program are told of a transfer.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::delivery::{counted, shown_path};
use crate::cli::events::Events;
use crate::cli::output::Output;
use crate::cli::ui::{Progress, Ui};
use crate::cli::wire::{Wire, WireError, with_status};
use crate::encoding::{base64, hex};
use crate::transfer::{Choice, Choices, Error, Event, Manifest, Receipt};

/// Between two progress events.
const EVERY: Duration = Duration::from_secs(1);

/// The progress of one transfer.
pub struct Report<'a> {
    verb: &'static str,
    ui: &'a Ui,
    events: &'a mut Events,
    progress: Option<Progress>,
    agreed: Agreed,
    /// Bytes that have come over this wire.
    done: u64,
    /// Bytes that came over those that broke.
    moved: u64,
    told: Instant,
}

/// What both sides have agreed to move.
#[derive(Default)]
struct Agreed {
    /// The outermost name, when there is one only; empty for a stream without a name.
    name: Option<Vec<u8>>,
    is_one_file: bool,
    /// Files that the receiver will have, and their bytes; `None` for a stream.
    files: u64,
    bytes: Option<u64>,
    /// Bytes that have to travel for it.
    to_move: Option<u64>,
    skipped: u64,
    here: u64,
    offer: Arc<Manifest>,
    choices: Arc<Choices>,
}

impl<'a> Report<'a> {
    /// Nothing has happened yet.
    pub fn new(verb: &'static str, ui: &'a Ui, events: &'a mut Events) -> Self {
        Self {
            verb,
            ui,
            events,
            progress: None,
            agreed: Agreed::default(),
            done: 0,
            moved: 0,
            told: Instant::now(),
        }
    }

    /// Passes on what happens.
    pub fn watch(&mut self, event: &Event<'_>) {
        match event {
            Event::Accepted(offer, choices) => self.accepted(offer, choices),
            Event::KeyWrapped(wrapped) => {
                self.events
                    .emit(&json!({"event": "key_wrapped", "wrapped_key": base64::encode_padded(wrapped)}));
            }
            Event::Progress(done) => {
                self.progress
                    .iter_mut()
                    .for_each(|progress| progress.advance(done.saturating_sub(self.done)));
                self.done = *done;
                if self.told.elapsed() >= EVERY {
                    self.told = Instant::now();
                    self.events
                        .emit(&json!({"event": "progress", "bytes": done, "total": self.agreed.to_move}));
                }
            }
            Event::Ended(index, hash) => self.ended(*index, &hex::encode(*hash)),
        }
    }

    fn accepted(&mut self, offer: &Arc<Manifest>, choices: &Arc<Choices>) {
        self.agreed = Agreed::of(offer, choices);
        self.progress = Some(self.ui.progress(self.verb, self.agreed.to_move));
        self.now_at(0);
        let Agreed {
            files,
            bytes,
            skipped,
            here,
            ..
        } = self.agreed;
        let name = self.agreed.name.as_deref().map(shown_path);
        self.events.emit(
            &json!({"event": "accepted", "name": name, "size": bytes, "files": files, "skipped": skipped,
            "here": here}),
        );
    }

    fn ended(&mut self, index: usize, blake3: &str) {
        if self.events.are_wanted() && !self.agreed.is_one_file {
            let entry = self.agreed.offer.entry(index);
            let event =
                json!({"event": "file", "path": shown_path(entry.path), "bytes": entry.size(), "blake3": blake3});
            self.events.emit(&event);
        }
        self.now_at(index + 1);
    }

    /// Names the first content from this number on that travels.
    fn now_at(&mut self, index: usize) {
        let Some(progress) = self.progress.as_ref().filter(|progress| progress.is_shown()) else {
            return;
        };
        let Agreed { offer, choices, .. } = &self.agreed;
        let travels = |index: &usize| {
            matches!(choices.of(*index), Choice::Whole | Choice::From(_)) && offer.entry(*index).has_content()
        };
        if let Some(next) = (index..offer.len()).find(travels) {
            progress.at(&shown_path(offer.entry(next).path));
        }
    }

    /// Where events go, for what happens beside the transfer.
    pub fn events(&mut self) -> &mut Events {
        self.events
    }

    /// The wire is gone, and the peer is to be met again.
    pub fn broken(&mut self, why: &WireError, patience: Duration) {
        self.moved += std::mem::take(&mut self.done);
        self.say(&format!(
            "{why}; meeting again for up to {} seconds",
            patience.as_secs()
        ));
        self.events
            .emit(&json!({"event": "broken", "why": why.to_string(), "bytes": self.moved}));
    }

    /// Says something beside the progress.
    pub fn say(&mut self, text: &str) {
        self.progress.take();
        self.ui.say(text);
    }

    /// The summary line, the last event and the answer of `--json`, once the wire has ended.
    ///
    /// # Errors
    /// The transfer's; when the answer cannot be written.
    pub fn end(
        mut self,
        result: Result<Receipt, Error<WireError>>,
        wire: Wire,
        answer: Option<Output>,
    ) -> anyhow::Result<()> {
        let status = wire.finish();
        drop(self.progress.take());
        let receipt = result.map_err(|error| with_status(error.into(), status))?;
        let hash = hex::encode(&receipt.blake3);
        let bytes = self.agreed.bytes.unwrap_or(receipt.bytes);
        self.ui.note(&self.agreed.sentence(bytes, &hash));
        let name = self.agreed.name.as_deref().map(shown_path);
        let mut done = json!({"name": name, "files": self.agreed.files, "bytes": bytes, "moved": self.moved + receipt.bytes,
            "skipped": self.agreed.skipped, "here": self.agreed.here, "blake3": hash});
        if let Some(mut output) = answer {
            writeln!(output, "{done}")?;
            output.commit()?;
        }
        done["event"] = json!("done");
        self.events.emit(&done);
        Ok(())
    }
}

impl Agreed {
    fn of(offer: &Arc<Manifest>, choices: &Arc<Choices>) -> Self {
        let mut tops = offer
            .entries()
            .map(|entry| entry.path)
            .filter(|path| !path.contains(&b'/'));
        let (first, second) = (tops.next(), tops.next());
        let mut agreed = Self {
            name: first.filter(|_| second.is_none()).map(<[u8]>::to_vec),
            is_one_file: offer.len() == 1 && offer.total().is_none_or(|_| offer.contents().count() == 1),
            bytes: offer.total().map(|_| 0),
            to_move: offer.total().map(|_| 0),
            offer: Arc::clone(offer),
            choices: Arc::clone(choices),
            ..Self::default()
        };
        for (index, entry) in offer.contents() {
            agreed.add(entry.size(), choices.of(index));
        }
        agreed
    }

    fn add(&mut self, size: Option<u64>, choice: Choice) {
        let size = size.unwrap_or(0);
        let moved = match choice {
            Choice::Skip => {
                self.skipped += 1;
                return;
            }
            Choice::Here => 0,
            Choice::From(offset) => size - offset,
            Choice::Whole => size,
        };
        self.files += 1;
        self.here += u64::from(choice == Choice::Here);
        self.bytes
            .iter_mut()
            .for_each(|bytes| *bytes = bytes.saturating_add(size));
        self.to_move
            .iter_mut()
            .for_each(|bytes| *bytes = bytes.saturating_add(moved));
    }

    fn sentence(&self, bytes: u64, hash: &str) -> String {
        let what = match &self.name {
            Some(name) if self.is_one_file => format!("{}: {bytes} bytes", shown_path(name)),
            Some(name) => format!("{}: {}, {bytes} bytes", shown_path(name), counted(self.files, "file")),
            None => format!("{}, {bytes} bytes", counted(self.files, "file")),
        };
        let fates = [(self.here, "here already"), (self.skipped, "skipped")];
        let fates = fates.into_iter().filter(|(count, _)| *count > 0);
        let fates = fates.map(|(count, fate)| format!("{count} {fate}"));
        let parts: Vec<_> = [what].into_iter().chain(fates).collect();
        format!("{}, BLAKE3 {hash}", parts.join(", "))
    }
}
