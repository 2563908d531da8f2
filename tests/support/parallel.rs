//! One check over many cases, on as many threads as the machine has processors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Checks every item; a panic in any thread is the failure of the caller.
pub(crate) fn for_each<T: Sync>(items: &[T], check: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(item);
                }
            });
        }
    });
}
