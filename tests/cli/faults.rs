//! A fault in each system call of a run, one at a time: whatever fails, the exit status is true and no torn file stays.

use std::process::Command;

use crate::sandbox::{Ran, Sandbox};

/// Calls that touch the output, the input or randomness, and what can go wrong in them.
const FAULTS: &[(&str, &str)] = &[
    ("write", "ENOSPC"),
    ("write", "EIO"),
    ("write", "EINTR"),
    ("read", "EIO"),
    ("read", "EINTR"),
    ("openat", "EMFILE"),
    ("openat", "EACCES"),
    ("fsync", "EIO"),
    ("rename,renameat,renameat2", "EIO"),
    ("getrandom", "EAGAIN"),
    ("fchmod", "EPERM"),
];
/// Occurrences of each call that are made to fail in turn.
const TIMES: u32 = 12;

#[test]
fn a_run_that_fails_leaves_nothing_and_one_that_succeeds_leaves_the_whole() {
    if !has_strace() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("plain", vec![b'a'; 300_000]);
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    let mut runs = 0;
    let mut failures = 0;
    for (calls, error) in FAULTS {
        for time in 1..=TIMES {
            let inject = format!("inject={calls}:error={error}:when={time}");
            for previous in [None, Some("old")] {
                let _ = std::fs::remove_file(sandbox.file("out"));
                if let Some(old) = previous {
                    sandbox.write("out", old);
                }
                let ran = traced(&sandbox, &inject, "decrypt -i key -o out sealed");
                let out = std::fs::read(sandbox.file("out")).ok();
                if ran.code() == 0 {
                    assert!(out == Some(vec![b'a'; 300_000]), "{inject}");
                } else {
                    assert_eq!(
                        out.as_deref(),
                        previous.map(str::as_bytes),
                        "{inject}: {}",
                        ran.stderr()
                    );
                    failures += 1;
                }
                assert!(!sandbox.has_partial_file(), "{inject}: {}", ran.stderr());
                assert!(!ran.stderr().contains("panicked"), "{inject}: {}", ran.stderr());
                runs += 1;
            }
        }
    }
    // The faults did reach the program.
    assert!(failures > 30, "{failures} of {runs} runs failed");
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_file_or_the_new() {
    if !has_strace() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("plain", "new");
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    for calls in ["write", "fsync", "rename,renameat,renameat2", "close", "openat"] {
        for time in 1..=TIMES {
            sandbox.write("out", "old");
            let inject = format!("inject={calls}:signal=KILL:when={time}");
            traced(&sandbox, &inject, "decrypt -i key -o out sealed");
            let out = sandbox.text("out");
            assert!(out == "old" || out == "new", "{inject}: {out:?}");
        }
    }
}

fn traced(sandbox: &Sandbox, inject: &str, words: &str) -> Ran {
    let mut strace = sandbox.command("strace");
    strace.args([
        "-f",
        "-q",
        "-o",
        "/dev/null",
        "-e",
        inject,
        env!("CARGO_BIN_EXE_keypact"),
    ]);
    Ran::new(strace.args(words.split_whitespace()), b"")
}

fn has_strace() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok();
    assert!(
        there || std::env::var_os("KEYPACT_TEST_ALL").is_none(),
        "strace is not installed"
    );
    if !there {
        eprintln!("left out: strace is not installed");
    }
    there
}
