//! A file that takes the place of another one when it is complete, and shares with it what both have in common.

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Gid, Uid, copy_file_range, fchown};

use crate::cli::fault::Fault;
use crate::cli::output::{folder_of, sync_folders};
use crate::cli::shown::shown;
use crate::cli::signals::Partial;
use crate::cli::streams::{BUFFER, cannot};
use crate::format::room::BLOCK;

/// The new file. Dropped without [`Replacement::commit`], it never appears.
pub struct Replacement {
    partial: Partial,
    target: PathBuf,
}

impl Replacement {
    /// Begins an empty file for the place of the one at `target`, with its mode, and its owner where the system allows.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn of(target: &Path, replaced: &Metadata) -> io::Result<Self> {
        let mode = replaced.permissions().mode() & 0o777;
        let partial = Partial::create_in(folder_of(target), mode)?;
        let (owner, group) = (Uid::from_raw(replaced.uid()), Gid::from_raw(replaced.gid()));
        let _ = fchown(partial.file(), Some(owner), Some(group));
        partial.file().set_permissions(Permissions::from_mode(mode))?;
        Ok(Self {
            partial,
            target: target.to_owned(),
        })
    }

    /// Writes what `source` holds from `start` on to the end of this file: the blocks themselves are shared where the
    /// file system can and both files have the rest at the same place of a block.
    ///
    /// # Errors
    /// What reading and writing give.
    pub fn append_from(&self, mut source: &File, start: u64) -> io::Result<()> {
        let mut file = self.partial.file();
        source.seek(SeekFrom::Start(start))?;
        let to_block = BLOCK as u64 - start % BLOCK as u64;
        pour(&mut source.take(to_block), &mut file)?;
        // Whatever keeps the system from copying is told by the ordinary way, which then meets it too.
        while copy_file_range(source, None, file, None, 1 << 30).is_ok_and(|copied| copied > 0) {}
        pour(&mut source, &mut file)
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// When it did not reach the disk; then the old file stays.
    pub fn commit(self) -> Result<(), Fault> {
        let Self { partial, target } = self;
        let synced = partial.file().sync_all().and_then(|()| partial.replace(&target));
        synced.map_err(|error| cannot("write", &shown(&target), &error))?;
        sync_folders([folder_of(&target).to_owned()]);
        Ok(())
    }
}

impl Write for &Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.partial.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn pour(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => to.write_all(&buffer[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_rest_comes_along_from_any_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let old: Vec<u8> = (0..=250).cycle().take(3 * BLOCK + 17).collect();
        for start in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17] {
            fs::write(&path, &old).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
            let source = File::open(&path).unwrap();
            let replacement = Replacement::of(&path, &source.metadata().unwrap()).unwrap();
            (&replacement).write_all(b"new").unwrap();
            replacement.append_from(&source, start as u64).unwrap();
            assert_eq!(fs::read(&path).unwrap(), old);
            replacement.commit().unwrap();
            assert_eq!(fs::read(&path).unwrap(), [b"new", &old[start..]].concat());
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        }
    }
}
