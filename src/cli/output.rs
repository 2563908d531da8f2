//! Where bytes go. A file appears only when its contents are complete: they are written beside it under another name,
//! synced, and renamed by [`Output::commit`]; a run that fails leaves what was there before.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::cli::fault::Fault;
use crate::cli::inherited;
use crate::cli::shown::shown;
use crate::cli::signals::Partial;
use crate::cli::sink::{Sink, To};
use crate::cli::streams::{Claims, Input, cannot, descriptor_of, is_same_file, is_special, widen};

/// What is going to be written, which decides how careful the output is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// A private key: readable by its owner alone, never in the place of another file.
    Key,
    /// Text, fit for a terminal.
    Text,
    /// Binary, which a terminal gets only when asked for with `-o -`.
    Binary,
    /// A file with the permission bits of another: of the peer's, or of the one that it is made from.
    File {
        /// At most 0777, and less what the umask takes.
        mode: u32,
        /// What becomes of a file that has the name already.
        existing: Existing,
    },
    /// Whatever was encrypted: shown on a terminal as long as it is text.
    Unknown,
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Stays,
    /// The new one takes its place.
    Replaced,
}

impl Contents {
    /// Whether it must not take the place of another file.
    fn is_new(self) -> bool {
        matches!(
            self,
            Self::Key
                | Self::File {
                    existing: Existing::Stays,
                    ..
                }
        )
    }
}

/// Something to write. Dropped without [`Output::commit`], a file never appears.
pub struct Output {
    writer: BufWriter<Sink>,
    publish: Option<Publish>,
    replaced: Option<Metadata>,
}

/// What is left to do when all is written.
enum Publish {
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
        Ok(Self::stream(Sink::new(file.into(), to, "standard output".into())))
    }

    /// Where the answer of `--json` goes, if one is wanted.
    ///
    /// # Errors
    /// As [`Output::open`].
    pub fn answer(is_wanted: bool, claims: &mut Claims) -> Result<Option<Self>, Fault> {
        is_wanted
            .then(|| Self::stdout(Contents::Text, "the answer of --json", claims))
            .transpose()
    }

    /// Nowhere: what is written is counted out and forgotten.
    ///
    /// # Errors
    /// When the system has no place for it.
    pub fn nowhere() -> Result<Self, Fault> {
        let path = Path::new("/dev/null");
        Self::opened(File::options().write(true).open(path), path)
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
            Contents::File { mode, .. } => mode | 0o600,
            // From the start no wider than what it replaces: whoever may not read that must not read this.
            _ => replaced_mode.unwrap_or(0o666),
        };
        let partial = Partial::create_in(folder_of(&target), mode)?;
        if let Some(mode) = replaced_mode {
            partial.file().set_permissions(Permissions::from_mode(mode))?;
        }
        let sink = Sink::new(partial.file().try_clone()?, To::Named, shown(&target));
        let publish = if contents.is_new() {
            Publish::Create(partial, target)
        } else {
            Publish::Replace(partial, target)
        };
        let publish = Some(publish);
        Ok(Self {
            writer: BufWriter::new(sink),
            publish,
            replaced,
        })
    }

    fn opened(file: io::Result<File>, path: &Path) -> Result<Self, Fault> {
        let name = shown(path);
        let file = file.map_err(|error| cannot("open", &name, &error))?;
        Ok(Self::stream(Sink::new(file, To::Named, name)))
    }

    fn stream(sink: Sink) -> Self {
        let replaced = sink.file().metadata().ok();
        if replaced.as_ref().is_some_and(|metadata| metadata.file_type().is_fifo()) {
            widen(sink.file());
        }
        Self {
            writer: BufWriter::new(sink),
            publish: None,
            replaced,
        }
    }

    /// The file that it becomes and the one that it replaces, as far as there are any.
    pub fn files(&self) -> Vec<Metadata> {
        let own = self.writer.get_ref().file().metadata().ok();
        own.into_iter()
            .chain(self.replaced.clone())
            .filter(Metadata::is_file)
            .collect()
    }

    /// The number of its descriptor.
    pub fn descriptor(&self) -> RawFd {
        self.writer.get_ref().file().as_raw_fd()
    }

    /// Whether it is standard output.
    pub fn is_stdout(&self) -> bool {
        self.writer.get_ref().is_stdout()
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
        let (sink, publish) = self.written()?;
        if let Some(publish) = publish {
            sink.file().sync_all().map_err(|error| not_written(&sink, &error))?;
            sync_folders([publish.publish(&sink)?]);
        }
        Ok(())
    }

    /// As [`Output::commit`], for rooms that know errors of I/O alone.
    ///
    /// # Errors
    /// As [`Output::commit`].
    pub fn close(self) -> io::Result<()> {
        self.commit().map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => error,
            Err(error) => io::Error::other(Fault::of(&error)),
        })
    }

    /// As [`Output::commit`] for many: each appears whole or not at all, and the disk is waited for once.
    pub fn commit_all(outputs: Vec<Self>) -> Vec<anyhow::Result<()>> {
        let written: Vec<_> = outputs.into_iter().map(Self::written).collect();
        let synced = sync_all(written.iter().flatten().map(|(sink, _)| sink));
        let mut folders = BTreeSet::new();
        let mut publish = |(sink, publish): (Sink, Option<Publish>)| {
            if let Err(error) = &synced {
                return Err(not_written(&sink, error).into());
            }
            folders.extend(publish.map(|publish| publish.publish(&sink)).transpose()?);
            Ok(())
        };
        let results = written
            .into_iter()
            .map(|written| written.and_then(&mut publish))
            .collect();
        sync_folders(folders);
        results
    }

    fn written(self) -> anyhow::Result<(Sink, Option<Publish>)> {
        let sink = self.writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((sink, self.publish))
    }
}

fn not_written(sink: &Sink, error: &io::Error) -> Fault {
    cannot("write", sink.name(), error)
}

impl Publish {
    /// Gives the file its name, and gives the folder that it stands in.
    fn publish(self, sink: &Sink) -> Result<PathBuf, Fault> {
        let (renamed, target) = match self {
            Self::Replace(partial, target) => (partial.replace(&target), target),
            Self::Create(partial, target) => (partial.create_new(&target), target),
        };
        match renamed {
            Ok(()) => Ok(folder_of(&target).to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(taken(&target)),
            Err(error) => Err(not_written(sink, &error)),
        }
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

/// Waits until the files are on the disk, with all else that their file systems hold back: for many files that is much
/// faster than one after the other.
fn sync_all<'s>(sinks: impl Iterator<Item = &'s Sink>) -> io::Result<()> {
    let mut synced = BTreeSet::new();
    for sink in sinks.map(Sink::file) {
        if synced.insert(sink.metadata()?.dev()) {
            #[cfg(target_os = "linux")]
            rustix::fs::syncfs(sink)?;
        }
        #[cfg(not(target_os = "linux"))]
        sink.sync_all()?;
    }
    Ok(())
}

/// The files are complete and in their places. A folder that cannot be synced (some file systems refuse, some folders may
/// be written and not read) leaves nothing that could be undone.
pub(super) fn sync_folders(folders: impl IntoIterator<Item = PathBuf>) {
    for folder in folders {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
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

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
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
}
