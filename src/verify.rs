//! Out-of-band verification: the short authentication string of an agreement, and the one step that makes an agreement
//! verified. Byte-exact text: `docs/spec/sas.md`.

use crate::codes::{digits, emoji, words};
use crate::handshake::{Agreed, Mask, Unverified, Verified};
use crate::secret::Secret;

/// How a short authentication string is written. Both people must have the same form in front of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Words of the PGP list, 8 bits each; 4 by default.
    Words(WordCount),
    /// Ten digits, 33.2 bits.
    Digits,
    /// Seven emoji with their names, 42 bits.
    Emoji,
}

/// From 4 words (32 bits: one blind guess in four thousand million) to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordCount(usize);

impl WordCount {
    /// The default.
    pub const FOUR: Self = Self(4);
}

impl Default for Form {
    fn default() -> Self {
        Self::Words(WordCount::FOUR)
    }
}

impl std::str::FromStr for Form {
    type Err = String;

    /// `words`, `words:N`, `digits` or `emoji`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "words" => Ok(Self::Words(WordCount::FOUR)),
            "digits" => Ok(Self::Digits),
            "emoji" => Ok(Self::Emoji),
            _ => {
                let count = text.strip_prefix("words:").and_then(|count| count.parse().ok());
                let count = count.filter(|count| (4..=16).contains(count));
                count
                    .map(|count| Self::Words(WordCount(count)))
                    .ok_or_else(|| "not a form of code: words, words:N (N from 4 to 16), digits or emoji".to_owned())
            }
        }
    }
}

/// The short authentication string of one agreement. The same on both sides unless somebody stands between them.
pub struct Sas(Secret<64>);

impl Sas {
    /// The string of an agreement, which exists only after the commitment has been opened.
    pub fn of(agreed: &Agreed<Unverified>) -> Self {
        Self(Secret::with(|copy| *copy = *agreed.sas().expose()))
    }

    /// The string in a form, for a person to read out.
    pub fn show(&self, form: Form) -> String {
        let bytes = self.0.expose();
        match form {
            Form::Words(WordCount(count)) => words::spoken(&bytes[..count]),
            Form::Digits => digits::ten(bytes),
            Form::Emoji => emoji::seven(bytes),
        }
    }
}

/// What the person, or the command that stands in for one, says of the two codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Both sides show the same code.
    Match,
    /// They differ, or the person does not know.
    NoMatch,
}

/// The codes differ: somebody is in the middle, or these are two different sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the codes differ")]
pub struct CodesDiffer;

/// The checks that have passed on this side so far.
#[derive(Default)]
pub struct Checks {
    passed: u8,
}

impl Checks {
    /// Takes a person's answer to the short authentication string.
    ///
    /// # Errors
    /// [`CodesDiffer`].
    pub fn compared(&mut self, answer: Answer) -> Result<(), CodesDiffer> {
        match answer {
            Answer::Match => self.pass(Mask::SAS),
            Answer::NoMatch => return Err(CodesDiffer),
        }
        Ok(())
    }

    /// The user has said that the outer channel vouches for the peer.
    pub fn transport_trusted(&mut self) {
        self.pass(Mask::TRANSPORT);
    }

    /// A verified agreement, when every mode that it demands has passed; the agreement back, when one is missing.
    ///
    /// # Errors
    /// The agreement, unverified as before.
    pub fn verify(&self, agreed: Agreed<Unverified>) -> Result<Agreed<Verified>, Agreed<Unverified>> {
        // A code, a courier key or a pinned identity is in the keys: without it there would be no agreement.
        match Mask::from_byte(self.passed | agreed.mask().proven()) {
            Some(passed) if passed.demands(agreed.mask()) => Ok(agreed.into_verified()),
            _ => Err(agreed),
        }
    }

    fn pass(&mut self, mode: Mask) {
        self.passed |= mode.to_byte();
    }
}
