//! Where an offer lands: everything goes into a hidden folder, and takes its place when all of it is there.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IoSlice, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{Mode, OFlags, futimens};

use super::consent::is_one_file;
use super::existing::{IfExists, Renamed};
use super::offer::Symlinks;
use super::stage::{Staged, WORTH_KEEPING};
use super::{Consent, Limits, carried, publish, shown_path};
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;
use crate::cli::tree::{Tree, times};
use crate::crypto::hash::Blake3;
use crate::transfer::{self, Choices, Hash, Kind, Manifest, Member, Query, Soundness};

/// What was said of it on the command line.
#[derive(Clone)]
pub struct Rules {
    /// The folder.
    pub folder: PathBuf,
    /// The name of the only thing that may come, in place of the sender's.
    pub name: Option<OsString>,
    /// What becomes of names that are taken.
    pub existing: IfExists,
    /// What becomes of links.
    pub symlinks: Symlinks,
    /// What may come.
    pub limits: Limits,
    /// Who agrees.
    pub consent: Arc<Consent>,
}

/// The landing of one offer.
pub struct Landing {
    pub(super) rules: Rules,
    pub(super) offer: Arc<Manifest>,
    pub(super) into: Tree,
    pub(super) staged: Option<Staged>,
    pub(super) renamed: Renamed,
    /// What becomes of each entry.
    pub(super) fates: Vec<Fate>,
    /// What the queries are compared with, in their order.
    pub(super) asked: Vec<(usize, Own)>,
    /// Hashes of the parts that are gone on with, by the number of the entry.
    pub(super) parts: BTreeMap<usize, (u64, Blake3)>,
    current: Option<(usize, File)>,
    arrived: u64,
    traces: Traces,
}

/// What a landing has left on the disk, for whoever holds this when the landing is gone.
#[derive(Clone, Default)]
pub struct Traces(Arc<Mutex<Left>>);

#[derive(Default)]
struct Left {
    is_kept: bool,
    placed: Vec<PathBuf>,
}

impl Traces {
    /// Whether there is something for a later run to go on with.
    pub fn is_kept(&self) -> bool {
        self.left().is_kept
    }

    /// What is outermost of what was received, where it is.
    pub fn placed(&self) -> Vec<PathBuf> {
        self.left().placed.clone()
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What becomes of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is not wanted, or its name is taken.
    Skipped,
    /// It goes into the stage, and from there to its place.
    Lands,
    /// The same is in its place already.
    Here,
}

/// A file of ours that may be the beginning of one that is offered, or all of it.
pub(super) enum Own {
    Placed(Member),
    Staged(Member),
}

impl Landing {
    /// Opens the folder.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn new(rules: Rules, traces: Traces) -> Result<Self, Fault> {
        let into = Tree::open(&rules.folder).map_err(|error| cannot("open", &shown(&rules.folder), &error.into()))?;
        Ok(Self {
            rules,
            offer: Arc::default(),
            into,
            staged: None,
            renamed: Renamed::default(),
            fates: Vec::new(),
            asked: Vec::new(),
            parts: BTreeMap::new(),
            current: None,
            arrived: 0,
            traces,
        })
    }

    /// The folders of what lands, so that contents can come in any of them.
    pub(super) fn make_folders(&mut self) -> Result<(), Fault> {
        let offer = Arc::clone(&self.offer);
        let Some(staged) = &mut self.staged else { return Ok(()) };
        for (index, entry) in offer.entries().enumerate() {
            if entry.kind != Kind::Folder || self.fates[index] == Fate::Skipped {
                continue;
            }
            let member = Self::staged_name(&entry)?;
            let mode = Mode::from_raw_mode(u32::from(entry.mode) | 0o700);
            match staged.change(|tree| tree.make_folder_of(&member, mode)) {
                // A broken run has made it, or the ones above it are such.
                Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(cannot("write", &shown_path(entry.path), &error.into())),
            }
        }
        Ok(())
    }

    pub(super) fn count_arrived(&mut self, bytes: u64) {
        let before = self.arrived;
        self.arrived += bytes;
        let can_go_on = !self.offer.is_stream();
        if can_go_on && before < WORTH_KEEPING && self.arrived >= WORTH_KEEPING {
            self.staged.iter_mut().for_each(Staged::keep);
            self.traces.left().is_kept = true;
        }
    }

