//! The program itself: found, started, spoken with, and gone afterwards.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{Cause, Error, Host, LastWords, Machine, Name, Ui, Wire};
use crate::secret::SecretBytes;

/// Silence after which the person is told whom we wait for.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a plugin may take to end once its work is done, before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// What is kept of the end of its standard error, in bytes: more than a person reads, less than is shown of a line.
const TAIL: usize = 1 << 10;
/// Bytes taken from its standard output at once, and how many such pieces may wait.
const PIECE: usize = 8 << 10;
const PIECES: usize = 4;

/// A plugin that runs; dropping it kills and reaps it.
pub(super) struct Process<'h> {
    child: Child,
    ui: &'h dyn Ui,
    last_words: Arc<Mutex<Vec<u8>>>,
    /// Disconnected when its standard error has come to its end.
    silent: Receiver<()>,
}

impl<'h> Process<'h> {
    /// Starts the plugin, has `talk` speak with it, and sees it end.
    pub(super) fn converse<T>(
        host: &'h Host<'h>,
        name: &Name,
        machine: Machine,
        talk: impl FnOnce(&mut Wire<Output, ChildStdin>) -> Result<T, Cause>,
    ) -> Result<T, Error> {
        let talked = Self::start(host, name, machine).and_then(|(mut process, mut wire)| {
            let talked = talk(&mut wire);
            match talked {
                Ok(_) | Err(Cause::Complained(_)) => {
                    drop(wire);
                    process.end();
                }
                Err(Cause::Ended(_)) => {
                    drop(wire);
                    return Err(Cause::Ended(process.autopsy()));
                }
                // Killed before its standard input is flushed and closed, so that it sees no regular end.
                Err(_) => drop(process),
            }
            talked
        });
        talked.map_err(|cause| Error::new(name, cause))
    }

    fn start(host: &'h Host<'h>, name: &Name, machine: Machine) -> Result<(Self, Wire<Output<'h>, ChildStdin>), Cause> {
        let program = find(&host.path, &name.program()).ok_or(Cause::NotFound)?;
        let mut command = Command::new(program);
        command.arg(format!("--age-plugin={}", machine.as_str()));
        // Plugins must not rely on their folder, and in this one nobody can plant anything for those that do.
        command.current_dir("/");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(Cause::Start)?;
        host.ui.started(child.id());
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = streams else {
            return Err(Cause::Start(io::ErrorKind::BrokenPipe.into()));
        };
        let last_words = Arc::new(Mutex::new(Vec::new()));
        let (ended, silent) = channel();
        let kept = Arc::clone(&last_words);
        let process = Self {
            child,
            ui: host.ui,
            last_words,
            silent,
        };
        spawn(move || {
            keep_tail(stderr, &kept);
            drop(ended);
        })?;
        let (pieces, output) = sync_channel(PIECES);
        spawn(move || forward(stdout, &pieces))?;
        let output = Output {
            pieces: output,
            piece: SecretBytes::new(Vec::new()),
            taken: 0,
            is_awaited: true,
            ui: host.ui,
            program: name.program(),
        };
        Ok((process, Wire::new(output, stdin)))
    }

    /// Waits for its end, and kills it when that does not come.
    fn end(&mut self) -> Option<ExitStatus> {
        self.ui.ending(self.child.id());
        let deadline = Instant::now() + GRACE;
        let mut pause = Duration::from_millis(1);
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(pause);
            pause = (2 * pause).min(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        self.child.wait().ok()
    }

    fn autopsy(mut self) -> LastWords {
        let status = self.end();
        // What it wrote last may still be on its way; a child of its own may keep the pipe open for ever.
        let _ = self.silent.recv_timeout(GRACE);
        let text = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        LastWords {
            status,
            text: String::from_utf8_lossy(&text).into_owned(),
        }
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        self.ui.ending(self.child.id());
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The first program of this name in the absolute folders of `path`.
fn find(path: &OsStr, program: &str) -> Option<PathBuf> {
    let folders = path.as_bytes().split(|byte| *byte == b':');
    let folders = folders.map(|folder| Path::new(OsStr::from_bytes(folder)));
    folders
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(program))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), Cause> {
    let thread = thread::Builder::new().name("plugin".into());
    thread.spawn(work).map(drop).map_err(Cause::Start)
}

/// Keeps the end of what `stderr` gives.
fn keep_tail(mut stderr: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut piece = [0; 1024];
    while let Ok(count @ 1..) = read(&mut stderr, &mut piece) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&piece[..count]);
        let surplus = kept.len().saturating_sub(TAIL);
        kept.drain(..surplus);
    }
}

/// Hands on what `stdout` gives, until its end or until nobody takes it.
fn forward(mut stdout: impl Read, pieces: &SyncSender<SecretBytes>) {
    loop {
        let mut piece = vec![0; PIECE];
        let Ok(count @ 1..) = read(&mut stdout, &mut piece) else {
            return;
        };
        piece.truncate(count);
        if pieces.send(SecretBytes::new(piece)).is_err() {
            return;
        }
    }
}

fn read(source: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// What the plugin says, and a word to the person when it says nothing for long.
pub(super) struct Output<'h> {
    pieces: Receiver<SecretBytes>,
    piece: SecretBytes,
    taken: usize,
    /// Until the person was told.
    is_awaited: bool,
    ui: &'h dyn Ui,
    program: String,
}

impl Output<'_> {
    fn next(&mut self) -> Option<SecretBytes> {
        if self.is_awaited {
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => return Some(piece),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.ui.waiting(&self.program),
            }
            self.is_awaited = false;
        }
        self.pieces.recv().ok()
    }
}

impl Read for Output<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.piece.expose().len() {
            let Some(piece) = self.next() else { return Ok(0) };
            (self.piece, self.taken) = (piece, 0);
        }
        let rest = &self.piece.expose()[self.taken..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}
