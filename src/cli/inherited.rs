//! Descriptors that the process was started with: the one file with unsafe code.
//!
//! Rust's runtime opens `/dev/null` on standard streams that were closed at exec, so that a program can no longer see
//! that its output goes nowhere. A function in `.init_array` runs before that runtime and records which descriptors
//! were open; the same record says which numbers a user may name as `fd:N`.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::io::{Errno, FdFlags, fcntl_dupfd_cloexec, fcntl_getfd, fcntl_setfd};

/// Descriptors 0 to 255, one bit each; shells hand over 63 and below. Elsewhere than on Linux nothing is recorded, and
/// every descriptor counts as handed over.
static OPEN_AT_EXEC: [AtomicU64; 4] =
    [const { AtomicU64::new(if cfg!(target_os = "linux") { 0 } else { u64::MAX }) }; 4];

/// Whether descriptor `number` was open when the program was started.
pub fn was_open(number: RawFd) -> bool {
    bit(number).is_some_and(|(word, mask)| OPEN_AT_EXEC[word].load(Ordering::Relaxed) & mask != 0)
}

/// A descriptor of our own for what the caller handed over as `number`; it shares the caller's file offset.
///
/// # Errors
/// `EBADF` when the caller handed over no such descriptor.
pub fn duplicate(number: RawFd) -> io::Result<File> {
    if !was_open(number) {
        return Err(Errno::BADF.into());
    }
    // SAFETY: the number is not negative, it was open at exec, and nothing in this program closes or takes ownership
    // of a descriptor it did not open itself; the borrow ends with these system calls.
    let handed_over = unsafe { BorrowedFd::borrow_raw(number) };
    if number > 2 {
        // It was handed to us and not to the programs that we start; what it gives may be a secret.
        fcntl_setfd(handed_over, FdFlags::CLOEXEC)?;
    }
    Ok(File::from(fcntl_dupfd_cloexec(handed_over, 3)?))
}

fn bit(number: RawFd) -> Option<(usize, u64)> {
    let number = usize::try_from(number)
        .ok()
        .filter(|number| *number < 64 * OPEN_AT_EXEC.len())?;
    Some((number / 64, 1 << (number % 64)))
}

#[cfg(target_os = "linux")]
mod probe {
    use super::{BorrowedFd, OPEN_AT_EXEC, Ordering, bit, fcntl_getfd};

    // SAFETY: the section holds pointers to `extern "C"` functions, which the C runtime calls once before `main`, in
    // one thread. `record` needs nothing that Rust's runtime sets up: it makes system calls and writes to statics.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static RECORD: extern "C" fn() = record;

    extern "C" fn record() {
        for number in 0..256 {
            // SAFETY: the number is not negative, and the borrow ends with this one system call, which reads the
            // descriptor's flags and fails with EBADF when there is none.
            let candidate = unsafe { BorrowedFd::borrow_raw(number) };
            if let (Ok(_), Some((word, mask))) = (fcntl_getfd(candidate), bit(number)) {
                OPEN_AT_EXEC[word].fetch_or(mask, Ordering::Relaxed);
            }
        }
    }
}
