use crate::sandbox::Sandbox;

fn sealed(plain: &[u8]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("plain", plain);
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    sandbox
}

fn kind_of(stderr: &str) -> String {
    let last = stderr.lines().last().unwrap();
    let fault: serde_json::Value = serde_json::from_str(last).unwrap();
    fault["fault"]["kind"].as_str().unwrap().to_owned()
}

#[test]
fn each_way_to_fail_has_its_exit_status_and_kind() {
    let sandbox = sealed(b"attack at dawn");
    sandbox.identity("other");
    let good = sandbox.read("sealed");
    let last = good.len() - 1;
    let mac = good.windows(4).position(|window| window == b"--- ").unwrap() + 4;
    let with = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        bytes
    };
    let cases: Vec<(&str, Vec<u8>, i32, &str)> = vec![
        ("key", b"not an age file".to_vec(), 3, "header"),
        ("key", Vec::new(), 3, "header"),
        ("key", with(mac), 3, "header_mac"),
        ("key", with(last), 3, "payload"),
        ("key", good[..last].to_vec(), 3, "payload"),
        ("key", [&good[..], b"x"].concat(), 3, "payload"),
        ("key", b"-----BEGIN AGE ENCRYPTED FILE-----\n*\n".to_vec(), 3, "armor"),
        ("other", good.clone(), 4, "no_match"),
        ("missing", good.clone(), 1, "io"),
        ("plain", good.clone(), 1, "key"),
    ];
    for (key, bytes, code, kind) in cases {
        let ran = sandbox.keypact_with(&format!("--error-format json decrypt -i {key} -o out"), &bytes);
        assert_eq!(kind_of(&ran.fails(code)), kind);
        assert!(!sandbox.file("out").exists());
    }
    assert!(!sandbox.has_partial_file());
}

#[test]
fn a_failed_run_leaves_the_previous_file_and_no_other() {
    let sandbox = sealed(&vec![7; 200_000]);
    let mut bytes = sandbox.read("sealed");
    *bytes.last_mut().unwrap() ^= 1;
    sandbox.write("damaged", &bytes);
    sandbox.write("out", "old");
    sandbox.keypact("decrypt -i key -o out damaged").fails(3);
    assert_eq!(sandbox.text("out"), "old");
    assert_eq!(sandbox.names(), ["damaged", "key", "out", "plain", "sealed"]);

    // Standard output gets the authentic chunks and the truth in the exit status.
    let ran = sandbox.keypact("decrypt -i key damaged");
    assert_eq!((ran.code(), ran.output.stdout.len()), (3, 3 * 65536));
}

#[test]
fn faults_have_three_lines_for_people_and_one_object_for_scripts() {
    let sandbox = sealed(b"x");
    sandbox.identity("other");
    let stderr = sandbox.keypact("decrypt -i other sealed").fails(4);
    let lines: Vec<&str> = stderr.lines().collect();
    assert_eq!(lines[0], "keypact: error: none of the identities fits this file");
    assert!(lines[1].starts_with("keypact: hint: "), "{stderr}");
    let stderr = sandbox.keypact("decrypt -i gone sealed").fails(1);
    assert_eq!(
        stderr,
        "keypact: error: cannot open gone\nkeypact: because: No such file or directory\n"
    );

    let json = sandbox.keypact("decrypt --error-format=json -i other sealed").fails(4);
    let fault: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(fault["fault"]["code"], 4);
    assert_eq!(fault["fault"]["kind"], "no_match");
    assert!(fault["fault"]["next"].as_str().unwrap().contains("-i FILE"));
    assert!(fault["fault"]["why"].is_null());
}

