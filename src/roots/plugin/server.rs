//! Our side as the plugin: both conversations, over any two streams.

use std::io::{Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::wire::index;
use super::{Cause, IdentityText, Machine, Wire};
use crate::crypto::rng::Rng;
use crate::format::keys::{IdentityKey, RecipientKey};
use crate::format::{self, FileKey, Identity, Recipient, STANZA_LIMIT, Stanza};
use crate::secret::{Secret, SecretBytes};

/// What a client may have us hold, in bytes: headers of many thousand files.
const HELD: usize = 256 << 20;
/// What a stanza or a key takes in memory beside its own bytes, no less.
const OVERHEAD: usize = 64;

/// What stands behind the identities of our own plugin.
pub trait Holder {
    /// The keys that an identity stands for; `asker` reaches the person in front of the client.
    ///
    /// # Errors
    /// With words for the person, when the identity cannot be used.
    fn open(&self, identity: &IdentityText, asker: &dyn Asker) -> Result<Vec<IdentityKey>, String>;
}

/// Asks the person in front of the client.
pub trait Asker: Sync {
    /// A secret; `None` when the client cannot ask, or nobody answers.
    fn secret(&self, question: &str) -> Option<SecretBytes>;
}

/// Serves one conversation.
///
/// # Errors
/// [`Cause::Ended`] and [`Cause::Protocol`], of the client.
pub fn serve<R: Read + Send, W: Write + Send>(
    machine: Machine,
    wire: Wire<R, W>,
    holder: &dyn Holder,
    rng: &mut dyn Rng,
) -> Result<(), Cause> {
    let session = Session(Mutex::new(wire));
    let asked = session.listen()?;
    let answers = match machine {
        Machine::Recipient => asked.wrap(holder, &session, rng),
        Machine::Identity => asked.unwrap(holder, &session),
    };
    for answer in answers.unwrap_or_else(|complaints| complaints) {
        session.say(&answer.words(), answer.body())?;
    }
    session.wire().reply(&["done"], b"")
}

/// The conversation, shared with whatever has a question in the middle of the work.
struct Session<R, W: Write>(Mutex<Wire<R, W>>);

impl<R: Read + Send, W: Write + Send> Session<R, W> {
    fn wire(&self) -> MutexGuard<'_, Wire<R, W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first phase: the client speaks.
    fn listen(&self) -> Result<Asked, Cause> {
        let mut asked = Asked {
            left: HELD,
            ..Asked::default()
        };
        loop {
            let message = self.wire().receive()?;
            if message.kind() == "done" {
                return Ok(asked);
            }
            asked.take(message)?;
        }
    }

    /// Says something in the second phase and gives the client's answer.
    fn say(&self, words: &[&str], body: &[u8]) -> Result<Stanza, Cause> {
        let mut wire = self.wire();
        wire.send(words, body)?;
        wire.receive()
    }
}

impl<R: Read + Send, W: Write + Send> Asker for Session<R, W> {
    fn secret(&self, question: &str) -> Option<SecretBytes> {
        let answer = self.say(&["request-secret"], question.as_bytes()).ok()?;
        (answer.kind() == "ok").then(|| SecretBytes::new(answer.into_body()))
    }
}

/// All that the client said.
#[derive(Default)]
struct Asked {
    recipients: usize,
    identities: Vec<Option<IdentityText>>,
    file_keys: Vec<FileKey>,
    headers: Vec<Vec<Stanza>>,
    takes_labels: bool,
    /// Bytes that may still be held.
    left: usize,
}

impl Asked {
    fn take(&mut self, message: Stanza) -> Result<(), Cause> {
        let size = OVERHEAD + message.line().len() + message.body().len();
        self.left = self
            .left
            .checked_sub(size)
            .ok_or(Cause::Protocol("more than is accepted in one conversation"))?;
        match message.kind() {
            "add-recipient" => self.recipients += 1,
            "add-identity" => {
                let text = message.args().next().unwrap_or_default();
                self.identities.push(text.parse().ok());
            }
            "wrap-file-key" => {
                let key = Secret::copy_from(SecretBytes::new(message.into_body()).expose());
                let key = key.ok_or(Cause::Protocol("a file key of the wrong length"))?;
                self.file_keys.push(FileKey::dangerous_from(key));
            }
            "recipient-stanza" => self.stanza(message)?,
            "extension-labels" => self.takes_labels = true,
            _ => {}
        }
        Ok(())
    }

    /// `recipient-stanza FILE TYPE ARGS…`, each file's in a row
    fn stanza(&mut self, message: Stanza) -> Result<(), Cause> {
        let file = index(message.args().next(), self.headers.len() + 1)?;
        let stanza = message.behind(2).ok_or(Cause::Protocol("a stanza without a type"))?;
        if file == self.headers.len() {
            self.headers.push(Vec::new());
        }
        if file + 1 != self.headers.len() || self.headers[file].len() == STANZA_LIMIT {
            return Err(Cause::Protocol("stanzas out of order, or too many"));
        }
        self.headers[file].push(stanza);
        Ok(())
    }

    /// The keys of all identities, or what is wrong with any.
    fn open(&self, holder: &dyn Holder, asker: &dyn Asker) -> Result<Vec<IdentityKey>, Vec<Answer>> {
        let (mut keys, mut complaints) = (Vec::new(), Vec::new());
        for (at, identity) in self.identities.iter().enumerate() {
            let identity = identity.as_ref().ok_or("this is no identity of a plugin".to_owned());
            match identity.and_then(|identity| holder.open(identity, asker)) {
                Ok(opened) => keys.extend(opened),
                Err(why) => complaints.push(Answer::complaint(&["identity", &at.to_string()], &why)),
            }
        }
        if complaints.is_empty() {
            Ok(keys)
        } else {
            Err(complaints)
        }
    }

    fn wrap(&self, holder: &dyn Holder, asker: &dyn Asker, rng: &mut dyn Rng) -> Result<Vec<Answer>, Vec<Answer>> {
        if self.recipients > 0 {
            let refused = |at: usize| {
                let why = "there are no recipients of this plugin: write to those that the identity stands for, which begin \
                           with age1 or age1pq1";
                Answer::complaint(&["recipient", &at.to_string()], why)
            };
            return Err((0..self.recipients).map(refused).collect());
        }
        let own: Vec<RecipientKey> = self.open(holder, asker)?.iter().map(IdentityKey::recipient).collect();
        let own: Vec<&dyn Recipient> = own.iter().map(|key| key as &dyn Recipient).collect();
        let failed = |error: format::Error| vec![Answer::complaint(&["internal"], &error.to_string())];
        let mut answers = Vec::new();
        if let Some(first) = own.first().filter(|_| self.takes_labels) {
            let labels = first.labels(rng).map_err(failed)?;
            answers.push(Answer::labels(labels));
        }
        format::check_company(&own, rng).map_err(failed)?;
        for (file, file_key) in self.file_keys.iter().enumerate() {
            for recipient in &own {
                let stanzas = recipient.wrap(file_key, rng).map_err(failed)?;
                answers.extend(stanzas.into_iter().map(|stanza| Answer::stanza(file, stanza)));
            }
        }
        Ok(answers)
    }

    fn unwrap(&self, holder: &dyn Holder, asker: &dyn Asker) -> Result<Vec<Answer>, Vec<Answer>> {
        let keys = self.open(holder, asker)?;
        let found = self.headers.iter().enumerate().filter_map(|(file, stanzas)| {
            let found = keys.iter().find_map(|key| key.unwrap(stanzas).transpose())?;
            Some(match found {
                Ok(file_key) => Answer::file_key(file, &file_key),
                Err(error) => {
                    let at = faulty(&keys, stanzas).to_string();
                    Answer::complaint(&["stanza", &file.to_string(), &at], &error.to_string())
                }
            })
        });
        Ok(found.collect())
    }
}

/// Which of `stanzas` a key refuses as malformed.
fn faulty(keys: &[IdentityKey], stanzas: &[Stanza]) -> usize {
    let is_faulty = |stanza: &Stanza| keys.iter().any(|key| key.unwrap(std::slice::from_ref(stanza)).is_err());
    stanzas.iter().position(is_faulty).unwrap_or_default()
}

/// One message of ours in the second phase.
struct Answer {
    line: String,
    body: SecretBytes,
}

impl Answer {
    fn new(words: &[&str], body: Vec<u8>) -> Self {
        Self {
            line: words.join(" "),
            body: SecretBytes::new(body),
        }
    }

    fn complaint(of: &[&str], why: &str) -> Self {
        Self::new(&[&["error"], of].concat(), why.as_bytes().to_vec())
    }

    fn labels(labels: impl IntoIterator<Item = String>) -> Self {
        let words: Vec<String> = std::iter::once("labels".to_owned()).chain(labels).collect();
        Self::new(&words.iter().map(String::as_str).collect::<Vec<_>>(), Vec::new())
    }

    fn stanza(file: usize, stanza: Stanza) -> Self {
        let line = format!("recipient-stanza {file} {}", stanza.line());
        Self::new(&[&line], stanza.into_body())
    }

    fn file_key(file: usize, file_key: &FileKey) -> Self {
        Self::new(&["file-key", &file.to_string()], file_key.expose().to_vec())
    }

    fn words(&self) -> [&str; 1] {
        [&self.line]
    }

    fn body(&self) -> &[u8] {
        self.body.expose()
    }
}
