//! keypact.
pub mod crypto;
pub mod encoding;
pub mod handshake;
pub mod secret;
