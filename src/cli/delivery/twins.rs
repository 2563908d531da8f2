//! Names that the receiver's file system takes for one, though the sender's has told them apart.

use std::collections::BTreeMap;

use rustix::io::Errno;
use unicode_normalization::UnicodeNormalization;

use super::stage::Staged;
use super::{landing::refused, shown_path};
use crate::cli::fault::Fault;
use crate::transfer::{Manifest, Member};

/// Before a name that is tried out, so that it is no name of the offer.
const TRIAL: &[u8] = b".twin-";

/// Refuses an offer in which two names would be one here. Names that differ in case or composition alone are tried out in
/// the stage: the file system itself says whether it tells them apart.
pub(super) fn refuse(staged: &mut Staged, offer: &Manifest) -> Result<(), Fault> {
    let mut folded: BTreeMap<[u8; 16], usize> = BTreeMap::new();
    for (index, entry) in offer.entries().enumerate() {
        let Some(first) = folded.insert(key(entry.path), index) else {
            continue;
        };
        let paths = [offer.entry(first).path, entry.path];
        if is_one(staged, paths).unwrap_or(true) {
            let [first, second] = paths.map(shown_path);
            return Err(refused(format!("{first} and {second} would be one file here"))
                .because("the file system does not tell their names apart")
                .hint("receive into a folder on another file system, or one of them at a time with --only"));
        }
    }
    Ok(())
}

/// Whether a folder of the one's last name is there under the other's.
fn is_one(staged: &mut Staged, paths: [&[u8]; 2]) -> Result<bool, Errno> {
    let [first, second] = paths.map(|path| path.rsplit(|byte| *byte == b'/').next().unwrap_or_default());
    if first == second {
        // Their folders differ, and have been tried out before.
        return Ok(false);
    }
    let member = |name: &[u8]| Member::plain(&[TRIAL, name].concat()).map_err(|_| Errno::NAMETOOLONG);
    let (first, second) = (member(first)?, member(second)?);
    staged.change(|tree| {
        let _ = tree.remove_file(&first);
        tree.make_file(&first)?;
        let found = tree.found(&second);
        tree.remove_file(&first)?;
        Ok(found?.is_some())
    })
}

/// The same for names that some file system takes for one: without case, and decomposed.
fn key(path: &[u8]) -> [u8; 16] {
    let text = String::from_utf8_lossy(path);
    let folded: String = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        let composed: String = text.nfkd().collect();
        composed.to_uppercase().to_lowercase().nfkd().collect()
    };
    let mut hash = crate::crypto::hash::Blake3::default();
    hash.update(folded.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hash.finish()[..16]);
    key
}
