//! What is carried: keys for an exchange, and identities of files.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::Error;
use crate::crypto::hash;
use crate::crypto::labels::{self, handshake::KCV};
use crate::crypto::rng::Rng;
use crate::encoding::{base64, hex};
use crate::format::keys::IdentityKey;
use crate::format::{hybrid, x25519};
use crate::secret::{Secret, SecretBytes, SecretText};

/// Bytes of the short and of the long key for an exchange.
const SHORT: usize = 16;
const LONG: usize = 32;

/// How a comment begins that says that the key is good for one exchange.
const ONE_USE: &str = "# keypact psk: one-use";

/// What a key is for. Words alone do not tell; QR codes do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A key for `exchange --psk-file`: 16 or 32 bytes (other programs may have packed others).
    Psk = 1,
    /// The seed of a classic identity, 32 bytes.
    X25519 = 2,
    /// The seed of a hybrid identity, 32 bytes.
    Hybrid = 3,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Psk, Self::X25519, Self::Hybrid];

    /// The kind of a byte.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Psk => "key for an exchange",
            Self::X25519 => "X25519 identity",
            Self::Hybrid => "hybrid identity",
        })
    }
}

/// A key and what it is for.
pub struct Key {
    kind: Kind,
    secret: SecretBytes,
}

/// How often a key for an exchange may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PskUse {
    /// By the first exchange that completes: others may have read the paper.
    Once,
    /// As often as the holder likes.
    Many,
}

impl Key {
    /// A key of a kind.
    ///
    /// # Errors
    /// [`Error::Length`].
    pub fn new(kind: Kind, secret: SecretBytes) -> Result<Self, Error> {
        let is_right = match kind {
            Kind::Psk => (SHORT..=2 * LONG).contains(&secret.expose().len()),
            Kind::X25519 | Kind::Hybrid => secret.expose().len() == LONG,
        };
        is_right.then_some(Self { kind, secret }).ok_or(Error::Length)
    }

    /// A fresh key for an exchange: `N` bytes, 16 or 32.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate<const N: usize>(rng: &mut dyn Rng) -> Result<Self, Error> {
        let drawn = Secret::<N>::generate(rng)?;
        Self::new(Kind::Psk, SecretBytes::new(drawn.expose().to_vec()))
    }

    /// The key in a PSK file, and how often it may be used: the first line holds 32 or 16 bytes, in hexadecimal or in base64;
    /// the others are empty or comments, one of which may say that the key is for one use.
    ///
    /// # Errors
    /// [`Error::Psk`].
    pub fn read_psk(text: &str) -> Result<(Self, PskUse), Error> {
        let mut lines = text.lines();
        let key = psk(lines.next().unwrap_or_default()).ok_or(Error::Psk)?;
        let mut uses = PskUse::Many;
        for line in lines {
            if line.starts_with(ONE_USE) {
                uses = PskUse::Once;
            } else if !line.is_empty() && !line.starts_with('#') {
                return Err(Error::Psk);
            }
        }
        Ok((Self::new(Kind::Psk, key)?, uses))
    }

    /// A PSK file: the key in hexadecimal, and for [`PskUse::Once`] a line that says so, where the key is `from`.
    pub fn psk_file(&self, uses: PskUse, from: &str) -> SecretText {
        let digits = Zeroizing::new(hex::encode(self.secret.expose()));
        let mark = match uses {
            PskUse::Once => format!("{ONE_USE}; kcv {}; {from}\n", self.check_value()),
            PskUse::Many => String::new(),
        };
        SecretText::new([&*digits, "\n", &mark].concat())
    }

    /// The seed of an identity.
    pub fn of_identity(identity: &IdentityKey) -> Self {
        let kind = match identity {
            IdentityKey::X25519(_) => Kind::X25519,
            IdentityKey::Hybrid(_) => Kind::Hybrid,
        };
        Self {
            kind,
            secret: SecretBytes::new(identity.expose_seed().expose().to_vec()),
        }
    }

    /// The identity of a seed; `None` for another kind of key.
    pub fn identity(&self) -> Option<IdentityKey> {
        let seed = Secret::copy_from(self.secret.expose())?;
        match self.kind {
            Kind::Psk => None,
            Kind::X25519 => Some(IdentityKey::X25519(x25519::Identity::from_seed(seed))),
            Kind::Hybrid => Some(IdentityKey::Hybrid(hybrid::Identity::from_seed(seed))),
        }
    }

    /// What it is for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its bytes.
    pub fn expose(&self) -> &[u8] {
        self.secret.expose()
    }

    /// What two people compare to know that they hold the same key: `X(key, "kcv", "", 4)`.
    pub fn check_value(&self) -> CheckValue {
        // One block of HKDF-Expand, which other code of ours asks 32 bytes of key for.
        let [a, b, c, d, ..] = hash::hmac(self.expose(), &[labels::HANDSHAKE, KCV, &[0], &[1]]);
        CheckValue([a, b, c, d])
    }
}

/// The bytes of a line.
fn psk(line: &str) -> Option<SecretBytes> {
    let bytes = match line.len() {
        64 | 32 => {
            let line = Zeroizing::new(line.to_ascii_lowercase());
            hex::decode(&line).ok()?
        }
        44 => base64::decode(line.strip_suffix('=')?).ok()?,
        24 => base64::decode(line.strip_suffix("==")?).ok()?,
        _ => return None,
    };
    let bytes = SecretBytes::new(bytes);
    [SHORT, LONG].contains(&bytes.expose().len()).then_some(bytes)
}

/// The check value of a key, which is no secret: 32 bits tell a wrong key, and nothing of 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckValue(pub(super) [u8; 4]);

impl fmt::Display for CheckValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for CheckValue {
    type Err = &'static str;

    /// Eight hexadecimal digits, in either case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex::decode(&text.to_ascii_lowercase())
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("a check value has eight hexadecimal digits")
    }
}
