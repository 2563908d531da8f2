//! A program at a terminal of its own, and what a person sees and types there.

#![allow(dead_code, unreachable_pub, reason = "every test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a panic is the failure report"
)]

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

/// Patience for one answer.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Dialogue {
    terminal: File,
    child: Child,
    screen: Receiver<Vec<u8>>,
    seen: String,
}

impl Dialogue {
    /// Runs `script` in dash, which leads a session on the terminal and, unlike other shells, puts no terminal modes
    /// right by itself. The command brings folder and environment.
    pub fn start(command: Command, script: &str) -> Self {
        Self::run(command, &["dash", "-c", script])
    }

    /// A dash that does job control.
    pub fn interactive(command: Command) -> Self {
        Self::run(command, &["dash", "-i"])
    }

    fn run(mut command: Command, words: &[&str]) -> Self {
        let terminal = File::from(openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap());
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let side = || {
            File::options()
                .read(true)
                .write(true)
                .open(name.to_str().unwrap())
                .unwrap()
        };
        command
            .args(["--ctty"])
            .args(words)
            .env("TERM", "dumb")
            .env("PS1", "$ ");
        let child = command.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
        let (screen, mut reader) = (channel(), terminal.try_clone().unwrap());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if screen.0.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            terminal,
            child,
            screen: screen.1,
            seen: String::new(),
        }
    }

    /// Waits until `text` stands on the screen, and gives what stood before it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let left = end.saturating_duration_since(Instant::now());
            let Ok(bytes) = self.screen.recv_timeout(left) else {
                let ended = self.child.try_wait();
                panic!("{text:?} is not on the screen: {:?}; the program: {ended:?}", self.seen);
            };
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    pub fn send(&mut self, keys: &str) {
        self.terminal.write_all(keys.as_bytes()).unwrap();
    }

    /// Gives the terminal another width, as a window that is dragged does.
    pub fn widen_to(&self, columns: u16) {
        let size = Winsize {
            ws_col: columns,
            ws_row: 60,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&self.terminal, size).unwrap();
    }

    /// Whether what is typed can be seen.
    pub fn echoes(&self) -> bool {
        tcgetattr(&self.terminal)
            .unwrap()
            .local_modes
            .contains(LocalModes::ECHO)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
