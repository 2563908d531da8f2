//! The stream of headers and contents, read strictly.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;

use tar::{EntryType, Header};

use super::{BLOCK, MOST_MEMBERS, decimal, padding};
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::transfer::Modified;

/// Bytes of one pax header or long name: far beyond any path, with room for the attributes that others write there.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Symlink,
    HardLink,
}

/// What the headers say about one member.
#[derive(Debug)]
pub(super) struct Entry {
    /// As it is written, unchecked.
    pub(super) name: Vec<u8>,
    pub(super) kind: Kind,
    /// Where a link leads, unchecked.
    pub(super) target: Vec<u8>,
    /// Bytes of contents, which [`Reader`] gives next.
    pub(super) size: u64,
    /// At most 0777.
    pub(super) mode: u32,
    pub(super) modified: Modified,
}

/// An archive that is read. Between two calls of [`Reader::next`], it reads as the contents of the member.
pub(super) struct Reader<R> {
    source: R,
    /// Bytes of contents and of the padding behind them that are still to come.
    contents: u64,
    padding: u64,
    members: u64,
}

/// What pax headers and long names say about the member behind them.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    modified: Option<Modified>,
}

/// An archive that a careful program does not restore, because of its member `name`.
pub(super) fn refused(name: &[u8], why: &str) -> Fault {
    let what = format!("the archive is refused at {}", shown(OsStr::from_bytes(name)));
    Fault { what, ..malformed(why) }
}

/// An archive that cannot be, or is too large.
pub(super) fn malformed(why: &str) -> Fault {
    Fault::inauthentic("archive", "the archive is refused")
        .because(why)
        .hint("nothing was restored; ask whoever made it, or decrypt it without --archive and look into it with care")
}

impl<R: Read> Reader<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            contents: 0,
            padding: 0,
            members: 0,
        }
    }

    /// The next member, or `None` at the end, when everything behind it has been read and is zeros.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Entry>> {
        self.skip()?;
        let mut extensions = Extensions::default();
        loop {
            let Some(header) = self.header()? else {
                return extensions.at_end().map(|()| None);
            };
            let kind = match header.entry_type() {
                EntryType::Regular => Kind::File,
                EntryType::Directory => Kind::Folder,
                EntryType::Symlink => Kind::Symlink,
                EntryType::Link => Kind::HardLink,
                extension => {
                    self.extension(&header, extension, &mut extensions)?;
                    continue;
                }
            };
            return self.entry(&header, kind, extensions).map(Some);
        }
    }

    fn entry(&mut self, header: &Header, kind: Kind, extensions: Extensions) -> anyhow::Result<Entry> {
        self.members += 1;
        if self.members > MOST_MEMBERS {
            return Err(malformed("it has more than 4 million members").into());
        }
        let name = extensions.name.unwrap_or_else(|| header.path_bytes().into_owned());
        let refuse = |_| refused(&name, "its header is malformed");
        let size = extensions
            .size
            .map_or_else(|| header.entry_size(), Ok)
            .map_err(refuse)?;
        if size > 0 && kind != Kind::File {
            return Err(refused(&name, "it has contents and is no file").into());
        }
        let modified = match extensions.modified {
            Some(modified) => modified,
            None => Modified {
                seconds: header.mtime().map_err(refuse)?.cast_signed(),
                nanoseconds: 0,
            },
        };
        let mode = header.mode().map_err(refuse)? & 0o777;
        let target = extensions
            .target
            .or_else(|| Some(header.link_name_bytes()?.into_owned()));
        self.expect(size);
        Ok(Entry {
            kind,
            target: target.unwrap_or_default(),
            size,
            mode,
            modified,
            name,
        })
    }

    fn extension(&mut self, header: &Header, kind: EntryType, known: &mut Extensions) -> anyhow::Result<()> {
        match kind {
            EntryType::GNULongName => {
                let name = known.name.replace(self.long_name(header)?);
                once(name.as_ref())
            }
            EntryType::GNULongLink => {
                let target = known.target.replace(self.long_name(header)?);
                once(target.as_ref())
            }
            EntryType::XHeader => known.read(&self.held(header)?),
            EntryType::XGlobalHeader => {
                // What it says of all members (git writes a comment) is of no use here, unless it would name them.
                let mut of_all = Extensions::default();
                of_all.read(&self.held(header)?)?;
                of_all.at_end()
            }
            _ => {
                let why = "it is a device, a pipe, a sparse file, or of an unknown type";
                Err(refused(&header.path_bytes(), why).into())
            }
        }
    }

    fn long_name(&mut self, header: &Header) -> anyhow::Result<Vec<u8>> {
        let mut name = self.held(header)?;
        name.pop_if(|last| *last == 0);
        Ok(name)
    }

    /// The contents of an extension, in memory.
    fn held(&mut self, header: &Header) -> anyhow::Result<Vec<u8>> {
        let size = header.entry_size().unwrap_or(u64::MAX);
        if size > LONGEST_EXTENSION {
            return Err(malformed("a pax header or long name is larger than 1 MiB").into());
        }
        self.expect(size);
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes)?;
        self.skip()?;
        Ok(bytes)
    }

    fn expect(&mut self, size: u64) {
        self.contents = size;
        self.padding = padding(size);
    }

    /// Passes over what is left of a member.
    fn skip(&mut self) -> anyhow::Result<()> {
        io::copy(self, &mut io::sink())?;
        self.contents = std::mem::take(&mut self.padding);
        io::copy(self, &mut io::sink())?;
        Ok(())
    }

    /// The next header whose sum is right, or `None` at the end.
    fn header(&mut self) -> anyhow::Result<Option<Header>> {
        let mut header = Header::new_old();
        self.block(header.as_mut_bytes())?;
        if header.as_bytes().iter().all(|byte| *byte == 0) {
            return self.end().map(|()| None);
        }
        let is_known = header.as_ustar().is_some() || header.as_gnu().is_some();
        if !is_known || header.cksum().ok() != Some(sum(header.as_bytes())) {
            return Err(malformed("it is no tar archive, or a header is damaged").into());
        }
        Ok(Some(header))
    }

    /// A second block of zeros, and zeros up to the end of the stream.
    fn end(&mut self) -> anyhow::Result<()> {
        let mut block = [0; BLOCK];
        self.block(&mut block)?;
        let mut rest = vec![0; 64 * BLOCK];
        let mut read = BLOCK;
        rest[..BLOCK].copy_from_slice(&block);
        while read > 0 {
            if rest[..read].iter().any(|byte| *byte != 0) {
                return Err(malformed("something follows its end").into());
            }
            read = uninterrupted(&mut self.source, &mut rest)?;
        }
        Ok(())
    }

    fn block(&mut self, block: &mut [u8; BLOCK]) -> anyhow::Result<()> {
        self.contents = BLOCK as u64;
        Ok(self.read_exact(block)?)
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.contents).map_or(buffer.len(), |left| left.min(buffer.len()));
        if wanted == 0 {
            return Ok(0);
        }
        let read = uninterrupted(&mut self.source, &mut buffer[..wanted])?;
        if read == 0 {
            return Err(io::Error::other(malformed("it is cut off")));
        }
        self.contents -= read as u64;
        Ok(read)
    }
}

