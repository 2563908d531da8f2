//! A header changed in place, so that a crash at any moment leaves a readable file.
//!
//! The new header is first written to a journal beside the file, `.NAME.keypact-journal`, and synced with its folder;
//! then over the old one, and synced; then the journal goes. While a journal is there and whole, it is the header:
//! readers take it from there and write nothing, and the next rewrap carries it over. A journal that is not whole was
//! never begun to be carried over, so the old header stands.
//!
//! ```text
//! "keypact-journal 1\n" || file length 8 || header length 8 || nonce 16 || header || SHA-256 of all before
//! ```
//!
//! Length and nonce are the file's own, so that a journal that is left over is not taken for another file's.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Gid, Uid, fchown};
use rustix::process::geteuid;

use crate::cli::output::folder_of;
use crate::cli::streams::{Input, is_same_file, open_as_seen};
use crate::crypto::hash::sha256;
use crate::format::{FileKey, HEADER_LIMIT, Header, NONCE_LEN};

const MAGIC: &[u8] = b"keypact-journal 1\n";
/// Behind the name of the file, after a full stop.
const SUFFIX: &str = ".keypact-journal";
const HASH: usize = 32;
/// Before the header.
const FRONT: usize = MAGIC.len() + 8 + 8 + NONCE_LEN;
const LIMIT: u64 = HEADER_LIMIT + (FRONT + HASH) as u64;

/// The input as its journal has it, where there is one: a rewrap that was interrupted is looked at as if it had ended.
///
/// # Errors
/// When the input cannot be read from the place behind its header.
pub fn heeded(input: Input, path: &Path) -> io::Result<Input> {
    match beside(&input, path) {
        Some(header) => input.beginning_with(header),
        None => Ok(input),
    }
}

/// As [`heeded`], for whoever has keys: `find` gives the file key of a header that it opens. So a journal that somebody
/// has invented does not keep a reader from the file.
///
/// # Errors
/// As [`heeded`].
pub fn heeded_by(input: Input, path: &Path, find: &dyn Fn(&Header) -> Option<FileKey>) -> io::Result<Input> {
    match beside(&input, path).filter(|header| is_of(input.file(), header, find)) {
        Some(header) => input.beginning_with(header),
        None => Ok(input),
    }
}

fn beside(input: &Input, path: &Path) -> Option<Vec<u8>> {
    if !input.metadata().is_file() {
        return None;
    }
    let real = fs::canonicalize(path).ok()?;
    let there = fs::metadata(&real).ok()?;
    is_same_file(&there, input.metadata()).then(|| pending(&real, input.file()))?
}

/// Whether `begun` opens together with the content of `file`, or is sealed under the file key that the header in `file`
/// gives. Where neither can be told, it may be: the header in the file does not open.
fn is_of(file: &File, begun: &[u8], find: &dyn Fn(&Header) -> Option<FileKey>) -> bool {
    let read = |at| BufReader::new(At { file, at });
    let Some(header) = whole(begun) else { return false };
    let opens = |key: FileKey| {
        let content = Header::decrypt_under(&key, read(begun.len() as u64));
        content.is_ok_and(|mut content| content.fill_buf().is_ok())
    };
    let own_key = || find(&Header::read(&mut read(0)).ok()?);
    find(&header).is_some_and(opens) || own_key().is_none_or(|key| header.is_sealed_under(&key))
}

/// The header that `bytes` are, to the last one.
fn whole(mut bytes: &[u8]) -> Option<Header> {
    Header::read(&mut bytes).ok().filter(|_| bytes.is_empty())
}

/// Reads a file whose own position is somebody else's.
struct At<'f> {
    file: &'f File,
    at: u64,
}

