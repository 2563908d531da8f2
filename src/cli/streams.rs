//! Where bytes come from: files, standard input, descriptors that the caller hands over; and who may use which stream.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufRead, Cursor, IoSliceMut, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, RawFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::stdio::dup2_stdout;
use zeroize::Zeroizing;

use crate::cli::fault::Fault;
use crate::cli::inherited;
use crate::cli::shown::shown;
use crate::cli::ui::Ui;
use crate::secret::{Passphrase, SecretBytes};

/// Bytes moved at once.
pub const BUFFER: usize = 128 * 1024;
/// Bytes in a pipe: what Linux gives to everybody.
const PIPE: usize = 1 << 20;
/// The longest line that a passphrase, PIN or code file may start with.
const LONGEST_LINE: usize = 64 * 1024;

/// Who uses standard input and standard output: each has one role per run.
#[derive(Default)]
pub struct Claims {
    stdin: Option<&'static str>,
    stdout: Option<&'static str>,
}

impl Claims {
    /// Claims standard input for `role`, which names the thing that is read ("the input", "the identities of -i").
    ///
    /// # Errors
    /// A usage fault that names both roles when another has it, a failure when the caller closed it.
    pub fn stdin(&mut self, role: &'static str) -> Result<(), Fault> {
        claim(&mut self.stdin, "standard input", role, 0)
    }

    /// Claims standard output for `role`.
    ///
    /// # Errors
    /// As [`Claims::stdin`].
    pub fn stdout(&mut self, role: &'static str) -> Result<(), Fault> {
        claim(&mut self.stdout, "standard output", role, 1)
    }
}

fn claim(owner: &mut Option<&'static str>, stream: &str, role: &'static str, number: RawFd) -> Result<(), Fault> {
    if let Some(first) = owner {
        return Err(Fault::usage(format!("{stream} cannot be both {first} and {role}"))
            .hint("give one of them a file name instead of '-'"));
    }
    if !inherited::was_open(number) {
        return Err(Fault::failure(format!("{stream} is closed, and is needed for {role}")));
    }
    *owner = Some(role);
    Ok(())
}

/// Something to read.
pub struct Input {
    file: File,
    name: String,
    metadata: Metadata,
    /// What comes before the rest of the file.
    front: Cursor<Vec<u8>>,
}

impl Input {
    /// Opens `path`, where `-` is standard input; `role` says what it is read for.
    ///
    /// # Errors
    /// When it cannot be opened, is a folder, or standard input has another role already.
    pub fn open(path: &Path, role: &'static str, claims: &mut Claims) -> Result<Self, Fault> {
        let number = if path.as_os_str() == "-" {
            Some(0)
        } else {
            descriptor_of(path)
        };
        if number == Some(0) {
            claims.stdin(role)?;
        }
        let name = if number == Some(0) {
            "standard input".to_owned()
        } else {
            shown(path)
        };
        let opened = match number {
            Some(number) => inherited::duplicate(number),
            None => File::open(path),
        };
        opened
            .and_then(|file| Self::with(file, name.clone()))
            .map_err(|error| cannot("open", &name, &error))?
            .checked()
    }

    /// Opens a file that was found in a folder: what has its name by now may be something else.
    ///
    /// # Errors
    /// As [`open_as_seen`].
    pub fn open_found(path: &Path) -> Result<Self, Fault> {
        let opened = open_as_seen(path, File::options().read(true));
        let name = shown(path);
        opened
            .and_then(|file| Self::with(file, name.clone()))
            .map_err(|error| cannot("open", &name, &error))
    }

