//! A key that a courier carried, in the file that `keypact courier open` or `keypact exchange --format hex` has written:
//! the key in the first line, and comments.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::cli::fault::Fault;
use crate::cli::output::sync_folders;
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, Input, cannot, descriptor_of, is_same_file};
use crate::cli::ui::Ui;
use crate::courier::{self, PskUse};
use crate::handshake::Psk;
use crate::secret::{Secret, SecretBytes};

/// The longest file: a key and some comments.
const LIMIT: usize = 4096;

/// The key, and what becomes of its file.
pub struct CourierKey {
    key: Key,
    /// The file to destroy, when the key is good for one use.
    one_use: Option<OneUse>,
}

/// A file that is open for writing before the exchange: what can be destroyed then can be destroyed in the end, whatever its
/// name is by that time.
struct OneUse {
    path: PathBuf,
    file: File,
}

enum Key {
    Whole(Secret<32>),
    Half(Secret<16>),
}

impl CourierKey {
    /// Reads what `--psk-file` names.
    ///
    /// # Errors
    /// When it cannot be read, or is anything but a key: a passphrase is none.
    pub fn open(spec: &Path, claims: &mut Claims, ui: &Ui) -> Result<Self, Fault> {
        let input = Input::open_file_or_fd(spec, "the key of --psk-file", claims)?;
        if let Some(warning) = input.exposed() {
            ui.warn(&warning);
        }
        let (name, metadata) = (input.name().to_owned(), input.metadata().clone());
        let text = input.read_all(LIMIT)?;
        let (key, is_one_use) = parse(&text).ok_or_else(|| {
            Fault::failure(format!("{name} holds no courier key"))
                .of_kind("key")
                .because(courier::Error::Psk)
                .hint("'keypact courier open' writes such a file; for a code that people say, use --code-file")
        })?;
        let is_named = metadata.is_file() && names_a_file(spec);
        if is_one_use && !is_named {
            ui.warn("the key is for one use, and cannot be destroyed where it comes from: see to it yourself");
        }
        let one_use = (is_one_use && is_named).then(|| OneUse::open(spec, &metadata));
        Ok(Self {
            key,
            one_use: one_use.transpose()?,
        })
    }

    /// The key for an exchange.
    pub fn psk(&self) -> Psk {
        match &self.key {
            Key::Whole(key) => Psk::new(Secret::with(|copy| *copy = *key.expose())),
            Key::Half(key) => Psk::from_half(key),
        }
    }

    /// Destroys the file of a key for one use: an exchange with it has been completed. A file that has taken its name
    /// meanwhile stays.
    ///
    /// # Errors
    /// When it cannot be destroyed, or might be in that other file.
    pub fn served(&self, ui: &Ui) -> Result<(), Fault> {
        self.one_use.as_ref().map_or(Ok(()), |one_use| one_use.served(ui))
    }

    /// Where the file of a key for one use is, for the run that ends what this one begins.
    ///
    /// # Errors
    /// When its path cannot be written down.
    pub fn place(&self) -> Result<Option<Place>, Fault> {
        self.one_use.as_ref().map(Place::of).transpose()
    }
}

/// Where the file of a key for one use is: device, inode and absolute path.
pub struct Place {
    file: (u64, u64),
    path: PathBuf,
}

impl Place {
    fn of(one_use: &OneUse) -> Result<Self, Fault> {
        let metadata = one_use.file.metadata();
        let metadata = metadata.map_err(|error| cannot("use", &shown(&one_use.path), &error))?;
        Ok(Self {
            file: (metadata.dev(), metadata.ino()),
            path: lasting(&one_use.path)?,
        })
    }

    /// Destroys it, as [`CourierKey::served`] does. One that the other side has destroyed, on the same machine, is gone.
    ///
    /// # Errors
    /// As there.
    pub fn served(&self, ui: &Ui) -> Result<(), Fault> {
        let path = self.path.clone();
        let file = match File::options().write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened.map_err(|error| cannot("destroy", &shown(&path), &error))?,
        };
        let found = file
            .metadata()
            .map_err(|error| cannot("destroy", &shown(&path), &error))?;
        if (found.dev(), found.ino()) != self.file {
            return Err(undestroyed(&path, "another file has taken its place"));
        }
        OneUse { path, file }.served(ui)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.file.0, self.file.1, self.path.display())
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, ' ');
        let mut number = || parts.next()?.parse().ok();
        let file = (number().ok_or(())?, number().ok_or(())?);
        let path = parts.next().ok_or(())?.into();
        Ok(Self { file, path })
    }
}

