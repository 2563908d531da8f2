//! Plugins as recipients and identities: each stands for all keys of one plugin, which is then started once.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};

use super::process::Process;
use super::{Cause, Error, IdentityText, Machine, Name, RecipientText, Ui, Wrapping, client};
use crate::crypto::rng::Rng;
use crate::format::{self, FileKey, Stanza};
use crate::secret::Secret;

/// Where plugins are found, and whom they may speak to.
pub struct Host<'u> {
    pub(super) path: OsString,
    pub(super) ui: &'u dyn Ui,
}

impl<'u> Host<'u> {
    /// Finds plugins in the folders of `path`, which has the form of the variable `PATH`. Relative ones are passed over:
    /// they would let the folder that one works in name the program.
    pub fn new(path: OsString, ui: &'u dyn Ui) -> Self {
        Self { path, ui }
    }
}

/// The recipients of one plugin, and the identities of it that stand for their recipients.
pub struct Recipient<'h> {
    host: &'h Host<'h>,
    name: Name,
    recipients: Vec<RecipientText>,
    identities: Vec<IdentityText>,
    /// As the plugin told them when it last wrapped a key.
    labels: Mutex<Option<BTreeSet<String>>>,
}

/// One recipient for each plugin that has some of these, in the order of their first.
pub fn recipients<'h>(
    host: &'h Host<'h>,
    recipients: Vec<RecipientText>,
    identities: Vec<IdentityText>,
) -> Vec<Recipient<'h>> {
    let mut groups = Vec::new();
    for recipient in recipients {
        let group = Recipient::among(&mut groups, host, recipient.name());
        group.recipients.push(recipient);
    }
    for identity in identities {
        let group = Recipient::among(&mut groups, host, identity.name());
        group.identities.push(identity);
    }
    groups
}

impl<'h> Recipient<'h> {
    fn among<'g>(groups: &'g mut Vec<Self>, host: &'h Host<'h>, name: &Name) -> &'g mut Self {
        let new = || Self {
            host,
            name: name.clone(),
            recipients: Vec::new(),
            identities: Vec::new(),
            labels: Mutex::new(None),
        };
        group(groups, |group| &group.name == name, new)
    }

    fn converse(&self, file_keys: &[FileKey]) -> Result<Vec<Vec<Stanza>>, Error> {
        let wrapping = Wrapping {
            recipients: &self.recipients,
            identities: &self.identities,
        };
        let wrapped = Process::converse(self.host, &self.name, Machine::Recipient, |wire| {
            client::wrap(wire, &self.name.program(), wrapping, file_keys, self.host.ui)
        })?;
        let known = self
            .labels
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(wrapped.labels.clone());
        // The company was, or will be, checked once for all files.
        if known.is_some_and(|known| known != wrapped.labels) {
            return Err(Error::new(&self.name, Cause::Protocol("other labels than before")));
        }
        Ok(wrapped.stanzas)
    }

    fn known_labels(&self) -> Option<BTreeSet<String>> {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl format::Recipient for Recipient<'_> {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, format::Error> {
        let copy = Secret::with(|key| key.copy_from_slice(file_key.expose()));
        let mut wrapped = self.wrap_all(&[FileKey::dangerous_from(copy)], rng)?;
        Ok(wrapped.pop().unwrap_or_default())
    }

    fn wrap_all(&self, file_keys: &[FileKey], _rng: &mut dyn Rng) -> Result<Vec<Vec<Stanza>>, format::Error> {
        Ok(self.converse(file_keys)?)
    }

    fn is_far(&self) -> bool {
        true
    }

    /// As the plugin tells them while it wraps; before that, it is asked with a key that locks nothing.
    fn labels(&self, rng: &mut dyn Rng) -> Result<BTreeSet<String>, format::Error> {
        if self.known_labels().is_none() {
            self.converse(&[FileKey::generate(rng)?])?;
        }
        Ok(self.known_labels().unwrap_or_default())
    }
}

/// The identities of one plugin.
pub struct Identity<'h> {
    host: &'h Host<'h>,
    name: Name,
    identities: Vec<&'h IdentityText>,
}

/// One identity for each plugin that has some of these, in the order of their first.
pub fn identities<'h>(host: &'h Host<'h>, identities: impl IntoIterator<Item = &'h IdentityText>) -> Vec<Identity<'h>> {
    let mut groups: Vec<Identity> = Vec::new();
    for identity in identities {
        let group = group(
            &mut groups,
            |group| &group.name == identity.name(),
            || Identity {
                host,
                name: identity.name().clone(),
                identities: Vec::new(),
            },
        );
        group.identities.push(identity);
    }
    groups
}

fn group<G>(groups: &mut Vec<G>, fits: impl Fn(&G) -> bool, new: impl FnOnce() -> G) -> &mut G {
    let at = groups.iter().position(fits).unwrap_or_else(|| {
        groups.push(new());
        groups.len() - 1
    });
    &mut groups[at]
}

impl Identity<'_> {
    fn converse(&self, headers: &[&[Stanza]]) -> Result<client::Found, Error> {
        Process::converse(self.host, &self.name, Machine::Identity, |wire| {
            client::unwrap(wire, &self.name.program(), &self.identities, headers, self.host.ui)
        })
    }

    /// What a header without a file key means: the plugin cannot use an identity, or it has none for this file.
    fn none_for(&self, file: usize, found: &client::Found) -> Result<Option<FileKey>, format::Error> {
        let mut complaints = found.complaints.clone();
        complaints.retain(|complaint| !complaint.is_of_another(file));
        if complaints.is_empty() {
            return Ok(None);
        }
        Err(Error::new(&self.name, Cause::Complained(complaints)).into())
    }
}

impl format::Identity for Identity<'_> {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, format::Error> {
        self.unwrap_all(&[stanzas]).pop().unwrap_or(Ok(None))
    }

    fn unwrap_all(&self, headers: &[&[Stanza]]) -> Vec<Result<Option<FileKey>, format::Error>> {
        match self.converse(headers) {
            Ok(mut found) => {
                let file_keys = std::mem::take(&mut found.file_keys).into_iter().enumerate();
                file_keys
                    .map(|(file, key)| key.map_or_else(|| self.none_for(file, &found), |key| Ok(Some(key))))
                    .collect()
            }
            Err(error) => headers.iter().map(|_| Err(error.clone().into())).collect(),
        }
    }

    fn is_far(&self) -> bool {
        true
    }
}
