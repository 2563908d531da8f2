//! What a folder holds, to be compared.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use keypact::cli::archive::{Packed, pack, unpack};
use keypact::cli::fault::Fault;

/// Everything that an archive keeps of one file, folder or link.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    pub(crate) path: PathBuf,
    pub(crate) mode: u32,
    pub(crate) modified: (i64, i64),
    /// Of a file, or where a link leads; nothing of a folder.
    pub(crate) contents: Option<Vec<u8>>,
}

/// What is below `folder`, in the order of the paths.
pub(crate) fn nodes(folder: &Path) -> Vec<Node> {
    let mut nodes = Vec::new();
    walk(folder, folder, &mut nodes);
    nodes.sort();
    nodes
}

fn walk(root: &Path, folder: &Path, nodes: &mut Vec<Node>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        let contents = if metadata.is_symlink() {
            Some(fs::read_link(&path).unwrap().into_os_string().into_vec())
        } else {
            metadata.is_file().then(|| fs::read(&path).unwrap())
        };
        nodes.push(Node {
            path: path.strip_prefix(root).unwrap().to_owned(),
            mode: metadata.mode() & 0o7777,
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            contents,
        });
        if metadata.is_dir() {
            walk(root, &path, nodes);
        }
    }
}

/// The names in a folder.
pub(crate) fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    names
}

/// An archive of `paths`.
pub(crate) fn packed(paths: &[PathBuf]) -> (Vec<u8>, Packed) {
    let mut archive = Vec::new();
    let packed = pack(paths, &mut archive, &[]).unwrap();
    (archive, packed)
}

/// Restores `archive` into `folder`.
pub(crate) fn restore(archive: &[u8], folder: &Path) -> Result<keypact::cli::archive::Counts, Fault> {
    let unpacked = unpack(&mut &archive[..], folder).and_then(keypact::cli::archive::Unpacked::commit);
    unpacked.map_err(|error| Fault::of(&error))
}

/// Sets permission bits.
pub(crate) fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Makes every folder writable again, so that it can be removed by whoever is not root.
pub(crate) fn unlock(folder: &Path) {
    unlock_where(folder, &|_| true);
}

/// The same for every folder below `folder` that is `chosen`, and for what those hold.
pub(crate) fn unlock_where(folder: &Path, chosen: &dyn Fn(&Path) -> bool) {
    if chosen(folder) {
        chmod(folder, 0o700);
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() {
            unlock_where(&path, chosen);
        }
    }
}
