use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};

/// A tree of files around every edge of a chunk and of a batch, and a key.
fn tree() -> (Sandbox, Vec<(&'static str, Vec<u8>)>) {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    fs::create_dir_all(sandbox.file("tree/deep/er")).unwrap();
    let file = |name, size: usize| (name, (0..=250).cycle().take(size).collect::<Vec<u8>>());
    let files = vec![
        file("tree/empty", 0),
        file("tree/one", 1),
        file("tree/deep/chunk", 65_536),
        file("tree/deep/er/batches", 9_000_000),
        file("tree/deep/er/more", 600_001),
    ];
    for (name, bytes) in &files {
        sandbox.write(name, bytes);
    }
    (sandbox, files)
}

fn answer(ran: &Ran) -> Value {
    serde_json::from_slice(&ran.output.stdout).unwrap()
}

#[test]
fn several_inputs_become_files_of_their_own() {
    let (sandbox, files) = tree();
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let names = names.join(" ");
    fs::set_permissions(sandbox.file("tree/one"), fs::Permissions::from_mode(0o640)).unwrap();
    let ran = sandbox.keypact(&format!("encrypt --json -i key {names}"));
    ran.ok();
    let told = answer(&ran);
    assert_eq!((&told["done"], &told["failed"]), (&5.into(), &0.into()));
    assert_eq!(
        fs::metadata(sandbox.file("tree/one.age")).unwrap().mode() & 0o777,
        0o640
    );

    let sealed = names.replace(' ', ".age ") + ".age";
    sandbox
        .keypact(&format!("decrypt -i key --output-dir out {sealed}"))
        .ok();
    for (name, bytes) in files {
        let name = name.rsplit('/').next().unwrap();
        assert!(sandbox.read(format!("out/{name}")) == bytes, "{name}");
    }
    assert!(!sandbox.shell("find . -name '.keypact-*'").ok().contains("part"));
}

#[test]
fn a_tree_is_mirrored_and_what_is_done_is_passed_over() {
    let (sandbox, files) = tree();
    symlink("one", sandbox.file("tree/link")).unwrap();
    for jobs in ["1", "3"] {
        let words = format!("encrypt --recursive --if-exists overwrite --jobs {jobs} -i key tree");
        sandbox.keypact(&words).ok();
    }
    // Encrypted files and links are passed over; the rest has its results already.
    let ran = sandbox.keypact("encrypt --recursive --if-exists skip --json -i key tree");
    ran.ok();
    assert_eq!(answer(&ran)["skipped"], 11);
    let stderr = sandbox.keypact("encrypt --recursive -i key tree").fails(1);
    assert_eq!(stderr.matches("exists already").count(), 6, "{stderr}");

    sandbox.keypact("decrypt --recursive -i key --output-dir out tree").ok();
    for (name, bytes) in &files {
        assert!(sandbox.read(format!("out/{name}")) == *bytes, "{name}");
    }
    assert_eq!(sandbox.shell("find out -type f | wc -l").ok().trim(), "5");
    let ran = sandbox.keypact("decrypt --recursive --verify-only -i key tree");
    assert!(ran.stderr().contains("verified 5 files"), "{}", ran.stderr());
}

#[test]
fn what_another_run_is_writing_is_passed_over() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    sandbox.write("plain", "text");
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    fs::create_dir_all(sandbox.file("tree/.keypact-folder.part")).unwrap();
    for (name, content) in [
        ("tree/plain", "plain"),
        ("tree/.keypact-a.part", "plain"),
        ("tree/.keypact-folder.part/b", "plain"),
        ("tree/.c.keypact-journal", "plain"),
        ("tree/sealed.age", "sealed"),
        ("tree/.keypact-d.part", "sealed"),
        ("tree/.keypact-folder.part/e", "sealed"),
        ("tree/.f.keypact-journal", "sealed"),
    ] {
        sandbox.write(name, sandbox.read(content));
    }
    for (words, skipped) in [
        ("encrypt --recursive --json -i key --output-dir out tree", 6),
        ("decrypt --recursive --json -i key --output-dir out tree", 6),
    ] {
        let ran = sandbox.keypact(words);
        ran.ok();
        assert_eq!(
            (&answer(&ran)["done"], &answer(&ran)["skipped"]),
            (&1.into(), &skipped.into())
        );
    }
    let ran = sandbox.keypact(&format!("rewrap --recursive --json -i key --add {recipient} tree"));
    assert_eq!(
        (ran.ok().lines().count(), &answer(&ran)["file"]),
        (1, &"tree/sealed.age".into())
    );
}

#[test]
fn a_failure_stops_no_other_and_the_gravest_decides() {
    let (sandbox, files) = tree();
    sandbox.keypact("encrypt --recursive -i key tree").ok();
    sandbox.identity("other");
    sandbox.keypact("encrypt -i other -o tree/foreign.age tree/one").ok();
    let mut damaged = sandbox.read("tree/deep/chunk.age");
    damaged[300] ^= 1;
    sandbox.write("tree/deep/chunk.age", damaged);

    let ran = sandbox.keypact("--error-format json decrypt --recursive --events events -i key --output-dir out tree");
    let stderr = ran.fails(3);
    let last: Value = serde_json::from_str(stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["fault"]["kind"], "payload");
    assert_eq!(last["fault"]["what"], "2 of 6 files failed");
    for (name, bytes) in files {
        if name.ends_with("chunk") {
            assert!(!sandbox.file(format!("out/{name}")).exists());
        } else {
            assert!(sandbox.read(format!("out/{name}")) == bytes, "{name}");
        }
    }
    let events: Vec<Value> = sandbox
        .text("events")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let count = |kind: &str| events.iter().filter(|event| event["event"] == kind).count();
    assert_eq!((count("file"), count("file_fault"), count("fault")), (4, 2, 1));

    let stderr = sandbox
        .keypact("decrypt -i key --output-dir out tree/foreign.age")
        .fails(4);
    assert!(
        stderr.contains("tree/foreign.age: none of the identities fits"),
        "{stderr}"
    );
}

