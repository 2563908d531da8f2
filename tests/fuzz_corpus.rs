//! Replays the kept inputs of every fuzz target, and seeded mutations of each, without a fuzzer.
//!
//! `KEYPACT_WRITE_SEEDS=1 cargo test --test fuzz_corpus computed` writes the computed seeds into `fuzz/corpus` anew, which a
//! change of a wire format calls for.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod targets;

#[test]
fn kept_inputs_and_their_mutations_hold() {
    for (name, target, mutations) in targets::TARGETS {
        let kept = kept(name);
        assert!(!kept.is_empty(), "{name} has kept inputs");
        let mut dice = Dice(0x6b65_7970_6163_7431);
        for input in kept.values() {
            target(input);
            for _ in 0..*mutations {
                target(&mutated(input, &mut dice));
            }
        }
    }
}

#[test]
fn computed_seeds_are_kept_and_go_all_the_way() {
    let write = std::env::var_os("KEYPACT_WRITE_SEEDS").is_some();
    for (target, name, bytes) in targets::seeds() {
        let file = folder(target).join(name);
        if write {
            fs::create_dir_all(folder(target)).unwrap();
            fs::write(&file, &bytes).unwrap();
        }
        assert!(
            fs::read(&file).is_ok_and(|kept| kept == bytes),
            "{} is stale",
            file.display()
        );
    }
    assert!(targets::courier::honest_inputs_go_all_the_way());
    assert!(targets::exchange::honest_inputs_go_all_the_way());
    assert!(targets::file::honest_inputs_go_all_the_way());
    assert!(targets::forward::honest_inputs_go_all_the_way());
    assert!(targets::plugin::honest_inputs_go_all_the_way());
    assert!(targets::ssh::honest_inputs_go_all_the_way());
    assert!(targets::wire::honest_inputs_go_all_the_way());
}

#[test]
fn every_target_can_be_fuzzed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut files: Vec<String> = names(&folder);
    let mut targets: Vec<String> = targets::TARGETS.iter().map(|(name, ..)| format!("{name}.rs")).collect();
    files.sort();
    targets.sort();
    assert_eq!(files, targets);
}

fn kept(target: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = folder(target);
    let read = |name: String| {
        let bytes = fs::read(folder.join(&name)).expect("a file of the corpus");
        (name, bytes)
    };
    names(&folder).into_iter().map(read).collect()
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// One to four changes at places that the dice choose.
fn mutated(input: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match (dice.below(6), bytes.get_mut(at)) {
            (0, Some(byte)) => *byte ^= 1 << dice.below(8),
            (1, Some(byte)) => *byte = [0, 1, b'\n', b'=', 0x7f, 0x80, 0xff][dice.below(7)],
            (2, _) => bytes.truncate(at),
            (3, _) => bytes.insert(at, dice.next().to_be_bytes()[0]),
            (4, Some(_)) => drop(bytes.remove(at)),
            _ => {
                let end = at + dice.below(bytes.len() - at + 1);
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

/// Xorshift: the same mutations in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 32).expect("32 bits") % bound
    }
}
