//! What is offered: a list of files, folders and links, kept as the bytes that travel (`docs/spec/transfer.md`, section 2).

use super::member::{LONGEST, Member};
use crate::channel::{Coding, Error, MAX_BODY};
use crate::encoding::fields::Fields;

/// Entries of an offer: more than trees of sources have, and an end to a list that would not end.
pub const MOST_ENTRIES: usize = 1 << 20;
/// Bytes of a manifest, which both sides hold in memory.
const MOST_BYTES: usize = 64 << 20;
const VERSION: u8 = 3;
/// Version, id, coding, count.
const FRONT: usize = 1 + 16 + 1 + 4;
/// An entry before its path.
const ENTRY: usize = 1 + 2 + 8 + 4 + 8 + 2 + 2;

/// Random name of a transfer.
pub type FileId = [u8; 16];

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'m> {
    /// A regular file.
    File {
        /// Length in bytes.
        size: u64,
    },
    /// A folder; what is in it comes right after it.
    Folder,
    /// A symbolic link.
    Symlink {
        /// What it holds; not checked.
        target: &'m [u8],
    },
    /// Content whose end is not known yet; alone in its offer.
    Stream,
}

/// When something was changed last: seconds since 1970, which may be negative, and nanoseconds after that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modified {
    /// Whole seconds.
    pub seconds: i64,
    /// Below a thousand million.
    pub nanoseconds: u32,
}

/// One thing that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'m> {
    /// Where it belongs, as [`Member`] has it; empty for a stream without a name. Not sanitised.
    pub path: &'m [u8],
    /// What it is.
    pub kind: Kind<'m>,
    /// Permission bits, at most 0777.
    pub mode: u16,
    /// When it was changed last.
    pub modified: Modified,
}

impl Entry<'_> {
    /// Length of the content, where there is one and it is known.
    pub fn size(&self) -> Option<u64> {
        match self.kind {
            Kind::File { size } => Some(size),
            _ => None,
        }
    }

    /// Whether it has content.
    pub fn has_content(&self) -> bool {
        matches!(self.kind, Kind::File { .. } | Kind::Stream)
    }

    /// Its path; `None` for a stream without a name.
    ///
    /// # Panics
    /// Never for an entry of a [`Manifest`], whose paths have been checked.
    pub fn member(&self) -> Option<Member> {
        let named = !self.path.is_empty();
        named.then(|| Member::of_manifest(self.path))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let (kind, size, target) = match self.kind {
            Kind::File { size } => (0, size, &[][..]),
            Kind::Folder => (1, 0, &[][..]),
            Kind::Symlink { target } => (2, 0, target),
            Kind::Stream => (3, 0, &[][..]),
        };
        let length = |bytes: &[u8]| u16::try_from(bytes.len()).expect("checked by admit").to_be_bytes();
        out.push(kind);
        out.extend_from_slice(&self.mode.to_be_bytes());
        out.extend_from_slice(&self.modified.seconds.to_be_bytes());
        out.extend_from_slice(&self.modified.nanoseconds.to_be_bytes());
        out.extend_from_slice(&size.to_be_bytes());
        out.extend_from_slice(&length(self.path));
        out.extend_from_slice(&length(target));
        out.extend_from_slice(self.path);
        out.extend_from_slice(target);
    }

    fn decode<'m>(fields: &mut Fields<'m>) -> Option<Entry<'m>> {
        let (kind, mode) = (fields.u8()?, fields.u16()?);
        let seconds = i64::from_be_bytes(fields.array()?);
        let (nanoseconds, size) = (fields.u32()?, fields.u64()?);
        let (path, target) = (usize::from(fields.u16()?), usize::from(fields.u16()?));
        let (path, target) = (fields.bytes(path)?, fields.bytes(target)?);
        let kind = match kind {
            0 if target.is_empty() => Kind::File { size },
            1 if (size, target.len()) == (0, 0) => Kind::Folder,
            2 if size == 0 => Kind::Symlink { target },
            3 if (size, target.len()) == (0, 0) => Kind::Stream,
            _ => return None,
        };
        Some(Entry {
            path,
            kind,
            mode,
            modified: Modified { seconds, nanoseconds },
        })
    }
}

/// The list of what is offered, in the order of a walk: a folder before what is in it, names in one folder ascending by
/// their bytes. So nothing can come twice, and nothing can lie in what is not offered as a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    bytes: Vec<u8>,
    starts: Vec<u32>,
    /// What the contents are in while they travel.
    pub coding: Coding,
}

impl Manifest {
    /// Appends an entry.
    ///
    /// # Errors
    /// Why it cannot come here.
    pub fn push(&mut self, entry: &Entry<'_>) -> Result<(), &'static str> {
        self.admit(entry)?;
        self.starts
            .push(u32::try_from(self.bytes.len()).map_err(|_| "it is too long")?);
        entry.encode(&mut self.bytes);
        Ok(())
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The entry of a number.
    ///
    /// # Panics
    /// When there is none.
    pub fn entry(&self, index: usize) -> Entry<'_> {
        let mut fields = Fields::new(&self.bytes[self.starts[index] as usize..]);
        Entry::decode(&mut fields).expect("only what was encoded is kept")
    }

    /// All entries.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.entry(index))
    }

