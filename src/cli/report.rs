//! What a person and a program are told of a transfer.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::ui::{Progress, Ui};
use crate::cli::wire::{Wire, WireError};
use crate::encoding::{base64, hex};
use crate::transfer::{Error, Event, Receipt};

/// Between two progress events.
const EVERY: Duration = Duration::from_secs(1);

/// The progress of one transfer.
pub struct Report<'a> {
    verb: &'static str,
    ui: &'a Ui,
    events: &'a mut Events,
    progress: Option<Progress>,
    done: u64,
    told: Instant,
}

impl<'a> Report<'a> {
    /// Nothing has happened yet.
    pub fn new(verb: &'static str, ui: &'a Ui, events: &'a mut Events) -> Self {
        Self {
            verb,
            ui,
            events,
            progress: None,
            done: 0,
            told: Instant::now(),
        }
    }

    /// Passes on what happens.
    pub fn watch(&mut self, event: &Event<'_>) {
        match event {
            Event::Accepted(entry) => {
                self.progress = Some(self.ui.progress(self.verb, entry.size));
                self.events
                    .emit(&json!({"event": "accepted", "name": shown(&entry.name), "size": entry.size}));
            }
            Event::KeyWrapped(wrapped) => {
                self.events
                    .emit(&json!({"event": "key_wrapped", "wrapped_key": base64::encode_padded(wrapped)}));
            }
            Event::Progress(done) => {
                self.progress
                    .iter_mut()
                    .for_each(|progress| progress.advance(done - self.done));
                self.done = *done;
                if self.told.elapsed() >= EVERY {
                    self.told = Instant::now();
                    self.events.emit(&json!({"event": "progress", "bytes": done}));
                }
            }
        }
    }

    /// The summary line and the last event, once the wire has ended.
    ///
    /// # Errors
    /// The transfer's.
    pub fn end(mut self, name: &str, result: Result<Receipt, Error<WireError>>, wire: Wire) -> anyhow::Result<()> {
        let status = wire.finish();
        drop(self.progress.take());
        let receipt = match (result, status) {
            (Ok(receipt), _) => receipt,
            (Err(error), None) => return Err(error.into()),
            (Err(error), Some(status)) => {
                let fault = Fault::of(&error.into());
                return Err(fault.and(format!("the command of --exec ended with {status}")).into());
            }
        };
        let hash = hex::encode(&receipt.blake3);
        let name = if name.is_empty() {
            "a stream".to_owned()
        } else {
            shown(name)
        };
        self.ui.note(&format!("{name}: {} bytes, BLAKE3 {hash}", receipt.size));
        self.events
            .emit(&json!({"event": "done", "name": name, "bytes": receipt.size, "blake3": hash}));
        Ok(())
    }
}
