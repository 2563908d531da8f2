//! Recipients that the plugins of devices with a P-256 key hand out: `age1yubikey1…`, `age1se1…`, `age1tpm1…`. The public
//! key is in the text, so that encryption needs no plugin.
//!
//! ```text
//! -> piv-p256 base64(tag 4) base64(share 33)    shared = x(ephemeral * recipient)          YubiKey, Secure Enclave
//! seal(k, file key)                             k = HKDF(shared, salt = share || recipient, info = "piv-p256")
//!                                               tag = SHA-256(recipient)[..4], all points compressed
//! -> tpm-ecc base64(tag 4) base64(share 33)     the same, but the points in salt and tag are uncompressed,       TPM
//! seal(k, file key)                             and info = "age-encryption.org/v1/tpm-p256"
//! ```
//!
//! No text specifies these but the plugins' sources: age-plugin-yubikey (`src/piv_p256.rs`), age-plugin-se
//! (`Sources/Plugin.swift`), age-plugin-tpm (`plugin/recipient.go`, `plugin/crypto.go`). They have since learnt `age1tag1…`
//! ([`super::tag`]) for the same keys, open both kinds, and leave the recipients above their meaning.

use std::fmt;
use std::str::FromStr;

use super::stanza::{SEALED_FILE_KEY, decode_arg};
use super::tag::{NO_POINT, TAG_LEN, fingerprint};
use super::{Error, FileKey, KeyError, Stanza, keys, unwrap_mine};
use crate::crypto::p256::{Agree, COMPRESSED_LEN, KeyPair, LEN, PublicKey};
use crate::crypto::rng::Rng;
use crate::crypto::{kdf, labels};
use crate::encoding::{base64, bech32};
use crate::secret::Secret;

/// What holds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// `age1yubikey1…`
    YubiKey,
    /// `age1se1…`
    SecureEnclave,
    /// `age1tpm1…`
    Tpm,
}

impl Device {
    /// The device that a recipient's text names.
    pub fn of(text: &str) -> Option<Self> {
        [Self::YubiKey, Self::SecureEnclave, Self::Tpm]
            .into_iter()
            .find(|device| keys::begins(text, &format!("{}1", device.prefix())))
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::YubiKey => "age1yubikey",
            Self::SecureEnclave => "age1se",
            Self::Tpm => "age1tpm",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::YubiKey | Self::SecureEnclave => "piv-p256",
            Self::Tpm => "tpm-ecc",
        }
    }

    fn label(self) -> &'static [u8] {
        match self {
            Self::YubiKey | Self::SecureEnclave => labels::AGE_PIV,
            Self::Tpm => labels::AGE_TPM,
        }
    }

    /// A point as it goes into salt and tag.
    fn bytes(self, point: &PublicKey) -> Vec<u8> {
        match self {
            Self::YubiKey | Self::SecureEnclave => point.compressed().to_vec(),
            Self::Tpm => point.uncompressed().to_vec(),
        }
    }

    fn tag(self, public: &PublicKey) -> [u8; TAG_LEN] {
        fingerprint(&self.bytes(public))
    }

    fn wrap_key(self, agreed: &Secret<LEN>, share: &PublicKey, public: &PublicKey) -> Secret<32> {
        let salt = [self.bytes(share), self.bytes(public)].concat();
        kdf::hkdf(&salt, agreed.expose(), self.label())
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    device: Device,
    key: PublicKey,
}

impl super::Recipient for Recipient {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        let ephemeral = KeyPair::generate(rng)?;
        let agreed = ephemeral.agree(&self.key);
        let body = file_key.seal(&self.device.wrap_key(&agreed, ephemeral.public(), &self.key));
        let tag = base64::encode(&self.device.tag(&self.key));
        let share = base64::encode(&ephemeral.public().compressed());
        Ok(vec![Stanza::made(self.device.kind(), &[&tag, &share], body)])
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn is_named_by(&self, stanza: &Stanza) -> bool {
        stanza.kind() == self.device.kind()
            && parse(stanza).is_ok_and(|parsed| parsed.tag == self.device.tag(&self.key))
    }
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let device = Device::of(text).ok_or(KeyError::Invalid)?;
        let key = keys::decode_point(device.prefix(), text)?;
        Ok(Self { device, key })
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode(self.device.prefix(), &self.key.compressed()))
    }
}

/// A private key, or the device that holds it.
pub struct Identity<A> {
    device: Device,
    owner: A,
}

impl<A: Agree> Identity<A> {
    /// The identity of an owner, in the way of this device.
    pub fn new(device: Device, owner: A) -> Self {
        Self { device, owner }
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient {
            device: self.device,
            key: self.owner.public().clone(),
        }
    }

    fn open(&self, stanza: &Parsed<'_>) -> Result<Option<FileKey>, Error> {
        let public = self.owner.public();
        if self.device.tag(public) != stanza.tag {
            return Ok(None);
        }
        let share = PublicKey::from_compressed(&stanza.share).map_err(|_| NO_POINT)?;
        let agreed = self.owner.agree(&share)?;
        let wrap_key = self.device.wrap_key(&agreed, &share, public);
        // Tags are short, so a stanza for somebody else may come as far as this.
        Ok(FileKey::open(&wrap_key, stanza.sealed))
    }
}

impl<A: Agree> super::Identity for Identity<A> {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        unwrap_mine(stanzas, self.device.kind(), parse, |stanza| self.open(&stanza))
    }
}

struct Parsed<'s> {
    tag: [u8; TAG_LEN],
    share: [u8; COMPRESSED_LEN],
    sealed: &'s [u8; SEALED_FILE_KEY],
}

fn parse(stanza: &Stanza) -> Result<Parsed<'_>, Error> {
    let [tag, share] = stanza.exact_args()?;
    Ok(Parsed {
        tag: decode_arg(tag)?,
        share: decode_arg(share)?,
        sealed: stanza.sealed_file_key()?,
    })
}
