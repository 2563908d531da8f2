//! The age format in memory: what one core does with a payload and with a header. `cargo bench --bench files`.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails shall stop")]

use std::io::{self, Read, Write};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use keypact::crypto::rng::OsRng;
use keypact::format::{self, Identity, Recipient, hybrid, x25519};

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

#[divan::bench]
fn encrypt_16_mib(bencher: Bencher<'_, '_>) {
    let (payload, recipient) = (vec![0; PAYLOAD], key().recipient());
    bencher.counter(BytesCount::new(PAYLOAD)).bench_local(|| {
        let mut writer = format::encrypt(io::sink(), &[&recipient], &mut OsRng).unwrap();
        writer.write_all(black_box(&payload)).unwrap();
        writer.finish().unwrap()
    });
}

#[divan::bench]
fn decrypt_16_mib(bencher: Bencher<'_, '_>) {
    let identity = key();
    let file = sealed(&vec![0; PAYLOAD], &identity.recipient());
    bencher.counter(BytesCount::new(PAYLOAD)).bench_local(|| {
        let mut reader = format::decrypt(&file[..], &[&identity]).unwrap();
        io::copy(&mut reader, &mut io::sink()).unwrap()
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
