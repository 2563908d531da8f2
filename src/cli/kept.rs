//! Small files of state that are changed whole, by one process at a time: whoever reads one, or comes after a power cut or
//! a full disk, finds the old text or the new one.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::cli::output::folder_of;
use crate::cli::signals::Partial;

/// Keeps other processes from changing the file at `path`, until it is dropped. The lock is a file of its own, because the
/// one at `path` gives way to the next.
///
/// # Errors
/// When it cannot be created.
pub fn lock(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    let lock = options
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path.with_extension("lock"))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    Ok(lock)
}

/// Puts `text` in the place of what the file at `path` held.
///
/// # Errors
/// When it cannot be written; the file is then as it was.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder_of(path);
    let partial = Partial::create_in(folder, 0o600)?;
    partial.file().write_all(text.as_bytes())?;
    partial.file().sync_all()?;
    partial.replace(path)?;
    File::open(folder)?.sync_all()
}
