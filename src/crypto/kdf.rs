//! HKDF-SHA-256 (RFC 5869), scrypt (RFC 7914), PBKDF2-HMAC-SHA-256 (RFC 8018), Argon2id (RFC 9106).

use argon2::{Algorithm, Argon2, Block, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;

use super::Error;
use super::hash::HmacSha256;
use crate::secret::{Passphrase, Secret};

/// HKDF-Extract of the concatenated `ikm` parts: HMAC-SHA-256 under `salt`.
pub fn extract(salt: &[u8], ikm: &[&[u8]]) -> Secret<32> {
    let mut mac = HmacSha256::new(salt);
    for part in ikm {
        mac.update(part);
    }
    Secret::take(&mut mac.finish())
}

/// HKDF-Expand with the concatenated `info` parts.
pub fn expand<const N: usize>(prk: &Secret<32>, info: &[&[u8]]) -> Secret<N> {
    const { assert!(N <= 255 * 32, "HKDF-Expand gives at most 255 blocks") };
    let hkdf = Hkdf::<Sha256>::from_prk(prk.expose()).expect("a PRK of 32 bytes is long enough");
    Secret::with(|out| hkdf.expand_multi_info(info, out).expect("length bounded above"))
}

/// HKDF-Expand of a key that is shorter than a hash: `HMAC(key, info || 01)`, its first and only block.
pub fn expand_short(key: &Secret<16>, info: &[&[u8]]) -> Secret<32> {
    extract(key.expose(), &[info, &[&[1]]].concat())
}

/// HKDF: extract, then expand.
pub fn hkdf<const N: usize>(salt: &[u8], ikm: &[u8], info: &[u8]) -> Secret<N> {
    expand(&extract(salt, &[ikm]), &[info])
}

/// scrypt with `N = 2^log_n`, r = 8, p = 1, 32 bytes: the cost parameters of an age passphrase.
///
/// Memory: `2^log_n` KiB, so the caller bounds `log_n` before it comes here.
///
/// # Panics
/// For `log_n` outside 1 to 30, which every caller has bounded.
pub fn scrypt(passphrase: &Passphrase, salt: &[u8], log_n: u8) -> Secret<32> {
    let params = scrypt::Params::new(log_n, 8, 1).expect("log_n is bounded by the caller");
    let mut key = [0; 32];
    scrypt::scrypt(passphrase.expose(), salt, &params, &mut key).expect("32 bytes are a valid length");
    Secret::take(&mut key)
}

/// PBKDF2-HMAC-SHA-256 into `out`.
pub fn pbkdf2(password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
    pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, out);
}

/// Argon2id version 1.3 with one lane, 32 bytes. Takes `memory` KiB, so the caller bounds it.
///
/// # Errors
/// [`Error::Memory`] when there is not as much.
///
/// # Panics
/// For less than 8 KiB, no passes, or a salt of less than 8 bytes, which are the caller's constants.
pub fn argon2id(passphrase: &Passphrase, salt: &[u8], memory: u32, passes: u32) -> Result<Secret<32>, Error> {
    const INVARIANT: &str = "the parameters are constants of their protocol";
    let params = Params::new(memory, passes, 1, Some(32)).expect(INVARIANT);
    let mut blocks: Vec<Block> = Vec::new();
    blocks
        .try_reserve_exact(params.block_count())
        .map_err(|_| Error::Memory)?;
    blocks.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = [0; 32];
    argon2
        .hash_password_into_with_memory(passphrase.expose(), salt, &mut key, &mut blocks)
        .expect(INVARIANT);
    Ok(Secret::take(&mut key))
}
