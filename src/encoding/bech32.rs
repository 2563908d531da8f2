//! Bech32 (BIP 173, checksum constant 1) without its limit of 90 characters, as age uses it for keys. In constant time for
//! what stands behind the human-readable part: private keys are written in it.
//!
//! ```text
//! hrp || "1" || five bits a character, zeros at the end || checksum, six characters
//! ```

use zeroize::Zeroizing;

use super::Error;
use crate::secret::{SecretBytes, SecretText, disclose};

/// The character of each five bits.
const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const SEPARATOR: u8 = b'1';
/// Characters of a checksum. It is that of BIP 173 for texts of any length: post-quantum recipients have 1,959 characters.
/// Beyond 1,023 it no longer promises to find every four wrong characters; a slip still passes only once in a billion.
const CHECKSUM: usize = 6;
/// Characters of the longest human-readable part.
const LONGEST_HRP: usize = 83;
const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

/// Groups of bits, one a byte.
type Groups = Zeroizing<Vec<u8>>;

/// `data` under the human-readable part `hrp`, in lower case: the form of recipients.
pub fn encode(hrp: &str, data: &[u8]) -> String {
    let mut fives = regrouped(data, 8, 5);
    let sum = remainder(hrp, fives.iter().copied().chain([0; CHECKSUM])) ^ 1;
    fives.extend([25, 20, 15, 10, 5, 0].map(|shift| (sum >> shift & 31).to_be_bytes()[3]));
    // Reserved whole: a String that grows would leave a part of the key behind in memory that was given back.
    let mut text = String::with_capacity(hrp.len() + 1 + fives.len());
    text.push_str(hrp);
    text.push(SEPARATOR.into());
    text.extend(fives.iter().map(|five| char::from(digit(*five))));
    text
}

/// `data` under `hrp` in upper case: the form of identities.
pub fn encode_identity(hrp: &str, data: &[u8]) -> SecretText {
    let mut text = encode(hrp, data);
    text.make_ascii_uppercase();
    SecretText::new(text)
}

/// The human-readable part (lower case) and the bytes of a Bech32 text, all upper or all lower case.
///
/// # Errors
/// [`Error::Bech32`].
pub fn decode(text: &str) -> Result<(String, SecretBytes), Error> {
    let (hrp, fives) = checked(text).ok_or(Error::Bech32("damaged or mistyped"))?;
    let spare = fives.len() * 5 % 8;
    let last = fives.last().copied().unwrap_or_default();
    if spare >= 5 || !disclose(last & ((1 << spare) - 1) == 0) {
        return Err(Error::Bech32("spare bits at the end"));
    }
    let mut bytes = regrouped(&fives, 5, 8);
    bytes.truncate(fives.len() * 5 / 8);
    Ok((hrp, SecretBytes::new(std::mem::take(&mut *bytes))))
}

/// The human-readable part, and the groups of a text whose checksum fits, without it.
fn checked(text: &str) -> Option<(String, Groups)> {
    let has = |is_it: fn(&u8) -> bool| disclose(text.as_bytes().iter().map(is_it).fold(false, |any, one| any | one));
    if has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) {
        return None;
    }
    let end = text.bytes().rposition(|byte| disclose(byte == SEPARATOR))?;
    let hrp = text.get(..end)?.to_ascii_lowercase();
    if !(1..=LONGEST_HRP).contains(&hrp.len()) || !hrp.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let values: Vec<u8> = text.as_bytes()[end + 1..].iter().map(|byte| value(*byte)).collect();
    let mut fives = Groups::new(values);
    let is_known = fives.iter().fold(0, |all, five| all | five) < 32;
    let is_whole = remainder(&hrp, fives.iter().copied()) == 1;
    if !disclose(is_known & is_whole) {
        return None;
    }
    let length = fives.len().checked_sub(CHECKSUM)?;
    fives.truncate(length);
    Some((hrp, fives))
}

/// The remainder of a text; with its checksum it is 1.
fn remainder(hrp: &str, fives: impl Iterator<Item = u8>) -> u32 {
    let high = hrp.bytes().map(|letter| letter >> 5);
    let low = hrp.bytes().map(|letter| letter & 31);
    let all = high.chain([0]).chain(low).chain(fives);
    all.fold(1, |sum, five| {
        let shifted = (sum & 0x1ff_ffff) << 5 ^ u32::from(five);
        let reduced = GENERATORS.iter().zip(25..);
        reduced.fold(shifted, |rest, (generator, bit)| {
            rest ^ generator & (sum >> bit & 1).wrapping_neg()
        })
    })
}

