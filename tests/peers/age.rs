//! The program that the format is named after, which asks for passphrases on a terminal and nowhere else.

use crate::dialogue::Dialogue;
use crate::sandbox::Sandbox;
use crate::tools;
use crate::{Form, Key, Lock, Peer};

pub(crate) struct Age;

pub(crate) fn age() -> Option<Age> {
    tools::are_there(&[tools::program("age"), tools::program("age-keygen")], "age").then_some(Age)
}

/// Through standard output: with `-o`, age makes no file when there is nothing to write.
impl Peer for Age {
    fn generate(&self, _x25519: &str) -> String {
        let sandbox = Sandbox::new();
        sandbox.shell("age-keygen -o key").ok();
        sandbox.text("key")
    }

    fn recipient(&self, file: &str) -> String {
        let sandbox = Sandbox::new();
        sandbox.write("key", file);
        sandbox.shell("age-keygen -y key").ok().trim().to_owned()
    }

    fn seal(&self, sandbox: &Sandbox, lock: &Lock, form: Form, plain: &[u8]) -> Vec<u8> {
        sandbox.write("plain", plain);
        let armor = if form.is_text() { "-a" } else { "" };
        match lock {
            Lock::Key(Key { recipient, .. }) => {
                sandbox.write("to", recipient);
                sandbox.shell(&format!("age {armor} -R to plain > theirs")).ok();
            }
            Lock::Passphrase(words) => {
                typed(sandbox, &format!("age {armor} -p plain > theirs"), words, 2);
            }
        }
        sandbox.read("theirs")
    }

    fn open(&self, sandbox: &Sandbox, lock: &Lock, sealed: &[u8]) -> Vec<u8> {
        sandbox.write("ours", sealed);
        match lock {
            Lock::Key(key) => {
                sandbox.write("key", &key.file);
                sandbox.shell("age -d -i key ours > opened").ok();
            }
            Lock::Passphrase(words) => typed(sandbox, "age -d ours > opened", words, 1),
        }
        sandbox.read("opened")
    }
}

/// Runs a command of age's and answers each of its questions with `words`.
pub(crate) fn typed(sandbox: &Sandbox, command: &str, words: &str, questions: usize) {
    let mut person = Dialogue::start(sandbox.command("setsid"), &format!("{command}; echo code $?"));
    for _ in 0..questions {
        person.expect("passphrase");
        person.expect(": ");
        person.send(&format!("{words}\n"));
    }
    person.expect("code 0");
}
