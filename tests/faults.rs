//! What kills and faults in the middle of a run leave. One fault in one system call, for every call that touches files,
//! memory, randomness or the wire, and deaths at any moment: the exit status is true, and what stands at the target is
//! whole or was there before.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/strace.rs"]
mod strace;
#[path = "support/tools.rs"]
mod tools;
#[path = "support/tree.rs"]
mod tree;

#[path = "faults/archive.rs"]
mod archive;
#[path = "faults/file.rs"]
mod file;
#[path = "faults/kills.rs"]
mod kills;
#[path = "faults/many.rs"]
mod many;
#[path = "faults/pair.rs"]
mod pair;
#[path = "faults/rewrap.rs"]
mod rewrap;
#[path = "faults/tokens.rs"]
mod tokens;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use keypact::format::{self, Identity, keys::parse_identities};
use sandbox::{Ran, Sandbox};
use strace::{Recording, tracing};

const TIMEOUT: i32 = 124;
const KILLED: i32 = 137;

const SIZE: usize = 300_000;
/// What stands at the target before, where something does.
const OLD: &[u8] = b"old";

/// Exit 0 and the right file, or a failure and what was there before.
#[track_caller]
fn whole_or_kept(ran: &Ran, found: Option<&[u8]>, new: &[u8], before: Option<&[u8]>) {
    if found == before {
        assert!(ran.code() != 0, "exit 0, and nothing was written");
    } else {
        assert!(found == Some(new), "a torn file");
        // Once it stands in its place, what still fails is worth a warning at most; only a death comes in between.
        assert!(matches!(ran.code(), 0 | KILLED), "it failed, and the file appeared");
    }
}

/// Runs `words` once for every fault, always over what `prepare` has put there. `judge` looks at what is there afterwards.
fn each_fault(words: &str, prepare: impl FnOnce(&Sandbox), judge: impl Fn(&Sandbox, &Ran)) {
    if !strace::can("faults in system calls") {
        return;
    }
    let sandbox = stage();
    prepare(&sandbox);
    let before = Before::of(&sandbox);
    let trace = Recording::of(&sandbox, words);
    let mut survived = Survived::default();
    for fault in trace.faults() {
        before.restore(&sandbox);
        let ran = Ran::new(&mut tracing(&sandbox, &fault, words), b"");
        survived.judge(words, &fault, &ran, || {
            judge(&sandbox, &ran);
            common(&sandbox, &ran, &fault);
        });
    }
    survived.report(words);
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
    assert!(code == KILLED || !has_partial(sandbox), "a partial file stays");
}

/// Whether an unfinished output lies about, in any folder.
fn has_partial(sandbox: &Sandbox) -> bool {
    tree::nodes(&sandbox.folder()).iter().any(|node| is_partial(&node.path))
}

fn is_partial(path: &Path) -> bool {
    path.iter()
        .any(|name| name.as_encoded_bytes().starts_with(b".keypact-"))
}

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("plain", plain());
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    sandbox
}

fn plain() -> Vec<u8> {
    counted(SIZE, 0)
}

/// Content that tells its size and `number`.
fn counted(size: usize, number: usize) -> Vec<u8> {
    (0..size).map(|at| u8::try_from((at + number) % 251).unwrap()).collect()
}

/// What `key` finds in a sealed file, if it is whole.
fn opened(sandbox: &Sandbox, sealed: &[u8]) -> Option<Vec<u8>> {
    let identities = parse_identities(&sandbox.text("key")).unwrap();
    let identities: Vec<&dyn Identity> = identities.iter().map(|identity| identity as &dyn Identity).collect();
    let mut content = Vec::new();
    let mut reader = format::decrypt(sealed, &identities).ok()?;
    reader.read_to_end(&mut content).ok()?;
    Some(content)
}

/// What is in the folder of the run before it.
struct Before(BTreeMap<PathBuf, Option<Vec<u8>>>);

impl Before {
    fn of(sandbox: &Sandbox) -> Self {
        let nodes = tree::nodes(&sandbox.folder()).into_iter();
        Self(nodes.map(|node| (node.path, node.contents)).collect())
    }

    /// Puts the folder back as it was. What was there is only ever replaced, or gone with its folder.
    fn restore(&self, sandbox: &Sandbox) {
        let root = sandbox.folder();
        tree::unlock_where(&root, &|path| !self.0.contains_key(path.strip_prefix(&root).unwrap()));
        let now = Self::of(sandbox);
        for path in now.0.keys().rev().filter(|path| !self.0.contains_key(*path)) {
            let path = sandbox.file(path);
            fs::remove_file(&path).or_else(|_| fs::remove_dir(&path)).unwrap();
        }
        for (path, contents) in self
            .0
            .iter()
            .filter(|(path, contents)| now.0.get(*path) != Some(contents))
        {
            fs::write(sandbox.file(path), contents.as_ref().unwrap()).unwrap();
        }
    }
}

/// The tally, so that one failure does not hide the others.
#[derive(Default)]
struct Survived {
    runs: usize,
    killed: usize,
    failures: Vec<String>,
}

impl Survived {
    fn judge(&mut self, words: &str, fault: &str, ran: &Ran, judge: impl FnOnce()) {
        self.runs += 1;
        self.killed += usize::from(ran.code() == KILLED);
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
        let survived = self.runs - self.failures.len();
        println!(
            "{words}: survived {survived}/{}, of which {} killed",
            self.runs, self.killed
        );
        assert!(self.runs > 20, "only {} faults were made", self.runs);
        assert!(self.killed > 5, "only {} runs were killed", self.killed);
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
    }
}
