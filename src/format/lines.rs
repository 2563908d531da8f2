//! Text in lines, as headers and the messages of plugins have it: each read once, all together within a limit.

use std::io::{BufRead, Read};

use super::Error;
use super::stanza::COLUMNS;
use crate::encoding::base64;

/// Reads lines up to their ends and not a byte further.
pub(super) struct Lines<'a, R> {
    input: &'a mut R,
    left: u64,
    line: Vec<u8>,
}

impl<'a, R: BufRead> Lines<'a, R> {
    /// The lines of `input`, at most `limit` bytes in all.
    pub(super) fn new(input: &'a mut R, limit: u64) -> Self {
        Self {
            input,
            left: limit,
            line: Vec::new(),
        }
    }

    /// The line that was read last, or as much of it as there is.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    pub(super) fn next(&mut self) -> Result<&[u8], Error> {
        self.advance_within(self.left)?;
        Ok(&self.line)
    }

    /// Reads a line of at most `limit` bytes.
    pub(super) fn advance_within(&mut self, limit: u64) -> Result<(), Error> {
        self.line.clear();
        let count = Read::take(&mut *self.input, limit).read_until(b'\n', &mut self.line)? as u64;
        self.left -= count;
        match self.line.pop_if(|last| *last == b'\n') {
            Some(_) => Ok(()),
            None if count == limit => Err(Error::Header("longer than is accepted")),
            None => Err(Error::Header("the file ends in the middle of it")),
        }
    }

    /// The body of a stanza: full lines, then a shorter one, which may be empty.
    pub(super) fn body(&mut self) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        loop {
            let line = self.next()?;
            if line.len() > COLUMNS {
                return Err(Error::Header("a stanza with an overlong line"));
            }
            let text = std::str::from_utf8(line)
                .ok()
                .and_then(|text| base64::decode(text).ok());
            body.extend(text.ok_or(Error::Header("a stanza with a faulty body"))?);
            if line.len() < COLUMNS {
                return Ok(body);
            }
        }
    }
}
