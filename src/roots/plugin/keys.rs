use std::fmt;
use std::str::FromStr;

use crate::encoding::bech32;
use crate::format::KeyError;
use crate::secret::{SecretBytes, SecretText};

const RECIPIENT: &str = "age1";
const IDENTITY: &str = "age-plugin-";
/// Human-readable parts end at 83 characters (BIP 173), of which the longest prefix and a hyphen take 12.
const LONGEST: usize = 71;

/// The name of a plugin: letters, digits, `-`, `_`, `.` and `+`. It becomes a part of a program's name, so anything
/// else, and above all `/`, would let a key say which program is run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// A name of this crate's own.
    pub(super) fn known(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name of its program.
    pub fn program(&self) -> String {
        format!("age-plugin-{}", self.0)
    }

    /// The name itself, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
        let is_name = (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_allowed);
        is_name
            .then(|| Self(text.to_ascii_lowercase()))
            .ok_or(KeyError::Invalid)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A recipient that a plugin knows how to write to: `age1NAME1…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientText {
    name: Name,
    text: String,
}

impl RecipientText {
    /// Whose it is.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The text, in lower case.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for RecipientText {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.to_ascii_lowercase();
        // The data of Bech32 holds no `1`, so a name ends before the second one.
        if !text.starts_with(RECIPIENT) || text.matches('1').count() < 2 {
            return Err(KeyError::UnknownRecipient);
        }
        let (front, _) = bech32::decode(&text)?;
        let name = front.strip_prefix(RECIPIENT).ok_or(KeyError::UnknownRecipient)?;
        let name = name.parse()?;
        Ok(Self { name, text })
    }
}

/// An identity that a plugin knows how to use: `AGE-PLUGIN-NAME-1…`. Most say where a key is kept and need no secrecy;
/// some hold one.
pub struct IdentityText {
    name: Name,
    text: SecretText,
    data: SecretBytes,
}

impl IdentityText {
    /// The identity of a plugin that needs no data.
    pub fn without_data(name: Name) -> Self {
        Self::new(name, Vec::new())
    }

    /// The identity that carries this data.
    pub fn new(name: Name, data: Vec<u8>) -> Self {
        let data = SecretBytes::new(data);
        let text = bech32::encode_identity(&format!("{IDENTITY}{name}-"), data.expose());
        Self { name, text, data }
    }

    /// Whether `text` is meant to be one.
    pub fn is_meant_by(text: &str) -> bool {
        text.get(..IDENTITY.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(IDENTITY))
    }

    /// Whose it is.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The text, in upper case.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// What it carries.
    pub fn expose_data(&self) -> &[u8] {
        self.data.expose()
    }
}

impl FromStr for IdentityText {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if !Self::is_meant_by(text) {
            return Err(KeyError::UnknownIdentity);
        }
        let (front, data) = bech32::decode(text)?;
        let name = front.strip_prefix(IDENTITY).and_then(|name| name.strip_suffix('-'));
        let name = name.ok_or(KeyError::UnknownIdentity)?.parse()?;
        let text = SecretText::new(text.to_ascii_uppercase());
        Ok(Self { name, text, data })
    }
}