    /// The entries that have content, with their numbers.
    pub fn contents(&self) -> impl Iterator<Item = (usize, Entry<'_>)> {
        self.entries().enumerate().filter(|(_, entry)| entry.has_content())
    }

    /// Bytes of all files together; `None` when there is a stream.
    pub fn total(&self) -> Option<u64> {
        let mut sizes = self.contents().map(|(_, entry)| entry.size());
        sizes.try_fold(0_u64, |total, size| Some(total.saturating_add(size?)))
    }

    /// Whether it is a stream, whose end is not known.
    pub fn is_stream(&self) -> bool {
        self.len() == 1 && self.entry(0).kind == Kind::Stream
    }

    /// The only entry that there is, if it has content: its hash is the transfer's.
    pub(super) fn sole_content(&self) -> Option<Entry<'_>> {
        (self.len() == 1).then(|| self.entry(0)).filter(Entry::has_content)
    }

    fn admit(&self, entry: &Entry<'_>) -> Result<(), &'static str> {
        let target = match entry.kind {
            Kind::Symlink { target } => target.len(),
            _ => 0,
        };
        if self.len() == MOST_ENTRIES || self.bytes.len() + ENTRY + entry.path.len() + target > MOST_BYTES {
            return Err("an offer has at most 1,048,576 entries and 64 MiB of names");
        }
        if entry.mode > 0o777 || entry.modified.nanoseconds >= 1_000_000_000 || target > LONGEST {
            return Err("its mode, its time or its target cannot be");
        }
        if entry.kind == Kind::Stream && !self.is_empty() || self.is_stream() {
            return Err("a stream comes alone");
        }
        if entry.path.is_empty() && entry.kind == Kind::Stream {
            return Ok(());
        }
        Member::check(entry.path)?;
        self.follows(entry.path)
            .then_some(())
            .ok_or("it is out of order, or comes twice")
    }

    /// Whether `path` may come after the last entry.
    fn follows(&self, path: &[u8]) -> bool {
        let components = path.split(|byte| *byte == b'/').count();
        let Some(last) = self.len().checked_sub(1).map(|last| self.entry(last)) else {
            return components == 1;
        };
        let mut before = last.path.split(|byte| *byte == b'/');
        let mut now = path.split(|byte| *byte == b'/');
        let mut depth = 0;
        loop {
            depth += 1;
            match (before.next(), now.next()) {
                (Some(before), Some(now)) if before == now => {}
                (Some(before), Some(now)) => return before < now && depth == components,
                (None, Some(_)) => return last.kind == Kind::Folder && depth == components,
                (_, None) => return false,
            }
        }
    }

    /// The bodies of the MANIFEST records: as many whole entries as fit in each.
    ///
    /// # Panics
    /// Never: the count is bounded.
    pub fn records(&self, id: &FileId) -> Vec<Vec<u8>> {
        let count = u32::try_from(self.len())
            .expect("bounded by MOST_ENTRIES")
            .to_be_bytes();
        let mut records = vec![[&[VERSION], &id[..], &[self.coding as u8], &count].concat()];
        for (number, start) in self.starts.iter().enumerate() {
            let end = self
                .starts
                .get(number + 1)
                .map_or(self.bytes.len(), |end| *end as usize);
            let entry = &self.bytes[*start as usize..end];
            match records.last_mut() {
                Some(record) if record.len() + entry.len() <= MAX_BODY => record.extend_from_slice(entry),
                _ => records.push(entry.to_vec()),
            }
        }
        records
    }
}

/// A manifest that is being received.
pub struct Reading {
    id: FileId,
    count: usize,
    manifest: Manifest,
}

impl Reading {
    /// Takes in the first record.
    ///
    /// # Errors
    /// [`Error::Protocol`] when it is none.
    pub fn start(body: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields::new(body);
        let front = (|| {
            let (version, id) = (fields.u8()?, fields.array()?);
            Some((version, id, Coding::of(fields.u8()?)?, fields.u32()? as usize))
        })();
        let Some((VERSION, id, coding, count @ 1..=MOST_ENTRIES)) = front else {
            return Err(Error::Protocol("manifest"));
        };
        let manifest = Manifest {
            coding,
            ..Manifest::default()
        };
        let mut reading = Self { id, count, manifest };
        reading.more(&body[FRONT..])?;
        Ok(reading)
    }

