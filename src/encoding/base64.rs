//! Base64 of the standard alphabet (RFC 4648 section 4) and of that for names and links (section 5), canonical only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding};

use super::Error;

/// Bytes as unpadded base64, the form of age headers.
pub fn encode(bytes: &[u8]) -> String {
    Base64Unpadded::encode_string(bytes)
}

/// The bytes of an unpadded, canonical text.
///
/// # Errors
/// [`Error::Base64`] for padding, line ends, foreign characters and spare bits that are not zero.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    Base64Unpadded::decode_vec(text).map_err(|_| Error::Base64)
}

/// The `N` bytes of an unpadded, canonical text.
///
/// # Errors
/// As [`decode`]; [`Error::Length`] when the text stands for another number of bytes.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    decode(text)?.try_into().map_err(|_| Error::Length)
}

/// Bytes as unpadded base64 in letters, digits, `-` and `_`, which mail and chat leave alone.
pub fn encode_url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of such a text.
///
/// # Errors
/// As [`decode`].
pub fn decode_url(text: &str) -> Result<Vec<u8>, Error> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| Error::Base64)
}

/// Bytes as padded base64, the form of armor and of key files.
pub fn encode_padded(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Adds `bytes` as padded base64 to `text`: the form of armor, which is no secret, so it is made by the faster code.
pub fn append_padded(bytes: &[u8], text: &mut Vec<u8>) {
    let start = text.len();
    text.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = STANDARD.encode_slice(bytes, &mut text[start..]);
    written.expect("four characters for three bytes");
}

/// Decodes padded, canonical base64 into the front of `out` and returns what was written. Of armor and of recipients' keys,
/// no secrets: it takes a time that depends on the text.
///
/// # Errors
/// [`Error::Base64`], also when `out` is too small.
pub fn decode_padded<'out>(text: &[u8], out: &'out mut [u8]) -> Result<&'out [u8], Error> {
    let length = STANDARD.decode_slice(text, out).map_err(|_| Error::Base64)?;
    Ok(&out[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_is_accepted() {
        assert_eq!(decode("Zm8"), Ok(b"fo".to_vec()));
        for wrong in ["Zm8=", "Zm9", "Zm 8", "Zm8\n", "Zm-8", "Z"] {
            assert_eq!(decode(wrong), Err(Error::Base64), "{wrong:?}");
        }
        assert_eq!(decode_array::<3>("Zm8"), Err(Error::Length));
        let mut out = [0; 8];
        assert_eq!(decode_padded(b"Zm8=", &mut out), Ok(&b"fo"[..]));
        for wrong in [&b"Zm8"[..], b"Zm9=", b"Zm8==", b"=", b"Zm8=Zm8="] {
            assert_eq!(decode_padded(wrong, &mut out), Err(Error::Base64));
        }
    }

    proptest::proptest! {
        #[test]
        fn the_fast_code_and_the_constant_time_code_agree(bytes: Vec<u8>, text in "[A-Za-z0-9+/=]{0,12}") {
            let mut fast = Vec::new();
            append_padded(&bytes, &mut fast);
            proptest::prop_assert!(fast == encode_padded(&bytes).as_bytes());
            for text in [text.as_bytes(), &fast] {
                let (mut fast, mut slow) = (vec![0; text.len()], vec![0; text.len()]);
                let fast = decode_padded(text, &mut fast).ok();
                proptest::prop_assert_eq!(fast, Base64::decode(text, &mut slow).ok());
            }
        }

        #[test]
        fn decoding_inverts_encoding(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(decode_url(&encode_url(&bytes)), Ok(bytes.clone()));
            proptest::prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn what_decodes_is_canonical(text in "[A-Za-z0-9+/=_-]{0,12}") {
            if let Ok(bytes) = decode(&text) {
                proptest::prop_assert_eq!(encode(&bytes), text.as_str());
            }
            if let Ok(bytes) = decode_url(&text) {
                proptest::prop_assert_eq!(encode_url(&bytes), text);
            }
        }
    }
}
