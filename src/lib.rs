//! keypact.
pub mod channel;
pub mod codes;
pub mod crypto;
pub mod encoding;
pub mod handshake;
pub mod secret;
pub mod transfer;
pub mod verify;
