//! Bytes that must not leak: keys, passphrases, nonces that open a commitment.
//!
//! Every secret lives on the heap, so that moving it moves a pointer and leaves no copy behind on a stack, and is
//! overwritten when dropped. None of the types here has `Debug`, `Display`, `Clone` or `PartialEq`; the bytes leave
//! through functions whose names start with `expose`, and nowhere else.

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::rng::{Rng, RngError};

/// `N` secret bytes, wiped on drop.
pub struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// `N` fresh bytes from `rng`.
    ///
    /// # Errors
    /// When the source of randomness fails; there is no fallback.
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, RngError> {
        let mut secret = Self::zero();
        rng.fill(&mut secret.0[..])?;
        Ok(secret)
    }

    /// A secret that `fill` writes in place, so that no copy of it ever stands elsewhere.
    pub fn with(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self::zero();
        fill(&mut secret.0);
        secret
    }

    /// Takes the bytes over and wipes the caller's copy.
    pub fn take(bytes: &mut [u8; N]) -> Self {
        let secret = Self(Box::new(*bytes));
        bytes.zeroize();
        secret
    }

    /// A copy of `bytes`, or `None` when they are not exactly `N`. Wiping the original is the caller's duty.
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == N).then(|| Self::with(|secret| secret.copy_from_slice(bytes)))
    }

    /// All zero: what the key schedule takes where a mode contributes nothing.
    pub fn zero() -> Self {
        Self(Box::new([0; N]))
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Whether both hold the same bytes, in constant time.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        equal(&self.0[..], &other.0[..])
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Secret bytes of any length, wiped on drop.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the buffer over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Secret text: an encoded private key. Wiped on drop.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A passphrase as the person typed it or as its file holds it; bytes, because files need not be UTF-8.
pub struct Passphrase(SecretBytes);

impl Passphrase {
    /// Takes the buffer over; `None` when it is empty, which no caller means.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let bytes = SecretBytes::new(bytes);
        (!bytes.expose().is_empty()).then_some(Self(bytes))
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// Whether both hold the same bytes, in constant time for equal lengths.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        equal(self.expose(), other.expose())
    }
}

/// How much dead stack is overwritten: more than the deepest computation with keys takes, ML-KEM's, and half of the
/// smallest stack that a program is started with in earnest.
const DEAD_STACK: usize = 128 << 10;

/// Does `work`, then overwrites the stack that it has used. Ciphers, curves and hashes keep what they compute with in
/// their frames and hand it on by value, and those copies nobody wipes.
pub fn wiping_stack<T>(work: impl FnOnce() -> T) -> T {
    let done = apart(work);
    overwrite();
    done
}

/// In frames of its own, below which nothing of the caller's lies.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// A frame where those of the work were.
#[inline(never)]
#[allow(clippy::large_stack_arrays, reason = "to take up stack is its purpose")]
fn overwrite() {
    let mut dead = [0_u8; DEAD_STACK];
    // As far as the compiler knows, the zeros are read here.
    std::hint::black_box(&mut dead);
}

/// Constant-time equality of two byte strings, whose lengths are not secret. The answer is not either.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    disclose(a.ct_eq(b).into())
}

/// The same where nobody may know the answer: all ones for equal strings, else zero.
#[must_use]
pub fn equal_mask(a: &[u8], b: &[u8]) -> u16 {
    u16::from(a.ct_eq(b).unwrap_u8()).wrapping_neg()
}

/// The answer to a question about secrets, from where on everybody may know it: whether a tag fits, whether a point is one.
/// Nothing else about secrets may be branched on, and `make constant-time`, which knows this function by its name, takes
/// every other branch for a leak.
#[must_use]
#[inline(never)]
pub fn disclose(answer: bool) -> bool {
    // A value out of memory is no longer computed from the answer, as far as valgrind and the compiler know.
    std::hint::black_box([false, true])[usize::from(answer)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_of_all_bytes() {
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"ab"));
        let masks = [b"abc", b"abd"].map(|other| equal_mask(b"abc", other));
        assert_eq!(masks, [u16::MAX, 0]);
        assert!(Secret::<3>::copy_from(b"abcd").is_none());
        assert!(Passphrase::new(Vec::new()).is_none());
    }

    #[test]
    fn taking_wipes_the_original() {
        let mut original = [7; 32];
        let secret = Secret::take(&mut original);
        assert_eq!(original, [0; 32]);
        assert_eq!(secret.expose(), &[7; 32]);
    }
}
