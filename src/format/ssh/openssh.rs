//! OpenSSH's own form of private keys (its `PROTOCOL.key`), whose public half is readable without the passphrase.
//!
//! ```text
//! "openssh-key-v1" 0
//! string cipher, string kdf, string (string salt, u32 rounds)         "none", "none", "" when not locked
//! u32 1, string public                                                the public half, as SSH sends it
//! string sealed (u32 check, u32 check again, the key, string comment, 1 2 3 … up to a whole block), tag
//! ```

use super::private::PrivateKey;
use super::{Identity, Recipient, ed25519, rsa};
use crate::crypto;
use crate::crypto::ssh_lock::Lock;
use crate::encoding::fields::Fields;
use crate::format::{Error, KeyError, Stanza};
use crate::secret::Passphrase;

const MAGIC: &[u8] = b"openssh-key-v1\0";
/// The longest block of a cipher, which padding is shorter than.
const BLOCK: usize = 16;

/// A private key behind a passphrase.
pub struct LockedIdentity {
    recipient: Recipient,
    cipher: String,
    salt: Vec<u8>,
    rounds: u32,
    sealed: Vec<u8>,
    tag: Vec<u8>,
}

impl LockedIdentity {
    /// The public half.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// Whether `stanzas` name this key, so that the passphrase is worth asking for.
    ///
    /// # Errors
    /// [`Error::Header`] when one of this key's kind is malformed.
    pub fn is_named_in(&self, stanzas: &[Stanza]) -> Result<bool, Error> {
        self.recipient.is_named_in(stanzas)
    }

    /// The key; `None` when it is another passphrase.
    ///
    /// # Errors
    /// [`KeyError::Damaged`], [`KeyError::Invalid`] for what the right passphrase opens and is not this key.
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<Option<Identity>, KeyError> {
        match self.lock().open(passphrase, &self.sealed) {
            Ok(plain) => read_identity(plain.expose(), &self.recipient),
            Err(crypto::Error::Tag) => Ok(None),
            Err(error) => Err(refusal(error)),
        }
    }

    fn lock(&self) -> Lock<'_> {
        Lock {
            cipher: &self.cipher,
            salt: &self.salt,
            rounds: self.rounds,
            tag: &self.tag,
        }
    }

    fn checked(self) -> Result<Self, KeyError> {
        self.lock().check(&self.sealed).map_err(refusal)?;
        Ok(self)
    }
}

fn refusal(error: crypto::Error) -> KeyError {
    match error {
        crypto::Error::Cost => KeyError::Costly,
        crypto::Error::Cipher => KeyError::UnknownLock,
        _ => KeyError::Damaged,
    }
}

struct Container<'a> {
    cipher: &'a [u8],
    kdf: &'a [u8],
    options: &'a [u8],
    public: &'a [u8],
    sealed: &'a [u8],
    tag: &'a [u8],
}

/// The key in the bytes of such a file.
pub(super) fn decode(bytes: &[u8]) -> Result<PrivateKey, KeyError> {
    let container = read(bytes).ok_or(KeyError::Damaged)?;
    let recipient = Recipient::from_blob(container.public)?;
    match (container.cipher, container.kdf, container.options, container.tag) {
        (b"none", b"none", b"", b"") => {
            let identity = read_identity(container.sealed, &recipient)?;
            identity.map(PrivateKey::Open).ok_or(KeyError::Damaged)
        }
        (_, b"bcrypt", ..) => locked(&container, recipient).map(PrivateKey::Locked),
        _ => Err(KeyError::UnknownLock),
    }
}

fn read(bytes: &[u8]) -> Option<Container<'_>> {
    let mut fields = Fields::new(bytes.strip_prefix(MAGIC)?);
    let [cipher, kdf, options] = [fields.string()?, fields.string()?, fields.string()?];
    let count = fields.u32()?;
    let [public, sealed] = [fields.string()?, fields.string()?];
    (count == 1).then(|| Container {
        cipher,
        kdf,
        options,
        public,
        sealed,
        tag: fields.rest(),
    })
}

fn locked(container: &Container, recipient: Recipient) -> Result<LockedIdentity, KeyError> {
    let (salt, rounds) = kdf_options(container.options).ok_or(KeyError::Damaged)?;
    let key = LockedIdentity {
        recipient,
        cipher: String::from_utf8_lossy(container.cipher).into_owned(),
        salt: salt.to_vec(),
        rounds,
        sealed: container.sealed.to_vec(),
        tag: container.tag.to_vec(),
    };
    key.checked()
}

fn kdf_options(options: &[u8]) -> Option<(&[u8], u32)> {
    let mut fields = Fields::new(options);
    let (salt, rounds) = (fields.string()?, fields.u32()?);
    fields.end().map(|()| (salt, rounds))
}

/// The private half, which must belong to the public one; `None` when it was not opened with the right passphrase.
fn read_identity(plain: &[u8], recipient: &Recipient) -> Result<Option<Identity>, KeyError> {
    let mut fields = Fields::new(plain);
    let checks = [fields.u32(), fields.u32()];
    if checks[0] != checks[1] {
        return Ok(None);
    }
    let identity = match fields.string().ok_or(KeyError::Damaged)? {
        ed25519::KIND_BYTES => ed25519::Identity::read(&mut fields).map(Identity::Ed25519),
        rsa::KIND_BYTES => rsa::Identity::read(&mut fields).map(Identity::Rsa),
        _ => Err(KeyError::Invalid),
    }?;
    let _comment = fields.string().ok_or(KeyError::Damaged)?;
    let padding = fields.rest();
    if padding.len() >= BLOCK || !padding.iter().zip(1..).all(|(byte, expected)| *byte == expected) {
        return Err(KeyError::Damaged);
    }
    if identity.recipient() != *recipient {
        return Err(KeyError::Invalid);
    }
    Ok(Some(identity))
}
