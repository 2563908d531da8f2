//! Who comes and who goes, by every way to say it, for every kind of file.

use crate::age_file::SEALED;
use crate::{SMALL, Stage, tools};

/// The name of a change, its flags, and who can open the file afterwards.
fn changes(stage: &Stage) -> [(String, [bool; 3]); 6] {
    let [a, b, c] = &stage.recipients;
    stage.sandbox.write("list", format!("# all\n{a}\n{c}\n"));
    [
        (format!("--add {c}"), [true, true, true]),
        (format!("--remove {b}"), [true, false, false]),
        ("--remove 1".to_owned(), [true, false, false]),
        (format!("--remove 1 --add {c}"), [true, false, true]),
        ("-R list".to_owned(), [true, false, true]),
        (format!("--remove {a} --add {c}"), [false, true, true]),
    ]
}

fn each_change(kind: &str, size: usize, flags: &str) {
    let stage = Stage::new(kind, size, flags);
    let original = stage.sandbox.read("file");
    for (change, openers) in changes(&stage) {
        let words = change.split(' ').map(|word| word.get(..12).unwrap_or(word));
        let case = format!("{kind} {size} {flags}: {}", words.collect::<Vec<_>>().join(" "));
        stage.sandbox.write("file", &original);
        let (payload, inode) = (stage.payload(), stage.inode());
        let is_untold =
            flags.contains("--no-padding") && change.starts_with(&format!("--remove {}", stage.recipients[1]));
        if is_untold {
            let stderr = stage.sandbox.keypact(&format!("rewrap -i a {change} file")).fails(2);
            assert!(
                stderr.contains("cannot be told") && stderr.contains("-R FILE"),
                "{stderr}"
            );
            assert!(stage.sandbox.read("file") == original, "{case}");
            continue;
        }
        let told = stage.rewrap(&change);
        assert_eq!(stage.openers(), openers, "{case}");
        assert!(stage.payload() == payload, "{case}: the payload was touched");
        assert_eq!(told["recipients_before"], 2, "{case}");
        let count = openers.iter().filter(|opens| **opens).count();
        assert_eq!(told["recipients_after"], count, "{case}");
        let is_in_place = told["how"] == "in_place";
        assert_eq!(stage.inode() == inode, is_in_place, "{case}");
        // Room is for that: nothing but a file without it, or one that is small or text, is ever copied.
        let has_room = size > SMALL && flags.is_empty();
        assert!(is_in_place || !has_room, "{case}: {told}");
        let fits = count <= 2 && !flags.contains("-a") && flags.is_empty();
        assert!(is_in_place || !fits, "{case}: {told}");
        assert_eq!(
            stage.sandbox.names(),
            ["a", "b", "c", "file", "list", "plain"],
            "{case}"
        );
        opened_by_age(&stage, openers);
    }
}

/// The program that the format is named after.
fn opened_by_age(stage: &Stage, openers: [bool; 3]) {
    if !tools::are_there(&[tools::program("age")], "rewrapped files in age") {
        return;
    }
    for (name, opens) in crate::NAMES.iter().zip(openers) {
        let ran = stage.sandbox.shell(&format!("age -d -i {name} file | cmp - plain"));
        if opens && stage.recipients[0].len() < 100 {
            ran.ok();
        }
    }
}

#[test]
fn small_files() {
    for size in [0, 70_000] {
        each_change("x25519", size, "");
    }
    each_change("hybrid", 100, "");
}

#[test]
fn files_around_the_size_that_gets_room() {
    each_change("x25519", SMALL, "");
    each_change("x25519", SMALL + 1, "");
}

#[test]
fn post_quantum_files_with_room() {
    each_change("hybrid", SMALL + 1, "");
}

#[test]
fn files_without_room() {
    each_change("x25519", 100, "--no-padding");
    each_change("x25519", SMALL + 1, "--no-padding");
    each_change("hybrid", 100, "--no-padding");
}

#[test]
fn armored_files() {
    each_change("x25519", 100, "-a");
    each_change("hybrid", 70_000, "-a");
    each_change("x25519", SMALL + 1, "-a --no-padding");
}

