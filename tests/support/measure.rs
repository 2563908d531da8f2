//! What a run costs, as the system accounts it.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::path::PathBuf;
use std::process::Command;

use crate::sandbox::{Ran, Sandbox};
use crate::tools;

/// The figures of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Processor time in seconds, of the program and of the system for it.
    pub(crate) cpu: f64,
    /// The most memory it had, in MiB.
    pub(crate) memory: f64,
}

/// A parent that is small itself, for a child inherits the peak of whoever starts it. `wait4` has no safe binding here.
const PARENT: &str = "
import os, sys
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], 'w') as figures:
    print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, file=figures)
sys.exit(os.waitstatus_to_exitcode(status))
";

/// Whether costs can be measured.
pub(crate) fn can() -> bool {
    tools::are_there(&[python()], "costs")
}

/// Runs `keypact` and gives what it cost.
pub(crate) fn run(sandbox: &Sandbox, words: &str) -> (Ran, Cost) {
    let ran = Ran::new(&mut command(sandbox, words), b"");
    (ran, cost(sandbox))
}

/// `keypact` under the eyes of its parent; [`cost`] tells what the last one to end cost.
pub(crate) fn command(sandbox: &Sandbox, words: &str) -> Command {
    let mut command: Command = sandbox.command(python());
    command
        .args(["-S", "-E", "-c", PARENT])
        .arg(figures(sandbox))
        .arg(env!("CARGO_BIN_EXE_keypact"))
        .args(words.split_whitespace());
    command
}

pub(crate) fn cost(sandbox: &Sandbox) -> Cost {
    let text = std::fs::read_to_string(figures(sandbox)).unwrap();
    let (cpu, memory) = text.trim().split_once(' ').unwrap();
    Cost {
        cpu: cpu.parse().unwrap(),
        memory: memory.parse().unwrap(),
    }
}

fn figures(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("figures")
}

fn python() -> PathBuf {
    tools::program("python3")
}
