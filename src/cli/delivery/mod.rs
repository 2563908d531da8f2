//! Files and folders on their way over a channel: what is offered of the disk, and where on the disk it lands.

mod consent;
mod decide;
mod existing;
mod landing;
mod offer;
mod packing;
mod publish;
mod source;
mod stage;
mod stream;
mod twins;

pub use consent::{Consent, Limits, Who};
pub use existing::IfExists;
pub use landing::{Landing, Rules, Traces};
pub use offer::{Offer, Symlinks};
pub use packing::Compress;
pub use stream::ToStream;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::cli::fault::Fault;
use crate::cli::shown::shown;

/// A path of the peer's, safe to show.
pub fn shown_path(path: &[u8]) -> String {
    if path.is_empty() {
        "a stream".to_owned()
    } else {
        shown(OsStr::from_bytes(path))
    }
}

/// "1 file", "2 files".
pub fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// A fault on its way through the library.
fn carried(fault: Fault) -> std::io::Error {
    std::io::Error::other(fault)
}
