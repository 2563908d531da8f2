//! From a key to its shares.

use super::cipher;
use super::gf256::interpolate;
use super::share::{Protection, Set, Share};
use super::{DIGEST, DIGEST_LENGTH, Error, SECRET, digest};
use crate::crypto::rng::{self, Rng};
use crate::secret::{Passphrase, SecretBytes};

/// The most shares of a key: what four bits count.
pub const MOST: u8 = 16;

/// How many shares there are to be, and how many of them are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    threshold: u8,
    shares: u8,
}

impl Quorum {
    /// The key in one piece.
    pub const ONE: Self = Self {
        threshold: 1,
        shares: 1,
    };

    /// `threshold` of `shares`.
    ///
    /// # Errors
    /// [`Error::Quorum`] unless 2 <= `threshold` <= `shares` <= 16: several pieces of which each is the whole key are
    /// copies, and made as such.
    pub fn new(threshold: u8, shares: u8) -> Result<Self, Error> {
        let is_one = (threshold, shares) == (1, 1);
        let is_quorum = is_one || (2 <= threshold && threshold <= shares && shares <= MOST);
        is_quorum.then_some(Self { threshold, shares }).ok_or(Error::Quorum)
    }

    /// How many are enough.
    pub fn threshold(self) -> u8 {
        self.threshold
    }

    /// How many there are.
    pub fn shares(self) -> u8 {
        self.shares
    }
}

/// What locks a key besides the number of shares.
pub enum Lock<'a> {
    /// Nothing.
    Open,
    /// A passphrase as SLIP-39 has it, which every program of that kind opens.
    Slip39(&'a Passphrase),
    /// A passphrase through Argon2id.
    Argon2id(&'a Passphrase),
}

/// The exponent for a passphrase of SLIP-39: 640,000 iterations of PBKDF2, above the advice of OWASP for HMAC-SHA-256.
const SLIP39_EXPONENT: u8 = 6;
/// The exponent for Argon2id: 256 MiB, four passes, about a second.
const ARGON2ID_EXPONENT: u8 = 2;

impl<'a> Lock<'a> {
    fn passphrase(&self) -> Option<&'a Passphrase> {
        match self {
            Self::Open => None,
            Self::Slip39(passphrase) | Self::Argon2id(passphrase) => Some(passphrase),
        }
    }

    fn set(&self, id: u16) -> Set {
        let (protection, exponent) = match self {
            Self::Open => (Protection::Slip39, 0),
            Self::Slip39(_) => (Protection::Slip39, SLIP39_EXPONENT),
            Self::Argon2id(_) => (Protection::Argon2id, ARGON2ID_EXPONENT),
        };
        Set {
            id,
            protection,
            exponent,
            group_threshold: 1,
            groups: 1,
        }
    }
}

/// The shares of a secret of 16 to 64 bytes, an even number.
///
/// # Errors
/// [`Error::Length`]; [`Error::Letters`] for a passphrase of SLIP-39 that other programs would not take;
/// [`Error::Memory`], [`Error::Rng`].
pub fn split(secret: &[u8], quorum: Quorum, lock: &Lock, rng: &mut dyn Rng) -> Result<Vec<Share>, Error> {
    if !(16..=64).contains(&secret.len()) || !secret.len().is_multiple_of(2) {
        return Err(Error::Length);
    }
    if let Lock::Slip39(passphrase) = lock {
        check_letters(passphrase)?;
    }
    let set = lock.set(u16::from_be_bytes(rng::array(rng)?) >> 1);
    let sealed = cipher::seal(secret, set, lock.passphrase())?;
    let values = values(&sealed, quorum, rng)?;
    let share = |(member, value)| Share {
        set,
        group: 0,
        member,
        threshold: quorum.threshold,
        value,
    };
    Ok((0..).zip(values).map(share).collect())
}

/// SLIP-39 takes printable ASCII alone, so that no two programs disagree about bytes.
pub(super) fn check_letters(passphrase: &Passphrase) -> Result<(), Error> {
    let is_printable = passphrase.expose().iter().all(|letter| (32..=126).contains(letter));
    is_printable.then_some(()).ok_or(Error::Letters)
}

/// The values of polynomials (one a byte) that go through the secret at 255, through its digest at 254, and otherwise are
/// random: all 256 values are equally likely at each place, zero among them.
fn values(secret: &SecretBytes, quorum: Quorum, rng: &mut dyn Rng) -> Result<Vec<SecretBytes>, Error> {
    if quorum == Quorum::ONE {
        return Ok(vec![SecretBytes::new(secret.expose().to_vec())]);
    }
    let mut values = Vec::new();
    for _ in 2..quorum.threshold {
        values.push(random(secret.expose().len(), rng)?);
    }
    let noise = random(secret.expose().len() - DIGEST_LENGTH, rng)?;
    let digest = SecretBytes::new([&digest(noise.expose(), secret.expose())[..], noise.expose()].concat());
    let mut points: Vec<(u8, &[u8])> = (0..).zip(values.iter().map(SecretBytes::expose)).collect();
    points.extend([(DIGEST, digest.expose()), (SECRET, secret.expose())]);
    let computed: Vec<_> = (quorum.threshold - 2..quorum.shares)
        .map(|x| interpolate(&points, x))
        .collect();
    values.extend(computed);
    Ok(values)
}

fn random(length: usize, rng: &mut dyn Rng) -> Result<SecretBytes, Error> {
    let mut bytes = zeroize::Zeroizing::new(vec![0; length]);
    rng.fill(&mut bytes)?;
    Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
}
