//! The published age test vectors through the binary: exit status, kind of fault, what standard output got before a
//! failure, and that `-o` makes a file of all or nothing.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/cctv.rs"]
mod cctv;
#[path = "support/parallel.rs"]
mod parallel;
#[path = "support/sandbox.rs"]
mod sandbox;

use std::fmt::Write as _;

use cctv::{Expect, Vector};
use keypact::crypto::hash::sha256;
use keypact::encoding::hex;
use sandbox::{Ran, Sandbox};

#[test]
fn every_vector_ends_as_it_must() {
    check(|vector, sandbox, words| {
        let ran = sandbox.keypact(&format!("{words} file"));
        outcome_is_right(vector, &ran);
        released_is_right(vector, &ran.output.stdout);
    });
}

#[test]
fn a_file_appears_when_all_of_it_is_authentic() {
    check(|vector, sandbox, words| {
        let before = sandbox.names();
        let ran = sandbox.keypact(&format!("{words} -o out file"));
        outcome_is_right(vector, &ran);
        assert!(ran.output.stdout.is_empty(), "{}", vector.name);
        if vector.expect == Expect::Success {
            released_is_right(vector, &sandbox.read("out"));
        } else {
            assert_eq!(sandbox.names(), before, "{}", vector.name);
            sandbox.write("out", "old");
            outcome_is_right(vector, &sandbox.keypact(&format!("{words} -o out file")));
            assert_eq!(sandbox.text("out"), "old", "{}", vector.name);
            assert!(!sandbox.has_partial_file(), "{}", vector.name);
        }
    });
}

#[test]
fn verifying_and_ranges_come_to_the_same() {
    check(|vector, sandbox, words| {
        let ran = sandbox.keypact(&format!("{words} --verify-only --jobs 1 file"));
        outcome_is_right(vector, &ran);
        assert!(ran.output.stdout.is_empty(), "{}", vector.name);
        let ran = sandbox.keypact(&format!("{words} --range .. file"));
        outcome_is_right(vector, &ran);
        if vector.expect == Expect::Success {
            released_is_right(vector, &ran.output.stdout);
        }
    });
}

/// Each vector in a folder of its own, with each of its passphrases, for the binary takes one.
fn check(run: impl Fn(&Vector, &Sandbox, &str) + Sync) {
    let Some(vectors) = cctv::load() else { return };
    parallel::for_each(&vectors, |vector| {
        let sandbox = Sandbox::new();
        sandbox.write("file", &vector.file);
        let mut words = String::from("--error-format json decrypt");
        for (index, identity) in vector.identities.iter().enumerate() {
            sandbox.write(&format!("key{index}"), identity);
            write!(words, " -i key{index}").unwrap();
        }
        if vector.passphrases.is_empty() {
            run(vector, &sandbox, &words);
        }
        for passphrase in &vector.passphrases {
            sandbox.write("pass", passphrase);
            run(vector, &sandbox, &format!("{words} --passphrase-file pass"));
        }
    });
}

fn outcome_is_right(vector: &Vector, ran: &Ran) {
    let (code, kind) = match vector.expect {
        Expect::Success => (0, None),
        Expect::Failure("no_match") => (4, Some("no_match")),
        Expect::Failure(kind) => (3, Some(kind)),
    };
    let fault = ran
        .stderr()
        .lines()
        .last()
        .and_then(|line| serde_json::from_str(line).ok());
    let fault: serde_json::Value = fault.unwrap_or_default();
    assert_eq!(
        fault["fault"]["kind"].as_str(),
        kind,
        "{}: {}",
        vector.name,
        ran.stderr()
    );
    assert_eq!(ran.code(), code, "{}", vector.name);
}

fn released_is_right(vector: &Vector, released: &[u8]) {
    let name = &vector.name;
    match &vector.payload {
        Some(hash) => assert_eq!(&hex::encode(&sha256(&[released])), hash, "{name}"),
        // What is wrong with the armor may stand behind a payload that is authentic to its end.
        None => assert!(
            released.is_empty() || vector.expect == Expect::Failure("armor"),
            "{name}"
        ),
    }
}
