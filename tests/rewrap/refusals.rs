//! What is not done, with the reason, and nothing touched.

use crate::{SMALL, Stage};

#[test]
fn what_must_not_be_is_refused_and_nothing_is_touched() {
    let stage = Stage::new("x25519", SMALL + 1, "");
    let sandbox = &stage.sandbox;
    let hybrid = sandbox.keypact("key generate -o pq").ok();
    sandbox.write("mixed", format!("{hybrid}{}\n", stage.recipients[0]));
    sandbox.write("pass", "words");
    let before = (sandbox.read("file"), stage.inode());
    let [a, b, c] = &stage.recipients;
    for (words, code, expected) in [
        (format!("-i c --add {c}"), 4, "none of the identities fits"),
        (format!("-i a --remove {a} --remove {b}"), 2, "nobody would be left"),
        ("-i a --remove 0 --remove 1".to_owned(), 2, "nobody would be left"),
        ("-i a --remove 2".to_owned(), 2, "has no stanza 2"),
        ("-i a --remove 7".to_owned(), 2, "has no stanza 7"),
        ("-i a --remove 0 --remove 0".to_owned(), 2, "has no stanza 0"),
        (format!("-i a --add {hybrid}"), 2, "cannot share a file"),
        ("-i a -R mixed".to_owned(), 2, "cannot share a file"),
        ("-i a --remove nonsense".to_owned(), 2, "is no recipient"),
        ("-i a -R a".to_owned(), 1, "secret identity"),
        ("-i a".to_owned(), 2, "nothing is to be changed"),
        (format!("-i a -R mixed --add {c}"), 2, "cannot be used with"),
        (
            "-i a --new-passphrase-file pass --remove 0".to_owned(),
            2,
            "cannot be used with",
        ),
    ] {
        let stderr = sandbox.keypact(&format!("rewrap {words} file")).fails(code);
        assert!(stderr.contains(expected), "{words}: {stderr}");
        assert!((sandbox.read("file"), stage.inode()) == before, "{words}");
    }
    sandbox.keypact("rewrap -i a --deep missing").fails(1);
    let stderr = sandbox.keypact("rewrap -i a --deep .").fails(1);
    assert!(stderr.contains("--recursive"), "{stderr}");
    let stderr = sandbox.keypact("rewrap -i a --deep /dev/null").fails(1);
    assert!(stderr.contains("no file that could be changed"), "{stderr}");
    sandbox.keypact("rewrap -i a --deep plain").fails(3);
}

#[test]
fn a_header_that_was_changed_is_left_alone() {
    let stage = Stage::new("x25519", SMALL + 1, "");
    let mut bytes = stage.sandbox.read("file");
    // Inside the body of the room, which nobody's key but the MAC guards.
    bytes[2000] = if bytes[2000] == b'A' { b'B' } else { b'A' };
    stage.sandbox.write("file", &bytes);
    for words in ["--remove 1", "-R list", "--deep"] {
        stage.sandbox.write("list", &stage.recipients[0]);
        let stderr = stage.sandbox.keypact(&format!("rewrap -i a {words} file")).fails(3);
        assert!(stderr.contains("was changed"), "{stderr}");
        assert!(stage.sandbox.read("file") == bytes);
    }
}

#[test]
fn a_file_that_ends_at_its_header_is_refused() {
    let stage = Stage::new("x25519", 10, "");
    let file = stage.file();
    for behind in [0, 1, 15] {
        let cut = &file.binary[..file.header_len() + behind];
        stage.sandbox.write("file", cut);
        let words = format!("rewrap -i a --add {} file", stage.recipients[2]);
        stage.sandbox.keypact(&words).fails(3);
        assert!(stage.sandbox.read("file") == cut);
        assert_eq!(stage.sandbox.names(), ["a", "b", "c", "file", "plain"]);
    }
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    for (size, flags) in [(100, ""), (SMALL + 1, ""), (100, "-a")] {
        let stage = Stage::new("x25519", size, flags);
        let before = stage.sandbox.read("file");
        let add = format!("--add {}", stage.recipients[2]);
        for words in [add.as_str(), "--remove 1", "--deep -i b"] {
            let inode = stage.inode();
            let dry = stage.rewrap(&format!("--dry-run {words}"));
            assert!(stage.sandbox.read("file") == before && stage.inode() == inode);
            let text = stage
                .sandbox
                .keypact(&format!("rewrap --dry-run -i a {words} file"))
                .ok();
            assert!(
                text.starts_with("file: would be ") || text.starts_with("file: would change in place"),
                "{text}"
            );
            let wet = stage.rewrap(words);
            assert_eq!(dry["how"], wet["how"]);
            assert_eq!(dry["recipients_after"], wet["recipients_after"]);
            assert_eq!((&dry["dry_run"], &wet["dry_run"]), (&true.into(), &false.into()));
            stage.sandbox.write("file", &before);
        }
    }
}
