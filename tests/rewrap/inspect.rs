//! What `keypact inspect` tells.

use serde_json::{Value, json};

use crate::age_file::SEALED;
use crate::sandbox::Sandbox;
use crate::{SMALL, Stage};

fn told(sandbox: &Sandbox, words: &str) -> Value {
    serde_json::from_str(&sandbox.keypact(&format!("inspect --json {words}")).ok()).unwrap()
}

#[test]
fn a_file_is_told_in_full() {
    let stage = Stage::new("x25519", SMALL + 1, "");
    let told = told(&stage.sandbox, "-i c -i b file");
    let size = stage.sandbox.read("file").len();
    for (field, expected) in [
        ("file", json!("file")),
        ("version", json!("age-encryption.org/v1")),
        ("armored", json!(false)),
        ("header_bytes", json!(4080)),
        ("header_authentic", json!(true)),
        ("locked_with", json!("keys")),
        ("work_factor", json!(null)),
        ("post_quantum", json!(false)),
        (
            "identities",
            json!([{"file": "c", "fits": false}, {"file": "b", "fits": true}]),
        ),
        ("file_bytes", json!(size)),
        ("content_bytes", json!(SMALL + 1)),
        ("chunks", json!(17)),
        ("overhead_bytes", json!(size - SMALL - 1)),
        ("damage", json!([])),
    ] {
        assert_eq!(told[field], expected, "{field}");
    }
    assert!(told["room_bytes"].as_u64().unwrap() >= 2048);
    let stanzas = told["stanzas"].as_array().unwrap();
    let kinds: Vec<&str> = stanzas.iter().map(|stanza| stanza["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["X25519", "X25519", "keypact/room"]);
    assert_eq!(
        (&stanzas[0]["opened_by"], &stanzas[1]["opened_by"]),
        (&json!(null), &json!("b"))
    );
    assert_eq!(
        (&stanzas[1]["index"], &stanzas[1]["body_bytes"]),
        (&json!(1), &json!(32))
    );
    let text = stage.sandbox.keypact("inspect -i b file").ok();
    assert!(
        text.contains("header: 4080 bytes, authentic") && text.contains("opened by b"),
        "{text}"
    );
}

#[test]
fn forms_and_kinds_are_told_apart() {
    let stage = Stage::new("hybrid", 70_000, "-a");
    let seen = told(&stage.sandbox, "file");
    assert_eq!((&seen["armored"], &seen["post_quantum"]), (&json!(true), &json!(true)));
    assert_eq!(
        (&seen["content_bytes"], &seen["header_authentic"]),
        (&json!(70_000), &json!(null))
    );
    stage.sandbox.write("pass", "words");
    stage.sandbox.shell("chmod 600 pass").ok();
    stage
        .sandbox
        .keypact("encrypt --passphrase-file pass -o locked plain")
        .ok();
    let seen = told(&stage.sandbox, "-i a locked");
    assert_eq!(
        (&seen["locked_with"], &seen["work_factor"]),
        (&json!("passphrase"), &json!(18))
    );
    assert_eq!(
        (&seen["header_authentic"], &seen["room_bytes"]),
        (&json!(null), &json!(null))
    );
    let seen = told(&stage.sandbox, "--passphrase-file pass locked");
    assert_eq!(seen["header_authentic"], true);
    // What is of unknown kind could be anything.
    stage.sandbox.write("odd", b"age-encryption.org/v1\n-> mine\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n0123456789abcdef0123456789abcdef");
    let seen = told(&stage.sandbox, "odd");
    assert_eq!(
        (&seen["post_quantum"], &seen["content_bytes"]),
        (&json!(null), &json!(0))
    );
}

#[test]
fn a_pipe_is_read_as_far_as_needed() {
    let stage = Stage::new("x25519", SMALL + 1, "");
    let script = "keypact inspect --json -i a - < <(cat file; sleep 0)";
    let seen: Value = serde_json::from_str(&stage.sandbox.shell(script).ok()).unwrap();
    assert_eq!(
        (&seen["header_authentic"], &seen["content_bytes"]),
        (&json!(true), &json!(null))
    );
    let endless = "(head -c 4096 file; cat /dev/zero) | keypact inspect -";
    assert!(stage.sandbox.shell(endless).ok().contains("content: of unknown size"));
    let redirected = "keypact inspect --json - < file";
    let seen: Value = serde_json::from_str(&stage.sandbox.shell(redirected).ok()).unwrap();
    assert_eq!(seen["content_bytes"], json!(SMALL + 1));
}

#[test]
fn nobody_is_asked_for_a_passphrase_unasked() {
    let stage = Stage::new("x25519", 10, "");
    let sandbox = &stage.sandbox;
    sandbox.write("pass", "words");
    sandbox.shell("chmod 600 pass").ok();
    sandbox.keypact("encrypt --passphrase-file pass -o a.locked a").ok();
    let seen = told(sandbox, "-i a.locked file");
    assert_eq!(seen["identities"], json!([{"file": "a.locked", "fits": null}]));
    let seen = told(sandbox, "-i a.locked --passphrase-file pass file");
    assert_eq!(seen["identities"], json!([{"file": "a.locked", "fits": true}]));
}

#[test]
fn damage_is_told_and_decides_the_status() {
    let stage = Stage::new("x25519", 2 * SEALED, "");
    let sandbox = &stage.sandbox;
    let whole = stage.file();
    let start = whole.header_len() + 16;
    for (length, code) in [
        (start + SEALED, 0),
        (start + SEALED + 16, 3),
        (start + SEALED + 15, 3),
        (start + SEALED + 17, 0),
        (start + 15, 3),
        (start - 1, 3),
        (start - 20, 3),
    ] {
        sandbox.write("cut", &whole.binary[..length]);
        let ran = sandbox.keypact("inspect --json -i a cut");
        assert_eq!(ran.code(), code, "{length}");
        let seen: Value = serde_json::from_str(&ran.stdout()).unwrap();
        let is_told = !seen["fault"].is_null() || !seen["damage"].as_array().unwrap().is_empty();
        assert_eq!(is_told, code == 3, "{length}: {seen}");
    }
    let mut changed = whole.binary.clone();
    let mac = changed.windows(5).position(|part| part == b"\n--- ").unwrap();
    changed[mac + 6] = if changed[mac + 6] == b'A' { b'B' } else { b'A' };
    sandbox.write("changed", &changed);
    let ran = sandbox.keypact("inspect --json -i a changed");
    assert_eq!(ran.code(), 3);
    let seen: Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert_eq!(
        (&seen["header_authentic"], &seen["damage"][0]["kind"]),
        (&json!(false), &json!("header_mac"))
    );
    sandbox.keypact("inspect plain").fails(3);
    let ran = sandbox.keypact("inspect file plain missing");
    assert_eq!(ran.code(), 3);
    assert!(ran.stdout().starts_with("file: age") && ran.stderr().contains("2 of 3 files failed"));
}
