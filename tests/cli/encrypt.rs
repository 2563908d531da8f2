use std::fs;
use std::io::Read;

use keypact::crypto::mlkem;
use keypact::crypto::p256::KeyPair;
use keypact::format::token::{self, Device};
use keypact::format::{self, Identity, hybrid_tag, tag};
use keypact::secret::Secret;

use crate::sandbox::Sandbox;

#[test]
fn every_way_to_name_a_recipient_works() {
    let sandbox = Sandbox::new();
    let recipients = ["a", "b", "c"].map(|name| sandbox.identity(name));
    sandbox.write("list", format!("# the team\n\n{}\r\n", recipients[1]));
    sandbox.write("plain", "for three");
    sandbox
        .keypact(&format!("encrypt -r {} -R list -i c -o sealed plain", recipients[0]))
        .ok();
    for name in ["a", "b", "c"] {
        assert_eq!(sandbox.keypact(&format!("decrypt -i {name} sealed")).ok(), "for three");
    }
    let ran = sandbox.keypact_with("encrypt -R - plain", recipients[0].as_bytes());
    assert_eq!(
        sandbox.keypact_with("decrypt -i a", &ran.output.stdout).ok(),
        "for three"
    );
    sandbox.keypact("decrypt -i b sealed -o out").ok();
    assert_eq!(sandbox.text("out"), "for three");
}

#[test]
fn sizes_around_the_chunk_come_back_as_they_were() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    for size in [0, 1, 65535, 65536, 65537, 131_072, 600_000] {
        let plain: Vec<u8> = (0..size).map(|at: u32| (at % 251) as u8).collect();
        for armor in ["", "-a"] {
            let sealed = sandbox.keypact_with(&format!("encrypt -r {recipient} {armor}"), &plain);
            sealed.ok();
            let opened = sandbox.keypact_with("decrypt -i key", &sealed.output.stdout);
            opened.ok();
            assert!(opened.output.stdout == plain, "{size} bytes {armor}");
        }
    }
}

#[test]
fn armor_is_text() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    let armored = sandbox
        .keypact_with(&format!("encrypt -a -r {recipient}"), b"hello")
        .ok();
    assert!(armored.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
    assert!(armored.ends_with("-----END AGE ENCRYPTED FILE-----\n"));
    assert!(armored.is_ascii());
}

#[test]
fn a_call_without_recipients_or_with_too_many_kinds_is_wrong() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    sandbox.write("plain", "x");
    assert!(sandbox.keypact("encrypt plain").fails(2).contains("-r RECIPIENT"));
    sandbox.keypact(&format!("encrypt -p -r {recipient} plain")).fails(2);
    sandbox
        .keypact(&format!("encrypt --passphrase-file key -r {recipient} plain"))
        .fails(2);
    sandbox.keypact("encrypt -p --passphrase-file key plain").fails(2);
    sandbox.keypact("encrypt -r age1nonsense plain").fails(2);
    let hybrid = sandbox.keypact("key generate -o pq").ok();
    let mixed = sandbox.keypact(&format!("encrypt -r {recipient} -r {} plain", hybrid.trim()));
    assert!(mixed.fails(2).contains("cannot share a file"));
}

/// The sandbox has no plugins, and none is missed.
#[test]
fn the_key_of_a_device_is_written_to_without_its_plugin() {
    let sandbox = Sandbox::new();
    let classic = sandbox.identity("key");
    let device = KeyPair::new(&Secret::with(|scalar| scalar.fill(7))).unwrap();
    let token = |kind| token::Identity::new(kind, &device);
    let kem = mlkem::PrivateKey::from_seed(&Secret::zero());
    let plain = tag::Identity::new(&device);
    let hybrid = hybrid_tag::Identity::new(kem, &device);
    let tokens = [Device::YubiKey, Device::SecureEnclave, Device::Tpm].map(token);
    let mut cases: Vec<(String, &dyn Identity)> = vec![
        (plain.recipient().to_string(), &plain),
        (hybrid.recipient().to_string(), &hybrid),
    ];
    cases.extend(
        tokens
            .iter()
            .map(|key| (key.recipient().to_string(), key as &dyn Identity)),
    );
    for (recipient, identity) in cases {
        let sealed = sandbox.keypact_with(&format!("encrypt -r {recipient}"), b"attack at dawn");
        sealed.ok();
        let mut opened = String::new();
        let mut reader = format::decrypt(&sealed.output.stdout[..], &[identity]).unwrap();
        reader.read_to_string(&mut opened).unwrap();
        assert_eq!(opened, "attack at dawn");
    }
    let everyone = format!("{classic}\n{}\n{}\n", plain.recipient(), tokens[0].recipient());
    sandbox.write("list", everyone);
    sandbox.keypact("encrypt -R list -o sealed list").ok();
    sandbox.keypact("decrypt -i key -o opened sealed").ok();
    let mixed = format!("encrypt -r {classic} -r {} list", hybrid.recipient());
    assert!(sandbox.keypact(&mixed).fails(2).contains("cannot share a file"));
}

