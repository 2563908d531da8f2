//! Files and folders below one folder, reached by descriptors: no step follows a link, so none leads outside.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, RenameFlags, Stat, Timespec, Timestamps, UTIME_OMIT, fstat, futimens, linkat,
    mkdirat, openat, renameat, renameat_with, statat, symlinkat, unlinkat, utimensat,
};
#[cfg(target_os = "linux")]
use rustix::fs::{ResolveFlags, openat2};
use rustix::io::{Errno, Result};

use crate::cli::output::Existing;
use crate::transfer::{Member, Modified};

/// The folder, and the one below it that was used last, which is likely to be the next one too.
pub struct Tree {
    root: Arc<OwnedFd>,
    last: Option<(Member, Arc<OwnedFd>)>,
}

impl Tree {
    /// The tree below the folder `path`.
    pub fn open(path: &Path) -> Result<Self> {
        let root = openat(
            rustix::fs::CWD,
            path,
            OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        Ok(Self::below(root))
    }

    /// The tree below a folder that is open.
    pub fn below(root: OwnedFd) -> Self {
        Self {
            root: Arc::new(root),
            last: None,
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &OwnedFd {
        &self.root
    }

    /// A folder in it; `None` is the folder itself.
    pub fn folder(&mut self, folder: Option<&Member>) -> Result<Arc<OwnedFd>> {
        let Some(member) = folder else {
            return Ok(Arc::clone(&self.root));
        };
        if let Some((last, opened)) = &self.last
            && last == member
        {
            return Ok(Arc::clone(opened));
        }
        let opened = open_below(&self.root, member)?;
        self.last = Some((member.clone(), Arc::clone(&opened)));
        Ok(opened)
    }

    /// A new folder, its owner's alone.
    pub fn make_folder(&mut self, member: &Member) -> Result<()> {
        self.make_folder_of(member, Mode::RWXU)
    }

    /// A new folder of a mode, less what the umask takes.
    pub fn make_folder_of(&mut self, member: &Member, mode: Mode) -> Result<()> {
        let (above, name) = member.split();
        mkdirat(&*self.folder(above.as_ref())?, name, mode)
    }

    /// A new file, its owner's alone.
    pub fn make_file(&mut self, member: &Member) -> Result<File> {
        self.make_file_of(member, Mode::RUSR | Mode::WUSR)
    }

    /// A new file of a mode, less what the umask takes.
    pub fn make_file_of(&mut self, member: &Member, mode: Mode) -> Result<File> {
        let (above, name) = member.split();
        let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(&*self.folder(above.as_ref())?, name, how, mode)?.into())
    }

    /// A new symbolic link.
    pub fn make_symlink(&mut self, member: &Member, target: &[u8], modified: Modified) -> Result<()> {
        let (above, name) = member.split();
        let above = self.folder(above.as_ref())?;
        symlinkat(target, &*above, name)?;
        utimensat(&*above, name, &times(modified), AtFlags::SYMLINK_NOFOLLOW)
    }

    /// A second name for the file `old`; whether that is a regular file that is there.
    pub fn make_hard_link(&mut self, member: &Member, old: &Member) -> Result<bool> {
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
    pub fn has(&self, top: &OsStr) -> Result<bool> {
        match statat(&*self.root, top, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Moves `top` to the same name in another tree.
    pub fn move_to(&self, other: &Self, top: &OsStr, existing: Existing) -> Result<()> {
        let top = top.as_bytes();
        rename((&self.root, top), (&other.root, top), existing)
    }

    /// Moves a member to a place in another tree whose folder is there.
    pub fn move_member(&mut self, from: &Member, other: &mut Self, to: &Member, existing: Existing) -> Result<()> {
        let (above, name) = from.split();
        let (other_above, other_name) = to.split();
        let (above, other_above) = (self.folder(above.as_ref())?, other.folder(other_above.as_ref())?);
        rename((&above, name), (&other_above, other_name), existing)
    }

    /// What has the name of a member, if anything has; a link stands for itself.
    pub fn found(&mut self, member: &Member) -> Result<Option<Stat>> {
        let (above, name) = member.split();
        match self
            .folder(above.as_ref())
            .and_then(|above| statat(&*above, name, AtFlags::SYMLINK_NOFOLLOW))
        {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a member that is a regular file; what has become something else is not waited for.
    pub fn open_file(&mut self, member: &Member, how: OFlags) -> Result<File> {
        let (above, name) = member.split();
        let how = how | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(openat(&*self.folder(above.as_ref())?, name, how, Mode::empty())?);
        let is_file = fstat(&file).map(|found| FileType::from_raw_mode(found.st_mode) == FileType::RegularFile)?;
        is_file.then_some(file).ok_or(Errno::INVAL)
    }

    /// Removes a member that is no folder.
    pub fn remove_file(&mut self, member: &Member) -> Result<()> {
        let (above, name) = member.split();
        unlinkat(&*self.folder(above.as_ref())?, name, AtFlags::empty())
    }

    /// Gives folders the modes that `mode_of` has for them, and their times, innermost first, since an outer one may lock
    /// them away.
    pub fn settle_folders(
        &mut self,
        folders: impl DoubleEndedIterator<Item = (Member, u32, Modified)>,
        mode_of: impl Fn(u32) -> Option<u32>,
    ) -> io::Result<()> {
        for (member, mode, modified) in folders.rev() {
            if let Some(mode) = mode_of(mode) {
                settle(&File::from(self.folder(Some(&member))?.try_clone()?), mode, modified)?;
            }
        }
        Ok(())
    }

    /// Brings everything to the disk.
    pub fn sync(&self) -> Result<()> {
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&*self.root)?;
        #[cfg(not(target_os = "linux"))]
        rustix::fs::sync();
        Ok(())
    }
}

/// Renames, and replaces only what may be.
fn rename(from: (&OwnedFd, &[u8]), to: (&OwnedFd, &[u8]), existing: Existing) -> Result<()> {
    if existing == Existing::Replaced {
        return renameat(from.0, from.1, to.0, to.1);
    }
    match renameat_with(from.0, from.1, to.0, to.1, RenameFlags::NOREPLACE) {
        // Some file systems cannot promise it. The check leaves a gap that only this user's own programs can hit.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => match statat(to.0, to.1, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Err(Errno::EXIST),
            Err(Errno::NOENT) => renameat(from.0, from.1, to.0, to.1),
            Err(error) => Err(error),
        },
        moved => moved,
    }
}

/// A mode that its owner cannot work under, which a folder gets last.
pub fn narrower(mode: u32) -> Option<u32> {
    (mode & 0o700 != 0o700).then_some(mode)
}

/// Gives a file or folder its mode and its time.
pub fn settle(file: &File, mode: u32, modified: Modified) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(mode))?;
    Ok(futimens(file, &times(modified))?)
}

/// The folder `name` in `above`, and nothing behind a link.
pub fn open_folder(above: impl std::os::fd::AsFd, name: &OsStr) -> Result<OwnedFd> {
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(above, name, how, Mode::empty())
}

/// The folder `member` below `root`: in one step where the kernel keeps the promise itself, else component by component.
fn open_below(root: &Arc<OwnedFd>, member: &Member) -> Result<Arc<OwnedFd>> {
    #[cfg(target_os = "linux")]
    {
        let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let within = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match openat2(root, member.as_bytes(), how, Mode::empty(), within) {
            // Kernels before 5.6, and sandboxes that do not know the call.
            Err(Errno::NOSYS | Errno::PERM) => {}
            opened => return opened.map(Arc::new),
        }
    }
    let mut opened = Arc::clone(root);
    for component in member.components() {
        opened = Arc::new(open_folder(&*opened, OsStr::from_bytes(component))?);
    }
    Ok(opened)
}

/// For `futimens`: the time of the last access stays.
pub fn times(modified: Modified) -> Timestamps {
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
