//! One share as words and as bytes (SLIP-39, "Format of the share mnemonic"). A key in one piece is a share of 1 of 1.
//!
//! ```text
//! bits  15   1    4   4   4     4    4   4       10 x n              30
//!       id | ext | e | GI | Gt-1 | g-1 | I | t-1 | 0… and the value | RS1024      each ten bits a word
//! ```

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::{Error, rs1024};
use crate::codes::lists::List;
use crate::secret::{SecretBytes, SecretText, disclose};

/// Numbers of words.
pub(super) type Numbers = Zeroizing<Vec<u16>>;
/// Single bits, the highest first.
type Bits = Zeroizing<Vec<u8>>;

const WORD: usize = 10;
/// Words before the value, and behind it.
const AROUND: usize = 4 + rs1024::LENGTH;
/// Bytes of a value: what SLIP-39 asks for, and more than any key of ours has.
const SHORTEST: usize = 16;
const LONGEST: usize = 64;
/// The highest exponent for Argon2id: 1 GiB of memory, what a machine can be asked for.
const HIGHEST: u8 = 4;
/// Words on a line of text.
const LINE: usize = 5;
/// Letters that are enough for a word.
const ENOUGH: usize = 4;

/// What protects the value of a set of shares besides their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A passphrase as SLIP-39 has it, or none: nobody can tell.
    Slip39,
    /// The same of an older kind, which binds the set's id: read, and never written.
    Slip39Original,
    /// A passphrase through Argon2id, which other programs refuse to read.
    Argon2id,
}

/// What all shares of one key have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Set {
    /// 15 random bits, by which sets are told apart.
    pub id: u16,
    /// What protects the value.
    pub protection: Protection,
    /// The binary logarithm of what a guess at the passphrase costs, 0 to 15.
    pub exponent: u8,
    /// Groups that are needed, 1 to `groups`; 1 in what we write.
    pub group_threshold: u8,
    /// Groups that there are, 1 to 16; 1 in what we write.
    pub groups: u8,
}

/// One share of a key.
pub struct Share {
    pub(super) set: Set,
    /// From 0.
    pub(super) group: u8,
    /// From 0.
    pub(super) member: u8,
    pub(super) threshold: u8,
    pub(super) value: SecretBytes,
}

impl Share {
    /// What it has in common with the others of its set.
    pub fn set(&self) -> &Set {
        &self.set
    }

    /// Its number in its group, from 1.
    pub fn number(&self) -> u8 {
        self.member + 1
    }

    /// The number of its group, from 1.
    pub fn group(&self) -> u8 {
        self.group + 1
    }

    /// How many shares of its group are needed.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// The share as words.
    pub fn words(&self) -> Words {
        let mut bits = Bits::default();
        push(&mut bits, self.set.id, 15);
        push(
            &mut bits,
            u16::from(self.set.protection != Protection::Slip39Original),
            1,
        );
        for field in [
            self.set.exponent,
            self.group,
            self.set.group_threshold - 1,
            self.set.groups - 1,
            self.member,
            self.threshold - 1,
        ] {
            push(&mut bits, field.into(), 4);
        }
        let value = self.value.expose();
        push(&mut bits, 0, padding(value.len()));
        for byte in value {
            push(&mut bits, (*byte).into(), 8);
        }
        let mut numbers: Numbers = grouped(&bits, WORD);
        let checksum = rs1024::checksum(self.set.protection.customization(), &numbers);
        numbers.extend(checksum);
        Words(numbers)
    }

    /// The share that words stand for.
    ///
    /// # Errors
    /// [`Error::Count`], [`Error::Checksum`], [`Error::Malformed`], [`Error::Costly`].
    pub fn read(words: &Words) -> Result<Self, Error> {
        let length = value_length(words.0.len()).ok_or(Error::Count(words.0.len()))?;
        let protection = words.protection().ok_or(Error::Checksum)?;
        let mut bits = &spread(&words.0, WORD)[..];
        let (id, _ext) = (take(&mut bits, 15), take(&mut bits, 1));
        let mut field = || u8::try_from(take(&mut bits, 4)).expect("four bits");
        let (exponent, group, needed, groups) = (field(), field(), field() + 1, field() + 1);
        let (member, threshold) = (field(), field() + 1);
        if needed > groups {
            return Err(Error::Malformed("it asks for more groups than there are"));
        }
        if protection == Protection::Argon2id && exponent > HIGHEST {
            return Err(Error::Costly);
        }
        if disclose(take(&mut bits, padding(length)) != 0) {
            return Err(Error::Malformed("its first bits are not zero"));
        }
        let value = grouped(&bits[..length * 8], 8);
        let set = Set {
            id,
            protection,
            exponent,
            group_threshold: needed,
            groups,
        };
        Ok(Self {
            set,
            group,
            member,
            threshold,
            value: SecretBytes::new(value.iter().map(|byte| byte.to_be_bytes()[1]).collect()),
        })
    }
}

impl Protection {
    /// What the checksum begins with, so that a share of one kind is none of another.
    fn customization(self) -> &'static [u8] {
        match self {
            Self::Slip39 => b"shamir_extendable",
            Self::Slip39Original => b"shamir",
            Self::Argon2id => b"keypact-argon2id",
        }
    }
}

/// Words of the list, which may be those of a share.
pub struct Words(Numbers);

/// The only single word whose change makes a checksum fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect {
    /// The place of the word, counted from 1.
    pub place: usize,
    /// What fits there.
    pub word: &'static str,
}