    fn start(&mut self, index: usize) -> Result<(File, Blake3), Fault> {
        let offer = Arc::clone(&self.offer);
        let entry = offer.entry(index);
        let failed = |error: io::Error| cannot("write", &shown_path(entry.path), &error);
        let member = Self::staged_name(&entry)?;
        let staged = self
            .staged
            .as_mut()
            .ok_or_else(|| refused("nothing of it was accepted"))?;
        if let Some((length, hash)) = self.parts.remove(&index) {
            let opened = staged.tree.open_file(&member, OFlags::WRONLY);
            let mut file = opened.map_err(|error| failed(error.into()))?;
            file.set_len(length).map_err(failed)?;
            file.seek(SeekFrom::Start(length)).map_err(failed)?;
            return Ok((file, hash));
        }
        let bits = Mode::from_raw_mode(u32::from(entry.mode) | 0o600);
        let file = match staged.change(|tree| tree.make_file_of(&member, bits)) {
            // What a broken run has left is not the beginning of this.
            Err(rustix::io::Errno::EXIST) => staged.change(|tree| {
                tree.remove_file(&member)?;
                tree.make_file_of(&member, bits)
            }),
            file => file,
        };
        Ok((file.map_err(|error| failed(error.into()))?, Blake3::default()))
    }

    /// What is outermost and was received, or was there already.
    fn placed(&self) -> Vec<PathBuf> {
        let tops = self
            .offer
            .entries()
            .enumerate()
            .filter(|(_, entry)| !entry.path.contains(&b'/'));
        let received = tops.filter(|(index, _)| self.fates.get(*index).is_some_and(|fate| *fate != Fate::Skipped));
        let places = received.filter_map(|(_, entry)| self.place(&entry).ok());
        places
            .map(|place| self.rules.folder.join(OsStr::from_bytes(place.as_bytes())))
            .collect()
    }

    fn write_error(&self, index: usize, error: &io::Error) -> io::Error {
        carried(cannot("write", &shown_path(self.offer.entry(index).path), error))
    }
}

impl transfer::Landing for Landing {
    fn consider(&mut self, offer: &Arc<Manifest>) -> io::Result<Vec<Query>> {
        self.offer = Arc::clone(offer);
        self.look().map_err(carried)
    }

    fn decide(&mut self, answers: &[Hash]) -> io::Result<Choices> {
        self.choose(answers).map_err(carried)
    }

    fn begin(&mut self, entry: usize) -> io::Result<Blake3> {
        let (file, hash) = self.start(entry).map_err(carried)?;
        self.current = Some((entry, file));
        Ok(hash)
    }

    fn write(&mut self, mut pieces: &mut [IoSlice<'_>]) -> io::Result<()> {
        let Some((index, file)) = &mut self.current else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let (index, mut count) = (*index, 0);
        while !pieces.is_empty() {
            match file.write_vectored(pieces) {
                Ok(0) => return Err(self.write_error(index, &io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    count += written as u64;
                    IoSlice::advance_slices(&mut pieces, written);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.write_error(index, &error)),
            }
        }
        self.count_arrived(count);
        match self.rules.limits.most_bytes {
            Some(most) if self.arrived > most => Err(carried(super::consent::too_much(most))),
            _ => Ok(()),
        }
    }

    fn end(&mut self, soundness: Soundness) -> io::Result<()> {
        let Some((index, file)) = self.current.take() else {
            return Ok(());
        };
        let offer = Arc::clone(&self.offer);
        let entry = offer.entry(index);
        if soundness == Soundness::Spoilt {
            let member = Self::staged_name(&entry).map_err(carried)?;
            if let Some(staged) = &mut self.staged {
                let _ = staged.change(|tree| tree.remove_file(&member));
            }
            return Ok(());
        }
        if entry.kind != Kind::Stream {
            futimens(&file, &times(entry.modified)).map_err(|error| self.write_error(index, &error.into()))?;
        }
        if is_one_file(&offer) {
            file.sync_all().map_err(|error| self.write_error(index, &error))?;
        }
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> io::Result<()> {
        publish::everything(&mut self).map_err(carried)?;
        if let Some(staged) = self.staged.take() {
            staged.discard();
        }
        let placed = self.placed();
        let mut left = self.traces.left();
        left.is_kept = false;
        left.placed = placed;
        Ok(())
    }
}

pub(super) fn refused(what: impl Into<String>) -> Fault {
    Fault::failure(what).of_kind("refused")
}
