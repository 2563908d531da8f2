//! Byte layouts of the transfer's records (`docs/spec/transfer.md`, section 2). Integers are big-endian.

use crate::channel::{Channel, Error, Kind, MAX_BODY};
use crate::crypto::aead::{Aead, TAG, ZERO_NONCE};
use crate::crypto::labels;
use crate::encoding::fields::Fields;
use crate::secret::Secret;

pub(super) const MANIFEST: Kind = Kind(0x10);
pub(super) const ACCEPT: Kind = Kind(0x11);
pub(super) const FDATA: Kind = Kind(0x12);
pub(super) const FEND: Kind = Kind(0x13);
pub(super) const FACK: Kind = Kind(0x14);
pub(super) const TEND: Kind = Kind(0x15);
pub(super) const FILE_KEY: Kind = Kind(0x17);

/// The longest name in bytes: what a path component may have on the file systems in use.
pub const MAX_NAME: usize = 255;
/// Bytes of content in one FDATA record.
pub(super) const FDATA_BYTES: usize = MAX_BODY - FDATA_PREFIX;
pub(super) const FDATA_PREFIX: usize = 4 + 8;

const VERSION: u8 = 1;
const KIND_FILE: u8 = 0;
const STREAM: u64 = u64::MAX;
/// One file a transfer; the fields of the format are those of many.
const INDEX: u32 = 0;

/// Random name of a transfer.
pub type FileId = [u8; 16];

/// What is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// A name without any folder, as the sender has it; empty for a stream without a name. Not sanitised.
    pub name: String,
    /// Length in bytes; `None` for a stream whose end is not known.
    pub size: Option<u64>,
    /// Permission bits, at most 0777.
    pub mode: u16,
}

impl Entry {
    /// Whether `name` is one path component that creates nothing outside its folder: not empty, `.` or `..`, without
    /// `/` and NUL, at most [`MAX_NAME`] bytes.
    pub fn is_plain_name(name: &str) -> bool {
        !matches!(name, "" | "." | "..") && name.len() <= MAX_NAME && !name.contains(['/', '\0'])
    }
}

/// MANIFEST: `ver || id(16) || u32 count || u32 idx || kind || u16 mode || u64 size || u16 len || name`.
pub(super) fn manifest(id: &FileId, entry: &Entry) -> Vec<u8> {
    let length = u16::try_from(entry.name.len())
        .expect("names are at most 255 bytes")
        .to_be_bytes();
    let size = entry.size.unwrap_or(STREAM).to_be_bytes();
    let (count, index, mode) = (1u32.to_be_bytes(), INDEX.to_be_bytes(), entry.mode.to_be_bytes());
    [
        &[VERSION],
        &id[..],
        &count,
        &index,
        &[KIND_FILE],
        &mode,
        &size,
        &length,
        entry.name.as_bytes(),
    ]
    .concat()
}

pub(super) fn parse_manifest(body: &[u8]) -> Result<(FileId, Entry), Error> {
    let mut fields = Fields::new(body);
    let parts = (|| {
        let (version, id, count, index) = (fields.u8()?, fields.array()?, fields.u32()?, fields.u32()?);
        let (kind, mode, size, length) = (fields.u8()?, fields.u16()?, fields.u64()?, fields.u16()?);
        let name = std::str::from_utf8(fields.bytes(usize::from(length))?).ok()?.to_owned();
        let entry = Entry {
            name,
            size: (size != STREAM).then_some(size),
            mode,
        };
        let known = (version, count, index, kind) == (VERSION, 1, INDEX, KIND_FILE) && mode <= 0o777;
        let named = Entry::is_plain_name(&entry.name) || (entry.name.is_empty() && entry.size.is_none());
        fields.end().filter(|()| known && named).map(|()| (id, entry))
    })();
    parts.ok_or(Error::Protocol("manifest"))
}

/// ACCEPT: `id(16) || u32 idx || 1 (whole) || u64 offset (0)`.
pub(super) fn accept(id: &FileId) -> Vec<u8> {
    [&id[..], &INDEX.to_be_bytes(), &[1], &0u64.to_be_bytes()].concat()
}