    /// Opens the input of a command. Says so when a person is expected to type it.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn open_or_stdin(path: &Path, role: &'static str, claims: &mut Claims, ui: &Ui) -> Result<Self, Fault> {
        let input = Self::open(path, role, claims)?;
        if input.file.is_terminal() {
            ui.note(&format!(
                "{role} is read from the terminal; Ctrl-D on a line of its own ends it"
            ));
        }
        Ok(input)
    }

    /// Opens what `FILE|fd:N` names.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn open_file_or_fd(spec: &Path, role: &'static str, claims: &mut Claims) -> Result<Self, Fault> {
        match spec.to_str().and_then(|spec| spec.strip_prefix("fd:")) {
            Some(number) if number.parse::<RawFd>().is_ok() => {
                Self::open(&Path::new("/dev/fd").join(number), role, claims)
            }
            Some(_) => {
                Err(Fault::usage(format!("{} names no descriptor", shown(spec))).hint("write fd:3, for example"))
            }
            None => Self::open(spec, role, claims),
        }
    }

    fn with(file: File, name: String) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if metadata.file_type().is_fifo() {
            widen(&file);
        }
        Ok(Self {
            file,
            name,
            metadata,
            front: Cursor::default(),
        })
    }

    /// The same with its first bytes replaced by `front`.
    ///
    /// # Errors
    /// When reading cannot begin behind them.
    pub fn beginning_with(mut self, front: Vec<u8>) -> io::Result<Self> {
        self.seek(SeekFrom::Start(front.len() as u64))?;
        self.front = Cursor::new(front);
        Ok(self)
    }

    /// The file itself.
    pub fn file(&self) -> &File {
        &self.file
    }

    fn checked(self) -> Result<Self, Fault> {
        if self.metadata.is_dir() {
            return Err(Fault::failure(format!("{} is a folder", self.name))
                .hint("say --recursive for the files in it, or --archive for all of it in one"));
        }
        Ok(self)
    }

    /// The same file for reading at any place, where that is possible.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn seekable(&self) -> Result<Option<Self>, Fault> {
        let begins_here = || (&self.file).stream_position().is_ok_and(|position| position == 0);
        if !self.metadata.is_file() || !begins_here() {
            return Ok(None);
        }
        let file = self
            .file
            .try_clone()
            .map_err(|error| cannot("open", &self.name, &error))?;
        Ok(Some(Self {
            file,
            name: self.name.clone(),
            metadata: self.metadata.clone(),
            front: Cursor::default(),
        }))
    }

    /// Its name, safe to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of bytes, where it is known beforehand.
    pub fn size(&self) -> Option<u64> {
        self.metadata.is_file().then_some(self.metadata.len())
    }

    /// What kind of file it is, and which.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What to say when others on this machine can read what should be secret.
    pub fn exposed(&self) -> Option<String> {
        let mode = self.metadata.mode() & 0o777;
        let is_exposed = self.metadata.is_file() && mode & 0o044 != 0;
        is_exposed.then(|| {
            format!(
                "{} can be read by other users (mode {mode:04o}); chmod 600 keeps it secret",
                self.name
            )
        })
    }

    /// Everything, in memory that is wiped.
    ///
    /// # Errors
    /// When reading fails, or there is more than `limit` bytes.
    pub fn read_all(mut self, limit: usize) -> Result<SecretBytes, Fault> {
        let mut bytes = Zeroizing::new(Vec::new());
        let cap = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        self.by_ref()
            .take(cap)
            .read_to_end(&mut bytes)
            .map_err(|error| from_io(error, &self.name))?;
        if bytes.len() > limit {
            return Err(Fault::failure(format!("{} is larger than {limit} bytes", self.name)));
        }
        Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
    }
}

impl Input {
    fn named<T>(&self, read: io::Result<T>) -> io::Result<T> {
        read.map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => io::Error::other(cannot("read", &self.name, &error)),
        })
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let front = self.front.read(buffer)?;
        if front > 0 {
            return Ok(front);
        }
        let read = self.file.read(buffer);
        self.named(read)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let front = self.front.read_vectored(buffers)?;
        if front > 0 {
            return Ok(front);
        }
        let read = self.file.read_vectored(buffers);
        self.named(read)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.front = Cursor::default();
        let sought = self.file.seek(to);
        self.named(sought)
    }
}

/// Opens a name that was a regular file when it was looked at: a link that is there now is not followed, and a pipe not
/// waited for.
///
/// # Errors
/// When it is not one any longer, or cannot be opened.
pub fn open_as_seen(path: &Path, how: &mut OpenOptions) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let file = how.custom_flags(flags).open(path)?;
    let is_file = file.metadata()?.is_file();
    is_file
        .then_some(file)
        .ok_or_else(|| io::Error::other("it is no regular file"))
}

/// Makes a pipe hold more, so that its two ends wait for each other less often. Where the system allows no more, or it is
/// no pipe, all stays as it is.
pub fn widen(pipe: impl AsFd) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE);
}

/// Leaves standard output, of which there is a duplicate: whoever reads it sees its end when that is closed, which may be
/// long before this program ends.
///
/// # Errors
/// When the system refuses.
pub fn leave_stdout() -> io::Result<()> {
    let null = File::options().write(true).open("/dev/null")?;
    Ok(dup2_stdout(null)?)
}