    /// Takes in one more record.
    ///
    /// # Errors
    /// As [`Reading::start`]: each has one entry at least, and all have no more than announced.
    pub fn more(&mut self, body: &[u8]) -> Result<(), Error> {
        let mut fields = Fields::new(body);
        let before = self.manifest.len();
        while !fields.is_empty() {
            let entry = Entry::decode(&mut fields).ok_or(Error::Protocol("manifest"))?;
            self.manifest.push(&entry).map_err(Error::Protocol)?;
        }
        let fits = before < self.manifest.len() && self.manifest.len() <= self.count;
        fits.then_some(()).ok_or(Error::Protocol("manifest"))
    }

    /// Whether all of it is there.
    pub fn is_complete(&self) -> bool {
        self.manifest.len() == self.count
    }

    /// What has come.
    pub fn finish(self) -> (FileId, Manifest) {
        (self.id, self.manifest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry<'m>(path: &'m [u8], kind: Kind<'m>) -> Entry<'m> {
        Entry {
            path,
            kind,
            mode: 0o644,
            modified: Modified {
                seconds: -7,
                nanoseconds: 5,
            },
        }
    }

    const FILE: Kind<'static> = Kind::File { size: 3 };

    fn read(records: &[Vec<u8>]) -> Result<(FileId, Manifest), Error> {
        let mut reading = Reading::start(&records[0])?;
        records[1..].iter().try_for_each(|record| reading.more(record))?;
        assert!(reading.is_complete());
        Ok(reading.finish())
    }

    fn offer(entries: &[(&str, Kind<'static>)]) -> Result<Manifest, &'static str> {
        let mut manifest = Manifest::default();
        for (path, kind) in entries {
            manifest.push(&entry(path.as_bytes(), *kind))?;
        }
        Ok(manifest)
    }

    #[test]
    fn a_walk_is_taken_and_nothing_else() {
        use Kind::{Folder, Stream};
        let link = Kind::Symlink { target: b"a" };
        for good in [
            &[("a", FILE)][..],
            &[
                ("a", Folder),
                ("a/b", FILE),
                ("a/c", Folder),
                ("a/c/d", link),
                ("a/e", FILE),
                ("b", FILE),
            ],
            &[("a", Folder), ("a/b", Folder), ("a.", FILE)],
            &[("", Stream)],
            &[("s", Stream)],
        ] {
            let manifest = offer(good).unwrap();
            let (id, again) = read(&manifest.records(&[7; 16])).unwrap();
            assert_eq!(id, [7; 16]);
            assert!(again.entries().eq(manifest.entries()), "{good:?}");
        }
        for bad in [
            &[("a", FILE), ("a", FILE)][..],
            &[("b", FILE), ("a", FILE)],
            &[("a", FILE), ("a/b", FILE)],
            &[("a", link), ("a/b", FILE)],
            &[("a/b", FILE)],
            &[("a", Folder), ("a/b/c", FILE)],
            &[("a", Folder), ("a/c", FILE), ("a/b", FILE)],
            &[("a", Folder), ("a/b", FILE), ("a", Folder)],
            &[("a", Folder), ("b", FILE), ("a/c", FILE)],
            &[("", FILE)],
            &[("a", FILE), ("s", Stream)],
            &[("s", Stream), ("t", FILE)],
            &[("..", FILE)],
            &[("a", Folder), ("a/..", FILE)],
            &[("a", Folder), ("a//b", FILE)],
            &[("/a", FILE)],
            &[("a/", Folder)],
            &[("./a", FILE)],
        ] {
            assert!(offer(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_manifest_is_read_to_its_last_byte() {
        let whole = offer(&[("f", FILE)]).unwrap().records(&[7; 16]).remove(0);
        for length in 0..whole.len() {
            assert!(Reading::start(&whole[..length]).is_err());
        }
        assert!(Reading::start(&[&whole[..], b"x"].concat()).is_err());
        let mut other = whole.clone();
        other[0] = 1;
        assert!(Reading::start(&other).is_err(), "version 1");
        assert!(Reading::start(&whole).is_ok_and(|reading| reading.is_complete()));
    }

    #[test]
    fn a_long_list_goes_over_several_records() {
        let mut manifest = Manifest::default();
        for number in 0..4000 {
            manifest
                .push(&entry(format!("{number:0200}").as_bytes(), FILE))
                .unwrap();
        }
        let records = manifest.records(&[1; 16]);
        assert!(records.len() > 10 && records.iter().all(|record| record.len() <= MAX_BODY));
        assert!(read(&records).unwrap().1.entries().eq(manifest.entries()));
        let mut reading = Reading::start(&records[0]).unwrap();
        assert!(reading.more(b"").is_err() && !reading.is_complete());
        assert_eq!(manifest.total(), Some(12_000));
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(bytes in prop::collection::vec(0_u8..4, 0..400)) {
            let body = [&[VERSION][..], &[0; 17], &[0, 0, 0, 2], &bytes].concat();
            if let Ok(reading) = Reading::start(&body) {
                let (id, manifest) = reading.finish();
                prop_assert_eq!(&manifest.records(&id)[0][FRONT..], &body[FRONT..]);
            }
        }
    }
}
