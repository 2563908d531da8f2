//! Our side as the client: both conversations, over any two streams.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use super::wire::index;
use super::{Cause, Complaint, IdentityText, RecipientText, Ui, Wire, ui};
use crate::format::{FileKey, HEADER_LIMIT, STANZA_LIMIT, Stanza};
use crate::secret::{Secret, SecretBytes};

/// What is kept of a plugin for each file and each of its recipients, in bytes, on average over the conversation: far more
/// than the stanzas of any plugin take. No file gets more than a header can hold.
const KEPT: usize = 64 << 10;
/// Messages without use for the work that are answered in one conversation: a plugin that has more to say will never
/// come to its point.
const ASIDES: usize = 10_000;

/// Whom a plugin is to wrap file keys for.
#[derive(Clone, Copy)]
pub struct Wrapping<'a> {
    /// Recipients of this plugin.
    pub recipients: &'a [RecipientText],
    /// Identities of this plugin, to whose own recipients it wraps.
    pub identities: &'a [IdentityText],
}

/// What a plugin wrapped.
#[derive(Debug)]
pub struct Wrapped {
    /// The stanzas of each file, at least one each.
    pub stanzas: Vec<Vec<Stanza>>,
    /// What all recipients of a file with these stanzas must have in common.
    pub labels: BTreeSet<String>,
}

/// The conversation `recipient-v1`: wraps every one of `file_keys`.
///
/// # Errors
/// [`Cause::Ended`], [`Cause::Protocol`]; [`Cause::Complained`] with all that the plugin says it cannot do.
pub fn wrap<R: Read, W: Write>(
    wire: &mut Wire<R, W>,
    program: &str,
    wrapping: Wrapping,
    file_keys: &[FileKey],
    ui: &dyn Ui,
) -> Result<Wrapped, Cause> {
    for recipient in wrapping.recipients {
        wire.send(&["add-recipient", recipient.as_str()], b"")?;
    }
    add_identities(wire, wrapping.identities.iter())?;
    for file_key in file_keys {
        wire.send(&["wrap-file-key"], file_key.expose())?;
    }
    wire.send(&["extension-labels"], b"")?;
    wire.send(&["done"], b"")?;
    let pairs = file_keys.len() * (wrapping.recipients.len() + wrapping.identities.len());
    let mut heard = WrapAnswers {
        wrapping,
        stanzas: vec![Vec::new(); file_keys.len()],
        left: pairs * KEPT,
        labels: None,
        complaints: Vec::new(),
    };
    listen(wire, program, ui, |message| heard.take(message))?;
    heard.finish()
}

struct WrapAnswers<'a> {
    wrapping: Wrapping<'a>,
    stanzas: Vec<Vec<Stanza>>,
    /// Bytes that may still be kept.
    left: usize,
    labels: Option<BTreeSet<String>>,
    complaints: Vec<Complaint>,
}

impl WrapAnswers<'_> {
    fn take(&mut self, message: Stanza) -> Result<Heard, Cause> {
        match message.kind() {
            "recipient-stanza" => self.stanza(message)?,
            "labels" => self.labels(&message)?,
            "error" => {
                let complaint = self.complaint(&message)?;
                complain(&mut self.complaints, complaint)?;
            }
            _ => return Ok(Heard::Other(message)),
        }
        Ok(Heard::Work)
    }

    /// `recipient-stanza FILE TYPE ARGS…`
    fn stanza(&mut self, message: Stanza) -> Result<(), Cause> {
        let file = index(message.args().next(), self.stanzas.len())?;
        let stanza = message.behind(2).ok_or(Cause::Protocol("a stanza without a type"))?;
        let left = self.left.checked_sub(stanza.line().len() + stanza.body().len());
        self.left = left.ok_or(Cause::Protocol("more stanzas than are accepted"))?;
        self.stanzas[file].push(stanza);
        if self.stanzas[file].len() > STANZA_LIMIT {
            return Err(Cause::Protocol("more stanzas than are accepted"));
        }
        Ok(())
    }

    fn labels(&mut self, message: &Stanza) -> Result<(), Cause> {
        let labels: BTreeSet<String> = message.args().map(str::to_owned).collect();
        if labels.len() != message.args().count() {
            return Err(Cause::Protocol("a label that is there twice"));
        }
        match self.labels.replace(labels) {
            None => Ok(()),
            Some(_) => Err(Cause::Protocol("labels for a second time")),
        }
    }

    fn complaint(&self, message: &Stanza) -> Result<Complaint, Cause> {
        let text = ui::text(message);
        let mut args = message.args();
        Ok(match args.next() {
            Some("recipient") => {
                let recipients = self.wrapping.recipients;
                let at = index(args.next(), recipients.len())?;
                Complaint::Recipient(recipients[at].as_str().to_owned(), text)
            }
            Some("identity") => Complaint::Identity(index(args.next(), self.wrapping.identities.len())?, text),
            _ => Complaint::Internal(text),
        })
    }

    fn finish(self) -> Result<Wrapped, Cause> {
        if !self.complaints.is_empty() {
            return Err(Cause::Complained(self.complaints));
        }
        if self.stanzas.iter().any(Vec::is_empty) {
            return Err(Cause::Protocol("no stanza for one of the files"));
        }
        Ok(Wrapped {
            stanzas: self.stanzas,
            labels: self.labels.unwrap_or_default(),
        })
    }
}

