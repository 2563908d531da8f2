use std::io::{self, BufRead, Write};

use zeroize::Zeroizing;

use super::Error;
use super::lines::Lines;
use crate::crypto::aead::TAG;
use crate::encoding::base64;

/// Length of a sealed file key in bytes: the body of every stanza kind of age's own.
pub(super) const SEALED_FILE_KEY: usize = super::FILE_KEY_LEN + TAG;
/// Characters in a full line of a body.
pub(super) const COLUMNS: usize = 64;
/// What a stanza begins with.
pub(super) const ARROW: &[u8] = b"-> ";

/// One recipient's part of a header: a kind, arguments, a body.
///
/// The argument line is kept whole and split when asked for: a header of a million arguments costs its own size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stanza {
    line: String,
    body: Vec<u8>,
}

impl Stanza {
    /// A stanza for a header; `None` unless kind and arguments are one or more visible ASCII characters each.
    pub fn new(kind: &str, args: &[&str], body: Vec<u8>) -> Option<Self> {
        let mut line = String::from(kind);
        for arg in args {
            line.push(' ');
            line.push_str(arg);
        }
        // Counted, because a space inside a word would look like two words.
        let words = is_line(line.as_bytes()).then(|| line.split(' ').count())?;
        (words == 1 + args.len()).then_some(Self { line, body })
    }

    /// A stanza of this crate's own making.
    pub(super) fn made(kind: &str, args: &[&str], body: Vec<u8>) -> Self {
        Self::new(kind, args, body).expect("kinds are constants, arguments base64 or digits")
    }

    /// A stanza from the line after its arrow; the body is still to come.
    pub(super) fn parse(line: &[u8]) -> Result<Self, Error> {
        let line = std::str::from_utf8(line).ok().filter(|line| is_line(line.as_bytes()));
        let line = line
            .ok_or(Error::Header("a stanza with a faulty first line"))?
            .to_owned();
        Ok(Self { line, body: Vec::new() })
    }

    pub(super) fn with_body(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }

    /// Reads one stanza that stands by itself, as the messages of plugins do, and not a byte further.
    ///
    /// # Errors
    /// [`Error::Header`], also for one of more than `limit` bytes; [`Error::Io`] from `input`.
    pub fn read(input: &mut impl BufRead, limit: u64) -> Result<Self, Error> {
        let mut lines = Lines::new(input, limit);
        let line = lines.next()?.strip_prefix(ARROW);
        let stanza = Self::parse(line.ok_or(Error::Header("a line that begins no stanza"))?)?;
        Ok(stanza.with_body(lines.body()?))
    }

    /// The kind of recipient.
    pub fn kind(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// The arguments after the kind.
    pub fn args(&self) -> impl Iterator<Item = &str> {
        self.line.split(' ').skip(1)
    }

    /// The body, decoded.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body alone.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// The stanza that stands behind `count` words of this one's line: messages of plugins carry stanzas so. `None` when
    /// there are no words behind them.
    #[must_use]
    pub fn behind(self, count: usize) -> Option<Self> {
        let line = self.line.splitn(count + 1, ' ').nth(count)?.to_owned();
        Some(Self { line, ..self })
    }

    /// The arguments, when there are exactly `N`.
    ///
    /// # Errors
    /// [`Error::Header`].
    pub fn exact_args<const N: usize>(&self) -> Result<[&str; N], Error> {
        const WRONG: Error = Error::Header("a stanza with the wrong number of arguments");
        let mut args = self.args();
        let mut exact = [""; N];
        for slot in &mut exact {
            *slot = args.next().ok_or(WRONG)?;
        }
        args.next().is_none().then_some(exact).ok_or(WRONG)
    }

    /// The body, when it has the length of a sealed file key; checked before any attempt to open it, so that no longer
    /// message under the key of an attacker's choice is ever tried.
    ///
    /// # Errors
    /// [`Error::Header`].
    pub fn sealed_file_key(&self) -> Result<&[u8; SEALED_FILE_KEY], Error> {
        let body = self.body.as_slice().try_into();
        body.map_err(|_| Error::Header("a stanza with a body of the wrong length"))
    }

    /// The words of the first line, kind and arguments, as they are written.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Bytes of the canonical form.
    pub(super) fn length(&self) -> usize {
        length(self.line.len(), self.body.len())
    }

    /// Writes the canonical form.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write_stanza(out, &[&self.line], &self.body)
    }
}

/// Writes the canonical form of a stanza of these words and this body, without holding it: either may be secret.
///
/// # Errors
/// What `out` gives.
pub fn write_stanza(out: &mut impl Write, words: &[&str], body: &[u8]) -> io::Result<()> {
    out.write_all(b"->")?;
    for word in words {
        out.write_all(b" ")?;
        out.write_all(word.as_bytes())?;
    }
    out.write_all(b"\n")?;
    let text = Zeroizing::new(base64::encode(body));
    for line in text.as_bytes().chunks(COLUMNS) {
        out.write_all(line)?;
        out.write_all(b"\n")?;
    }
    if text.len().is_multiple_of(COLUMNS) {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Bytes of a stanza whose kind and arguments take `line` and whose body takes `body` bytes.
pub(super) fn length(line: usize, body: usize) -> usize {
    let text = (body * 4).div_ceil(3);
    "-> ".len() + line + 1 + text + text / COLUMNS + 1
}

/// An argument of a stanza as `N` bytes of base64.
pub(super) fn decode_arg<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    base64::decode_array(text).map_err(|_| Error::Header("a stanza with a faulty argument"))
}

/// `1*VCHAR *( SP 1*VCHAR )`
fn is_line(line: &[u8]) -> bool {
    line.split(|byte| *byte == b' ')
        .all(|word| !word.is_empty() && word.iter().all(u8::is_ascii_graphic))
}
