//! What is offered of the disk: named paths and all that is in them, in the order of the names.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::packing::{Compress, Largest};
use super::source::{Files, TopSource};
use crate::channel::Coding;
use crate::cli::fault::Fault;
use crate::cli::folder::names_in;
use crate::cli::journal::is_journal;
use crate::cli::shown::shown;
use crate::cli::signals::is_partial;
use crate::cli::streams::{Input, cannot};
use crate::cli::tops::{Top, tops};
use crate::transfer::{Entry, Kind, Manifest, Member, Modified, Source};

/// What becomes of symbolic links.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Symlinks {
    /// There must be none.
    Refuse,
    /// They are sent as links, when they lead to something else that is sent.
    Keep,
    /// What they lead to is sent in their place.
    Follow,
    /// They are left out.
    Skip,
}

/// The list, and where the contents come from.
pub struct Offer {
    /// The list.
    pub manifest: Arc<Manifest>,
    /// The contents.
    pub source: Box<dyn Source>,
    /// What is left out, with the reason.
    pub skipped: Vec<(PathBuf, &'static str)>,
}

impl Offer {
    /// One open file that is no regular one, or standard input: a stream of unknown length. What is in it is not known
    /// before it is offered, so it is compressed only on demand.
    ///
    /// # Errors
    /// When `name` cannot be a name.
    pub fn stream(input: Input, name: &str, compress: Compress) -> Result<Self, Fault> {
        let mut manifest = Manifest::default();
        if compress == Compress::Zstd {
            manifest.coding = Coding::Zstd;
        }
        let entry = Entry {
            path: name.as_bytes(),
            kind: Kind::Stream,
            mode: 0o644,
            modified: Modified::default(),
        };
        manifest.push(&entry).map_err(|why| not_a_name(name, why))?;
        Ok(Self {
            manifest: Arc::new(manifest),
            source: Box::new(super::source::Stream(input)),
            skipped: Vec::new(),
        })
    }

    /// The files and folders of these paths; `name` is for the only one.
    ///
    /// # Errors
    /// When something cannot be read, is a link that must not be, or does not fit into an offer.
    pub fn of(paths: &[PathBuf], name: Option<&OsStr>, symlinks: Symlinks, compress: Compress) -> Result<Self, Fault> {
        let mut tops = tops(paths)?;
        if let Some(name) = name {
            let [only] = &mut tops[..] else {
                return Err(Fault::usage("--name is for one file or folder, and several are sent"));
            };
            Member::plain(name.as_bytes()).map_err(|why| not_a_name(name, why))?;
            name.clone_into(&mut only.name);
        }
        let mut walk = Walk {
            symlinks,
            tops: tops.iter().map(|top| top.name.as_bytes().to_vec()).collect(),
            manifest: Manifest::default(),
            skipped: Vec::new(),
            above: Vec::new(),
            largest: Largest::default(),
        };
        let mut sources = Vec::new();
        for top in tops {
            let first = walk.manifest.len();
            walk.top(&top)?;
            sources.push(TopSource::new(first, top, symlinks));
        }
        if walk.manifest.is_empty() {
            return Err(Fault::failure("there is nothing to send"));
        }
        walk.manifest.coding = walk.largest.coding(compress);
        let manifest = Arc::new(walk.manifest);
        Ok(Self {
            source: Box::new(Files::new(Arc::clone(&manifest), sources)),
            manifest,
            skipped: walk.skipped,
        })
    }
}

fn not_a_name(name: impl AsRef<OsStr>, why: &str) -> Fault {
    Fault::usage(format!("'{}' is not the name of a file", shown(name)))
        .because(why)
        .hint("give a name without folders with --name")
}

struct Walk {
    symlinks: Symlinks,
    tops: Vec<Vec<u8>>,
    manifest: Manifest,
    skipped: Vec<(PathBuf, &'static str)>,
    /// The folders that the walk is in, by device and number: a link may lead back to one of them.
    above: Vec<(u64, u64)>,
    largest: Largest,
}

impl Walk {
    /// What was named is followed, whatever it is called.
    fn top(&mut self, top: &Top) -> Result<(), Fault> {
        let found = fs::metadata(&top.path).map_err(|error| cannot("open", &shown(&top.path), &error))?;
        let member = Member::plain(top.name.as_bytes()).map_err(|why| not_a_name(&top.name, why))?;
        if !found.is_file() && !found.is_dir() {
            return Err(
                Fault::failure(format!("{} is neither a file nor a folder", shown(&top.path)))
                    .hint("send a pipe or a device alone"),
            );
        }
        self.anything(&top.path, &member, &found)
    }