impl Words {
    /// Reads words between spaces and line ends, in either case; four letters are enough for each. What has no letter, as
    /// the numbers of lines, and lines that begin with `#` do not count.
    ///
    /// # Errors
    /// [`Error::Word`], [`Error::Count`] above the longest share.
    pub fn read(text: &str) -> Result<Self, Error> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let words = lines.flat_map(str::split_whitespace);
        let words = words.filter(|word| word.contains(char::is_alphabetic));
        let mut numbers = Numbers::new(Vec::with_capacity(AROUND + LONGEST));
        for (place, word) in (1..).zip(words) {
            if numbers.len() == numbers.capacity() {
                return Err(Error::Count(place));
            }
            numbers.push(number(word).ok_or(Error::Word(place))?);
        }
        Ok(Self(numbers))
    }

    /// Each paragraph of a text: shares one after the other, between blank lines or lines that begin with `#`.
    ///
    /// # Errors
    /// As [`Words::read`].
    pub fn read_all(text: &str) -> Result<Vec<Self>, Error> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let paragraphs = lines.split(|line| line.is_empty() || line.starts_with('#'));
        let filled = paragraphs.filter(|lines| !lines.is_empty());
        filled
            .map(|lines| {
                let paragraph = Zeroizing::new(lines.join(" "));
                Self::read(&paragraph)
            })
            .collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// How many words a share has whose value has so many bytes.
    pub fn count_for(bytes: usize) -> usize {
        AROUND + (bytes * 8).div_ceil(WORD)
    }

    /// One line for every five, with the number of its first word.
    pub fn lines(&self) -> SecretText {
        let mut text = String::with_capacity(self.0.len() * 16);
        for (line, numbers) in self.0.chunks(LINE).enumerate() {
            write!(text, "{:>2}", line * LINE + 1).expect("a string takes all that is written");
            for number in numbers {
                text.push_str("  ");
                text.push_str(word(*number));
            }
            text.push('\n');
        }
        SecretText::new(text)
    }

    /// Each word.
    pub fn expose_each(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|number| word(*number))
    }

    /// Ten bits a word, zeros at the end.
    pub(super) fn to_bytes(&self) -> SecretBytes {
        let mut bits = spread(&self.0, WORD);
        let padding = bits.len().next_multiple_of(8) - bits.len();
        push(&mut bits, 0, padding);
        let bytes = grouped(&bits, 8);
        SecretBytes::new(bytes.iter().map(|byte| byte.to_be_bytes()[1]).collect())
    }

    /// The reverse of [`Words::to_bytes`], or `None` when the zeros are none.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: Numbers = Zeroizing::new(bytes.iter().map(|byte| u16::from(*byte)).collect());
        let bits = spread(&bytes, 8);
        let (words, rest) = bits.split_at(bits.len() / WORD * WORD);
        let is_canonical = rest.len() < 8 && disclose(rest.iter().fold(0, |all, bit| all | bit) == 0);
        is_canonical.then(|| Self(grouped(words, WORD)))
    }

    /// The one word that is wrong if only one is. To be shown as a doubt, never put in its place: with more wrong words
    /// it can be a right one that is blamed.
    pub fn suspect(&self) -> Option<Suspect> {
        let mut found = None;
        let mut tried = Self(self.0.clone());
        for place in 0..self.0.len() {
            for number in 0..1 << WORD {
                tried.0[place] = number;
                if tried.protection().is_some() && found.replace((place, number)).is_some() {
                    return None;
                }
            }
            tried.0[place] = self.0[place];
        }
        found.map(|(place, number)| Suspect {
            place: place + 1,
            word: word(number),
        })
    }

    /// The kind of share whose checksum fits.
    fn protection(&self) -> Option<Protection> {
        // The last bit but four of the second word.
        let is_extendable = self.0.get(1)? >> 4 & 1 == 1;
        let kinds: &[Protection] = if is_extendable {
            &[Protection::Slip39, Protection::Argon2id]
        } else {
            &[Protection::Slip39Original]
        };
        let fits = |kind: &Protection| rs1024::is_whole(kind.customization(), &self.0);
        kinds.iter().copied().find(fits)
    }
}

fn number(word: &str) -> Option<u16> {
    let is_begun = || word.len() >= ENOUGH;
    let found = List::Slip39.find(word);
    found.or_else(|| is_begun().then(|| List::Slip39.find(List::Slip39.complete(word)?))?)
}

fn word(number: u16) -> &'static str {
    let word = List::Slip39.nth(number.into());
    word.expect("ten bits are the number of a word")
}

/// The bytes of the value in so many words, if a share can have as many.
fn value_length(words: usize) -> Option<usize> {
    let bits = words.checked_sub(AROUND)? * WORD;
    let length = bits / 16 * 2;
    let is_canonical = bits % 16 <= 8 && (SHORTEST..=LONGEST).contains(&length);
    is_canonical.then_some(length)
}

/// Zero bits before a value of so many bytes.
fn padding(bytes: usize) -> usize {
    (bytes * 8).next_multiple_of(WORD) - bytes * 8
}

fn push(bits: &mut Bits, value: u16, width: usize) {
    bits.extend((0..width).rev().map(|bit| (value >> bit & 1).to_be_bytes()[1]));
}

fn take(bits: &mut &[u8], width: usize) -> u16 {
    let (front, rest) = bits.split_at(width);
    *bits = rest;
    front.iter().fold(0, |value, bit| value << 1 | u16::from(*bit))
}

fn spread(values: &[u16], width: usize) -> Bits {
    let mut bits = Bits::new(Vec::with_capacity(values.len() * width + 8));
    for value in values {
        push(&mut bits, *value, width);
    }
    bits
}

fn grouped(bits: &[u8], width: usize) -> Numbers {
    let values = bits.chunks_exact(width).map(|mut bits| take(&mut bits, width));
    Zeroizing::new(values.collect())
}
