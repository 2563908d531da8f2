//! One thing done to many files: which ones, and what becomes of the run when some of them fail.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;
use crate::cli::tally::gravity;
use crate::cli::ui::Ui;
use crate::format::armor::{SNIFF, is_age};

/// A file to work on.
pub enum Item {
    /// One that is named, or found and is an age file.
    File(PathBuf),
    /// A folder that cannot be read, and why.
    Unreadable(PathBuf, Fault),
    /// A file that is found and is no age file.
    Other,
}

/// `named` as it is; with `--recursive`, folders stand for the files in them, whose contents and not whose names tell
/// whether they are age files. Links in folders are not followed.
pub fn items(named: &[PathBuf], is_recursive: bool) -> impl Iterator<Item = Item> {
    let mut waiting: Vec<(PathBuf, Origin)> = named.iter().map(|path| (path.clone(), Origin::Named)).collect();
    waiting.reverse();
    std::iter::from_fn(move || {
        loop {
            let (path, origin) = waiting.pop()?;
            let metadata = match origin {
                Origin::Named => fs::metadata(&path),
                Origin::Found => fs::symlink_metadata(&path),
            };
            match metadata {
                Ok(metadata) if metadata.is_dir() && (is_recursive || origin == Origin::Found) => match inside(&path) {
                    Ok(inside) => waiting.extend(inside.into_iter().map(|path| (path, Origin::Found))),
                    Err(fault) => return Some(Item::Unreadable(path, fault)),
                },
                // Whatever is wrong with a name that was given is told when it is opened.
                _ if origin == Origin::Named => return Some(Item::File(path)),
                Ok(metadata) if metadata.is_file() => return Some(of_contents(path)),
                _ => {}
            }
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Named,
    Found,
}

/// In reverse order, to be taken from the end.
fn inside(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.map_err(|error| cannot("read", &shown(folder), &error))?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort_by(|a, b| b.cmp(a));
    Ok(paths)
}

fn of_contents(path: PathBuf) -> Item {
    let mut front = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(SNIFF as u64).read_to_end(&mut front));
    match read {
        Err(error) => {
            let fault = cannot("read", &shown(&path), &error);
            Item::Unreadable(path, fault)
        }
        Ok(_) if is_age(&front) && !is_unfinished(&path) => Item::File(path),
        Ok(_) => Item::Other,
    }
}

/// Whether it is a file that a run of keypact is writing.
fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.starts_with(b".keypact-") && name.ends_with(b".part")
}

/// What is told in JSON of a file that failed.
pub fn failure(path: &Path, fault: &Fault) -> serde_json::Value {
    serde_json::json!({"file": shown(path), "fault": fault.to_json()})
}

/// The failures of a run over many files: each is told when it happens and stops no other, and the gravest one
/// decides how the run ends. The failure of the only file is the run's.
pub struct Batch<'u> {
    ui: &'u Ui,
    is_only_one: bool,
    count: usize,
    failures: usize,
    gravest: Option<Fault>,
}

impl<'u> Batch<'u> {
    /// Of a run that may touch `many` files or names only one.
    pub fn new(named: &[PathBuf], is_recursive: bool, ui: &'u Ui) -> Self {
        Self {
            ui,
            is_only_one: named.len() == 1 && !is_recursive,
            count: 0,
            failures: 0,
            gravest: None,
        }
    }

    /// Counts one file, and the fault that it ended with.
    pub fn count(&mut self, path: &Path, outcome: anyhow::Result<()>) -> Option<Fault> {
        self.count += 1;
        let mut fault = Fault::of(&outcome.err()?);
        self.failures += 1;
        if !self.is_only_one {
            let name = shown(path);
            if !fault.what.contains(&name) {
                fault.what = format!("{name}: {}", fault.what);
            }
            self.ui.fault(&fault);
        }
        if self
            .gravest
            .as_ref()
            .is_none_or(|gravest| gravity(&fault) > gravity(gravest))
        {
            self.gravest = Some(fault.clone());
        }
        Some(fault)
    }

    /// The end of the run.
    ///
    /// # Errors
    /// When a file failed: with the status and the kind of the gravest failure.
    pub fn finish(self) -> Result<(), Fault> {
        match self.gravest {
            None => Ok(()),
            Some(only) if self.is_only_one => Err(only),
            Some(gravest) => {
                let what = format!("{} of {} files failed", self.failures, self.count);
                Err(Fault::new(gravest.code, gravest.kind, what).because(&gravest.what))
            }
        }
    }
}
