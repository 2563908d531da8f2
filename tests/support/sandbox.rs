//! The real binary in a folder of its own, with nothing of the machine's environment.

#![allow(dead_code, unreachable_pub, reason = "every test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a panic is the failure report"
)]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder that is gone at the end of its test.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        let sandbox = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(sandbox.path("home")).unwrap();
        fs::create_dir(sandbox.path("work")).unwrap();
        sandbox
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the commands run.
    pub fn folder(&self) -> PathBuf {
        self.path("work")
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// A file of the working folder.
    pub fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder().join(name)
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.file(name), contents).unwrap();
    }

    pub fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.file(name)).unwrap()
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// The names in the working folder, in order.
    pub fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<_> = names
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Whether an unfinished output lies about.
    pub fn has_partial_file(&self) -> bool {
        self.names().iter().any(|name| name.starts_with(".keypact-"))
    }

    /// Any program, in the hermetic environment; `keypact` is found first.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_keypact"));
        let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
        let mut command = Command::new(program);
        command.current_dir(self.folder()).env_clear().stdin(Stdio::null());
        command
            .env("PATH", path)
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.path("run"));
        command.env("COLUMNS", "100").env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        command
    }

    /// Runs `keypact` with words that have no spaces in them.
    pub fn keypact(&self, words: &str) -> Ran {
        self.keypact_with(words, b"")
    }

    /// As [`Sandbox::keypact`], with bytes on standard input.
    pub fn keypact_with(&self, words: &str, input: &[u8]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_keypact"));
        command.args(words.split_whitespace());
        Ran::new(&mut command, input)
    }

    /// Runs a script of bash.
    pub fn shell(&self, script: &str) -> Ran {
        Ran::new(self.command("bash").args(["-c", script]), b"")
    }

    /// An identity file, and its recipient.
    pub fn identity(&self, name: &str) -> String {
        self.keypact(&format!("key generate --type x25519 -o {name}"))
            .ok()
            .trim()
            .to_owned()
    }
}

/// A command that came to its end.
pub struct Ran {
    pub output: Output,
}

impl Ran {
    pub fn new(command: &mut Command, input: &[u8]) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // In a thread of its own: a child that answers before it has read everything must not block both.
        let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        feeding.join().unwrap();
        Self { output }
    }

    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// The exit status as a shell tells it: 128 and the number for a death by signal.
    pub fn code(&self) -> i32 {
        let status = self.output.status;
        status
            .code()
            .or_else(|| status.signal().map(|signal| 128 + signal))
            .unwrap()
    }

    /// Standard output of a run that succeeded.
    #[track_caller]
    pub fn ok(&self) -> String {
        assert_eq!(self.code(), 0, "{}", self.stderr());
        self.stdout()
    }

    /// Standard error of a run that failed with `code`, and wrote nothing to standard output.
    #[track_caller]
    pub fn fails(&self, code: i32) -> String {
        assert_eq!((self.code(), self.stdout().as_str()), (code, ""), "{}", self.stderr());
        let stderr = self.stderr();
        assert!(!stderr.contains("panicked"), "{stderr}");
        stderr
    }
}
