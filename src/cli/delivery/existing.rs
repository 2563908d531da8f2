//! What has the name of something offered already, and what becomes of the two.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use clap::ValueEnum;
use rustix::fs::{FileType, Stat};
use rustix::io::Errno;

use crate::cli::fault::Fault;
use crate::cli::output;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;
use crate::cli::tree::Tree;
use crate::transfer::{Entry, Kind, Member};

/// What becomes of a name that is taken by something else than the same content.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IfExists {
    /// Nothing of the offer is taken.
    Fail,
    /// What is there stays, and what is offered under its name is not taken.
    Skip,
    /// What arrives gets another name, with a number.
    Rename,
    /// What arrives takes its place.
    Overwrite,
}

/// What is known of the place of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occupant {
    /// Nothing is there.
    Free,
    /// A folder, where a folder is offered.
    SameFolder,
    /// A regular file of the same length, where a file is offered: perhaps the same.
    SameSize,
    /// Something that a file or link may replace.
    Other,
    /// Something that cannot be replaced by what is offered: a folder by a file, or the reverse.
    Clash,
}

/// Looks at the place of an entry.
pub(super) fn occupant(into: &mut Tree, place: &Member, entry: &Entry<'_>) -> Result<Occupant, Errno> {
    let Some(found) = into.found(place)? else {
        return Ok(Occupant::Free);
    };
    Ok(match (FileType::from_raw_mode(found.st_mode), entry.kind) {
        (FileType::Directory, Kind::Folder) => Occupant::SameFolder,
        (FileType::Directory, _) | (_, Kind::Folder) => Occupant::Clash,
        (FileType::RegularFile, Kind::File { size }) if length(&found) == size => Occupant::SameSize,
        _ => Occupant::Other,
    })
}

/// Length of a file.
pub(super) fn length(found: &Stat) -> u64 {
    u64::try_from(found.st_size).unwrap_or(0)
}

/// Names for what is outermost, where they differ from those that the sender gives.
#[derive(Default)]
pub(super) struct Renamed(BTreeMap<Vec<u8>, Vec<u8>>);

impl Renamed {
    /// Gives `top` another name.
    pub(super) fn add(&mut self, top: &[u8], name: Vec<u8>) {
        self.0.insert(top.to_vec(), name);
    }

    /// Where a stream without a name goes.
    pub(super) fn of_nameless(&self) -> Result<Member, &'static str> {
        self.0
            .get(&b""[..])
            .map_or(Err("it has no name"), |name| Member::plain(name))
    }

    /// Where a member goes.
    pub(super) fn place(&self, member: &Member) -> Result<Member, &'static str> {
        match self.0.get(member.top()) {
            Some(name) => Member::plain(name)?.join_path(&member.as_bytes()[member.top().len()..]),
            None => Ok(member.clone()),
        }
    }
}

/// `name-1.txt`, or the first after it that is free.
pub(super) fn free_name(into: &mut Tree, top: &[u8], folder: &Path) -> Result<Vec<u8>, Fault> {
    let dot = top.iter().rposition(|byte| *byte == b'.').filter(|at| *at > 0);
    let (stem, ending) = top.split_at(dot.unwrap_or(top.len()));
    for number in 1..10_000 {
        let name = [stem, format!("-{number}").as_bytes(), ending].concat();
        let free = Member::plain(&name).ok().map(|member| into.found(&member));
        match free {
            Some(Ok(None)) => return Ok(name),
            Some(Ok(Some(_))) => {}
            Some(Err(error)) => return Err(cannot("look at", &shown(folder), &error.into())),
            None => break,
        }
    }
    Err(taken(folder, top))
}

/// Why a name that is taken stops the transfer.
pub(super) fn taken(folder: &Path, path: &[u8]) -> Fault {
    output::taken(&folder.join(OsStr::from_bytes(path)))
        .because("what is there is something else, and stays")
        .hint("say --if-exists skip, rename or overwrite, or receive into another folder")
}