/// `FILE_KEY`: the file key sealed under a key that both export from the session for this transfer. The key is used for
/// this one message, so the nonce is zero.
pub(super) fn wrap_file_key(channel: &Channel, id: &FileId, key: &Secret<32>) -> Vec<u8> {
    wrap_key(channel, id).seal(&ZERO_NONCE, id, key.expose())
}

pub(super) fn unwrap_file_key(channel: &Channel, id: &FileId, body: &[u8]) -> Result<Secret<32>, Error> {
    wrap_key(channel, id)
        .open_secret(&ZERO_NONCE, id, body)
        .map_err(|_| Error::NotAuthentic)
}

fn wrap_key(channel: &Channel, id: &FileId) -> Aead {
    Aead::new(&channel.export(labels::export::TRANSFER, id))
}

/// FDATA: `u32 idx || u64 offset || bytes`; this is what stands before the bytes.
pub(super) fn fdata_prefix(offset: u64) -> [u8; FDATA_PREFIX] {
    let mut prefix = [0; FDATA_PREFIX];
    prefix[..4].copy_from_slice(&INDEX.to_be_bytes());
    prefix[4..].copy_from_slice(&offset.to_be_bytes());
    prefix
}

/// How many bytes of content an FDATA record carries, when it goes on exactly at `expected`.
pub(super) fn parse_fdata(body: &[u8], expected: u64) -> Result<usize, Error> {
    let (prefix, bytes) = body
        .split_at_checked(FDATA_PREFIX)
        .ok_or(Error::Protocol("short FDATA"))?;
    if prefix != fdata_prefix(expected) || bytes.is_empty() {
        return Err(Error::Protocol("FDATA out of order"));
    }
    Ok(bytes.len())
}

/// FEND: `u32 idx || u64 size || BLAKE3(content)`.
pub(super) fn fend(size: u64, blake3: &[u8; 32]) -> Vec<u8> {
    [&INDEX.to_be_bytes()[..], &size.to_be_bytes(), blake3].concat()
}

/// FACK: `u32 idx || status 0 || BLAKE3 as written`.
pub(super) fn fack(blake3: &[u8; 32]) -> Vec<u8> {
    [&INDEX.to_be_bytes()[..], &[0], blake3].concat()
}

/// TEND: `u32 files || u64 bytes || BLAKE3 of all FEND bodies`.
pub(super) fn tend(size: u64, fend: &[u8]) -> Vec<u8> {
    let mut hash = crate::crypto::hash::Blake3::default();
    hash.update(fend);
    [&1u32.to_be_bytes()[..], &size.to_be_bytes(), &hash.finish()].concat()
}

const _: () = assert!(32 + TAG == 48, "a wrapped file key has 48 bytes");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_pass() {
        let entry = |name: &str| Entry {
            name: name.to_owned(),
            size: Some(3),
            mode: 0o644,
        };
        for good in ["a", "...", ".bashrc", "-rf", "a\\b", "\u{1b}[2J", &"x".repeat(255)] {
            let manifest = manifest(&[7; 16], &entry(good));
            assert_eq!(parse_manifest(&manifest), Ok(([7; 16], entry(good))));
        }
        for bad in ["", ".", "..", "../x", "/etc/x", "a/b", "a\0b", &"x".repeat(256)] {
            assert!(parse_manifest(&manifest(&[7; 16], &entry(bad))).is_err(), "{bad:?}");
        }
        let stream = Entry {
            name: String::new(),
            size: None,
            mode: 0o600,
        };
        assert_eq!(parse_manifest(&manifest(&[7; 16], &stream)).unwrap().1, stream);
    }

    #[test]
    fn a_manifest_is_read_to_its_last_byte() {
        let whole = manifest(
            &[7; 16],
            &Entry {
                name: "f".to_owned(),
                size: None,
                mode: 0,
            },
        );
        for length in 0..whole.len() {
            assert!(parse_manifest(&whole[..length]).is_err());
        }
        assert!(parse_manifest(&[&whole[..], b"x"].concat()).is_err());
    }
}
