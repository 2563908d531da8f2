use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;

use super::Name;
use crate::format;

/// Why a plugin did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} {cause}", plugin.program())]
pub struct Error {
    /// Which plugin.
    pub plugin: Name,
    /// What went wrong with it; shared, because one conversation may fail for many files.
    pub cause: Arc<Cause>,
}

impl Error {
    pub(super) fn new(plugin: &Name, cause: Cause) -> Self {
        Self {
            plugin: plugin.clone(),
            cause: Arc::new(cause),
        }
    }
}

/// What goes wrong with a plugin, told as the rest of a sentence about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// No folder of the search path has such a program.
    #[error("is not installed: no folder in PATH has it")]
    NotFound,
    /// The system does not start it.
    #[error("cannot be started: {0}")]
    Start(io::Error),
    /// It was gone before the conversation was over.
    #[error("ended before its work was done: {0}")]
    Ended(LastWords),
    /// It does not keep to the protocol.
    #[error("broke the plugin protocol: {0}")]
    Protocol(&'static str),
    /// It says that it cannot.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Complained(Vec<Complaint>),
}

/// How a plugin ended: its exit status, and the end of what it wrote to standard error. Foreign text, not fit for a
/// terminal as it is.
#[derive(Debug, Default)]
pub struct LastWords {
    /// Known once it is reaped.
    pub status: Option<ExitStatus>,
    /// A thousand bytes at most.
    pub text: String,
}

/// An error that a plugin reports, with its text. Foreign text, not fit for a terminal as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Complaint {
    /// Of this recipient.
    Recipient(String, String),
    /// Of the identity with this index.
    Identity(usize, String),
    /// Of a stanza, of the file and stanza with these indices.
    Stanza(usize, usize, String),
    /// Of nothing in particular.
    Internal(String),
}

impl Complaint {
    /// Whether it speaks of another file than the one with this index.
    pub(super) fn is_of_another(&self, file: usize) -> bool {
        matches!(self, Self::Stanza(of, ..) if *of != file)
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recipient(recipient, text) => write!(f, "says of {recipient}: {text}"),
            Self::Identity(index, text) => write!(f, "says of its identity {}: {text}", index + 1),
            Self::Stanza(_, index, text) => write!(f, "says of stanza {}: {text}", index + 1),
            Self::Internal(text) => write!(f, "says: {text}"),
        }
    }
}

impl fmt::Display for LastWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => write!(f, "it is not known how")?,
        }
        // One line, whatever it wrote: whoever shows it has one line for it.
        let lines: Vec<&str> = self
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        match lines.as_slice() {
            [] => Ok(()),
            lines => write!(f, "; it wrote: {}", lines.join(" | ")),
        }
    }
}

impl From<io::Error> for Cause {
    /// Of a conversation, where a side that cannot be read from or written to is gone.
    fn from(_: io::Error) -> Self {
        Self::Ended(LastWords::default())
    }
}

impl From<format::Error> for Cause {
    /// Of reading a message.
    fn from(error: format::Error) -> Self {
        match error {
            format::Error::Io(error) => error.into(),
            format::Error::Header(what) => Self::Protocol(what),
            _ => Self::Protocol("a message that cannot be"),
        }
    }
}

impl From<Error> for format::Error {
    /// As an identity or a recipient that cannot be used.
    fn from(error: Error) -> Self {
        Self::Io(io::Error::other(error))
    }
}
