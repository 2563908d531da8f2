//! The age v1 file format: files that `age` and `rage` read, and theirs.
//!
//! ```text
//! header   "age-encryption.org/v1", one stanza a recipient (each wraps the same file key), "--- " MAC      header
//! nonce    16 bytes
//! payload  64 KiB chunks under a key of file key and nonce, each with its tag                              stream
//! ```
//!
//! Everything goes through one joint: a [`Recipient`] wraps a [`FileKey`] into [`Stanza`]s, an [`Identity`] finds it
//! in them again. A further kind of key is one further file beside [`x25519`], and its line in [`keys`].
//!
//! ```
//! use std::io::{Read, Write};
//! use keypact::{crypto::rng::OsRng, format};
//!
//! let identity = format::hybrid::Identity::generate(&mut OsRng)?;
//! let mut writer = format::encrypt(Vec::new(), &[&identity.recipient()], &mut OsRng)?;
//! writer.write_all(b"attack at dawn")?;
//! let file = writer.finish()?;
//!
//! let mut text = String::new();
//! format::decrypt(&file[..], &[&identity])?.read_to_string(&mut text)?;
//! assert_eq!(text, "attack at dawn");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeSet;
use std::io::{BufRead, Write};

use crate::crypto::aead::{Aead, ZERO_NONCE};
use crate::crypto::hpke::{self, Kem};
use crate::crypto::kdf;
use crate::crypto::labels;
use crate::crypto::rng::{self, Rng, RngError};
use crate::secret::Secret;

pub mod armor;
mod error;
mod header;
pub mod hybrid;
pub mod hybrid_tag;
pub mod keys;
mod lines;
pub mod rewrap;
pub mod room;
pub mod scrypt;
pub mod sizes;
pub mod ssh;
mod stanza;
pub mod stream;
pub mod tag;
pub mod token;
pub mod way;
pub mod x25519;

pub use error::{Error, KeyError, Kind, Locked, PayloadError};
pub use header::{HEADER_LIMIT, Header, STANZA_LIMIT};
pub use room::Room;
pub use stanza::{Stanza, write_stanza};
pub use way::Way;

/// Length of a file key in bytes.
pub const FILE_KEY_LEN: usize = 16;
/// Length of the nonce between header and payload in bytes.
pub const NONCE_LEN: usize = 16;

/// What a file key is wrapped for. Shared between threads, because many files are written at once.
pub trait Recipient: Send + Sync {
    /// The stanzas (nearly always one) from which the owner of the matching identity takes `file_key` back.
    ///
    /// # Errors
    /// [`Error::Key`] for a public key that is none; [`Error::Rng`].
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error>;

    /// As [`Recipient::wrap`] for many files at once, in their order: for what is slow to reach, such as a program of its
    /// own, which is started once.
    ///
    /// # Errors
    /// As [`Recipient::wrap`]; then no file is wrapped.
    fn wrap_all(&self, file_keys: &[FileKey], rng: &mut dyn Rng) -> Result<Vec<Vec<Stanza>>, Error> {
        file_keys.iter().map(|file_key| self.wrap(file_key, rng)).collect()
    }

    /// Whether it is reached through another program, so that many files are better wrapped in one call.
    fn is_far(&self) -> bool {
        false
    }

    /// The recipient as people write it, where it can be written: what the tags of [`room`] are made of.
    fn text(&self) -> Option<String> {
        None
    }

    /// Whether `stanza` names this recipient, as those for SSH keys and devices do, in four bytes: two recipients can have
    /// the same name.
    fn is_named_by(&self, _stanza: &Stanza) -> bool {
        false
    }

    /// What all recipients of one file must have in common: a post-quantum recipient beside a classic one would be as
    /// weak as the classic one, and a passphrase beside anything would let others than its holder write the file.
    /// A random label forbids all company. Asked for after wrapping, which costs less where only that brings them to
    /// light.
    ///
    /// # Errors
    /// [`Error::Rng`].
    fn labels(&self, _rng: &mut dyn Rng) -> Result<BTreeSet<String>, Error> {
        Ok(BTreeSet::new())
    }
}

/// What takes a file key out of a header. Shared between threads, because many files are read at once.
pub trait Identity: Send + Sync {
    /// The file key, or `None` when no stanza is for this identity.
    ///
    /// # Errors
    /// [`Error::Header`] when a stanza of this identity's kind is malformed, which condemns the whole file. All of them
    /// are looked at before the first is opened, so that a crafted file learns nothing about the key.
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error>;

    /// As [`Identity::unwrap`] for the headers of many files at once, in their order.
    fn unwrap_all(&self, headers: &[&[Stanza]]) -> Vec<Result<Option<FileKey>, Error>> {
        headers.iter().map(|stanzas| self.unwrap(stanzas)).collect()
    }

    /// Whether it is reached through another program, so that many headers are better opened in one call.
    fn is_far(&self) -> bool {
        false
    }
}

