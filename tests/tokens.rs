//! An exchange as texts that people carry: in every mode, through what mail does to texts, and each step once.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;

#[path = "tokens/compared.rs"]
mod compared;
#[path = "tokens/kept.rs"]
mod kept;
#[path = "tokens/modes.rs"]
mod modes;
#[path = "tokens/once.rs"]
mod once;
#[path = "tokens/texts.rs"]
mod texts;

use std::fs;
use std::path::PathBuf;

use sandbox::{Ran, Sandbox};

const PSK: &str = "00112233445566778899aabbccddeefffedcba98765432100123456789abcdef";
/// What says that nothing waits for a text.
const NOTHING: &str = "no exchange waits for this here";

/// Two people with homes of their own.
struct Pair {
    alice: Sandbox,
    bob: Sandbox,
}

impl Pair {
    fn new() -> Self {
        Self {
            alice: Sandbox::new(),
            bob: Sandbox::new(),
        }
    }

    fn both(&self) -> [&Sandbox; 2] {
        [&self.alice, &self.bob]
    }

    /// Both have a file of the same content.
    fn give(&self, name: &str, contents: &str) {
        for person in self.both() {
            person.write(name, contents);
        }
    }

    /// An offer, and the answer to it.
    #[track_caller]
    fn answer(&self, alice: &str, bob: &str) -> String {
        let offer = self.alice.keypact(&format!("offer {alice}")).ok();
        self.bob.keypact_with(&format!("accept {bob}"), offer.as_bytes()).ok()
    }

    /// All three texts; what both sides said in the end.
    #[track_caller]
    fn carry(&self, alice: &str, bob: &str) -> [Ran; 2] {
        let answer = self.answer(alice, bob);
        let one = finish(&self.alice, &answer);
        let two = finish(&self.bob, &one.ok());
        assert_eq!(two.ok(), "");
        [one, two]
    }

    /// Both get their keys, the same, and go away with them.
    #[track_caller]
    fn confirm(&self, flags: &str) -> Vec<u8> {
        let keys = self.both().map(|person| {
            person.keypact(&format!("confirm -o key {flags}")).ok();
            let key = person.read("key");
            fs::remove_file(person.file("key")).unwrap();
            key
        });
        assert_eq!(keys[0], keys[1]);
        assert!(self.both().iter().all(|person| pending(person).is_empty()));
        keys[0].clone()
    }
}

fn finish(person: &Sandbox, text: &str) -> Ran {
    person.keypact_with("finish", text.as_bytes())
}

/// The files of exchanges that wait, or of what was left of them.
fn pending(person: &Sandbox) -> Vec<PathBuf> {
    let folder = person.home().join(".local/state/keypact/pending");
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The code that `finish` shows.
fn code(said: &Ran) -> String {
    let said = said.stderr();
    let (_, code) = said.split_once("the code to compare with your peer: ").unwrap();
    code.lines().next().unwrap().to_owned()
}
