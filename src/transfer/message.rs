//! Byte layouts of the transfer's short records (`docs/spec/transfer.md`, section 2). Integers are big-endian.

use super::manifest::{FileId, Manifest};
use crate::channel::{Channel, Error, Kind, MAX_BODY};
use crate::crypto::aead::{Aead, TAG, ZERO_NONCE};
use crate::crypto::labels;
use crate::encoding::fields::Fields;
use crate::secret::Secret;

pub(super) const MANIFEST: Kind = Kind(0x10);
pub(super) const ACCEPT: Kind = Kind(0x11);
pub(super) const FDATA: Kind = Kind(0x12);
pub(super) const FACK: Kind = Kind(0x14);
pub(super) const TEND: Kind = Kind(0x15);
pub(super) const QUERY: Kind = Kind(0x16);
pub(super) const FILE_KEY: Kind = Kind(0x17);
pub(super) const ANSWER: Kind = Kind(0x18);

/// Bytes of a BLAKE3 hash.
pub(super) const HASH: usize = 32;
/// More records of this kind follow.
const MORE: u8 = 1;
const LAST: u8 = 0;

/// A BLAKE3 hash.
pub type Hash = [u8; HASH];

/// The receiver asks for the hash of the first bytes of one of the sender's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// Number of the entry.
    pub entry: u32,
    /// How many bytes; no more than the file has.
    pub length: u64,
}

/// What the receiver wants of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Nothing of it.
    Skip,
    /// All of it; what is not mentioned is wanted so.
    Whole,
    /// The content from this byte on, which is neither the first nor behind the end: what is before it is there.
    From(u64),
    /// Nothing of it, for the receiver has the same content.
    Here,
}

/// What the receiver wants, but for the entries that it wants whole; ascending.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Choices(Vec<(u32, Choice)>);

impl Choices {
    /// Makes a choice for an entry behind all that were chosen before.
    ///
    /// # Panics
    /// For an entry that is not behind them.
    pub fn add(&mut self, entry: usize, choice: Choice) {
        let entry = u32::try_from(entry).expect("bounded by MOST_ENTRIES");
        assert!(self.0.last().is_none_or(|(last, _)| *last < entry), "choices ascend");
        if choice != Choice::Whole {
            self.0.push((entry, choice));
        }
    }

    /// What was chosen for an entry.
    pub fn of(&self, entry: usize) -> Choice {
        let found = self.0.binary_search_by_key(&entry, |(entry, _)| *entry as usize);
        found.map_or(Choice::Whole, |at| self.0[at].1)
    }

    /// The bodies of the ACCEPT records.
    pub fn records(&self, id: &FileId) -> Vec<Vec<u8>> {
        let items = self.0.iter().map(|(entry, choice)| {
            let entry = entry.to_be_bytes();
            match choice {
                Choice::Skip | Choice::Whole => [&entry[..], &[0]].concat(),
                Choice::From(offset) => [&entry[..], &[2], &offset.to_be_bytes()].concat(),
                Choice::Here => [&entry[..], &[3]].concat(),
            }
        });
        records(id, items)
    }

    /// Takes in an ACCEPT record: whether it was the last.
    ///
    /// # Errors
    /// [`Error::Protocol`] when it is none, or chooses what `offer` does not leave to choose.
    pub fn read(&mut self, body: &[u8], id: &FileId, offer: &Manifest) -> Result<bool, Error> {
        let mut fields = Fields::new(body);
        let is_last = front(&mut fields, id).ok_or(Error::Protocol("ACCEPT"))?;
        let before = self.0.len();
        while !fields.is_empty() {
            let (entry, choice) = choice(&mut fields).ok_or(Error::Protocol("ACCEPT"))?;
            let ascends = self.0.last().is_none_or(|(last, _)| *last < entry);
            if !ascends || !is_possible(entry, choice, offer) {
                return Err(Error::Protocol("ACCEPT"));
            }
            self.0.push((entry, choice));
        }
        // A record that says nothing must be the end, so that they end.
        let moves_on = is_last || self.0.len() > before;
        moves_on.then_some(is_last).ok_or(Error::Protocol("ACCEPT"))
    }
}

