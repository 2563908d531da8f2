//! Randomness as a parameter: the operating system's in production, a script in tests and vectors.

/// A source of random bytes fit for keys.
pub trait Rng {
    /// Fills `out`, or fails without a fallback.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError>;
}

/// The operating system gave no randomness (a sandbox without `getrandom`, or an early boot).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no randomness")]
pub struct RngError;

/// The operating system's generator (`getrandom(2)` on Linux).
pub struct OsRng;

impl Rng for OsRng {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        getrandom::fill(out).map_err(|_| RngError)
    }
}

/// `N` fresh bytes that are not secret: nonces, salts, ids.
///
/// # Errors
/// When the source fails.
pub fn array<const N: usize>(rng: &mut dyn Rng) -> Result<[u8; N], RngError> {
    let mut out = [0; N];
    rng.fill(&mut out)?;
    Ok(out)
}