#[test]
fn a_large_file_without_room_gets_some_and_keeps_its_place_in_the_block() {
    let stage = Stage::new("x25519", SMALL + 1, "--no-padding");
    let (before, payload) = (stage.file().header_len(), stage.payload());
    let add = format!("--add {}", stage.recipients[2]);
    assert_eq!(stage.rewrap(&add)["how"], "copy");
    assert_eq!(stage.file().header_len() % 4096, before % 4096);
    assert!(stage.payload() == payload);
    assert!(stage.inspect()["room_bytes"].as_u64().unwrap() >= 2048);
    assert_eq!(stage.rewrap("--remove 1")["how"], "in_place");
    assert_eq!(stage.openers(), [true, false, true]);
}

#[test]
fn room_is_used_up_and_given_back() {
    let stage = Stage::new("x25519", SMALL + 1, "");
    let original = stage.sandbox.read("file");
    let start = stage.file().header_len() + 16;
    assert_eq!(start, 4096);
    let mut copies = 0;
    for round in 0..40 {
        let recipient = stage.sandbox.identity(&format!("k{round}"));
        let told = stage.rewrap(&format!("--add {recipient}"));
        copies += usize::from(told["how"] == "copy");
        assert_eq!((stage.file().header_len() + 16) % 4096, 0);
    }
    assert_eq!(copies, 1, "a copy makes room for all that follow");
    assert_eq!(stage.openers(), [true, true, false]);
    stage.sandbox.keypact("decrypt -i k39 file -o out").ok();
    let list = stage.recipients[..2].join("\n");
    stage.sandbox.write("list", list);
    assert_eq!(stage.rewrap("-R list")["how"], "in_place");
    assert_eq!(stage.openers(), [true, true, false]);
    assert!(original[start..] == stage.file().binary[8192..]);
}

#[test]
fn a_stanza_for_an_ssh_key_is_found_by_its_name() {
    let stage = Stage::new("x25519", 100, "");
    let ssh = include_str!("../ssh_keys/ed25519.pub");
    let line: Vec<&str> = ssh.split(' ').take(2).collect();
    let line = line.join(" ").trim().to_owned();
    stage.sandbox.write("ssh.pub", ssh);
    stage.sandbox.write("ssh", include_str!("../ssh_keys/ed25519"));
    stage.sandbox.shell("chmod 600 ssh").ok();
    stage
        .sandbox
        .keypact("encrypt --no-padding -i a -i b -R ssh.pub -o foreign plain")
        .ok();
    stage.sandbox.keypact("decrypt -i ssh foreign").ok();
    stage
        .sandbox
        .shell(&format!("keypact rewrap -i a --remove '{line}' foreign"))
        .ok();
    stage.sandbox.keypact("decrypt -i ssh foreign").fails(4);
    stage
        .sandbox
        .shell(&format!("keypact rewrap -i b --add '{line}' foreign"))
        .ok();
    stage.sandbox.keypact("rewrap -i ssh --remove 0 foreign").ok();
    stage.sandbox.keypact("decrypt -i a foreign").fails(4);
    let told = stage.sandbox.keypact("inspect -i ssh foreign").ok();
    assert!(told.contains("SSH key") && told.contains("opened by ssh"), "{told}");
}

#[test]
fn whoever_is_there_already_changes_nothing() {
    let stage = Stage::new("x25519", 100, "");
    let add = format!("--add {}", stage.recipients[1]);
    let before = stage.sandbox.read("file");
    assert_eq!(stage.rewrap(&add)["how"], "unchanged");
    let remove = format!("--remove {}", stage.recipients[2]);
    assert_eq!(stage.rewrap(&remove)["how"], "unchanged");
    assert!(stage.sandbox.read("file") == before);
}

#[test]
fn closing_a_file_to_oneself_is_warned_of() {
    let stage = Stage::new("x25519", 100, "");
    let ran = stage.sandbox.keypact("rewrap -q -i a --remove 0 file");
    ran.ok();
    assert!(
        ran.stderr().contains("warning: file will be closed to you"),
        "{}",
        ran.stderr()
    );
    assert_eq!(stage.openers(), [false, true, false]);
}

