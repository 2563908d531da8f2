//! When the peer was last heard.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When the peer was last heard, in milliseconds since the wire began.
#[derive(Debug)]
pub(in crate::cli) struct Clock {
    began: Instant,
    heard: AtomicU64,
    /// Whether a message has begun and is not whole yet.
    midway: AtomicBool,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            heard: AtomicU64::new(0),
            midway: AtomicBool::new(false),
        }
    }
}

impl Clock {
    /// The peer is heard, in the middle of a message or at its end.
    pub(in crate::cli) fn note(&self, midway: bool) {
        self.heard.store(self.now(), Ordering::Relaxed);
        self.midway.store(midway, Ordering::Relaxed);
    }

    /// Nobody has listened for a while, which was no silence of the peer's.
    pub(super) fn listen_again(&self) {
        self.heard.store(self.now(), Ordering::Relaxed);
    }

    /// Whether the rest of a message that has begun is overdue: a person may take long, a message may not.
    pub(super) fn is_stuck(&self, patience: Duration) -> bool {
        self.midway.load(Ordering::Relaxed) && self.silence() >= patience
    }

    pub(super) fn silence(&self) -> Duration {
        Duration::from_millis(self.now().saturating_sub(self.heard.load(Ordering::Relaxed)))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
