//! `--range START..END`: a part of a plaintext.

use std::io::{self, Write};
use std::str::FromStr;

use crate::cli::fault::Fault;

/// Offsets in bytes, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    start: u64,
    end: Option<u64>,
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (start, end) = text.split_once("..").ok_or("write START..END, in bytes")?;
        let number = |text: &str| text.parse().map_err(|_| format!("'{text}' is no number of bytes"));
        let start = if start.is_empty() { 0 } else { number(start)? };
        let end = (!end.is_empty()).then(|| number(end)).transpose()?;
        if end.is_some_and(|end| end < start) {
            return Err("the range ends before it starts".into());
        }
        Ok(Self { start, end })
    }
}

impl Range {
    /// Start and end in a plaintext of `length` bytes; what lies beyond its end is cut off.
    ///
    /// # Errors
    /// When it begins beyond the end.
    pub fn within(self, length: u64) -> Result<std::ops::Range<u64>, Fault> {
        if self.start > length {
            let what = format!("the range begins at byte {}, and the content has {length}", self.start);
            return Err(Fault::failure(what).of_kind("range"));
        }
        Ok(self.start..self.end.unwrap_or(length).min(length))
    }
}

/// Lets a range of what is written to it pass.
pub struct Window<W> {
    inner: W,
    range: Range,
    position: u64,
}

impl<W: Write> Window<W> {
    /// Nothing is written yet.
    pub fn new(inner: W, range: Range) -> Self {
        Self {
            inner,
            range,
            position: 0,
        }
    }

    /// All is written.
    ///
    /// # Errors
    /// When the range begins beyond the end.
    pub fn finish(self) -> Result<W, Fault> {
        self.range.within(self.position).map(|_| self.inner)
    }
}

impl<W: Write> Write for Window<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let clamp =
            |at: u64| usize::try_from(at.saturating_sub(self.position)).map_or(bytes.len(), |at| at.min(bytes.len()));
        let (from, to) = (clamp(self.range.start), clamp(self.range.end.unwrap_or(u64::MAX)));
        self.inner.write_all(&bytes[from..to])?;
        self.position += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_others_refused() {
        let read = |text: &str| text.parse::<Range>().ok().and_then(|range| range.within(100).ok());
        assert_eq!(read("2..5"), Some(2..5));
        assert_eq!(read(".."), Some(0..100));
        assert_eq!(read("7.."), Some(7..100));
        assert_eq!(read("..7"), Some(0..7));
        assert_eq!(read("100..200"), Some(100..100));
        for wrong in [
            "",
            "5",
            "5..2",
            "a..",
            "1..b",
            "-1..",
            "1...3",
            "101..",
            "0x1..",
            "99999999999999999999..",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_window_is_a_slice(length in 0_usize..60, start in 0_u64..70, size in 0_u64..70, piece in 1_usize..20) {
            let text: Vec<u8> = (0..60).take(length).collect();
            let range = Range { start, end: Some(start + size) };
            let mut window = Window::new(Vec::new(), range);
            for piece in text.chunks(piece) {
                window.write_all(piece).unwrap();
            }
            match (window.finish(), range.within(length as u64)) {
                (Ok(seen), Ok(range)) => {
                    let [from, to] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
                    proptest::prop_assert_eq!(&seen, &text[from..to]);
                }
                (seen, range) => proptest::prop_assert!(seen.is_err() && range.is_err()),
            }
        }
    }
}
