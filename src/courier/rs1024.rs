//! The checksum of shares: a Reed-Solomon code over GF(1024), three words, which finds up to three wrong words, and where
//! exactly one is wrong, says which (SLIP-39, "Checksum"). In constant time for words, whose numbers are secret.

use super::share::Numbers;
use crate::secret::disclose;

/// Words of a checksum.
pub(super) const LENGTH: usize = 3;

const GENERATORS: [u32; 10] = [
    0x00e0_e040,
    0x01c1_c080,
    0x0383_8100,
    0x0707_0200,
    0x0e0e_0009,
    0x1c0c_2412,
    0x3808_6c24,
    0x3090_fc48,
    0x21b1_f890,
    0x03f3_f120,
];

/// The remainder of the customization string and the words; of a share with its checksum it is 1.
fn remainder(customization: &[u8], words: &[u16]) -> u32 {
    let letters = customization.iter().map(|letter| u32::from(*letter));
    let values = letters.chain(words.iter().map(|word| u32::from(*word)));
    values.fold(1, |sum, value| {
        let (high, low) = (sum >> 20, sum & 0xf_ffff);
        let sum = low << 10 ^ value;
        let reduced = GENERATORS.iter().enumerate();
        reduced.fold(sum, |sum, (bit, generator)| sum ^ generator & mask(high >> bit))
    })
}

/// All ones where the lowest bit is set, else zero. Kept from the compiler, which could make a branch of it.
fn mask(bit: u32) -> u32 {
    std::hint::black_box((bit & 1).wrapping_neg())
}

/// The checksum of words without one.
pub(super) fn checksum(customization: &[u8], words: &[u16]) -> [u16; LENGTH] {
    let mut padded = Numbers::new(words.to_vec());
    padded.extend([0; LENGTH]);
    let sum = remainder(customization, &padded) ^ 1;
    [20, 10, 0].map(|shift| u16::try_from(sum >> shift & 1023).expect("ten bits"))
}

/// Whether words end with their checksum.
pub(super) fn is_whole(customization: &[u8], words: &[u16]) -> bool {
    disclose(remainder(customization, words) == 1)
}