/// What `identities`, tried in order, find in the headers of many files. One that cannot be used, because its device or
/// its program is out of reach, does not stand in the way of the next; when nothing opens a file, it is the reason.
pub fn unwrap_all(identities: &[&dyn Identity], headers: &[&[Stanza]]) -> Vec<Result<Option<FileKey>, Error>> {
    let mut found: Vec<Result<Option<FileKey>, Error>> = headers.iter().map(|_| Ok(None)).collect();
    for identity in identities {
        let is_open = |at: &usize| matches!(found[*at], Ok(None) | Err(Error::Io(_)));
        let open: Vec<usize> = (0..headers.len()).filter(is_open).collect();
        if open.is_empty() {
            break;
        }
        let theirs: Vec<&[Stanza]> = open.iter().map(|at| headers[*at]).collect();
        for (at, result) in open.into_iter().zip(identity.unwrap_all(&theirs)) {
            if found[at].is_ok() || !matches!(result, Ok(None) | Err(Error::Io(_))) {
                found[at] = result;
            }
        }
    }
    found
}

/// Tries the stanzas of one kind in order: all are parsed before the first is opened, as [`Identity::unwrap`] demands.
fn unwrap_mine<'s, T>(
    stanzas: &'s [Stanza],
    kind: &str,
    parse: impl Fn(&'s Stanza) -> Result<T, Error>,
    open: impl Fn(T) -> Result<Option<FileKey>, Error>,
) -> Result<Option<FileKey>, Error> {
    let mine = stanzas.iter().filter(|stanza| stanza.kind() == kind).map(parse);
    for parsed in mine.collect::<Result<Vec<_>, _>>()? {
        if let Some(file_key) = open(parsed)? {
            return Ok(Some(file_key));
        }
    }
    Ok(None)
}

/// The key of one file: everything in it hangs on these 16 bytes.
pub struct FileKey(Secret<FILE_KEY_LEN>);

impl FileKey {
    /// A fresh key.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, RngError> {
        Secret::generate(rng).map(Self)
    }

    /// A given key. Dangerous when it already belongs to another file: only its nonce then holds the two apart.
    pub fn dangerous_from(key: Secret<FILE_KEY_LEN>) -> Self {
        Self(key)
    }

    /// The bytes themselves, for recipients that seal them in their own way.
    pub fn expose(&self) -> &[u8; FILE_KEY_LEN] {
        self.0.expose()
    }

    /// The key sealed under a wrap key that seals nothing else.
    fn seal(&self, wrap_key: &Secret<32>) -> Vec<u8> {
        Aead::new(wrap_key).seal(&ZERO_NONCE, b"", self.expose())
    }

    /// What [`FileKey::seal`] sealed; `None` when it was another wrap key.
    fn open(wrap_key: &Secret<32>, sealed: &[u8; stanza::SEALED_FILE_KEY]) -> Option<Self> {
        let key = Aead::new(wrap_key).open_secret(&ZERO_NONCE, b"", sealed);
        key.ok().map(Self)
    }

    /// The key sealed under the secret that a KEM has made for it alone.
    fn seal_hpke(&self, kem: Kem, shared: &Secret<32>, info: &[u8]) -> Vec<u8> {
        hpke::seal(kem, shared, info, self.expose())
    }

    /// What [`FileKey::seal_hpke`] sealed; `None` when it was under another secret.
    fn open_hpke(kem: Kem, shared: &Secret<32>, info: &[u8], sealed: &[u8; stanza::SEALED_FILE_KEY]) -> Option<Self> {
        hpke::open(kem, shared, info, sealed).ok().map(Self)
    }

    /// `HKDF(ikm = file key, salt = empty, info = "header")`
    fn mac_key(&self) -> Secret<32> {
        kdf::hkdf(b"", self.expose(), labels::AGE_HEADER)
    }

    /// `HKDF(ikm = file key, salt = nonce, info = "payload")`
    fn payload_key(&self, nonce: &[u8; NONCE_LEN]) -> Secret<32> {
        kdf::hkdf(nonce, self.expose(), labels::AGE_PAYLOAD)
    }
}

/// Starts a file for `recipients`: header and nonce are written at once, the payload through the returned writer. The
/// file is complete only after its `finish`.
///
/// # Errors
/// [`Error::NoRecipients`], [`Error::MixedRecipients`], and what wrapping and writing give.
pub fn encrypt<W: Write>(
    output: W,
    recipients: &[&dyn Recipient],
    rng: &mut dyn Rng,
) -> Result<stream::Writer<W>, Error> {
    wrap(recipients, rng)?.encrypt(output, rng)
}

/// A fresh file key and the stanzas that wrap it: what one file needs, and no second one.
pub struct Wrapped {
    file_key: FileKey,
    stanzas: Vec<Stanza>,
    /// Whose each stanza is.
    tags: Vec<room::Tag>,
}

