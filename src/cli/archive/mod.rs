//! A folder or several paths as one tar stream, and back: what `--archive` puts into an encrypted file.
//!
//! Written are ustar headers, with a pax header (POSIX.1-2017, `pax`) before a member that one cannot hold. Read are
//! ustar, pax and GNU headers. Whoever encrypted an archive is not trusted: it can bring files, folders and links that
//! stay among them, under new names, and nothing else.

mod flow;
mod pack;
mod reader;
mod unpack;

pub use flow::{packing, restoring};
pub use pack::{Packed, Skipped, pack};
pub use unpack::{Unpacked, unpack};

use crate::transfer::Modified;

/// Bytes of a header, and what contents are padded to (POSIX.1-2017, ustar Interchange Format).
const BLOCK: usize = 512;

/// Members of one archive: more than a person looks through, and an end to a stream of empty files.
const MOST_MEMBERS: u64 = 4 << 20;

/// What went into an archive or came out of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Regular files, hard links included.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Symbolic links.
    pub links: u64,
    /// Bytes of contents.
    pub bytes: u64,
}

impl Counts {
    fn members(&self) -> u64 {
        self.files + self.folders + self.links
    }
}

/// Memory for the names that restoring keeps until the end: of folders, whose modes come last, of what lies outermost,
/// and of what links lead to. Files of any number take none. Packing counts the same, so that what it writes fits.
#[derive(Default)]
struct Remembered(usize);

impl Remembered {
    const MOST: usize = 64 << 20;
    /// What a name takes beside its bytes.
    const ENTRY: usize = 64;

    /// Whether `name` fits too.
    fn add(&mut self, name: &[u8]) -> bool {
        self.0 += name.len() + Self::ENTRY;
        self.0 <= Self::MOST
    }
}

impl Modified {
    /// As a pax record has it: `-1.5` is half a second before `-1`.
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let (is_before, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds = i64::try_from(decimal(whole.as_bytes())?).ok()?;
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let fraction = fraction.get(..9).unwrap_or(fraction);
        let nanoseconds = u32::try_from(decimal(format!("{fraction:0<9}").as_bytes())?).ok()?;
        Some(match (is_before, nanoseconds) {
            (false, _) => Self { seconds, nanoseconds },
            (true, 0) => Self {
                seconds: -seconds,
                nanoseconds,
            },
            (true, _) => Self {
                seconds: -seconds - 1,
                nanoseconds: 1_000_000_000 - nanoseconds,
            },
        })
    }

    /// What [`Modified::parse`] reads; `None` where the field of a ustar header, eleven octal digits, says the same.
    fn to_record(self) -> Option<String> {
        let Self { seconds, nanoseconds } = self;
        match nanoseconds {
            0 if (0..1 << 33).contains(&seconds) => None,
            0 => Some(seconds.to_string()),
            _ if seconds >= 0 => Some(format!("{seconds}.{nanoseconds:09}")),
            _ => {
                let whole = (seconds + 1).unsigned_abs();
                Some(format!("-{whole}.{:09}", 1_000_000_000 - nanoseconds))
            }
        }
    }
}

/// Bytes behind contents of `size`, up to the next block.
fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

/// Digits and nothing else.
fn decimal(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    is_number.then(|| std::str::from_utf8(text).ok()?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read_as_pax_has_them() {
        let parse = |text: &str| Modified::parse(text.as_bytes()).map(|time| (time.seconds, time.nanoseconds));
        assert_eq!(parse("1.5"), Some((1, 500_000_000)));
        assert_eq!(parse("-1.5"), Some((-2, 500_000_000)));
        assert_eq!(parse("-0.000000001"), Some((-1, 999_999_999)));
        assert_eq!(parse("7.12345678999"), Some((7, 123_456_789)));
        for malformed in [
            "",
            "-",
            "+1",
            "1.x",
            "1.1234567891x",
            " 1",
            "1e3",
            "9223372036854775808",
        ] {
            assert_eq!(parse(malformed), None, "{malformed}");
        }
    }

    proptest! {
        #[test]
        fn what_a_field_cannot_say_a_record_says(seconds in -1_i64 << 40..1 << 40, nanoseconds in 0..1_000_000_000_u32) {
            let time = Modified { seconds, nanoseconds };
            match time.to_record() {
                Some(text) => prop_assert_eq!(Modified::parse(text.as_bytes()), Some(time)),
                None => prop_assert!(nanoseconds == 0 && (0..1 << 33).contains(&seconds)),
            }
        }
    }
}
