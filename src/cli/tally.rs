//! What has become of the files of one run: told while it goes on, counted, summed up at the end.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::cli::events::Events;
use crate::cli::fault::{Code, Fault};
use crate::cli::output::Output;
use crate::cli::shown::shown;
use crate::cli::ui::{Progress, Ui};

/// Files listed one by one in an answer; beyond, the counts say enough.
const LISTED: usize = 100_000;

/// The count.
pub struct Tally<'u> {
    ui: &'u Ui,
    /// "encrypted", "decrypted".
    verb: &'static str,
    inner: Mutex<Inner<'u>>,
}

struct Inner<'u> {
    events: &'u mut Events,
    progress: Progress,
    expected: usize,
    done: usize,
    skipped: usize,
    failed: usize,
    bytes: u64,
    gravest: Option<Fault>,
    listed: Vec<Value>,
}

impl<'u> Tally<'u> {
    /// Nothing is done yet. `verb` says in the past what is being done.
    pub fn new(verb: &'static str, ui: &'u Ui, events: &'u mut Events) -> Self {
        let progress = ui.progress(verb, None);
        Self {
            ui,
            verb,
            inner: Mutex::new(Inner {
                events,
                progress,
                expected: 0,
                done: 0,
                skipped: 0,
                failed: 0,
                bytes: 0,
                gravest: None,
                listed: Vec::new(),
            }),
        }
    }

    /// There will be this many files, and others that are passed over.
    pub fn expect(&self, files: usize, passed_over: usize) {
        let mut inner = self.inner();
        inner.expected = files;
        inner.skipped += passed_over;
    }

    /// A file is whole and in its place.
    pub fn done(&self, input: &Path, output: Option<&Path>, bytes: u64) {
        let mut inner = self.inner();
        inner.done += 1;
        inner.bytes += bytes;
        inner.progress.advance(bytes);
        inner.list(json!({"input": shown(input), "output": output.map(shown), "bytes": bytes}));
        let event = json!({"event": "file", "input": shown(input), "output": output.map(shown), "bytes": bytes});
        inner.events.emit(&event);
    }

    /// A file was left as it is.
    pub fn skipped(&self, input: &Path) {
        let mut inner = self.inner();
        inner.skipped += 1;
        inner.events.emit(&json!({"event": "skipped", "input": shown(input)}));
    }

    /// A file failed; the others go on.
    pub fn failed(&self, input: &Path, error: &anyhow::Error) {
        let mut fault = Fault::of(error);
        let name = shown(input);
        if !fault.what.contains(&name) {
            fault.what = format!("{name}: {}", fault.what);
        }
        let mut inner = self.inner();
        inner.progress.suspend(|| self.ui.fault(&fault));
        let mut event = fault.to_json();
        event["input"] = json!(name);
        inner.list(event.clone());
        event["event"] = json!("file_fault");
        inner.events.emit(&event);
        inner.failed += 1;
        if inner
            .gravest
            .as_ref()
            .is_none_or(|gravest| gravity(&fault) > gravity(gravest))
        {
            inner.gravest = Some(fault);
        }
    }

    /// Sums up (a file on its own is for the curious); the gravest failure decides the exit status.
    ///
    /// # Errors
    /// When a file failed, or the answer cannot be written.
    pub fn end(self, answer: Option<Output>) -> anyhow::Result<()> {
        let mut inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        inner.progress.finish();
        let counts = |key: &str, value: Value| {
            let (done, skipped, failed) = (inner.done, inner.skipped, inner.failed);
            json!({key: value, "done": done, "skipped": skipped, "failed": failed, "bytes": inner.bytes})
        };
        let sentence = sentence(self.verb, &inner);
        if inner.expected > 0 {
            self.ui.note(&sentence);
        } else {
            self.ui.detail(&sentence);
        }
        if let Some(mut output) = answer {
            writeln!(output, "{}", counts("files", json!(inner.listed)))?;
            output.commit()?;
        }
        let Some(gravest) = &inner.gravest else {
            let event = counts("event", json!("done"));
            inner.events.emit(&event);
            return Ok(());
        };
        let what = format!("{} of {} files failed", inner.failed, inner.expected);
        Err(Fault::new(gravest.code, gravest.kind, what)
            .because(&gravest.what)
            .into())
    }

    fn inner(&self) -> MutexGuard<'_, Inner<'u>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner<'_> {
    fn list(&mut self, file: Value) {
        if self.listed.len() < LISTED {
            self.listed.push(file);
        }
    }
}

/// An attack outweighs a missing key, and that outweighs a full disk.
pub(super) fn gravity(fault: &Fault) -> u8 {
    match fault.code {
        Code::Inauthentic => 4,
        Code::NoKey => 3,
        Code::Failure => 2,
        Code::Usage | Code::Peer => 1,
    }
}

/// "encrypted 2 files, 70 bytes; 1 skipped"
fn sentence(verb: &str, inner: &Inner<'_>) -> String {
    let noun = if inner.done == 1 { "file" } else { "files" };
    let mut text = format!("{verb} {} {noun}, {} bytes", inner.done, inner.bytes);
    for (count, fate) in [(inner.skipped, "skipped"), (inner.failed, "failed")] {
        if count > 0 {
            let _ = write!(text, "; {count} {fate}");
        }
    }
    text
}