/// What a plugin found.
#[derive(Default)]
pub struct Found {
    /// The file key of each header, where it has one.
    pub file_keys: Vec<Option<FileKey>>,
    /// What it says it cannot do.
    pub complaints: Vec<Complaint>,
}

/// The conversation `identity-v1`: looks for the file keys of `headers`.
///
/// # Errors
/// [`Cause::Ended`], [`Cause::Protocol`].
pub fn unwrap<R: Read, W: Write>(
    wire: &mut Wire<R, W>,
    program: &str,
    identities: &[&IdentityText],
    headers: &[&[Stanza]],
    ui: &dyn Ui,
) -> Result<Found, Cause> {
    add_identities(wire, identities.iter().copied())?;
    for (file, stanzas) in headers.iter().enumerate() {
        let file = file.to_string();
        for stanza in *stanzas {
            wire.send(&["recipient-stanza", &file, stanza.line()], stanza.body())?;
        }
    }
    wire.send(&["done"], b"")?;
    let mut found = Found::default();
    found.file_keys.resize_with(headers.len(), || None);
    listen(wire, program, ui, |message| {
        found.take(message, identities.len(), headers)
    })?;
    Ok(found)
}

impl Found {
    fn take(&mut self, message: Stanza, identities: usize, headers: &[&[Stanza]]) -> Result<Heard, Cause> {
        match message.kind() {
            "file-key" => self.file_key(message)?,
            "error" => {
                let complaint = complaint(&message, identities, headers)?;
                complain(&mut self.complaints, complaint)?;
            }
            _ => return Ok(Heard::Other(message)),
        }
        Ok(Heard::Work)
    }

    /// `file-key FILE; KEY`
    fn file_key(&mut self, message: Stanza) -> Result<(), Cause> {
        let file = index(message.args().next(), self.file_keys.len())?;
        let key = Secret::copy_from(SecretBytes::new(message.into_body()).expose());
        let key = key.ok_or(Cause::Protocol("a file key of the wrong length"))?;
        match self.file_keys[file].replace(FileKey::dangerous_from(key)) {
            None => Ok(()),
            Some(_) => Err(Cause::Protocol("two file keys for one file")),
        }
    }
}

fn complaint(message: &Stanza, identities: usize, headers: &[&[Stanza]]) -> Result<Complaint, Cause> {
    let text = ui::text(message);
    let mut args = message.args();
    Ok(match args.next() {
        Some("identity") => Complaint::Identity(index(args.next(), identities)?, text),
        Some("stanza") => {
            let file = index(args.next(), headers.len())?;
            Complaint::Stanza(file, index(args.next(), headers[file].len())?, text)
        }
        _ => Complaint::Internal(text),
    })
}

fn add_identities<'i, R: Read, W: Write>(
    wire: &mut Wire<R, W>,
    mut identities: impl Iterator<Item = &'i IdentityText>,
) -> Result<(), Cause> {
    identities.try_for_each(|identity| wire.send(&["add-identity", identity.expose()], b""))
}

/// What a message is.
enum Heard {
    /// A part of the work, taken.
    Work,
    /// Something else.
    Other(Stanza),
}

/// The second phase: the plugin speaks, and each of its messages is answered.
fn listen<R: Read, W: Write>(
    wire: &mut Wire<R, W>,
    program: &str,
    ui: &dyn Ui,
    mut take: impl FnMut(Stanza) -> Result<Heard, Cause>,
) -> Result<(), Cause> {
    let mut asides = 0;
    loop {
        let message = wire.receive()?;
        if message.kind() == "done" {
            return Ok(());
        }
        match take(message)? {
            Heard::Work => wire.reply(&["ok"], b"")?,
            Heard::Other(_) if asides == ASIDES => return Err(Cause::Protocol("no end of its messages")),
            Heard::Other(message) => {
                asides += 1;
                ui::answer(wire, ui, program, &message)?;
            }
        }
    }
}

fn complain(complaints: &mut Vec<Complaint>, complaint: Complaint) -> Result<(), Cause> {
    complaints.push(complaint);
    // Together they hold no more than the messages of one conversation may.
    if complaints.len() as u64 > HEADER_LIMIT >> 10 {
        return Err(Cause::Protocol("no end of its errors"));
    }
    Ok(())
}
