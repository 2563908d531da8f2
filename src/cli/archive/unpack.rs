//! From the stream to the disk: everything goes into a hidden folder, and takes its place when all of it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::reader::{Entry, Kind, Reader, malformed, refused};
use super::{Counts, Remembered};
use crate::cli::fault::Fault;
use crate::cli::output::{Existing, taken};
use crate::cli::shown::shown;
use crate::cli::signals::Stage;
use crate::cli::streams::{BUFFER, cannot};
use crate::cli::tree::{Tree, narrower, settle};
use crate::transfer::{Member, Modified};

/// An archive that has been restored into a hidden folder. Dropped without [`Unpacked::commit`], it leaves nothing.
pub struct Unpacked {
    staged: Tree,
    stage: Stage,
    into: Tree,
    path: PathBuf,
    /// What the archive says of each folder; the ones that it only implies stay their owner's alone.
    folders: BTreeMap<Member, Option<(u32, Modified)>>,
    tops: BTreeSet<Vec<u8>>,
    counts: Counts,
}

/// Restores the archive `source` beside its final place in the folder `into`, and reads `source` to its end.
///
/// The caller says that all of `source` is authentic by calling [`Unpacked::commit`].
///
/// # Errors
/// A fault of kind `archive` when the archive is malformed or would reach outside of what it brings; of kind `exists`
/// when an outermost name is taken; what `source` gives; and when the disk does not take it.
pub fn unpack(source: &mut dyn Read, into: &Path) -> anyhow::Result<Unpacked> {
    let mut unpacking = Unpacking::start(into)?;
    let mut reader = Reader::new(source);
    while let Some(entry) = reader.next()? {
        unpacking.restore(&entry, &mut reader)?;
    }
    unpacking.finish()
}

struct Unpacking {
    done: Unpacked,
    /// Outermost names that links lead to.
    followed: BTreeSet<Vec<u8>>,
    remembered: Remembered,
    buffer: Vec<u8>,
}

impl Unpacking {
    fn start(into: &Path) -> anyhow::Result<Self> {
        let failed = |error: io::Error| cannot("write", &shown(into), &error);
        let target = Tree::open(into).map_err(|error| failed(error.into()))?;
        let stage = Stage::create_in(into).map_err(failed)?;
        let done = Unpacked {
            staged: Tree::open(stage.path()).map_err(|error| failed(error.into()))?,
            stage,
            into: target,
            path: into.to_owned(),
            folders: BTreeMap::new(),
            tops: BTreeSet::new(),
            counts: Counts::default(),
        };
        Ok(Self {
            done,
            followed: BTreeSet::new(),
            remembered: Remembered::default(),
            buffer: vec![0; BUFFER],
        })
    }

    fn restore(&mut self, entry: &Entry, contents: &mut impl Read) -> anyhow::Result<()> {
        let refuse = |why| refused(&entry.name, why);
        let Some(member) = Member::parse(&entry.name).map_err(refuse)? else {
            // The folder that is restored into is the user's: it keeps its own mode.
            let is_folder = entry.kind == Kind::Folder;
            return is_folder.then_some(()).ok_or_else(|| refuse("it has no name").into());
        };
        if entry.kind != Kind::Folder && entry.name.ends_with(b"/") {
            return Err(refuse("it is named like a folder").into());
        }
        self.make_way(&member)?;
        match entry.kind {
            Kind::Folder => self.folder(member, entry),
            Kind::File => self.file(&member, entry, contents),
            Kind::Symlink => self.symlink(&member, entry),
            Kind::HardLink => self.hard_link(&member, entry),
        }
    }

    /// Sees that the outermost name is free, and that the folders above are there.
    fn make_way(&mut self, member: &Member) -> anyhow::Result<()> {
        if !self.done.tops.contains(member.top()) {
            self.remember(member.top())?;
            self.done.refuse_taken(OsStr::from_bytes(member.top()))?;
            self.done.tops.insert(member.top().to_vec());
        }
        let mut missing = Vec::new();
        let mut above = member.split().0;
        while let Some(folder) = above.filter(|folder| !self.done.folders.contains_key(folder)) {
            above = folder.split().0;
            missing.push(folder);
        }
        missing.into_iter().rev().try_for_each(|folder| {
            self.make_folder(&folder)?;
            self.remember(folder.as_bytes())?;
            self.done.folders.insert(folder, None);
            Ok(())
        })
    }

    fn remember(&mut self, name: &[u8]) -> Result<(), Fault> {
        let fits = self.remembered.add(name);
        fits.then_some(())
            .ok_or_else(|| malformed("the names of its folders take more than 64 MiB"))
    }

    fn make_folder(&mut self, folder: &Member) -> Result<(), Fault> {
        let Unpacked { stage, staged, .. } = &mut self.done;
        stage
            .change(|| staged.make_folder(folder))
            .map_err(|error| blame(folder, error))
    }

    fn folder(&mut self, member: Member, entry: &Entry) -> anyhow::Result<()> {
        match self.done.folders.get(&member) {
            Some(Some(_)) => return Err(blame(&member, Errno::EXIST).into()),
            Some(None) => {}
            None => {
                self.make_folder(&member)?;
                self.remember(member.as_bytes())?;
            }
        }
        self.done.counts.folders += 1;
        self.done.folders.insert(member, Some((entry.mode, entry.modified)));
        Ok(())
    }

