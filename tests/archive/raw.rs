//! Archives written by hand, block by block.

use tar::{EntryType, Header};

/// A header whose fields are as they are given, with the sum that they make.
pub(crate) fn header(name: &[u8], kind: u8, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(EntryType::new(kind));
    header.set_mode(0o755);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1_000_000_000);
    header.set_size(size);
    header.set_cksum();
    header
}

/// A member with contents, padded.
pub(crate) fn member(name: &[u8], kind: u8, contents: &[u8]) -> Vec<u8> {
    with(&header(name, kind, contents.len() as u64), contents)
}

pub(crate) fn file(name: &[u8]) -> Vec<u8> {
    member(name, b'0', b"contents")
}

pub(crate) fn folder(name: &[u8]) -> Vec<u8> {
    member(name, b'5', b"")
}

/// A link of either sort.
pub(crate) fn link(name: &[u8], kind: u8, target: &[u8]) -> Vec<u8> {
    let mut header = header(name, kind, 0);
    header.as_old_mut().linkname[..target.len()].copy_from_slice(target);
    header.set_cksum();
    with(&header, b"")
}

pub(crate) fn symlink(name: &[u8], target: &[u8]) -> Vec<u8> {
    link(name, b'2', target)
}

/// A pax header before the next member.
pub(crate) fn pax(records: &[u8]) -> Vec<u8> {
    member(b"pax", b'x', records)
}

/// A record of a pax header with fewer than 100 bytes.
pub(crate) fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let length = key.len() + value.len() + 3;
    let length = if length + 1 < 10 { length + 1 } else { length + 2 };
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

pub(crate) fn with(header: &Header, contents: &[u8]) -> Vec<u8> {
    let mut bytes = [header.as_bytes(), contents].concat();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// The members and the end behind them.
pub(crate) fn archive(members: &[Vec<u8>]) -> Vec<u8> {
    [members.concat(), vec![0; 1024]].concat()
}
