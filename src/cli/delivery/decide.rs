//! What of an offer lands, and under which names: decided before contents flow.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use rustix::fs::{OFlags, fstatvfs, futimens};

use super::existing::{self, IfExists, Occupant, occupant, taken};
use super::landing::{Fate, Landing, Own, refused};
use super::offer::Symlinks;
use super::stage::Staged;
use super::{shown_path, twins};
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::streams::{BUFFER, cannot};
use crate::cli::tree::{Tree, times};
use crate::crypto::hash::Blake3;
use crate::transfer::{Choice, Choices, Entry, Hash, Kind, Member, Query};

/// A part of a file is gone on with from a multiple of this, so that what a crash has torn is sent again.
const STEP: u64 = 1 << 16;

impl Landing {
    pub(super) fn look(&mut self) -> Result<Vec<Query>, Fault> {
        let offer = Arc::clone(&self.offer);
        let wanted = self.rules.limits.wanted(&offer);
        self.rules.limits.check(&offer, &wanted)?;
        self.fates = wanted
            .iter()
            .map(|wanted| if *wanted { Fate::Lands } else { Fate::Skipped })
            .collect();
        self.refuse_names()?;
        self.settle_links()?;
        self.rename_tops()?;
        let occupants = self.occupants()?;
        self.rules.consent.ask(&offer, &wanted)?;
        self.find_parts(&occupants)?;
        self.check_room()?;
        let query = |(entry, own): &(usize, Own)| self.query(*entry, own);
        self.asked.iter().map(query).collect()
    }

    fn query(&self, index: usize, own: &Own) -> Result<Query, Fault> {
        let length = match own {
            Own::Placed(_) => self.offer.entry(index).size().unwrap_or(0),
            Own::Staged(_) => self.parts.get(&index).map_or(0, |(length, _)| *length),
        };
        let entry = u32::try_from(index).map_err(|_| Fault::failure("too many entries"))?;
        Ok(Query { entry, length })
    }

    /// Names that must not come from a peer, whatever is in them.
    fn refuse_names(&self) -> Result<(), Fault> {
        if self.rules.name.is_some() {
            let tops = self.offer.entries().filter(|entry| !entry.path.contains(&b'/')).count();
            return match tops {
                1 => Ok(()),
                _ => {
                    Err(refused("several files or folders are offered, and -o names one").hint("name a folder with -d"))
                }
            };
        }
        for (_, entry) in self.landing() {
            if entry.path.is_empty() {
                return Err(Fault::failure("the sender's stream has no name").hint("name a file with -o FILE"));
            }
            if entry.path.starts_with(b".") && !entry.path.contains(&b'/') {
                // In a home folder such a name is a setting, or a program to be run.
                return Err(refused(format!("{} is a hidden name", shown_path(entry.path)))
                    .hint("give it a name yourself with -o FILE"));
            }
        }
        Ok(())
    }

