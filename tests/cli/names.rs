//! Names from outside never reach a terminal raw.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::sandbox::{Ran, Sandbox};

const HOSTILE: &[&[u8]] = &[
    b"\x1b[2J\x1b[H",
    b"\x1b]0;title\x07",
    b"\x1b]52;c;ZXZpbA==\x07",
    b"\x1bP1;1|x\x1b\\",
    b"\x1b_x\x1b\\",
    b"back\x08\x08\x08",
    b"over\rwrite",
    b"two\nkeypact: error: lines",
    b"bell\x07",
    b"del\x7f",
    "c1 \u{9b}31m".as_bytes(),
    b"raw c1 \x9b31m",
    b"not utf8 \xff\xfe",
    "bidi \u{202e}txt.exe".as_bytes(),
    "isolate \u{2066}x\u{2069}".as_bytes(),
    "mark \u{200e}\u{200f}\u{61c}".as_bytes(),
    "zero \u{200b}\u{200d}\u{feff}".as_bytes(),
    "line \u{2028}\u{2029}".as_bytes(),
    "tag \u{e0041}".as_bytes(),
    "nel \u{85}".as_bytes(),
];

#[test]
fn hostile_names_are_escaped_wherever_they_are_shown() {
    for name in HOSTILE {
        let sandbox = Sandbox::new();
        sandbox.identity("key");
        std::fs::write(sandbox.file(OsStr::from_bytes(name)), "x").unwrap();
        for words in [
            &["decrypt", "-i", "key", "NAME"][..],
            &["decrypt", "-i", "NAME", "key"],
            &["decrypt", "-i", "key", "gone-NAME"],
            &["encrypt", "-R", "NAME"],
            &["encrypt", "-i", "key", "-o", "NAME", "NAME"],
            &["encrypt", "-i", "key", "-o", "gone-NAME/x", "key"],
            &["encrypt", "-r", "NAME"],
            &["inspect", "-i", "key", "NAME"],
            &["inspect", "-i", "key", "gone-NAME"],
            &["rewrap", "-i", "key", "--deep", "NAME"],
            &["rewrap", "-i", "key", "--deep", "gone-NAME"],
            &["rewrap", "-i", "key", "--remove", "NAME", "key"],
            &["key", "generate", "-o", "NAME"],
            &["key", "generate", "--type", "NAME"],
            &["decrypt", "--passphrase-file", "fd:NAME"],
            &["NAME"],
            &["decrypt", "--NAME"],
            &["util", "completions", "NAME"],
        ] {
            for format in ["text", "json"] {
                let mut command = sandbox.command("keypact");
                command.args(["--color", "always", "--error-format", format]);
                for word in words {
                    let bytes = word.as_bytes();
                    let at = bytes.windows(4).position(|window| window == b"NAME");
                    let word = at.map_or(bytes.to_vec(), |at| [&bytes[..at], name, &bytes[at + 4..]].concat());
                    command.arg(OsStr::from_bytes(&word));
                }
                let ran = Ran::new(&mut command, b"");
                assert_ne!(ran.code(), 0, "{words:?}");
                assert_harmless(&ran);
            }
        }
    }
}

#[track_caller]
fn assert_harmless(ran: &Ran) {
    assert_eq!(ran.stdout(), "");
    let stderr = String::from_utf8(ran.output.stderr.clone()).expect("what is shown is UTF-8");
    // Our own colours are the only escapes.
    let stderr = ["\u{1b}[31m", "\u{1b}[2m", "\u{1b}[36m", "\u{1b}[33m", "\u{1b}[0m"]
        .iter()
        .fold(stderr, |text, colour| text.replace(colour, ""));
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    assert!(!stderr.contains(bad), "{stderr:?}");
    assert!(
        stderr
            .lines()
            .all(|line| line.starts_with("keypact: ") || line.starts_with("{\"fault\":")),
        "{stderr:?}"
    );
    assert!(stderr.lines().count() <= 3, "{stderr:?}");
}

#[test]
fn long_names_are_cut() {
    let sandbox = Sandbox::new();
    let ran = sandbox.keypact(&format!("decrypt {}", "x".repeat(100_000)));
    assert!(ran.fails(1).len() < 1000);
    let ran = sandbox.keypact(&format!("decrypt --{}", "x".repeat(100_000)));
    assert!(ran.fails(2).len() < 10_000);
}

#[test]
fn colours_are_for_terminals_and_can_be_asked_for() {
    let sandbox = Sandbox::new();
    assert!(!sandbox.keypact("decrypt gone").stderr().contains('\u{1b}'));
    assert!(
        sandbox
            .keypact("--color always decrypt gone")
            .stderr()
            .contains("\u{1b}[31merror")
    );
}
