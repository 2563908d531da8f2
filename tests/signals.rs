//! Signals at every question and in mid work: the terminal comes back, the shell learns the cause, no torn file stays.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/sandbox.rs"]
mod sandbox;

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use dialogue::Dialogue;
use sandbox::Sandbox;

/// More than all buffers between the pipe and the file.
const SIZE: usize = 8 << 20;
const SIGNALS: [(&str, i32); 4] = [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3)];

/// A command, what is typed until it asks, the question, and whether the answer may be seen.
struct Question {
    command: &'static str,
    typed: &'static [(&'static str, &'static str)],
    text: &'static str,
    visible: bool,
}

const NEW: &str = "New passphrase (empty: make one): ";
const QUESTIONS: &[Question] = &[
    Question {
        command: "keypact decrypt -o out locked",
        typed: &[],
        text: "Passphrase of locked: ",
        visible: false,
    },
    Question {
        command: "keypact encrypt -p -o out plain",
        typed: &[],
        text: NEW,
        visible: false,
    },
    Question {
        command: "keypact encrypt -p -o out plain",
        typed: &[(NEW, "some words")],
        text: "The same again: ",
        visible: false,
    },
    Question {
        command: "keypact key generate -p -o out",
        typed: &[],
        text: NEW,
        visible: false,
    },
    Question {
        command: "keypact decrypt -i locked-key -o out sealed",
        typed: &[],
        text: "Passphrase of locked-key: ",
        visible: false,
    },
    Question {
        command: "keypact exchange --compare words --listen unix:wire -o out",
        typed: &[],
        text: "Type \"match\" or \"no\": ",
        visible: true,
    },
];

#[test]
fn every_question_gives_the_terminal_back() {
    let sandbox = stage();
    let mut survived = 0;
    for question in QUESTIONS {
        for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
            let (mut shell, keypact) = ask(&sandbox, question);
            sandbox.shell(&format!("kill -{signal} {keypact}")).ok();
            shell.expect("$ ");
            assert!(shell.echoes(), "{signal} at {}", question.text);
            shell.send("echo code $?\n");
            shell.expect(&format!("code {code}"));
            nothing_stays(&sandbox);
            survived += 1;
        }
    }
    println!("survived {survived}/{survived}");
}

#[test]
fn every_question_can_be_stopped_and_asked_again() {
    let sandbox = stage();
    for question in QUESTIONS {
        let (mut shell, keypact) = ask(&sandbox, question);
        shell.send("\u{1a}");
        shell.expect("Stopped");
        shell.expect("$ ");
        assert!(shell.echoes(), "stopped at {}", question.text);
        shell.send("fg\n");
        shell.expect(question.text);
        assert_eq!(shell.echoes(), question.visible, "continued at {}", question.text);
        sandbox.shell(&format!("kill -INT {keypact}")).ok();
        shell.expect("$ ");
        assert!(shell.echoes());
        nothing_stays(&sandbox);
    }
}

#[test]
fn in_mid_work_the_previous_file_stays() {
    let sandbox = stage();
    let plain = vec![b'a'; SIZE];
    sandbox.write("long", &plain);
    sandbox.keypact("encrypt -i key -o long-sealed long").ok();
    for (words, input) in [
        ("encrypt -i key -o out", plain),
        ("decrypt -i key -o out", sandbox.read("long-sealed")),
    ] {
        for (signal, number) in SIGNALS {
            for previous in [None, Some("old")] {
                if let Some(old) = previous {
                    sandbox.write("out", old);
                }
                let mut keypact = sandbox.command("keypact");
                let mut child = keypact.args(words.split(' ')).stdin(Stdio::piped()).spawn().unwrap();
                let mut stdin = child.stdin.take().unwrap();
                stdin.write_all(&input[..SIZE / 2]).unwrap();
                wait_until(|| size_of_partial(&sandbox.folder()) > SIZE as u64 / 4);
                sandbox.shell(&format!("kill -{signal} {}", child.id())).ok();
                assert_eq!(child.wait().unwrap().signal(), Some(number), "{words}");
                let out = fs::read(sandbox.file("out")).ok();
                assert_eq!(out.as_deref(), previous.map(str::as_bytes), "{signal}: {words}");
                assert!(!sandbox.has_partial_file(), "{signal}: {words}");
                let _ = fs::remove_file(sandbox.file("out"));
            }
        }
    }
}

/// What is done waits for the rest of its group, and is taken back with it.
#[test]
fn in_the_middle_of_many_files_all_previous_files_stay() {
    let sandbox = stage();
    fs::create_dir(sandbox.file("out")).unwrap();
    for (signal, number) in SIGNALS {
        sandbox.write("out/plain.age", "old");
        sandbox.write("out/pipe.age", "old");
        sandbox.shell("mkfifo pipe").ok();
        let mut keypact = sandbox.command("keypact");
        let words = "encrypt -i key --jobs 1 --if-exists overwrite --output-dir out plain pipe";
        let mut child = keypact.args(words.split(' ')).spawn().unwrap();
        let mut pipe = File::options().write(true).open(sandbox.file("pipe")).unwrap();
        pipe.write_all(&vec![b'a'; SIZE / 2]).unwrap();
        wait_until(|| size_of_partial(&sandbox.file("out")) > SIZE as u64 / 4);
        assert_eq!(names(&sandbox.file("out")).len(), 4, "both are under way");
        sandbox.shell(&format!("kill -{signal} {}", child.id())).ok();
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(names(&sandbox.file("out")), ["pipe.age", "plain.age"], "{signal}");
        assert_eq!(
            sandbox.text("out/plain.age") + &sandbox.text("out/pipe.age"),
            "oldold",
            "{signal}"
        );
        fs::remove_file(sandbox.file("pipe")).unwrap();
    }
}

