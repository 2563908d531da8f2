//! The one owner of what a person reads: notes, warnings, faults and progress, all on standard error.

use std::env;
use std::io::{self, IoSliceMut, IsTerminal, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::cli::Globals;
use crate::cli::config::Paths;
use crate::cli::fault::Fault;
use crate::cli::shown::shown_line;

/// How faults are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ErrorFormat {
    /// Three lines for a person.
    Text,
    /// One JSON object on the last line, for scripts.
    Json,
}

/// When colours are used.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    fn fits(self, stream: &impl IsTerminal) -> bool {
        let is_set = |variable: &str| env::var_os(variable).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                stream.is_terminal() && !is_set("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// Whether questions may be asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Prompts {
    /// They may.
    Allowed,
    /// `--no-input`.
    Forbidden,
}

/// What the global flags say about talking to a person.
pub struct Ui {
    globals: Globals,
    is_coloured: bool,
}

impl Ui {
    /// As the flags and the environment have it.
    pub fn new(globals: Globals) -> Self {
        let is_coloured = globals.color.fits(&io::stderr());
        Self { globals, is_coloured }
    }

    /// Whether what goes to `stream` may have colours.
    pub fn is_coloured_on(&self, stream: &impl IsTerminal) -> bool {
        self.globals.color.fits(stream)
    }

    /// Whether questions may be asked.
    pub fn prompts(&self) -> Prompts {
        if self.globals.no_input {
            Prompts::Forbidden
        } else {
            Prompts::Allowed
        }
    }

    /// Where files are kept.
    ///
    /// # Errors
    /// As [`Paths::find`].
    pub fn paths(&self) -> Result<Paths, Fault> {
        let variable = env::var_os("KEYPACT_HOME").filter(|home| !home.is_empty());
        Paths::find(self.globals.home.as_deref().or(variable.as_deref().map(Path::new)))
    }

    /// Something worth knowing; `-q` silences it.
    pub fn note(&self, text: &str) {
        if !self.globals.quiet {
            self.line("", "", text);
        }
    }

    /// Something that was asked for and must be seen, with `-q` too.
    pub fn say(&self, text: &str) {
        self.line("", "", text);
    }

    /// As [`Ui::say`], of words that are all our own: an emoji keeps the selector that makes terminals draw it in colours.
    pub fn say_as_it_is(&self, text: &str) {
        write_line(&format!("keypact: {text}"));
    }

    /// Whether a person seems to watch.
    pub fn has_person(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// A detail for the curious, with `-v`.
    pub fn detail(&self, text: &str) {
        if self.globals.verbose > 0 && !self.globals.quiet {
            self.line("", "", text);
        }
    }

    /// Something that must be known; nothing silences it.
    pub fn warn(&self, text: &str) {
        self.line("33", "warning: ", text);
    }

    /// Why the run failed.
    pub fn fault(&self, fault: &Fault) {
        match self.globals.error_format {
            ErrorFormat::Text => {
                self.line("31", "error: ", &fault.what);
                fault.why.iter().for_each(|why| self.line("2", "because: ", why));
                fault.next.iter().for_each(|next| self.line("36", "hint: ", next));
            }
            ErrorFormat::Json => write_line(&json!({ "fault": fault.to_json() }).to_string()),
        }
    }

    /// Shows how far `verb` has come, out of `total` bytes where that is known.
    pub fn progress(&self, verb: &'static str, total: Option<u64>) -> Progress {
        let is_shown = !self.globals.quiet && io::stderr().is_terminal();
        Progress {
            verb,
            started: Instant::now(),
            is_drawn: false,
            bar: is_shown.then(|| bar(verb, total)),
        }
    }

    fn line(&self, colour: &str, label: &str, text: &str) {
        let text = shown_line(text);
        if self.is_coloured && !label.is_empty() {
            write_line(&format!("keypact: \x1b[{colour}m{label}\x1b[0m{text}"));
        } else {
            write_line(&format!("keypact: {label}{text}"));
        }
    }
}

/// One write per line, so that lines of several programs stay whole; a standard error that is gone changes nothing.
fn write_line(line: &str) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// A progress bar that appears when the work takes longer than a moment, and disappears at its end.
pub struct Progress {
    verb: &'static str,
    started: Instant,
    is_drawn: bool,
    /// Counts from the start, so that it knows the rate when it is drawn; only where somebody may see it.
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A moment.
    const PATIENCE: Duration = Duration::from_millis(300);
    /// Letters of a name, so that there is room for the bar.
    const NAME: usize = 28;

    /// Counts what passes through `reader`.
    pub fn reading<R: Read>(self, reader: R) -> Counted<R> {
        Counted {
            progress: self,
            inner: reader,
            total: 0,
        }
    }

    /// `bytes` more are done.
    pub fn advance(&mut self, bytes: u64) {
        let Some(bar) = &self.bar else { return };
        bar.inc(bytes);
        if !self.is_drawn && self.started.elapsed() >= Self::PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            self.is_drawn = true;
        }
    }

    /// Whether anybody may see it.
    pub fn is_shown(&self) -> bool {
        self.bar.is_some()
    }

    /// Names what is being worked on, by the end of its name where it is long.
    pub fn at(&self, name: &str) {
        let Some(bar) = &self.bar else { return };
        bar.set_message(match name.char_indices().rev().nth(Self::NAME - 1) {
            Some((at, _)) if at > 0 => format!("{} …{}", self.verb, &name[at..]),
            _ => format!("{} {name}", self.verb),
        });
    }

    /// Makes room for lines while `speak` writes them.
    pub fn suspend(&self, speak: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(speak),
            None => speak(),
        }
    }

    /// Takes the bar away.
    pub fn finish(&mut self) {
        self.bar.take().iter().for_each(ProgressBar::finish_and_clear);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn bar(verb: &'static str, total: Option<u64>) -> ProgressBar {
    let template = match total {
        Some(_) => "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta} left",
        None => "{msg} {spinner} {binary_bytes} {binary_bytes_per_sec}",
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
    bar.with_style(style).with_message(verb)
}

/// A reader whose bytes are counted.
pub struct Counted<R> {
    progress: Progress,
    inner: R,
    total: u64,
}

impl<R> Counted<R> {
    /// How many have passed.
    pub fn total(&self) -> u64 {
        self.total
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.advance(read as u64);
        self.total += read as u64;
        Ok(read)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let read = self.inner.read_vectored(buffers)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}
