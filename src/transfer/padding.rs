//! Lengths that say little: what travels is rounded up, so that from outside many sizes are one.

use crate::channel::{MAX_RECORD, MIN_RECORD};

/// Whether a sender hides how long its part of a transfer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Padding {
    /// It does not.
    #[default]
    Off,
    /// Up to the next of few lengths, at most an eighth more.
    On,
}

/// Lengths of the bodies of PAD records that bring `sent` bytes of records to one of the lengths.
pub(super) fn bodies(sent: u64) -> impl Iterator<Item = usize> {
    let mut left = padme(sent + MIN_RECORD as u64) - sent;
    std::iter::from_fn(move || {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(MAX_RECORD);
        // What is left must have room for a record too.
        let rest = left - most as u64;
        let record = if rest > 0 && rest < MIN_RECORD as u64 {
            most - MIN_RECORD
        } else {
            most
        };
        left -= record as u64;
        record.checked_sub(MIN_RECORD)
    })
}

/// The next length that is a multiple of 2^z, where z leaves as many leading bits as the length of the length has: Padmé
/// (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019, section 4).
fn padme(length: u64) -> u64 {
    let exponent = length.max(2).ilog2();
    let low = exponent - (exponent.max(1).ilog2() + 1);
    length.next_multiple_of(1 << low)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_lengths_remain() {
        let lengths: std::collections::BTreeSet<u64> = (1 << 20..1 << 21).map(padme).collect();
        assert_eq!(lengths.len(), 33, "five bits behind the first, and the next power");
        // E = 9, S = 4, z = 5: the multiple of 32.
        assert_eq!(padme(1000), 1024);
        assert_eq!(padme(993), 1024);
        assert_eq!(padme(992), 992);
    }

    proptest! {
        #[test]
        fn records_reach_the_length_and_no_more_than_an_eighth(sent in 300_u64..1 << 40) {
            let records: Vec<u64> = bodies(sent).map(|body| (body + MIN_RECORD) as u64).collect();
            let total = sent + records.iter().sum::<u64>();
            prop_assert_eq!(total, padme(total));
            prop_assert!(total <= (sent + MIN_RECORD as u64) * 9 / 8);
            prop_assert!(records.iter().all(|record| *record <= MAX_RECORD as u64));
        }
    }
}