#[test]
fn a_secret_given_by_mistake_is_not_repeated() {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    let secret = sandbox.text("key").lines().last().unwrap().to_owned();
    for ran in [
        sandbox.keypact_with(&format!("encrypt -r {secret}"), b""),
        sandbox.keypact_with("encrypt -R key", b""),
        sandbox.keypact_with("encrypt -R - key", secret.as_bytes()),
    ] {
        assert!(ran.code() == 1 || ran.code() == 2);
        assert!(!ran.stderr().contains(&secret[..20]), "{}", ran.stderr());
        assert!(ran.stderr().contains("secret identity"), "{}", ran.stderr());
    }
}

#[test]
fn a_stream_has_one_role() {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    let stderr = sandbox.keypact("encrypt -i key -R -").fails(2);
    assert!(
        stderr.contains("cannot be both the input and the recipients of -R"),
        "{stderr}"
    );
    sandbox.keypact("decrypt -i -").fails(2);
    sandbox.keypact("decrypt -i - -").fails(2);
    sandbox.keypact("decrypt -i /dev/stdin -").fails(2);
    sandbox.keypact("encrypt --passphrase-file fd:0").fails(2);
}

#[test]
fn a_passphrase_comes_from_a_file_or_a_descriptor() {
    let sandbox = Sandbox::new();
    sandbox.write("plain", "hello");
    let script = "keypact encrypt --passphrase-file fd:7 -o sealed plain 7<<< 'open sesame' &&
        keypact decrypt --passphrase-file <(printf 'open sesame\\r\\nmore') sealed";
    assert_eq!(sandbox.shell(script).ok(), "hello");
    sandbox.write("wrong", "open\n");
    let wrong = sandbox
        .keypact("--error-format json decrypt --passphrase-file wrong -o out sealed")
        .fails(4);
    assert!(wrong.contains(r#""kind":"no_match""#), "{wrong}");
    sandbox.write("empty", "\nsecond");
    sandbox.keypact("decrypt --passphrase-file empty sealed").fails(1);
    sandbox.write("long", "x".repeat(70_000));
    sandbox.keypact("decrypt --passphrase-file long sealed").fails(1);
    sandbox.keypact("decrypt --passphrase-file fd:9 sealed").fails(1);
    sandbox.keypact("decrypt --passphrase-file fd:x sealed").fails(2);
    assert!(!sandbox.file("out").exists());
}

#[test]
fn input_and_output_are_never_the_same_file() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    sandbox.write("plain", "keep me");
    std::os::unix::fs::symlink("plain", sandbox.file("link")).unwrap();
    fs::hard_link(sandbox.file("plain"), sandbox.file("hard")).unwrap();
    for output in ["plain", "./plain", "link", "hard", "../work/plain"] {
        let stderr = sandbox
            .keypact(&format!("encrypt -r {recipient} -o {output} plain"))
            .fails(2);
        assert!(stderr.contains("both input and output"), "{stderr}");
    }
    assert_eq!(
        sandbox
            .shell(&format!("keypact encrypt -r {recipient} plain 1<> plain"))
            .code(),
        2
    );
    assert_eq!(
        sandbox
            .shell(&format!("keypact encrypt -r {recipient} -o plain < plain"))
            .code(),
        2
    );
    assert_eq!(sandbox.text("plain"), "keep me");
    sandbox
        .keypact(&format!("encrypt -r {recipient} -o /dev/null /dev/null"))
        .ok();
}

#[test]
fn an_existing_output_is_replaced_whole_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    sandbox.write("plain", "new");
    sandbox.write("out", "old");
    fs::set_permissions(sandbox.file("out"), fs::Permissions::from_mode(0o640)).unwrap();
    sandbox.keypact(&format!("encrypt -r {recipient} -o out plain")).ok();
    assert_eq!(
        fs::metadata(sandbox.file("out")).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(sandbox.keypact("decrypt -i key out").ok(), "new");
    let script = format!("umask 027; keypact encrypt -r {recipient} -o fresh plain; stat -c %a fresh");
    assert_eq!(sandbox.shell(&script).ok(), "640\n");
    assert_eq!(sandbox.names(), ["fresh", "key", "out", "plain"]);
}

#[test]
fn folders_are_refused_with_advice() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    fs::create_dir(sandbox.file("folder")).unwrap();
    sandbox.write("plain", "x");
    assert!(
        sandbox
            .keypact(&format!("encrypt -r {recipient} folder"))
            .fails(1)
            .contains("--archive")
    );
    for output in ["folder", "folder/", ".", "missing/"] {
        sandbox
            .keypact(&format!("encrypt -r {recipient} -o {output} plain"))
            .fails(1);
    }
    sandbox
        .keypact(&format!("encrypt -r {recipient} -o missing/out plain"))
        .fails(1);
    assert_eq!(sandbox.names(), ["folder", "key", "plain"]);
}
