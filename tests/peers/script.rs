//! The foreign libraries, each behind a script of one operation a run.

use std::path::PathBuf;

use crate::sandbox::{Ran, Sandbox};
use crate::tools;
use crate::{Form, Lock, Peer};

pub(crate) struct Script {
    program: PathBuf,
    first: Vec<PathBuf>,
}

/// rage's library, as `tests/install/rage-library.sh` builds it.
pub(crate) fn rage() -> Option<Script> {
    Script {
        program: tools::installed("rage-library/debug/operate-rage"),
        first: vec![],
    }
    .if_there("rage")
}

/// rage's library for Python.
pub(crate) fn pyrage() -> Option<Script> {
    Script {
        program: tools::installed("venv/bin/python"),
        first: vec![source("operate.py")],
    }
    .if_there("pyrage")
}

/// age's own library for JavaScript.
pub(crate) fn age_encryption() -> Option<Script> {
    let library = tools::installed("node/node_modules/age-encryption/dist/index.js");
    Script {
        program: tools::program("node"),
        first: vec![source("operate.mjs"), library],
    }
    .if_there("age-encryption")
}

fn source(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

impl Script {
    fn if_there(self, name: &str) -> Option<Self> {
        let paths: Vec<_> = self.first.iter().chain([&self.program]).collect();
        tools::are_there(&paths, name).then_some(self)
    }

    pub(crate) fn run(&self, sandbox: &Sandbox, words: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = sandbox.command(&self.program);
        let ran = Ran::new(command.args(&self.first).args(words), input);
        assert_eq!(ran.code(), 0, "{words:?}: {}", ran.stderr());
        ran.output.stdout
    }

    fn text(&self, words: &[&str]) -> String {
        String::from_utf8(self.run(&Sandbox::new(), words, b"")).unwrap()
    }
}

impl Peer for Script {
    fn generate(&self, kind: &str) -> String {
        self.text(&["generate", kind])
    }

    fn recipient(&self, file: &str) -> String {
        self.text(&["recipient", identity(file)])
    }

    fn seal(&self, sandbox: &Sandbox, lock: &Lock, form: Form, plain: &[u8]) -> Vec<u8> {
        let (kind, key) = match lock {
            Lock::Key(key) => ("key", key.recipient.as_str()),
            Lock::Passphrase(words) => ("passphrase", *words),
        };
        let form = if form.is_text() { "armor" } else { "binary" };
        self.run(sandbox, &["seal", kind, key, form], plain)
    }

    fn open(&self, sandbox: &Sandbox, lock: &Lock, sealed: &[u8]) -> Vec<u8> {
        let (kind, key) = match lock {
            Lock::Key(key) => ("key", identity(&key.file)),
            Lock::Passphrase(words) => ("passphrase", *words),
        };
        self.run(sandbox, &["open", kind, key], sealed)
    }
}

/// Libraries take the key, not the file that it stands in; a key of OpenSSH is a whole file.
fn identity(file: &str) -> &str {
    if file.starts_with("-----BEGIN") {
        return file;
    }
    file.lines().find(|line| !line.starts_with('#')).unwrap()
}