impl Read for At<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(out, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// The header that is on its way into `file`, whose true path is `real`.
pub fn pending(real: &Path, file: &File) -> Option<Vec<u8>> {
    let metadata = file.metadata().ok()?;
    let journal = read(&name(real)?, &metadata).ok().flatten()?;
    let header = parse(&journal, metadata.len())?;
    let mut nonce = [0; NONCE_LEN];
    file.read_exact_at(&mut nonce, header.len() as u64).ok()?;
    (nonce == journal[FRONT - NONCE_LEN..FRONT]).then(|| header.to_vec())
}

/// Puts `header` in the place of another of the same length, in `file`, whose true path is `real` and which the caller
/// has locked.
///
/// # Errors
/// When something fails. Before the journal is complete, the file is as it was; afterwards the journal stays, and counts.
pub fn replace(real: &Path, file: &File, header: &[u8]) -> io::Result<()> {
    let path = name(real).ok_or(io::ErrorKind::InvalidFilename)?;
    let written = write(&path, file, header);
    if written.is_err() {
        let _ = fs::remove_file(&path);
    }
    written?;
    carry_over(&path, file, header)
}

/// Ends what an interrupted run has begun, in a file that the caller has locked. `header` is what [`pending`] gave, and has
/// proven to be this file's: the journal itself proves nothing.
///
/// # Errors
/// As [`replace`].
pub fn repair(real: &Path, file: &File, header: &[u8]) -> io::Result<()> {
    name(real).map_or(Ok(()), |path| carry_over(&path, file, header))
}

/// Removes the journal of a file.
///
/// # Errors
/// When it stays.
pub fn discard(real: &Path) -> io::Result<()> {
    name(real).map_or(Ok(()), fs::remove_file)
}

/// Where the journal of a file is.
pub fn name(real: &Path) -> Option<PathBuf> {
    let mut name = OsString::from(".");
    name.push(real.file_name()?);
    name.push(SUFFIX);
    Some(folder_of(real).join(name))
}

/// Whether a name is that of a journal.
pub fn is_journal(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b".") && name.ends_with(SUFFIX.as_bytes())
}

fn write(path: &Path, file: &File, header: &[u8]) -> io::Result<()> {
    let metadata = file.metadata()?;
    let mut nonce = [0; NONCE_LEN];
    file.read_exact_at(&mut nonce, header.len() as u64)?;
    // What is left of an earlier attempt was not whole, or this run would have carried it over.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut journal = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    hand_over(&journal, &metadata);
    journal.write_all(&encode(header, metadata.len(), &nonce))?;
    journal.sync_all()?;
    File::open(folder_of(path))?.sync_all()
}

/// Whoever reads the file must be able to read its journal.
fn hand_over(journal: &File, metadata: &Metadata) {
    let _ = fchown(
        journal,
        Some(Uid::from_raw(metadata.uid())),
        Some(Gid::from_raw(metadata.gid())),
    );
    let _ = journal.set_permissions(fs::Permissions::from_mode(metadata.mode() & 0o666));
}

fn carry_over(path: &Path, file: &File, header: &[u8]) -> io::Result<()> {
    file.write_all_at(header, 0)?;
    file.sync_all()?;
    fs::remove_file(path)?;
    // Should it come back in a crash, it is carried over once more, which changes nothing.
    let _ = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
    Ok(())
}

fn encode(header: &[u8], file_len: u64, nonce: &[u8; NONCE_LEN]) -> Vec<u8> {
    let lengths = [file_len.to_be_bytes(), (header.len() as u64).to_be_bytes()];
    let mut journal = [MAGIC, &lengths[0], &lengths[1], nonce, header].concat();
    let hash = sha256(&[&journal]);
    journal.extend_from_slice(&hash);
    journal
}

/// The header in a whole journal of a file of this length.
fn parse(journal: &[u8], file_len: u64) -> Option<&[u8]> {
    let (content, hash) = journal.split_last_chunk::<HASH>()?;
    let (front, header) = content.split_at_checked(FRONT)?;
    let lengths = front.strip_prefix(MAGIC)?;
    let fits =
        lengths.starts_with(&file_len.to_be_bytes()) && lengths[8..].starts_with(&(header.len() as u64).to_be_bytes());
    (fits && sha256(&[content]) == *hash).then_some(header)
}

