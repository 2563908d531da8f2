//! The text form of a file: base64 in lines of 64 characters between two fixed lines, for mail and chat.

use std::io::{self, BufRead, Chain, Cursor, IoSliceMut, Read, Write};

use super::Error;
use crate::encoding::base64;

const BEGIN: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
const END: &[u8] = b"-----END AGE ENCRYPTED FILE-----";
const NOT_BEGIN: &str = "it does not begin with exactly the line that begins a file";
/// How a binary file begins.
const BINARY: &[u8] = b"age-encryption.org/";
/// What a line that was meant to be [`BEGIN`] holds, in whatever case.
const NEARLY: &[u8] = b"BEGIN AGE ENCRYPTED";
const COLUMNS: usize = 64;
/// Bytes in a full line.
const LINE: usize = 48;
/// Lines encoded or decoded at a time: a chunk of the payload.
const LINES: usize = 1366;
/// White space that is accepted before the first line, and as much after the last one.
const SPACE_LIMIT: usize = 1024;

/// How many bytes of a file's front [`is_age`] may need.
pub const SNIFF: usize = SPACE_LIMIT + BEGIN.len();

/// Whether a file that begins with `front` means to be an age file, in either form: what tells an identity file under
/// a passphrase from a plain one.
pub fn is_age(front: &[u8]) -> bool {
    front.starts_with(BINARY) || front.trim_ascii_start().starts_with(BEGIN)
}

/// Writes the text form of the bytes written to it.
pub struct Writer<W> {
    output: W,
    /// The beginning of a line.
    pending: Vec<u8>,
    text: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Writes nothing yet.
    pub fn new(output: W) -> Self {
        let mut text = Vec::with_capacity((LINES + 2) * (COLUMNS + 1));
        text.extend_from_slice(BEGIN);
        text.push(b'\n');
        Self {
            output,
            pending: Vec::with_capacity(LINE),
            text,
        }
    }

