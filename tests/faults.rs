//! One fault in one system call of a run, for every call that touches files, memory, randomness or the wire: the exit
//! status is true, and what stands at the target is whole or was there before.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Child, Command, Stdio};

use sandbox::{Ran, Sandbox};

/// System calls, and what is made of one of them.
const FAULTS: &[(&str, &[&str])] = &[
    ("openat", &["error=EMFILE", "error=EIO", "signal=KILL"]),
    ("read", &["error=EIO", "error=EINTR", "signal=KILL"]),
    ("recvfrom", &["error=EINTR"]),
    ("write", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    ("sendto", &["error=EIO", "error=EINTR"]),
    ("pwrite64", &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"]),
    (
        "copy_file_range",
        &["error=ENOSPC", "error=EIO", "error=EXDEV", "signal=KILL"],
    ),
    ("fsync", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("flock", &["error=EINTR", "error=ENOLCK", "signal=KILL"]),
    ("unlink", &["error=EIO", "signal=KILL"]),
    ("lseek", &["error=EIO"]),
    ("pread64", &["error=EIO", "error=EINTR"]),
    ("rename", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("renameat2", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("linkat", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("close", &["error=EIO", "error=EINTR", "signal=KILL"]),
    ("getrandom", &["error=EIO", "error=EINTR"]),
    ("mmap", &["error=ENOMEM"]),
    ("brk", &["retval=0"]),
    ("mprotect", &["error=ENOMEM"]),
    ("fchmod", &["error=EIO"]),
    ("statx", &["error=EIO"]),
    ("fcntl", &["error=EMFILE"]),
    ("clone3", &["error=EAGAIN"]),
    ("socketpair", &["error=EMFILE"]),
    ("connect", &["error=EIO"]),
    ("accept4", &["error=EMFILE"]),
    ("poll", &["error=EINTR"]),
    ("ioctl", &["error=EIO"]),
    ("prctl", &["error=EPERM"]),
    ("prlimit64", &["error=EPERM"]),
];
/// At most so many occurrences of a call are hit, spread over all.
const OCCURRENCES: usize = 4;
const TIMEOUT: i32 = 124;
const KILLED: i32 = 137;

const SIZE: usize = 300_000;
/// What stands at the target before, where something does.
const OLD: &[u8] = b"old";

#[test]
fn encrypting_into_a_file() {
    each_fault("encrypt -i key -o out plain", |sandbox, ran| {
        let opened = sandbox.file("out").exists().then(|| {
            let decrypted = sandbox.keypact("decrypt -i key out");
            assert_eq!(decrypted.code(), 0, "a torn file: {}", decrypted.stderr());
            decrypted.output.stdout
        });
        whole_or_kept(ran, opened.as_deref(), None);
    });
}

#[test]
fn decrypting_over_a_file() {
    each_fault("decrypt -i key -o out sealed", |sandbox, ran| {
        whole_or_kept(ran, fs::read(sandbox.file("out")).ok().as_deref(), Some(OLD));
    });
}

#[test]
fn decrypting_to_standard_output() {
    each_fault("decrypt -i key sealed", |_, ran| {
        let released = &ran.output.stdout;
        assert!(plain().starts_with(released), "something else came out");
        assert!(ran.code() != 0 || released.len() == SIZE, "exit 0, and cut off");
    });
}

#[test]
fn making_a_key() {
    each_fault("key generate -o out", |sandbox, ran| {
        if sandbox.file("out").exists() {
            // A file that is complete may stay when the recipient could not be printed: 'key show' does it again.
            let shown = sandbox.keypact("key show -i out").ok();
            assert!(
                ran.code() != 0 || ran.stdout() == shown,
                "another recipient was printed"
            );
        } else {
            assert!(ran.code() != 0, "exit 0 and no key");
            assert_eq!(ran.stdout(), "", "the recipient of a key that is lost");
        }
    });
}

#[test]
fn rewrapping_in_place() {
    each_fault("rewrap -i key -R two shared", rewrapped);
}

#[test]
fn rewrapping_by_a_copy() {
    each_fault("rewrap -i key -R three shared", rewrapped);
}

#[test]
fn rewrapping_deeply() {
    each_fault("rewrap -i key --deep -R two shared", rewrapped);
}

/// The content is there for the recipients of before or for those of after, and the next attempt succeeds.
fn rewrapped(sandbox: &Sandbox, ran: &Ran) {
    let opens = |key: &str| {
        let opened = sandbox.keypact(&format!("decrypt -i {key} shared"));
        assert!(matches!(opened.code(), 0 | 4), "a torn file: {}", opened.stderr());
        assert!(opened.code() != 0 || opened.output.stdout == plain(), "other content");
        opened.code() == 0
    };
    assert!(opens("key"), "nobody can open it");
    let (old, new) = (opens("old"), opens("new"));
    assert!(old != new, "neither the old file nor the new one");
    assert!(ran.code() != 0 || new, "exit 0, and nothing was changed");
    assert!(!new || ran.code() == 0 || ran.code() == KILLED || ran.stderr().contains("shared"));
    sandbox.keypact("rewrap -i key -R two shared").ok();
    assert!(opens("new") && !opens("old"), "the next attempt fails");
    assert!(!sandbox.file(".shared.keypact-journal").exists(), "a journal stays");
}

#[test]
fn sending() {
    each_fault_of_a_pair(SEND, RECEIVE, |faulty, other, whole| {
        assert!(faulty.code() != 0 || whole, "the sender says that it arrived");
        assert!(other.code() != 0 || whole, "the receiver says that it arrived");
    });
}

#[test]
fn receiving() {
    each_fault_of_a_pair(RECEIVE, SEND, |faulty, other, whole| {
        assert!(other.code() != 0 || whole, "the sender says that it arrived");
        assert!(faulty.code() != 0 || whole, "the receiver says that it arrived");
    });
}

const SEND: &str = "send --connect unix:wire --trust-transport --wait 3 --timeout 3 plain";
const RECEIVE: &str = "receive --listen unix:wire --trust-transport --wait 3 --timeout 3 -o out";

/// Exit 0 and the right file, or a failure and what was there before.
#[track_caller]
fn whole_or_kept(ran: &Ran, found: Option<&[u8]>, before: Option<&[u8]>) {
    if found == before {
        assert!(ran.code() != 0, "exit 0, and nothing was written");
    } else {
        assert!(found == Some(&plain()), "a torn file");
        // Once it stands in its place, what still fails is worth a warning at most; only a death comes in between.
        assert!(matches!(ran.code(), 0 | KILLED), "it failed, and the file appeared");
    }
}

/// Runs `words` once for every fault. `judge` looks at what is there afterwards.
fn each_fault(words: &str, judge: impl Fn(&Sandbox, &Ran)) {
    if !tools::are_there(
        &[tools::program("strace"), tools::program("timeout")],
        "faults in system calls",
    ) {
        return;
    }
    let sandbox = stage();
    if words.contains("-o out sealed") {
        sandbox.write("out", OLD);
    }
    let before = contents(&sandbox);
    let trace = Recording::of(&sandbox, &mut tracing(&sandbox, "record", words));
    let mut survived = Survived::default();
    for fault in trace.faults() {
        clean(&sandbox, &before);
        let ran = Ran::new(&mut tracing(&sandbox, &fault, words), b"");
        survived.judge(words, &fault, || {
            judge(&sandbox, &ran);
            common(&sandbox, &ran, &fault);
        });
    }
    survived.report(words);
}

fn each_fault_of_a_pair(faulty: &str, other: &str, judge: impl Fn(&Ran, &Ran, bool)) {
    if !tools::are_there(
        &[tools::program("strace"), tools::program("timeout")],
        "faults in system calls",
    ) {
        return;
    }
    let sandbox = stage();
    let before = contents(&sandbox);
    let trace = {
        let peer = start(&sandbox, other);
        let trace = Recording::of(&sandbox, &mut tracing(&sandbox, "record", faulty));
        assert_eq!(end(peer).code(), 0);
        assert!(sandbox.read("out") == plain());
        trace
    };
    let mut survived = Survived::default();
    for fault in trace.faults() {
        clean(&sandbox, &before);
        let peer = start(&sandbox, other);
        let ran = Ran::new(&mut tracing(&sandbox, &fault, faulty), b"");
        let peer = end(peer);
        survived.judge(faulty, &fault, || {
            let out = fs::read(sandbox.file("out")).ok();
            assert!(out.is_none() || out == Some(plain()), "a torn file");
            judge(&ran, &peer, out.is_some());
            assert_ne!(peer.code(), TIMEOUT, "the other side hangs");
            common(&sandbox, &ran, &fault);
        });
    }
    survived.report(faulty);
}

/// What holds for every run.
fn common(sandbox: &Sandbox, ran: &Ran, fault: &str) {
    let code = ran.code();
    assert_ne!(code, TIMEOUT, "it hangs");
    assert!(!ran.stderr().contains("panicked"), "it panics");
    assert!(
        (0..=5).contains(&code) || (code == KILLED && fault.contains("KILL")),
        "exit status {code}"
    );
    assert!(code == KILLED || !sandbox.has_partial_file(), "a partial file stays");
}

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("plain", plain());
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    let own = sandbox.keypact("key show -i key").ok();
    sandbox.identity("old");
    let two = own + &sandbox.identity("new") + "\n";
    sandbox.write("three", two.clone() + &sandbox.identity("third"));
    sandbox.write("two", two);
    sandbox.keypact("encrypt -i key -i old -o shared plain").ok();
    sandbox
}

fn plain() -> Vec<u8> {
    (0..SIZE).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn contents(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let names = sandbox.names().into_iter();
    names.map(|name| (name.clone(), sandbox.read(&name))).collect()
}

/// Puts the folder back as it was.
fn clean(sandbox: &Sandbox, before: &BTreeMap<String, Vec<u8>>) {
    for name in sandbox.names() {
        match before.get(&name) {
            None => fs::remove_file(sandbox.file(name)).unwrap(),
            Some(contents) if sandbox.read(&name) != *contents => sandbox.write(&name, contents),
            Some(_) => {}
        }
    }
}

fn start(sandbox: &Sandbox, words: &str) -> Child {
    let mut command = sandbox.command("timeout");
    command.args(["20", "keypact"]).args(words.split(' '));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran { output }
}

/// `keypact` under strace, which makes one fault, or with "record" makes none and writes down every call.
fn tracing(sandbox: &Sandbox, fault: &str, words: &str) -> Command {
    let mut command = sandbox.command("timeout");
    command.args(["-k", "1", "20", "strace", "-f"]);
    if fault == "record" {
        command.args(["-o", "calls"]);
    } else {
        let call = fault.split(':').next().unwrap();
        command.args(["--seccomp-bpf", "-o", "/dev/null", "-e"]);
        command
            .arg(format!("trace={call}"))
            .args(["-e", &format!("inject={fault}")]);
    }
    command.arg(env!("CARGO_BIN_EXE_keypact")).args(words.split(' '));
    command
}

/// How often each thread makes each call.
struct Recording {
    /// By call: which occurrences there are. Those that the first thread makes before the program itself begins are
    /// the loader's and the runtime's.
    occurrences: BTreeMap<String, BTreeSet<usize>>,
}

impl Recording {
    fn of(sandbox: &Sandbox, command: &mut Command) -> Self {
        let ran = Ran::new(command, b"");
        assert_eq!(ran.code(), 0, "{}", ran.stderr());
        let log = sandbox.text("calls");
        fs::remove_file(sandbox.file("calls")).unwrap();
        let began = log.find("PR_SET_DUMPABLE").expect("the program hardens itself first");
        let (loader, program) = log.split_at(began);
        let mut counts = BTreeMap::new();
        count(&mut counts, loader);
        let of_loader: BTreeMap<String, usize> =
            counts.iter().map(|((_, call), count)| (call.clone(), *count)).collect();
        count(&mut counts, program);
        let mut occurrences: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for ((_, call), count) in counts {
            let first = of_loader.get(&call).unwrap_or(&0) + 1;
            occurrences.entry(call).or_default().extend(first..=count);
        }
        Self { occurrences }
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (call, errors) in FAULTS {
            let times: Vec<usize> = self.occurrences.get(*call).into_iter().flatten().copied().collect();
            for time in spread(&times) {
                faults.extend(errors.iter().map(|error| format!("{call}:{error}:when={time}")));
            }
        }
        faults
    }
}

fn count(counts: &mut BTreeMap<(String, String), usize>, log: &str) {
    for line in log.lines() {
        if let Some((thread, call)) = line.split_once(char::is_whitespace) {
            let call = call.trim_start();
            if let Some((name, _)) = call.split_once('(').filter(|_| !call.starts_with(['<', '+', '-'])) {
                *counts.entry((thread.to_owned(), name.to_owned())).or_default() += 1;
            }
        }
    }
}

/// The first, the last, and some between.
fn spread(times: &[usize]) -> Vec<usize> {
    if times.len() <= OCCURRENCES {
        return times.to_vec();
    }
    (0..OCCURRENCES)
        .map(|step| times[step * (times.len() - 1) / (OCCURRENCES - 1)])
        .collect()
}

/// The tally, so that one failure does not hide the others.
#[derive(Default)]
struct Survived {
    runs: usize,
    failures: Vec<String>,
}

impl Survived {
    fn judge(&mut self, words: &str, fault: &str, judge: impl FnOnce()) {
        self.runs += 1;
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(judge));
        if let Err(panic) = judged {
            let why = panic.downcast_ref::<String>().map(String::as_str);
            let why = why
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or_default();
            self.failures.push(format!("{words} with {fault}: {why}"));
        }
    }

    fn report(&self, words: &str) {
        println!("{words}: survived {}/{}", self.runs - self.failures.len(), self.runs);
        assert!(self.runs > 20, "only {} faults were made", self.runs);
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
    }
}
