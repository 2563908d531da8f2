//! Seven of 64 emoji, each with its name, because terminals and fonts differ. The table is the one that Matrix uses.

const TABLE: &str = include_str!("emoji.txt");

/// The first 42 bits in groups of six, most significant bit first.
pub fn seven(bytes: &[u8; 64]) -> String {
    let bits = bytes[..6].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let shown: Vec<_> = (0..7).map(|group| entry(bits >> (42 - group * 6) & 63)).collect();
    shown.join("  ")
}

fn entry(index: u64) -> String {
    let index = usize::try_from(index).expect("six bits");
    let line = TABLE
        .lines()
        .nth(index)
        .expect("the table has 64 lines; a test counts them");
    line.replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(TABLE.lines().count(), 64);
        assert!(TABLE.lines().all(|line| line.split('\t').count() == 2));
    }

    #[test]
    fn groups_are_of_six_bits() {
        let mut bytes = [0; 64];
        bytes[..6].copy_from_slice(&[0b0000_0000, 0b0001_0000, 0b1000_0011, 0xff, 0xff, 0xc0]);
        let names: Vec<_> = seven(&bytes)
            .split("  ")
            .map(|e| e.split(' ').next_back().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["Dog", "Cat", "Lion", "Horse", "Pin", "Pin", "Pin"]);
    }
}