#[test]
fn in_the_middle_of_an_archive_nothing_appears() {
    let sandbox = stage();
    fs::create_dir(sandbox.file("into")).unwrap();
    sandbox.write("long", vec![b'a'; SIZE]);
    sandbox
        .keypact("encrypt -i key --archive -o packed plain key long")
        .ok();
    let packed = sandbox.read("packed");
    for (signal, number) in SIGNALS {
        let mut keypact = sandbox.command("keypact");
        let words = "decrypt -i key --archive --output-dir into";
        let mut child = keypact.args(words.split(' ')).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&packed[..SIZE / 2]).unwrap();
        wait_until(|| {
            let into = sandbox.file("into");
            let stage = names(&into).first().map(|stage| into.join(stage).join("long"));
            stage.is_some_and(|long| size_of(&long) > SIZE as u64 / 4)
        });
        sandbox.shell(&format!("kill -{signal} {}", child.id())).ok();
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert!(names(&sandbox.file("into")).is_empty(), "{signal}");
    }
}

/// Nothing holds a rewrap up, so one that is quick may be done before the signal comes.
#[test]
fn in_the_middle_of_a_rewrap_the_file_is_old_or_new() {
    let sandbox = stage();
    let recipient = sandbox.identity("other");
    sandbox.write("long", vec![b'a'; 4 * SIZE]);
    for words in ["rewrap --deep", "rewrap"] {
        for (signal, number) in SIGNALS {
            sandbox.keypact("encrypt --no-padding -i key -o long.age long").ok();
            let mut keypact = sandbox.command("keypact");
            keypact
                .args(words.split(' '))
                .args(["-i", "key", "--add", &recipient, "long.age"]);
            let mut child = keypact.stderr(Stdio::null()).spawn().unwrap();
            wait_until(|| sandbox.has_partial_file() || child.try_wait().unwrap().is_some());
            sandbox.shell(&format!("kill -{signal} {}; true", child.id())).ok();
            let status = child.wait().unwrap();
            assert!(status.success() || status.signal() == Some(number), "{status}");
            assert!(!sandbox.has_partial_file(), "{signal}: {words}");
            let code = sandbox.keypact("decrypt -i other --verify-only long.age").code();
            assert!(code == 0 || (code == 4 && !status.success()), "{signal}: {words}");
            sandbox.keypact("decrypt -i key --verify-only long.age").ok();
        }
    }
}

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("pass", "open sesame\n");
    sandbox.write("plain", "treasure");
    sandbox.keypact("encrypt --passphrase-file pass -o locked plain").ok();
    sandbox.keypact("encrypt --passphrase-file pass -o locked-key key").ok();
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    sandbox
}

/// A shell in which the command asks, and the command's process id.
fn ask(sandbox: &Sandbox, question: &Question) -> (Dialogue, String) {
    let mut shell = Dialogue::interactive(sandbox.command("setsid"));
    shell.expect("$ ");
    shell.send(&format!("{}\n", question.command));
    if question.command.contains("exchange") {
        // The other side is never done with comparing; it ends when this one does.
        let mut peer = sandbox.command("keypact");
        let words = "exchange --compare words --connect unix:wire -q --verify-cmd";
        peer.args(words.split(' ')).args(["sleep 5", "-o", "../home/theirs"]);
        peer.stdout(Stdio::null()).stderr(Stdio::null());
        let mut peer = peer.spawn().unwrap();
        std::thread::spawn(move || peer.wait());
    }
    for (text, answer) in question.typed {
        shell.expect(text);
        shell.send(&format!("{answer}\n"));
    }
    shell.expect(question.text);
    assert_eq!(shell.echoes(), question.visible, "{}", question.text);
    let keypact = sandbox
        .shell(&format!("cat /proc/{0}/task/{0}/children", shell.id()))
        .ok();
    (shell, keypact)
}

#[track_caller]
fn nothing_stays(sandbox: &Sandbox) {
    assert!(!sandbox.file("out").exists() && !sandbox.has_partial_file());
    assert!(!sandbox.file("wire").exists());
}

/// Of all unfinished outputs in the folder.
fn size_of_partial(folder: &Path) -> u64 {
    let partial = names(folder).into_iter().filter(|name| name.starts_with(".keypact-"));
    partial.map(|name| size_of(&folder.join(name))).sum()
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// In order.
fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[track_caller]
fn wait_until(mut happened: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !happened() {
        assert!(Instant::now() < end, "it did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}
