//! A peer with every right to be there that means harm: it seals what it likes under the right keys.

use std::io::{self, Read as _};
use std::thread;

use keypact::channel::{Channel, Kind, Link};
use keypact::crypto::aead::{Aead, ZERO_NONCE};
use keypact::secret::Secret;
use keypact::transfer::{self, Error, Padding, Receipt};

use crate::channels::channels;
use crate::link::{End, Silence, pair};
use crate::parcel::{Contents, Fate, blake3, offer};
use crate::script::Seeded;
use crate::transfer::receive;

/// A sender that follows the layouts of `docs/spec/transfer.md` and lies wherever it is told to.
struct Liar {
    manifests: Vec<Vec<u8>>,
    before_key: Vec<(u8, Vec<u8>)>,
    key_record: fn(Vec<u8>) -> Vec<u8>,
    records: Vec<(u8, Vec<u8>)>,
}

const ID: [u8; 16] = [7; 16];
const WORDS: &[u8] = b"some content";
const MANIFEST: u8 = 0x10;
const ACCEPT: u8 = 0x11;
const FDATA: u8 = 0x12;
const FACK: u8 = 0x14;
const TEND: u8 = 0x15;
const QUERY: u8 = 0x16;
const ANSWER: u8 = 0x18;

const FILE: u8 = 0;
const FOLDER: u8 = 1;
const LINK: u8 = 2;
const STREAM: u8 = 3;

impl Liar {
    /// One who does not lie: two files.
    fn honest() -> Self {
        let size = WORDS.len() as u64;
        Self {
            manifests: vec![manifest(3, 2, &[file(b"name", size), file(b"other", 2)])],
            before_key: Vec::new(),
            key_record: |record| record,
            records: vec![
                (FDATA, [WORDS, &blake3(WORDS), b"hi", &blake3(b"hi")].concat()),
                tend(2, size + 2, &[WORDS, b"hi"]),
            ],
        }
    }

    /// One file and these records about it.
    fn with(records: Vec<(u8, Vec<u8>)>) -> Self {
        Self {
            manifests: vec![manifest(3, 1, &[file(b"name", WORDS.len() as u64)])],
            records,
            ..Self::honest()
        }
    }

    fn of(manifest: Vec<u8>) -> Self {
        Self {
            manifests: vec![manifest],
            ..Self::honest()
        }
    }

    /// What the receiver makes of it.
    fn lie(self) -> (Result<Receipt, Error<Silence>>, Fate) {
        let (channel, receiving) = channels("liar");
        let [left, right] = pair([None, None]);
        let fate = Fate::default();
        let target = fate.target();
        let receiver = thread::spawn(move || receive(right, receiving, target));
        // A receiver that has hung up is what most lies lead to.
        let _ = self.tell(channel, left);
        let (result, _) = receiver.join().unwrap();
        (result, fate)
    }

