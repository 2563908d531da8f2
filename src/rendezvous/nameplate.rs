//! The name under which two sides meet.

use std::fmt;
use std::str::FromStr;

use super::{Error, Token};
use crate::crypto::rng::{self, Rng, RngError};
use crate::crypto::{hash, labels};

/// Letters and digits that nobody takes for each other, whether read or heard: no l and 1, no o and 0.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a name that is drawn: 50 bits, so that nobody meets a stranger by accident or by trying.
const DRAWN: usize = 10;
/// After how many letters there is a breath.
const GROUP: usize = 5;
/// Shorter names are guessed by whoever tries some.
const SHORTEST: usize = 4;
/// Longer ones nobody says.
const LONGEST: usize = 64;

/// A name that both sides know. It is no secret: whoever else knows it can take the peer's place at the relay, and fails
/// there like anybody else in the middle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nameplate(String);

impl Nameplate {
    /// Draws a name: two groups of five letters and digits.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn draw(rng: &mut dyn Rng) -> Result<Self, RngError> {
        let drawn: [u8; DRAWN] = rng::array(rng)?;
        let letters = drawn.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        let groups = letters.chunks(GROUP).map(String::from_iter);
        Ok(Self(groups.collect::<Vec<_>>().join("-")))
    }

    /// What the relay knows of the name.
    pub fn token(&self) -> Token {
        Token(hash::sha256(&[labels::NAMEPLATE, &[0], self.0.as_bytes()]))
    }
}

impl FromStr for Nameplate {
    type Err = Error;

    /// Capital letters count as small ones.
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_speakable = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if (SHORTEST..=LONGEST).contains(&text.len()) && text.bytes().all(is_speakable) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Error::Nameplate)
        }
    }
}

impl fmt::Display for Nameplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::rng::OsRng;
    use crate::encoding::hex;

    #[test]
    fn drawn_names_are_different_and_read_as_they_are_shown() {
        let names: Vec<_> = (0..64).map(|_| Nameplate::draw(&mut OsRng).unwrap()).collect();
        for (at, name) in names.iter().enumerate() {
            let text = name.to_string();
            assert_eq!(text.len(), 11);
            assert!(!text.contains(['l', 'o', '0', '1']));
            assert_eq!(text.to_uppercase().parse().as_ref(), Ok(name));
            assert!(!names[..at].contains(name));
        }
    }

    #[test]
    fn a_token_is_a_known_answer() {
        let token = |text: &str| hex::encode(&text.parse::<Nameplate>().unwrap().token().0);
        assert_eq!(token("backup-7"), token("Backup-7"));
        // printf 'keypact-nameplate\0backup-7' | sha256sum
        assert_eq!(
            token("backup-7"),
            "ea7ce93a7d2e5a1cfb56798a18ab2bbcab72628247183e4cf0bd22149a87fbc3"
        );
    }

    #[test]
    fn names_have_bounds() {
        for good in ["abcd", "A.b_c-9", &"x".repeat(64)] {
            assert!(good.parse::<Nameplate>().is_ok(), "{good}");
        }
        for bad in ["", "abc", &"x".repeat(65), "ab cd", "ab/cd", "grüße", "abcd\n"] {
            assert_eq!(bad.parse::<Nameplate>(), Err(Error::Nameplate), "{bad}");
        }
    }
}
