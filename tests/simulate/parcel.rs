//! Sources and landings of a test: in memory, failing or lying where they are told to.

use std::io::{self, IoSlice, IoSliceMut, Read};
use std::sync::{Arc, Mutex};

use keypact::crypto::hash::Blake3;
use keypact::transfer::{Choice, Choices, Entry, Hash, Kind, Landing, Manifest, Modified, Query, Soundness, Source};

/// An offer of files in one folder.
pub fn offer(files: &[(&str, u64)]) -> Arc<Manifest> {
    let mut offer = Manifest::default();
    for (path, size) in files {
        offer.push(&entry(path, Some(*size))).unwrap();
    }
    Arc::new(offer)
}

pub fn entry(path: &str, size: Option<u64>) -> Entry<'_> {
    Entry {
        path: path.as_bytes(),
        kind: size.map_or(Kind::Stream, |size| Kind::File { size }),
        mode: 0o640,
        modified: Modified::default(),
    }
}

pub fn blake3(bytes: &[u8]) -> Hash {
    let mut hash = Blake3::default();
    hash.update(bytes);
    hash.finish()
}

/// Contents in memory, as they are when they are read.
pub struct Contents {
    pub files: Vec<Vec<u8>>,
    pub at: Option<(usize, usize)>,
}

impl Contents {
    pub fn of(files: &[Vec<u8>]) -> Self {
        Self {
            files: files.to_vec(),
            at: None,
        }
    }
}

impl Source for Contents {
    fn open(&mut self, entry: usize) -> io::Result<()> {
        self.at = Some((entry, 0));
        Ok(())
    }

    fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let (entry, from) = self.at.unwrap();
        let count = (&self.files[entry][from..]).read_vectored(buffers)?;
        self.at = Some((entry, from + count));
        Ok(count)
    }

    fn close(&mut self) -> io::Result<()> {
        let (entry, from) = self.at.take().unwrap();
        match from == self.files[entry].len() {
            true => Ok(()),
            false => Err(io::Error::other("it has grown")),
        }
    }
}

/// What has become of an offer.
#[derive(Default, Clone)]
pub struct Fate(pub Arc<Mutex<Inner>>);

#[derive(Default)]
pub struct Inner {
    /// What was written of each entry, behind what the target had of it.
    pub written: Vec<Vec<u8>>,
    pub spoilt: Vec<usize>,
    pub committed: bool,
    pub dropped: bool,
}

/// Takes everything, unless it is told otherwise.
pub struct Target {
    pub fate: Fate,
    /// Takes this many bytes and then no more.
    pub room: usize,
    pub commits: bool,
    pub accepts: bool,
    /// What it has of each entry before anything comes.
    pub has: Vec<Vec<u8>>,
    /// Says that it has these without having asked.
    pub claims: bool,
    offer: Arc<Manifest>,
    current: usize,
}

impl Fate {
    pub fn target(&self) -> Target {
        Target {
            fate: self.clone(),
            room: usize::MAX,
            commits: true,
            accepts: true,
            has: Vec::new(),
            claims: false,
            offer: Arc::default(),
            current: 0,
        }
    }

    /// The contents, when they were committed.
    pub fn committed(&self) -> Option<Vec<Vec<u8>>> {
        let fate = self.0.lock().unwrap();
        fate.committed.then(|| fate.written.clone())
    }
}

impl Target {
    /// Entries of which it has something.
    fn had(&self) -> impl Iterator<Item = (usize, &Vec<u8>)> {
        self.has.iter().enumerate().filter(|(_, had)| !had.is_empty())
    }
}

impl Landing for Target {
    fn consider(&mut self, offer: &Arc<Manifest>) -> io::Result<Vec<Query>> {
        if !self.accepts {
            return Err(io::Error::other("no room in the inn"));
        }
        self.offer = Arc::clone(offer);
        self.fate.0.lock().unwrap().written = vec![Vec::new(); offer.len()];
        let query = |(entry, had): (usize, &Vec<u8>)| Query {
            entry: u32::try_from(entry).unwrap(),
            length: had.len() as u64,
        };
        Ok(if self.claims {
            Vec::new()
        } else {
            self.had().map(query).collect()
        })
    }

    fn decide(&mut self, answers: &[Hash]) -> io::Result<Choices> {
        let mut choices = Choices::default();
        let mut answers = answers.iter();
        let had: Vec<_> = self.had().map(|(entry, had)| (entry, had.clone())).collect();
        for (entry, had) in had {
            let same = self.claims || answers.next() == Some(&blake3(&had));
            let whole = self.offer.entry(entry).size() == Some(had.len() as u64);
            choices.add(
                entry,
                match (same, whole) {
                    (true, true) => Choice::Here,
                    (true, false) => Choice::From(had.len() as u64),
                    (false, _) => Choice::Whole,
                },
            );
            if same {
                self.fate.0.lock().unwrap().written[entry] = had;
            }
        }
        Ok(choices)
    }

    fn begin(&mut self, entry: usize) -> io::Result<Blake3> {
        self.current = entry;
        let mut hash = Blake3::default();
        hash.update(&self.fate.0.lock().unwrap().written[entry]);
        Ok(hash)
    }

    fn write(&mut self, pieces: &mut [IoSlice<'_>]) -> io::Result<()> {
        let mut fate = self.fate.0.lock().unwrap();
        for piece in pieces {
            let count = piece.len().min(self.room);
            self.room -= count;
            fate.written[self.current].extend_from_slice(&piece[..count]);
            if count < piece.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        Ok(())
    }

    fn end(&mut self, soundness: Soundness) -> io::Result<()> {
        if soundness == Soundness::Spoilt {
            self.fate.0.lock().unwrap().spoilt.push(self.current);
        }
        Ok(())
    }

    fn commit(self: Box<Self>) -> io::Result<()> {
        if !self.commits {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.fate.0.lock().unwrap().committed = true;
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.fate.0.lock().unwrap().dropped = true;
    }
}
