//! Randomness by script, so that a run can be repeated byte for byte.

#![allow(dead_code, unreachable_pub, reason = "every test binary uses its own part")]

use keypact::crypto::hash;
use keypact::crypto::rng::{Rng, RngError};

/// Gives out fixed bytes in order and fails when they are used up.
pub struct Script(Vec<u8>);

impl Script {
    pub fn new(parts: &[&[u8]]) -> Self {
        Self(parts.concat())
    }

    pub fn is_used_up(&self) -> bool {
        self.0.is_empty()
    }
}

impl Rng for Script {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        if self.0.len() < out.len() {
            return Err(RngError);
        }
        let rest = self.0.split_off(out.len());
        out.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

/// An endless stream that depends on its seed alone.
pub struct Seeded {
    seed: String,
    block: u64,
}

impl Seeded {
    pub fn new(seed: &str) -> Self {
        Self {
            seed: seed.to_owned(),
            block: 0,
        }
    }
}

impl Rng for Seeded {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        for chunk in out.chunks_mut(32) {
            let block = hash::sha256(&[self.seed.as_bytes(), &self.block.to_be_bytes()]);
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.block += 1;
        }
        Ok(())
    }
}