#[test]
fn every_run_says_what_it_does_not_do() {
    let stage = Stage::new("x25519", 100, "");
    let ran = stage.sandbox.keypact("rewrap -i a --remove 1 file");
    assert_eq!(ran.ok(), "");
    assert!(
        ran.stderr().contains("whoever kept the old header or the file key"),
        "{}",
        ran.stderr()
    );
    let ran = stage.sandbox.keypact("rewrap -i a --deep file");
    ran.ok();
    assert!(
        ran.stderr().contains("copies that were made before"),
        "{}",
        ran.stderr()
    );
    let quiet = stage
        .sandbox
        .keypact(&format!("rewrap -q -i a --add {} file", stage.recipients[1]));
    quiet.ok();
    assert_eq!(quiet.stderr(), "");
}

#[test]
fn a_deep_change_leaves_nothing_to_whoever_kept_the_old_header() {
    for (size, flags) in [(100, ""), (100, "-a"), (SMALL + 1, ""), (SMALL + 1, "--no-padding")] {
        let stage = Stage::new("x25519", size, flags);
        let old = stage.file();
        stage
            .sandbox
            .write("list", format!("{}\n{}\n", stage.recipients[0], stage.recipients[2]));
        assert_eq!(stage.rewrap("-R list --deep")["how"], "deep");
        assert_eq!(stage.openers(), [true, false, true]);
        let new = stage.file();
        assert_eq!(stage.sandbox.read("file").starts_with(b"-----"), flags == "-a");
        let (old_header, new_rest) = (&old.binary[..old.header_len()], &new.binary[new.header_len()..]);
        assert!(new_rest[..16] != old.binary[old.header_len()..][..16], "the same nonce");
        stage.sandbox.write("kept", [old_header, new_rest].concat());
        let stderr = stage.sandbox.keypact("--error-format json decrypt -i b kept").fails(3);
        assert!(stderr.contains(r#""kind":"payload""#), "{stderr}");
    }
}

#[test]
fn a_deep_change_knows_recipients_by_their_tags() {
    let stage = Stage::new("x25519", 100, "");
    let stderr = stage.sandbox.keypact("rewrap -i a --deep file").fails(2);
    assert!(
        stderr.contains("stanza 1 of file") && stderr.contains("-R FILE"),
        "{stderr}"
    );
    stage.rewrap("-i b --deep");
    assert_eq!(stage.openers(), [true, true, false]);
    let [_, b, c] = &stage.recipients;
    stage.rewrap(&format!("--remove {b} --add {c} --deep"));
    assert_eq!(stage.openers(), [true, false, true]);
}

#[test]
fn a_damaged_payload_is_not_encrypted_anew() {
    let stage = Stage::new("x25519", 3 * SEALED, "");
    let mut bytes = stage.sandbox.read("file");
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    stage.sandbox.write("file", &bytes);
    stage.sandbox.keypact("rewrap -i a -i b --deep file").fails(3);
    assert!(stage.sandbox.read("file") == bytes);
    assert!(!stage.sandbox.has_partial_file());
}

#[test]
fn passphrases_come_and_go() {
    let stage = Stage::new("x25519", 100, "");
    let sandbox = &stage.sandbox;
    sandbox.write("one", "open sesame");
    sandbox.write("two", "another");
    sandbox.write("list", &stage.recipients[0]);
    sandbox.shell("chmod 600 one two").ok();
    assert_eq!(stage.rewrap("--new-passphrase-file one")["how"], "copy");
    assert_eq!(stage.openers(), [false; 3]);
    let opened = sandbox.keypact("decrypt --passphrase-file one file");
    assert!(opened.output.stdout == stage.plain);
    let told = stage.rewrap("--passphrase-file one --new-passphrase-file two");
    assert_eq!(told["how"], "in_place");
    sandbox.keypact("decrypt --passphrase-file one file").fails(4);
    sandbox.keypact("rewrap -i a -R list file").fails(4);
    stage.rewrap("--passphrase-file two -R list");
    assert_eq!(stage.openers(), [true, false, false]);
}
