//! The age format in memory: what one core and all of them do with a payload, and one with a header.
//! `cargo bench --bench files`.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails shall stop")]

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use keypact::crypto::rng::OsRng;
use keypact::format::stream::Jobs;
use keypact::format::{self, Header, Identity, Recipient, hybrid, x25519};

const PAYLOAD: usize = 16 << 20;

fn main() {
    divan::main();
}

fn key() -> x25519::Identity {
    x25519::Identity::generate(&mut OsRng).unwrap()
}

fn sealed(payload: &[u8], recipient: &dyn Recipient) -> Vec<u8> {
    let mut writer = format::encrypt(Vec::new(), &[recipient], &mut OsRng).unwrap();
    writer.write_all(payload).unwrap();
    writer.finish().unwrap()
}

/// The calling thread alone, and all processors.
const JOBS: [&str; 2] = ["one", "all"];

fn jobs(name: &str) -> Jobs {
    if name == "one" { Jobs::ONE } else { Jobs::available() }
}

#[divan::bench(args = JOBS)]
fn encrypt_16_mib(bencher: Bencher<'_, '_>, name: &str) {
    let (payload, recipient) = (vec![0; PAYLOAD], key().recipient());
    bencher.counter(BytesCount::new(PAYLOAD)).bench_local(|| {
        let writer = format::encrypt(io::sink(), &[&recipient], &mut OsRng).unwrap();
        writer.finish_from(black_box(&payload[..]), jobs(name)).unwrap()
    });
}

#[divan::bench(args = JOBS)]
fn decrypt_16_mib(bencher: Bencher<'_, '_>, name: &str) {
    let identity = key();
    let file = sealed(&vec![0; PAYLOAD], &identity.recipient());
    bencher.counter(BytesCount::new(PAYLOAD)).bench_local(|| {
        let reader = format::decrypt(&file[..], &[&identity]).unwrap();
        reader.copy_to(io::sink(), jobs(name)).unwrap()
    });
}

/// A byte out of the middle: its chunk and the last one.
#[divan::bench]
fn read_a_byte_of_16_mib(bencher: Bencher<'_, '_>) {
    let identity = key();
    let file = sealed(&vec![0; PAYLOAD], &identity.recipient());
    bencher.bench_local(|| {
        let header = Header::read(&mut &file[..]).unwrap();
        let file_key = header.file_key(&[&identity]).unwrap();
        let mut reader = header.decrypt_seek(Cursor::new(&file), &file_key).unwrap();
        reader.seek(SeekFrom::Start(PAYLOAD as u64 / 2)).unwrap();
        reader.read_exact(&mut [0]).unwrap();
    });
}

#[divan::bench]
fn armored_16_mib(bencher: Bencher<'_, '_>) {
    let payload = vec![0; PAYLOAD];
    bencher.counter(BytesCount::new(PAYLOAD)).bench_local(|| {
        let mut writer = format::armor::Writer::new(Vec::new());
        writer.write_all(black_box(&payload)).unwrap();
        let text = writer.finish().unwrap();
        let mut back = Vec::with_capacity(PAYLOAD);
        format::armor::Reader::new(&text[..]).read_to_end(&mut back).unwrap()
    });
}

#[divan::bench]
fn small_file_hybrid(bencher: Bencher<'_, '_>) {
    let identity = hybrid::Identity::generate(&mut OsRng).unwrap();
    let recipient = identity.recipient();
    bencher.bench_local(|| {
        let file = sealed(b"a letter", &recipient);
        format::decrypt(&file[..], &[&identity as &dyn Identity]).unwrap();
    });
}

#[divan::bench]
fn small_file_x25519(bencher: Bencher<'_, '_>) {
    let identity = key();
    let recipient = identity.recipient();
    bencher.bench_local(|| {
        let file = sealed(b"a letter", &recipient);
        format::decrypt(&file[..], &[&identity as &dyn Identity]).unwrap();
    });
}