fn choice(fields: &mut Fields<'_>) -> Option<(u32, Choice)> {
    let entry = fields.u32()?;
    let choice = match fields.u8()? {
        0 => Choice::Skip,
        2 => Choice::From(fields.u64()?),
        3 => Choice::Here,
        _ => return None,
    };
    Some((entry, choice))
}

fn is_possible(entry: u32, choice: Choice, offer: &Manifest) -> bool {
    let entry = entry as usize;
    if entry >= offer.len() {
        return false;
    }
    let size = offer.entry(entry).size();
    match choice {
        Choice::Skip | Choice::Whole => true,
        Choice::From(offset) => size.is_some_and(|size| 0 < offset && offset < size),
        Choice::Here => size.is_some(),
    }
}

/// The bodies of the QUERY records.
pub fn queries(id: &FileId, queries: &[Query]) -> Vec<Vec<u8>> {
    let items = queries
        .iter()
        .map(|query| [&query.entry.to_be_bytes()[..], &query.length.to_be_bytes()].concat());
    records(id, items)
}

/// Takes in a QUERY record: whether it was the last.
///
/// # Errors
/// [`Error::Protocol`] when it is none, or asks for more than the files of `offer` have.
pub fn read_queries(queries: &mut Vec<Query>, body: &[u8], id: &FileId, offer: &Manifest) -> Result<bool, Error> {
    let mut fields = Fields::new(body);
    let is_last = front(&mut fields, id).ok_or(Error::Protocol("QUERY"))?;
    let before = queries.len();
    while !fields.is_empty() {
        let query = (|| {
            let (entry, length) = (fields.u32()?, fields.u64()?);
            Some(Query { entry, length })
        })();
        let query = query.ok_or(Error::Protocol("QUERY"))?;
        let ascends = queries.last().is_none_or(|last| last.entry < query.entry);
        let exists = (query.entry as usize) < offer.len();
        let fits = |size| query.length <= size;
        if !ascends || !exists || !offer.entry(query.entry as usize).size().is_some_and(fits) {
            return Err(Error::Protocol("QUERY"));
        }
        queries.push(query);
    }
    let asks = queries.len() > before;
    asks.then_some(is_last).ok_or(Error::Protocol("QUERY"))
}

/// `id(16) || 1 when more records follow, else 0 || items`, as many whole items as fit in each.
fn records(id: &FileId, items: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut records = vec![[&id[..], &[LAST]].concat()];
    for item in items {
        match records.last_mut() {
            Some(record) if record.len() + item.len() <= MAX_BODY => record.extend_from_slice(&item),
            last => {
                if let Some(record) = last {
                    record[id.len()] = MORE;
                }
                records.push([&id[..], &[LAST], &item].concat());
            }
        }
    }
    records
}

/// Whether the record is the last of its kind; `None` when it is of another transfer.
fn front(fields: &mut Fields<'_>, id: &FileId) -> Option<bool> {
    let (of, more) = (fields.array::<16>()?, fields.u8()?);
    (of == *id && more <= MORE).then_some(more == LAST)
}

