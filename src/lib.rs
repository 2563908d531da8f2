//! keypact.
pub mod crypto;
pub mod encoding;
pub mod secret;
