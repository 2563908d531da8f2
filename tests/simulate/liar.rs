//! A peer with every right to be there that means harm: it seals what it likes under the right keys.

use std::thread;

use keypact::channel::{Channel, Kind, Link};
use keypact::crypto::aead::{Aead, ZERO_NONCE};
use keypact::secret::Secret;
use keypact::transfer::{Error, Receipt};

use crate::link::{End, Silence, pair};
use crate::transfer::{Fate, blake3, channels, committed, receive};

/// A sender that follows the layouts of `docs/spec/transfer.md` and lies wherever it is told to.
struct Liar {
    manifest: Vec<u8>,
    before_key: Vec<(u8, Vec<u8>)>,
    key_record: fn(Vec<u8>) -> Vec<u8>,
    records: Vec<(u8, Vec<u8>)>,
}

const ID: [u8; 16] = [7; 16];
const WORDS: &[u8] = b"some content";
const MANIFEST: u8 = 0x10;
const FDATA: u8 = 0x12;
const FEND: u8 = 0x13;
const TEND: u8 = 0x15;

impl Liar {
    /// One who does not lie.
    fn honest() -> Self {
        Self {
            manifest: manifest(1, 1, 0, 0, 0o644, WORDS.len() as u64, b"name"),
            before_key: Vec::new(),
            key_record: |record| record,
            records: vec![
                fdata(0, 0, WORDS),
                fend(0, WORDS.len() as u64, WORDS),
                tend(1, WORDS.len() as u64, &fend(0, WORDS.len() as u64, WORDS).1),
            ],
        }
    }

    fn with(records: Vec<(u8, Vec<u8>)>) -> Self {
        Self {
            records,
            ..Self::honest()
        }
    }

    /// What the receiver makes of it.
    fn lie(self) -> (Result<Receipt, Error<Silence>>, Option<Vec<u8>>) {
        let (channel, receiving) = channels("liar");
        let [left, right] = pair([None, None]);
        let fate = Fate::default();
        let place = fate.target();
        let receiver = thread::spawn(move || receive(right, receiving, Some(place)));
        // A receiver that has hung up is what most lies lead to.
        let _ = self.tell(channel, left);
        let (result, _) = receiver.join().unwrap();
        (result, committed(&fate))
    }

    fn tell(self, mut channel: Channel, mut end: End) -> Result<(), Silence> {
        end.send(channel.seal(Kind(MANIFEST), &self.manifest))?;
        for (kind, body) in self.before_key {
            end.send(channel.seal(Kind(kind), &body))?;
        }
        end.receive()?;
        let file_key = Secret::<32>::with(|key| *key = [9; 32]);
        let wrap_key = channel.export::<32>(b"transfer kek", &ID);
        let wrapped = Aead::new(&wrap_key).seal(&ZERO_NONCE, &ID, file_key.expose());
        end.send(channel.seal(Kind(0x17), &(self.key_record)(wrapped)))?;
        channel.sealer.mix(&file_key, &ID);
        for (kind, body) in self.records {
            end.send(channel.seal(Kind(kind), &body))?;
        }
        end.receive().map(drop)
    }
}

fn manifest(version: u8, count: u32, index: u32, kind: u8, mode: u16, size: u64, name: &[u8]) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap().to_be_bytes();
    let (count, index, mode, size) = (
        count.to_be_bytes(),
        index.to_be_bytes(),
        mode.to_be_bytes(),
        size.to_be_bytes(),
    );
    [
        &[version],
        &ID[..],
        &count,
        &index,
        &[kind],
        &mode,
        &size,
        &length,
        name,
    ]
    .concat()
}

fn fdata(index: u32, offset: u64, content: &[u8]) -> (u8, Vec<u8>) {
    (
        FDATA,
        [&index.to_be_bytes()[..], &offset.to_be_bytes(), content].concat(),
    )
}

fn fend(index: u32, size: u64, content: &[u8]) -> (u8, Vec<u8>) {
    (
        FEND,
        [&index.to_be_bytes()[..], &size.to_be_bytes(), &blake3(content)].concat(),
    )
}

fn tend(files: u32, bytes: u64, fends: &[u8]) -> (u8, Vec<u8>) {
    (
        TEND,
        [&files.to_be_bytes()[..], &bytes.to_be_bytes(), &blake3(fends)].concat(),
    )
}

fn refused(liar: Liar, lie: &str) {
    let (result, committed) = liar.lie();
    assert!(result.is_err() && committed.is_none(), "believed: {lie}");
}

#[test]
fn manifests_that_lie_are_refused() {
    let size = WORDS.len() as u64;
    let names: [&[u8]; 9] = [
        b"",
        b".",
        b"..",
        b"a/b",
        b"/etc/passwd",
        b"../up",
        b"nul\0",
        b"\xff\xfe",
        &[b'x'; 256],
    ];
    let mut manifests: Vec<_> = names
        .iter()
        .map(|name| manifest(1, 1, 0, 0, 0o644, size, name))
        .collect();
    manifests.extend([
        manifest(0, 1, 0, 0, 0o644, size, b"n"),
        manifest(2, 1, 0, 0, 0o644, size, b"n"),
        manifest(1, 0, 0, 0, 0o644, size, b"n"),
        manifest(1, 2, 0, 0, 0o644, size, b"n"),
        manifest(1, 1, 1, 0, 0o644, size, b"n"),
        manifest(1, 1, 0, 1, 0o644, size, b"n"),
        manifest(1, 1, 0, 2, 0o644, size, b"n"),
        manifest(1, 1, 0, 0, 0o4755, size, b"n"),
        [manifest(1, 1, 0, 0, 0o644, size, b"n"), vec![0]].concat(),
        Vec::new(),
    ]);
    for manifest in manifests {
        let lie = format!("{manifest:02x?}");
        let liar = Liar {
            manifest,
            ..Liar::honest()
        };
        refused(liar, &lie);
    }
}

