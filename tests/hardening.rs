//! What others on the machine get to see of a run: no core file, no memory, no secret in arguments, environment or
//! anything written outside the output; and what that hardening must not break.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use keypact::encoding::bech32;
use sandbox::{Ran, Sandbox};

const PASSPHRASE: &str = "correct-horse-9fK2-battery-staple";
/// How what is not root's is run.
const NOBODY: &str = "setpriv --reuid 65534 --regid 65534 --clear-groups";

#[test]
fn a_crash_leaves_no_core() {
    let sandbox = stage();
    let crash = |program: &str| {
        let script = format!("ulimit -c unlimited && exec {program}");
        let mut child = start(&sandbox, &script);
        std::thread::sleep(Duration::from_millis(300));
        // The first one meets the handler that looks for a stack overflow, which gives up its place.
        sandbox.shell(&format!("kill -SEGV {0}; sleep 0.3; kill -SEGV {0} 2>&-", child.id()));
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(11), "{program}");
        let cores = sandbox.names().into_iter().filter(|name| name.starts_with("core"));
        cores.for_each(|core| fs::remove_file(sandbox.file(core)).unwrap());
        status.core_dumped()
    };
    assert!(!crash("keypact decrypt -i key -o out"), "a core was written");
    if !crash("cat") {
        tools::left_out("looks from outside", "this system writes no core files of any program");
    }
}

#[test]
fn another_process_of_the_same_user_sees_nothing() {
    if !can_be_nobody() {
        return;
    }
    let sandbox = stage();
    give_away(&sandbox);
    let look = |program: &str| {
        let mut child = start(&sandbox, &format!("exec {NOBODY} {program}"));
        let id = child.id();
        wait_until(|| {
            fs::read_to_string(format!("/proc/{id}/status"))
                .unwrap()
                .contains("Uid:\t65534")
        });
        std::thread::sleep(Duration::from_millis(300));
        let seen = ["environ", "mem", "maps"].map(|file| {
            let script = format!("exec {NOBODY} dd if=/proc/{id}/{file} of=/dev/null bs=1 count=0 status=none");
            sandbox.shell(&script).code() == 0
        });
        child.kill().unwrap();
        child.wait().unwrap();
        seen
    };
    assert_eq!(look("cat"), [true; 3], "the test itself could not look");
    assert_eq!(look("./keypact decrypt -i key -o out"), [false; 3]);
}

#[test]
fn keys_still_come_through_descriptors() {
    if !can_be_nobody() {
        return;
    }
    let sandbox = stage();
    give_away(&sandbox);
    for script in [
        "./keypact decrypt -i <(cat key) sealed",
        "./keypact decrypt -i key <(cat sealed)",
        "./keypact decrypt -i /dev/fd/7 sealed 7< key",
        "./keypact decrypt -i key /dev/stdin < sealed",
        "./keypact decrypt -i key /proc/self/fd/0 < sealed",
        "./keypact decrypt -i /dev/stdin sealed < key",
        "./keypact decrypt -i - sealed < key",
        "./keypact decrypt --passphrase-file fd:9 locked 9< pass",
        "./keypact decrypt --passphrase-file <(cat pass) locked",
        "./keypact decrypt -i key -o /dev/stdout sealed | cat",
        "./keypact decrypt -i key -o /dev/fd/8 sealed 8>&1",
    ] {
        let ran = sandbox.shell(&format!("exec {NOBODY} bash -c '{script}'"));
        assert_eq!(ran.ok(), "treasure", "{script}: {}", ran.stderr());
    }
}

#[test]
fn no_secret_is_told_to_anyone() {
    if !tools::are_there(&[tools::program("strace")], "looks from outside") {
        return;
    }
    let sandbox = stage();
    let receive = "keypact receive --stdio --trust-transport --events events -o";
    let exchange = "keypact exchange --stdio --trust-transport -o";
    for words in [
        "key generate -o new --quiet".to_owned(),
        "key show -i key".to_owned(),
        "key show -i locked-key --passphrase-file pass".to_owned(),
        "encrypt -i key -o e1 plain".to_owned(),
        "encrypt --passphrase-file pass -o e2 plain".to_owned(),
        "decrypt -v -i key -o d1 sealed".to_owned(),
        "decrypt -v -i new -o d2 sealed".to_owned(),
        "decrypt -v --passphrase-file pass -o d3 locked".to_owned(),
        format!("exchange --trust-transport --events events1 -o x1 --exec|{exchange} x2"),
        format!("send --trust-transport --events events2 plain --exec|{receive} r1"),
    ] {
        let calls = calls_of(&sandbox, &words);
        assert!(calls.contains("execve("), "{calls}");
        let told: Vec<&str> = calls.lines().filter(|call| is_told(call)).collect();
        for secret in secrets(&sandbox) {
            for window in secret.windows(12) {
                let window = escaped(window);
                let leak = told.iter().find(|call| call.contains(&window));
                assert!(leak.is_none(), "{words}: {leak:?}");
            }
        }
    }
    // The search finds what is there.
    let calls = calls_of(&sandbox, "key generate --type x25519 -o seen");
    let secret = escaped(&sandbox.read("seen")[..]);
    assert!(calls.contains(&secret[secret.len() - 200..]), "{calls}");
}

