//! Bytes that people carry: as words said aloud or written down, digits, emoji, QR codes.

pub mod digits;
pub mod emoji;
pub mod lists;
#[cfg(feature = "qr")]
pub mod qr;
pub mod words;
