//! One of the two processes of an exchange or a transfer, run beside the test.

#![allow(dead_code, unreachable_pub, reason = "every test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a panic is the failure report"
)]

use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::sandbox::Sandbox;

/// Patience for anything that one process does.
const PATIENCE: Duration = Duration::from_secs(30);

/// A `keypact` that runs. What it says goes to files, so that nobody has to read it for it to go on.
pub struct Side {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
    started: Instant,
}

impl Side {
    /// Starts it with empty standard input, and standard output in a file.
    pub fn start(sandbox: &Sandbox, words: &[&str]) -> Self {
        Self::run(sandbox, keypact(sandbox, words))
    }

    /// Starts it with these pipes for its wire.
    pub fn with_pipes(sandbox: &Sandbox, words: &[&str], (reading, writing): (PipeReader, PipeWriter)) -> Self {
        let mut command = keypact(sandbox, words);
        let (stdout, stderr) = papers(sandbox);
        command
            .stdin(reading)
            .stdout(writing)
            .stderr(File::create(&stderr).unwrap());
        Self::spawn(command, stdout, stderr)
    }

    /// Starts any command; its standard input is the command's own choice.
    pub fn run(sandbox: &Sandbox, mut command: Command) -> Self {
        let (stdout, stderr) = papers(sandbox);
        command
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap());
        Self::spawn(command, stdout, stderr)
    }

    fn spawn(mut command: Command, stdout: PathBuf, stderr: PathBuf) -> Self {
        Self {
            child: command.spawn().unwrap(),
            stdout,
            stderr,
            started: Instant::now(),
        }
    }

    /// The address that a listener says it listens on.
    #[track_caller]
    pub fn address(&mut self) -> String {
        let said = self.says("listening on ");
        let (_, address) = said.split_once("listening on ").unwrap();
        address.lines().next().unwrap().to_owned()
    }

    /// Waits until `text` stands, in a whole line, on standard error.
    #[track_caller]
    pub fn says(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let said = self.stderr();
            if said
                .split_inclusive('\n')
                .any(|line| line.ends_with('\n') && line.contains(text))
            {
                return said;
            }
            let over = self.child.try_wait().unwrap().is_some() || Instant::now() > end;
            assert!(
                !over || self.stderr().contains(text),
                "never said {text:?}: {}",
                self.stderr()
            );
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The exit status as a shell tells it, once it has ended.
    #[track_caller]
    pub fn code(&mut self) -> i32 {
        self.ends_within(PATIENCE)
    }

    /// As [`Side::code`]; taking longer is a failure.
    #[track_caller]
    pub fn ends_within(&mut self, limit: Duration) -> i32 {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(!self.stderr().contains("panicked"), "{}", self.stderr());
                return status
                    .code()
                    .or_else(|| status.signal().map(|signal| 128 + signal))
                    .unwrap();
            }
            assert!(Instant::now() < end, "still runs after {limit:?}: {}", self.stderr());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// It succeeded.
    #[track_caller]
    pub fn succeeds(&mut self) {
        let code = self.code();
        assert_eq!(code, 0, "{}", self.stderr());
    }

    /// It failed with `code` and said `why`.
    #[track_caller]
    pub fn fails(&mut self, code: i32, why: &str) {
        let got = self.code();
        let said = self.stderr();
        assert!(
            got == code && said.contains(why),
            "{got} instead of {code} and {why:?}: {said}"
        );
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Time since the start.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.stderr).unwrap_or_default()).into_owned()
    }

    pub fn stdout(&self) -> Vec<u8> {
        fs::read(&self.stdout).unwrap_or_default()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it had so far, in KiB.
    pub fn peak_kib(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // A stopped process must not survive its test either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `keypact` with empty standard input.
pub fn keypact(sandbox: &Sandbox, words: &[&str]) -> Command {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_keypact"));
    command.args(words).stdin(Stdio::null());
    command
}

/// Files for the two output streams of one more process.
fn papers(sandbox: &Sandbox) -> (PathBuf, PathBuf) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let paper = |name: &str| sandbox.home().join(format!("{number}.{name}"));
    (paper("out"), paper("err"))
}

/// Two wires that meet: what one side writes, the other one reads.
pub fn pipes() -> [(PipeReader, PipeWriter); 2] {
    let (to_bob, to_alice) = (std::io::pipe().unwrap(), std::io::pipe().unwrap());
    [(to_alice.0, to_bob.1), (to_bob.0, to_alice.1)]
}
