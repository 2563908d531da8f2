//! What a passphrase does to a key: a Feistel network of four rounds (SLIP-39, "Encryption of the master secret"), with
//! the rounds of SLIP-39 or with rounds under a key of Argon2id.
//!
//! ```text
//! key = L || R        four times: L, R = R, L xor F(i, R)        sealed = R || L
//! ```

use super::{Error, Protection, Set};
use crate::crypto::{hash, kdf, labels};
use crate::secret::{Passphrase, Secret, SecretBytes};

/// Rounds of the network.
const ROUNDS: u8 = 4;
/// PBKDF2 iterations of all rounds together, at exponent 0.
const ITERATIONS: u32 = 10_000;
/// KiB that Argon2id takes at exponent 0: 64 MiB.
const MEMORY: u32 = 64 << 10;
/// Passes of Argon2id.
const PASSES: u32 = 4;

/// Seals a key under a passphrase.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn seal(key: &[u8], set: Set, passphrase: Option<&Passphrase>) -> Result<SecretBytes, Error> {
    Ok(network(key, 0..ROUNDS, &Round::new(set, passphrase)?))
}

/// The reverse of [`seal`]. Any passphrase gives a key, a wrong one a wrong key.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn open(sealed: &[u8], set: Set, passphrase: Option<&Passphrase>) -> Result<SecretBytes, Error> {
    Ok(network(sealed, (0..ROUNDS).rev(), &Round::new(set, passphrase)?))
}

fn network(bytes: &[u8], rounds: impl Iterator<Item = u8>, round: &Round) -> SecretBytes {
    let (left, right) = bytes.split_at(bytes.len() / 2);
    let (mut left, mut right) = (SecretBytes::new(left.to_vec()), SecretBytes::new(right.to_vec()));
    for number in rounds {
        let noise = round.noise(number, right.expose());
        let mixed = left.expose().iter().zip(noise.expose()).map(|(a, b)| a ^ b).collect();
        left = std::mem::replace(&mut right, SecretBytes::new(mixed));
    }
    SecretBytes::new([right.expose(), left.expose()].concat())
}

/// The function F.
enum Round<'a> {
    /// `PBKDF2-HMAC-SHA-256(i || passphrase, salt || R, 2,500 x 2^e)`.
    Slip39 {
        passphrase: &'a [u8],
        salt: Vec<u8>,
        iterations: u32,
    },
    /// The beginning of `HMAC-SHA-256(Argon2id(passphrase), "keypact-courier" || 00 || i || R)`.
    Argon2id(Secret<32>),
}

impl<'a> Round<'a> {
    fn new(set: Set, passphrase: Option<&'a Passphrase>) -> Result<Self, Error> {
        let passphrase_bytes = passphrase.map_or(&[][..], Passphrase::expose);
        let salt = match set.protection {
            Protection::Slip39 => Vec::new(),
            Protection::Slip39Original => [b"shamir", &set.id.to_be_bytes()[..]].concat(),
            Protection::Argon2id => return Self::argon2id(set, passphrase.ok_or(Error::Passphrase)?),
        };
        Ok(Self::Slip39 {
            passphrase: passphrase_bytes,
            salt,
            iterations: (ITERATIONS << set.exponent) / u32::from(ROUNDS),
        })
    }

    fn argon2id(set: Set, passphrase: &Passphrase) -> Result<Self, Error> {
        let mut salt = [0; 16];
        salt[..2].copy_from_slice(&set.id.to_be_bytes());
        let key = kdf::argon2id(passphrase, &salt, MEMORY << set.exponent, PASSES);
        key.map(Self::Argon2id).map_err(|_| Error::Memory)
    }

    fn noise(&self, number: u8, right: &[u8]) -> SecretBytes {
        let mut noise = vec![0; right.len()];
        match self {
            Self::Slip39 {
                passphrase,
                salt,
                iterations,
            } => {
                let password = SecretBytes::new([&[number], *passphrase].concat());
                let salt = SecretBytes::new([salt, right].concat());
                kdf::pbkdf2(password.expose(), salt.expose(), *iterations, &mut noise);
            }
            Self::Argon2id(key) => {
                let block = Secret::take(&mut hash::hmac(key.expose(), &[labels::COURIER, &[0, number], right]));
                noise.copy_from_slice(&block.expose()[..right.len()]);
            }
        }
        SecretBytes::new(noise)
    }
}