/// The path as a later run finds it, in a line of text.
///
/// # Errors
/// A usage fault when it is none, or cannot be written in a line.
pub fn lasting(path: &Path) -> Result<PathBuf, Fault> {
    let absolute = std::path::absolute(path).map_err(|error| cannot("use", &shown(path), &error))?;
    let is_line = absolute.to_str().is_some_and(|text| !text.contains(['\n', '\r']));
    if !is_line || !names_a_file(path) {
        return Err(Fault::usage(format!("{} cannot be found again later", shown(path)))
            .because("the exchange goes on in another run, which reads it again")
            .hint("name a file, in UTF-8 and without line ends in its name"));
    }
    Ok(absolute)
}

impl OneUse {
    fn open(path: &Path, read: &Metadata) -> Result<Self, Fault> {
        let unfit = |error| {
            cannot("use", &shown(path), &error)
                .hint("a key for one use is destroyed when it has served: make it writable")
        };
        let file = File::options().write(true).open(path).map_err(unfit)?;
        if !is_same_file(&file.metadata().map_err(unfit)?, read) {
            return Err(undestroyed(path, "another file has taken its place"));
        }
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    fn served(&self, ui: &Ui) -> Result<(), Fault> {
        self.destroy()?;
        let path = shown(&self.path);
        ui.note(&format!("the courier key has served: {path} is destroyed"));
        Ok(())
    }

    fn destroy(&self) -> Result<(), Fault> {
        let failed = |error: io::Error| cannot("destroy", &shown(&self.path), &error);
        let metadata = self.file.metadata().map_err(failed)?;
        let zeros = vec![0; usize::try_from(metadata.len()).unwrap_or(LIMIT).min(LIMIT)];
        self.file
            .write_all_at(&zeros, 0)
            .and_then(|()| self.file.sync_all())
            .map_err(failed)?;
        match fs::metadata(&self.path) {
            Ok(found) if is_same_file(&found, &metadata) => fs::remove_file(&self.path).map_err(failed)?,
            Ok(_) => return Err(undestroyed(&self.path, "another file has taken its place")),
            // The other side, on the same machine, has removed it.
            Err(_) => {}
        }
        sync_folders(self.path.parent().map(Path::to_path_buf));
        Ok(())
    }
}

/// Whether a flag names a file, and no descriptor.
fn names_a_file(spec: &Path) -> bool {
    let is_stream = spec.to_str().is_some_and(|spec| spec == "-" || spec.starts_with("fd:"));
    !is_stream && descriptor_of(spec).is_none()
}

fn undestroyed(path: &Path, why: &str) -> Fault {
    Fault::failure(format!("{} is for one use and could not be destroyed", shown(path)))
        .because(why)
        .hint("destroy it yourself; do not use it again")
}

fn parse(text: &SecretBytes) -> Option<(Key, bool)> {
    let (key, uses) = courier::Key::read_psk(std::str::from_utf8(text.expose()).ok()?).ok()?;
    let whole = || Secret::copy_from(key.expose()).map(Key::Whole);
    let half = || Secret::copy_from(key.expose()).map(Key::Half);
    Some((whole().or_else(half)?, uses == PskUse::Once))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::base64;

    fn parsed(text: &str) -> Option<(usize, bool)> {
        parse(&SecretBytes::new(text.as_bytes().to_vec())).map(|(key, is_one_use)| match key {
            Key::Whole(_) => (32, is_one_use),
            Key::Half(_) => (16, is_one_use),
        })
    }

    #[test]
    fn a_key_file_is_a_key_and_comments() {
        let hex = "00112233445566778899aabbccddeeff".repeat(2);
        let one_use = format!("{hex}\n# keypact psk: one-use; from a courier\n");
        for (text, expected) in [
            (hex.clone(), Some((32, false))),
            (format!("{}\r\n", hex.to_uppercase()), Some((32, false))),
            (format!("{}\n", &hex[..32]), Some((16, false))),
            (base64::encode_padded(&[7; 32]), Some((32, false))),
            (base64::encode_padded(&[7; 16]), Some((16, false))),
            (one_use, Some((32, true))),
            (format!("{hex}\n{hex}\n"), None),
            (format!("{hex} \n"), None),
            (hex[..62].to_owned(), None),
            ("correct horse battery staple".to_owned(), None),
            (format!("# first\n{hex}\n"), None),
            (String::new(), None),
        ] {
            assert_eq!(parsed(&text), expected, "{text}");
        }
    }
}
