//! Names, links, folders and many files.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use serde_json::Value;

use crate::{SMALL, Stage};

#[test]
fn links_lead_to_the_file_and_stay() {
    for size in [10, SMALL + 1] {
        let stage = Stage::new("x25519", size, "");
        let sandbox = &stage.sandbox;
        fs::create_dir(sandbox.file("elsewhere")).unwrap();
        symlink("../file", sandbox.file("elsewhere/link")).unwrap();
        fs::hard_link(sandbox.file("file"), sandbox.file("hard")).unwrap();
        let words = format!("rewrap -i a --add {} --remove 1 elsewhere/link", stage.recipients[2]);
        sandbox.keypact(&words).ok();
        assert!(
            fs::symlink_metadata(sandbox.file("elsewhere/link"))
                .unwrap()
                .is_symlink()
        );
        assert_eq!(stage.openers(), [true, false, true]);
        assert!(
            sandbox.read("hard") == sandbox.read("file"),
            "in place, hard links stay one file"
        );
        assert_eq!(sandbox.names(), ["a", "b", "c", "elsewhere", "file", "hard", "plain"]);
    }
}

#[test]
fn a_copy_keeps_the_mode() {
    let stage = Stage::new("x25519", 10, "");
    let path = stage.sandbox.file("file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    assert_eq!(stage.rewrap(&format!("--add {}", stage.recipients[2]))["how"], "copy");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o604);
}

#[test]
fn a_name_too_long_for_a_journal_is_no_obstacle() {
    let stage = Stage::new("x25519", 10, "");
    let name = "n".repeat(250);
    fs::rename(stage.sandbox.file("file"), stage.sandbox.file(&name)).unwrap();
    let answer = stage
        .sandbox
        .keypact(&format!("rewrap --json -i a --remove 1 {name}"))
        .ok();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["how"], "copy");
    fs::rename(stage.sandbox.file(&name), stage.sandbox.file("file")).unwrap();
    assert_eq!(stage.openers(), [true, false, false]);
}

#[test]
fn folders_are_gone_through_by_contents_and_not_by_names() {
    let stage = Stage::new("x25519", 100, "");
    let sandbox = &stage.sandbox;
    fs::create_dir_all(sandbox.file("tree/deep/er")).unwrap();
    let file = sandbox.read("file");
    for name in ["tree/one.age", "tree/deep/no-suffix", "tree/deep/er/picture.jpg"] {
        sandbox.write(name, &file);
    }
    sandbox.keypact("encrypt -a -i a -i b -o tree/armored.txt plain").ok();
    sandbox.write("tree/not.age", "plain text");
    sandbox.write("tree/empty.age", "");
    sandbox.write("tree/deep/damaged", &file[..150]);
    sandbox.keypact("encrypt -i c -o tree/foreign plain").ok();
    symlink("../file", sandbox.file("tree/link.age")).unwrap();
    symlink("..", sandbox.file("tree/deep/loop")).unwrap();

    let ran = sandbox.keypact("rewrap --json --recursive -i a --remove 1 tree");
    // The gravest failure decides.
    assert_eq!(ran.code(), 3, "{}", ran.stderr());
    let lines: Vec<Value> = ran
        .stdout()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    let expected = [
        "tree/armored.txt",
        "tree/deep/damaged",
        "tree/deep/er/picture.jpg",
        "tree/deep/no-suffix",
        "tree/foreign",
        "tree/one.age",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        (&lines[1]["fault"]["kind"], &lines[4]["fault"]["kind"]),
        (&"header".into(), &"no_match".into())
    );
    let stderr = ran.stderr();
    assert!(
        stderr.contains("4 changed, 0 stay as they are, 2 are no age files"),
        "{stderr}"
    );
    assert!(stderr.contains("2 of 6 files failed"), "{stderr}");
    for name in [
        "tree/one.age",
        "tree/deep/no-suffix",
        "tree/deep/er/picture.jpg",
        "tree/armored.txt",
    ] {
        sandbox.keypact(&format!("decrypt -i b {name}")).fails(4);
        assert_eq!(sandbox.keypact(&format!("decrypt -i a {name}")).ok().len(), 100);
    }
    assert!(sandbox.read("file") == file, "a link in a folder was followed");
}

#[test]
fn one_failure_does_not_stop_the_others() {
    let stage = Stage::new("x25519", 100, "");
    let sandbox = &stage.sandbox;
    sandbox.write("second", sandbox.read("file"));
    let ran = sandbox.keypact("--error-format json rewrap -i a --remove 1 missing plain file second");
    assert_eq!(ran.code(), 3);
    let last: Value = serde_json::from_str(ran.stderr().lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["fault"]["kind"], &last["fault"]["code"]),
        (&"header".into(), &3.into())
    );
    assert!(
        last["fault"]["what"].as_str().unwrap().starts_with("2 of 4 files"),
        "{last}"
    );
    assert_eq!(stage.openers(), [true, false, false]);
    sandbox.keypact("decrypt -i b second").fails(4);
}
