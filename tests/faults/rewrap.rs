//! A change of recipients, by each way.

use crate::sandbox::{Ran, Sandbox};
use crate::{KILLED, each_fault, plain};

#[test]
fn rewrapping_in_place() {
    each_fault("rewrap -i key -R two shared", share, rewrapped);
}

#[test]
fn rewrapping_by_a_copy() {
    each_fault("rewrap -i key -R three shared", share, rewrapped);
}

#[test]
fn rewrapping_deeply() {
    each_fault("rewrap -i key --deep -R two shared", share, rewrapped);
}

/// The content is there for the recipients of before or for those of after, and the next attempt succeeds.
fn rewrapped(sandbox: &Sandbox, ran: &Ran) {
    let opens = |key: &str| {
        let opened = sandbox.keypact(&format!("decrypt -i {key} shared"));
        assert!(matches!(opened.code(), 0 | 4), "a torn file: {}", opened.stderr());
        assert!(opened.code() != 0 || opened.output.stdout == plain(), "other content");
        opened.code() == 0
    };
    assert!(opens("key"), "nobody can open it");
    let (old, new) = (opens("old"), opens("new"));
    assert!(old != new, "neither the old file nor the new one");
    assert!(ran.code() != 0 || new, "exit 0, and nothing was changed");
    assert!(!new || ran.code() == 0 || ran.code() == KILLED || ran.stderr().contains("shared"));
    sandbox.keypact("rewrap -i key -R two shared").ok();
    assert!(opens("new") && !opens("old"), "the next attempt fails");
    assert!(!sandbox.file(".shared.keypact-journal").exists(), "a journal stays");
}

/// A file for `key` and `old`, and lists of recipients for it: `two` fits in its room, `three` does not.
fn share(sandbox: &Sandbox) {
    let own = sandbox.keypact("key show -i key").ok();
    sandbox.identity("old");
    let two = own + &sandbox.identity("new") + "\n";
    sandbox.write("three", two.clone() + &sandbox.identity("third"));
    sandbox.write("two", two);
    sandbox.keypact("encrypt -i key -i old -o shared plain").ok();
}
