//! Cut and changed files through the binary: each is refused for the reason that the format gives, no file appears, the
//! previous one stays, and standard output never has a byte beyond the last authentic chunk.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/age_file.rs"]
mod age_file;
#[path = "support/parallel.rs"]
mod parallel;
#[path = "support/sandbox.rs"]
mod sandbox;

use age_file::{AgeFile, CHUNK, SEALED, armored, dearmored};
use sandbox::Sandbox;

#[test]
fn every_cut_of_a_short_file_is_refused() {
    for kind in ["x25519", "hybrid"] {
        let locked = Locked::new(kind, 100);
        let step = if kind == "hybrid" { 7 } else { 1 };
        let lengths: Vec<usize> = (0..locked.file.binary.len()).step_by(step).collect();
        locked.refuse_all(lengths.into_iter().map(|length| locked.cut(length)));
    }
}

#[test]
fn cuts_of_a_long_file_release_whole_chunks() {
    let locked = Locked::new("x25519", 2 * CHUNK + 1000);
    let start = locked.file.header_len() + 16;
    let edges = [0, 1, 2].map(|chunk| start + chunk * SEALED);
    let near = edges.iter().flat_map(|edge| edge - 18..=edge + 18);
    let spread = (0..locked.file.binary.len()).step_by(4999);
    let end = locked.file.binary.len() - 40..locked.file.binary.len();
    let cuts = near.chain(spread).chain(end).map(|length| locked.cut(length));
    locked.refuse_all(cuts);
}

#[test]
fn every_cut_of_an_armored_file_is_refused() {
    let locked = Locked::new("x25519", 100);
    let text = armored(&locked.file.binary);
    // Only the very last line end may be missing.
    let cuts = (0..text.len() - 1).map(|length| locked.in_armor(text[..length].to_vec()));
    locked.refuse_all(cuts);
    locked.accept(&text[..text.len() - 1]);
}

#[test]
fn every_changed_byte_of_a_short_file_is_refused() {
    for kind in ["x25519", "hybrid"] {
        let locked = Locked::new(kind, 100);
        let length = locked.file.binary.len();
        let mut masks = Masks(1);
        // 300 bytes twice, and a third of 1,760.
        let places: Vec<usize> = match kind {
            "hybrid" => (0..length).step_by(3).chain(length - 250..length).collect(),
            _ => (0..length).chain(0..length).collect(),
        };
        let changed = places.into_iter().map(|at| locked.flip(at, masks.next()));
        locked.refuse_all(changed);
    }
}

#[test]
fn changed_bytes_of_a_long_file_release_what_stands_before() {
    let locked = Locked::new("x25519", 2 * CHUNK + 1000);
    let start = locked.file.header_len() + 16;
    let mut masks = Masks(2);
    let edges = [0, 1, 2].map(|chunk| start + chunk * SEALED);
    let near = edges.iter().flat_map(|edge| edge - 18..=edge + 18);
    let spread = (start..locked.file.binary.len()).step_by(1499);
    let changed = near.chain(spread).map(|at| locked.flip(at, masks.next()));
    locked.refuse_all(changed);
}

#[test]
fn every_changed_character_of_an_armored_file_is_refused() {
    let locked = Locked::new("x25519", 100);
    let text = armored(&locked.file.binary);
    let mut masks = Masks(3);
    // White space may follow the last line, so its end is another matter.
    let changed = (0..text.len() - 1).map(|at| {
        let mut text = text.clone();
        text[at] ^= masks.next();
        locked.in_armor(text)
    });
    locked.refuse_all(changed);
}

/// A file, whose key lies beside it; a classic one has an older file where its contents are to go.
struct Locked {
    sandbox: Sandbox,
    file: AgeFile,
}

/// A changed file, the fault that it must end with, and how many bytes may come out before.
struct Changed {
    bytes: Vec<u8>,
    kind: &'static str,
    released: usize,
}

