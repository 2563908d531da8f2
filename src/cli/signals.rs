//! Signals: whoever stops the program finds the terminal as it was and no partial file.
//!
//! One thread takes every signal, tidies up, and lets the signal do what it would have done, so that the shell sees
//! the true cause of death. What was ignored at exec (`nohup`) stays ignored.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::Mode;
use rustix::process::{Pid, Signal, getpgid, getpgrp, getsid, kill_process, umask};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use tempfile::NamedTempFile;

use crate::cli::folder::remove_all;

pub use signal_hook::consts::SIGPIPE;

/// What a signal has to tidy up.
struct Pending {
    partial: Vec<PathBuf>,
    prompt: Option<Prompt>,
    children: Vec<u32>,
}

/// A question that is open on the terminal.
struct Prompt {
    tty: File,
    text: String,
    before: Termios,
    during: Termios,
    resized: Resized,
}

/// What is to be said when the terminal has another size, if anything.
pub type Resized = Box<dyn FnMut() -> Option<String> + Send>;

static PENDING: Mutex<Pending> = Mutex::new(Pending {
    partial: Vec::new(),
    prompt: None,
    children: Vec::new(),
});

/// What is done before the program dies of a signal, when nothing is tidied up yet.
static FAREWELL: Mutex<Option<Farewell>> = Mutex::new(None);

type Farewell = Box<dyn FnOnce() + Send>;

/// Has this done before the program dies of a signal; it must come to its end soon, whatever other threads do.
pub fn before_death(farewell: impl FnOnce() + Send + 'static) {
    *FAREWELL.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(farewell));
}

/// Starts the thread that takes the signals.
pub fn install() -> io::Result<()> {
    let ignored = ignored_at_exec();
    // SIGXFSZ is taken and dropped, so that a write over the file size limit fails with EFBIG and is reported.
    let taken = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH, SIGXFSZ];
    let mut signals = Signals::new(taken.into_iter().filter(|signal| !is_in(ignored, *signal)))?;
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || signals.forever().for_each(handle))?;
    Ok(())
}

fn handle(signal: i32) {
    match signal {
        SIGXFSZ => {}
        SIGTSTP => stop(),
        SIGCONT => pending().resume_prompt(),
        SIGWINCH => pending().resize_prompt(),
        deadly => die_of(deadly),
    }
}

/// Tidies up at the end of the program: a thread that is stuck in a file cannot.
pub fn tidy_up() {
    pending().remove_partial();
}

/// Tidies up and dies of `signal`.
pub fn die_of(signal: i32) -> ! {
    let farewell = FAREWELL.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(farewell) = farewell {
        farewell();
    }
    let mut pending = pending();
    pending.suspend_prompt();
    pending.remove_partial();
    pending.stop_children();
    // The lock is kept, so that no other thread creates a file or asks a question from here on.
    let _ = emulate_default_handler(signal);
    std::process::exit(128 + signal)
}

/// Gives the terminal back and stops. Where the leader of the session is one of our own group, no shell does job
/// control and nobody could continue the program, so it is not stopped, as the kernel would have it.
fn stop() {
    let has_job_control = getsid(None)
        .and_then(|leader| getpgid(Some(leader)))
        .is_ok_and(|group| group != getpgrp());
    if has_job_control {
        pending().suspend_prompt();
        let _ = emulate_default_handler(SIGTSTP);
    }
}

impl Pending {
    fn remove_partial(&mut self) {
        for partial in self.partial.drain(..) {
            let _ = remove_all(&partial);
        }
    }

    /// Of the programs that work for this one, none is left to wait for an answer.
    fn stop_children(&mut self) {
        let children = self.children.drain(..).filter_map(|child| i32::try_from(child).ok());
        for child in children.filter_map(Pid::from_raw) {
            let _ = kill_process(child, Signal::TERM);
        }
    }

    fn suspend_prompt(&self) {
        if let Some(prompt) = &self.prompt {
            let _ = tcsetattr(&prompt.tty, OptionalActions::Now, &prompt.before);
            let _ = (&prompt.tty).write_all(b"\n");
        }
    }

