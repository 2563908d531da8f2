//! Text and byte encodings, strict: one text for each value, and nothing else is accepted.

pub mod base32;
pub mod base64;
pub mod bech32;
pub mod fields;
pub mod hex;
pub mod pem;

/// Why a text is not the encoding of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not canonical base64 (RFC 4648 section 4): a foreign character, padding where none belongs, spare bits set.
    #[error("not canonical base64")]
    Base64,
    /// Not canonical base32 (RFC 4648 section 6): a foreign character, lower case, padding, spare bits set.
    #[error("not canonical base32")]
    Base32,
    /// Not lower-case hexadecimal, or an odd number of digits.
    #[error("not hexadecimal")]
    Hex,
    /// Not Bech32 (BIP 173): mixed case, a foreign character, a wrong checksum, spare bits set.
    #[error("not Bech32: {0}")]
    Bech32(&'static str),
    /// Not one text of PEM (RFC 7468) and nothing else.
    #[error("not PEM: {0}")]
    Pem(&'static str),
    /// The text stands for another number of bytes than the value has.
    #[error("wrong length")]
    Length,
}
