//! Whether what is offered is wanted at all: the limits that were said, and the person.

use std::sync::{Arc, Mutex, PoisonError};

use glob::{MatchOptions, Pattern};

use super::{counted, shown_path};
use crate::cli::fault::Fault;
use crate::cli::terminal::Terminal;
use crate::transfer::{Entry, Kind, Manifest};

/// Names that a person is shown before they are only counted.
const SHOWN: usize = 8;

/// Who agrees, and what they have agreed to.
pub struct Consent {
    who: Who,
    /// An offer that comes again after a broken wire is not asked about again.
    given: Mutex<Option<Arc<Manifest>>>,
}

/// Who agrees.
pub enum Who {
    /// `--yes`.
    Said,
    /// The person at this terminal, when asked.
    Person(Terminal),
    /// The same, but one plain file has been agreed to by its name.
    PersonUnlessFile(Terminal),
    /// Nobody, so that one plain file is all that may come.
    Nobody,
}

/// What may come, whoever agrees.
#[derive(Clone)]
pub struct Limits {
    /// Bytes in all.
    pub most_bytes: Option<u64>,
    /// Of what is offered, only what one of these fits.
    pub only: Vec<Pattern>,
}

impl Consent {
    /// Nobody has agreed to anything yet.
    pub fn of(who: Who) -> Self {
        Self {
            who,
            given: Mutex::default(),
        }
    }

    /// Asks whether what is wanted of an offer may come.
    ///
    /// # Errors
    /// A fault when it may not.
    pub fn ask(&self, offer: &Arc<Manifest>, wanted: &[bool]) -> Result<(), Fault> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.as_ref() != Some(offer) {
            self.who.ask(offer, wanted)?;
            *given = Some(Arc::clone(offer));
        }
        Ok(())
    }
}

impl Who {
    fn ask(&self, offer: &Manifest, wanted: &[bool]) -> Result<(), Fault> {
        match self {
            Self::Said => Ok(()),
            Self::Nobody | Self::PersonUnlessFile(_) if is_one_file(offer) => Ok(()),
            Self::Nobody => Err(Fault::usage("cannot ask whether to take what is offered")
                .because(format!("{}, and there is no terminal", summary(offer, wanted)))
                .hint("use --yes, with --max-bytes or --only for less than everything")),
            Self::Person(terminal) | Self::PersonUnlessFile(terminal) => Self::ask_person(terminal, offer, wanted),
        }
    }

    fn ask_person(terminal: &Terminal, offer: &Manifest, wanted: &[bool]) -> Result<(), Fault> {
        terminal.say(&format!(
            "\nYour peer offers {}:\n{}\n\n",
            summary(offer, wanted),
            list(offer, wanted)
        ))?;
        let answer = terminal.line("Take it? Type \"yes\" or \"no\": ")?;
        if matches!(answer.trim().to_ascii_lowercase().as_str(), "yes" | "y") {
            return Ok(());
        }
        Err(Fault::failure("you did not take what your peer offers").of_kind("refused"))
    }
}

/// Whether an offer is nothing but one file or stream.
pub(super) fn is_one_file(offer: &Manifest) -> bool {
    offer.len() == 1 && offer.entry(0).has_content()
}

fn wanted_entries<'m>(offer: &'m Manifest, wanted: &[bool]) -> impl Iterator<Item = Entry<'m>> {
    let wanted = wanted.to_vec();
    offer
        .entries()
        .enumerate()
        .filter(move |(index, _)| wanted[*index])
        .map(|(_, entry)| entry)
}

/// "2 files, 1 folder, 70 bytes"
fn summary(offer: &Manifest, wanted: &[bool]) -> String {
    let (mut files, mut folders, mut links, mut bytes, mut is_endless) = (0, 0, 0, 0_u64, false);
    for entry in wanted_entries(offer, wanted) {
        match entry.kind {
            Kind::File { size } => {
                files += 1;
                bytes = bytes.saturating_add(size);
            }
            Kind::Stream => is_endless = true,
            Kind::Folder => folders += 1,
            Kind::Symlink { .. } => links += 1,
        }
    }
    let parts = [(files, "file"), (folders, "folder"), (links, "link")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<_> = parts.map(|(count, noun)| counted(count, noun)).collect();
    parts.push(if is_endless {
        "a stream of unknown length".to_owned()
    } else {
        counted(bytes, "byte")
    });
    parts.join(", ")
}

fn list(offer: &Manifest, wanted: &[bool]) -> String {
    let mut lines = Vec::new();
    let mut entries = wanted_entries(offer, wanted).filter(|entry| entry.kind != Kind::Folder);
    for entry in entries.by_ref().take(SHOWN) {
        let size = entry
            .size()
            .map(|size| format!("  {}", counted(size, "byte")))
            .unwrap_or_default();
        lines.push(format!("    {}{size}", shown_path(entry.path)));
    }
    match entries.count() {
        0 => {}
        more => lines.push(format!("    and {more} more")),
    }
    lines.join("\n")
}

impl Limits {
    /// Which entries may come as far as `--only` goes: those that a pattern fits, and all in a folder that one fits.
    pub fn wanted(&self, offer: &Manifest) -> Vec<bool> {
        if self.only.is_empty() {
            return vec![true; offer.len()];
        }
        let mut inside: Option<Vec<u8>> = None;
        let mut wanted = Vec::with_capacity(offer.len());
        for entry in offer.entries() {
            let is_inside = inside.as_ref().is_some_and(|folder| entry.path.starts_with(folder));
            let is_wanted = is_inside || self.only.iter().any(|pattern| fits(pattern, entry.path));
            if is_wanted && !is_inside && entry.kind == Kind::Folder {
                inside = Some([entry.path, b"/"].concat());
            }
            wanted.push(is_wanted);
        }
        add_folders_above(offer, &mut wanted);
        wanted
    }

    /// Refuses more bytes than may come.
    ///
    /// # Errors
    /// A fault when the offer has more.
    pub fn check(&self, offer: &Manifest, wanted: &[bool]) -> Result<(), Fault> {
        let sizes = wanted_entries(offer, wanted).filter_map(|entry| entry.size());
        let bytes = sizes.fold(0_u64, u64::saturating_add);
        match self.most_bytes {
            Some(most) if bytes > most => Err(too_much(most).because(format!("{bytes} bytes are offered"))),
            _ => Ok(()),
        }
    }
}

/// More comes than `--max-bytes` allows.
pub(super) fn too_much(most: u64) -> Fault {
    Fault::failure(format!("more is offered than the {most} bytes of --max-bytes")).of_kind("refused")
}

/// What is wanted needs the folders that it is in.
fn add_folders_above(offer: &Manifest, wanted: &mut [bool]) {
    let mut above: Vec<(usize, Vec<u8>)> = Vec::new();
    for (index, entry) in offer.entries().enumerate() {
        above.retain(|(_, folder)| entry.path.starts_with(folder));
        if wanted[index] {
            for (folder, _) in &above {
                wanted[*folder] = true;
            }
        }
        if entry.kind == Kind::Folder {
            above.push((index, [entry.path, b"/"].concat()));
        }
    }
}

/// A pattern with a `/` is for the whole path, another one for the last name.
fn fits(pattern: &Pattern, path: &[u8]) -> bool {
    let options = MatchOptions {
        require_literal_separator: true,
        ..MatchOptions::default()
    };
    let path = String::from_utf8_lossy(path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let subject = if pattern.as_str().contains('/') { &path } else { name };
    pattern.matches_with(subject, options)
}
