//! Out-of-band verification: the short authentication string of an agreement, and the one step that makes an agreement
//! verified. Byte-exact text: `docs/spec/sas.md`.

use crate::codes::{digits, emoji, words};
use crate::encoding::base32;
use crate::handshake::{Agreed, Mask, Role, Unverified, Verified};
use crate::secret::{Secret, equal};

/// How the text of a code for a camera begins.
const SCANNED: &str = "KPV1:";
/// Words that each side reads out where both type what they hear.
const TYPED: usize = 3;
/// What shows that a code was seen.
pub type Nonce = [u8; 8];

/// How a short authentication string is written. Both people must have the same form in front of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Words of the PGP list, 8 bits each; 4 by default.
    Words(WordCount),
    /// Ten digits, 33.2 bits.
    Digits,
    /// Seven emoji with their names, 42 bits.
    Emoji,
    /// Each side shows three words of its own, and types those that the other one reads out: 24 bits a direction, and
    /// nobody can say yes out of habit.
    Typed,
    /// Each side shows a QR code, and one scans the other's: 128 bits.
    Qr,
}

/// From 4 words (32 bits: one blind guess in four thousand million) to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordCount(usize);

impl WordCount {
    /// The default.
    pub const FOUR: Self = Self(4);
}

impl Form {
    /// Its name on the command line, without the number of words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Words(_) => "words",
            Self::Digits => "digits",
            Self::Emoji => "emoji",
            Self::Typed => "typed",
            Self::Qr => "qr",
        }
    }
}

impl Default for Form {
    fn default() -> Self {
        Self::Words(WordCount::FOUR)
    }
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Words(WordCount(count)) => write!(f, "words:{count}"),
            form => f.write_str(form.word()),
        }
    }
}

impl std::str::FromStr for Form {
    type Err = String;

    /// `words`, `words:N`, `digits`, `emoji`, `typed` or `qr`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "words" => Ok(Self::Words(WordCount::FOUR)),
            "digits" => Ok(Self::Digits),
            "emoji" => Ok(Self::Emoji),
            "typed" => Ok(Self::Typed),
            "qr" => Ok(Self::Qr),
            _ => {
                let count = text.strip_prefix("words:").and_then(|count| count.parse().ok());
                let count = count.filter(|count| (4..=16).contains(count));
                count.map(|count| Self::Words(WordCount(count))).ok_or_else(|| {
                    "not a form of code: words, words:N (N from 4 to 16), digits, emoji, typed or qr".to_owned()
                })
            }
        }
    }
}

/// The short authentication string of one agreement. The same on both sides unless somebody stands between them.
pub struct Sas {
    bytes: Secret<64>,
    role: Role,
    nonce: Nonce,
}

impl Sas {
    /// The string of an agreement, which exists only after the commitment has been opened.
    pub fn of(agreed: &Agreed<Unverified>) -> Self {
        Self {
            bytes: Secret::with(|copy| *copy = *agreed.sas().expose()),
            role: agreed.role(),
            nonce: Nonce::default(),
        }
    }

    /// The same with a fresh nonce in this side's QR code, by which the peer shows that it has scanned it.
    #[must_use]
    pub fn with_nonce(self, nonce: Nonce) -> Self {
        Self { nonce, ..self }
    }

    /// The string in a form, as this side shows it. Typed words and QR codes are other ones on the other side.
    pub fn show(&self, form: Form) -> String {
        let bytes = self.bytes.expose();
        match form {
            Form::Words(WordCount(count)) => words::spoken(&bytes[..count]),
            Form::Digits => digits::ten(bytes),
            Form::Emoji => emoji::seven(bytes),
            Form::Typed => words::spoken(self.typed(self.role)),
            Form::Qr => {
                let content = [&[letter(self.role)], self.scanned(self.role), &self.nonce].concat();
                format!("{SCANNED}{}", base32::encode(&content).expose())
            }
        }
    }

    /// Whether a text is this string in a form that is the same on both sides, however it is spaced, hyphenated or capitalised;
    /// of emoji, the names count.
    pub fn is_shown(&self, form: Form, text: &str) -> bool {
        let is_same_on_both = matches!(form, Form::Words(_) | Form::Digits | Form::Emoji);
        is_same_on_both && equal(bare(text).as_bytes(), bare(&self.show(form)).as_bytes())
    }

    /// Whether these are the words that the peer has in front of it.
    pub fn hears(&self, words: &[u8]) -> bool {
        equal(words, self.typed(self.role.other()))
    }

