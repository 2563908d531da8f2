//! Signals at every question and in mid work: the terminal comes back, the shell learns the cause, no torn file stays.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/sandbox.rs"]
mod sandbox;

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use dialogue::Dialogue;
use sandbox::Sandbox;

/// More than all buffers between the pipe and the file.
const SIZE: usize = 8 << 20;

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
        for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3)] {
            for previous in [None, Some("old")] {
                if let Some(old) = previous {
                    sandbox.write("out", old);
                }
                let mut keypact = sandbox.command("keypact");
                let mut child = keypact.args(words.split(' ')).stdin(Stdio::piped()).spawn().unwrap();
                let mut stdin = child.stdin.take().unwrap();
                stdin.write_all(&input[..SIZE / 2]).unwrap();
                wait_until(|| size_of_partial(&sandbox) > SIZE as u64 / 4);
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

fn size_of_partial(sandbox: &Sandbox) -> u64 {
    let names = sandbox.names();
    let partial = names.iter().find(|name| name.starts_with(".keypact-"));
    partial.map_or(0, |name| {
        fs::metadata(sandbox.file(name)).map_or(0, |metadata| metadata.len())
    })
}

#[track_caller]
fn wait_until(happened: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !happened() {
        assert!(Instant::now() < end, "it did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}
