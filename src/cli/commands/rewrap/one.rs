//! One file, its old header and its new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::{Change, Selector};
use crate::cli::commands::decrypt::{advise, no_identity, no_passphrase};
use crate::cli::commands::encrypt::{borrowed, seal};
use crate::cli::fault::{Code, Fault};
use crate::cli::journal;
use crate::cli::keys::{IdentityFile, Passphrases};
use crate::cli::replacement::Replacement;
use crate::cli::shown::shown;
use crate::cli::streams::{BUFFER, cannot, is_same_file, pump};
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::format::keys::RecipientKey;
use crate::format::rewrap::{Found, Rewrap};
use crate::format::stream::Jobs;
use crate::format::{self, Header, Identity, Locked, NONCE_LEN, Recipient, Room, armor, scrypt};
use crate::secret::Passphrase;

/// What is done to each file.
pub(super) struct Work<'a> {
    pub(super) change: &'a Change<'a>,
    pub(super) identities: &'a [IdentityFile<'a>],
    /// For files that are locked with one.
    pub(super) passphrases: Option<&'a Passphrases<'a>>,
    pub(super) is_deep: bool,
    pub(super) is_dry: bool,
    pub(super) ui: &'a Ui,
}

/// What was done to a file.
pub(super) struct Done {
    pub(super) how: How,
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) is_repaired: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Unchanged,
    InPlace,
    Copy,
    Deep,
}

impl How {
    /// The word for it in JSON.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::InPlace => "in_place",
            Self::Copy => "copy",
            Self::Deep => "deep",
        }
    }
}

/// A file with its header read.
struct Opened {
    held: Held,
    name: String,
    header: Header,
    /// Of the header, in bytes.
    length: u64,
    is_armored: bool,
    /// What stands behind the header.
    rest: Box<dyn BufRead + Send>,
    is_repaired: bool,
}

