//! Bytes that people carry: as words said aloud or written down, digits, emoji, QR codes.

pub mod digits;
pub mod emoji;
#[cfg(feature = "cli")]
pub mod qr;
pub mod words;
