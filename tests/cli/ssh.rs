//! SSH keys as people have them: in `~/.ssh`, in lists, behind passphrases.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::prompts::at_terminal;
use crate::sandbox::Sandbox;

const FORMS: [(&str, &[&str]); 2] = [
    ("ed25519.pub", &["ed25519", "ed25519_pkcs8", "ed25519_locked"]),
    ("rsa.pub", &["rsa", "rsa_pkcs1", "rsa_pkcs8", "rsa_locked"]),
];

/// A folder with the keys of `tests/ssh_keys`, a passphrase and a text.
fn with_keys() -> Sandbox {
    let sandbox = Sandbox::new();
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ssh_keys");
    for key in fs::read_dir(keys).unwrap() {
        let key = key.unwrap();
        let name = key.file_name().into_string().unwrap();
        sandbox.write(&name, fs::read(key.path()).unwrap());
        fs::set_permissions(sandbox.file(&name), PermissionsExt::from_mode(0o600)).unwrap();
    }
    sandbox.write("pass", "open sesame\n");
    fs::set_permissions(sandbox.file("pass"), PermissionsExt::from_mode(0o600)).unwrap();
    sandbox.write("plain", "treasure");
    sandbox
}

fn line(sandbox: &Sandbox, name: &str) -> String {
    sandbox.text(name).trim_end().to_owned()
}

#[test]
fn every_form_of_a_key_encrypts_and_decrypts() {
    let sandbox = with_keys();
    for (public, files) in FORMS {
        let shown = line(&sandbox, public).rsplitn(4, ' ').last().unwrap().to_owned();
        for file in files {
            assert_eq!(
                sandbox
                    .keypact(&format!("--no-input key show -i {file}"))
                    .ok()
                    .trim_end(),
                shown
            );
            sandbox
                .keypact(&format!("--no-input encrypt -i {file} -o by-key plain"))
                .ok();
            sandbox.keypact(&format!("encrypt -R {public} -o by-file plain")).ok();
            sandbox
                .shell(&format!("keypact encrypt -r \"$(cat {public})\" -o by-line plain"))
                .ok();
            for sealed in ["by-key", "by-file", "by-line"] {
                let opened = sandbox.keypact(&format!("decrypt -i {file} --passphrase-file pass {sealed}"));
                assert_eq!(opened.ok(), "treasure");
                assert_eq!(opened.stderr(), "");
            }
        }
    }
    sandbox.keypact("key show --qr -i ed25519").ok();
}

#[test]
fn a_list_may_mix_kinds_and_tells_what_it_leaves_out() {
    let sandbox = with_keys();
    let own = sandbox.identity("age");
    let [ed25519, rsa, ecdsa] = ["ed25519.pub", "rsa.pub", "ecdsa.pub"].map(|name| line(&sandbox, name));
    sandbox.write(
        "list",
        format!("# servers\r\n{own}\r\nfrom=\"10.0.0.0/8\",no-pty {ed25519}\r\n\r\n{ecdsa}\r\n{rsa}"),
    );
    let ran = sandbox.keypact("encrypt -R list -o sealed plain");
    ran.ok();
    assert_eq!(
        ran.stderr(),
        "keypact: warning: list: line 5 is left out: an SSH key of a kind that cannot encrypt (only ssh-ed25519 and \
         ssh-rsa keys can)\n"
    );
    for identity in ["age", "ed25519", "rsa_pkcs1"] {
        assert_eq!(
            sandbox.keypact(&format!("decrypt -i {identity} sealed")).ok(),
            "treasure"
        );
    }
    let hybrid = sandbox.keypact("key generate -o hybrid").ok();
    let mixed = sandbox.keypact(&format!("encrypt -R ed25519.pub -r {} plain", hybrid.trim()));
    assert!(mixed.fails(2).contains("cannot share a file"));
}