/// ANSWER: hashes in the order of the queries, as many as there are.
pub(super) fn parse_answer(body: &[u8]) -> Result<impl Iterator<Item = Hash>, Error> {
    let (hashes, rest) = body.as_chunks::<HASH>();
    let is_whole = rest.is_empty() && !hashes.is_empty();
    is_whole
        .then(|| hashes.iter().copied())
        .ok_or(Error::Protocol("ANSWER"))
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

/// TEND: `u32 files || u64 bytes || hash of the transfer`.
pub(super) fn tend(files: u32, bytes: u64, hash: &Hash) -> Vec<u8> {
    [&files.to_be_bytes()[..], &bytes.to_be_bytes(), hash].concat()
}

/// FACK: `0 || hash of the transfer`, all in place.
pub(super) fn fack(hash: &Hash) -> Vec<u8> {
    [&[0], &hash[..]].concat()
}

const _: () = assert!(32 + TAG == 48, "a wrapped file key has 48 bytes");

#[cfg(test)]
mod tests {
    use super::super::manifest::{Entry, Kind, Modified};
    use super::*;

    const ID: FileId = [3; 16];

    fn offer(count: usize) -> Manifest {
        let mut offer = Manifest::default();
        for number in 0..count {
            let path = format!("{number:09}");
            let entry = Entry {
                path: path.as_bytes(),
                kind: if number == 0 {
                    Kind::Folder
                } else {
                    Kind::File { size: 10 }
                },
                mode: 0o600,
                modified: Modified::default(),
            };
            offer.push(&entry).unwrap();
        }
        offer
    }

    fn accept(items: &[(u32, &[u8])]) -> Vec<u8> {
        let items = items
            .iter()
            .flat_map(|(entry, rest)| [&entry.to_be_bytes()[..], *rest].concat());
        [&ID[..], &[LAST]].concat().into_iter().chain(items).collect()
    }

    #[test]
    fn choices_go_over_several_records_and_come_back() {
        let offer = offer(30_000);
        let mut choices = Choices::default();
        for entry in (1..30_000).filter(|entry| entry % 7 > 0) {
            choices.add(
                entry,
                [Choice::Skip, Choice::Here, Choice::From(9), Choice::Whole][entry % 4],
            );
        }
        let records = choices.records(&ID);
        assert!(records.len() > 2);
        let mut again = Choices::default();
        for (number, record) in records.iter().enumerate() {
            assert_eq!(again.read(record, &ID, &offer), Ok(number + 1 == records.len()));
        }
        assert_eq!(again, choices);
        assert_eq!(
            (again.of(0), again.of(5), again.of(7)),
            (Choice::Whole, Choice::Here, Choice::Whole)
        );
    }

    #[test]
    fn choices_that_cannot_be_are_refused() {
        let offer = offer(4);
        let read = |body: &[u8]| Choices::default().read(body, &ID, &offer);
        let from = |offset: u64| [&[2][..], &offset.to_be_bytes()].concat();
        assert_eq!(read(&accept(&[(0, &[0]), (1, &from(9)), (2, &[3])])), Ok(true));
        for bad in [
            accept(&[(2, &[0]), (1, &[0])]),
            accept(&[(1, &[0]), (1, &[0])]),
            accept(&[(4, &[0])]),
            accept(&[(1, &[1])]),
            accept(&[(1, &[4])]),
            accept(&[(1, &from(0))]),
            accept(&[(1, &from(10))]),
            accept(&[(0, &from(1))]),
            accept(&[(0, &[3])]),
            accept(&[(1, &[])]),
            [&[4; 16][..], &[LAST]].concat(),
            [&ID[..], &[2]].concat(),
            [&ID[..], &[MORE]].concat(),
            ID.to_vec(),
        ] {
            assert!(read(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn queries_come_back_and_ask_for_no_more_than_there_is() {
        let offer = offer(20_000);
        let asked: Vec<_> = (1..20_000).map(|entry| Query { entry, length: 10 }).collect();
        let mut again = Vec::new();
        let records = queries(&ID, &asked);
        for (number, record) in records.iter().enumerate() {
            let last = number + 1 == records.len();
            assert_eq!(read_queries(&mut again, record, &ID, &offer), Ok(last));
        }
        assert_eq!(again, asked);
        for bad in [(1, 11), (0, 0), (20_000, 1)] {
            let record = queries(
                &ID,
                &[Query {
                    entry: bad.0,
                    length: bad.1,
                }],
            )
            .remove(0);
            assert!(read_queries(&mut Vec::new(), &record, &ID, &offer).is_err());
        }
        assert!(read_queries(&mut Vec::new(), &queries(&ID, &[])[0], &ID, &offer).is_err());
    }
}
