//! Passphrases, which stand alone in a file.
//!
//! ```text
//! -> scrypt base64(salt 16) log2(N)     k = scrypt(passphrase, "age-encryption.org/v1/scrypt" || salt, N, r = 8, p = 1)
//! seal(k, file key)
//! ```

use std::collections::BTreeSet;

use super::stanza::{SEALED_FILE_KEY, decode_arg};
use super::{Error, FileKey, Stanza};
use crate::crypto::rng::{self, Rng};
use crate::crypto::{kdf, labels};
use crate::encoding::base64;
use crate::secret::{Passphrase, Secret};

pub(super) const KIND: &str = "scrypt";
const SALT_LEN: usize = 16;
/// What is written: 256 MiB of memory and about a second. A constant, because a value measured on a busy machine makes
/// a weaker file.
pub const LOG_N: u8 = 18;
/// The most that is read unless another limit is set: 4 GiB of memory. A file may ask for more than any machine has, so more is refused uncomputed.
pub const MAX_LOG_N: u8 = 22;
/// The highest limit that can be set: 1 TiB.
pub const LARGEST_LOG_N: u8 = 30;

/// A passphrase to lock a file with.
pub struct Recipient {
    passphrase: Passphrase,
    log_n: u8,
}

impl Recipient {
    /// At the cost of [`LOG_N`].
    pub fn new(passphrase: Passphrase) -> Self {
        Self::with_log_n(passphrase, LOG_N)
    }

    /// At another cost, brought within 1 and [`MAX_LOG_N`]. Less than [`LOG_N`] is for tests: every step below it halves
    /// what a guess costs an attacker.
    pub fn with_log_n(passphrase: Passphrase, log_n: u8) -> Self {
        let log_n = log_n.clamp(1, MAX_LOG_N);
        Self { passphrase, log_n }
    }
}

impl super::Recipient for Recipient {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        let salt = rng::array(rng)?;
        let body = file_key.seal(&wrap_key(&self.passphrase, &salt, self.log_n));
        let args = [base64::encode(&salt), self.log_n.to_string()];
        Ok(vec![Stanza::made(KIND, &args.each_ref().map(String::as_str), body)])
    }

    /// Random, so that no other recipient has the same.
    fn labels(&self, rng: &mut dyn Rng) -> Result<BTreeSet<String>, Error> {
        let label: [u8; 16] = rng::array(rng)?;
        Ok(BTreeSet::from([base64::encode(&label)]))
    }
}

/// A passphrase to open a file with.
pub struct Identity {
    passphrase: Passphrase,
    max_log_n: u8,
}

impl Identity {
    /// Opens files of cost [`MAX_LOG_N`] and below.
    pub fn new(passphrase: Passphrase) -> Self {
        Self::with_max_log_n(passphrase, MAX_LOG_N)
    }

    /// Opens files of another cost and below: a machine may have less memory to spare, or a file be worth more.
    pub fn with_max_log_n(passphrase: Passphrase, max_log_n: u8) -> Self {
        let max_log_n = max_log_n.min(LARGEST_LOG_N);
        Self { passphrase, max_log_n }
    }
}

impl super::Identity for Identity {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        let Some(mine) = stanzas.iter().find(|stanza| stanza.kind() == KIND) else {
            return Ok(None);
        };
        if stanzas.len() != 1 {
            return Err(Error::Header("a passphrase beside other recipients"));
        }
        let (salt, log_n, sealed) = parse(mine)?;
        if log_n > self.max_log_n {
            return Err(TOO_COSTLY);
        }
        Ok(FileKey::open(&wrap_key(&self.passphrase, &salt, log_n), sealed))
    }
}

fn parse(stanza: &Stanza) -> Result<([u8; SALT_LEN], u8, &[u8; SEALED_FILE_KEY]), Error> {
    let [salt, log_n] = stanza.exact_args()?;
    Ok((decode_arg(salt)?, parse_log_n(log_n)?, stanza.sealed_file_key()?))
}

const TOO_COSTLY: Error = Error::Header("a scrypt work factor above the limit, which would take too long");

/// `^[1-9][0-9]*$`
fn parse_log_n(text: &str) -> Result<u8, Error> {
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::Header("a faulty scrypt work factor"));
    }
    text.parse().map_err(|_| TOO_COSTLY)
}

fn wrap_key(passphrase: &Passphrase, salt: &[u8; SALT_LEN], log_n: u8) -> Secret<32> {
    let salt = [labels::AGE_SCRYPT, salt].concat();
    kdf::scrypt(passphrase, &salt, log_n)
}
