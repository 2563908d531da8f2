//! Bech32 (BIP 173, checksum constant 1) without its limit of 90 characters, as age uses it for keys.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::primitives::gf32::Fe32;
use bech32::primitives::iter::{ByteIterExt, Fe32IterExt};
use bech32::{Bech32, Checksum, Hrp};

use super::Error;
use crate::secret::{SecretBytes, SecretText};

/// The checksum of BIP 173 for texts of any length: post-quantum recipients have 1,959 characters. Beyond 1,023 it no
/// longer promises to find every four wrong characters; a slip still passes only once in a billion.
enum Unlimited {}

impl Checksum for Unlimited {
    type MidstateRepr = <Bech32 as Checksum>::MidstateRepr;
    type CorrectionField = <Bech32 as Checksum>::CorrectionField;
    const ROOT_GENERATOR: Self::CorrectionField = Bech32::ROOT_GENERATOR;
    const ROOT_EXPONENTS: core::ops::RangeInclusive<usize> = Bech32::ROOT_EXPONENTS;
    const CODE_LENGTH: usize = usize::MAX;
    const CHECKSUM_LENGTH: usize = Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [Self::MidstateRepr; 5] = Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: Self::MidstateRepr = Bech32::TARGET_RESIDUE;
}

/// `data` under the human-readable part `hrp`, in lower case: the form of recipients.
pub fn encode(hrp: &str, data: &[u8]) -> String {
    chars(hrp, data).collect()
}

/// `data` under `hrp` in upper case: the form of identities.
pub fn encode_identity(hrp: &str, data: &[u8]) -> SecretText {
    // Reserved whole: a String that grows would leave a part of the key behind in memory that was given back.
    let mut text = String::with_capacity(hrp.len() + 1 + data.len() * 8 / 5 + 8);
    text.extend(chars(hrp, data).map(|c| c.to_ascii_uppercase()));
    SecretText::new(text)
}

fn chars<'a>(hrp: &str, data: &'a [u8]) -> impl Iterator<Item = char> + 'a {
    let hrp = Hrp::parse(hrp).expect("human-readable parts are constants of this crate");
    let fes: Vec<Fe32> = data.iter().copied().bytes_to_fes().collect();
    let text: Vec<char> = fes.into_iter().with_checksum::<Unlimited>(&hrp).chars().collect();
    text.into_iter()
}

/// The human-readable part (lower case) and the bytes of a Bech32 text, all upper or all lower case.
///
/// # Errors
/// [`Error::Bech32`].
pub fn decode(text: &str) -> Result<(String, SecretBytes), Error> {
    let checked = CheckedHrpstring::new::<Unlimited>(text).map_err(|_| Error::Bech32("damaged or mistyped"))?;
    let fives = checked.data_part_ascii_no_checksum().len() * 5;
    let padding = fives % 8;
    if padding >= 5 || last_bits(&checked, padding) != 0 {
        return Err(Error::Bech32("spare bits at the end"));
    }
    let mut bytes = Vec::with_capacity(fives / 8);
    bytes.extend(checked.byte_iter());
    Ok((checked.hrp().to_lowercase(), SecretBytes::new(bytes)))
}

fn last_bits(checked: &CheckedHrpstring<'_>, count: usize) -> u8 {
    let last = checked.fe32_iter().last().map_or(0, Fe32::to_u8);
    last & ((1 << count) - 1)
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

    proptest::proptest! {
        #[test]
        fn decoding_inverts_encoding(data: Vec<u8>) {
            let (hrp, bytes) = decode(&encode("age", &data)).unwrap();
            proptest::prop_assert_eq!(hrp, "age");
            proptest::prop_assert_eq!(bytes.expose(), &data[..]);
        }

        #[test]
        fn any_text_is_refused_or_canonical(text in "[a-z0-9]{0,40}") {
            if let Ok((hrp, bytes)) = decode(&text) {
                proptest::prop_assert_eq!(encode(&hrp, bytes.expose()), text);
            }
        }
    }
}
