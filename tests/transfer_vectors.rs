//! The layouts of a transfer's records against a second implementation: `tests/vectors/transfer.py`, written from
//! `docs/spec/transfer.md` alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use keypact::channel::Coding;
use keypact::transfer::{Choice, Choices, Entry, Kind, Manifest, Modified, Query, Reading, queries, read_queries};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/transfer.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    keypact::encoding::hex::decode(value.as_str().unwrap()).unwrap()
}

fn all_bytes(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(bytes).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

fn offer(entries: &Value) -> Manifest {
    let mut offer = Manifest::default();
    for entry in entries.as_array().unwrap() {
        let target = entry.get("target").map(bytes).unwrap_or_default();
        let kind = match entry["kind"].as_str().unwrap() {
            "file" => Kind::File {
                size: number(&entry["size"]),
            },
            "folder" => Kind::Folder,
            "link" => Kind::Symlink { target: &target },
            _ => Kind::Stream,
        };
        let described = Entry {
            path: &bytes(&entry["path"]),
            kind,
            mode: entry
                .get("mode")
                .map_or(0o644, |mode| u16::try_from(number(mode)).unwrap()),
            modified: Modified {
                seconds: entry["seconds"].as_i64().unwrap_or(0),
                nanoseconds: u32::try_from(number(&entry["nanoseconds"])).unwrap(),
            },
        };
        offer.push(&described).unwrap();
    }
    offer
}

#[test]
fn both_implementations_write_and_read_the_same() {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 3);
    for case in cases {
        let id: [u8; 16] = bytes(&case["id"]).try_into().unwrap();
        let offer = offer(&case["entries"]);
        let manifest = all_bytes(&case["manifest"]);
        assert_eq!(offer.records(&id), manifest, "{}", case["name"]);
        let mut packed = self::offer(&case["entries"]);
        packed.coding = Coding::Zstd;
        assert_eq!(packed.records(&id), all_bytes(&case["packed"]), "{}", case["name"]);
        let mut reading = Reading::start(&manifest[0]).unwrap();
        manifest[1..].iter().for_each(|record| reading.more(record).unwrap());
        assert!(reading.is_complete());
        let (read_id, read) = reading.finish();
        assert!(read_id == id && read.entries().eq(offer.entries()));

        let asked: Vec<Query> = case["queries"].as_array().unwrap().iter().map(query).collect();
        if !asked.is_empty() {
            assert_eq!(queries(&id, &asked), all_bytes(&case["query"]));
        }
        let mut again = Vec::new();
        for record in all_bytes(&case["query"]) {
            read_queries(&mut again, &record, &id, &offer).unwrap();
        }
        assert_eq!(again, asked);

        let mut choices = Choices::default();
        for item in case["choices"].as_array().unwrap() {
            choices.add(usize::try_from(number(&item[0])).unwrap(), choice(item));
        }
        assert_eq!(choices.records(&id), all_bytes(&case["accept"]));
    }
}

#[test]
fn a_long_list_is_cut_into_records_at_the_same_places() {
    let list = &vectors()["long_list"];
    let mut offer = Manifest::default();
    for size in 0..number(&list["count"]) {
        let path = format!("{size:0200}");
        let entry = Entry {
            path: path.as_bytes(),
            kind: Kind::File { size },
            mode: 0o644,
            modified: Modified::default(),
        };
        offer.push(&entry).unwrap();
    }
    let records = offer.records(&bytes(&list["id"]).try_into().unwrap());
    assert!(records.len() > 1);
    let hashes: Vec<_> = records
        .iter()
        .map(|record| keypact::crypto::hash::sha256(&[record]).to_vec())
        .collect();
    assert_eq!(hashes, all_bytes(&list["sha256"]));
}

fn query(item: &Value) -> Query {
    Query {
        entry: u32::try_from(number(&item[0])).unwrap(),
        length: number(&item[1]),
    }
}

fn choice(item: &Value) -> Choice {
    match number(&item[1]) {
        0 => Choice::Skip,
        2 => Choice::From(number(&item[2])),
        _ => Choice::Here,
    }
}

#[test]
fn what_the_other_implementation_holds_to_be_malformed_is_refused() {
    let vectors = vectors();
    let refused = vectors["refused"].as_array().unwrap();
    assert!(refused.len() >= 20);
    for case in refused {
        assert!(Reading::start(&bytes(&case["manifest"])).is_err(), "{}", case["why"]);
    }
}