#[test]
fn an_order_of_records_that_lies_is_refused() {
    let size = WORDS.len() as u64;
    let (all, end) = (fdata(0, 0, WORDS), fend(0, size, WORDS));
    let total = tend(1, size, &end.1);
    let (data, close, verified, again) = (
        (1, WORDS.to_vec()),
        (4, Vec::new()),
        (2, vec![0x10]),
        (MANIFEST, Liar::honest().manifest),
    );
    let other = b"other content".as_slice();
    // TEND goes with the lie, so that the lie alone is what can be noticed.
    let ending_in = |end: (u8, Vec<u8>), size| vec![all.clone(), end.clone(), tend(1, size, &end.1)];
    let lies = [
        vec![fdata(0, 1, WORDS), end.clone(), total.clone()],
        vec![
            fdata(0, 0, &WORDS[..6]),
            fdata(0, 5, &WORDS[5..]),
            end.clone(),
            total.clone(),
        ],
        vec![
            fdata(0, 0, &WORDS[..6]),
            fdata(0, 7, &WORDS[6..]),
            end.clone(),
            total.clone(),
        ],
        vec![
            fdata(0, 6, &WORDS[6..]),
            fdata(0, 0, &WORDS[..6]),
            end.clone(),
            total.clone(),
        ],
        vec![fdata(1, 0, WORDS), end.clone(), total.clone()],
        vec![fdata(0, 0, b""), all.clone(), end.clone(), total.clone()],
        vec![(FDATA, vec![0; 11]), all.clone(), end.clone(), total.clone()],
        ending_in(fend(0, size, other), size),
        ending_in(fend(0, size + 1, WORDS), size),
        ending_in(fend(0, size + 1, WORDS), size + 1),
        ending_in(fend(1, size, WORDS), size),
        ending_in((FEND, end.1[..43].to_vec()), size),
        vec![all.clone(), end.clone(), tend(2, size, &end.1)],
        vec![all.clone(), end.clone(), tend(1, size - 1, &end.1)],
        vec![all.clone(), end.clone(), tend(1, size, b"")],
        vec![all.clone(), end.clone(), (TEND, [&total.1[..], b"x"].concat())],
        vec![all.clone(), end.clone(), all.clone(), total.clone()],
        vec![all.clone(), end.clone(), end.clone(), total.clone()],
        vec![all.clone(), end.clone(), close.clone()],
        vec![all.clone(), total.clone()],
        vec![all.clone(), close.clone(), end.clone(), total.clone()],
        vec![end.clone(), total.clone()],
        vec![data, end.clone(), total.clone()],
        vec![again.clone(), all.clone(), end.clone(), total.clone()],
        vec![all.clone(), again.clone(), end.clone(), total.clone()],
        vec![verified, all.clone(), end.clone(), total.clone()],
        vec![all.clone(), (3, vec![0]), end.clone(), total.clone()],
        vec![all.clone(), (0xff, Vec::new()), end.clone(), total.clone()],
        vec![all.clone(), (5, vec![0xff]), end.clone(), total.clone()],
    ];
    for records in lies {
        let lie = format!("{records:02x?}");
        refused(Liar::with(records), &lie);
    }
    for announced in [size - 1, size + 1] {
        let liar = Liar {
            manifest: manifest(1, 1, 0, 0, 0o644, announced, b"name"),
            ..Liar::honest()
        };
        refused(liar, "another size in the manifest");
    }
    let before_key = Liar {
        before_key: vec![again],
        ..Liar::honest()
    };
    refused(before_key, "two manifests");
    let content_first = Liar {
        before_key: vec![all],
        ..Liar::honest()
    };
    refused(content_first, "content before the file key");
    for key_record in [
        |mut record: Vec<u8>| {
            record[0] ^= 1;
            record
        },
        |_: Vec<u8>| Vec::new(),
        |record: Vec<u8>| [&record[..], &[0]].concat(),
    ] {
        let liar = Liar {
            key_record,
            ..Liar::honest()
        };
        refused(liar, "another file key");
    }
}

/// The liar's own layouts are right: told straight, the same story is believed, with idle talk in between too.
#[test]
fn an_honest_story_is_believed() {
    let (result, committed) = Liar::honest().lie();
    assert_eq!(result.unwrap().blake3, blake3(WORDS));
    assert_eq!(committed.as_deref(), Some(WORDS));

    let mut records = Liar::honest().records;
    records.splice(
        0..1,
        [(0, vec![0; 9]), fdata(0, 0, &WORDS[..5]), fdata(0, 5, &WORDS[5..])],
    );
    let (result, committed) = Liar::with(records).lie();
    assert!(result.is_ok() && committed.as_deref() == Some(WORDS));
}

/// The announced size is a bound: the disk is not filled beyond it while waiting for an end that may never come.
#[test]
fn more_than_was_announced_is_not_written() {
    let mut liar = Liar::honest();
    liar.records = vec![fdata(0, 0, WORDS), fdata(0, WORDS.len() as u64, &[0; 50_000])];
    let (channel, receiving) = channels("flood");
    let [left, right] = pair([None, None]);
    let fate = Fate::default();
    let place = fate.target();
    let receiver = thread::spawn(move || receive(right, receiving, Some(place)));
    let _ = liar.tell(channel, left);
    let (result, _) = receiver.join().unwrap();
    assert!(matches!(result, Err(Error::Content)), "{result:?}");
    assert!(fate.0.lock().unwrap().written.len() <= WORDS.len());
}
