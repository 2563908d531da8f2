//! The last step of a landing: what is complete in the stage takes its places.

use std::sync::Arc;

use rustix::fs::{Mode, fchmod, fstat, futimens};
use rustix::io::Errno;

use super::existing::{IfExists, taken};
use super::landing::{Fate, Landing};
use super::shown_path;
use crate::cli::fault::Fault;
use crate::cli::output::Existing;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;
use crate::cli::tree::{Tree, narrower, times};
use crate::transfer::{Entry, Kind, Manifest, Member};

/// Makes links, syncs, and moves everything to its place; folders that are there already are gone into.
pub(super) fn everything(landing: &mut Landing) -> Result<(), Fault> {
    if landing.staged.is_none() {
        return Ok(());
    }
    make_links(landing)?;
    settle_folders(landing);
    if landing.offer.len() > 1 {
        let synced = landing.staged.as_ref().map_or(Ok(()), |staged| staged.tree.sync());
        synced.map_err(|error| cannot("write", &shown(&landing.rules.folder), &error.into()))?;
    }
    let moved = move_all(landing)?;
    narrow_folders(landing, &moved);
    // Complete and in place: a folder that cannot be synced leaves nothing that could be undone.
    let _ = rustix::fs::fsync(landing.into.root());
    Ok(())
}

fn make_links(landing: &mut Landing) -> Result<(), Fault> {
    let offer = Arc::clone(&landing.offer);
    for (index, entry) in offer.entries().enumerate() {
        let (Kind::Symlink { target }, Fate::Lands) = (entry.kind, landing.fates[index]) else {
            continue;
        };
        let member = Landing::staged_name(&entry)?;
        let Some(staged) = &mut landing.staged else {
            return Ok(());
        };
        let made = staged.change(|tree| {
            // A broken run may have made it.
            match tree.make_symlink(&member, target, entry.modified) {
                Err(Errno::EXIST) => {
                    tree.remove_file(&member)?;
                    tree.make_symlink(&member, target, entry.modified)
                }
                made => made,
            }
        });
        made.map_err(|error| cannot("write", &shown_path(entry.path), &error.into()))?;
    }
    Ok(())
}

/// Times of folders, innermost first, when nothing is written in them any more. What the file system does not take is no
/// reason to give everything up.
fn settle_folders(landing: &mut Landing) {
    let Some(staged) = &mut landing.staged else { return };
    for_folders(&landing.offer, &landing.fates, |entry| {
        let member = Landing::staged_name(entry).ok()?;
        let folder = staged.tree.folder(Some(&member)).ok()?;
        futimens(&folder, &times(entry.modified)).ok()
    });
}

/// Modes that their owner cannot work under come last.
fn narrow_folders(landing: &mut Landing, moved: &[bool]) {
    let offer = Arc::clone(&landing.offer);
    let fates: Vec<_> = landing
        .fates
        .iter()
        .copied()
        .zip(moved)
        .map(|(fate, moved)| if *moved { fate } else { Fate::Skipped })
        .collect();
    for_folders(&offer, &fates, |entry| {
        let place = landing.place(entry).ok()?;
        narrow(&mut landing.into, &place, entry.mode.into())
    });
}

fn narrow(tree: &mut Tree, place: &Member, mode: u32) -> Option<()> {
    narrower(mode)?;
    let folder = tree.folder(Some(place)).ok()?;
    let mode = fstat(&folder).ok()?.st_mode & mode & 0o777;
    fchmod(&folder, Mode::from_raw_mode(mode)).ok()
}

fn for_folders(offer: &Manifest, fates: &[Fate], mut act: impl FnMut(&Entry<'_>) -> Option<()>) {
    for index in (0..offer.len()).rev() {
        let entry = offer.entry(index);
        if entry.kind == Kind::Folder && fates[index] == Fate::Lands {
            let _ = act(&entry);
        }
    }
}

/// Moves whole folders where nothing has their names, and else what is in them, one by one: which entries have moved, be it
/// with a folder above them.
fn move_all(landing: &mut Landing) -> Result<Vec<bool>, Fault> {
    let offer = Arc::clone(&landing.offer);
    let mut moved = vec![false; offer.len()];
    let mut inside: Option<Vec<u8>> = None;
    for (index, entry) in offer.entries().enumerate() {
        if inside.as_ref().is_some_and(|folder| entry.path.starts_with(folder)) {
            moved[index] = true;
        } else if landing.fates[index] == Fate::Lands {
            moved[index] = move_one(landing, &entry)?;
            if moved[index] && entry.kind == Kind::Folder {
                inside = Some([entry.path, b"/"].concat());
            }
        }
    }
    Ok(moved)
}

/// Whether the entry has moved; a folder may have to stay because its name is another folder's.
fn move_one(landing: &mut Landing, entry: &Entry<'_>) -> Result<bool, Fault> {
    let (from, place) = (Landing::staged_name(entry)?, landing.place(entry)?);
    let existing = match (landing.rules.existing, entry.kind) {
        (IfExists::Overwrite, Kind::File { .. } | Kind::Stream | Kind::Symlink { .. }) => Existing::Replaced,
        _ => Existing::Stays,
    };
    let Landing {
        staged, into, rules, ..
    } = landing;
    let Some(staged) = staged else { return Ok(false) };
    let is_merged = |error| error == Errno::EXIST && entry.kind == Kind::Folder && rules.existing != IfExists::Fail;
    match staged.change(|tree| tree.move_member(&from, into, &place, existing)) {
        Ok(()) => Ok(true),
        Err(error) if is_merged(error) => Ok(false),
        Err(Errno::EXIST) => Err(taken(&rules.folder, place.as_bytes())),
        Err(error) => Err(cannot("write", &shown_path(entry.path), &error.into())),
    }
}
