//! One file, its old header and its new one.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::opened::{Held, Opened, named};
use super::{Change, Selector};
use crate::cli::commands::decrypt::{advise, no_identity, no_passphrase};
use crate::cli::commands::encrypt::{borrowed, seal};
use crate::cli::fault::{Code, Fault};
use crate::cli::journal;
use crate::cli::keys::{IdentityFile, Passphrases};
use crate::cli::streams::{BUFFER, cannot};
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::format::keys::RecipientKey;
use crate::format::rewrap::{Found, Rewrap};
use crate::format::stream::Jobs;
use crate::format::{self, Header, Identity, Locked, Recipient, Room, scrypt};
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

/// A file with what opened it.
struct Unlocked<'h> {
    opened: Opened<'h>,
    /// Where it is locked with a passphrase.
    key: Option<Key>,
    rewrap: Rewrap,
}

/// The passphrase of a file.
struct Key {
    passphrase: Passphrase,
    identity: scrypt::Identity,
}

impl Key {
    fn new(passphrase: Passphrase) -> Self {
        let identity = scrypt::Identity::new(copy_of(&passphrase));
        Self { passphrase, identity }
    }
}

impl Work<'_> {
    pub(super) fn on(&self, path: &Path) -> anyhow::Result<Done> {
        let held = Held::open(path, self.is_dry, self.ui)?;
        let (unlocked, is_repaired) = match held.pending() {
            None => (self.unlock(&held, Vec::new())?, false),
            Some(front) => self.unlock_pending(&held, front)?,
        };
        let Unlocked {
            opened,
            key,
            mut rewrap,
        } = unlocked;
        let keys = self.keys(key.as_ref())?;
        let before = rewrap.count();
        let is_changed = self.apply(&mut rewrap, &held.name)?;
        let after = rewrap.count();
        if after == 0 {
            return Err(nobody_left(&held.name).into());
        }
        let how = if self.is_deep {
            self.deep(opened, &rewrap, &keys, key.as_ref())?
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

    /// Reads the file with `front` in the place of its first bytes, and opens and verifies its header.
    fn unlock<'h>(&self, held: &'h Held, front: Vec<u8>) -> anyhow::Result<Unlocked<'h>> {
        let opened = Opened::read(held, front)?;
        let key = self.passphrase_of(&opened)?.map(Key::new);
        let rewrap = Rewrap::new(&opened.header, &self.keys(key.as_ref())?).map_err(advise)?;
        Ok(Unlocked { opened, key, rewrap })
    }

    /// A journal can come from anybody: out of an archive, or from whoever may write into the folder. It replaces a header
    /// only when it proves to be for this very content: it opens, and the content behind it with it; or it is sealed
    /// under the file key that the header in the file gives. Says whether it did.
    fn unlock_pending<'h>(&self, held: &'h Held, front: Vec<u8>) -> anyhow::Result<(Unlocked<'h>, bool)> {
        let begun = match self.proven(held, &front) {
            Ok(mut unlocked) => {
                unlocked.opened = Opened::read(held, self.carried_over(held, front)?)?;
                return Ok((unlocked, true));
            }
            Err(begun) => begun,
        };
        let is_closed_to_us = Fault::of(&begun).kind == "no_match";
        let own = match self.unlock(held, Vec::new()) {
            // What was begun, and has perhaps torn the header, was for others.
            Err(_) if is_closed_to_us => return Err(begun),
            own => own?,
        };
        if Header::read(&mut &front[..]).is_ok_and(|header| own.rewrap.vouches_for(&header)) {
            return Ok((self.unlock(held, self.carried_over(held, front)?)?, true));
        }
        held.disregard(self.ui)?;
        Ok((own, false))
    }

    /// What is still to be put before the file: a dry run writes nothing, and looks at what the repair would give.
    fn carried_over(&self, held: &Held, front: Vec<u8>) -> Result<Vec<u8>, Fault> {
        held.repair(&front, self.ui)?;
        Ok(if self.is_dry { front } else { Vec::new() })
    }

    fn proven<'h>(&self, held: &'h Held, front: &[u8]) -> anyhow::Result<Unlocked<'h>> {
        let unlocked = self.unlock(held, front.to_vec())?;
        let keys = self.keys(unlocked.key.as_ref())?;
        let proof = Opened::read(held, front.to_vec())?;
        if proof.proves(front, &keys)? {
            Ok(unlocked)
        } else {
            Err(format::Error::HeaderMac.into())
        }
    }

    /// What may open a file that is locked with `key`, or with keys.
    fn keys<'k>(&'k self, key: Option<&'k Key>) -> Result<Vec<&'k dyn Identity>, Fault> {
        match key {
            Some(key) => Ok(vec![&key.identity]),
            None if self.identities.is_empty() => Err(no_identity()),
            None => Ok(self.identities.iter().map(|file| file as &dyn Identity).collect()),
        }
    }

    /// A stranger's file must not cause a question that nobody expects.
    fn passphrase_of(&self, opened: &Opened<'_>) -> Result<Option<Passphrase>, Fault> {
        match (opened.header.locked(), self.passphrases) {
            (Locked::Keys, _) => Ok(None),
            (Locked::Passphrase, Some(passphrases)) => passphrases.open(&opened.held.name).map(Some),
            (Locked::Passphrase, None) => Err(no_passphrase(&opened.held.name)),
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

    fn shallow(&self, opened: Opened<'_>, rewrap: &Rewrap, keys: &[&dyn Identity]) -> anyhow::Result<How> {
        let in_place = if opened.is_armored { None } else { rewrap.in_place() };
        if let Some(header) = in_place {
            self.warn_if_locked_out(&header, keys, &opened.held.name);
            if self.is_dry || replaced_in_place(&opened, &header)? {
                return Ok(How::InPlace);
            }
        }
        let header = rewrap.elsewhere(opened.content()?)?;
        if !self.is_dry {
            self.warn_if_locked_out(&header, keys, &opened.held.name);
            opened.copied(&header)?;
        }
        Ok(How::Copy)
    }

    fn deep(
        &self,
        mut opened: Opened<'_>,
        rewrap: &Rewrap,
        keys: &[&dyn Identity],
        key: Option<&Key>,
    ) -> anyhow::Result<How> {
        let own: Vec<RecipientKey> = self
            .identities
            .iter()
            .flat_map(IdentityFile::opened)
            .map(|(recipient, _)| recipient)
            .collect();
        let same = key.map(|key| scrypt::Recipient::new(copy_of(&key.passphrase)));
        let recipients = match (self.change, &same) {
            (Change::Set(recipients), _) => borrowed(recipients),
            (Change::Edit { .. }, Some(same)) => vec![same as &dyn Recipient],
            (Change::Edit { add, .. }, None) => {
                let known = own.iter().map(|key| key as &dyn Recipient).chain(borrowed(add));
                let known: Vec<&dyn Recipient> = known.collect();
                rewrap
                    .recipients(&known)
                    .map_err(|index| unknown_key(index, &opened.held.name))?
            }
        };
        let room = Room::for_content(opened.content()?);
        let wrapped = format::wrap(&recipients, &mut OsRng)?.with_room(room);
        if !self.is_dry {
            self.warn_if_locked_out(&wrapped.header(), keys, &opened.held.name);
            let reader = opened.header.decrypt(&mut opened.rest, keys).map_err(advise)?;
            let replacement = opened.held.replacement()?;
            let output = BufWriter::with_capacity(BUFFER, &replacement);
            let sealed = seal(wrapped, reader, output, opened.is_armored, Jobs::available());
            let written = sealed.and_then(|mut output| Ok(output.flush()?));
            written.map_err(|error| named(error, &opened.held.name))?;
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
fn replaced_in_place(opened: &Opened<'_>, header: &Header) -> Result<bool, Fault> {
    let Held { file, real, .. } = opened.held;
    match journal::replace(real, file, &header.to_bytes()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::InvalidFilename => Ok(false),
        Err(error) if journal::pending(real, file).is_some() => Err(cannot("write", &opened.held.name, &error)
            .and("its new header stands complete in the journal beside it, and counts")
            .hint("run the same command again; it carries the header over first")),
        Err(error) => Err(cannot("write the journal of", &opened.held.name, &error)
            .hint("the file is as it was; in place, a file in this folder is needed for a moment")),
    }
}

fn copy_of(passphrase: &Passphrase) -> Passphrase {
    Passphrase::new(passphrase.expose().to_vec()).expect("a passphrase is never empty")
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
