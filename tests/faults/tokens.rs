//! Texts of an exchange, and a key on paper: what is handed out can be used, and what cannot be used is not handed out.

use std::fs;

use crate::sandbox::{Ran, Sandbox};
use crate::{KILLED, each_fault};

const OFFER: &str = "--home one offer --trust-transport -o offer";
const ACCEPT: &str = "--home two accept --trust-transport -o answer offer";
const FINISH: &str = "--home one finish -o last answer";

/// The steps after one that ended with `ran` and should have written `text`, up to the key that both have.
fn goes_on(sandbox: &Sandbox, ran: &Ran, text: &str, steps: &[&str]) {
    let is_there = sandbox.file(text).exists();
    match ran.code() {
        0 => assert!(is_there, "exit 0, and there is no text"),
        // It may die between the moment at which the text appears and its own end.
        KILLED if is_there => {}
        code => {
            assert!(!is_there, "exit {code}, and a text that is of no use");
            return;
        }
    }
    for step in steps {
        sandbox.keypact(step).ok();
    }
    for (home, key) in [("one", "key1"), ("two", "key2")] {
        sandbox
            .keypact(&format!("--home {home} confirm --format hex -o {key}"))
            .ok();
    }
    assert_eq!(sandbox.text("key1"), sandbox.text("key2"));
}

#[test]
fn offering() {
    each_fault(
        OFFER,
        |_| {},
        |sandbox, ran| goes_on(sandbox, ran, "offer", &[ACCEPT, FINISH, "--home two finish last"]),
    );
}

#[test]
fn accepting() {
    each_fault(
        ACCEPT,
        |sandbox| drop(sandbox.keypact(OFFER).ok()),
        |sandbox, ran| goes_on(sandbox, ran, "answer", &[FINISH, "--home two finish last"]),
    );
}

#[test]
fn finishing() {
    each_fault(
        FINISH,
        |sandbox| {
            sandbox.keypact(OFFER).ok();
            sandbox.keypact(ACCEPT).ok();
        },
        |sandbox, ran| goes_on(sandbox, ran, "last", &["--home two finish last"]),
    );
}

#[test]
fn printing_a_key() {
    let key = "00112233445566778899aabbccddeeffefdcba98765432100123456789abcdef\n";
    each_fault(
        "courier pack --sheet page.svg k.psk",
        |sandbox| sandbox.write("k.psk", key),
        |sandbox, ran| match fs::read_to_string(sandbox.file("page.svg")) {
            Ok(page) => {
                assert!(page.trim_end().ends_with("</svg>"), "a torn page");
                assert!(matches!(ran.code(), 0 | KILLED), "it failed, and the page appeared");
            }
            Err(_) => assert!(ran.code() != 0, "exit 0, and nothing was written"),
        },
    );
}
