//! What the size of a payload tells of it.

use super::stream::{CHUNK, SEALED_CHUNK};
use super::{NONCE_LEN, PayloadError};
use crate::crypto::aead::TAG;

/// What is in a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of content.
    pub content: u64,
    /// Chunks, of which an empty content has one.
    pub chunks: u64,
}

/// Of the `behind` bytes that follow a header, nonce included.
///
/// # Errors
/// When no payload has this size: the file was cut off.
pub fn of(behind: u64) -> Result<Sizes, PayloadError> {
    let [nonce, tag, sealed, chunk] = [NONCE_LEN, TAG, SEALED_CHUNK, CHUNK].map(|bytes| bytes as u64);
    let payload = behind.checked_sub(nonce).ok_or(PayloadError::Truncated)?;
    let (full, last) = (payload / sealed, payload % sealed);
    match last.checked_sub(tag) {
        None if last == 0 && full > 0 => Ok(Sizes {
            content: full * chunk,
            chunks: full,
        }),
        None => Err(PayloadError::Truncated),
        Some(0) if full > 0 => Err(PayloadError::EmptyEnd),
        Some(rest) => Ok(Sizes {
            content: full * chunk + rest,
            chunks: full + 1,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::tests::Counter;
    use super::super::{Header, encrypt, x25519};
    use super::*;

    #[test]
    fn sizes_are_those_of_files() {
        let recipient = x25519::Identity::generate(&mut Counter(0)).unwrap().recipient();
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1] {
            let mut writer = encrypt(Vec::new(), &[&recipient], &mut Counter(1)).unwrap();
            writer.write_all(&vec![0; size]).unwrap();
            let file = writer.finish().unwrap();
            let mut behind = &file[..];
            Header::read(&mut behind).unwrap();
            let sizes = of(behind.len() as u64).unwrap();
            assert_eq!(
                (sizes.content, sizes.chunks),
                (size as u64, size.div_ceil(CHUNK).max(1) as u64)
            );
        }
    }

    #[test]
    fn impossible_sizes_are_told() {
        let (nonce, sealed) = (NONCE_LEN as u64, SEALED_CHUNK as u64);
        for short in [0, nonce - 1, nonce, nonce + 15, nonce + sealed + 1, nonce + sealed + 15] {
            assert_eq!(of(short), Err(PayloadError::Truncated), "{short}");
        }
        assert_eq!(of(nonce + 3 * sealed + 16), Err(PayloadError::EmptyEnd));
        assert!(of(u64::MAX).is_ok());
    }
}