    fn tell(self, mut channel: Channel, mut end: End) -> Result<(), Silence> {
        for manifest in self.manifests {
            end.send(channel.seal(Kind(MANIFEST), &manifest))?;
        }
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

fn manifest(version: u8, count: u32, entries: &[Vec<u8>]) -> Vec<u8> {
    [&[version], &ID[..], &[0], &count.to_be_bytes(), &entries.concat()].concat()
}

/// The same with contents in another coding.
fn coded(coding: u8, mut manifest: Vec<u8>) -> Vec<u8> {
    manifest[17] = coding;
    manifest
}

fn file(path: &[u8], size: u64) -> Vec<u8> {
    entry(FILE, 0o644, 0, size, path, b"")
}

fn entry(kind: u8, mode: u16, nanoseconds: u32, size: u64, path: &[u8], target: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap().to_be_bytes();
    let (mode, nanoseconds, size) = (mode.to_be_bytes(), nanoseconds.to_be_bytes(), size.to_be_bytes());
    [
        &[kind][..],
        &mode,
        &7_i64.to_be_bytes(),
        &nanoseconds,
        &size,
        &length(path),
        &length(target),
        path,
        target,
    ]
    .concat()
}

fn tend(files: u32, bytes: u64, contents: &[&[u8]]) -> (u8, Vec<u8>) {
    let hash = match contents {
        [only] => blake3(only),
        several => blake3(&several.iter().flat_map(|content| blake3(content)).collect::<Vec<_>>()),
    };
    (TEND, [&files.to_be_bytes()[..], &bytes.to_be_bytes(), &hash].concat())
}

#[track_caller]
fn refused(liar: Liar, lie: &str) {
    let (result, fate) = liar.lie();
    assert!(result.is_err() && fate.committed().is_none(), "believed: {lie}");
}

#[test]
fn manifests_that_lie_are_refused() {
    let size = WORDS.len() as u64;
    let (good, long) = (file(b"n", size), vec![b'x'; 256]);
    let names: [&[u8]; 12] = [
        b"",
        b".",
        b"..",
        b"a/b",
        b"/etc/passwd",
        b"../up",
        b"./n",
        b"n/",
        b"n//m",
        b"nul\0",
        &long,
        &[b'y'; 4096],
    ];
    let mut lies: Vec<_> = names.iter().map(|name| manifest(3, 1, &[file(name, size)])).collect();
    lies.extend([
        manifest(0, 1, std::slice::from_ref(&good)),
        manifest(1, 1, std::slice::from_ref(&good)),
        manifest(2, 1, std::slice::from_ref(&good)),
        manifest(4, 1, std::slice::from_ref(&good)),
        coded(2, manifest(3, 1, std::slice::from_ref(&good))),
        manifest(3, 0, &[]),
        manifest(3, 0, std::slice::from_ref(&good)),
        manifest(3, 1, &[]),
        manifest(3, u32::MAX, std::slice::from_ref(&good)),
        manifest(3, 1, &[file(b"m", 1), good.clone()]),
        manifest(3, 2, &[good.clone(), good.clone()]),
        manifest(3, 2, &[good.clone(), file(b"m", 1)]),
        manifest(3, 2, &[good.clone(), file(b"n/m", 1)]),
        manifest(3, 2, &[entry(LINK, 0o777, 0, 0, b"n", b"m"), file(b"n/m", 1)]),
        manifest(3, 2, &[entry(FOLDER, 0o755, 0, 0, b"n", b""), file(b"n/..", 1)]),
        manifest(3, 2, &[entry(FOLDER, 0o755, 0, 0, b"n", b""), file(b"m/n", 1)]),
        manifest(3, 2, &[entry(STREAM, 0o644, 0, 0, b"n", b""), file(b"o", 1)]),
        manifest(3, 1, &[entry(4, 0o644, 0, 0, b"n", b"")]),
        manifest(3, 1, &[entry(FILE, 0o4755, 0, 1, b"n", b"")]),
        manifest(3, 1, &[entry(FILE, 0o644, 1_000_000_000, 1, b"n", b"")]),
        manifest(3, 1, &[entry(FILE, 0o644, 0, 1, b"n", b"target")]),
        manifest(3, 1, &[entry(FOLDER, 0o755, 0, 1, b"n", b"")]),
        manifest(3, 1, &[entry(STREAM, 0o644, 0, 1, b"n", b"")]),
        manifest(3, 1, &[[&good[..], &[0]].concat()]),
        manifest(3, 1, &[good[..good.len() - 1].to_vec()]),
        Vec::new(),
    ]);
    for manifest in lies {
        let lie = format!("{manifest:02x?}");
        refused(Liar::of(manifest), &lie);
    }
    for second in [Vec::new(), file(b"zz", 1), manifest(3, 2, &[good])] {
        let mut liar = Liar::honest();
        liar.manifests.push(second);
        refused(liar, "more of a manifest that is complete");
    }
}

#[test]
fn an_order_of_records_that_lies_is_refused() {
    let size = WORDS.len() as u64;
    let hash = blake3(WORDS);
    let data = |parts: &[&[u8]]| (FDATA, parts.concat());
    let (all, total) = (data(&[WORDS, &hash]), tend(1, size, &[WORDS]));
    let again = (MANIFEST, manifest(3, 1, &[file(b"name", size)]));
    let mut changed = hash;
    changed[31] ^= 1;
    let lies = [
        vec![data(&[WORDS]), total.clone()],
        vec![data(&[WORDS, &hash[..31]]), total.clone()],
        vec![data(&[WORDS, &changed]), total.clone()],
        vec![data(&[&WORDS[1..], &hash]), total.clone()],
        vec![data(&[WORDS, &hash, b"x"]), total.clone()],
        vec![all.clone(), all.clone(), total.clone()],
        vec![(FDATA, Vec::new()), all.clone(), total.clone()],
        vec![all.clone(), tend(2, size, &[WORDS])],
        vec![all.clone(), tend(1, size - 1, &[WORDS])],
        vec![all.clone(), tend(1, size, &[b"other"])],
        vec![all.clone(), (TEND, total.1[..43].to_vec())],
        vec![all.clone(), (TEND, [&total.1[..], b"x"].concat())],
        vec![total.clone()],
        vec![total.clone(), all.clone()],
        vec![all.clone(), (4, Vec::new())],
        vec![(4, Vec::new()), all.clone(), total.clone()],
        vec![(1, WORDS.to_vec()), all.clone(), total.clone()],
        vec![again.clone(), all.clone(), total.clone()],
        vec![all.clone(), again.clone(), total.clone()],
        vec![(2, vec![0x10]), all.clone(), total.clone()],
        vec![(0x13, vec![0; 44]), all.clone(), total.clone()],
        vec![(ANSWER, vec![0; 32]), all.clone(), total.clone()],
        vec![(0x19, Vec::new()), all.clone(), total.clone()],
        vec![(3, vec![0]), all.clone(), total.clone()],
        vec![(0xff, Vec::new()), all.clone(), total.clone()],
        vec![(5, vec![0xff]), all.clone(), total.clone()],
    ];
    for records in lies {
        let lie = format!("{records:02x?}");
        refused(Liar::with(records), &lie);
    }
    for announced in [size - 1, size + 1] {
        let mut liar = Liar::with(vec![all.clone(), total.clone()]);
        liar.manifests = vec![manifest(3, 1, &[file(b"name", announced)])];
        refused(liar, "another size in the manifest");
    }
    for (kind, body) in [again, all, (ANSWER, vec![0; 32])] {
        let mut liar = Liar::honest();
        liar.before_key = vec![(kind, body)];
        refused(liar, "something before the file key");
    }
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
    let (result, fate) = Liar::honest().lie();
    assert_eq!(result.unwrap().files, 2);
    assert_eq!(fate.committed().unwrap(), [WORDS, b"hi"]);

    let mut liar = Liar::honest();
    let entry = liar.manifests[0].split_off(22 + 31);
    liar.manifests.push(entry);
    let bytes = liar.records.remove(0).1;
    for piece in bytes.chunks(5).rev() {
        liar.records.insert(0, (FDATA, piece.to_vec()));
        liar.records.insert(0, (0, vec![0; 9]));
    }
    let (result, fate) = liar.lie();
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(fate.committed().unwrap(), [WORDS, b"hi"]);
}

#[test]
fn what_has_another_hash_is_spoilt_and_what_came_before_is_not() {
    let mut liar = Liar::honest();
    let at = liar.records[0].1.len() - 1;
    liar.records[0].1[at] ^= 1;
    let (result, fate) = liar.lie();
    assert!(matches!(result, Err(Error::Content)), "{result:?}");
    assert_eq!(fate.0.lock().unwrap().spoilt, [1]);
}

/// The announced size is a bound: the disk is not filled beyond it while waiting for an end that may never come.
#[test]
fn more_than_was_announced_is_not_written() {
    let liar = Liar::with(vec![(FDATA, WORDS.to_vec()), (FDATA, vec![0; 50_000])]);
    let (result, fate) = liar.lie();
    assert!(matches!(result, Err(Error::Content)), "{result:?}");
    assert!(fate.0.lock().unwrap().written[0].len() <= WORDS.len());
}

/// What a receiver says that lies: each answer to the manifest, and what it says at the end.
fn told_by_receiver(answers: &[(u8, Vec<u8>)], end: &(u8, Vec<u8>)) -> Result<Receipt, Error<Silence>> {
    let (sending, mut channel) = channels("lying receiver");
    let [mut left, mut right] = pair([None, None]);
    let sender = thread::spawn(move || {
        let source = Box::new(Contents::of(&[WORDS.to_vec(), b"hi".to_vec()]));
        let offer = offer(&[("name", WORDS.len() as u64), ("other", 2)]);
        transfer::send(
            &mut left,
            sending,
            offer,
            source,
            Padding::Off,
            &mut Seeded::new("sender"),
            &mut |_| {},
        )
    });
    let mut tell = || -> Result<(), Silence> {
        let mut manifest = right.receive()?;
        let (_, body) = channel.opener.open(&mut manifest).unwrap();
        let id: [u8; 16] = body[1..17].try_into().unwrap();
        for (kind, body) in answers {
            right.send(channel.seal(Kind(*kind), &[&id[..], body].concat()))?;
        }
        // An answer to each question, FILE_KEY, FDATA, TEND.
        for _ in 0..answers.iter().filter(|(kind, _)| *kind == QUERY).count() + 3 {
            right.receive()?;
        }
        right.send(channel.seal(Kind(end.0), &end.1))?;
        while right.receive().is_ok() {}
        Ok(())
    };
    let _ = tell();
    drop(right);
    sender.join().unwrap()
}

fn item(entry: u32, rest: &[u8]) -> Vec<u8> {
    [&entry.to_be_bytes()[..], rest].concat()
}

#[test]
fn a_receiver_that_lies_is_not_believed() {
    let (size, both) = (WORDS.len() as u64, blake3(&[blake3(WORDS), blake3(b"hi")].concat()));
    let fack = (FACK, [&[0][..], &both].concat());
    let (accept, query) = (
        |items: &[u8]| (ACCEPT, [&[0][..], items].concat()),
        |items: &[u8]| (QUERY, [&[0][..], items].concat()),
    );
    assert!(told_by_receiver(&[accept(b"")], &fack).is_ok());
    let ask = query(&item(0, &size.to_be_bytes()));
    assert!(told_by_receiver(&[ask.clone(), accept(&item(0, &[3]))], &fack).is_ok());

    let from = |offset: u64| [&[2][..], &offset.to_be_bytes()].concat();
    for answers in [
        vec![],
        vec![accept(&item(0, &[3]))],
        vec![query(&item(0, &1_u64.to_be_bytes())), accept(&item(0, &[3]))],
        vec![accept(&item(2, &[0]))],
        vec![accept(&item(0, &[9]))],
        vec![accept(&item(0, &from(size)))],
        vec![accept(&[item(1, &[0]), item(0, &[0])].concat())],
        vec![(ACCEPT, vec![1])],
        vec![accept(b"x")],
        vec![query(b"")],
        vec![query(&item(0, &(size + 1).to_be_bytes()))],
        vec![ask.clone(), ask.clone(), accept(b"")],
        vec![ask.clone(), ask],
        vec![(1, Vec::new())],
        vec![(0x12, vec![0; 32])],
    ] {
        assert!(told_by_receiver(&answers, &fack).is_err(), "{answers:02x?}");
    }
    for end in [
        (FACK, [&[1][..], &both].concat()),
        (FACK, [&[0][..], &blake3(b"")].concat()),
        (FACK, fack.1[..32].to_vec()),
        (FACK, Vec::new()),
        (4, Vec::new()),
        (TEND, fack.1.clone()),
    ] {
        assert!(told_by_receiver(&[accept(b"")], &end).is_err(), "{end:02x?}");
    }
}

/// One whose contents travel as this zstd frame, or what it passes off as one.
fn packed(frame: &[u8]) -> Liar {
    let mut liar = Liar::with(frame.chunks(65_536).map(|piece| (FDATA, piece.to_vec())).collect());
    liar.records.push(tend(1, WORDS.len() as u64, &[WORDS]));
    liar.manifests = vec![coded(1, liar.manifests.remove(0))];
    liar
}

#[test]
fn packed_contents_that_lie_are_refused() {
    let row = [WORDS, &blake3(WORDS)].concat();
    let good = zstd::bulk::compress(&row, 3).unwrap();
    let (result, fate) = packed(&good).lie();
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(fate.committed().unwrap(), [WORDS]);

    let wide = {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(24).unwrap();
        io::Write::write_all(&mut encoder, &row).unwrap();
        encoder.finish().unwrap()
    };
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7], &good[..]].concat();
    for (lie, frame) in [
        ("no frame", &row[..]),
        ("a part of one", &good[..good.len() - 1]),
        ("more behind it", &[&good[..], b"x"].concat()),
        ("two frames", &[&good[..], &good].concat()),
        ("a frame of something else before it", &skippable),
        ("a window of 16 MiB", &wide),
        ("the row of another file", &zstd::bulk::compress(&row[1..], 3).unwrap()),
    ] {
        refused(packed(frame), lie);
    }
}

/// A gigabyte of zeros fits into a few records. The size that was agreed to is a bound for it too.
#[test]
fn a_bomb_is_put_out_where_the_announced_size_ends() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    io::copy(&mut io::repeat(0).take(1 << 30), &mut encoder).unwrap();
    let (result, fate) = packed(&encoder.finish().unwrap()).lie();
    assert!(matches!(result, Err(Error::Content)), "{result:?}");
    assert!(fate.0.lock().unwrap().written[0].len() <= WORDS.len());
}
