//! The bottom of an output: a descriptor whose errors name it, and which gives a terminal nothing that it would obey.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};

use crate::cli::fault::Fault;
use crate::cli::streams::cannot;

/// Nobody reads standard output any more.
#[derive(Debug)]
pub struct StdoutGone;

impl fmt::Display for StdoutGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output is closed")
    }
}

impl std::error::Error for StdoutGone {}

/// Names the stream in an error of standard output, and sets apart the one that is no failure of ours.
pub fn of_stdout(error: &io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => io::Error::new(io::ErrorKind::BrokenPipe, StdoutGone),
        _ => io::Error::other(cannot("write", "standard output", error)),
    }
}

/// A descriptor and its name.
pub struct Sink {
    file: File,
    to: To,
    name: String,
    text: TextOnly,
}

/// What stands behind a descriptor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Standard output.
    Stdout,
    /// Standard output, which is a terminal and was not asked for by name.
    Terminal,
    /// A file, a device, a descriptor.
    Named,
}

impl Sink {
    /// Over an open file that errors call `name`.
    pub fn new(file: File, to: To, name: String) -> Self {
        Self {
            file,
            to,
            name,
            text: TextOnly::new(to),
        }
    }

    /// The open file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// What errors call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is standard output.
    pub fn is_stdout(&self) -> bool {
        self.to != To::Named
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.check(bytes)?;
        let written = self.file.write(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ if self.to != To::Named => of_stdout(&error),
            _ => io::Error::other(cannot("write", &self.name, &error)),
        })?;
        self.text.passed(&bytes[..written])?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What may go to a terminal unasked: text that it shows and does not obey.
struct TextOnly {
    is_asked: bool,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl TextOnly {
    fn new(to: To) -> Self {
        Self {
            is_asked: to == To::Terminal,
            begun: Vec::new(),
        }
    }

    fn check(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        if !self.is_asked {
            return Ok(Vec::new());
        }
        begun_after(&[&self.begun, bytes].concat()).ok_or_else(|| {
            let fault = Fault::usage("what comes out is not text, and standard output is a terminal");
            io::Error::other(fault.hint("name a file with -o FILE, or insist with -o -"))
        })
    }

    fn passed(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.begun = self.check(bytes)?;
        Ok(())
    }
}

/// The unfinished character at the end of `bytes`, when they are UTF-8 without control characters but tab and line ends.
fn begun_after(bytes: &[u8]) -> Option<Vec<u8>> {
    let (text, begun) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, &[][..]),
        Err(error) if error.error_len().is_none() => {
            let (text, begun) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(text).ok()?, begun)
        }
        Err(_) => return None,
    };
    let is_obeyed = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    (!text.contains(is_obeyed)).then(|| begun.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_get_text_only() {
        assert_eq!(begun_after("tab\t line\r\n äß 🙂".as_bytes()), Some(vec![]));
        assert_eq!(begun_after(b"half a character \xc2"), Some(vec![0xc2]));
        for hostile in [&b"\x1b[2J"[..], b"\0", b"\x7f", "\u{9b}".as_bytes(), b"\x9b2J"] {
            assert_eq!(begun_after(hostile), None);
        }
    }
}