    pub(super) fn landing(&self) -> impl Iterator<Item = (usize, Entry<'_>)> {
        let lands = |(index, _): &(usize, Entry<'_>)| self.fates[*index] == Fate::Lands;
        self.offer.entries().enumerate().filter(lands)
    }

    fn settle_links(&mut self) -> Result<(), Fault> {
        let offer = Arc::clone(&self.offer);
        if !offer.entries().any(|entry| matches!(entry.kind, Kind::Symlink { .. })) {
            return Ok(());
        }
        let tops: BTreeSet<&[u8]> = offer
            .entries()
            .map(|entry| entry.path)
            .filter(|path| !path.contains(&b'/'))
            .collect();
        for (index, entry) in offer.entries().enumerate() {
            let (Kind::Symlink { target }, Fate::Lands) = (entry.kind, self.fates[index]) else {
                continue;
            };
            let name = shown_path(entry.path);
            match self.rules.symlinks {
                Symlinks::Skip => self.fates[index] = Fate::Skipped,
                Symlinks::Keep => {
                    let member = entry.member().ok_or_else(|| refused("a link without a name"))?;
                    let top = member.follow(target).map_err(|why| refused(format!("{name}: {why}")))?;
                    if self.rules.name.is_some() || !tops.contains(&top[..]) {
                        return Err(refused(format!("{name} is a link to what is not offered")));
                    }
                }
                Symlinks::Refuse | Symlinks::Follow => {
                    return Err(refused(format!("{name} is a symbolic link")).hint("say --symlinks keep or skip"));
                }
            }
        }
        Ok(())
    }

    /// With `-o`, and with `--if-exists rename`, what is outermost gets another name.
    fn rename_tops(&mut self) -> Result<(), Fault> {
        let offer = Arc::clone(&self.offer);
        for entry in offer.entries().filter(|entry| !entry.path.contains(&b'/')) {
            let given = self.rules.name.as_ref().map(|name| name.as_bytes().to_vec());
            let name = given.clone().unwrap_or_else(|| entry.path.to_vec());
            let place = Member::plain(&name).map_err(|why| refused(format!("{}: {why}", shown_path(&name))))?;
            let name = match self.occupant(&place, &entry)? {
                // The same content may be there.
                Occupant::Free | Occupant::SameSize => name,
                _ if self.rules.existing == IfExists::Rename => self.free_name(&name)?,
                _ => name,
            };
            if name != entry.path && !entry.path.is_empty() {
                self.renamed.add(entry.path, name);
            } else if entry.path.is_empty() {
                self.renamed.add(b"", name);
            }
        }
        Ok(())
    }

    fn free_name(&mut self, name: &[u8]) -> Result<Vec<u8>, Fault> {
        existing::free_name(&mut self.into, name, &self.rules.folder)
    }

    fn occupant(&mut self, place: &Member, entry: &Entry<'_>) -> Result<Occupant, Fault> {
        let looked = occupant(&mut self.into, place, entry);
        looked.map_err(|error| cannot("look at", &shown(&self.rules.folder), &error.into()))
    }

    /// Where an entry goes.
    pub(super) fn place(&self, entry: &Entry<'_>) -> Result<Member, Fault> {
        let place = match entry.member() {
            Some(member) => self.renamed.place(&member),
            None => self.renamed.of_nameless(),
        };
        place.map_err(|why| refused(format!("{}: {why}", shown_path(entry.path))))
    }

    /// The name of an entry in the stage: the sender's.
    pub(super) fn staged_name(entry: &Entry<'_>) -> Result<Member, Fault> {
        let member = entry.member().map_or_else(|| Member::plain(b"stream"), Ok);
        member.map_err(refused)
    }

    /// Looks at every place, and settles what is taken as far as that can be done without the sender.
    fn occupants(&mut self) -> Result<Vec<Occupant>, Fault> {
        let offer = Arc::clone(&self.offer);
        let mut occupants = Vec::with_capacity(offer.len());
        // What is in a folder that is new is free, and need not be looked for.
        let mut new_folder: Option<Vec<u8>> = None;
        for (index, entry) in offer.entries().enumerate() {
            let is_inside_new = new_folder.as_ref().is_some_and(|folder| entry.path.starts_with(folder));
            if self.fates[index] != Fate::Lands || is_inside_new {
                occupants.push(Occupant::Free);
                continue;
            }
            let place = self.place(&entry)?;
            let occupant = self.occupant(&place, &entry)?;
            self.settle_taken(index, &place, occupant)?;
            if occupant == Occupant::Free && entry.kind == Kind::Folder {
                new_folder = Some([entry.path, b"/"].concat());
            }
            if occupant == Occupant::SameSize && self.fates[index] == Fate::Lands {
                self.asked.push((index, Own::Placed(place)));
            }
            occupants.push(occupant);
        }
        Ok(occupants)
    }

    fn settle_taken(&mut self, index: usize, place: &Member, occupant: Occupant) -> Result<(), Fault> {
        let taken = || taken(&self.rules.folder, place.as_bytes());
        match (occupant, self.rules.existing) {
            (Occupant::Free | Occupant::SameFolder | Occupant::SameSize, _) => Ok(()),
            (_, IfExists::Fail) | (Occupant::Clash, IfExists::Overwrite) => Err(taken()),
            (Occupant::Clash, _) => {
                self.skip_below(index);
                Ok(())
            }
            (Occupant::Other, IfExists::Skip) => {
                self.fates[index] = Fate::Skipped;
                Ok(())
            }
            (Occupant::Other, _) => Ok(()),
        }
    }

    fn skip_below(&mut self, index: usize) {
        let path = self.offer.entry(index).path.to_vec();
        let inside = [&path[..], b"/"].concat();
        for (at, entry) in self.offer.entries().enumerate().skip(index) {
            if at == index || entry.path.starts_with(&inside) {
                self.fates[at] = Fate::Skipped;
            }
        }
    }

    /// Opens the stage, where anything is to go there, and looks what a broken run has left in it.
    fn find_parts(&mut self, occupants: &[Occupant]) -> Result<(), Fault> {
        if self.landing().next().is_none() {
            return Ok(());
        }
        let mut staged = Staged::open(&self.rules.folder, &self.offer)?;
        if staged.is_found {
            staged
                .prune(&self.offer)
                .map_err(|error| cannot("write", &shown(staged.path()), &error))?;
        }
        twins::refuse(&mut staged, &self.offer)?;
        let offer = Arc::clone(&self.offer);
        let mut before = 0;
        let contents = staged.is_found.then(|| offer.contents()).into_iter().flatten();
        for (index, entry) in contents {
            let (Some(size), Fate::Lands) = (entry.size(), self.fates[index]) else {
                continue;
            };
            let member = Self::staged_name(&entry)?;
            let found = staged.tree.found(&member).map_err(|error| self.unreadable(error))?;
            let length = found.map_or(0, |found| existing::length(&found)).min(size);
            let length = if length < size { length / STEP * STEP } else { length };
            if length > 0 && occupants[index] != Occupant::SameSize {
                self.parts.insert(index, (length, Blake3::default()));
                self.asked.push((index, Own::Staged(member)));
                before += length;
            }
        }
        self.asked.sort_by_key(|(index, _)| *index);
        self.staged = Some(staged);
        self.count_arrived(before);
        Ok(())
    }

    fn unreadable(&self, error: rustix::io::Errno) -> Fault {
        cannot("read", &shown(&self.rules.folder), &error.into())
    }

    /// Refuses what the disk has no room for.
    fn check_room(&self) -> Result<(), Fault> {
        let sizes = self.landing().filter_map(|(_, entry)| entry.size());
        let there: u64 = self.parts.values().map(|(length, _)| *length).sum();
        let needed = sizes.fold(0_u64, u64::saturating_add).saturating_sub(there);
        let Ok(disk) = fstatvfs(self.into.root()) else {
            return Ok(());
        };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        // Some file systems do not say.
        if disk.f_blocks > 0 && needed > free {
            let what = format!("there is no room for what is offered in {}", shown(&self.rules.folder));
            return Err(Fault::failure(what)
                .because(format!(
                    "No space left on device: {needed} bytes are needed, {free} are free"
                ))
                .hint("make room, or receive elsewhere"));
        }
        Ok(())
    }

    pub(super) fn choose(&mut self, answers: &[Hash]) -> Result<Choices, Fault> {
        for ((index, own), answer) in std::mem::take(&mut self.asked).into_iter().zip(answers) {
            match own {
                Own::Placed(place) => self.compare_placed(index, &place, answer)?,
                Own::Staged(member) => self.compare_staged(index, &member, answer),
            }
        }
        self.refuse_merging()?;
        self.make_folders()?;
        let mut choices = Choices::default();
        for (index, entry) in self.offer.entries().enumerate() {
            let part = self.parts.get(&index).map(|(length, _)| *length);
            let choice = match (self.fates[index], part) {
                (Fate::Skipped, _) => Choice::Skip,
                (Fate::Here, _) if entry.has_content() => Choice::Here,
                (Fate::Lands, Some(length)) if Some(length) == entry.size() => Choice::Here,
                (Fate::Lands, Some(length)) => Choice::From(length),
                (Fate::Here | Fate::Lands, None) | (Fate::Here, _) => Choice::Whole,
            };
            choices.add(index, choice);
        }
        Ok(choices)
    }

    fn compare_placed(&mut self, index: usize, place: &Member, answer: &Hash) -> Result<(), Fault> {
        let size = self.offer.entry(index).size().unwrap_or(0);
        let own = hash_of(&mut self.into, place, size).map(|hash| hash.finish());
        if own.is_ok_and(|own| own == *answer) {
            self.fates[index] = Fate::Here;
            return Ok(());
        }
        match self.rules.existing {
            IfExists::Fail => Err(taken(&self.rules.folder, place.as_bytes())),
            IfExists::Skip => {
                self.fates[index] = Fate::Skipped;
                Ok(())
            }
            IfExists::Overwrite => Ok(()),
            IfExists::Rename => {
                let name = self.free_name(place.as_bytes())?;
                let top = self.offer.entry(index).path.to_vec();
                self.renamed.add(&top, name);
                Ok(())
            }
        }
    }

    /// A part that is not the beginning of what is offered is written anew.
    fn compare_staged(&mut self, index: usize, member: &Member, answer: &Hash) {
        let Some((length, _)) = self.parts.remove(&index) else {
            return;
        };
        let Some(staged) = &mut self.staged else { return };
        let entry = self.offer.entry(index);
        let modified = times(entry.modified);
        // A part that is whole is written no more, and its time may be that of an earlier offer.
        let settled = staged
            .tree
            .open_file(member, OFlags::RDONLY)
            .and_then(|file| futimens(file, &modified));
        if let Ok(hash) = hash_of(&mut staged.tree, member, length)
            && hash.finish() == *answer
            && settled.is_ok()
        {
            self.parts.insert(index, (length, hash));
        }
    }

    /// Where nothing may be touched that is there, a folder of a taken name is all right only with all the same in it.
    fn refuse_merging(&mut self) -> Result<(), Fault> {
        if self.rules.existing != IfExists::Fail {
            return Ok(());
        }
        let offer = Arc::clone(&self.offer);
        let mut merged: Option<Vec<u8>> = None;
        for (index, entry) in offer.entries().enumerate() {
            let place = self.place(&entry)?;
            let is_inside = merged.as_ref().is_some_and(|top| place.as_bytes().starts_with(top));
            let occupant = match self.fates[index] {
                Fate::Lands if is_inside || !entry.path.contains(&b'/') => self.occupant(&place, &entry)?,
                _ => continue,
            };
            match occupant {
                Occupant::SameFolder => {
                    self.fates[index] = Fate::Here;
                    if !is_inside {
                        merged = Some([place.as_bytes(), b"/"].concat());
                    }
                }
                Occupant::Free if !is_inside => {}
                _ => return Err(taken(&self.rules.folder, place.top())),
            }
        }
        Ok(())
    }
}

/// The hash of the first `length` bytes of a file of ours.
fn hash_of(tree: &mut Tree, member: &Member, length: u64) -> io::Result<Blake3> {
    let file = tree.open_file(member, OFlags::RDONLY)?;
    let mut hash = Blake3::default();
    let mut reader = io::Read::take(&file, length);
    let mut buffer = vec![0; BUFFER];
    loop {
        match io::Read::read(&mut reader, &mut buffer) {
            Ok(0) => break,
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    (reader.limit() == 0)
        .then_some(hash)
        .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
