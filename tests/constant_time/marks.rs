//! What valgrind takes for secret: memcheck calls such bytes undefined, follows them through every computation, and reports
//! each branch and each address that depends on them.

use std::ffi::c_void;
use std::hint::black_box;

use crabgrind::memcheck::{MemState, mark_mem};
use keypact::crypto::rng::{Rng, RngError};
use keypact::secret::{Passphrase, Secret, SecretBytes};

/// From here on no branch and no address may depend on these bytes.
pub fn hide(bytes: &mut [u8]) {
    mark(bytes, MemState::Undefined);
}

/// From here on everybody may know these bytes.
pub fn publish(bytes: &mut [u8]) {
    mark(bytes, MemState::Defined);
}

/// The mutable reference keeps the compiler from working on with a copy in a register.
fn mark(bytes: &mut [u8], state: MemState) {
    let bytes = black_box(bytes);
    mark_at(bytes.as_mut_ptr(), bytes.len(), state);
    black_box(bytes);
}

/// (This release of crabgrind takes valgrind's answer for an error. Whether it has worked, the controls show.)
fn mark_at(start: *mut u8, length: usize, state: MemState) {
    let _ = mark_mem(start.cast::<c_void>(), length, state);
}

/// A copy that everybody may know.
pub fn published<T: AsRef<[u8]>>(bytes: T) -> Vec<u8> {
    let mut copy = bytes.as_ref().to_vec();
    publish(&mut copy);
    copy
}

/// `N` secret bytes, others for each `seed`.
pub fn secret<const N: usize>(seed: u8) -> Secret<N> {
    Secret::generate(&mut Drawn::new(seed)).expect("it never fails")
}

/// The same bytes, as if everybody knew them.
pub fn public<const N: usize>(seed: u8) -> Secret<N> {
    Secret::generate(&mut Drawn::public(seed)).expect("it never fails")
}

/// Secret bytes with these values.
pub fn hidden(bytes: &[u8]) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    hide(&mut copy);
    copy
}

/// A copy of a text that everybody may know.
pub fn public_text(text: &str) -> String {
    String::from_utf8(published(text)).expect("it was a text before")
}

/// A text that is secret behind its first `public` bytes.
pub fn hidden_text(text: &str, public: usize) -> String {
    let mut copy = text.to_owned();
    let (_, secret) = black_box(copy.as_mut_str()).split_at_mut(public);
    mark_at(secret.as_mut_ptr(), secret.len(), MemState::Undefined);
    copy
}

/// A secret passphrase.
pub fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(hidden(text.as_bytes())).expect("no passphrase here is empty")
}

/// The bytes as a secret of any length.
pub fn secret_bytes(bytes: &[u8]) -> SecretBytes {
    SecretBytes::new(hidden(bytes))
}

/// A source of randomness, with the same bytes in each run.
pub struct Drawn {
    state: u64,
    /// How many draws are of no secrets.
    public: usize,
}

impl Drawn {
    /// All that is drawn is secret.
    pub fn new(seed: u8) -> Self {
        Self::after(0, seed)
    }

    /// All that is drawn is secret but for the first draws.
    pub fn after(public: usize, seed: u8) -> Self {
        let state = 0x6b65_7970_6163_7431 ^ u64::from(seed) << 32;
        Self { state, public }
    }

    /// Nothing that is drawn is secret.
    pub fn public(seed: u8) -> Self {
        Self::after(usize::MAX, seed)
    }
}

impl Rng for Drawn {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        for byte in &mut *out {
            // Xorshift.
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            *byte = self.state.to_be_bytes()[0];
        }
        match self.public.checked_sub(1) {
            Some(left) => self.public = left,
            None => hide(out),
        }
        Ok(())
    }
}
