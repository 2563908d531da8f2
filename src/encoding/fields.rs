//! Big-endian fields of wire messages, taken from the front of a slice; a short slice is `None`, never a panic.

/// A message being taken apart from its front.
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The whole message.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    /// One byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Two bytes, big-endian.
    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// The bytes behind their own length in four bytes: a string of SSH (RFC 4251 section 5).
    pub fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        self.bytes(length)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whatever is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// `Some` only when nothing is left: trailing bytes are an error everywhere.
    pub fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Adds the concatenated parts behind their length in four bytes: a string of SSH, as [`Fields::string`] reads it.
///
/// # Panics
/// For parts of 4 GiB in all: every caller's are bounded far below.
pub fn put_string(out: &mut Vec<u8>, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let length = u32::try_from(length).expect("strings of SSH are far shorter than 4 GiB");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&parts.concat());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_input_is_none_and_consumes_nothing() {
        let mut fields = Fields::new(&[0, 1, 2]);
        assert_eq!(fields.u32(), None);
        assert_eq!(fields.u16(), Some(1));
        assert_eq!(fields.u8(), Some(2));
        assert_eq!(fields.u8(), None);
        assert_eq!(fields.end(), Some(()));
        assert_eq!(Fields::new(&[0]).end(), None);
        assert_eq!(Fields::new(&[0, 0, 0, 1, 7]).string(), Some(&[7][..]));
        assert_eq!(Fields::new(&[0xff, 0xff, 0xff, 0xff, 7]).string(), None);
    }
}
