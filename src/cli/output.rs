//! Where bytes go. A file appears only when its contents are complete: they are written beside it under another name,
//! synced, and renamed by [`Output::commit`]; a run that fails leaves what was there before.

use std::fmt;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::cli::fault::Fault;
use crate::cli::inherited;
use crate::cli::shown::shown;
use crate::cli::signals::Partial;
use crate::cli::streams::{BUFFER, Claims, Input, cannot, descriptor_of, is_same_file, is_special};
use crate::transfer;

/// What is going to be written, which decides how careful the output is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// A private key: readable by its owner alone, never in the place of another file.
    Key,
    /// Text, fit for a terminal.
    Text,
    /// Binary, which a terminal gets only when asked for with `-o -`.
    Binary,
    /// A file of the peer's, with its permission bits: never in the place of another file.
    Arrival {
        /// At most 0777, and less what the umask takes.
        mode: u32,
    },
    /// Whatever was encrypted: shown on a terminal as long as it is text.
    Unknown,
}

impl Contents {
    /// Whether it must not take the place of another file.
    fn is_new(self) -> bool {
        matches!(self, Self::Key | Self::Arrival { .. })
    }
}

/// Something to write. Dropped without [`Output::commit`], a file never appears.
pub struct Output {
    writer: BufWriter<Sink>,
    publish: Publish,
    replaced: Option<Metadata>,
}

/// What is left to do when all is written.
enum Publish {
    Nothing,
    Replace(Partial, PathBuf),
    Create(Partial, PathBuf),
}

impl Output {
    /// Opens what `-o` names (`-` and nothing are standard output); `role` says what is written.
    ///
    /// # Errors
    /// When it cannot be created, is a folder, would overwrite a key, would put binary on a terminal, or standard
    /// output has another role already.
    pub fn open(
        path: Option<&Path>,
        contents: Contents,
        role: &'static str,
        claims: &mut Claims,
    ) -> Result<Self, Fault> {
        match path {
            None => Self::stdout(contents, role, claims),
            Some(path) if path.as_os_str() == "-" => Self::stdout(Contents::Text, role, claims),
            Some(path) => match descriptor_of(path) {
                Some(1) => Self::stdout(Contents::Text, role, claims),
                Some(number) => Self::opened(inherited::duplicate(number), path),
                None => Self::file(path, contents),
            },
        }
    }

    /// Standard output.
    ///
    /// # Errors
    /// As [`Output::open`].
    pub fn stdout(contents: Contents, role: &'static str, claims: &mut Claims) -> Result<Self, Fault> {
        claims.stdout(role)?;
        let stdout = io::stdout();
        if stdout.is_terminal() && contents == Contents::Binary {
            return Err(Fault::usage("binary is not written to a terminal")
                .hint("name a file with -o FILE, write text with -a, or insist with -o -"));
        }
        let to = if stdout.is_terminal() && contents == Contents::Unknown {
            To::Terminal
        } else {
            To::Stdout
        };
        let file = stdout
            .as_fd()
            .try_clone_to_owned()
            .map_err(|error| cannot("write", "standard output", &error))?;
        Ok(Self::stream(Sink {
            text: TextOnly::new(&to),
            file: file.into(),
            to,
            name: "standard output".into(),
        }))
    }

