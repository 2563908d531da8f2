//! `keypact tour`: the whole story in one command, and honest when it goes wrong.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::dialogue::Dialogue;
use crate::sandbox::{Ran, Sandbox};

/// A tour without a terminal, with a folder for its temporary files that must be empty in the end.
fn tour(sandbox: &Sandbox, words: &[&str]) -> Ran {
    let stage = sandbox.home().join("it's the stage");
    fs::create_dir_all(&stage).unwrap();
    let mut command = sandbox.command("setsid");
    command
        .args(["-w", "keypact", "tour"])
        .args(words)
        .env("TMPDIR", &stage);
    let ran = Ran::new(&mut command, b"");
    assert_eq!(fs::read_dir(&stage).unwrap().count(), 0, "nothing stays behind");
    ran
}

/// What follows `label` on its line.
#[track_caller]
fn after<'t>(text: &'t str, label: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(label));
    line.unwrap_or_else(|| panic!("no {label:?} in {text}")).trim()
}

#[track_caller]
fn complete(told: &str) {
    assert_eq!(after(told, "Alice sees:"), after(told, "Bob sees:"));
    assert_eq!(after(told, "Alice sees:").split(' ').count(), 4);
    let hash = after(told, "SHA-256 at Alice's");
    assert_eq!(hash, after(told, "SHA-256 at Bob's"));
    assert!(hash.len() == 64 && told.ends_with("equal\n"), "{told}");
}

#[test]
fn without_a_terminal_and_without_a_file() {
    let sandbox = Sandbox::new();
    complete(&tour(&sandbox, &[]).ok());
    assert_eq!(sandbox.names(), [""; 0]);
}

#[test]
fn with_a_file_of_the_user() {
    let sandbox = Sandbox::new();
    sandbox.write("my file", vec![b'm'; 300_000]);
    let told = tour(&sandbox, &["my file"]).ok();
    complete(&told);
    let expected = sandbox.shell("sha256sum < 'my file'").ok();
    assert_eq!(after(&told, "SHA-256 at Bob's"), expected.split(' ').next().unwrap());
    assert_eq!(sandbox.names(), ["my file"]);
    sandbox.write("empty", "");
    complete(&tour(&sandbox, &["empty"]).ok());
}

#[test]
fn a_file_that_cannot_be_sent_fails_loudly() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.file("folder")).unwrap();
    for path in ["missing", "folder", "/", "/dev/full/x"] {
        let ran = tour(&sandbox, &[path]);
        assert_eq!(ran.code(), 1, "{path}: {}", ran.stderr());
        assert!(!ran.stdout().contains("equal"), "{}", ran.stdout());
    }
    assert!(tour(&sandbox, &["missing"]).stderr().contains("Alice's process"));
}

#[test]
fn a_person_decides_where_there_is_one() {
    let sandbox = Sandbox::new();
    let stage = sandbox.home().join("stage");
    fs::create_dir(&stage).unwrap();
    for (answers, code) in [("no\n", 3), ("\n", 0)] {
        let mut command = sandbox.command("setsid");
        command.env("TMPDIR", &stage);
        let mut person = Dialogue::start(command, "keypact tour; echo status=$?");
        person.expect("Do Alice and Bob see the same?");
        person.send(answers);
        if code == 0 {
            person.expect("Do Alice and Bob see the same?");
            person.send("match\n");
        }
        let told = person.expect(&format!("status={code}"));
        assert_eq!(told.contains("SHA-256 at Bob's"), code == 0, "{told}");
        assert_eq!(
            told.contains("Alice's process ended with 3, Bob's with 3, and nothing arrived"),
            code == 3
        );
        assert_eq!(fs::read_dir(&stage).unwrap().count(), 0);
    }
}

#[test]
fn an_interrupted_tour_leaves_nothing() {
    for signal in [None, Some(Signal::TERM)] {
        let sandbox = Sandbox::new();
        let stage = sandbox.home().join("stage");
        fs::create_dir(&stage).unwrap();
        let mut command = sandbox.command("setsid");
        command.env("TMPDIR", &stage);
        let script = "trap : INT; sh -c 'echo pid $$; exec keypact tour'; echo status=$?";
        let mut person = Dialogue::start(command, script);
        person.expect("pid ");
        let process = person.expect("\r\n").trim().parse().ok().and_then(Pid::from_raw);
        person.expect("Do Alice and Bob see the same?");
        assert!(
            in_folder(&sandbox.home()) > 0,
            "the two commands that compare run there"
        );
        if let Some(signal) = signal {
            kill_process(process.unwrap(), signal).unwrap();
            person.expect("status=143");
        } else {
            person.send("\u{3}");
            person.expect("status=130");
        }
        assert_eq!(fs::read_dir(&stage).unwrap().count(), 0);
        let end = Instant::now() + Duration::from_secs(5);
        while in_folder(&sandbox.home()) > 0 {
            assert!(Instant::now() < end, "a command of the tour has outlived it");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// How many processes have their working folder in `folder`, be it there still or gone.
fn in_folder(folder: &Path) -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let folders = processes.filter_map(|process| fs::read_link(process.path().join("cwd")).ok());
    folders.filter(|cwd| cwd.starts_with(folder)).count()
}