/// The character of five bits: all are looked at.
fn digit(five: u8) -> u8 {
    let digits = (0..).zip(DIGITS);
    digits.fold(0, |found, (number, digit)| found | digit & same(number, five))
}

/// The five bits of a character in either case, or more than five for one that stands for none: all are looked at.
fn value(byte: u8) -> u8 {
    let letter = byte.to_ascii_lowercase();
    let digits = (0_u8..).zip(DIGITS);
    !digits.fold(0, |found, (number, digit)| found | !number & same(*digit, letter))
}

/// All ones for equal bytes, else zero.
fn same(a: u8, b: u8) -> u8 {
    (u16::from(a ^ b).wrapping_sub(1) >> 8).to_be_bytes()[1]
}

/// The same bits in groups of `to` in place of `from`, zeros at the end.
fn regrouped(groups: &[u8], from: usize, to: usize) -> Groups {
    // Reserved whole, also for a checksum: a Vec that grows would leave a part of the key behind.
    let mut regrouped = Groups::new(Vec::with_capacity(groups.len() * from / to + 1 + CHECKSUM));
    let (mut bits, mut count) = (0_u16, 0);
    let mut push = |bits: u16| regrouped.push((bits & ((1 << to) - 1)).to_be_bytes()[1]);
    for group in groups {
        bits = bits << from | u16::from(*group);
        count += from;
        while count >= to {
            count -= to;
            push(bits >> count);
        }
    }
    if count > 0 {
        push(bits << (to - count));
    }
    regrouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cases_but_never_mixed() {
        let text = encode("age", &[1; 32]);
        assert_eq!(text.len(), 62);
        let upper = text.to_ascii_uppercase();
        for good in [&text, &upper] {
            let (hrp, bytes) = decode(good).unwrap();
            assert_eq!((hrp.as_str(), bytes.expose()), ("age", &[1; 32][..]));
        }
        let mixed = format!("{}{}", &text[..10], &upper[10..]);
        assert!(decode(&mixed).is_err());
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        let text = encode("age1pq", &[0x5a; 1216]);
        assert_eq!(text.len(), 1959);
        for at in (0..text.len()).step_by(37) {
            let mut damaged = text.clone().into_bytes();
            damaged[at] = if damaged[at] == b'q' { b'p' } else { b'q' };
            assert!(decode(std::str::from_utf8(&damaged).unwrap()).is_err(), "at {at}");
        }
    }

    /// BIP 173, "Test vectors".
    #[test]
    fn published_texts_are_read_and_refused() {
        for good in [
            "A12UEL5L",
            "a12uel5l",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
            "?1ezyfcl",
        ] {
            assert!(checked(good).is_some(), "{good}");
        }
        for wrong in [
            "\x201nwldj5",
            "\x7f1axkwrx",
            "\u{80}1eym55h",
            "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
            "pzry9x0s0muk",
            "1pzry9x0s0muk",
            "x1b4n0q5v",
            "li1dgmt3",
            "de1lg7wt\u{ff}",
            "A1G7SGD8",
            "10a06t8",
            "1qzzfhee",
        ] {
            assert!(checked(wrong).is_none(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn decoding_inverts_encoding(data: Vec<u8>) {
            let (hrp, bytes) = decode(&encode("age", &data)).unwrap();
            proptest::prop_assert_eq!(hrp, "age");
            proptest::prop_assert_eq!(bytes.expose(), &data[..]);
        }

        #[test]
        fn the_crate_reads_the_same(data: Vec<u8>, flipped: u16, hrp in "[a-z0-9]{1,12}") {
            use bech32::primitives::decode::CheckedHrpstring;
            let mut text = encode(&hrp, &data).into_bytes();
            let by_the_crate = |text: &str| {
                let read = CheckedHrpstring::new::<bech32::Bech32>(text).ok()?;
                Some((read.hrp().to_lowercase(), read.fe32_iter().map(bech32::Fe32::to_u8).collect::<Vec<_>>()))
            };
            for _ in 0..2 {
                let text_now = String::from_utf8_lossy(&text).into_owned();
                let ours = checked(&text_now).map(|(hrp, fives)| (hrp, fives.to_vec()));
                if text_now.len() <= 1023 {
                    proptest::prop_assert_eq!(ours, by_the_crate(&text_now), "{}", text_now);
                }
                let at = usize::from(flipped) % (text.len() * 7);
                text[at / 7] ^= 1 << (at % 7);
            }
        }

        #[test]
        fn any_text_is_refused_or_canonical(text in "[a-z0-9]{0,40}") {
            if let Ok((hrp, bytes)) = decode(&text) {
                proptest::prop_assert_eq!(encode(&hrp, bytes.expose()), text);
            }
        }
    }
}
