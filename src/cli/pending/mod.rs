//! Exchanges that wait for a text from the peer, or for two people to compare: one file each, good for one use.
//!
//! Every change is made under one lock for the folder, to a file that is still what was read. What is used up is renamed
//! to a name that nobody reads, the folder is synced, and only then does anything become of it: whoever comes second, and
//! whoever comes after a crash, finds nothing.

mod state;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

pub use state::{Memory, Own, Stage, State, damaged};

use crate::cli::config;
use crate::cli::fault::Fault;
use crate::cli::folder::names_in;
use crate::cli::kept;
use crate::cli::shown::shown;
use crate::cli::signals::is_partial;
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::handshake::{ExchangeId, Role};
use crate::secret::{SecretText, equal};

/// The longest file: the state of an exchange is 2 KiB, and two paths may be as long again.
const LIMIT: u64 = 64 << 10;
/// How the name of a file ends that waits, and that of one that is used up.
const WAITING: &str = "kps";
const BURNED: &str = "burned";

/// The folder.
pub struct Pending {
    folder: PathBuf,
}

/// An exchange that waits, as it was read.
pub struct Entry {
    /// Its name, which is its file's.
    pub name: String,
    /// What is kept of it.
    pub state: State,
    text: SecretText,
}

impl Entry {
    fn described(&self) -> String {
        match &self.state.session {
            Some(session) => format!("{} (session {session})", self.name),
            None => self.name.clone(),
        }
    }
}

/// What the exchange is called on the side of `role`: on one machine, both may wait.
pub fn name(id: ExchangeId, role: Role) -> String {
    let side = match role {
        Role::Initiator => "offer",
        Role::Responder => "accept",
    };
    format!("{id}-{side}")
}

impl Pending {
    /// Where it belongs; it need not exist yet.
    ///
    /// # Errors
    /// When no folder for state is known.
    pub fn find(ui: &Ui) -> Result<Self, Fault> {
        Ok(Self {
            folder: ui.paths()?.state.join("pending"),
        })
    }

    /// Refuses a name that waits already.
    ///
    /// # Errors
    /// `exists`.
    pub fn refuse_taken(&self, name: &str) -> Result<(), Fault> {
        if !self.path(name).exists() {
            return Ok(());
        }
        Err(Fault::failure("this offer has been accepted here already")
            .of_kind("exists")
            .because(format!("{name} waits for the text that the peer makes of the answer"))
            .hint(format!("'keypact confirm --no {name}' forgets it")))
    }

    /// Keeps a new one, and wipes what has been left behind.
    ///
    /// # Errors
    /// When the name waits already, or it cannot be written.
    pub fn add(&self, name: &str, state: &State) -> Result<(), Fault> {
        config::create_private(&self.folder)?;
        let _lock = self.lock()?;
        self.sweep();
        self.refuse_taken(name)?;
        self.write(name, state)
    }

    /// The one of this name.
    ///
    /// # Errors
    /// `not_pending`; `expired`, and then it is wiped; when it cannot be read.
    pub fn get(&self, name: &str) -> Result<Entry, Fault> {
        let text = self.read(name)?.ok_or_else(not_pending)?;
        let state = State::parse(text.expose()).ok_or_else(|| self.damaged(name))?;
        let entry = Entry {
            name: name.to_owned(),
            state,
            text,
        };
        if entry.state.is_over() {
            self.take(&entry)?;
            return Err(expired(name));
        }
        Ok(entry)
    }

