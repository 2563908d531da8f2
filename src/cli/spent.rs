//! Which one-time codes have been used on this machine. A code is worth one guess to whoever is on the wire; used twice,
//! it is worth two.
//!
//! A file in the folder for state: a line with a random key, then a line for each use, HMAC-SHA-256 of side and code under
//! that key. It tells nobody a code that was not used.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rustix::fs::{FlockOperation, flock};

use crate::cli::config;
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::crypto::hash;
use crate::crypto::rng::{OsRng, Rng, RngError};
use crate::encoding::hex;
use crate::handshake::Role;
use crate::secret::SecretBytes;

/// Bytes of a line: 64 hexadecimal digits and its end.
const LINE: usize = 65;
/// Uses that are kept; when there are more, the older half is forgotten. Nobody repeats a code after so many others.
const KEPT: usize = 4096;

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
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.unusable(&error)),
        };
        let lines = read(&mut file).map_err(|error| self.unusable(&error))?;
        let is_used = |role| lines.used(&mark(&lines.key, code, role));
        if is_used(Role::Initiator) && is_used(Role::Responder) {
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
        let is_new = self.note(code, role).map_err(|error| self.unusable(&error))?;
        if is_new { Ok(()) } else { Err(spent()) }
    }

    /// Whether the use is the first. The lock is held from looking to writing, and falls with the file.
    fn note(&self, code: &SecretBytes, role: Role) -> io::Result<bool> {
        let mut options = File::options();
        let mut file = options
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.path)?;
        flock(&file, FlockOperation::LockExclusive)?;
        if file.metadata()?.len() == 0 {
            let mut key = [0; 32];
            OsRng.fill(&mut key).map_err(|RngError| io::Error::other(RngError))?;
            file.write_all(line(&key).as_bytes())?;
        }
        let lines = read(&mut file)?;
        let mark = mark(&lines.key, code, role);
        if lines.used(&mark) {
            return Ok(false);
        }
        if lines.uses.len() >= KEPT {
            file.set_len(0)?;
            file.write_all(lines.newer_half().as_bytes())?;
        }
        file.write_all(line(&mark).as_bytes())?;
        file.sync_all()?;
        Ok(true)
    }

    fn unusable(&self, error: &io::Error) -> Fault {
        cannot("use", &shown(&self.path), error)
    }
}

fn spent() -> Fault {
    Fault::inauthentic("code_spent", "this one-time code has been used")
        .because("somebody may have made a guess at it")
        .hint("make a new one with --code")
}

/// What the file holds. Lines that are not whole (the machine stopped while one was written) do not count.
struct Lines {
    key: [u8; 32],
    uses: Vec<[u8; 32]>,
}

impl Lines {
    fn used(&self, mark: &[u8; 32]) -> bool {
        self.uses.contains(mark)
    }

    fn newer_half(&self) -> String {
        let newer = &self.uses[self.uses.len() / 2..];
        std::iter::once(&self.key).chain(newer).map(line).collect()
    }
}

fn read(file: &mut File) -> io::Result<Lines> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.take((LINE * (KEPT + 2)) as u64).read_to_string(&mut text)?;
    let mut lines = text
        .lines()
        .filter_map(|line| <[u8; 32]>::try_from(hex::decode(line).ok()?).ok());
    let key = lines.next().ok_or(io::ErrorKind::InvalidData)?;
    Ok(Lines {
        key,
        uses: lines.collect(),
    })
}

fn mark(key: &[u8; 32], code: &SecretBytes, role: Role) -> [u8; 32] {
    hash::hmac(key, &[&[role as u8], code.expose()])
}

fn line(bytes: &[u8; 32]) -> String {
    format!("{}\n", hex::encode(bytes))
}
