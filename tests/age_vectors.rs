//! The published age test vectors through the library: each outcome, what is released before a failure, and the same
//! bytes again when a file is written under its own file key.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/cctv.rs"]
mod cctv;

use std::io::{BufRead, Cursor, Read, Write};
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use cctv::{Expect, Vector};
use keypact::crypto::hash::sha256;
use keypact::encoding::hex;
use keypact::format::stream::Jobs;
use keypact::format::{self, Error, FileKey, Header, Identity, armor, keys, scrypt};
use keypact::secret::{Passphrase, Secret};

/// Every way to read a payload.
const WAYS: [Way; 4] = [Way::Reader, Way::Inline, Way::Parallel, Way::Anywhere];

static THREE: LazyLock<Jobs> = LazyLock::new(|| Jobs::new(NonZeroUsize::new(3).unwrap()));

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// A chunk at a time.
    Reader,
    /// All of it, by the calling thread.
    Inline,
    /// All of it, by several threads.
    Parallel,
    /// The last chunk first; of files that are not armored and have a header that opens.
    Anywhere,
}

#[test]
fn every_vector_ends_as_it_must_however_it_is_read() {
    for vector in cctv::load().unwrap_or_default() {
        for way in WAYS {
            ends_as_it_must(&vector, way);
        }
    }
}

fn ends_as_it_must(vector: &Vector, way: Way) {
    let name = format!("{} {way:?}", vector.name);
    let mut released = Vec::new();
    let outcome = match decrypt(vector, way, &mut released) {
        Ok(()) => Expect::Success,
        Err(error) => Expect::Failure(error.kind().as_str()),
    };
    assert_eq!(outcome, vector.expect, "{name}");
    match &vector.payload {
        // Where the end is read first, less may come out of a file that is not whole, and nothing else.
        _ if way == Way::Anywhere && outcome != Expect::Success => {
            let mut most = Vec::new();
            let _ = decrypt(vector, Way::Reader, &mut most);
            assert!(most.starts_with(&released), "{name}");
        }
        Some(hash) => assert_eq!(&hex::encode(&sha256(&[&released])), hash, "{name}"),
        None => assert!(released.is_empty() || outcome == Expect::Failure("armor"), "{name}"),
    }
}

#[test]
fn every_file_is_written_again_to_the_byte() {
    for vector in cctv::load().unwrap_or_default() {
        if vector.expect == Expect::Success {
            let binary = binary(&vector);
            assert!(write_again(&vector, &binary) == binary, "{}", vector.name);
        }
    }
}

#[test]
fn every_header_is_written_again_to_the_byte() {
    for vector in cctv::load().unwrap_or_default() {
        if !matches!(vector.expect, Expect::Failure("header" | "armor")) {
            let binary = binary(&vector);
            let mut rest = &binary[..];
            let header = Header::read(&mut rest).unwrap();
            assert!(binary.starts_with(&header.to_bytes()), "{}", vector.name);
            assert_eq!(header.to_bytes().len(), binary.len() - rest.len(), "{}", vector.name);
        }
    }
}

fn decrypt(vector: &Vector, way: Way, released: &mut Vec<u8>) -> Result<(), Error> {
    let identities = identities(vector);
    let identities: Vec<&dyn Identity> = identities.iter().map(|identity| &**identity).collect();
    let open = || format::decrypt(armor::Reader::new(&vector.file[..]), &identities);
    match way {
        Way::Reader => drop(open()?.read_to_end(released)?),
        Way::Inline => drop(open()?.copy_to(released, Jobs::ONE)?),
        Way::Parallel => drop(open()?.copy_to(released, *THREE)?),
        Way::Anywhere => {
            let mut binary = Vec::new();
            armor::Reader::new(&vector.file[..]).read_to_end(&mut binary)?;
            let header = Header::read(&mut &binary[..])?;
            let file_key = header.file_key(&identities)?;
            let mut reader = header.decrypt_seek(Cursor::new(&binary), &file_key)?;
            reader.read_to_end(released)?;
            assert_eq!(reader.len(), released.len() as u64, "{}", vector.name);
        }
    }
    Ok(())
}

fn identities(vector: &Vector) -> Vec<Box<dyn Identity>> {
    let mut identities: Vec<Box<dyn Identity>> = Vec::new();
    for text in &vector.identities {
        identities.push(Box::new(text.parse::<keys::IdentityKey>().unwrap()));
    }
    for text in &vector.passphrases {
        let passphrase = Passphrase::new(text.clone().into_bytes()).unwrap();
        identities.push(Box::new(scrypt::Identity::new(passphrase)));
    }
    identities
}

fn binary(vector: &Vector) -> Vec<u8> {
    let mut reader = armor::Reader::new(&vector.file[..]);
    assert_eq!(reader.is_armored().unwrap(), vector.armored, "{}", vector.name);
    let mut binary = Vec::new();
    reader.read_to_end(&mut binary).unwrap();
    binary
}

/// What is written a chunk at a time, by one thread and by several, which are the same.
fn write_again(vector: &Vector, mut binary: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    decrypt(vector, Way::Reader, &mut plain).unwrap();
    let header = Header::read(&mut binary).unwrap();
    let nonce = binary.fill_buf().unwrap()[..16].try_into().unwrap();
    let key = hex::decode(vector.file_key.as_ref().unwrap()).unwrap();
    let file_key = FileKey::dangerous_from(Secret::copy_from(&key).unwrap());
    let start = || format::dangerous_encrypt(Vec::new(), header.stanzas().to_vec(), &file_key, &nonce).unwrap();
    let mut writer = start();
    writer.write_all(&plain).unwrap();
    let file = writer.finish().unwrap();
    for jobs in [Jobs::ONE, *THREE] {
        assert!(
            start().finish_from(&plain[..], jobs).unwrap() == file,
            "{}",
            vector.name
        );
    }
    file
}