    /// All that have not expired, in order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn all(&self) -> Result<Vec<Entry>, Fault> {
        let names = match names_in(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            names => names.map_err(|error| self.unusable(&error))?,
        };
        let paths = names.iter().map(Path::new);
        let waiting = paths.filter(|path| path.extension().is_some_and(|end| end == WAITING));
        let names = waiting.filter_map(|path| path.file_stem()?.to_str());
        // One that is damaged, or expires just now, does not keep the others from being found.
        Ok(names.filter_map(|name| self.get(name).ok()).collect())
    }

    /// The one that is meant: all that fit `is_meant`, or of them the one with this name or the beginning of it, or this
    /// session.
    ///
    /// # Errors
    /// When there are several; when the folder cannot be read.
    pub fn find_one(&self, id: Option<&str>, is_meant: impl Fn(&State) -> bool) -> Result<Option<Entry>, Fault> {
        let is_named =
            |entry: &Entry, id: &str| entry.name.starts_with(id) || entry.state.session.as_deref() == Some(id);
        let mut found = self.all()?;
        found.retain(|entry| is_meant(&entry.state) && id.is_none_or(|id| is_named(entry, id)));
        match (found.pop(), &found[..]) {
            (found, []) => Ok(found),
            (last, others) => {
                let names: Vec<_> = others.iter().chain(&last).map(Entry::described).collect();
                Err(Fault::usage("several exchanges wait")
                    .because(names.join(", "))
                    .hint("name one of them"))
            }
        }
    }

    /// Uses one up.
    ///
    /// # Errors
    /// `not_pending` when somebody else has used it; when that cannot be written down.
    pub fn take(&self, entry: &Entry) -> Result<(), Fault> {
        let _lock = self.hold(entry)?;
        self.burn(&entry.name)
    }

    /// Puts its next state in its place, in one step.
    ///
    /// # Errors
    /// As [`Pending::take`]; the old state is then still there.
    pub fn replace(&self, entry: &Entry, state: &State) -> Result<(), Fault> {
        let _lock = self.hold(entry)?;
        self.rewrite(&entry.name, state)
    }

    /// Writes down that two people have compared it.
    ///
    /// # Errors
    /// As [`Pending::replace`].
    pub fn compared(&self, mut entry: Entry) -> Result<(), Fault> {
        let _lock = self.hold(&entry)?;
        entry.state.stage = Stage::Compared;
        self.rewrite(&entry.name, &entry.state)
    }

    fn rewrite(&self, name: &str, state: &State) -> Result<(), Fault> {
        let old = File::options().write(true).open(self.path(name));
        self.write(name, state)?;
        // The new state is in its place; what cannot be wiped of the old one lies where nobody finds it by name.
        let _ = old.and_then(|old| zero(&old));
        Ok(())
    }

    /// Does the work that uses one up, at most once: it stays when the work fails.
    ///
    /// # Errors
    /// As [`Pending::take`]; those of `work`.
    pub fn settle(&self, entry: &Entry, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        let _lock = self.hold(entry)?;
        work()?;
        Ok(self.burn(&entry.name)?)
    }

    /// Forgets one that is of no use any more, whatever it has become.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn forget(&self, name: &str) -> Result<(), Fault> {
        let _lock = self.lock()?;
        self.burn(name)
    }

    fn lock(&self) -> Result<File, Fault> {
        kept::lock(&self.folder).map_err(|error| self.unusable(&error))
    }

    /// The lock, and the certainty that the file is still what was read.
    fn hold(&self, entry: &Entry) -> Result<File, Fault> {
        let lock = self.lock()?;
        match self.read(&entry.name)? {
            Some(text) if equal(text.expose().as_bytes(), entry.text.expose().as_bytes()) => Ok(lock),
            _ => Err(not_pending()),
        }
    }

    fn read(&self, name: &str) -> Result<Option<SecretText>, Fault> {
        let mut text = String::new();
        let read = File::open(self.path(name)).and_then(|file| file.take(LIMIT).read_to_string(&mut text));
        let text = SecretText::new(text);
        match read {
            Ok(_) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(self.damaged(name)),
            Err(error) => Err(self.unusable(&error)),
        }
    }

    fn write(&self, name: &str, state: &State) -> Result<(), Fault> {
        let written = kept::replace(&self.path(name), state.text().expose());
        written.map_err(|error| self.unusable(&error))
    }

    fn burn(&self, name: &str) -> Result<(), Fault> {
        let path = self.path(name);
        let burned = path.with_extension(BURNED);
        let used_up = fs::rename(&path, &burned).and_then(|()| File::open(&self.folder)?.sync_all());
        used_up.map_err(|error| self.unusable(&error))?;
        // It is used up by its name; what cannot be wiped now is wiped by the next sweep.
        let _ = wipe(&burned);
        Ok(())
    }

    /// Wipes what runs have left that came to no end, and what has expired. What cannot be wiped harms nobody else.
    fn sweep(&self) {
        for name in names_in(&self.folder).unwrap_or_default() {
            let path = self.folder.join(&name);
            if is_partial(&name) || path.extension().is_some_and(|end| end == BURNED) {
                let _ = wipe(&path);
            }
            let Some(name) = Path::new(&name).file_stem().and_then(|stem| stem.to_str()) else {
                continue;
            };
            let text = self.read(name).ok().flatten();
            let state = text.and_then(|text| State::parse(text.expose()));
            if state.is_some_and(|state| state.is_over()) {
                let _ = self.burn(name);
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{WAITING}"))
    }

    fn unusable(&self, error: &io::Error) -> Fault {
        cannot("use", &shown(&self.folder), error)
    }

    fn damaged(&self, name: &str) -> Fault {
        Fault::failure(format!("{} is damaged", shown(self.path(name)))).hint("remove it, and begin a new exchange")
    }
}

fn wipe(path: &Path) -> io::Result<()> {
    zero(&File::options().write(true).open(path)?)?;
    fs::remove_file(path)
}

fn zero(mut file: &File) -> io::Result<()> {
    let length = file.metadata()?.len().min(LIMIT);
    file.write_all(&vec![0; usize::try_from(length).unwrap_or_default()])?;
    file.sync_all()
}

/// What a text, or a name, fits to nothing that waits here.
pub fn not_pending() -> Fault {
    Fault::inauthentic("not_pending", "no exchange waits for this here")
        .because("it has been used, its time is over, or it belongs to another machine or another --home")
        .hint("each text is good once; see 'keypact confirm', or begin anew with 'keypact offer'")
}

fn expired(name: &str) -> Fault {
    Fault::inauthentic("expired", format!("the time of {name} is over"))
        .because("what is kept for it could open the exchange, so it does not stay; it has been wiped")
        .hint("begin anew with 'keypact offer'; --expires allows up to 7 days")
}
