//! Hexadecimal, lower case, in constant time (keys are written in it).

use super::Error;

/// Bytes as lower-case hexadecimal.
pub fn encode(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// The bytes of a lower-case hexadecimal text.
///
/// # Errors
/// [`Error::Hex`] for foreign characters, upper case and an odd number of digits.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    base16ct::lower::decode_vec(text).map_err(|_| Error::Hex)
}
