//! What the two sides of a transfer say before contents flow: manifests, questions and choices.

use keypact::transfer::{Choice, Choices, Entry, Kind, Manifest, Modified, Query, Reading, queries, read_queries};

use super::Seed;

const ID: [u8; 16] = [7; 16];

/// One byte says what the rest is: the first record of a manifest, or one about a known offer.
pub fn offers(data: &[u8]) {
    match data.split_first() {
        Some((0, body)) => manifest(body),
        Some((1, body)) => choices(body),
        Some((2, body)) => asked(body),
        _ => {}
    }
}

/// What is read is a walk of plain names, and would be written the same.
fn manifest(body: &[u8]) {
    let Ok(reading) = Reading::start(body) else { return };
    let is_complete = reading.is_complete();
    let (id, manifest) = reading.finish();
    if is_complete {
        assert_eq!(manifest.records(&id), [body]);
    }
    for entry in manifest.entries().filter(|entry| !entry.path.is_empty()) {
        let names = || entry.path.split(|byte| *byte == b'/');
        assert!(names().all(|name| !matches!(name, b"" | b"." | b"..") && !name.contains(&0)));
        let folders = manifest.entries().filter(|above| above.kind == Kind::Folder);
        let above = folders.filter(|above| entry.path.starts_with(&[above.path, b"/"].concat()));
        assert_eq!(
            above.count() + 1,
            names().count(),
            "something lies in what is no folder"
        );
        assert_eq!(manifest.entries().filter(|other| other.path == entry.path).count(), 1);
    }
}

fn choices(body: &[u8]) {
    let offer = offer();
    let mut choices = Choices::default();
    if choices.read(body, &ID, &offer) == Ok(true) {
        assert_eq!(choices.records(&ID), [body]);
        for (index, entry) in offer.entries().enumerate() {
            if let Choice::From(offset) = choices.of(index) {
                assert!(entry.size().is_some_and(|size| 0 < offset && offset < size));
            }
        }
    }
}

fn asked(body: &[u8]) {
    let offer = offer();
    let mut asked = Vec::new();
    if read_queries(&mut asked, body, &ID, &offer) == Ok(true) {
        assert_eq!(queries(&ID, &asked), [body]);
        let fits = |query: &Query| offer.entry(query.entry as usize).size() >= Some(query.length);
        assert!(asked.iter().all(fits));
    }
}

fn offer() -> Manifest {
    let mut offer = Manifest::default();
    for (path, kind) in [
        ("a", Kind::Folder),
        ("a/b", Kind::File { size: 300 }),
        ("a/c", Kind::Symlink { target: b"b" }),
        ("d", Kind::File { size: 70_000 }),
    ] {
        let entry = Entry {
            path: path.as_bytes(),
            kind,
            mode: 0o640,
            modified: Modified {
                seconds: -1,
                nanoseconds: 999_999_999,
            },
        };
        offer.push(&entry).expect("a walk");
    }
    offer
}

/// Inputs that go all the way through the target.
pub fn seeds() -> Vec<Seed> {
    let mut wanted = Choices::default();
    wanted.add(1, Choice::From(256));
    wanted.add(2, Choice::Skip);
    wanted.add(3, Choice::Here);
    let asked = [1, 3].map(|entry| Query { entry, length: 256 });
    let seed = |name, kind: u8, body: Vec<u8>| ("offers", name, [&[kind], &body[..]].concat());
    vec![
        seed("manifest", 0, offer().records(&ID).remove(0)),
        seed("choices", 1, wanted.records(&ID).remove(0)),
        seed("queries", 2, queries(&ID, &asked).remove(0)),
    ]
}