#[test]
fn wrong_calls_exit_2_in_either_form() {
    let sandbox = Sandbox::new();
    for words in [
        "decrypt --bogus",
        "bogus",
        "decrypt -o a b c",
        "key",
        "decrypt -i",
        "--color sometimes decrypt",
    ] {
        let stderr = sandbox.keypact(words).fails(2);
        assert!(stderr.contains("keypact: error: "), "{stderr}");
        let stderr = sandbox.keypact(&format!("--error-format json {words}")).fails(2);
        assert_eq!(kind_of(&stderr), "usage");
    }
    let stderr = sandbox.keypact("util path").fails(2);
    assert!(
        stderr.contains("hint: a similar subcommand exists: 'paths'"),
        "{stderr}"
    );
    assert!(sandbox.keypact("").fails(2).contains("Usage: keypact"));
}

#[test]
fn keys_and_passphrases_are_told_apart() {
    let sandbox = sealed(b"x");
    sandbox.write("pass", "words");
    sandbox.keypact("encrypt --passphrase-file pass -o locked plain").ok();
    let stderr = sandbox.keypact("decrypt -i key locked").fails(4);
    assert!(
        stderr.contains("locked with a passphrase") && stderr.contains("-p"),
        "{stderr}"
    );
    let stderr = sandbox.keypact("decrypt --passphrase-file pass sealed").fails(4);
    assert!(stderr.contains("locked with keys"), "{stderr}");
    let stderr = sandbox.keypact("decrypt sealed").fails(4);
    assert!(stderr.contains("-i FILE"), "{stderr}");
    let stderr = sandbox.keypact("--no-input decrypt locked").fails(2);
    assert!(
        stderr.contains("--no-input") && stderr.contains("--passphrase-file"),
        "{stderr}"
    );
}

#[test]
fn every_kind_of_input_is_read() {
    let sandbox = sealed(b"hello");
    for script in [
        "keypact decrypt -i key sealed",
        "keypact decrypt -i key < sealed",
        "keypact decrypt -i key - < sealed",
        "keypact decrypt -i key /dev/stdin < sealed",
        "cat sealed | keypact decrypt -i key",
        "keypact decrypt -i key <(cat sealed)",
        "keypact decrypt -i - sealed < key",
        "keypact decrypt -i <(cat key) <(cat sealed)",
        "keypact decrypt -i /dev/fd/5 sealed 5< key",
        "mkfifo pipe; cat sealed > pipe & keypact decrypt -i key pipe",
        "keypact decrypt -i key -o - sealed",
        "keypact decrypt -i key -o /dev/stdout sealed",
        "keypact decrypt -i key -o /dev/fd/4 sealed 4>&1 | cat",
        "mkfifo way; cat way & keypact decrypt -i key -o way sealed; wait",
    ] {
        assert_eq!(sandbox.shell(script).ok(), "hello", "{script}");
    }
}

#[test]
fn an_exposed_identity_is_used_with_a_warning_that_nothing_silences() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sealed(b"x");
    std::fs::set_permissions(sandbox.file("key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = sandbox.keypact("-q decrypt -i key sealed");
    assert_eq!(ran.ok(), "x");
    assert!(
        ran.stderr().contains("warning: ") && ran.stderr().contains("0644"),
        "{}",
        ran.stderr()
    );
}

#[test]
fn a_passphrase_may_cost_no_more_than_is_allowed() {
    let sandbox = Sandbox::new();
    sandbox.write("plain", "text");
    sandbox.write("pass", "open sesame\n");
    sandbox.keypact("encrypt --passphrase-file pass -o locked plain").ok();
    sandbox.keypact("key generate --passphrase-file pass -o key").ok();
    let open = |limit: u8| {
        sandbox.keypact(&format!(
            "decrypt --passphrase-file pass --max-work-factor {limit} locked"
        ))
    };
    assert_eq!(open(18).ok(), "text");
    assert!(open(17).fails(3).contains("work factor above the limit"));
    let show = |limit: u8| {
        sandbox.keypact(&format!(
            "key show --passphrase-file pass --max-work-factor {limit} -i key"
        ))
    };
    assert!(show(18).ok().starts_with("age1pq1"));
    show(17).fails(3);
    for wrong in [0, 31] {
        open(wrong).fails(2);
    }
}