impl Work<'_> {
    pub(super) fn on(&self, path: &Path) -> anyhow::Result<Done> {
        let opened = self.open(path)?;
        let passphrase = self.passphrase_of(&opened)?;
        let by_passphrase = passphrase.as_ref().map(|words| scrypt::Identity::new(copy_of(words)));
        let keys = match &by_passphrase {
            Some(identity) => vec![identity as &dyn Identity],
            None if self.identities.is_empty() => return Err(no_identity().into()),
            None => self.identities.iter().map(|file| file as &dyn Identity).collect(),
        };
        let mut rewrap = Rewrap::new(&opened.header, &keys).map_err(advise)?;
        let before = rewrap.count();
        let is_changed = self.apply(&mut rewrap, &opened.name)?;
        let after = rewrap.count();
        if after == 0 {
            return Err(nobody_left(&opened.name).into());
        }
        let is_repaired = opened.is_repaired;
        let how = if self.is_deep {
            self.deep(opened, &rewrap, &keys, passphrase)?
        } else if is_changed {
            self.shallow(opened, &rewrap, &keys)?
        } else {
            How::Unchanged
        };
        Ok(Done {
            how,
            before,
            after,
            is_repaired,
        })
    }

    fn open(&self, path: &Path) -> anyhow::Result<Opened> {
        let name = shown(path);
        let held = Held::open(path, self.is_dry)?;
        let pending = self.repair(&held, &name)?;
        let is_repaired = pending.is_some();
        // A dry run writes nothing, and looks at what the repair would give.
        let front = pending.unwrap_or_default();
        let mut file = held.file.try_clone()?;
        file.seek(SeekFrom::Start(front.len() as u64))?;
        let source = BufReader::with_capacity(BUFFER, Cursor::new(front).chain(file));
        let mut source = armor::Reader::new(source);
        let header = Header::read(&mut source)?;
        let is_armored = source.is_armored()?;
        let length = header.to_bytes().len() as u64;
        let behind = if is_armored {
            source.fill_buf()?.len() as u64
        } else {
            held.file.metadata()?.len().saturating_sub(length)
        };
        if behind < NONCE_LEN as u64 {
            return Err(format::Error::Header("the file ends right after it").into());
        }
        let rest = Box::new(source);
        Ok(Opened {
            held,
            name,
            header,
            length,
            is_armored,
            rest,
            is_repaired,
        })
    }

    /// Ends what an interrupted run began. Gives the header that is still to be written, in a dry run, or nothing to
    /// put before the file.
    fn repair(&self, held: &Held, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        if self.is_dry {
            return Ok(journal::pending(&held.real, &held.file));
        }
        let repaired = journal::repair(&held.real, &held.file).map_err(|error| cannot("repair", name, &error))?;
        if repaired {
            self.ui
                .note(&format!("{name}: an interrupted rewrap was brought to its end"));
        }
        Ok(repaired.then(Vec::new))
    }

    /// A stranger's file must not cause a question that nobody expects.
    fn passphrase_of(&self, opened: &Opened) -> Result<Option<Passphrase>, Fault> {
        match (opened.header.locked(), self.passphrases) {
            (Locked::Keys, _) => Ok(None),
            (Locked::Passphrase, Some(passphrases)) => passphrases.open(&opened.name).map(Some),
            (Locked::Passphrase, None) => Err(no_passphrase(&opened.name)),
        }
    }

    /// Says whether anything is another way than before.
    fn apply(&self, rewrap: &mut Rewrap, name: &str) -> anyhow::Result<bool> {
        match self.change {
            Change::Set(recipients) => {
                rewrap.clear();
                rewrap.add(&borrowed(recipients), &mut OsRng)?;
                Ok(true)
            }
            Change::Edit { remove, add } => {
                self.recognise(rewrap)?;
                let mut is_changed = false;
                for selector in remove {
                    is_changed |= self.remove(rewrap, selector, name)?;
                }
                let is_new = |one: &&dyn Recipient| !matches!(rewrap.find(*one), Found::At(_));
                let new: Vec<&dyn Recipient> = borrowed(add).into_iter().filter(is_new).collect();
                if !new.is_empty() {
                    rewrap.add(&new, &mut OsRng)?;
                    is_changed = true;
                }
                Ok(is_changed)
            }
        }
    }

    /// Lets the identities that are open already tell which stanzas are theirs.
    fn recognise(&self, rewrap: &mut Rewrap) -> Result<(), format::Error> {
        for (recipient, identity) in self.identities.iter().flat_map(IdentityFile::opened) {
            rewrap.recognise(identity, &recipient)?;
        }
        Ok(())
    }

    fn remove(&self, rewrap: &mut Rewrap, selector: &Selector, name: &str) -> Result<bool, Fault> {
        let recipient = match selector {
            Selector::Index(index) if rewrap.remove(*index) => return Ok(true),
            Selector::Index(index) => return Err(no_such_stanza(*index, name)),
            Selector::Recipient(recipient) => recipient,
        };
        match rewrap.find(recipient) {
            Found::At(indices) => {
                for index in indices {
                    rewrap.remove(index);
                }
                if rewrap.find(recipient) == Found::Untold {
                    let warning = "has stanzas of which nobody knows whose they are; see 'keypact inspect'";
                    self.ui.warn(&format!("{name} {warning}"));
                }
                Ok(true)
            }
            Found::Nowhere => Ok(false),
            Found::Untold => Err(untold(recipient, name)),
        }
    }

    fn shallow(&self, opened: Opened, rewrap: &Rewrap, keys: &[&dyn Identity]) -> anyhow::Result<How> {
        let in_place = if opened.is_armored { None } else { rewrap.in_place() };
        if let Some(header) = in_place {
            self.warn_if_locked_out(&header, keys, &opened.name);
            if self.is_dry || replaced_in_place(&opened, &header)? {
                return Ok(How::InPlace);
            }
        }
        let header = rewrap.elsewhere(opened.content()?)?;
        if !self.is_dry {
            self.warn_if_locked_out(&header, keys, &opened.name);
            opened.copied(&header)?;
        }
        Ok(How::Copy)
    }

    fn deep(
        &self,
        mut opened: Opened,
        rewrap: &Rewrap,
        keys: &[&dyn Identity],
        passphrase: Option<Passphrase>,
    ) -> anyhow::Result<How> {
        let own: Vec<RecipientKey> = self
            .identities
            .iter()
            .flat_map(IdentityFile::opened)
            .map(|(recipient, _)| recipient)
            .collect();
        let same = passphrase.map(scrypt::Recipient::new);
        let recipients = match (self.change, &same) {
            (Change::Set(recipients), _) => borrowed(recipients),
            (Change::Edit { .. }, Some(same)) => vec![same as &dyn Recipient],
            (Change::Edit { add, .. }, None) => {
                let known = own.iter().map(|key| key as &dyn Recipient).chain(borrowed(add));
                let known: Vec<&dyn Recipient> = known.collect();
                rewrap
                    .recipients(&known)
                    .map_err(|index| unknown_key(index, &opened.name))?
            }
        };
        let room = Room::for_content(opened.content()?);
        let wrapped = format::wrap(&recipients, &mut OsRng)?.with_room(room);
        if !self.is_dry {
            self.warn_if_locked_out(&wrapped.header(), keys, &opened.name);
            let reader = opened.header.decrypt(&mut opened.rest, keys).map_err(advise)?;
            let replacement = opened.held.replacement(&opened.name)?;
            let output = BufWriter::with_capacity(BUFFER, &replacement);
            let sealed = seal(wrapped, reader, output, opened.is_armored, Jobs::available());
            let written = sealed.and_then(|mut output| Ok(output.flush()?));
            written.map_err(|error| named(error, &opened.name))?;
            replacement.commit()?;
        }
        Ok(How::Deep)
    }

    fn warn_if_locked_out(&self, header: &Header, keys: &[&dyn Identity], name: &str) {
        if header.locked() == Locked::Keys && matches!(header.file_key(keys), Err(format::Error::NoMatch(_))) {
            let identities = "none of the identities that opened it now";
            self.ui
                .warn(&format!("{name} will be closed to you: {identities} fits any longer"));
        }
    }
}