    fn anything(&mut self, path: &Path, member: &Member, found: &Metadata) -> Result<(), Fault> {
        let kind = found.file_type();
        if kind.is_file() {
            self.largest.see(found.len(), || path.to_owned());
            self.push(path, member, Kind::File { size: found.len() }, found)
        } else if kind.is_dir() {
            self.folder(path, member, found)
        } else if kind.is_symlink() {
            self.symlink(path, member, found)
        } else {
            self.skipped.push((path.to_owned(), "is no file, folder or link"));
            Ok(())
        }
    }

    fn folder(&mut self, path: &Path, member: &Member, found: &Metadata) -> Result<(), Fault> {
        let identity = (found.dev(), found.ino());
        if self.above.contains(&identity) {
            return Err(cannot_offer(path, "a link in it leads back to it"));
        }
        self.push(path, member, Kind::Folder, found)?;
        self.above.push(identity);
        for name in names_in(path).map_err(|error| cannot("read", &shown(path), &error))? {
            let path = path.join(&name);
            if is_partial(&name) || is_journal(&name) {
                self.skipped.push((path, "is what a run of keypact has not finished"));
                continue;
            }
            let member = member.join(name.as_bytes()).map_err(|why| cannot_offer(&path, why))?;
            let found = path.symlink_metadata();
            let found = found.map_err(|error| cannot("look at", &shown(&path), &error))?;
            self.anything(&path, &member, &found)?;
        }
        self.above.pop();
        Ok(())
    }

    fn symlink(&mut self, path: &Path, member: &Member, found: &Metadata) -> Result<(), Fault> {
        match self.symlinks {
            Symlinks::Refuse => Err(cannot_offer(path, "it is a symbolic link")
                .hint("say what becomes of links: --symlinks keep, follow or skip")),
            Symlinks::Skip => {
                self.skipped.push((path.to_owned(), "is a link"));
                Ok(())
            }
            Symlinks::Follow => {
                let found = fs::metadata(path).map_err(|error| cannot("open", &shown(path), &error))?;
                self.anything(path, member, &found)
            }
            Symlinks::Keep => {
                let target = fs::read_link(path).map_err(|error| cannot("read", &shown(path), &error))?;
                let target = target.as_os_str().as_bytes();
                match member.follow(target) {
                    Ok(top) if self.tops.contains(&top) => {}
                    Ok(_) => return Err(cannot_offer(path, "it is a link to what is not sent")),
                    Err(why) => return Err(cannot_offer(path, why)),
                }
                self.push(path, member, Kind::Symlink { target }, found)
            }
        }
    }

    fn push(&mut self, path: &Path, member: &Member, kind: Kind<'_>, found: &Metadata) -> Result<(), Fault> {
        let entry = Entry {
            path: member.as_bytes(),
            kind,
            mode: u16::try_from(found.mode() & 0o777).unwrap_or(0),
            modified: modified(found),
        };
        self.manifest.push(&entry).map_err(|why| cannot_offer(path, why))
    }
}

/// When a file was changed last.
pub(super) fn modified(found: &Metadata) -> Modified {
    Modified {
        seconds: found.mtime(),
        nanoseconds: u32::try_from(found.mtime_nsec()).unwrap_or(0),
    }
}

fn cannot_offer(path: &Path, why: &str) -> Fault {
    Fault::failure(format!("cannot send {}", shown(path))).because(why)
}
