//! From the disk to the stream: in the order of the names, without following a link.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, openat, readlinkat, statat};
use tar::{EntryType, Header};

use super::{BLOCK, Counts, MOST_MEMBERS, Remembered, padding};
use crate::cli::fault::Fault;
use crate::cli::folder::names_of;
use crate::cli::shown::shown;
use crate::cli::streams::{BUFFER, cannot, is_same_file};
use crate::cli::tops::{Top, tops};
use crate::cli::tree::open_folder;
use crate::transfer::{Member, Modified};

/// Bytes of a name in a ustar header.
const NAME: usize = 100;
/// The first size that eleven octal digits cannot say.
const HUGE: u64 = 1 << 33;
const TOO_MANY: &str = "it has more than 4 million members, or the names of its folders take more than 64 MiB";

/// What was packed, and what was not.
#[derive(Debug, Default)]
pub struct Packed {
    /// What is in the archive.
    pub counts: Counts,
    /// What is not, in the order of the names.
    pub skipped: Vec<Skipped>,
}

/// Something that an archive does not hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Where it is.
    pub path: PathBuf,
    /// Why, to follow the path in a sentence: "is a socket".
    pub why: &'static str,
}

/// Writes an archive of `paths` to `out`, each under its last component; a path that has none (`.`, `..`, `/`) gives
/// its contents under their own names. Files of `left_out` (what is being written) are skipped, and so is what could
/// not be restored safely: sockets, pipes, devices, and links that lead outside.
///
/// A file gives as many bytes as it had when it was opened.
///
/// # Errors
/// When something cannot be read, has become shorter meanwhile, or has a name that is too long; when two of `paths` have
/// one name; and what `out` gives.
pub fn pack(paths: &[PathBuf], out: &mut dyn Write, left_out: &[Metadata]) -> anyhow::Result<Packed> {
    let tops = tops(paths)?;
    let mut packing = Packing {
        out,
        left_out,
        linkable: linkable(&tops, left_out),
        remembered: Remembered::default(),
        packed: Packed::default(),
    };
    for top in &tops {
        let member = Member::parse(top.name.as_bytes()).ok().flatten();
        let member = member.ok_or_else(|| cannot_hold(&top.path, "its name is longer than 255 bytes"))?;
        let place = Place {
            above: CWD,
            name: top.path.as_os_str(),
            path: &top.path,
        };
        // Restoring remembers it once for itself and once for the links that lead to it.
        packing.remember(&member, &place)?;
        packing.remember(&member, &place)?;
        packing.anything(&member, &place)?;
    }
    packing.out.write_all(&[0; 2 * BLOCK])?;
    Ok(packing.packed)
}

/// Where something is on the disk.
struct Place<'p, F> {
    above: F,
    name: &'p OsStr,
    /// For people.
    path: &'p Path,
}

/// The outermost names that will be there, so that links may lead to them: of links among them, those that lead to such
/// a name themselves.
fn linkable(tops: &[Top], left_out: &[Metadata]) -> BTreeSet<Vec<u8>> {
    let mut names = BTreeSet::new();
    let mut links = Vec::new();
    for top in tops {
        match fs::symlink_metadata(&top.path) {
            Ok(found) if is_among(left_out, &found) => {}
            Ok(found) if found.is_file() || found.is_dir() => drop(names.insert(top.name.as_bytes().to_vec())),
            Ok(found) if found.is_symlink() => links.extend(leads_to(top).map(|place| (top, place))),
            _ => {}
        }
    }
    loop {
        let before = names.len();
        let found = links.iter().filter(|(_, place)| names.contains(place));
        let found: Vec<_> = found.map(|(top, _)| top.name.as_bytes().to_vec()).collect();
        names.extend(found);
        if names.len() == before {
            return names;
        }
    }
}

fn is_among(left_out: &[Metadata], found: &Metadata) -> bool {
    left_out.iter().any(|left_out| is_same_file(left_out, found))
}

fn leads_to(top: &Top) -> Option<Vec<u8>> {
    let target = fs::read_link(&top.path).ok()?;
    let member = Member::parse(top.name.as_bytes()).ok()??;
    member.follow(target.as_os_str().as_bytes()).ok()
}

struct Packing<'a> {
    out: &'a mut dyn Write,
    left_out: &'a [Metadata],
    linkable: BTreeSet<Vec<u8>>,
    remembered: Remembered,
    packed: Packed,
}

