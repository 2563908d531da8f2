//! `--events FILE|fd:N`: one JSON object a line for programs, where standard output is data. Schemas: `docs/cli.md`.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::fault::Fault;
use crate::cli::inherited;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;

/// Where events go, if anywhere.
pub struct Events(Option<File>);

impl Events {
    /// Opens what `--events` names; a file is written over, a descriptor is shared with the caller.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(spec: Option<&Path>) -> Result<Self, Fault> {
        let Some(spec) = spec else { return Ok(Self(None)) };
        let number = spec.to_str().and_then(|text| text.strip_prefix("fd:")).map(str::parse);
        let file = match number {
            Some(Ok(number)) => inherited::duplicate(number),
            Some(Err(_)) => return Err(Fault::usage(format!("{} names no descriptor", shown(spec)))),
            None => File::create(spec),
        };
        Ok(Self(Some(file.map_err(|error| cannot("open", &shown(spec), &error))?)))
    }

    /// Whether anybody wants them.
    pub fn are_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Writes an event; a reader that is gone does not end the work.
    pub fn emit(&mut self, event: &Value) {
        if let Some(file) = &mut self.0 {
            let _ = file.write_all(format!("{event}\n").as_bytes());
        }
    }

    /// Does `work`; when it fails, the last event says why.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn around<T>(mut self, work: impl FnOnce(&mut Self) -> anyhow::Result<T>) -> anyhow::Result<T> {
        work(&mut self).inspect_err(|error| {
            let mut fault = Fault::of(error).to_json();
            fault["event"] = json!("fault");
            self.emit(&fault);
        })
    }
}
