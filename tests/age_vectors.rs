//! The published age test vectors through the library: each outcome, what is released before a failure, and the same
//! bytes again when a file is written under its own file key.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/cctv.rs"]
mod cctv;

use std::io::{BufRead, Read, Write};

use cctv::{Expect, Vector};
use keypact::crypto::hash::sha256;
use keypact::encoding::hex;
use keypact::format::{self, Error, FileKey, Header, Identity, armor, keys, scrypt};
use keypact::secret::{Passphrase, Secret};

#[test]
fn every_vector_ends_as_it_must() {
    for vector in cctv::load().unwrap_or_default() {
        let name = &vector.name;
        let mut released = Vec::new();
        let outcome = match decrypt(&vector, &mut released) {
            Ok(()) => Expect::Success,
            Err(error) => Expect::Failure(error.kind().as_str()),
        };
        assert_eq!(outcome, vector.expect, "{name}");
        match &vector.payload {
            Some(hash) => assert_eq!(&hex::encode(&sha256(&[&released])), hash, "{name}"),
            None => assert!(released.is_empty() || outcome == Expect::Failure("armor"), "{name}"),
        }
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

fn decrypt(vector: &Vector, released: &mut Vec<u8>) -> Result<(), Error> {
    let identities = identities(vector);
    let identities: Vec<&dyn Identity> = identities.iter().map(|identity| &**identity).collect();
    let mut reader = format::decrypt(armor::Reader::new(&vector.file[..]), &identities)?;
    reader.read_to_end(released)?;
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

fn write_again(vector: &Vector, mut binary: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    decrypt(vector, &mut plain).unwrap();
    let header = Header::read(&mut binary).unwrap();
    let nonce = binary.fill_buf().unwrap()[..16].try_into().unwrap();
    let key = hex::decode(vector.file_key.as_ref().unwrap()).unwrap();
    let file_key = FileKey::dangerous_from(Secret::copy_from(&key).unwrap());
    let mut writer = format::dangerous_encrypt(Vec::new(), header.stanzas().to_vec(), &file_key, &nonce).unwrap();
    writer.write_all(&plain).unwrap();
    writer.finish().unwrap()
}
