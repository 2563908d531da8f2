//! The hidden folder in which an offer is put together, and which a later run may find again.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, FlockOperation, Mode, OFlags, Stat, flock, fstat};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::cli::fault::Fault;
use crate::cli::folder::{names_of, remove_all};
use crate::cli::shown::shown;
use crate::cli::signals::Stage;
use crate::cli::streams::cannot;
use crate::cli::tree::Tree;
use crate::crypto::hash::Blake3;
use crate::encoding::hex;
use crate::transfer::{Entry, Kind, Manifest, Member};

/// What has arrived is kept for a later run from this many bytes on; less is sent again sooner than it is looked for.
pub(super) const WORTH_KEEPING: u64 = 1 << 20;

/// The hidden folder and the tree in it.
pub(super) struct Staged {
    /// What is in it, under the sender's names.
    pub(super) tree: Tree,
    /// Whether an earlier run may have left something in it.
    pub(super) is_found: bool,
    stage: Stage,
}

impl Staged {
    /// Opens it in `folder`: what a broken run of the same offer has left there, or a new one. A stream is never gone on
    /// with, so it gets a name of its own.
    ///
    /// # Errors
    /// When it cannot be created.
    pub(super) fn open(folder: &Path, offer: &Manifest) -> Result<Self, Fault> {
        let failed = |error: std::io::Error| cannot("write", &shown(folder), &error);
        if !offer.is_stream()
            && let Some(found) = Self::resume(folder, &mark(offer)).map_err(failed)?
        {
            return Ok(found);
        }
        Self::around(Stage::create_in(folder).map_err(failed)?).map_err(failed)
    }

    /// `None` when another run works there, or somebody else has the name.
    fn resume(folder: &Path, mark: &str) -> std::io::Result<Option<Self>> {
        let (mut stage, is_found) = Stage::resume_in(folder, mark)?;
        let Ok(folder) = own_folder(stage.path()) else {
            if is_found {
                stage.keep();
            }
            return Ok(None);
        };
        if is_found {
            // Until everything is in place, what an earlier run has kept is not thrown away.
            stage.keep();
        }
        Ok(Some(Self {
            tree: Tree::below(folder),
            is_found,
            stage,
        }))
    }

    fn around(stage: Stage) -> std::io::Result<Self> {
        let tree = Tree::open(stage.path())?;
        Ok(Self {
            tree,
            is_found: false,
            stage,
        })
    }

    /// Leaves of what an earlier run has kept only what this offer has too, as the same kind of thing and no more open to
    /// others: whatever is in here is moved into place with its folder.
    ///
    /// # Errors
    /// When it cannot be looked through, or something cannot be removed.
    pub(super) fn prune(&mut self, offer: &Manifest) -> io::Result<()> {
        let offered: BTreeMap<&[u8], Entry<'_>> = offer.entries().map(|entry| (entry.path, entry)).collect();
        let mut folders = vec![None];
        while let Some(folder) = folders.pop() {
            for name in names_of(&*self.tree.folder(folder.as_ref())?)? {
                let member = match &folder {
                    Some(folder) => folder.join(name.as_bytes()),
                    None => Member::plain(name.as_bytes()),
                };
                let member = member.map_err(io::Error::other)?;
                match (self.tree.found(&member)?, offered.get(member.as_bytes())) {
                    (Some(found), Some(entry)) if is_of(&found, entry) => {
                        folders.extend((entry.kind == Kind::Folder).then_some(Some(member)));
                    }
                    _ => remove_all(&self.stage.path().join(OsStr::from_bytes(member.as_bytes())))?,
                }
            }
        }
        Ok(())
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.stage.path().to_owned()
    }

    /// From now on it outlives this run.
    pub(super) fn keep(&mut self) {
        self.stage.keep();
    }

    /// Changes names in it, as [`Stage::change`] has it.
    ///
    /// # Errors
    /// Those of `change`.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Tree) -> rustix::io::Result<T>,
    ) -> rustix::io::Result<T> {
        let Self { tree, stage, .. } = self;
        stage.change(|| change(tree))
    }

    /// All that is worth keeping has left it.
    pub(super) fn discard(self) {
        let path = self.path();
        drop(self);
        let _ = remove_all(&path);
    }
}

/// Whether what is there may become what is offered.
fn is_of(found: &Stat, entry: &Entry<'_>) -> bool {
    let (kind, more) = match entry.kind {
        Kind::File { .. } => (FileType::RegularFile, 0o600),
        Kind::Folder => (FileType::Directory, 0o700),
        Kind::Symlink { .. } | Kind::Stream => return false,
    };
    let is_wider = found.st_mode & 0o7777 & !(u32::from(entry.mode) | more) != 0;
    FileType::from_raw_mode(found.st_mode) == kind && !is_wider
}

/// The folder, if it is this user's alone and no other run's. The lock is held as long as it is open.
fn own_folder(path: &Path) -> rustix::io::Result<OwnedFd> {
    let how = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = rustix::fs::open(path, how, Mode::empty())?;
    let found = fstat(&folder)?;
    if found.st_uid != geteuid().as_raw() || found.st_mode & 0o077 != 0 {
        return Err(Errno::PERM);
    }
    flock(&folder, FlockOperation::NonBlockingLockExclusive)?;
    Ok(folder)
}

/// Tells offers apart by their outermost names: a tree that has changed since goes on where its parts have not.
fn mark(offer: &Manifest) -> String {
    let mut hash = Blake3::default();
    let mut top = None;
    for member in offer.entries().filter_map(|entry| entry.member()) {
        if top.as_deref() != Some(member.top()) {
            hash.update(member.top());
            hash.update(b"/");
            top = Some(member.top().to_vec());
        }
    }
    hex::encode(&hash.finish()[..8])
}