    fn resume_prompt(&self) {
        if let Some(prompt) = &self.prompt {
            let _ = tcsetattr(&prompt.tty, OptionalActions::Now, &prompt.during);
            let _ = (&prompt.tty).write_all(prompt.text.as_bytes());
        }
    }

    fn resize_prompt(&mut self) {
        let Some(prompt) = &mut self.prompt else { return };
        if let Some(text) = (prompt.resized)() {
            let _ = (&prompt.tty).write_all(format!("{text}{}", prompt.text).as_bytes());
        }
    }
}

/// Lists a process that is stopped when the program dies of a signal.
pub fn child_started(process: u32) {
    pending().children.push(process);
}

/// Takes a process off the list: before it is reaped, so that its number is not yet another's.
pub fn child_ends(process: u32) {
    pending().children.retain(|child| *child != process);
}

/// Puts the terminal back, when the program is about to end while a question is still open.
pub fn close_prompt() {
    let mut pending = pending();
    pending.suspend_prompt();
    pending.prompt = None;
}

/// Whether what is typed can be read on the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// It can.
    Visible,
    /// It cannot.
    Hidden,
}

/// A question on the terminal; dropping it puts the terminal back.
pub struct Asking;

impl Asking {
    /// Writes `text` on `tty` and sets its mode. Signals from the keyboard stay on, and so does line editing. What `resized` has
    /// to say is said before the text: now, and whenever the terminal has another size.
    pub fn start(tty: &File, text: &str, echo: Echo, mut resized: Resized) -> io::Result<Self> {
        let mut pending = pending();
        let before = tcgetattr(tty)?;
        let mut during = before.clone();
        during.local_modes |= LocalModes::ICANON | LocalModes::ISIG;
        during.local_modes.set(LocalModes::ECHO, echo == Echo::Visible);
        during.local_modes.remove(LocalModes::ECHONL);
        // What was typed ahead was echoed, and meant for something else: a secret is read from a clean slate.
        let how = if echo == Echo::Hidden {
            OptionalActions::Flush
        } else {
            OptionalActions::Now
        };
        tcsetattr(tty, how, &during)?;
        let said = resized().unwrap_or_default();
        let prompt = Prompt {
            tty: tty.try_clone()?,
            text: text.to_owned(),
            before,
            during,
            resized,
        };
        let written = (&prompt.tty).write_all(format!("{said}{text}").as_bytes());
        pending.prompt = Some(prompt);
        drop(pending);
        let asking = Self;
        written.map(|()| asking)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(prompt) = pending().prompt.take() {
            let _ = tcsetattr(&prompt.tty, OptionalActions::Now, &prompt.before);
        }
    }
}

/// Around what is random in the names of unfinished files and folders.
const PREFIX: &str = ".keypact-";
const SUFFIX: &str = ".part";

/// Whether a name is that of an unfinished file or folder, of this run or another.
pub fn is_partial(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes())
}

fn named(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .permissions(Permissions::from_mode(mode));
    builder
}

/// A partial file that disappears when dropped, and when the program dies of a signal.
pub struct Partial {
    file: NamedTempFile,
    _listed: Listed,
}

/// A path in the list of what a signal removes.
struct Listed(PathBuf);

impl Partial {
    /// Creates the file in a folder under the lock, so that no signal finds it created but not yet listed.
    pub fn create_in(folder: &Path, mode: u32) -> io::Result<Self> {
        let mut pending = pending();
        let file = named(mode).tempfile_in(folder)?;
        pending.partial.push(file.path().to_owned());
        let listed = Listed(file.path().to_owned());
        Ok(Self { file, _listed: listed })
    }

    /// The file itself.
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the file its name, in the place of any file of that name.
    pub fn replace(self, target: &Path) -> io::Result<()> {
        self.file.persist(target).map(drop).map_err(|error| error.error)
    }