#[test]
fn results_that_would_collide_or_have_no_name_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    fs::create_dir_all(sandbox.file("a")).unwrap();
    fs::create_dir_all(sandbox.file("b")).unwrap();
    sandbox.write("a/x", "1");
    sandbox.write("b/x", "2");
    let stderr = sandbox.keypact("encrypt -i key --output-dir out a/x b/x").fails(1);
    assert!(stderr.contains("would be the result of two inputs"), "{stderr}");
    assert_eq!(sandbox.keypact("decrypt -i key out/x.age").ok(), "1");
    for (words, code) in [
        ("encrypt -i key -o out a/x b/x", 2),
        ("encrypt -i key a/x -", 2),
        ("encrypt -i key --recursive", 2),
        ("encrypt -i key a b", 1),
        ("decrypt -i key --range 1..2 out/x.age out/x.age", 2),
        ("decrypt -i key a/x b/x", 1),
    ] {
        sandbox.keypact(words).fails(code);
    }
    for words in [
        "encrypt -i key --if-exists overwrite out/x out/x.age",
        "decrypt -i key --if-exists overwrite out/x.age.age out/x.age",
    ] {
        sandbox.write("out/x", "3");
        fs::copy(sandbox.file("out/x.age"), sandbox.file("out/x.age.age")).unwrap();
        let stderr = sandbox.keypact(words).fails(1);
        assert!(stderr.contains("out/x.age is both a result and an input"), "{stderr}");
        assert_eq!(sandbox.keypact("decrypt -i key out/x.age").ok(), "1");
    }
    // What is left of these names stands for folders, or is nothing.
    for name in [".age", "..age", "...age"] {
        fs::copy(sandbox.file("out/x.age"), sandbox.file(name)).unwrap();
        for exists in ["fail", "skip", "overwrite"] {
            let words = format!("decrypt -i key --output-dir out --if-exists {exists} {name}");
            let stderr = sandbox.keypact(&words).fails(1);
            assert!(stderr.contains("its result has no name"), "{stderr}");
        }
    }
    assert!(!sandbox.file("x").exists() && !sandbox.file("a.age").exists());
}

#[test]
fn results_that_wait_for_the_disk_do_not_use_up_the_descriptors() {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    fs::create_dir(sandbox.file("tree")).unwrap();
    for number in 0..300 {
        sandbox.write(&format!("tree/{number}"), number.to_string());
    }
    for jobs in [1, 2, 8] {
        for command in [
            "encrypt -i key --if-exists overwrite tree",
            "decrypt -i key --output-dir out --if-exists overwrite tree",
        ] {
            let ran = sandbox.shell(&format!(
                "ulimit -n 256; keypact {command} --recursive --jobs {jobs} --json"
            ));
            ran.ok();
            assert_eq!(answer(&ran)["done"], 300);
        }
    }
}

#[test]
fn a_folder_travels_in_one_file_and_comes_back_whole_or_not_at_all() {
    let (sandbox, files) = tree();
    symlink("one", sandbox.file("tree/link")).unwrap();
    for words in ["-o all.age", "-a -o text.age"] {
        sandbox
            .keypact(&format!("encrypt -i key --archive {words} tree key"))
            .ok();
    }
    for (from, to) in [("all.age", "x"), ("text.age", "y")] {
        sandbox
            .keypact(&format!("decrypt -i key --archive --output-dir {to} {from}"))
            .ok();
        for (name, bytes) in &files {
            assert!(sandbox.read(format!("{to}/{name}")) == *bytes, "{name}");
        }
        assert_eq!(
            fs::read_link(sandbox.file(format!("{to}/tree/link"))).unwrap().to_str(),
            Some("one")
        );
    }
    // What is there stays; what is damaged brings nothing; GNU tar reads what was packed.
    let stderr = sandbox
        .keypact("decrypt -i key --archive --output-dir x all.age")
        .fails(1);
    assert!(stderr.contains("exists"), "{stderr}");
    let mut damaged = sandbox.read("all.age");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    sandbox.write("damaged.age", damaged);
    sandbox
        .keypact("decrypt -i key --archive --output-dir z damaged.age")
        .fails(3);
    assert_eq!(fs::read_dir(sandbox.file("z")).unwrap().count(), 0);
    let listed = sandbox
        .shell("keypact decrypt -i key all.age | tar t | grep -c tree/")
        .ok();
    assert_eq!(listed.trim(), "9");
    sandbox
        .keypact("decrypt -i key --archive --output-dir z tree/one")
        .fails(3);
    sandbox.keypact("encrypt -i key -o plain.age key").ok();
    let ran = sandbox.keypact("--error-format json decrypt -i key --archive --output-dir z plain.age");
    assert!(ran.fails(3).contains("\"kind\":\"archive\""));
}

#[test]
fn an_archive_that_cannot_be_packed_does_not_look_whole() {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox
        .keypact("encrypt -i key --archive -o all.age key missing")
        .fails(1);
    assert!(!sandbox.file("all.age").exists());
    let ran = sandbox.keypact("encrypt -i key --archive key missing");
    assert_eq!(ran.code(), 1);
    sandbox.write("torn.age", &ran.output.stdout);
    assert!(matches!(sandbox.keypact("decrypt -i key torn.age").code(), 3));
}
