//! `keypact rewrap` and `keypact inspect` as a user sees them: who can open a file before and after, that its payload
//! is not touched, and what is told of it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/age_file.rs"]
mod age_file;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/strace.rs"]
mod strace;
#[path = "support/tools.rs"]
mod tools;

#[path = "rewrap/changes.rs"]
mod changes;
#[path = "rewrap/crashes.rs"]
mod crashes;
#[path = "rewrap/files.rs"]
mod files;
#[path = "rewrap/inspect.rs"]
mod inspect;
#[path = "rewrap/refusals.rs"]
mod refusals;

use std::fs;
use std::os::unix::fs::MetadataExt;

use age_file::{AgeFile, dearmored};
use sandbox::Sandbox;
use serde_json::Value;

/// Content that gets no room, and the first that does.
const SMALL: usize = 1 << 20;

/// A folder with three identities, and a file for the first two.
struct Stage {
    sandbox: Sandbox,
    recipients: [String; 3],
    plain: Vec<u8>,
}

const NAMES: [&str; 3] = ["a", "b", "c"];

impl Stage {
    fn new(kind: &str, size: usize, flags: &str) -> Self {
        let sandbox = Sandbox::new();
        let recipients = NAMES.map(|name| {
            let made = sandbox.keypact(&format!("key generate --type {kind} -o {name}"));
            made.ok().trim().to_owned()
        });
        let plain: Vec<u8> = (0..=250).cycle().take(size).collect();
        sandbox.write("plain", &plain);
        sandbox
            .keypact(&format!("encrypt {flags} -i a -i b -o file plain"))
            .ok();
        Self {
            sandbox,
            recipients,
            plain,
        }
    }

    /// Runs `rewrap -i a`, and gives what it says in JSON.
    #[track_caller]
    fn rewrap(&self, words: &str) -> Value {
        let answer = self.sandbox.keypact(&format!("rewrap --json -i a {words} file")).ok();
        serde_json::from_str(&answer).unwrap()
    }

    /// Which of the identities open the file; what they find is what was encrypted.
    fn openers(&self) -> [bool; 3] {
        NAMES.map(|name| {
            let ran = self.sandbox.keypact(&format!("decrypt -i {name} file"));
            match ran.code() {
                0 => assert!(ran.output.stdout == self.plain, "{name} reads something else"),
                code => assert_eq!(code, 4, "{}", ran.stderr()),
            }
            ran.code() == 0
        })
    }

    fn file(&self) -> AgeFile {
        let bytes = self.sandbox.read("file");
        AgeFile {
            binary: if bytes.starts_with(b"-----") {
                dearmored(&bytes).unwrap()
            } else {
                bytes
            },
            plain: self.plain.clone(),
        }
    }

    /// Nonce and payload.
    fn payload(&self) -> Vec<u8> {
        let file = self.file();
        file.binary[file.header_len()..].to_vec()
    }

    fn inode(&self) -> u64 {
        fs::metadata(self.sandbox.file("file")).unwrap().ino()
    }

    fn inspect(&self) -> Value {
        let answer = self.sandbox.keypact("inspect --json -i a -i b -i c file").ok();
        serde_json::from_str(&answer).unwrap()
    }
}