impl Wrapped {
    fn new(file_key: FileKey) -> Self {
        Self {
            file_key,
            stanzas: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// The same with room in its header for recipients that come later.
    #[must_use]
    pub fn with_room(mut self, room: Room) -> Self {
        if let Some(stanzas) = room::appended(&self.stanzas, &self.tags, room) {
            self.stanzas = stanzas;
        }
        self
    }

    /// The header that the file will have.
    pub fn header(&self) -> Header {
        Header::sealed(self.stanzas.clone(), &self.file_key)
    }

    /// Starts the file, as [`encrypt`] does.
    ///
    /// # Errors
    /// [`Error::TooManyRecipients`] for a header that readers refuse; [`Error::Io`] when `output` fails.
    pub fn encrypt<W: Write>(self, output: W, rng: &mut dyn Rng) -> Result<stream::Writer<W>, Error> {
        let nonce = rng::array(rng)?;
        dangerous_encrypt(output, self.stanzas, &self.file_key, &nonce)
    }

    fn add(&mut self, recipient: &dyn Recipient, mut stanzas: Vec<Stanza>) {
        let tag = room::TagKey::of(&self.file_key).of_recipient(recipient);
        self.tags.extend(stanzas.iter().map(|_| tag));
        self.stanzas.append(&mut stanzas);
    }
}

/// A file key for one file, wrapped for every one of `recipients`, in their order.
///
/// # Errors
/// [`Error::NoRecipients`], [`Error::MixedRecipients`], and what wrapping gives.
pub fn wrap(recipients: &[&dyn Recipient], rng: &mut dyn Rng) -> Result<Wrapped, Error> {
    let mut wrapped = Wrapped::new(FileKey::generate(rng)?);
    for recipient in recipients {
        let stanzas = recipient.wrap(&wrapped.file_key, rng)?;
        wrapped.add(*recipient, stanzas);
    }
    // Afterwards, because a plugin tells its labels in the conversation in which it wraps.
    check_company(recipients, rng)?;
    Ok(wrapped)
}

/// As [`wrap`] for `count` files, with one call to each recipient.
///
/// # Errors
/// As [`wrap`].
pub fn wrap_all(count: usize, recipients: &[&dyn Recipient], rng: &mut dyn Rng) -> Result<Vec<Wrapped>, Error> {
    let keys = (0..count)
        .map(|_| FileKey::generate(rng))
        .collect::<Result<Vec<_>, _>>()?;
    let own: Vec<_> = recipients
        .iter()
        .map(|one| one.wrap_all(&keys, rng))
        .collect::<Result<_, _>>()?;
    let mut wrapped: Vec<Wrapped> = keys.into_iter().map(Wrapped::new).collect();
    for (recipient, own) in recipients.iter().zip(own) {
        for (wrapped, stanzas) in wrapped.iter_mut().zip(own) {
            wrapped.add(*recipient, stanzas);
        }
    }
    check_company(recipients, rng)?;
    Ok(wrapped)
}

/// Whether `recipients` may share a file, for callers that wrap a file key of their own.
///
/// # Errors
/// [`Error::NoRecipients`], [`Error::MixedRecipients`]; [`Error::Rng`].
pub fn check_company(recipients: &[&dyn Recipient], rng: &mut dyn Rng) -> Result<(), Error> {
    let (first, others) = recipients.split_first().ok_or(Error::NoRecipients)?;
    let labels = first.labels(rng)?;
    for other in others {
        if other.labels(rng)? != labels {
            return Err(Error::MixedRecipients);
        }
    }
    Ok(())
}

/// As [`encrypt`], under a given file key and nonce. Dangerous: the same pair with two payloads gives both away. It is
/// for known-answer tests, and for callers whose protocol makes the pair unique.
///
/// # Errors
/// [`Error::TooManyRecipients`] for a header that readers refuse; [`Error::Io`] when `output` fails.
pub fn dangerous_encrypt<W: Write>(
    mut output: W,
    stanzas: Vec<Stanza>,
    file_key: &FileKey,
    nonce: &[u8; NONCE_LEN],
) -> Result<stream::Writer<W>, Error> {
    if stanzas.len() > STANZA_LIMIT {
        return Err(Error::TooManyRecipients);
    }
    let mut start = Header::sealed(stanzas, file_key).to_bytes();
    if start.len() as u64 > HEADER_LIMIT {
        return Err(Error::TooManyRecipients);
    }
    start.extend_from_slice(nonce);
    output.write_all(&start)?;
    Ok(stream::Writer::new(output, &file_key.payload_key(nonce)))
}

/// Opens a binary file: the header is read and authenticated at once, the payload through the returned reader, which
/// releases only authenticated bytes. (Armored files come through [`armor::Reader`].)
///
/// # Errors
/// [`Error::Header`], [`Error::HeaderMac`], [`Error::NoMatch`], [`Error::Armor`], [`Error::Io`].
pub fn decrypt<R: BufRead>(mut input: R, identities: &[&dyn Identity]) -> Result<stream::Reader<R>, Error> {
    let header = Header::read(&mut input)?;
    header.decrypt(input, identities)
}

#[cfg(test)]
mod tests;