/// The journal's bytes, when it is one of the file's owner's or of ours: in a folder that all may write to, a stranger
/// must not get to say what the header is.
fn read(path: &Path, file: &Metadata) -> io::Result<Option<Vec<u8>>> {
    let journal = open_as_seen(path, File::options().read(true))?;
    let metadata = journal.metadata()?;
    let is_trusted = [file.uid(), geteuid().as_raw(), 0].contains(&metadata.uid());
    if !is_trusted || metadata.len() > LIMIT {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    journal.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[u8] = b"old header";
    const NEW: &[u8] = b"new header";
    const REST: &[u8] = b"sixteen bytes...and a payload";

    fn stage() -> (tempfile::TempDir, PathBuf, File) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, [OLD, REST].concat()).unwrap();
        let file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        (folder, path, file)
    }

    fn journal() -> Vec<u8> {
        encode(NEW, (OLD.len() + REST.len()) as u64, b"sixteen bytes...")
    }

    #[test]
    fn a_header_is_replaced_and_nothing_else() {
        let (folder, path, file) = stage();
        replace(&path, &file, NEW).unwrap();
        assert_eq!(fs::read(&path).unwrap(), [NEW, REST].concat());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(pending(&path, &file), None);
    }

    #[test]
    fn a_whole_journal_counts_and_any_other_does_not() {
        let (_folder, path, file) = stage();
        let whole = journal();
        let beside = name(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&beside, &whole[..length]).unwrap();
            assert_eq!(pending(&path, &file), None, "{length}");
            let mut changed = whole.clone();
            changed[length] ^= 1;
            fs::write(&beside, &changed).unwrap();
            assert_eq!(pending(&path, &file), None, "{length}");
        }
        fs::write(&beside, [&whole[..], b"x"].concat()).unwrap();
        assert_eq!(pending(&path, &file), None);
        fs::write(&beside, &whole).unwrap();
        assert_eq!(pending(&path, &file).as_deref(), Some(NEW));
        // However much of it had been carried over.
        for torn in 0..=OLD.len() {
            fs::write(&beside, &whole).unwrap();
            file.write_all_at(&[&NEW[..torn], &OLD[torn..]].concat(), 0).unwrap();
            repair(&path, &file, &pending(&path, &file).unwrap()).unwrap();
            assert_eq!(fs::read(&path).unwrap(), [NEW, REST].concat());
            assert!(!beside.exists());
        }
    }

    #[test]
    fn a_journal_is_of_one_file() {
        let (_folder, path, _) = stage();
        fs::write(name(&path).unwrap(), journal()).unwrap();
        let mut other = [OLD, REST].concat();
        other[OLD.len()] ^= 1;
        let longer = [OLD, REST, b"x"].concat();
        for other in [other, longer, b"short".to_vec(), Vec::new()] {
            fs::write(&path, &other).unwrap();
            assert_eq!(pending(&path, &File::open(&path).unwrap()), None);
        }
    }

    #[test]
    fn what_is_planted_in_its_place_is_ignored() {
        let (folder, path, file) = stage();
        let (beside, elsewhere) = (name(&path).unwrap(), folder.path().join("elsewhere"));
        fs::write(&elsewhere, journal()).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &beside).unwrap();
        assert_eq!(pending(&path, &file), None, "a link");
        fs::remove_file(&beside).unwrap();
        fs::create_dir(&beside).unwrap();
        assert_eq!(pending(&path, &file), None, "a folder");
        assert!(replace(&path, &file, NEW).is_err());
        assert_eq!(fs::read(&path).unwrap(), [OLD, REST].concat());
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_is_what_was_written(rest in proptest::collection::vec(0_u8.., 0..200), length: u64, nonce: [u8; NONCE_LEN]) {
            let _ = parse(&[MAGIC, &rest].concat(), length);
            let journal = encode(&rest, length, &nonce);
            proptest::prop_assert_eq!(parse(&journal, length), Some(&rest[..]));
            proptest::prop_assert_eq!(parse(&journal, length.wrapping_add(1)), None);
        }
    }

    #[test]
    fn readers_see_the_pending_header() {
        let (_folder, path, _) = stage();
        fs::write(name(&path).unwrap(), journal()).unwrap();
        let link = path.with_file_name("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for path in [path, link] {
            let input = Input::open(&path, "the input", &mut crate::cli::streams::Claims::default()).unwrap();
            let mut text = Vec::new();
            heeded(input, &path).unwrap().read_to_end(&mut text).unwrap();
            assert_eq!(text, [NEW, REST].concat());
        }
    }
}
