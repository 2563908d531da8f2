//! Parts of payloads: what is read at any place is what a reader of everything gives there.

use std::io::{Cursor, Read, Seek, SeekFrom};

use keypact::format::{self, stream::Jobs};

use super::Seed;
use super::file::{KNOWN_HEADER, KnownKey, PAYLOADS, known_key, payload};

/// Where to read, in four bytes, then a payload under a known file key.
pub fn range(data: &[u8]) {
    let Some((place, payload)) = data.split_first_chunk::<4>() else {
        return;
    };
    let file = [&KNOWN_HEADER.to_bytes(), payload].concat();
    let (whole, is_whole) = all_of(&file);
    let Ok(mut reader) = KNOWN_HEADER.decrypt_seek(Cursor::new(&file), &known_key()) else {
        return assert!(!is_whole, "an authentic end was refused");
    };
    assert!(!is_whole || reader.len() == whole.len() as u64);

    let start = u64::from(u32::from_be_bytes(*place)) % (reader.len() + 2);
    let mut part = Vec::new();
    reader.seek(SeekFrom::Start(start)).expect("within 64 bits");
    let read = reader.read_to_end(&mut part);
    let start = usize::try_from(start).expect("within the file");
    match whole.get(start..) {
        Some(same) if is_whole => assert!(read.is_ok() && part == same, "another content in a part"),
        // Behind the first damage, chunks may still be what was written at their places.
        Some(same) => assert!(
            part.starts_with(same) || same.starts_with(&part),
            "another content in a part"
        ),
        None => assert!(!is_whole || part.is_empty()),
    }
}

/// What a reader of everything releases, and whether to the end; one thread and several are the same.
fn all_of(file: &[u8]) -> (Vec<u8>, bool) {
    let mut plain = Vec::new();
    let Ok(mut reader) = format::decrypt(file, &[&KnownKey]) else {
        return (plain, false);
    };
    let is_whole = reader.read_to_end(&mut plain).is_ok();
    let mut copied = Vec::new();
    let again = format::decrypt(file, &[&KnownKey]).expect("it opened before");
    assert_eq!(again.copy_to(&mut copied, Jobs::available()).is_ok(), is_whole);
    assert!(copied == plain);
    (plain, is_whole)
}

/// Inputs that go all the way through the target, and others that come far.
pub fn seeds() -> Vec<Seed> {
    let names = ["empty", "short", "one-chunk", "two-chunks"];
    let places: [u32; 4] = [0, 3, 65_530, 65_538];
    let at = |(name, (length, place)): (&'static str, (&usize, u32))| {
        ("range", name, [&place.to_be_bytes()[..], &payload(*length)].concat())
    };
    names.into_iter().zip(PAYLOADS.iter().zip(places)).map(at).collect()
}