impl Packing<'_> {
    fn anything<F: AsFd + Copy>(&mut self, member: &Member, place: &Place<'_, F>) -> anyhow::Result<()> {
        if self.packed.counts.members() == MOST_MEMBERS {
            return Err(cannot_hold(place.path, TOO_MANY).into());
        }
        let found = statat(place.above, place.name, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| unread(place, error))?;
        match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => self.file(member, place),
            FileType::Directory => self.folder(member, place),
            FileType::Symlink => self.symlink(member, place, &found),
            FileType::Socket => self.skip(member, place, "is a socket"),
            FileType::Fifo => self.skip(member, place, "is a pipe"),
            _ => self.skip(member, place, "is a device"),
        }
    }

    fn file<F: AsFd + Copy>(&mut self, member: &Member, place: &Place<'_, F>) -> anyhow::Result<()> {
        // What has become a pipe since must not hold the program up.
        let how = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = openat(place.above, place.name, how, Mode::empty()).map_err(|error| unread(place, error))?;
        let file = File::from(opened);
        let metadata = file
            .metadata()
            .map_err(|error| cannot("read", &shown(place.path), &error))?;
        if !metadata.is_file() {
            return Err(changed(place.path).because("it is no file any more").into());
        }
        if is_among(self.left_out, &metadata) {
            return self.skip(member, place, "is what is being written");
        }
        let size = metadata.len();
        let contents = Exact {
            file,
            left: size,
            path: place.path,
        };
        let contents =
            BufReader::with_capacity(usize::try_from(size).map_or(BUFFER, |size| size.min(BUFFER)), contents);
        self.append(
            member.as_bytes(),
            EntryType::Regular,
            &Said::of(&metadata),
            b"",
            (size, contents),
        )?;
        self.packed.counts.files += 1;
        self.packed.counts.bytes += size;
        Ok(())
    }

    fn folder<F: AsFd + Copy>(&mut self, member: &Member, place: &Place<'_, F>) -> anyhow::Result<()> {
        let folder = open_folder(place.above, place.name).map_err(|error| unread(place, error))?;
        let metadata = folder.try_clone().map(File::from).and_then(|folder| folder.metadata());
        let metadata = metadata.map_err(|error| cannot("read", &shown(place.path), &error))?;
        self.remember(member, place)?;
        let name = [member.as_bytes(), b"/"].concat();
        self.append(&name, EntryType::Directory, &Said::of(&metadata), b"", (0, io::empty()))?;
        self.packed.counts.folders += 1;
        for name in names_of(&folder).map_err(|error| unread(place, error))? {
            let path = place.path.join(&name);
            let member = member.join(name.as_bytes()).map_err(|why| cannot_hold(&path, why))?;
            let inner = Place {
                above: &folder,
                name: &name,
                path: &path,
            };
            self.anything(&member, &inner)?;
        }
        Ok(())
    }

    fn symlink<F: AsFd + Copy>(&mut self, member: &Member, place: &Place<'_, F>, found: &Stat) -> anyhow::Result<()> {
        let target = readlinkat(place.above, place.name, Vec::new()).map_err(|error| unread(place, error))?;
        match member.follow(target.as_bytes()) {
            Ok(top) if self.linkable.contains(&top) => {}
            _ => return self.skip(member, place, "is a link that leads outside of the archive"),
        }
        self.append(
            member.as_bytes(),
            EntryType::Symlink,
            &Said::of_link(found),
            target.as_bytes(),
            (0, io::empty()),
        )?;
        self.packed.counts.links += 1;
        Ok(())
    }

    fn skip<F>(&mut self, member: &Member, place: &Place<'_, F>, why: &'static str) -> anyhow::Result<()> {
        // A link that is in the archive may lead there.
        if self.linkable.contains(member.as_bytes()) {
            return Err(changed(place.path).because(format!("it {why} now")).into());
        }
        self.packed.skipped.push(Skipped {
            path: place.path.to_owned(),
            why,
        });
        Ok(())
    }

    fn remember<F>(&mut self, member: &Member, place: &Place<'_, F>) -> Result<(), Fault> {
        let fits = self.remembered.add(member.as_bytes());
        fits.then_some(()).ok_or_else(|| cannot_hold(place.path, TOO_MANY))
    }

    /// Writes the headers of a member, and its contents of the size that goes with them.
    fn append(
        &mut self,
        name: &[u8],
        kind: EntryType,
        said: &Said,
        target: &[u8],
        (size, contents): (u64, impl Read),
    ) -> anyhow::Result<()> {
        let mut records: Vec<(&str, Vec<u8>)> = Vec::new();
        let is_long = |bytes: &[u8]| bytes.len() > NAME;
        records.extend(is_long(name).then(|| ("path", name.to_vec())));
        records.extend(is_long(target).then(|| ("linkpath", target.to_vec())));
        records.extend((size >= HUGE).then(|| ("size", size.to_string().into_bytes())));
        records.extend(said.modified.to_record().map(|text| ("mtime", text.into_bytes())));
        if !records.is_empty() {
            let records: Vec<u8> = records.iter().flat_map(|(key, value)| record(key, value)).collect();
            self.write(
                b"pax_header",
                EntryType::XHeader,
                said,
                b"",
                (records.len() as u64, &records[..]),
            )?;
        }
        self.write(name, kind, said, target, (size, contents))
    }

    fn write(
        &mut self,
        name: &[u8],
        kind: EntryType,
        said: &Said,
        target: &[u8],
        (size, mut contents): (u64, impl Read),
    ) -> anyhow::Result<()> {
        let mut header = Header::new_ustar();
        let fields = header.as_old_mut();
        fill(&mut fields.name, name);
        fill(&mut fields.linkname, target);
        header.set_entry_type(kind);
        header.set_mode(said.mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(u64::try_from(said.modified.seconds).map_or(0, |seconds| seconds.min(HUGE - 1)));
        header.set_size(size);
        header.set_cksum();
        self.out.write_all(header.as_bytes())?;
        io::copy(&mut contents, &mut self.out)?;
        let padding = padding(size);
        io::copy(&mut io::repeat(0).take(padding), &mut self.out)?;
        Ok(())
    }
}

