//! What went wrong, in the three lines that a person reads and the exit status that a script reads.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::cli::blame;
use crate::cli::shown::shown_line;
use crate::cli::sink::StdoutGone;
use crate::format;

/// The exit status of a failed run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// A reason outside the protocol: file, permission, disk, configuration.
    Failure = 1,
    /// The call is wrong.
    Usage = 2,
    /// Not authentic, or malformed.
    Inauthentic = 3,
    /// No key fits: wrong identity, passphrase or PIN.
    NoKey = 4,
    /// The peer refused, vanished, or speaks another version.
    Peer = 5,
}

/// One failure: what happened, why, and what to do next. Travels inside [`anyhow::Error`].
#[derive(Debug, Clone)]
pub struct Fault {
    /// The exit status.
    pub code: Code,
    /// A word from the closed list in `docs/cli.md`, for scripts.
    pub kind: &'static str,
    /// What could not be done.
    pub what: String,
    /// Why, where that helps.
    pub why: Option<String>,
    /// What to do next.
    pub next: Option<String>,
}

impl Fault {
    /// A failure outside the protocol; its kind is `io`.
    pub fn failure(what: impl Into<String>) -> Self {
        Self::new(Code::Failure, "io", what)
    }

    /// A wrong call.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Code::Usage, "usage", what)
    }

    /// Something that is not authentic or malformed.
    pub fn inauthentic(kind: &'static str, what: impl Into<String>) -> Self {
        Self::new(Code::Inauthentic, kind, what)
    }

    /// No key fits.
    pub fn no_key(kind: &'static str, what: impl Into<String>) -> Self {
        Self::new(Code::NoKey, kind, what)
    }

    /// The peer.
    pub fn peer(kind: &'static str, what: impl Into<String>) -> Self {
        Self::new(Code::Peer, kind, what)
    }

    /// A failure of any sort.
    pub fn new(code: Code, kind: &'static str, what: impl Into<String>) -> Self {
        Self {
            code,
            kind,
            what: what.into(),
            why: None,
            next: None,
        }
    }

    /// The same with another kind.
    #[must_use]
    pub fn of_kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// The same with a reason.
    #[must_use]
    pub fn because(self, why: impl fmt::Display) -> Self {
        Self {
            why: Some(why.to_string()),
            ..self
        }
    }

    /// The same with one more reason behind those that it has.
    #[must_use]
    pub fn and(self, why: impl fmt::Display) -> Self {
        match &self.why {
            Some(first) => {
                let both = format!("{first}; {why}");
                self.because(both)
            }
            None => self.because(why),
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(self, next: impl Into<String>) -> Self {
        Self {
            next: Some(next.into()),
            ..self
        }
    }

    /// The object that `docs/cli.md` describes.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.code as u8,
            "kind": self.kind,
            "what": shown_line(&self.what),
            "why": self.why.as_deref().map(shown_line),
            "next": self.next.as_deref().map(shown_line),
        })
    }

    /// Sorts any error: a fault in the chain stands for itself, a library error by its room's table, the rest is an
    /// ordinary failure.
    pub fn of(error: &anyhow::Error) -> Self {
        if let Some(fault) = find::<Self>(error) {
            return fault.clone();
        }
        if let Some(fault) = blame::of(error) {
            return fault;
        }
        let fault = Self::failure(error.to_string());
        match error.chain().skip(1).map(ToString::to_string).collect::<Vec<_>>() {
            causes if causes.is_empty() => fault,
            causes => fault.because(causes.join(": ")),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl StdError for Fault {}

/// Whether the run ended because nobody reads standard output any more.
pub fn stdout_gone(error: &anyhow::Error) -> bool {
    find::<StdoutGone>(error).is_some()
}

/// The first `E` in the chain, also where an I/O error carries it: the standard library leaves what an [`io::Error`]
/// holds out of the chain and names only its source.
pub fn find<E: StdError + 'static>(error: &anyhow::Error) -> Option<&E> {
    error
        .chain()
        .find_map(|cause| cause.downcast_ref::<E>().or_else(|| carried(cause)))
}

fn carried<'e, E: StdError + 'static>(cause: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let inner: &(dyn StdError + 'static) = match cause.downcast_ref::<format::Error>() {
        Some(format::Error::Io(inner)) => inner,
        _ => cause.downcast_ref::<io::Error>()?.get_ref()?,
    };
    inner.downcast_ref::<E>().or_else(|| carried(inner))
}

/// The words of the command-line parser in our three lines.
pub fn of_usage(error: &clap::Error) -> Fault {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(one_line);
    let what = paragraphs.next().unwrap_or_default();
    let fault = Fault::usage(what.strip_prefix("error: ").unwrap_or(&what));
    let paragraphs: Vec<String> = paragraphs.collect();
    let paragraph = |start: &str| paragraphs.iter().find_map(|text| text.strip_prefix(start));
    match (paragraph("tip: "), paragraph("Usage: ")) {
        (Some(tip), _) => fault.hint(tip),
        (None, Some(usage)) => fault.hint(format!("usage: {usage}")),
        (None, None) => fault.hint("see 'keypact --help'"),
    }
}

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_fault_inside_an_io_error_is_found() {
        let nested = io::Error::other(io::Error::other(Fault::inauthentic("payload", "the file is damaged")));
        let fault = Fault::of(&anyhow::Error::from(nested).context("copying"));
        assert_eq!((fault.code, fault.kind), (Code::Inauthentic, "payload"));
    }

    #[test]
    fn a_plain_error_keeps_its_chain() {
        let missing: Result<(), _> = Err(io::Error::from(io::ErrorKind::NotFound));
        let fault = Fault::of(&missing.context("cannot open x").unwrap_err());
        assert_eq!(
            (fault.code, fault.kind, fault.what.as_str()),
            (Code::Failure, "io", "cannot open x")
        );
        assert_eq!(fault.why.as_deref(), Some("entity not found"));
    }
}
