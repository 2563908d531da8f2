//! Which files a run is about: those that are named, and those in folders; and where the result of each goes.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::cli::fault::Fault;
use crate::cli::folder::names_in;
use crate::cli::journal::is_journal;
use crate::cli::shown::shown;
use crate::cli::signals::is_partial;
use crate::cli::streams::{Claims, Input, cannot, open_as_seen};
use crate::format::armor::{SNIFF, is_age};

/// What encrypted files are called.
const SUFFIX: &str = ".age";

/// What a folder stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Folders {
    /// All files in it, those of its folders too.
    Walked,
    /// Itself, so that it fails in its turn.
    Refused,
}

impl Folders {
    /// As `--recursive` has it.
    pub fn of(is_recursive: bool) -> Self {
        if is_recursive { Self::Walked } else { Self::Refused }
    }
}

/// What becomes of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `a` becomes `a.age`; in folders, files that are encrypted already are passed over.
    Encrypted,
    /// `a.age` becomes `a`; in folders, files that are not encrypted are passed over.
    Decrypted,
    /// There is no other file, whatever the name is; in folders, files that are not encrypted are passed over.
    Kept,
}

/// One file's way.
pub struct Item {
    /// Where it comes from.
    pub input: PathBuf,
    origin: Origin,
    output: Result<Option<PathBuf>, Fault>,
}

/// How a file came to be an input.
#[derive(Clone, Copy)]
enum Origin {
    Named,
    Found,
}

impl Item {
    /// Opens the input.
    ///
    /// # Errors
    /// When it cannot be opened, or was found in a folder and is no regular file any longer.
    pub fn open(&self) -> Result<Input, Fault> {
        match self.origin {
            Origin::Named => Input::open(&self.input, "an input", &mut Claims::default()),
            Origin::Found => Input::open_found(&self.input),
        }
    }

    /// Where it goes, if it goes anywhere.
    ///
    /// # Errors
    /// What was found to be wrong with it before its turn.
    pub fn target(&self) -> Result<Option<&Path>, Fault> {
        self.output.as_ref().map(Option::as_deref).map_err(Clone::clone)
    }
}

/// All files' ways.
pub struct Plan {
    naming: Naming,
    /// In the order of the inputs; those of a folder by name.
    pub items: Vec<Item>,
    /// How many files in folders are not meant, as their contents tell.
    pub others: usize,
    /// What else there is in folders: links, devices, unfinished files of ours.
    pub passed_over: usize,
}

impl Plan {
    /// Finds the files that `named` stand for, and names their results: beside each, or below `base`. What is wrong with
    /// one of them is kept for its turn.
    pub fn new(named: &[PathBuf], folders: Folders, naming: Naming, base: Option<&Path>) -> Self {
        let mut plan = Self {
            naming,
            items: Vec::new(),
            others: 0,
            passed_over: 0,
        };
        for input in named {
            if folders == Folders::Walked && input.is_dir() {
                let below = base.map(|base| base.join(last_name(input).unwrap_or_default()));
                plan.walk(input, below.as_deref());
            } else {
                plan.add(input.clone(), Origin::Named, base);
            }
        }
        plan.refuse_twins();
        plan
    }

    /// Refuses results that are to replace an input: it may not have been read yet.
    pub fn refuse_inputs(&mut self) {
        let inputs: BTreeSet<PathBuf> = self.items.iter().map(|item| item.input.clone()).collect();
        for item in &mut self.items {
            if let Ok(Some(output)) = &item.output
                && inputs.contains(output)
            {
                let what = format!("{} is both a result and an input", shown(output));
                let fault = Fault::failure(what).of_kind("exists");
                item.output = Err(fault.hint("take the two in different runs, or use --output-dir"));
            }
        }
    }

    fn add(&mut self, input: PathBuf, origin: Origin, folder: Option<&Path>) {
        let place = |name: PathBuf| folder.map_or_else(|| input.with_file_name(&name), |folder| folder.join(&name));
        let output = self.naming.apply(&input).map(|name| name.map(place));
        self.items.push(Item { input, origin, output });
    }

    /// Files only, by name, links not followed, each folder's result in a folder of the same name.
    fn walk(&mut self, folder: &Path, below: Option<&Path>) {
        match names_in(folder) {
            Ok(names) => names.iter().for_each(|name| self.meet(folder, name, below)),
            Err(error) => self.fail(folder, cannot("read the folder", &shown(folder), &error)),
        }
    }

    fn meet(&mut self, folder: &Path, name: &OsStr, below: Option<&Path>) {
        let path = folder.join(name);
        match path.symlink_metadata() {
            Ok(_) if is_partial(name) || is_journal(name) => self.passed_over += 1,
            Ok(found) if found.is_dir() => {
                let below = below.map(|below| below.join(name));
                self.walk(&path, below.as_deref());
            }
            Ok(found) if found.is_file() && self.naming.wants(&path) => self.add(path, Origin::Found, below),
            Ok(found) if found.is_file() => self.others += 1,
            Ok(_) => self.passed_over += 1,
            Err(error) => self.fail(&path, cannot("look at", &shown(&path), &error)),
        }
    }

    fn fail(&mut self, input: &Path, fault: Fault) {
        self.items.push(Item {
            input: input.to_owned(),
            origin: Origin::Found,
            output: Err(fault),
        });
    }

    /// Two results of one name would lose one.
    fn refuse_twins(&mut self) {
        let mut taken = BTreeSet::new();
        for item in &mut self.items {
            if let Ok(Some(output)) = &item.output
                && !taken.insert(output.clone())
            {
                let what = format!("{} would be the result of two inputs", shown(output));
                item.output = Err(Fault::failure(what).of_kind("exists").hint("give them different names"));
            }
        }
    }
}

fn last_name(path: &Path) -> Option<&OsStr> {
    path.components().next_back().and_then(|last| match last {
        Component::Normal(name) => Some(name),
        _ => None,
    })
}

impl Naming {
    fn apply(self, input: &Path) -> Result<Option<PathBuf>, Fault> {
        if self == Self::Kept {
            return Ok(None);
        }
        let name = last_name(input).ok_or_else(|| Fault::failure(format!("{} is a folder", shown(input))))?;
        if self == Self::Encrypted {
            let mut name = name.to_owned();
            name.push(SUFFIX);
            return Ok(Some(name.into()));
        }
        let stem = Path::new(name).extension().filter(|end| *end == &SUFFIX[1..]);
        // `..age` and `...age` leave only what stands for folders.
        let stem = stem.and_then(|_| last_name(Path::new(Path::new(name).file_stem()?)));
        stem.map(|stem| Some(stem.into())).ok_or_else(|| {
            let what = format!("{} does not end in {SUFFIX}, so its result has no name", shown(input));
            Fault::failure(what).hint("decrypt it alone, with -o FILE")
        })
    }

    /// Whether a file that was found in a folder is meant.
    fn wants(self, path: &Path) -> bool {
        let mut front = Vec::new();
        let opened = open_as_seen(path, File::options().read(true));
        let read = opened.and_then(|file| file.take(SNIFF as u64).read_to_end(&mut front));
        // What cannot be read is named in its turn.
        read.is_err() || is_age(&front) == (self != Self::Encrypted)
    }
}
