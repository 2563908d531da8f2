//! Which one-time codes have been used on this machine. A code is worth one guess to whoever is on the wire; used twice,
//! it is worth two.
//!
//! A file in the folder for state: a line with a random key, then a line for each use, HMAC-SHA-256 of side and code under
//! that key. It tells nobody a code that was not used.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::PathBuf;

use crate::cli::config;
use crate::cli::fault::Fault;
use crate::cli::kept;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::crypto::hash;
use crate::crypto::rng::{self, OsRng, RngError};
use crate::encoding::hex;
use crate::handshake::Role;
use crate::secret::SecretBytes;

/// Uses that are kept; when there are more, the older half is forgotten. Nobody repeats a code after so many others.
const KEPT: usize = 4096;
/// The longest file: the key and all uses, in lines of 64 hexadecimal digits and their end.
const LIMIT: u64 = 65 * (KEPT as u64 + 1);

/// The record of spent codes.
pub struct Spent {
    path: PathBuf,
}

impl Spent {
    /// Where it belongs; it need not exist yet.
    ///
    /// # Errors
    /// When no folder for state is known.
    pub fn find(ui: &Ui) -> Result<Self, Fault> {
        Ok(Self {
            path: ui.paths()?.state.join("spent-codes"),
        })
    }

    /// Refuses a code that both sides of an exchange have used: on one machine, one may still be to come.
    ///
    /// # Errors
    /// `code_spent`.
    pub fn refuse_spent(&self, code: &SecretBytes) -> Result<(), Fault> {
        let lines = self.read().map_err(|error| self.unusable(&error))?;
        if lines.is_some_and(|lines| lines.unused(code).is_empty()) {
            return Err(spent());
        }
        Ok(())
    }

    /// Writes down that a side uses the code now.
    ///
    /// # Errors
    /// `code_spent` when it has been used before; when it cannot be written down, which no guess is worth.
    pub fn spend(&self, code: &SecretBytes, role: Role) -> Result<(), Fault> {
        self.path.parent().map_or(Ok(()), config::create_private)?;
        let is_new = self.change(|lines| lines.add(mark(&lines.key, code, role)));
        let is_new = is_new.map_err(|error| self.unusable(&error))?;
        if is_new { Ok(()) } else { Err(spent()) }
    }

    /// A run has failed: when it has used the code, nobody answers for that in the other role either. Else an attacker who
    /// can choose this side's role had a guess in each.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub fn spend_wholly(&self, code: &SecretBytes) -> Result<(), Fault> {
        let changed = self.change(|lines| match lines.unused(code)[..] {
            [mark] => lines.add(mark),
            _ => false,
        });
        changed.map(drop).map_err(|error| self.unusable(&error))
    }

    /// Reads, changes and replaces the file whole, one process at a time.
    fn change(&self, change: impl FnOnce(&mut Lines) -> bool) -> io::Result<bool> {
        let _lock = kept::lock(&self.path)?;
        let mut lines = self.read()?.map_or_else(Lines::fresh, Ok)?;
        let is_changed = change(&mut lines);
        if is_changed {
            kept::replace(&self.path, &lines.text())?;
        }
        Ok(is_changed)
    }

    /// `None` when there is no file yet. One that is damaged is no proof that a code was not used.
    fn read(&self) -> io::Result<Option<Lines>> {
        let mut text = String::new();
        match File::open(&self.path).and_then(|file| file.take(LIMIT + 1).read_to_string(&mut text)) {
            Ok(length) if length as u64 > LIMIT => Err(ErrorKind::FileTooLarge.into()),
            Ok(_) => Lines::parse(&text)
                .map(Some)
                .ok_or_else(|| ErrorKind::InvalidData.into()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn unusable(&self, error: &io::Error) -> Fault {
        cannot("use", &shown(&self.path), error).hint(
            "no code is tested without a record of those that were used; one that is damaged can be removed, and is then forgotten",
        )
    }
}

fn spent() -> Fault {
    Fault::inauthentic("code_spent", "this one-time code has been used")
        .because("somebody may have made a guess at it")
        .hint("make a new one with --code")
}

/// What the file holds.
struct Lines {
    key: [u8; 32],
    uses: Vec<[u8; 32]>,
}

impl Lines {
    fn fresh() -> io::Result<Self> {
        let key = rng::array(&mut OsRng).map_err(|RngError| io::Error::other(RngError))?;
        Ok(Self { key, uses: Vec::new() })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(|line| hex::decode(line).ok()?.try_into().ok());
        Some(Self {
            key: lines.next()??,
            uses: lines.collect::<Option<_>>()?,
        })
    }

    fn text(&self) -> String {
        std::iter::once(&self.key).chain(&self.uses).map(line).collect()
    }

    /// The marks of the roles in which a code has not been used.
    fn unused(&self, code: &SecretBytes) -> Vec<[u8; 32]> {
        let marks = [Role::Initiator, Role::Responder].map(|role| mark(&self.key, code, role));
        marks.into_iter().filter(|mark| !self.uses.contains(mark)).collect()
    }

    /// Whether the use is the first.
    fn add(&mut self, mark: [u8; 32]) -> bool {
        let is_new = !self.uses.contains(&mark);
        if is_new && self.uses.len() >= KEPT {
            self.uses.drain(..KEPT / 2);
        }
        self.uses.extend(is_new.then_some(mark));
        is_new
    }
}

fn mark(key: &[u8; 32], code: &SecretBytes, role: Role) -> [u8; 32] {
    hash::hmac(key, &[&[role as u8], code.expose()])
}

fn line(bytes: &[u8; 32]) -> String {
    format!("{}\n", hex::encode(bytes))
}