    fn file(path: &Path, contents: Contents) -> Result<Self, Fault> {
        // The system's own word on a link first: it may forbid to follow one that another user has planted.
        if fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
            return Err(cannot("open", &shown(path), &io::ErrorKind::PermissionDenied.into()));
        }
        let target = if contents.is_new() {
            path.to_owned()
        } else {
            follow(path)
        };
        let existing = fs::symlink_metadata(&target).ok();
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") || existing.as_ref().is_some_and(Metadata::is_dir) {
            return Err(Fault::failure(format!("{} is a folder", shown(path))).hint("name a file in it with -o"));
        }
        match existing {
            // A key never goes to whoever holds the other end of a name.
            Some(_) if contents == Contents::Key => Err(taken(path)),
            Some(existing) if is_special(&existing) => Self::opened(File::options().write(true).open(&target), path),
            Some(_) if contents.is_new() => Err(taken(path)),
            existing => {
                Self::replacing(target, existing, contents).map_err(|error| cannot("create", &shown(path), &error))
            }
        }
    }

    fn replacing(target: PathBuf, replaced: Option<Metadata>, contents: Contents) -> io::Result<Self> {
        if replaced.is_some() {
            access(&target, Access::WRITE_OK)?;
        }
        let replaced_mode = replaced.as_ref().map(|replaced| replaced.permissions().mode() & 0o777);
        let mode = match contents {
            Contents::Key => 0o600,
            Contents::Arrival { mode } => mode | 0o600,
            // From the start no wider than what it replaces: whoever may not read that must not read this.
            _ => replaced_mode.unwrap_or(0o666),
        };
        let partial = Partial::create(|| {
            let mut builder = tempfile::Builder::new();
            builder
                .prefix(".keypact-")
                .suffix(".part")
                .permissions(Permissions::from_mode(mode));
            builder.tempfile_in(folder_of(&target))
        })?;
        if let Some(mode) = replaced_mode {
            partial.file().set_permissions(Permissions::from_mode(mode))?;
        }
        let sink = Sink {
            text: TextOnly::new(&To::Named),
            file: partial.file().try_clone()?,
            to: To::Named,
            name: shown(&target),
        };
        let publish = match contents {
            Contents::Key | Contents::Arrival { .. } => Publish::Create(partial, target),
            _ => Publish::Replace(partial, target),
        };
        Ok(Self {
            writer: BufWriter::with_capacity(BUFFER, sink),
            publish,
            replaced,
        })
    }

    fn opened(file: io::Result<File>, path: &Path) -> Result<Self, Fault> {
        let name = shown(path);
        let file = file.map_err(|error| cannot("open", &name, &error))?;
        Ok(Self::stream(Sink {
            text: TextOnly::new(&To::Named),
            file,
            to: To::Named,
            name,
        }))
    }

    fn stream(sink: Sink) -> Self {
        let replaced = sink.file.metadata().ok();
        Self {
            writer: BufWriter::with_capacity(BUFFER, sink),
            publish: Publish::Nothing,
            replaced,
        }
    }

    /// Refuses a name that is taken, where nothing may be written over.
    ///
    /// # Errors
    /// When something that is not a pipe or a device has the name.
    pub fn refuse_taken(path: &Path) -> Result<(), Fault> {
        match fs::symlink_metadata(path) {
            Ok(existing) if !is_special(&existing) => Err(taken(path)),
            _ => Ok(()),
        }
    }

    /// Whether it is standard output.
    pub fn is_stdout(&self) -> bool {
        self.writer.get_ref().to != To::Named
    }

    /// Refuses to write over what is being read.
    ///
    /// # Errors
    /// A usage fault when `input` is the file that this output replaces.
    pub fn refuse_input(&self, input: &Input) -> Result<(), Fault> {
        match &self.replaced {
            Some(replaced) if is_same_file(replaced, input.metadata()) => {
                Err(Fault::usage(format!("{} is both input and output", input.name()))
                    .hint("name another file with -o"))
            }
            _ => Ok(()),
        }
    }

    /// Says that all is written: flushes, syncs, and gives the file its name.
    ///
    /// # Errors
    /// When any byte did not reach its place; then no file appeared.
    pub fn commit(self) -> anyhow::Result<()> {
        let Self { writer, publish, .. } = self;
        let sink = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        let published = match publish {
            Publish::Nothing => return Ok(()),
            Publish::Replace(partial, target) => publish_as(&target, &sink, || partial.replace(&target)),
            Publish::Create(partial, target) => publish_as(&target, &sink, || partial.create_new(&target)),
        };
        Ok(published?)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl transfer::Sink for Output {
    fn commit(self: Box<Self>) -> io::Result<()> {
        (*self).commit().map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => error,
            Err(error) => io::Error::other(error.downcast::<Fault>().unwrap_or_else(|error| Fault::of(&error))),
        })
    }
}

fn publish_as(target: &Path, sink: &Sink, rename: impl FnOnce() -> io::Result<()>) -> Result<(), Fault> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => taken(target),
        _ => cannot("write", &sink.name, &error),
    };
    let folder = File::open(folder_of(target));
    sink.file.sync_all().map_err(failed)?;
    rename().map_err(failed)?;
    // The file is complete and in its place. A folder that cannot be synced (some file systems refuse, some folders
    // may be written and not read) leaves nothing that could be undone.
    let _ = folder.and_then(|folder| folder.sync_all());
    Ok(())
}

/// Why a name that is taken stays as it is.
pub fn taken(path: &Path) -> Fault {
    Fault::failure(format!("{} exists already", shown(path)))
        .of_kind("exists")
        .because("keys and received files are never overwritten")
        .hint("name another file with -o, or move this one away")
}