/// A record of a pax header. Its length counts its own digits.
fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = [b" ", key.as_bytes(), b"=", value, b"\n"].concat();
    let with_digits = |digits: usize| digits + rest.len();
    let digits = (1..20)
        .find(|digits| with_digits(*digits).to_string().len() == *digits)
        .unwrap_or_default();
    [with_digits(digits).to_string().as_bytes(), &rest].concat()
}

/// What a header says beside the name.
struct Said {
    mode: u32,
    modified: Modified,
}

impl Said {
    fn of(metadata: &Metadata) -> Self {
        Self {
            mode: metadata.mode() & 0o777,
            modified: Modified {
                seconds: metadata.mtime(),
                nanoseconds: u32::try_from(metadata.mtime_nsec()).unwrap_or(0),
            },
        }
    }

    fn of_link(found: &Stat) -> Self {
        Self {
            mode: 0o777,
            modified: Modified {
                seconds: found.st_mtime,
                nanoseconds: u32::try_from(found.st_mtime_nsec).unwrap_or(0),
            },
        }
    }
}

fn fill(field: &mut [u8; NAME], bytes: &[u8]) {
    let length = bytes.len().min(NAME);
    field[..length].copy_from_slice(&bytes[..length]);
}

/// As many bytes of a file as its header says, or an error.
struct Exact<'p> {
    file: File,
    left: u64,
    path: &'p Path,
}

impl Read for Exact<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        match self.file.read(&mut buffer[..wanted]) {
            Ok(0) if wanted > 0 => Err(io::Error::other(changed(self.path).because("it has become shorter"))),
            Ok(read) => {
                self.left -= read as u64;
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(io::Error::other(cannot("read", &shown(self.path), &error))),
        }
    }
}

fn unread<F>(place: &Place<'_, F>, error: rustix::io::Errno) -> Fault {
    cannot("read", &shown(place.path), &error.into())
}

fn changed(path: &Path) -> Fault {
    Fault::failure(format!("{} changed while it was packed", shown(path)))
        .of_kind("source_changed")
        .hint("try again when nothing writes to it")
}

fn cannot_hold(path: &Path, why: &str) -> Fault {
    Fault::failure(format!("an archive cannot hold {}", shown(path))).because(why)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reader::Reader;
    use super::*;

    proptest! {
        #[test]
        fn any_header_is_read_as_it_was_written(
            name in prop::collection::vec(any::<u8>().prop_filter("no end", |byte| *byte != 0), 1..300),
            size in prop_oneof![0..1_u64 << 20, HUGE - 1..HUGE + 2, 1_u64 << 40..1 << 62],
            seconds in -1_i64 << 40..1 << 40,
            mode in 0..0o1000_u32,
        ) {
            let mut out = Vec::new();
            let modified = Modified { seconds, nanoseconds: 0 };
            let mut packing = Packing {
                out: &mut out,
                left_out: &[],
                linkable: BTreeSet::new(),
                remembered: Remembered::default(),
                packed: Packed::default(),
            };
            packing.append(&name, EntryType::Regular, &Said { mode, modified }, b"", (size, io::empty())).unwrap();
            let entry = Reader::new(&out[..]).next().unwrap().unwrap();
            prop_assert_eq!((entry.name, entry.size, entry.mode, entry.modified), (name, size, mode, modified));
        }
    }
}