    fn file(&mut self, member: &Member, entry: &Entry, contents: &mut impl Read) -> anyhow::Result<()> {
        let Unpacked { stage, staged, .. } = &mut self.done;
        let mut file = stage
            .change(|| staged.make_file(member))
            .map_err(|error| blame(member, error))?;
        let failed = |error: io::Error| cannot("write", &shown(OsStr::from_bytes(member.as_bytes())), &error);
        loop {
            let read = contents.read(&mut self.buffer)?;
            if read == 0 {
                break;
            }
            file.write_all(&self.buffer[..read]).map_err(failed)?;
        }
        settle(&file, entry.mode, entry.modified).map_err(failed)?;
        self.done.counts.files += 1;
        self.done.counts.bytes += entry.size;
        Ok(())
    }

    fn symlink(&mut self, member: &Member, entry: &Entry) -> anyhow::Result<()> {
        let top = member.follow(&entry.target).map_err(|why| refused(&entry.name, why))?;
        if !self.followed.contains(&top) {
            self.remember(&top)?;
            self.followed.insert(top);
        }
        let Unpacked { stage, staged, .. } = &mut self.done;
        stage
            .change(|| staged.make_symlink(member, &entry.target, entry.modified))
            .map_err(|error| blame(member, error))?;
        self.done.counts.links += 1;
        Ok(())
    }

    fn hard_link(&mut self, member: &Member, entry: &Entry) -> anyhow::Result<()> {
        let refuse = || refused(&entry.name, "it is a second name of no file before it");
        let old = Member::parse(&entry.target).ok().flatten().ok_or_else(refuse)?;
        let Unpacked { stage, staged, .. } = &mut self.done;
        let is_made = stage
            .change(|| staged.make_hard_link(member, &old))
            .map_err(|error| blame(member, error))?;
        self.done.counts.files += u64::from(is_made);
        is_made.then_some(()).ok_or_else(|| refuse().into())
    }

    /// A link to what the archive does not bring would lead to something else of the user's.
    fn finish(self) -> anyhow::Result<Unpacked> {
        match self.followed.difference(&self.done.tops).next() {
            Some(top) => Err(refused(top, "a link leads there, and the archive does not hold it").into()),
            None => Ok(self.done),
        }
    }
}

impl Unpacked {
    /// What there is.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Puts everything in its place, all or nothing.
    ///
    /// # Errors
    /// When a name is taken by now, or the disk fails.
    pub fn commit(mut self) -> anyhow::Result<Counts> {
        let failed = |error: io::Error| cannot("write", &shown(&self.path), &error);
        // With the owner's rights until all is in place: a folder that may not be written cannot be moved or removed.
        self.staged
            .settle_folders(described(&self.folders), |mode| Some(mode | 0o700))
            .map_err(failed)?;
        self.staged.sync().map_err(|error| failed(error.into()))?;
        self.stage.change(|| self.publish())?;
        // Complete and in its place: what fails from here on leaves nothing that could be undone. Rights to a folder that
        // its owner keeps beyond what the archive says are no harm.
        let _ = self.into.settle_folders(described(&self.folders), narrower);
        let _ = rustix::fs::fsync(self.into.root());
        Ok(self.counts)
    }

    fn publish(&self) -> Result<(), Fault> {
        let mut moved: Vec<&OsStr> = Vec::new();
        for top in &self.tops {
            let top = OsStr::from_bytes(top);
            if let Err(error) = self.staged.move_to(&self.into, top, Existing::Stays) {
                // What cannot be taken back stays complete.
                for moved in moved {
                    let _ = self.into.move_to(&self.staged, moved, Existing::Stays);
                }
                return Err(match error {
                    Errno::EXIST => self.taken(top),
                    error => cannot("write", &shown(self.path.join(top)), &error.into()),
                });
            }
            moved.push(top);
        }
        Ok(())
    }

    fn refuse_taken(&self, top: &OsStr) -> Result<(), Fault> {
        match self.into.has(top) {
            Ok(false) => Ok(()),
            Ok(true) => Err(self.taken(top)),
            Err(error) => Err(cannot("write", &shown(self.path.join(top)), &error.into())),
        }
    }

    fn taken(&self, top: &OsStr) -> Fault {
        taken(&self.path.join(top))
            .because("what an archive holds never takes the place of something else; nothing was restored")
            .hint("restore into another folder, or move this one away")
    }
}

/// The folders of which the archive says something, outermost first.
fn described(
    folders: &BTreeMap<Member, Option<(u32, Modified)>>,
) -> impl DoubleEndedIterator<Item = (Member, u32, Modified)> {
    folders
        .iter()
        .filter_map(|(member, described)| described.map(|(mode, modified)| (member.clone(), mode, modified)))
}

/// The stage was empty and is ours, so what stands in the way there was brought by the archive.
fn blame(member: &Member, error: Errno) -> Fault {
    match error {
        Errno::EXIST => refused(member.as_bytes(), "something of this name came before it"),
        error => cannot("write", &shown(OsStr::from_bytes(member.as_bytes())), &error.into()),
    }
}