    /// Writes the last lines, flushes the output and gives it back.
    ///
    /// # Errors
    /// What the output gives.
    pub fn finish(mut self) -> io::Result<W> {
        encode(&self.pending, &mut self.text);
        self.text.extend_from_slice(END);
        self.text.push(b'\n');
        self.put()?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn put(&mut self) -> io::Result<()> {
        self.output.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }
}

/// Adds the lines of `bytes`, of which only the last may be short.
fn encode(bytes: &[u8], text: &mut Vec<u8>) {
    for line in bytes.chunks(LINE) {
        base64::append_padded(line, text);
        text.push(b'\n');
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() >= LINES * (COLUMNS + 1) {
            self.put()?;
        }
        if bytes.len() < LINE - self.pending.len() {
            self.pending.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let first = if self.pending.is_empty() {
            0
        } else {
            LINE - self.pending.len()
        };
        let (first, rest) = bytes.split_at(first);
        self.pending.extend_from_slice(first);
        encode(&self.pending, &mut self.text);
        self.pending.clear();
        let lines = (rest.len() / LINE).min(LINES - self.text.len() / (COLUMNS + 1));
        encode(&rest[..lines * LINE], &mut self.text);
        Ok(first.len() + lines * LINE)
    }

    /// Flushes the output. A line in progress stays: all but the last are full.
    fn flush(&mut self) -> io::Result<()> {
        self.put()?;
        self.output.flush()
    }
}

/// Reads the bytes of a file in either form: an armored one is decoded, a binary one passes through.
///
/// Armor is strict: one text for each file, except that lines may end with CRLF and that white space may stand around
/// it. Errors of the text wrap [`Error::Armor`] and stay.
pub struct Reader<R> {
    /// What was looked at to tell the form, then the rest.
    source: Chain<Cursor<Vec<u8>>, R>,
    state: State,
    line: Vec<u8>,
    decoded: Vec<u8>,
    taken: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Binary,
    Begin,
    Lines,
    /// After a line that was not full: only [`END`] may follow.
    LastLine,
    /// After [`END`].
    Space,
    Done,
    Failed(&'static str),
}

impl<R: BufRead> Reader<R> {
    /// Reads nothing yet.
    pub fn new(source: R) -> Self {
        Self {
            source: Cursor::new(Vec::new()).chain(source),
            state: State::Start,
            line: Vec::new(),
            decoded: Vec::new(),
            taken: 0,
        }
    }

    /// Whether the file is armored.
    ///
    /// # Errors
    /// What the source gives.
    pub fn is_armored(&mut self) -> io::Result<bool> {
        self.start()?;
        Ok(self.state != State::Binary)
    }

    fn start(&mut self) -> io::Result<()> {
        if self.state == State::Start {
            self.peek()?;
            self.state = self.detect();
        }
        Ok(())
    }

    fn peek(&mut self) -> io::Result<()> {
        let (front, source) = self.source.get_mut();
        let front = front.get_mut();
        let missing = SNIFF - front.len();
        source.take(missing as u64).read_to_end(front)?;
        Ok(())
    }

    fn detect(&mut self) -> State {
        let cursor = self.source.get_mut().0;
        let front = cursor.get_ref();
        let space = front.len() - front.trim_ascii_start().len();
        if front[space..].starts_with(BEGIN) {
            cursor.set_position(space as u64);
            State::Begin
        } else if !front.starts_with(BINARY) && holds(front, NEARLY) {
            State::Failed(NOT_BEGIN)
        } else {
            State::Binary
        }
    }

    /// Decodes a batch. What stands in `decoded` when the source fails is handed out before the next attempt.
    fn decode(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.taken = 0;
        while self.decoded.len() + LINE <= LINES * LINE {
            if self.state == State::Lines && self.line.is_empty() && self.decode_full_lines()? {
                continue;
            }
            self.state = match self.state {
                State::Begin | State::Lines | State::LastLine => {
                    read_line(&mut self.source, &mut self.line)?;
                    self.decode_line()
                }
                State::Space => {
                    let missing = SPACE_LIMIT + 1 - self.line.len();
                    (&mut self.source).take(missing as u64).read_to_end(&mut self.line)?;
                    check_space(&self.line)
                }
                State::Start | State::Binary | State::Done | State::Failed(_) => break,
            }
            .unwrap_or_else(State::Failed);
            self.line.clear();
        }
        Ok(())
    }

    /// Decodes the full lines that the source holds ready; whether there were any. What is not as usual is left to
    /// [`Reader::decode_line`].
    fn decode_full_lines(&mut self) -> io::Result<bool> {
        let ready = self.source.fill_buf()?;
        let room = (LINES * LINE - self.decoded.len()) / LINE;
        let start = self.decoded.len();
        self.decoded
            .resize(start + room.min(ready.len() / (COLUMNS + 1)) * LINE, 0);
        let lines = ready.chunks_exact(COLUMNS + 1);
        let mut places = self.decoded[start..].chunks_exact_mut(LINE);
        let is_usual = |line: &&[u8]| places.next().is_some_and(|out| decode_full_line(line, out));
        let count = lines.take_while(is_usual).count();
        self.decoded.truncate(start + count * LINE);
        self.source.consume(count * (COLUMNS + 1));
        Ok(count > 0)
    }

    fn decode_line(&mut self) -> Result<State, &'static str> {
        let text = match self.line.strip_suffix(b"\n") {
            Some(text) => text.strip_suffix(b"\r").unwrap_or(text),
            None => &self.line,
        };
        match (self.state, text) {
            (State::Begin, BEGIN) => Ok(State::Lines),
            (State::Begin, _) => Err(NOT_BEGIN),
            (_, END) => Ok(State::Space),
            (_, b"") if self.line.is_empty() => Err("its last line is missing"),
            (_, b"") => Err("a blank line"),
            (State::LastLine, _) => Err("a short line before the last one"),
            (_, text) if text.len() > COLUMNS => Err("a line of more than 64 characters"),
            (_, text) => {
                let mut bytes = [0; LINE];
                let bytes =
                    base64::decode_padded(text, &mut bytes).map_err(|_| "a line that is not canonical base64")?;
                self.decoded.extend_from_slice(bytes);
                Ok(if bytes.len() == LINE {
                    State::Lines
                } else {
                    State::LastLine
                })
            }
        }
    }
}

fn decode_full_line(line: &[u8], out: &mut [u8]) -> bool {
    let text = line.strip_suffix(b"\n");
    text.is_some_and(|text| base64::decode_padded(text, out).is_ok_and(|bytes| bytes.len() == LINE))
}

/// Adds the rest of a line, at most a byte more than a full one with its CRLF.
fn read_line(source: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    let missing = COLUMNS + 3 - line.len();
    source.take(missing as u64).read_until(b'\n', line).map(drop)
}

fn check_space(space: &[u8]) -> Result<State, &'static str> {
    if !space.trim_ascii().is_empty() {
        Err("text after its last line")
    } else if space.len() > SPACE_LIMIT {
        Err("too much white space after its last line")
    } else {
        Ok(State::Done)
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

impl<R: BufRead> BufRead for Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.start()?;
        if self.state == State::Binary {
            return self.source.fill_buf();
        }
        if self.taken == self.decoded.len() {
            self.decode()?;
        }
        match self.state {
            State::Failed(reason) if self.decoded.is_empty() => Err(Error::Armor(reason).into()),
            _ => Ok(&self.decoded[self.taken..]),
        }
    }

    fn consume(&mut self, count: usize) {
        if self.state == State::Binary {
            self.source.consume(count);
        } else {
            self.taken = self.decoded.len().min(self.taken + count);
        }
    }
}

impl<R: BufRead> Read for Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.start()?;
        if self.state == State::Binary {
            // Large reads go past the source's own buffer.
            return self.source.read(out);
        }
        let mut decoded = self.fill_buf()?;
        let count = decoded.read(out)?;
        self.consume(count);
        Ok(count)
    }

    fn read_vectored(&mut self, out: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.start()?;
        if self.state == State::Binary {
            return self.source.read_vectored(out);
        }
        let mut decoded = self.fill_buf()?;
        let count = decoded.read_vectored(out)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
