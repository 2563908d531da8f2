//! The file under work: held against others, with its header read.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::cli::fault::Fault;
use crate::cli::journal;
use crate::cli::replacement::Replacement;
use crate::cli::shown::shown;
use crate::cli::streams::{BUFFER, cannot, is_same_file, open_as_seen, pump};
use crate::cli::ui::Ui;
use crate::format::{self, Header, Identity, NONCE_LEN, armor};

/// A file that no other rewrap touches.
pub(super) struct Held {
    pub(super) file: File,
    pub(super) real: PathBuf,
    pub(super) name: String,
    /// Nothing is written, so nobody is kept away.
    pub(super) is_dry: bool,
}

impl Held {
    pub(super) fn open(path: &Path, is_dry: bool, ui: &Ui) -> Result<Self, Fault> {
        let name = shown(path);
        let failed = |verb: &str, error: io::Error| cannot(verb, &name, &error);
        let real = fs::canonicalize(path).map_err(|error| failed("open", error))?;
        loop {
            let metadata = fs::metadata(&real).map_err(|error| failed("open", error))?;
            if metadata.is_dir() {
                return Err(Fault::failure(format!("{name} is a folder")).hint("use --recursive for the files in it"));
            }
            if !metadata.is_file() {
                return Err(Fault::failure(format!("{name} is no file that could be changed")));
            }
            let file = open_as_seen(&real, File::options().read(true).write(!is_dry))
                .map_err(|error| failed("open", error))?;
            if !is_dry {
                lock(&file, &name, ui).map_err(|error| failed("lock", error))?;
            }
            // Whoever had the lock before may have put another file in this place.
            let there = fs::metadata(&real).map_err(|error| failed("open", error))?;
            let here = file.metadata().map_err(|error| failed("open", error))?;
            if is_dry || is_same_file(&there, &here) {
                return Ok(Self {
                    file,
                    real,
                    name,
                    is_dry,
                });
            }
        }
    }

    pub(super) fn replacement(&self) -> Result<Replacement, Fault> {
        let metadata = self.file.metadata();
        let begun = metadata.and_then(|metadata| Replacement::of(&self.real, &metadata));
        begun.map_err(|error| cannot("create", &self.name, &error))
    }

    /// The header that an interrupted run began to write, or that somebody wants to pass for one.
    pub(super) fn pending(&self) -> Option<Vec<u8>> {
        journal::pending(&self.real, &self.file)
    }

    /// Writes `header`, which has proven to be this file's, to where it was on its way to.
    pub(super) fn repair(&self, header: &[u8], ui: &Ui) -> Result<(), Fault> {
        if self.is_dry {
            return Ok(());
        }
        let repaired = journal::repair(&self.real, &self.file, header);
        repaired.map_err(|error| cannot("repair", &self.name, &error))?;
        ui.note(&format!("{}: an interrupted rewrap was brought to its end", self.name));
        Ok(())
    }

    /// Takes away a journal that has proven not to be this file's.
    pub(super) fn disregard(&self, ui: &Ui) -> Result<(), Fault> {
        let fate = if self.is_dry { "would be removed" } else { "is removed" };
        ui.warn(&format!(
            "{}: the journal beside it holds no header of this file, and {fate}",
            self.name
        ));
        if self.is_dry {
            return Ok(());
        }
        journal::discard(&self.real).map_err(|error| cannot("remove the journal of", &self.name, &error))
    }
}

/// Everybody who may read a file may lock it, so a person is told what is waited for.
fn lock(file: &File, name: &str, ui: &Ui) -> io::Result<()> {
    if flock(file, FlockOperation::NonBlockingLockExclusive).is_ok() {
        return Ok(());
    }
    ui.note(&format!("waiting for another program that has locked {name}…"));
    loop {
        match flock(file, FlockOperation::LockExclusive) {
            Err(Errno::INTR) => {}
            done => return Ok(done?),
        }
    }
}

/// A file with its header read.
pub(super) struct Opened<'h> {
    pub(super) held: &'h Held,
    pub(super) header: Header,
    /// Of the header, in bytes.
    length: u64,
    pub(super) is_armored: bool,
    /// What stands behind the header.
    pub(super) rest: Box<dyn BufRead + Send>,
}

impl<'h> Opened<'h> {
    /// Reads the header, with `front` in the place of the file's first bytes.
    pub(super) fn read(held: &'h Held, front: Vec<u8>) -> anyhow::Result<Self> {
        let mut file = held.file.try_clone()?;
        file.seek(SeekFrom::Start(front.len() as u64))?;
        let source = BufReader::with_capacity(BUFFER, Cursor::new(front).chain(file));
        let mut source = armor::Reader::new(source);
        let header = Header::read(&mut source)?;
        let is_armored = source.is_armored()?;
        let length = header.to_bytes().len() as u64;
        let behind = if is_armored {
            source.fill_buf()?.len() as u64
        } else {
            held.file.metadata()?.len().saturating_sub(length)
        };
        if behind < NONCE_LEN as u64 {
            return Err(format::Error::Header("the file ends right after it").into());
        }
        Ok(Self {
            held,
            header,
            length,
            is_armored,
            rest: Box::new(source),
        })
    }

    /// Whether `front` was all of its header, and the content behind it begins under this header's file key.
    pub(super) fn proves(mut self, front: &[u8], keys: &[&dyn Identity]) -> anyhow::Result<bool> {
        let is_whole = !self.is_armored && self.length == front.len() as u64;
        Ok(is_whole && self.header.decrypt(&mut self.rest, keys)?.fill_buf().is_ok())
    }

    pub(super) fn copied(self, header: &Header) -> Result<(), Fault> {
        let Self { held, mut rest, .. } = self;
        let replacement = held.replacement()?;
        let text = header.to_bytes();
        let written = if self.is_armored {
            let mut writer = armor::Writer::new(BufWriter::with_capacity(BUFFER, &replacement));
            let written = writer.write_all(&text).and_then(|()| pump(&mut rest, &mut writer));
            written.and_then(|()| writer.finish()).map(drop)
        } else {
            let copied = (&replacement).write_all(&text);
            copied.and_then(|()| replacement.append_from(&held.file, self.length))
        };
        written.map_err(|error| Fault::of(&named(error.into(), &held.name)))?;
        replacement.commit()
    }

    /// About how many bytes the content has, as far as it decides on room: armor is written anew in any case.
    pub(super) fn content(&self) -> io::Result<u64> {
        let length = self.held.file.metadata()?.len();
        Ok(if self.is_armored {
            0
        } else {
            length.saturating_sub(self.length)
        })
    }
}

/// The fault of a plain I/O error with the file's name; what says more stays as it is.
pub(super) fn named(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast::<io::Error>() {
        Ok(error) if error.get_ref().is_none() => cannot("write", name, &error).into(),
        Ok(error) => error.into(),
        Err(error) => error,
    }
}