impl Extensions {
    /// Reads the records of a pax header: `LENGTH KEY=VALUE\n`, where LENGTH counts all of it.
    fn read(&mut self, mut records: &[u8]) -> anyhow::Result<()> {
        while !records.is_empty() {
            let (key, value, rest) = record(records).ok_or_else(|| malformed("a pax header is malformed"))?;
            self.take(key, value)?;
            records = rest;
        }
        Ok(())
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> anyhow::Result<()> {
        let number = || malformed("a number in a pax header is malformed");
        match key {
            b"path" => once(self.name.replace(value.to_vec()).as_ref()),
            b"linkpath" => once(self.target.replace(value.to_vec()).as_ref()),
            b"size" => once(self.size.replace(decimal(value).ok_or_else(number)?).as_ref()),
            b"mtime" => once(
                self.modified
                    .replace(Modified::parse(value).ok_or_else(number)?)
                    .as_ref(),
            ),
            key if key.starts_with(b"GNU.sparse.") => Err(malformed("it holds a sparse file").into()),
            _ => Ok(()),
        }
    }

    /// Names nothing: there is no member behind it.
    fn at_end(&self) -> anyhow::Result<()> {
        let is_empty = self.name.is_none() && self.target.is_none() && self.size.is_none();
        is_empty
            .then_some(())
            .ok_or_else(|| malformed("a header names no member, or all of them").into())
    }
}

/// Two answers to one question are an archive that reads differently elsewhere.
fn once<T>(before: Option<&T>) -> anyhow::Result<()> {
    match before {
        None => Ok(()),
        Some(_) => Err(malformed("a member is described twice").into()),
    }
}

fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().take(8).position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(&records[..space])?).ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    let text = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = text.iter().position(|byte| *byte == b'=')?;
    Some((&text[..equals], &text[equals + 1..], rest))
}

/// The sum of a header's bytes, its own field read as spaces.
fn sum(header: &[u8; BLOCK]) -> u32 {
    let byte = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) };
    header.iter().enumerate().map(byte).sum()
}

fn uninterrupted(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}
