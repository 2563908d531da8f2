//! Keys that people carry: as words on paper or over a telephone, as QR codes, whole or in shares of which some are
//! enough. Words are those of SLIP-39, so that shares come together without this program too. Byte-exact text:
//! `docs/spec/courier.md`.

mod cipher;
mod gf256;
mod join;
mod key;
mod packet;
mod rs1024;
mod share;
#[cfg(feature = "qr")]
mod sheet;
mod split;
#[cfg(test)]
mod tests;

pub use join::{Join, Missing, Sealed};
pub use key::{CheckValue, Key, Kind, PskUse};
pub use packet::Packet;
pub use share::{Protection, Set, Share, Suspect, Words};
#[cfg(feature = "qr")]
pub use sheet::Sheet;
pub use split::{Lock, MOST, Quorum, split};

use crate::crypto::hash;
use crate::crypto::rng::RngError;

/// Places of polynomials that are no shares: the secret, and what proves it.
const SECRET: u8 = 255;
const DIGEST: u8 = 254;
const DIGEST_LENGTH: usize = 4;

/// `HMAC-SHA-256(noise, secret)[..4]`: shares that do not belong together are found out.
fn digest(noise: &[u8], secret: &[u8]) -> [u8; DIGEST_LENGTH] {
    let [a, b, c, d, ..] = hash::hmac(noise, &[secret]);
    [a, b, c, d]
}

/// Why keys cannot be packed, or what people brought cannot be opened. Places of words are counted from 1, and no word
/// is repeated: it may be secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A word that is not in the list.
    #[error("word {0} is not in the list")]
    Word(usize),
    /// Another number of words than shares have.
    #[error("{0} words are no courier code: one has 20 for a key of 128 bits, and 33 for one of 256 bits")]
    Count(usize),
    /// The checksum does not fit.
    #[error("the checksum does not fit: a word is wrong, or in the wrong place")]
    Checksum,
    /// A share that nobody writes.
    #[error("the words are no share: {0}")]
    Malformed(&'static str),
    /// A passphrase that would take more memory to try than we grant.
    #[error("the passphrase would take more than 1 GiB of memory")]
    Costly,
    /// A text that is not that of our QR codes, or a damaged one.
    #[error("not the text of a courier code, or a damaged one")]
    Packet,
    /// A share of another set.
    #[error("the share is of another set")]
    OtherSet,
    /// A share that is there already.
    #[error("the share is there already")]
    Repeated,
    /// A share that cannot be of the same splitting.
    #[error("the share contradicts another of its set")]
    Contradiction,
    /// Shares are missing.
    #[error("{0}")]
    Missing(Missing),
    /// The digest of the secret does not fit.
    #[error("the shares do not belong together, or one was changed")]
    Digest,
    /// A passphrase is needed.
    #[error("the code is locked with a passphrase")]
    Passphrase,
    /// A passphrase of SLIP-39 with other characters than it takes.
    #[error("a SLIP-39 passphrase has printable ASCII characters only")]
    Letters,
    /// Numbers of shares that are no quorum.
    #[error("between 2 and 16 shares, of which at least 2 are needed")]
    Quorum,
    /// A secret of another length than its kind has.
    #[error("a key of another length than its kind has")]
    Length,
    /// The text is no PSK file.
    #[error("its first line must be 64 or 32 hexadecimal digits, or 32 or 16 bytes in base64; the rest comments")]
    Psk,
    /// Too little memory for the passphrase.
    #[error("not enough memory for the passphrase")]
    Memory,
    /// The operating system gave no randomness.
    #[error(transparent)]
    Rng(#[from] RngError),
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("no share is missing"),
            Self::Shares(1) => f.write_str("1 more share is needed"),
            Self::Shares(count) => write!(f, "{count} more shares are needed"),
            Self::Groups(1) => f.write_str("shares of 1 more group are needed"),
            Self::Groups(count) => write!(f, "shares of {count} more groups are needed"),
        }
    }
}
