//! What a run costs, as the system accounts it.

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
    let figures = sandbox.home().join("figures");
    let mut command: Command = sandbox.command(python());
    command
        .args(["-S", "-E", "-c", PARENT])
        .arg(&figures)
        .arg(env!("CARGO_BIN_EXE_keypact"));
    let ran = Ran::new(command.args(words.split_whitespace()), b"");
    let text = std::fs::read_to_string(figures).unwrap();
    let (cpu, memory) = text.trim().split_once(' ').unwrap();
    let cost = Cost {
        cpu: cpu.parse().unwrap(),
        memory: memory.parse().unwrap(),
    };
    (ran, cost)
}

fn python() -> PathBuf {
    tools::program("python3")
}
