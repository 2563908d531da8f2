//! The moment until which a peer must be there: `--wait`.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::cli::fault::Fault;

/// A peer that is there must be heard, however little time is left.
const MOMENT: Duration = Duration::from_secs(1);

/// A century.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The moment until which a peer must be there.
#[derive(Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// After so long a time; what is more than clocks count is the same as for ever.
    pub fn after(time: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(time).unwrap_or(now + FOR_EVER))
    }

    /// Time until then.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The same, or in a moment where that is later.
    #[must_use]
    pub fn extended(self) -> Self {
        Self(self.0.max(Instant::now() + MOMENT))
    }

    /// Waits until there is something to read, or somebody to take in.
    ///
    /// # Errors
    /// When nobody came in time.
    pub fn wait_for(self, socket: &impl AsFd) -> Result<(), Fault> {
        loop {
            let left = Timespec::try_from(self.left()).ok();
            match poll(&mut [PollFd::new(socket, PollFlags::IN)], left.as_ref()) {
                Ok(0) => return Err(nobody_came()),
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(Fault::peer("wire", "cannot wait for a connection").because(error)),
            }
        }
    }
}

/// The peer was not there in time.
pub fn nobody_came() -> Fault {
    Fault::peer("no_peer", "nobody came in time").hint("start the other side, or give it longer with --wait SECONDS")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_seconds_is_a_deadline() {
        assert!(Deadline::after(Duration::ZERO).left().is_zero());
        assert!(Deadline::after(Duration::MAX).left() > FOR_EVER / 2);
        assert!(Deadline::after(Duration::ZERO).extended().left() > MOMENT / 2);
    }
}
