//! Files and folders below one folder, reached by descriptors: no step follows a link, so none leads outside.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, RenameFlags, Timespec, Timestamps, UTIME_OMIT, linkat, mkdirat, openat, renameat,
    renameat_with, statat, symlinkat, utimensat,
};
use rustix::io::{Errno, Result};

use super::Modified;
use super::member::Member;

/// The folder, and the one below it that was used last, which is likely to be the next one too.
pub(super) struct Tree {
    root: Arc<OwnedFd>,
    last: Option<(Member, Arc<OwnedFd>)>,
}

impl Tree {
    /// The tree below the folder `path`.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let root = openat(
            rustix::fs::CWD,
            path,
            OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        Ok(Self {
            root: Arc::new(root),
            last: None,
        })
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &OwnedFd {
        &self.root
    }

    /// A folder in it; `None` is the folder itself.
    pub(super) fn folder(&mut self, folder: Option<&Member>) -> Result<Arc<OwnedFd>> {
        let Some(member) = folder else {
            return Ok(Arc::clone(&self.root));
        };
        if let Some((last, opened)) = &self.last
            && last == member
        {
            return Ok(Arc::clone(opened));
        }
        let mut opened = Arc::clone(&self.root);
        for component in member.components() {
            opened = Arc::new(open_folder(&*opened, OsStr::from_bytes(component))?);
        }
        self.last = Some((member.clone(), Arc::clone(&opened)));
        Ok(opened)
    }

    /// A new folder, its owner's alone.
    pub(super) fn make_folder(&mut self, member: &Member) -> Result<()> {
        let (above, name) = member.split();
        mkdirat(&*self.folder(above.as_ref())?, name, Mode::RWXU)
    }

    /// A new file, its owner's alone.
    pub(super) fn make_file(&mut self, member: &Member) -> Result<File> {
        let (above, name) = member.split();
        let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(&*self.folder(above.as_ref())?, name, how, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// A new symbolic link.
    pub(super) fn make_symlink(&mut self, member: &Member, target: &[u8], modified: Modified) -> Result<()> {
        let (above, name) = member.split();
        let above = self.folder(above.as_ref())?;
        symlinkat(target, &*above, name)?;
        utimensat(&*above, name, &times(modified), AtFlags::SYMLINK_NOFOLLOW)
    }

    /// A second name for the file `old`; whether that is a regular file that is there.
    pub(super) fn make_hard_link(&mut self, member: &Member, old: &Member) -> Result<bool> {
        let (old_above, old_name) = old.split();
        let old_above = match self.folder(old_above.as_ref()) {
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(false),
            folder => folder?,
        };
        match statat(&*old_above, old_name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if FileType::from_raw_mode(found.st_mode) == FileType::RegularFile => {}
            Ok(_) | Err(Errno::NOENT) => return Ok(false),
            Err(error) => return Err(error),
        }
        let (above, name) = member.split();
        linkat(
            &*old_above,
            old_name,
            &*self.folder(above.as_ref())?,
            name,
            AtFlags::empty(),
        )?;
        Ok(true)
    }

    /// Whether the folder itself has something of this name.
    pub(super) fn has(&self, top: &OsStr) -> Result<bool> {
        match statat(&*self.root, top, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Moves `top` to where nothing has its name.
    pub(super) fn move_to(&self, other: &Self, top: &OsStr) -> Result<()> {
        match renameat_with(&*self.root, top, &*other.root, top, RenameFlags::NOREPLACE) {
            // Some file systems cannot promise it. The check leaves a gap that only this user's own programs can hit.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                if other.has(top)? {
                    return Err(Errno::EXIST);
                }
                renameat(&*self.root, top, &*other.root, top)
            }
            moved => moved,
        }
    }

    /// Brings everything to the disk.
    pub(super) fn sync(&self) -> Result<()> {
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&*self.root)?;
        #[cfg(not(target_os = "linux"))]
        rustix::fs::sync();
        Ok(())
    }
}

/// The folder `name` in `above`, and nothing behind a link.
pub(super) fn open_folder(above: impl std::os::fd::AsFd, name: &OsStr) -> Result<OwnedFd> {
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(above, name, how, Mode::empty())
}

/// For `futimens`: the time of the last access stays.
pub(super) fn times(modified: Modified) -> Timestamps {
    Timestamps {
        last_access: Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT,
        },
        last_modification: Timespec {
            tv_sec: modified.seconds,
            tv_nsec: modified.nanoseconds.into(),
        },
    }
}