    /// Gives the file its name; fails when the name is taken.
    pub fn create_new(self, target: &Path) -> io::Result<()> {
        self.file
            .persist_noclobber(target)
            .map(drop)
            .map_err(|error| error.error)
    }
}

/// A folder for temporary files, which disappears with all that is in it when dropped, and when the program dies of a
/// signal, unless it is worth keeping.
pub struct Stage {
    folder: PathBuf,
    listed: Option<Listed>,
}

impl Stage {
    /// Creates the folder under the lock, as [`Partial::create_in`] does.
    pub fn create() -> io::Result<Self> {
        Self::created(|| Ok(tempfile::tempdir()?.keep()))
    }

    /// Creates the folder in another one, where what is in it can be renamed into its place; for this user alone.
    pub fn create_in(folder: &Path) -> io::Result<Self> {
        Self::created(|| Ok(named(0o700).tempdir_in(folder)?.keep()))
    }

    /// The same under a name that a later run finds again; `mark` tells it from others. What an earlier run has kept there
    /// comes along; whether there may be such a thing is told too.
    pub fn resume_in(folder: &Path, mark: &str) -> io::Result<(Self, bool)> {
        let path = folder.join(format!("{PREFIX}{mark}{SUFFIX}"));
        let mut is_found = false;
        let stage = Self::created(|| match fs::DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            made => {
                is_found = made.is_err();
                Ok(path)
            }
        })?;
        Ok((stage, is_found))
    }

    fn created(create: impl FnOnce() -> io::Result<PathBuf>) -> io::Result<Self> {
        let mut pending = pending();
        let folder = create()?;
        pending.partial.push(folder.clone());
        let listed = Some(Listed(folder.clone()));
        Ok(Self { folder, listed })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Leaves it where it is from now on, for a later run.
    pub fn keep(&mut self) {
        self.listed = None;
    }

    /// Changes names in it or out of it under the lock: once a signal has begun to remove the folder, nothing appears
    /// in it any more, so that it is empty when its turn comes, and nothing leaves it for a final place.
    pub fn change<T>(&self, change: impl FnOnce() -> T) -> T {
        let _pending = pending();
        change()
    }
}

impl Drop for Stage {
    /// Tries twice: what failed for want of a descriptor may go the second time.
    fn drop(&mut self) {
        if self.listed.is_some() {
            let _ = remove_all(&self.folder).or_else(|_| remove_all(&self.folder));
        }
    }
}

/// The file of a Unix socket, which disappears when dropped, and when the program dies of a signal.
pub struct Socket {
    listed: Listed,
    file: Option<(u64, u64)>,
}

impl Socket {
    /// Binds under the lock, as [`Partial::create_in`] does, and for this user alone.
    pub fn bind<T>(path: &Path, bind: impl FnOnce() -> io::Result<T>) -> io::Result<(T, Self)> {
        let mut pending = pending();
        let before = umask(Mode::from_raw_mode(0o177));
        let bound = bind();
        umask(before);
        let bound = bound?;
        pending.partial.push(path.to_owned());
        let listed = Listed(path.to_owned());
        Ok((
            bound,
            Self {
                listed,
                file: identity_of(path),
            },
        ))
    }
}

impl Drop for Socket {
    /// What has the name by now may be somebody else's.
    fn drop(&mut self) {
        if self.file.is_some() && self.file == identity_of(&self.listed.0) {
            let _ = std::fs::remove_file(&self.listed.0);
        }
    }
}

fn identity_of(path: &Path) -> Option<(u64, u64)> {
    let found = path.symlink_metadata().ok()?;
    Some((found.dev(), found.ino()))
}

impl Drop for Listed {
    fn drop(&mut self) {
        pending().partial.retain(|partial| *partial != self.0);
    }
}

fn pending() -> MutexGuard<'static, Pending> {
    // A thread that panicked left a list, which is as good as any: tidying up goes on.
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The mask of signals that were ignored when the program was started; elsewhere than on Linux, none.
fn ignored_at_exec() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

fn is_in(mask: u64, signal: i32) -> bool {
    mask >> (signal - 1) & 1 == 1
}