#[test]
fn a_key_that_cannot_be_used_is_refused_with_its_line_and_without_its_text() {
    let sandbox = with_keys();
    sandbox.write(
        "damaged",
        line(&sandbox, "rsa.pub") + "\nssh-ed25519 hunter2 somebody\n",
    );
    for (words, code, expected) in [
        ("encrypt -R ecdsa.pub plain", 1, "line 1: an SSH key of a kind"),
        (
            "encrypt -R rsa_1024.pub plain",
            1,
            "line 1: an RSA key of fewer than 2048",
        ),
        ("encrypt -R damaged plain", 1, "line 2: the key is damaged"),
        ("encrypt -R rsa plain", 1, "line 1: this is a secret identity"),
        ("encrypt -i rsa.pub plain", 1, "line 1: this is a public recipient"),
        ("decrypt -i ed25519.pub plain", 1, "line 1: this is a public recipient"),
        ("decrypt -i ecdsa plain", 1, "of a kind that cannot encrypt"),
        ("decrypt -i rsa_pkcs1_locked plain", 1, "locked in an old form"),
        ("key show -i rsa_pkcs8_locked", 1, "ssh-keygen -p"),
    ] {
        let stderr = sandbox.keypact(words).fails(code);
        assert!(stderr.contains(expected), "{words}: {stderr}");
        assert!(!stderr.contains("hunter2") && !stderr.contains("AAAA"), "{stderr}");
    }
    let stderr = sandbox.shell("keypact encrypt -r \"$(cat ecdsa.pub)\" plain").fails(2);
    assert!(stderr.contains("of a kind that cannot encrypt"), "{stderr}");
    let stderr = sandbox.shell("keypact encrypt -r \"$(cat ed25519)\" plain").fails(2);
    assert!(
        stderr.contains("secret identity") && !stderr.contains("b3Blbn"),
        "{stderr}"
    );
}

#[test]
fn a_passphrase_is_asked_for_once_and_only_where_a_stanza_names_the_key() {
    let sandbox = with_keys();
    sandbox.keypact("encrypt -R ed25519.pub -R rsa.pub -o mine plain").ok();
    sandbox.keypact("encrypt -R rsa.pub -o other plain").ok();
    let mut person = at_terminal(&sandbox, "keypact decrypt -i ed25519_locked mine; echo code $?");
    person.expect("Passphrase of ed25519_locked: ");
    person.send("open sesame\n");
    let seen = person.expect("code 0");
    assert!(seen.contains("treasure") && !seen.contains("Passphrase"), "{seen}");

    let mut person = at_terminal(&sandbox, "keypact decrypt -i ed25519_locked other; echo code $?");
    let seen = person.expect("code 4");
    assert!(!seen.contains("Passphrase"), "{seen}");
    let forbidden = sandbox.keypact("--no-input decrypt -i ed25519_locked mine").fails(2);
    assert!(forbidden.contains("the passphrase of ed25519_locked"), "{forbidden}");
    let opened = sandbox.keypact("--no-input decrypt -i ed25519_locked -i rsa other");
    assert_eq!(opened.ok(), "treasure");
}

#[test]
fn many_files_cause_one_question_whatever_the_answer() {
    let sandbox = with_keys();
    let names = ["one", "two", "three"];
    for name in names {
        sandbox
            .keypact(&format!("encrypt -R ed25519.pub -o {name}.age plain"))
            .ok();
    }
    for (answer, code, opened) in [("wrong", 4, 0), ("open sesame", 0, 3)] {
        let mut person = at_terminal(
            &sandbox,
            "keypact decrypt -i ed25519_locked --output-dir opened one.age two.age three.age; echo code $?",
        );
        person.expect("Passphrase of ed25519_locked: ");
        person.send(&format!("{answer}\n"));
        let seen = person.expect(&format!("code {code}"));
        assert!(!seen.contains("Passphrase"), "{seen}");
        let there = names.iter().filter(|name| sandbox.file("opened").join(name).exists());
        assert_eq!(there.count(), opened);
    }
}

#[test]
fn a_wrong_passphrase_is_a_key_that_does_not_fit() {
    let sandbox = with_keys();
    sandbox
        .keypact("encrypt -R ed25519.pub -R rsa.pub -o sealed plain")
        .ok();
    sandbox.write("wrong", "open\n");
    for key in ["ed25519_locked", "rsa_locked"] {
        let stderr = sandbox
            .keypact(&format!(
                "--error-format json decrypt -i {key} --passphrase-file wrong sealed"
            ))
            .fails(4);
        assert!(stderr.contains(r#""kind":"no_match""#), "{stderr}");
    }
}

#[test]
fn a_private_key_that_others_can_read_is_warned_of_unless_it_is_locked() {
    let sandbox = with_keys();
    for (key, warns) in [("ed25519", true), ("ed25519_locked", false)] {
        fs::set_permissions(sandbox.file(key), PermissionsExt::from_mode(0o644)).unwrap();
        let ran = sandbox.keypact(&format!("key show -i {key}"));
        ran.ok();
        assert_eq!(
            ran.stderr().contains("can be read by other users"),
            warns,
            "{}",
            ran.stderr()
        );
    }
}