/// Moves everything from `reader` to `writer`, without a copy in between.
///
/// # Errors
/// What either gives.
pub fn pump(reader: &mut impl BufRead, writer: &mut impl Write) -> io::Result<()> {
    loop {
        match reader.fill_buf() {
            Ok([]) => return Ok(()),
            Ok(bytes) => {
                let count = bytes.len();
                writer.write_all(bytes)?;
                reader.consume(count);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The first line of what `FILE|fd:N` names: a passphrase, a PIN, a code.
///
/// # Errors
/// When it cannot be read, is empty, or is longer than 64 KiB.
pub fn secret_line(spec: &Path, role: &'static str, claims: &mut Claims, ui: &Ui) -> Result<Passphrase, Fault> {
    let mut input = Input::open_file_or_fd(spec, role, claims)?;
    if let Some(warning) = input.exposed() {
        ui.warn(&warning);
    }
    let line = first_line(&mut input).map_err(|error| from_io(error, &input.name))?;
    let line = line.ok_or_else(|| Fault::failure(format!("the first line of {} is too long", input.name)))?;
    Passphrase::new(line).ok_or_else(|| Fault::failure(format!("the first line of {} is empty", input.name)))
}

/// Up to the first line ending, or `None` when that does not come in time. Reads no byte beyond it, so that one
/// descriptor can hold several lines.
pub fn first_line(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(256));
    let mut byte = Zeroizing::new([0; 1]);
    while line.len() <= LONGEST_LINE {
        match input.read(&mut byte[..]) {
            Ok(1) if byte[0] != b'\n' => line.push(byte[0]),
            Ok(_) => {
                line.pop_if(|last| *last == b'\r');
                return Ok(Some(std::mem::take(&mut *line)));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The descriptor that a path stands for. Opening such a path anew fails where the process is hardened against being
/// looked into, so it is duplicated instead.
pub fn descriptor_of(path: &Path) -> Option<RawFd> {
    match path.to_str()? {
        "/dev/stdin" => Some(0),
        "/dev/stdout" => Some(1),
        "/dev/stderr" => Some(2),
        path => {
            let number = path
                .strip_prefix("/dev/fd/")
                .or_else(|| path.strip_prefix("/proc/self/fd/"))?;
            number.parse().ok()
        }
    }
}

/// Whether two are the same regular file, however they are spelled.
pub fn is_same_file(a: &Metadata, b: &Metadata) -> bool {
    a.is_file() && b.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Whether writing goes to whoever holds the other end instead of replacing contents.
pub fn is_special(metadata: &Metadata) -> bool {
    let kind = metadata.file_type();
    kind.is_fifo() || kind.is_char_device() || kind.is_block_device() || kind.is_socket()
}

/// "cannot open FILE", with the system's reason.
pub fn cannot(verb: &str, name: &str, error: &io::Error) -> Fault {
    Fault::failure(format!("cannot {verb} {name}")).because(reason(error))
}

/// The system's reason without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_owned()
}

fn from_io(error: io::Error, name: &str) -> Fault {
    match error.downcast::<Fault>() {
        Ok(fault) => fault,
        Err(error) => cannot("read", name, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_taken_the_place_of_a_file_is_neither_followed_nor_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "text").unwrap();
        std::fs::create_dir(path("folder")).unwrap();
        for (link, to) in [("link", "file"), ("dangling", "nothing"), ("device", "/dev/zero")] {
            std::os::unix::fs::symlink(to, path(link)).unwrap();
        }
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, path("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert_eq!(Input::open_found(&path("file")).ok().unwrap().size(), Some(4));
        for name in ["folder", "link", "dangling", "device", "pipe", "nothing"] {
            assert!(Input::open_found(&path(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn a_stream_has_one_role() {
        let mut claims = Claims::default();
        claims.stdin("the input").unwrap();
        claims.stdout("the output").unwrap();
        let second = claims.stdin("the identities of -i").unwrap_err();
        assert_eq!(
            second.what,
            "standard input cannot be both the input and the identities of -i"
        );
        assert_eq!(second.code, crate::cli::fault::Code::Usage);
    }

    #[test]
    fn a_secret_ends_at_its_line() {
        let line = |text: &[u8]| first_line(&mut &text[..]).unwrap();
        assert_eq!(line(b"one\ntwo\n").as_deref(), Some(&b"one"[..]));
        assert_eq!(line(b"one\r\ntwo").as_deref(), Some(&b"one"[..]));
        assert_eq!(line(b"one").as_deref(), Some(&b"one"[..]));
        assert_eq!(line(b"").as_deref(), Some(&b""[..]));
        assert_eq!(
            line(&vec![b'x'; LONGEST_LINE]).map(|line| line.len()),
            Some(LONGEST_LINE)
        );
        assert!(line(&vec![b'x'; LONGEST_LINE + 1]).is_none());
    }

    #[test]
    fn descriptors_are_recognised_by_their_paths() {
        let of = |path: &str| descriptor_of(Path::new(path));
        assert_eq!(
            (of("/dev/stdin"), of("/dev/fd/63"), of("/proc/self/fd/7")),
            (Some(0), Some(63), Some(7))
        );
        assert_eq!((of("stdin"), of("/dev/fd/x"), of("/dev/null")), (None, None, None));
    }
}
