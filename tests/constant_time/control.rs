//! Leaks made on purpose. Where valgrind does not report one of them, its silence about the rest proves nothing.

use std::hint::black_box;

use super::Path;
use crate::marks::secret;

pub const LEAKS: [Path; 3] = [
    ("control: a comparison that stops at the first difference", || {
        black_box(stops_early(secret::<32>(1).expose(), secret::<32>(1).expose()));
    }),
    ("control: a branch", || {
        black_box(branches(secret::<1>(1).expose()[0]));
    }),
    ("control: an address", || {
        black_box(looks_up(secret::<1>(1).expose()[0]));
    }),
];

#[inline(never)]
fn stops_early(a: &[u8], b: &[u8]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

#[inline(never)]
fn branches(secret: u8) -> u8 {
    // Two calls that have to be made, so that no arithmetic can take their place.
    if secret.is_multiple_of(2) {
        black_box(0)
    } else {
        black_box(1)
    }
}

#[inline(never)]
fn looks_up(secret: u8) -> u8 {
    black_box([7; 256])[usize::from(secret)]
}
