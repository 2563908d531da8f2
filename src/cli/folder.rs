//! What a folder holds. `std::fs::ReadDir` would panic when the system cannot close it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::Dir;

/// The names in the folder `path`, in order.
///
/// # Errors
/// When it cannot be read.
pub(super) fn names_in(path: &Path) -> io::Result<Vec<OsString>> {
    Ok(names(Dir::new(File::open(path)?)?)?)
}

/// Removes a file, or a folder of this user's alone with all that is in it.
///
/// # Errors
/// When something stays.
pub(super) fn remove_all(path: &Path) -> io::Result<()> {
    if !path.symlink_metadata()?.is_dir() {
        return std::fs::remove_file(path);
    }
    for name in names_in(path)? {
        remove_all(&path.join(name))?;
    }
    std::fs::remove_dir(path)
}

/// The names in a folder that is open, in order.
///
/// # Errors
/// When it cannot be read.
pub(super) fn names_of(folder: impl AsFd) -> rustix::io::Result<Vec<OsString>> {
    names(Dir::read_from(folder)?)
}

fn names(folder: Dir) -> rustix::io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in folder {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name != "." && name != ".." {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}
