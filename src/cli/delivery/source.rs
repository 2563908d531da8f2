//! The contents of an offer.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IoSliceMut, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::fs::OFlags;

use super::offer::modified;
use super::{Symlinks, carried};
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::streams::{Input, cannot};
use crate::cli::tops::Top;
use crate::cli::tree::Tree;
use crate::transfer::{Entry, Manifest, Member, Source};

/// Where the entries from a number on come from.
pub(super) struct TopSource {
    first: usize,
    top: Top,
    symlinks: Symlinks,
    /// The folder, once something in it was opened.
    tree: Option<Tree>,
}

impl TopSource {
    /// Opens nothing yet.
    pub(super) fn new(first: usize, top: Top, symlinks: Symlinks) -> Self {
        Self {
            first,
            top,
            symlinks,
            tree: None,
        }
    }

    fn path(&self, entry: &Entry<'_>) -> PathBuf {
        match self.rest(entry) {
            [] => self.top.path.clone(),
            rest => self.top.path.join(OsStr::from_bytes(rest)),
        }
    }

    /// The path of an entry in the folder.
    fn rest<'e>(&self, entry: &Entry<'e>) -> &'e [u8] {
        let rest = entry.path.get(self.top.name.len()..).unwrap_or_default();
        rest.strip_prefix(b"/").unwrap_or(rest)
    }

    fn open(&mut self, entry: &Entry<'_>) -> io::Result<File> {
        let rest = self.rest(entry);
        if rest.is_empty() || self.symlinks == Symlinks::Follow {
            // What was a file when it was listed must not hold the program up if it is a pipe now.
            let how = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits()).map_err(io::Error::other)?;
            return File::options().read(true).custom_flags(how).open(self.path(entry));
        }
        let member = Member::parse(rest).ok().flatten().ok_or(io::ErrorKind::InvalidInput)?;
        let tree = match &mut self.tree {
            Some(tree) => tree,
            none => none.insert(Tree::open(&self.top.path)?),
        };
        Ok(tree.open_file(&member, OFlags::RDONLY)?)
    }
}

/// The files of an offer.
pub(super) struct Files {
    offer: Arc<Manifest>,
    tops: Vec<TopSource>,
    current: Option<Current>,
}

struct Current {
    index: usize,
    file: File,
    path: PathBuf,
}

impl Files {
    /// Of the paths that were named.
    pub(super) fn new(offer: Arc<Manifest>, tops: Vec<TopSource>) -> Self {
        Self {
            offer,
            tops,
            current: None,
        }
    }
}

impl Source for Files {
    fn open(&mut self, index: usize) -> io::Result<()> {
        let entry = self.offer.entry(index);
        let at = self.tops.partition_point(|top| top.first <= index);
        let top = at
            .checked_sub(1)
            .and_then(|at| self.tops.get_mut(at))
            .ok_or(io::ErrorKind::NotFound)?;
        let path = top.path(&entry);
        let file = top
            .open(&entry)
            .map_err(|error| carried(cannot("read", &shown(&path), &error)))?;
        self.current = Some(Current { index, file, path });
        Ok(())
    }

    fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let Some(current) = &mut self.current else {
            return Ok(0);
        };
        current.file.read_vectored(buffers).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => carried(cannot("read", &shown(&current.path), &error)),
        })
    }

    fn close(&mut self) -> io::Result<()> {
        match self.current.take() {
            Some(current) => check(&self.offer, &current),
            None => Ok(()),
        }
    }
}

/// Whether it is still the file that was offered, as far as its length and its time say.
fn check(offer: &Manifest, current: &Current) -> io::Result<()> {
    let (found, entry) = (current.file.metadata()?, offer.entry(current.index));
    let same = found.is_file() && entry.size() == Some(found.len()) && entry.modified == modified(&found);
    same.then_some(()).ok_or_else(|| {
        let fault = Fault::failure(format!("{} changed while it was sent", shown(&current.path)));
        carried(
            fault
                .of_kind("source_changed")
                .hint("send it again when nothing writes to it"),
        )
    })
}

/// A stream.
pub(super) struct Stream(pub(super) Input);

impl Source for Stream {
    fn open(&mut self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.0.read_vectored(buffers)
    }

    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}
