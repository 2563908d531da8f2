//! `keypact` under strace, which can make one system call of a run fail, or end the run there.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use crate::sandbox::{Ran, Sandbox};
use crate::tools;

/// System calls, and what is made of one of them.
const FAULTS: &[(&str, &[&str])] = &[
    ("openat", &["error=EMFILE", "error=EIO", "signal=KILL"]),
    ("read", &["error=EIO", "error=EINTR", "signal=KILL"]),
    ("recvfrom", &["error=EINTR"]),
    ("write", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("sendto", &["error=EIO", "error=EINTR"]),
    ("readv", &["error=EIO", "error=EINTR"]),
    ("preadv", &["error=EIO", "error=EINTR"]),
    ("writev", &["error=ENOSPC", "error=EINTR", "signal=KILL"]),
    ("pwrite64", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    (
        "copy_file_range",
        &["error=ENOSPC", "error=EIO", "error=EXDEV", "signal=KILL"],
    ),
    ("fsync", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("syncfs", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("ftruncate", &["error=EIO", "signal=KILL"]),
    ("flock", &["error=EINTR", "error=ENOLCK", "signal=KILL"]),
    ("unlink", &["error=EIO", "signal=KILL"]),
    ("unlinkat", &["error=EIO", "signal=KILL"]),
    ("rmdir", &["error=EIO", "signal=KILL"]),
    ("mkdir", &["error=ENOSPC", "signal=KILL"]),
    ("mkdirat", &["error=ENOSPC", "error=EIO", "signal=KILL"]),
    ("symlinkat", &["error=ENOSPC", "signal=KILL"]),
    ("utimensat", &["error=EIO", "signal=KILL"]),
    ("getdents64", &["error=EIO", "signal=KILL"]),
    ("lseek", &["error=EIO"]),
    ("pread64", &["error=EIO", "error=EINTR"]),
    ("rename", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("renameat2", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("linkat", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("close", &["error=EIO", "error=EINTR", "signal=KILL"]),
    ("getrandom", &["error=EIO", "error=EINTR"]),
    ("mmap", &["error=ENOMEM"]),
    ("brk", &["retval=0"]),
    ("mprotect", &["error=ENOMEM"]),
    ("fchmod", &["error=EIO", "signal=KILL"]),
    ("fchown", &["error=EPERM"]),
    ("access", &["error=EIO"]),
    ("faccessat2", &["error=EIO"]),
    ("fstat", &["error=EIO"]),
    ("newfstatat", &["error=EIO"]),
    ("readlink", &["error=EIO"]),
    ("readlinkat", &["error=EIO"]),
    ("statx", &["error=EIO"]),
    ("fcntl", &["error=EMFILE"]),
    ("clone3", &["error=EAGAIN"]),
    ("pipe2", &["error=EMFILE"]),
    ("socketpair", &["error=EMFILE"]),
    ("connect", &["error=EIO"]),
    ("accept4", &["error=EMFILE"]),
    ("poll", &["error=EINTR"]),
    ("ioctl", &["error=EIO"]),
    ("prctl", &["error=EPERM"]),
    ("prlimit64", &["error=EPERM"]),
];
/// At most so many occurrences of a call are hit, spread over all.
const OCCURRENCES: usize = 5;

/// Whether `what` can be tested.
pub(crate) fn can(what: &str) -> bool {
    tools::are_there(&[tools::program("strace"), tools::program("timeout")], what)
}

/// `keypact` under strace, which makes one fault (`CALL:WHAT:when=N`), or with "record" makes none and writes down every call.
pub(crate) fn tracing(sandbox: &Sandbox, fault: &str, words: &str) -> Command {
    let mut command = sandbox.command("timeout");
    command.args(["-k", "1", "20", "strace", "-f"]);
    if fault == "record" {
        command.args(["-y", "-o", "calls"]);
    } else {
        let call = fault.split(':').next().unwrap();
        // Quicker, but then signals are not sent.
        if !fault.contains("signal=") {
            command.arg("--seccomp-bpf");
        }
        command.args(["-o", "/dev/null", "-e", &format!("trace={call}")]);
        command.args(["-e", &format!("inject={fault}")]);
    }
    command.arg(env!("CARGO_BIN_EXE_keypact")).args(words.split(' '));
    command
}

/// How often each thread makes each call.
pub(crate) struct Recording {
    /// By call: which occurrences there are. Those that the first thread makes before the program itself begins are
    /// the loader's and the runtime's.
    occurrences: BTreeMap<String, BTreeSet<usize>>,
}

impl Recording {
    /// What a run of `words` that comes to its own end does.
    pub(crate) fn of(sandbox: &Sandbox, words: &str) -> Self {
        let ran = Ran::new(&mut tracing(sandbox, "record", words), b"");
        assert!(matches!(ran.code(), 0 | 3), "{}", ran.stderr());
        let log = sandbox.text("calls");
        fs::remove_file(sandbox.file("calls")).unwrap();
        let began = log.find("PR_SET_DUMPABLE").expect("the program hardens itself first");
        let (loader, program) = log.split_at(began);
        let mut counts = Counts::default();
        counts.add(loader);
        let of_loader: BTreeMap<String, usize> = counts
            .calls
            .iter()
            .map(|((_, call), count)| (call.clone(), *count))
            .collect();
        counts.add(program);
        let mut occurrences: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for ((_, call), count) in counts.calls {
            let first = of_loader.get(&call).unwrap_or(&0) + 1;
            let numbers = (first..=count).filter(|number| call != "close" || !counts.awaited.contains(number));
            occurrences.entry(call.clone()).or_default().extend(numbers);
        }
        Self { occurrences }
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (call, errors) in FAULTS {
            let times: Vec<usize> = self.occurrences.get(*call).into_iter().flatten().copied().collect();
            for time in spread(&times) {
                faults.extend(errors.iter().map(|error| format!("{call}:{error}:when={time}")));
            }
        }
        faults
    }
}

#[derive(Default)]
struct Counts {
    /// By thread and call.
    calls: BTreeMap<(String, String), usize>,
    /// The closes of pipes and locks by number. Strace does not make a call that it lets fail, while the system closes a
    /// descriptor even then: the other end of the pipe, or the next who locks, would wait for what cannot happen.
    awaited: BTreeSet<usize>,
}

impl Counts {
    fn add(&mut self, log: &str) {
        for line in log.lines() {
            if let Some((thread, call)) = line.split_once(char::is_whitespace) {
                let call = call.trim_start();
                if let Some((name, rest)) = call.split_once('(').filter(|_| !call.starts_with(['<', '+', '-'])) {
                    let number = self.calls.entry((thread.to_owned(), name.to_owned())).or_default();
                    *number += 1;
                    let is_awaited = rest.contains("<pipe:") || rest.contains(".lock>");
                    self.awaited.extend((name == "close" && is_awaited).then_some(*number));
                }
            }
        }
    }
}

/// The first, the last, and some between.
fn spread(times: &[usize]) -> Vec<usize> {
    if times.len() <= OCCURRENCES {
        return times.to_vec();
    }
    (0..OCCURRENCES)
        .map(|step| times[step * (times.len() - 1) / (OCCURRENCES - 1)])
        .collect()
}
