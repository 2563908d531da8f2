//! How two sides find each other at a relay that neither of them runs: the name that they both know, the line in which
//! they ask for each other, and who is put through to whom. Bytes: `docs/spec/relay.md`.

mod meetings;
mod nameplate;
mod request;

pub use meetings::{Arrival, Meetings};
pub use nameplate::Nameplate;
pub use request::{LONGEST_LINE, Reply, Request, Side, Token};

/// Why a text is nothing that leads to a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Too short, too long, or with characters that not everybody can type.
    #[error("a name to meet at has 4 to 64 letters of English, digits, and - . _")]
    Nameplate,
    /// Not a line that asks for a relay.
    #[error("not a request to relay")]
    Request,
}
