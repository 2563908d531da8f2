//! HKDF-SHA-256 (RFC 5869) and scrypt (RFC 7914).

use hkdf::Hkdf;
use sha2::Sha256;

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