/// Whether the header could be replaced where it stands. It cannot where the name leaves no room for a journal's.
fn replaced_in_place(opened: &Opened, header: &Header) -> Result<bool, Fault> {
    let Held { file, real } = &opened.held;
    match journal::replace(real, file, &header.to_bytes()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::InvalidFilename => Ok(false),
        Err(error) if journal::pending(real, file).is_some() => Err(cannot("write", &opened.name, &error)
            .and("its new header stands complete in the journal beside it, and counts")
            .hint("run the same command again; it carries the header over first")),
        Err(error) => Err(cannot("write the journal of", &opened.name, &error)
            .hint("the file is as it was; in place, a file in this folder is needed for a moment")),
    }
}

impl Opened {
    fn copied(self, header: &Header) -> Result<(), Fault> {
        let Self {
            held, name, mut rest, ..
        } = self;
        let replacement = held.replacement(&name)?;
        let text = header.to_bytes();
        let written = if self.is_armored {
            let mut writer = armor::Writer::new(BufWriter::with_capacity(BUFFER, &replacement));
            let written = writer.write_all(&text).and_then(|()| pump(&mut rest, &mut writer));
            written.and_then(|()| writer.finish()).map(drop)
        } else {
            let copied = (&replacement).write_all(&text);
            copied.and_then(|()| replacement.append_from(&held.file, self.length))
        };
        written.map_err(|error| Fault::of(&named(error.into(), &name)))?;
        replacement.commit()
    }

    /// About how many bytes the content has, as far as it decides on room: armor is written anew in any case.
    fn content(&self) -> io::Result<u64> {
        let length = self.held.file.metadata()?.len();
        Ok(if self.is_armored {
            0
        } else {
            length.saturating_sub(self.length)
        })
    }
}

/// A file that no other rewrap touches.
struct Held {
    file: File,
    real: PathBuf,
}

impl Held {
    fn open(path: &Path, is_dry: bool) -> Result<Self, Fault> {
        let name = shown(path);
        let failed = |verb: &str, error: io::Error| cannot(verb, &name, &error);
        let real = fs::canonicalize(path).map_err(|error| failed("open", error))?;
        let metadata = fs::metadata(&real).map_err(|error| failed("open", error))?;
        if metadata.is_dir() {
            return Err(Fault::failure(format!("{name} is a folder")).hint("use --recursive for the files in it"));
        }
        if !metadata.is_file() {
            return Err(Fault::failure(format!("{name} is no file that could be changed")));
        }
        loop {
            let file = OpenOptions::new().read(true).write(!is_dry).open(&real);
            let file = file.map_err(|error| failed("open", error))?;
            if !is_dry {
                lock(&file).map_err(|error| failed("lock", error))?;
            }
            // Whoever had the lock before may have put another file in this place.
            let there = fs::metadata(&real).map_err(|error| failed("open", error))?;
            let here = file.metadata().map_err(|error| failed("open", error))?;
            if is_dry || is_same_file(&there, &here) {
                return Ok(Self { file, real });
            }
        }
    }

    fn replacement(&self, name: &str) -> Result<Replacement, Fault> {
        let metadata = self.file.metadata();
        let begun = metadata.and_then(|metadata| Replacement::of(&self.real, &metadata));
        begun.map_err(|error| cannot("create", name, &error))
    }
}

fn lock(file: &File) -> io::Result<()> {
    loop {
        match flock(file, FlockOperation::LockExclusive) {
            Err(Errno::INTR) => {}
            done => return Ok(done?),
        }
    }
}

fn copy_of(passphrase: &Passphrase) -> Passphrase {
    Passphrase::new(passphrase.expose().to_vec()).expect("a passphrase is never empty")
}

/// The fault of a plain I/O error with the file's name; what says more stays as it is.
fn named(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast::<io::Error>() {
        Ok(error) if error.get_ref().is_none() => cannot("write", name, &error).into(),
        Ok(error) => error.into(),
        Err(error) => error,
    }
}

fn nobody_left(name: &str) -> Fault {
    Fault::new(
        Code::Usage,
        "recipients",
        format!("nobody would be left who can open {name}"),
    )
    .hint("name who is to have it with --add RECIPIENT or -R FILE")
}

fn no_such_stanza(index: usize, name: &str) -> Fault {
    Fault::new(
        Code::Usage,
        "recipients",
        format!("{name} has no stanza {index} for a recipient"),
    )
    .hint("'keypact inspect' shows the stanzas and their numbers")
}

fn untold(recipient: &RecipientKey, name: &str) -> Fault {
    let short: String = recipient.to_string().chars().take(24).collect();
    let what = format!("which stanza of {name} is for {short}… cannot be told");
    Fault::new(Code::Usage, "recipients", what)
        .because("most stanzas do not name their recipients, and this file has no tags for all of them")
        .hint("name it by its number in 'keypact inspect', or all recipients that are to stay with -R FILE")
}

fn unknown_key(index: usize, name: &str) -> Fault {
    let what = format!("the recipient of stanza {index} of {name} is not known");
    Fault::new(Code::Usage, "recipients", what)
        .because("a new file key must be wrapped for every recipient, and a stanza does not hold its public key")
        .hint("name all recipients with -R FILE")
}