#[test]
fn no_passphrase_comes_from_the_environment() {
    let sandbox = stage();
    let mut setsid = sandbox.command("setsid");
    for name in [
        "KEYPACT_PASSPHRASE",
        "AGE_PASSPHRASE",
        "PASSPHRASE",
        "KEYPACT_PASSPHRASE_FILE",
    ] {
        setsid.env(name, if name.ends_with("FILE") { "pass" } else { PASSPHRASE });
    }
    for name in ["KEYPACT_IDENTITY", "AGE_IDENTITY"] {
        setsid.env(name, "key");
    }
    Ran::new(setsid.args(["-w", "keypact", "decrypt", "locked"]), b"").fails(2);
    Ran::new(
        sandbox
            .command("keypact")
            .env("KEYPACT_IDENTITY", "key")
            .args(["decrypt", "sealed"]),
        b"",
    )
    .fails(4);
}

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("pass", format!("{PASSPHRASE}\n"));
    sandbox.write("plain", "treasure");
    sandbox.keypact("encrypt --passphrase-file pass -o locked plain").ok();
    sandbox.keypact("encrypt --passphrase-file pass -o locked-key key").ok();
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    sandbox
}

/// Everything in the sandbox, with a copy of the program, belongs to nobody from now on.
fn give_away(sandbox: &Sandbox) {
    let script = format!(
        "cp {} keypact && chown -R 65534:65534 ../../$(basename $(dirname $PWD))",
        env!("CARGO_BIN_EXE_keypact")
    );
    sandbox.shell(&script).ok();
}

fn can_be_nobody() -> bool {
    rustix::process::geteuid().is_root() && tools::are_there(&[tools::program("setpriv")], "looks from outside")
        || tools::left_out("looks from outside", "only root can become nobody")
}

fn start(sandbox: &Sandbox, script: &str) -> Child {
    let mut bash = sandbox.command("bash");
    bash.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::null());
    bash.spawn().unwrap()
}

/// Starts of programs and everything written, of the whole family of processes. What stands behind '|' is one word.
fn calls_of(sandbox: &Sandbox, words: &str) -> String {
    let (words, command) = words
        .split_once('|')
        .map_or((words, None), |(words, command)| (words, Some(command)));
    let mut strace = sandbox.command("strace");
    strace.args(["-f", "-v", "-xx", "-s", "1000000", "-o", "calls"]);
    strace.args(["-e", "trace=execve,write,writev,sendto,sendmsg"]);
    strace
        .arg(env!("CARGO_BIN_EXE_keypact"))
        .args(words.split(' '))
        .args(command);
    let ran = Ran::new(&mut strace, b"");
    // A new identity opens no older file, and says no more about itself than that.
    let code = if words.contains("-i new") { 4 } else { 0 };
    assert_eq!(ran.code(), code, "{words}: {}", ran.stderr());
    sandbox.text("calls")
}

/// A start of a program, or a write to standard output, standard error, the wire or the events: to any but the file
/// that holds the secret, which is the only one that these commands write keys to.
fn is_told(call: &str) -> bool {
    let is_key_file = call.contains(&escaped(b"AGE-SECRET-KEY-")) || call.contains(&escaped(b"age-encryption.org/v1"));
    call.contains("execve(") || !is_key_file || call.contains("(1, ") || call.contains("(2, ")
}

fn secrets(sandbox: &Sandbox) -> Vec<Vec<u8>> {
    let mut secrets = vec![PASSPHRASE.into()];
    for file in ["key", "new", "x1", "x2"] {
        let Ok(text) = fs::read_to_string(sandbox.file(file)) else {
            continue;
        };
        let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
        secrets.push(line.rsplit_once('1').unwrap().1.into());
        secrets.push(bech32::decode(line).unwrap().1.expose().to_vec());
    }
    secrets
}

/// As strace writes it.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "\\x{byte:02x}").unwrap();
    }
    text
}

#[track_caller]
fn wait_until(happened: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !happened() {
        assert!(Instant::now() < end, "it did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}
