use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::sandbox::Sandbox;

fn mode(path: impl AsRef<std::path::Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_identity_file_has_the_form_of_age_and_is_private() {
    for (kind, recipient, identity) in [
        ("hybrid", "age1pq1", "AGE-SECRET-KEY-PQ-1"),
        ("x25519", "age1", "AGE-SECRET-KEY-1"),
    ] {
        let sandbox = Sandbox::new();
        let printed = sandbox.keypact(&format!("key generate --type {kind} -o key.txt")).ok();
        let text = sandbox.text("key.txt");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].starts_with("# created: 20") && lines[0].ends_with('Z'),
            "{}",
            lines[0]
        );
        assert_eq!(lines[1], format!("# public key: {}", printed.trim()));
        assert!(printed.starts_with(recipient) && lines[2].starts_with(identity));
        assert_eq!(mode(sandbox.file("key.txt")), 0o600);
        assert_eq!(sandbox.names(), ["key.txt"]);
    }
}

#[test]
fn the_default_is_post_quantum_and_goes_where_decrypt_looks() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.keypact("key generate").ok();
    assert!(recipient.starts_with("age1pq1"));
    let folder = sandbox.home().join(".config/keypact");
    assert_eq!((mode(&folder), mode(folder.join("identity.txt"))), (0o700, 0o600));
    assert_eq!(sandbox.keypact("key show").ok(), recipient);
    sandbox.write("plain", "to myself");
    sandbox
        .keypact(&format!("encrypt -r {} -o sealed plain", recipient.trim()))
        .ok();
    assert_eq!(sandbox.keypact("decrypt sealed").ok(), "to myself");
}

#[test]
fn the_default_that_is_used_is_named_to_whoever_asks() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.keypact("key generate").ok();
    sandbox.identity("other");
    let default = sandbox.home().join(".config/keypact/identity.txt");
    let told = format!("no identity is named, so {} is used\n", default.display());
    sandbox.write("plain", "to myself");
    sandbox
        .keypact(&format!("encrypt -r {} -o sealed plain", recipient.trim()))
        .ok();
    let add = format!("--add {}", recipient.trim());
    for words in [
        "decrypt sealed",
        "inspect sealed",
        "key show",
        "key plugin",
        &format!("rewrap {add} sealed"),
    ] {
        for (flags, is_told) in [("", false), ("-v", true), ("-v -q", false), ("-v -i other", false)] {
            let ran = sandbox.keypact(&format!("{words} {flags}"));
            assert_eq!(
                ran.stderr().contains(&told),
                is_told,
                "{words} {flags}: {}",
                ran.stderr()
            );
        }
    }
    assert!(!sandbox.keypact("encrypt -v plain").fails(2).contains(&told));
}

#[test]
fn a_key_is_never_overwritten() {
    let sandbox = Sandbox::new();
    sandbox.keypact("key generate").ok();
    let stderr = sandbox.keypact("key generate").fails(1);
    assert!(stderr.contains("exists already"), "{stderr}");
    for name in ["key.txt", "dangling"] {
        std::os::unix::fs::symlink("nowhere", sandbox.file("dangling")).unwrap_or_default();
        fs::write(sandbox.file("key.txt"), "precious").unwrap();
        let fault = sandbox
            .keypact(&format!("--error-format json key generate -o {name}"))
            .fails(1);
        assert!(fault.contains(r#""kind":"exists""#), "{fault}");
        assert_eq!(sandbox.text("key.txt"), "precious");
        assert!(!sandbox.file("nowhere").exists());
    }
}

#[test]
fn the_identity_can_be_printed_and_the_recipient_is_then_a_note() {
    let sandbox = Sandbox::new();
    let ran = sandbox.keypact("key generate --type x25519 -o -");
    assert!(ran.ok().contains("AGE-SECRET-KEY-1"));
    assert!(ran.stderr().contains("the recipient is age1"));
    assert!(!ran.stderr().contains("AGE-SECRET-KEY"));
    assert_eq!(sandbox.keypact("-q key generate -o -").stderr(), "");
    assert!(sandbox.names().is_empty());
}

#[test]
fn a_locked_identity_opens_with_its_passphrase_only() {
    let sandbox = Sandbox::new();
    sandbox.write("pass", "correct horse\nbattery staple\n");
    sandbox.write("wrong", "correct\n");
    fs::set_permissions(sandbox.file("pass"), fs::Permissions::from_mode(0o600)).unwrap();
    let recipient = sandbox.keypact("key generate --passphrase-file pass -o key.txt").ok();
    assert!(
        sandbox
            .text("key.txt")
            .starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n")
    );
    assert_eq!(
        sandbox.keypact("key show -i key.txt --passphrase-file pass").ok(),
        recipient
    );
    sandbox.keypact("key show -i key.txt --passphrase-file wrong").fails(4);
    sandbox.keypact("key show -i key.txt").fails(2);

    // A passphrase and its identity in use: asked for only when a file needs it.
    sandbox.identity("other.txt");
    sandbox.write("plain", "hello");
    sandbox.keypact("encrypt -i other.txt -o other.age plain").ok();
    assert_eq!(
        sandbox.keypact("decrypt -i other.txt -i key.txt other.age").ok(),
        "hello"
    );
    sandbox
        .keypact(&format!("encrypt -r {} -o mine.age plain", recipient.trim()))
        .ok();
    assert_eq!(
        sandbox
            .keypact("decrypt -i other.txt -i key.txt --passphrase-file pass mine.age")
            .ok(),
        "hello"
    );
    sandbox
        .keypact("decrypt -i key.txt --passphrase-file wrong mine.age")
        .fails(4);
    sandbox.keypact("--no-input decrypt -i key.txt mine.age").fails(2);
}

#[test]
fn show_prints_one_recipient_a_line() {
    let sandbox = Sandbox::new();
    let (a, b) = (sandbox.identity("a"), sandbox.identity("b"));
    assert_eq!(sandbox.keypact("key show -i a -i b").ok(), format!("{a}\n{b}\n"));
    sandbox.shell("cat a b > both").ok();
    assert_eq!(
        sandbox.keypact_with("key show -i -", &sandbox.read("both")).ok(),
        format!("{a}\n{b}\n")
    );
    sandbox.write("none", "# nothing\n");
    assert!(sandbox.keypact("key show -i none").fails(1).contains("no key in it"));
    sandbox.write("public", &a);
    assert!(
        sandbox
            .keypact("key show -i public")
            .fails(1)
            .contains("public recipient")
    );
    sandbox.keypact("key show").fails(1);
}

#[test]
fn a_recipient_can_be_shown_as_a_qr_code() {
    let sandbox = Sandbox::new();
    sandbox.identity("key.txt");
    let drawing = sandbox.keypact("key show -i key.txt --qr").ok();
    let widths: Vec<usize> = drawing
        .lines()
        .map(|line| line.chars().count())
        .filter(|width| *width > 0)
        .collect();
    assert!(
        widths.len() > 15 && widths.iter().all(|width| *width == widths[0]),
        "{drawing}"
    );
}
