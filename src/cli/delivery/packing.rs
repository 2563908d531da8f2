//! Whether contents are compressed before they are encrypted.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use clap::ValueEnum;
use rustix::fs::OFlags;

use crate::channel::Coding;

/// What the sender says of it.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Compress {
    /// As they are.
    None,
    /// By zstd.
    Zstd,
    /// By zstd, if the largest files gain from it.
    Auto,
}

/// Files that are looked into, and how far.
const FILES: usize = 8;
const HEAD: u64 = 1 << 16;

/// The largest files of an offer: they are most of what travels.
#[derive(Default)]
pub(super) struct Largest(Vec<(u64, PathBuf)>);

impl Largest {
    /// Takes one more file in.
    pub(super) fn see(&mut self, size: u64, path: impl FnOnce() -> PathBuf) {
        if self.0.len() == FILES && self.0.last().is_some_and(|(least, _)| *least >= size) {
            return;
        }
        let at = self.0.partition_point(|(other, _)| *other >= size);
        self.0.insert(at, (size, path()));
        self.0.truncate(FILES);
    }

    /// What is best for them. A file that cannot be read has no say; the transfer will find that out.
    pub(super) fn coding(&self, compress: Compress) -> Coding {
        match compress {
            Compress::None => Coding::Plain,
            Compress::Zstd => Coding::Zstd,
            Compress::Auto => {
                let mut sample = Vec::new();
                for (_, path) in &self.0 {
                    // What was a file when it was listed must not hold the program up if it is a pipe now.
                    let how = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits()).unwrap_or(0);
                    if let Ok(file) = File::options().read(true).custom_flags(how).open(path) {
                        let _ = file.take(HEAD).read_to_end(&mut sample);
                    }
                }
                Coding::fitting(&sample)
            }
        }
    }
}
