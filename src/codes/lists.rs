//! Word lists: the PGP lists for what is spoken, the SLIP-39 list for what is written and typed; the words that begin as
//! typed, and those that are nearest to a slip. Sources and notices: `src/codes/NOTICE`.

use crate::secret;

/// The longest word of all lists, in bytes; a test holds it.
const LONGEST: usize = 11;
/// How many words are offered in place of one that is in no list.
const OFFERED: usize = 3;
/// How many slips of the finger apart an offered word may be: with more, anything is near.
const FARTHEST: usize = 3;

/// A list of words. The number of a word is its line, counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// 256 words of two syllables, for bytes at even places.
    PgpEven,
    /// 256 words of three syllables, for bytes at odd places.
    PgpOdd,
    /// 1,024 words that differ in their first four letters.
    Slip39,
}

impl List {
    /// The PGP list for the byte at this place, counted from zero.
    pub fn at(place: usize) -> Self {
        if place.is_multiple_of(2) {
            Self::PgpEven
        } else {
            Self::PgpOdd
        }
    }

    /// All words, in their order.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        self.text().lines()
    }

    /// The word of a number, or `None` behind the end of the list.
    pub fn nth(self, number: usize) -> Option<&'static str> {
        self.words().nth(number)
    }

    /// The number of a word in either case, or `None` when it is not in the list. Every word is compared, in a time that
    /// tells neither which one it is nor where it differs; its length is not hidden.
    pub fn find(self, word: &str) -> Option<u16> {
        let word = padded(word)?;
        let (mut found, mut is_there) = (0, 0);
        for (number, listed) in (0..).zip(self.words()) {
            let listed = padded(listed).expect("a test finds every word of the lists");
            let is_it = secret::equal_mask(&listed, &word);
            found |= number & is_it;
            is_there |= is_it;
        }
        secret::disclose(is_there != 0).then_some(found)
    }

    /// The only word that begins with these letters, or is spelled by them. Four letters are enough in
    /// [`List::Slip39`], six in the others.
    pub fn complete(self, letters: &str) -> Option<&'static str> {
        let letters = letters.to_ascii_lowercase();
        let mut begun = self.words().filter(|word| word.starts_with(&letters));
        let first = begun.next()?;
        (begun.next().is_none() || first == letters).then_some(first)
    }

    /// Up to three words that differ by the fewest slips (a letter left out, added, replaced, or swapped with its
    /// neighbour), the nearest first; none when nothing is near. It is shown to whoever typed the word, and takes a time
    /// that depends on it.
    pub fn nearest(self, word: &str) -> Vec<&'static str> {
        // What is longer by more than the slips is far from every word: not compared, whatever its length.
        if word.len() > LONGEST + FARTHEST {
            return Vec::new();
        }
        let word = word.to_ascii_lowercase();
        let slips = |listed: &'static str| (strsim::osa_distance(listed, &word), listed);
        let mut near: Vec<_> = self.words().map(slips).collect();
        near.sort_unstable();
        let near = near.into_iter().take(OFFERED);
        near.take_while(|(slips, _)| *slips <= FARTHEST)
            .map(|(_, word)| word)
            .collect()
    }

    fn text(self) -> &'static str {
        match self {
            Self::PgpEven => include_str!("pgp-even.txt"),
            Self::PgpOdd => include_str!("pgp-odd.txt"),
            Self::Slip39 => include_str!("slip39.txt"),
        }
    }
}

/// A word in lower case, filled up to one length for all, or `None` when it is longer than every word or not of letters.
fn padded(word: &str) -> Option<[u8; LONGEST]> {
    let mut padded = [0; LONGEST];
    padded.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    padded.make_ascii_lowercase();
    let letters = padded.iter().take(word.len()).map(u8::is_ascii_lowercase);
    secret::disclose(letters.fold(true, std::ops::BitAnd::bitand)).then_some(padded)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::encoding::hex;

    const ALL: [List; 3] = [List::PgpEven, List::PgpOdd, List::Slip39];

    #[test]
    fn lists_are_whole_and_unchanged() {
        let whole = [
            (256, "247bec0519f05acf5f8716f8515af0532676cce180409949d265f5670797c930"),
            (256, "99a86d564393464a979f9115ef6103464f56499b7e987091b9e59bdcaea00da8"),
            (1024, "bcc4555340332d169718aed8bf31dd9d5248cb7da6e5d355140ef4f1e601eec3"),
        ];
        for (list, (count, digest)) in ALL.into_iter().zip(whole) {
            assert_eq!(list.words().count(), count);
            assert_eq!(hex::encode(&Sha256::digest(list.text())), digest);
        }
        let lengths = ALL.into_iter().flat_map(List::words).map(str::len);
        assert_eq!(lengths.max(), Some(LONGEST));
    }

    #[test]
    fn every_word_is_found_by_itself_and_by_its_beginning() {
        for (list, letters) in ALL.into_iter().zip([6, 6, 4]) {
            for (number, word) in (0..).zip(list.words()) {
                assert_eq!(list.find(word), Some(number));
                assert_eq!(list.find(&word.to_ascii_uppercase()), Some(number));
                assert_eq!(list.nth(number.into()), Some(word));
                assert_eq!(list.complete(&word[..letters.min(word.len())]), Some(word));
            }
            assert_eq!(list.nth(list.words().count()), None);
        }
    }

    #[test]
    fn what_is_no_word_is_not_found() {
        for (list, wrong) in [
            (List::Slip39, "academi"),
            (List::Slip39, "academicc"),
            (List::Slip39, ""),
            (List::Slip39, "academic\0"),
            (List::PgpEven, "adroitness"),
            (List::PgpOdd, "a word that is longer than every other word"),
        ] {
            assert_eq!(list.find(wrong), None, "{wrong}");
        }
        assert_eq!(List::Slip39.complete("aca"), Some("academic"));
        assert_eq!(List::Slip39.complete("ac"), None);
        assert_eq!(List::Slip39.complete(""), None);
        assert_eq!(List::Slip39.complete("academicc"), None);
    }

    #[test]
    fn slips_lead_to_the_word_that_was_meant() {
        for (list, slip, meant) in [
            (List::Slip39, "acadmeic", "academic"),
            (List::Slip39, "Acdemic", "academic"),
            (List::Slip39, "zzero", "zero"),
            (List::PgpEven, "ardvark", "aardvark"),
            (List::PgpOdd, "yukatan", "yucatan"),
        ] {
            assert_eq!(list.nearest(slip)[0], meant);
        }
        assert!(List::Slip39.nearest("qqqqqqqqqq").is_empty());
        assert!(List::Slip39.nearest(&"a".repeat(1 << 20)).is_empty());
        assert!(List::Slip39.nearest("").is_empty());
    }
}