    /// Compares the text of the peer's QR code: its nonce, which is the answer to it.
    ///
    /// # Errors
    /// [`Scan`], of which only [`Scan::Differs`] says anything about the peer.
    pub fn scans(&self, text: &str) -> Result<Nonce, Scan> {
        let content = text.trim().strip_prefix(SCANNED).ok_or(Scan::NoCode)?;
        let content = base32::decode(content).map_err(|_| Scan::NoCode)?;
        let (role, rest) = content.expose().split_first().ok_or(Scan::NoCode)?;
        let (code, nonce) = rest.split_at_checked(16).ok_or(Scan::NoCode)?;
        let nonce = nonce.try_into().map_err(|_| Scan::NoCode)?;
        if *role == letter(self.role) {
            return Err(Scan::Own);
        }
        let is_peers = *role == letter(self.role.other()) && equal(code, self.scanned(self.role.other()));
        if is_peers { Ok(nonce) } else { Err(Scan::Differs) }
    }

    /// Whether the peer's answer shows that it has seen this side's QR code.
    pub fn is_seen(&self, nonce: &Nonce) -> bool {
        equal(nonce, &self.nonce)
    }

    fn typed(&self, role: Role) -> &[u8] {
        let at = match role {
            Role::Initiator => 8,
            Role::Responder => 8 + TYPED,
        };
        &self.bytes.expose()[at..at + TYPED]
    }

    fn scanned(&self, role: Role) -> &[u8] {
        let at = match role {
            Role::Initiator => 32,
            Role::Responder => 48,
        };
        &self.bytes.expose()[at..at + 16]
    }
}

/// Letters and digits, in lower case.
fn bare(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|kept| kept.to_ascii_lowercase()).collect()
}

fn letter(role: Role) -> u8 {
    match role {
        Role::Initiator => b'I',
        Role::Responder => b'R',
    }
}

/// Why a text is not the peer's QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Scan {
    /// It is no such code at all.
    #[error("this is no code to compare")]
    NoCode,
    /// This side's own.
    #[error("this is the code of this side; scan the peer's")]
    Own,
    /// A code of another session: somebody is in the middle, or the wrong screen was scanned.
    #[error("the codes differ")]
    Differs,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sas(role: Role, fill: u8) -> Sas {
        let sas = Sas {
            bytes: Secret::with(|bytes| {
                for (at, byte) in bytes.iter_mut().enumerate() {
                    *byte = fill.wrapping_add(u8::try_from(at).unwrap());
                }
            }),
            role,
            nonce: Nonce::default(),
        };
        sas.with_nonce([role as u8 + 1; 8])
    }

    #[test]
    fn a_scan_is_of_the_peer_and_of_this_session() {
        let (left, right) = (sas(Role::Initiator, 0), sas(Role::Responder, 0));
        let (one, two) = (left.show(Form::Qr), right.show(Form::Qr));
        assert_eq!(one.len(), 45);
        assert_eq!(left.scans(&two), Ok([2; 8]));
        assert_eq!(right.scans(&format!(" {one}\n")), Ok([1; 8]));
        assert!(right.is_seen(&[2; 8]) && !right.is_seen(&[1; 8]));
        assert_eq!(left.scans(&one), Err(Scan::Own));
        assert_eq!(sas(Role::Initiator, 1).scans(&two), Err(Scan::Differs));
        for text in [
            "",
            "KPV1:",
            "KPV1:AAAA",
            &two[..44],
            &two.to_lowercase(),
            &format!("{two}A"),
        ] {
            assert_eq!(left.scans(text), Err(Scan::NoCode), "{text}");
        }
    }

    #[test]
    fn a_code_is_known_again_however_it_is_written() {
        let (left, right) = (sas(Role::Initiator, 0), sas(Role::Responder, 0));
        for form in [Form::default(), Form::Digits, Form::Emoji] {
            let text = right.show(form);
            for written in [
                text.clone(),
                text.to_uppercase(),
                text.replace(' ', "-"),
                format!("  {}\n", text.replace('-', "")),
            ] {
                assert!(left.is_shown(form, &written), "{written}");
            }
            assert!(!left.is_shown(form, &text[..text.len() - 1]) && !left.is_shown(form, ""));
            assert!(!sas(Role::Initiator, 1).is_shown(form, &text));
        }
        for form in [Form::Typed, Form::Qr] {
            assert!(!left.is_shown(form, &left.show(form)) && !left.is_shown(form, &right.show(form)));
        }
    }

    #[test]
    fn each_side_hears_the_other_one() {
        let (left, right) = (sas(Role::Initiator, 0), sas(Role::Responder, 0));
        assert_eq!(words::spoken(&[8, 9, 10]), left.show(Form::Typed));
        assert!(left.hears(&[11, 12, 13]) && right.hears(&[8, 9, 10]));
        assert!(!left.hears(&[8, 9, 10]) && !left.hears(&[]) && !left.hears(&[11, 12]));
    }
}