/// Where a symbolic link leads, so that the file behind it is replaced and the link stays; also when nothing is there
/// yet. A link that leads nowhere in 40 steps stands for itself, and opening it fails.
fn follow(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    for _ in 0..40 {
        match fs::read_link(&target) {
            Ok(link) => target = folder_of(&target).join(link),
            Err(_) => break,
        }
    }
    target
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Nobody reads standard output any more.
#[derive(Debug)]
pub struct StdoutGone;

impl fmt::Display for StdoutGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output is closed")
    }
}

impl std::error::Error for StdoutGone {}

/// Names the stream in an error of standard output, and sets apart the one that is no failure of ours.
pub fn of_stdout(error: &io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => io::Error::new(io::ErrorKind::BrokenPipe, StdoutGone),
        _ => io::Error::other(cannot("write", "standard output", error)),
    }
}

/// The bottom of an output: a descriptor whose errors name it.
struct Sink {
    file: File,
    to: To,
    name: String,
    text: TextOnly,
}

#[derive(PartialEq, Eq)]
enum To {
    Stdout,
    Terminal,
    Named,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.check(bytes)?;
        let written = self.file.write(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ if self.to != To::Named => of_stdout(&error),
            _ => io::Error::other(cannot("write", &self.name, &error)),
        })?;
        self.text.passed(&bytes[..written])?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What may go to a terminal unasked: text that it shows and does not obey.
struct TextOnly {
    is_asked: bool,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl TextOnly {
    fn new(to: &To) -> Self {
        Self {
            is_asked: *to == To::Terminal,
            begun: Vec::new(),
        }
    }

    fn check(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        if !self.is_asked {
            return Ok(Vec::new());
        }
        begun_after(&[&self.begun, bytes].concat()).ok_or_else(|| {
            let fault = Fault::usage("what comes out is not text, and standard output is a terminal");
            io::Error::other(fault.hint("name a file with -o FILE, or insist with -o -"))
        })
    }

    fn passed(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.begun = self.check(bytes)?;
        Ok(())
    }
}

/// The unfinished character at the end of `bytes`, when they are UTF-8 without control characters but tab and line ends.
fn begun_after(bytes: &[u8]) -> Option<Vec<u8>> {
    let (text, begun) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, &[][..]),
        Err(error) if error.error_len().is_none() => {
            let (text, begun) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(text).ok()?, begun)
        }
        Err(_) => return None,
    };
    let is_obeyed = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    (!text.contains(is_obeyed)).then(|| begun.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path, contents: Contents) -> Result<Output, Fault> {
        Output::open(Some(path), contents, "the output", &mut Claims::default())
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_when_committed_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let mut output = open(&path, Contents::Binary).unwrap();
        output.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(output);
        assert!(names(folder.path()).is_empty());

        let mut output = open(&path, Contents::Binary).unwrap();
        output.write_all(b"whole").unwrap();
        output.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn a_failed_run_leaves_the_previous_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "old").unwrap();
        open(&path, Contents::Binary).unwrap().write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn keys_are_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let mut output = open(&path, Contents::Key).unwrap();
        let late = open(&path, Contents::Key).unwrap();
        output.write_all(b"first").unwrap();
        output.commit().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(open(&path, Contents::Key).err().unwrap().kind, "exists");
        assert!(late.commit().is_err());
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(names(folder.path()), ["key"]);
    }

    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::os::unix::fs::symlink("real", &link).unwrap();
        for text in ["one", "two"] {
            let mut output = open(&link, Contents::Text).unwrap();
            output.write_all(text.as_bytes()).unwrap();
            output.commit().unwrap();
            assert_eq!(fs::read_to_string(&real).unwrap(), text);
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(open(&link, Contents::Key).err().unwrap().kind, "exists");
    }

    #[test]
    fn devices_are_written_directly_and_report_a_full_disk() {
        let mut output = open(Path::new("/dev/full"), Contents::Binary).unwrap();
        output.write_all(b"lost").unwrap();
        let error = output.commit().unwrap_err();
        assert_eq!(Fault::of(&error).why.as_deref(), Some("No space left on device"));
        open(Path::new("/dev/null"), Contents::Binary)
            .unwrap()
            .commit()
            .unwrap();
    }

    #[test]
    fn terminals_get_text_only() {
        assert_eq!(begun_after("tab\t line\r\n äß 🙂".as_bytes()), Some(vec![]));
        assert_eq!(begun_after(b"half a character \xc2"), Some(vec![0xc2]));
        for hostile in [&b"\x1b[2J"[..], b"\0", b"\x7f", "\u{9b}".as_bytes(), b"\x9b2J"] {
            assert_eq!(begun_after(hostile), None);
        }
    }
}
