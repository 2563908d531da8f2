//! Base32 in capital letters without padding (RFC 4648 section 6), canonical only: the form of QR codes.

use base32ct::{Base32UpperUnpadded, Encoding};

use super::Error;
use crate::secret::{SecretBytes, SecretText, equal};

/// Bytes as capital letters and digits.
pub fn encode(bytes: &[u8]) -> SecretText {
    SecretText::new(Base32UpperUnpadded::encode_string(bytes))
}

/// The bytes of such a text.
///
/// # Errors
/// [`Error::Base32`].
pub fn decode(text: &str) -> Result<SecretBytes, Error> {
    let bytes = SecretBytes::new(Base32UpperUnpadded::decode_vec(text).map_err(|_| Error::Base32)?);
    // The crate reads spare bits as if they were zero.
    if !equal(encode(bytes.expose()).expose().as_bytes(), text.as_bytes()) {
        return Err(Error::Base32);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
        ] {
            assert_eq!(encode(bytes.as_bytes()).expose(), text);
            assert_eq!(decode(text).ok().unwrap().expose(), bytes.as_bytes());
        }
        for wrong in ["MZ", "MZXQ====", "mzxq", "M", "MZX", "MZXQ1", "MY "] {
            assert!(decode(wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_decodes_is_canonical(text in "[A-Z2-7]{0,20}", bytes: Vec<u8>) {
            if let Ok(bytes) = decode(&text) {
                let again = encode(bytes.expose());
                proptest::prop_assert_eq!(again.expose(), text);
            }
            let decoded = decode(encode(&bytes).expose()).ok().unwrap();
            proptest::prop_assert_eq!(decoded.expose(), &bytes[..]);
        }
    }
}
