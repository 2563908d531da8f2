//! What has become of the files of one run: told while it goes on, counted, summed up at the end.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::cli::events::Events;
use crate::cli::fault::{Code, Fault};
use crate::cli::output::Output;
use crate::cli::plan::Folders;
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
    bytes: u64,
    failures: Failures,
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
                bytes: 0,
                failures: Failures::of(Scope::Files),
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
        let mut inner = self.inner();
        let Inner { progress, failures, .. } = &mut *inner;
        let tell = |fault: &Fault| progress.suspend(|| self.ui.fault(fault));
        let mut event = failures.add(input, error, tell).to_json();
        event["input"] = json!(shown(input));
        inner.list(event.clone());
        event["event"] = json!("file_fault");
        inner.events.emit(&event);
    }

    /// Sums up (a file on its own is for the curious); the gravest failure decides the exit status.
    ///
    /// # Errors
    /// When a file failed, or the answer cannot be written.
    pub fn end(self, answer: Option<Output>) -> anyhow::Result<()> {
        let mut inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        inner.progress.finish();
        let counts = |key: &str, value: Value| {
            let (done, skipped, failed) = (inner.done, inner.skipped, inner.failures.count);
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
        if inner.failures.count == 0 {
            let event = counts("event", json!("done"));
            inner.events.emit(&event);
        }
        Ok(inner.failures.end(inner.expected)?)
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

/// The failures of a run: each is told when it happens and stops no other, and the gravest decides how the run ends.
pub struct Failures {
    scope: Scope,
    count: usize,
    gravest: Option<Fault>,
}

/// What a run is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One file, whose failure is the run's, and told at its end.
    File,
    /// As many as there are.
    Files,
}

impl Scope {
    /// Of a run that names these.
    pub fn of(named: &[PathBuf], folders: Folders) -> Self {
        if named.len() == 1 && folders == Folders::Refused {
            Self::File
        } else {
            Self::Files
        }
    }
}

impl Failures {
    /// None yet.
    pub fn of(scope: Scope) -> Self {
        Self {
            scope,
            count: 0,
            gravest: None,
        }
    }

    /// Counts what became of a file, and gives it back as it was told.
    pub fn add(&mut self, file: &Path, error: &anyhow::Error, tell: impl FnOnce(&Fault)) -> Fault {
        let mut fault = Fault::of(error);
        if self.scope == Scope::Files {
            let name = shown(file);
            if !fault.what.contains(&name) {
                fault.what = format!("{name}: {}", fault.what);
            }
            tell(&fault);
        }
        self.count += 1;
        if self
            .gravest
            .as_ref()
            .is_none_or(|gravest| gravity(&fault) > gravity(gravest))
        {
            self.gravest = Some(fault.clone());
        }
        fault
    }

    /// The end of a run over so many files.
    ///
    /// # Errors
    /// When one failed: with the status and the kind of the gravest failure.
    pub fn end(self, files: usize) -> Result<(), Fault> {
        match self.gravest {
            None => Ok(()),
            Some(only) if self.scope == Scope::File => Err(only),
            Some(gravest) => {
                let what = format!("{} of {files} files failed", self.count);
                Err(Fault::new(gravest.code, gravest.kind, what).because(&gravest.what))
            }
        }
    }
}

/// An attack outweighs a missing key, and that outweighs a full disk.
fn gravity(fault: &Fault) -> u8 {
    match fault.code {
        Code::Inauthentic => 4,
        Code::NoKey => 3,
        Code::Failure => 2,
        Code::Usage | Code::Peer => 1,
    }
}

/// What commands that write an object for each file write of one that failed.
pub fn failure(file: &Path, fault: &Fault) -> Value {
    json!({"file": shown(file), "fault": fault.to_json()})
}

/// "encrypted 2 files, 70 bytes; 1 skipped"
fn sentence(verb: &str, inner: &Inner<'_>) -> String {
    let noun = if inner.done == 1 { "file" } else { "files" };
    let mut text = format!("{verb} {} {noun}, {} bytes", inner.done, inner.bytes);
    for (count, fate) in [(inner.skipped, "skipped"), (inner.failures.count, "failed")] {
        if count > 0 {
            let _ = write!(text, "; {count} {fate}");
        }
    }
    text
}
