//! Bytes as words of the PGP lists, for what is said aloud, and back; passphrases of words of the SLIP-39 list.

use super::lists::List;
use crate::secret::{Passphrase, Secret, SecretBytes};

/// Words of a generated passphrase: 10 bits each, 100 bits in all.
const PASSPHRASE_WORDS: usize = 10;
/// The most words that are read: more than any code has, so that a text of any length costs little.
const MOST: usize = 64;

/// Why a text is not what [`spoken`] writes. Places of words are counted from 1. The words themselves are not repeated:
/// they may be secret, and [`List::nearest`] offers better ones where they may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordError {
    /// No word at all.
    #[error("there are no words")]
    Empty,
    /// More than any code has.
    #[error("there are more than {MOST} words")]
    TooMany,
    /// A word of neither list.
    #[error("word {0} is not in the list")]
    Unknown(usize),
    /// The word before it, once more.
    #[error("word {0} is doubled")]
    Doubled(usize),
    /// A word of two syllables where one of three belongs, or the reverse.
    #[error("word {0} is out of step: a word before it is missing, or two are swapped")]
    OutOfStep(usize),
}

/// One word of the PGP list a byte, two and three syllables in turn, so that a word dropped, doubled or swapped is heard.
pub fn spoken(bytes: &[u8]) -> String {
    let words: Vec<_> = bytes
        .iter()
        .enumerate()
        .map(|(place, byte)| nth(List::at(place), usize::from(*byte)))
        .collect();
    words.join(" ")
}

/// The bytes of words of the PGP list, in either case, between spaces, line ends, hyphens or commas.
///
/// # Errors
/// With the place of the first word that cannot stand there.
pub fn heard(text: &str) -> Result<SecretBytes, WordError> {
    let words: Vec<&str> = split(text).take(MOST + 1).collect();
    match words.len() {
        0 => return Err(WordError::Empty),
        count if count > MOST => return Err(WordError::TooMany),
        _ => {}
    }
    let mut bytes = Vec::with_capacity(MOST);
    for (place, word) in words.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| words.get(before));
        bytes.push(byte(place, word).map_err(|error| match before {
            Some(before) if before.eq_ignore_ascii_case(word) => WordError::Doubled(place + 1),
            _ => error,
        })?);
    }
    Ok(SecretBytes::new(bytes))
}

/// The words of a text, between spaces, line ends, hyphens or commas.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|between: char| between.is_whitespace() || between == '-' || between == ',')
        .filter(|word| !word.is_empty())
}

fn byte(place: usize, word: &str) -> Result<u8, WordError> {
    let here = List::at(place).find(word);
    let in_the_other = List::at(place + 1).find(word);
    match here {
        // The lists of spoken words have 256.
        Some(number) => Ok(number.to_be_bytes()[1]),
        None if in_the_other.is_some() => Err(WordError::OutOfStep(place + 1)),
        None => Err(WordError::Unknown(place + 1)),
    }
}

/// A passphrase of ten words of the SLIP-39 list, joined by hyphens, from twenty random bytes.
pub fn passphrase(drawn: &Secret<{ PASSPHRASE_WORDS * 2 }>) -> Passphrase {
    // Reserved whole: a buffer that grows would leave words behind in memory that was given back.
    let mut text = Vec::with_capacity(PASSPHRASE_WORDS * 10);
    for pair in drawn.expose().chunks_exact(2) {
        if !text.is_empty() {
            text.push(b'-');
        }
        // 65,536 is a multiple of the list's 1,024 words: no word is likelier than another.
        let number = usize::from(pair[0]) << 8 | usize::from(pair[1]);
        text.extend_from_slice(nth(List::Slip39, number % 1024).as_bytes());
    }
    Passphrase::new(text).expect("ten words are not empty")
}

fn nth(list: List, number: usize) -> &'static str {
    list.nth(number)
        .expect("lists have a word for each number; a test counts them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_their_words() {
        assert_eq!(spoken(&[0x00, 0x00, 0xff, 0xff]), "aardvark adroitness zulu yucatan");
        assert_eq!(spoken(&[0xe5, 0x82, 0x94, 0xf2]), "topmost istanbul pluto vagabond");
    }

    #[test]
    fn what_was_misheard_is_located() {
        for (text, error) in [
            ("", WordError::Empty),
            (" - ,", WordError::Empty),
            ("topmost istambul pluto", WordError::Unknown(2)),
            ("topmost topmost istanbul", WordError::Doubled(2)),
            ("topmost istanbul istanbul pluto", WordError::Doubled(3)),
            ("topmost istanbul vagabond", WordError::OutOfStep(3)),
            ("istanbul topmost", WordError::OutOfStep(1)),
            ("xx xx", WordError::Unknown(1)),
        ] {
            assert_eq!(heard(text).map(drop), Err(error), "{text}");
        }
        let many = "topmost istanbul ".repeat(MOST / 2);
        assert!(heard(&many).is_ok());
        assert_eq!(heard(&(many + "topmost")).map(drop), Err(WordError::TooMany));
    }

    #[test]
    fn passphrases_have_ten_words_of_the_list() {
        let drawn = Secret::with(|bytes| bytes[18..].copy_from_slice(&[0xff, 0xff]));
        let passphrase = passphrase(&drawn);
        let text = std::str::from_utf8(passphrase.expose()).unwrap();
        assert_eq!(
            text,
            "academic-academic-academic-academic-academic-academic-academic-academic-academic-zero"
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_spoken_is_heard(bytes in proptest::collection::vec(0_u8.., 1..=MOST), separator in "[ \n,-]{1,2}") {
            let text = spoken(&bytes).to_uppercase().replace(' ', &separator);
            let heard = heard(&text).map(|heard| heard.expose().to_vec());
            proptest::prop_assert_eq!(heard, Ok(bytes));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "([ -~\u{fc}]|aardvark |adroitness ){0,20}") {
            let _ = heard(&text);
            for list in [List::PgpEven, List::Slip39] {
                let _ = (list.complete(&text), list.nearest(&text));
            }
        }
    }
}