impl Locked {
    fn new(kind: &str, size: usize) -> Self {
        let sandbox = Sandbox::new();
        sandbox.keypact(&format!("key generate --type {kind} -o key")).ok();
        let plain: Vec<u8> = (0..size).map(|at| (at % 251).to_le_bytes()[0]).collect();
        sandbox.write("plain", &plain);
        sandbox.keypact("encrypt --no-padding -i key -o sealed plain").ok();
        let binary = sandbox.read("sealed");
        if kind == "x25519" {
            sandbox.write("out", "old");
        }
        Self {
            sandbox,
            file: AgeFile { binary, plain },
        }
    }

    fn cut(&self, length: usize) -> Changed {
        let start = self.file.header_len() + 16;
        Changed {
            bytes: self.file.binary[..length].to_vec(),
            // A file without so much as a nonce has no payload that could be wrong.
            kind: if length < start { "header" } else { "payload" },
            released: length.saturating_sub(start) / SEALED * CHUNK,
        }
    }

    fn flip(&self, at: usize, mask: u8) -> Changed {
        let mut bytes = self.file.binary.clone();
        bytes[at] ^= mask;
        Changed {
            kind: self.file.fault_of(&bytes),
            released: self.file.intact_chunks(&bytes) * CHUNK,
            bytes,
        }
    }

    fn in_armor(&self, text: Vec<u8>) -> Changed {
        let nearly = |text: &[u8]| {
            text.to_ascii_uppercase()
                .windows(19)
                .any(|part| part == b"BEGIN AGE ENCRYPTED")
        };
        let kind = match dearmored(&text) {
            Some(binary) if binary.len() == self.file.binary.len() => self.file.fault_of(&binary),
            Some(_) => "payload",
            None if nearly(&text) => "armor",
            // It does not even look like armor.
            None => "header",
        };
        let released = 0;
        Changed {
            bytes: text,
            kind,
            released,
        }
    }

    fn refuse_all(&self, cases: impl Iterator<Item = Changed>) {
        let cases: Vec<Changed> = cases.collect();
        let before = self.sandbox.names();
        parallel::for_each(&cases, |case| self.refuse(case));
        assert_eq!(self.sandbox.names(), before);
        assert!(!self.sandbox.file("out").exists() || self.sandbox.text("out") == "old");
        let counts = ["header", "header_mac", "armor", "payload", "no_match"]
            .map(|kind| format!("{kind} {}", cases.iter().filter(|case| case.kind == kind).count()));
        println!("{} refused: {}", cases.len(), counts.join(", "));
    }

    fn refuse(&self, case: &Changed) {
        let code = if case.kind == "no_match" { 4 } else { 3 };
        for to in ["", " -o out"] {
            let ran = self
                .sandbox
                .keypact_with(&format!("--error-format json decrypt -i key{to}"), &case.bytes);
            let stderr = ran.stderr();
            let fault: serde_json::Value = serde_json::from_str(&stderr).unwrap_or_default();
            let seen = (ran.code(), fault["fault"]["kind"].as_str());
            let text = String::from_utf8_lossy(&case.bytes[..case.bytes.len().min(2000)]);
            assert_eq!(seen, (code, Some(case.kind)), "{stderr}\n{text}");
            let most = if to.is_empty() { case.released } else { 0 };
            assert_eq!(ran.output.stdout.len(), most, "{stderr}");
            assert!(self.file.plain.starts_with(&ran.output.stdout));
        }
    }

    fn accept(&self, bytes: &[u8]) {
        let ran = self.sandbox.keypact_with("decrypt -i key", bytes);
        ran.ok();
        assert!(ran.output.stdout == self.file.plain);
    }
}

/// Changes to a byte, none of which leaves it as it was; the same in each run.
struct Masks(u32);

impl Masks {
    fn next(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0.to_be_bytes()[0].max(1)
    }
}
