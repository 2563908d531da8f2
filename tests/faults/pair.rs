//! A file, and a folder, from one process to another, of which one meets the fault.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::sandbox::{Ran, Sandbox};
use crate::strace::{self, Recording, tracing};
use crate::tree::{self, Node};
use crate::{Before, Survived, TIMEOUT, common, counted, stage};

#[test]
fn sending() {
    each_fault_of_a_pair(SEND, RECEIVE, &|path| fs::read(path));
}

#[test]
fn receiving() {
    each_fault_of_a_pair(RECEIVE, SEND, &|path| fs::read(path));
}

#[test]
fn sending_a_folder() {
    each_fault_of_a_pair(SEND_FOLDER, RECEIVE_FOLDER, &contents);
}

#[test]
fn receiving_a_folder() {
    each_fault_of_a_pair(RECEIVE_FOLDER, SEND_FOLDER, &contents);
}

#[test]
fn piping() {
    each_fault_of_a_pair(PIPE, PIPE_BACK, &|path| fs::read(path));
}

#[test]
fn piping_back() {
    each_fault_of_a_pair(PIPE_BACK, PIPE, &|path| fs::read(path));
}

const SEND: &str = "send --connect unix:wire --trust-transport --wait 1 --timeout 2 plain";
const RECEIVE: &str = "receive --listen unix:wire --trust-transport --wait 1 --timeout 2 -o out";
const SEND_FOLDER: &str = "send --connect unix:wire --trust-transport --wait 1 --timeout 2 folder";
const RECEIVE_FOLDER: &str = "receive --listen unix:wire --trust-transport --wait 1 --timeout 2 --yes -o out";

const PIPE: &str = "pipe --connect unix:wire --trust-transport --wait 1 --timeout 2 --input plain -o back";
const PIPE_BACK: &str = "pipe --listen unix:wire --trust-transport --wait 1 --timeout 2 --input plain -o out";

/// What is in a folder, as one row of bytes.
fn contents(folder: &Path) -> io::Result<Vec<u8>> {
    folder.metadata()?;
    let named = |node: Node| {
        [
            node.path.as_os_str().as_encoded_bytes(),
            &node.contents.unwrap_or_default(),
        ]
        .concat()
    };
    Ok(tree::nodes(folder).into_iter().flat_map(named).collect())
}

/// All or nothing arrives, and nobody says that it has arrived when it has not.
fn each_fault_of_a_pair(faulty: &str, other: &str, look: &dyn Fn(&Path) -> io::Result<Vec<u8>>) {
    if !strace::can("faults in system calls") {
        return;
    }
    let sandbox = stage();
    fs::create_dir_all(sandbox.file("folder/sub")).unwrap();
    for number in 0..3 {
        sandbox.write(&format!("folder/sub/{number}"), counted(100 * number, number));
    }
    let before = Before::of(&sandbox);
    let trace = {
        let peer = start(&sandbox, other);
        let trace = Recording::of(&sandbox, faulty);
        assert_eq!(end(peer).code(), 0);
        trace
    };
    let whole = look(&sandbox.file("out")).unwrap();
    let source = if faulty.contains("folder") || other.contains("folder") {
        "folder"
    } else {
        "plain"
    };
    assert!(whole == look(&sandbox.file(source)).unwrap());
    let mut survived = Survived::default();
    for fault in trace.faults() {
        before.restore(&sandbox);
        let peer = start(&sandbox, other);
        let ran = Ran::new(&mut tracing(&sandbox, &fault, faulty), b"");
        let peer = end(peer);
        survived.judge(faulty, &fault, &ran, || {
            let out = look(&sandbox.file("out")).ok();
            assert!(out.as_ref().is_none_or(|out| *out == whole), "something torn");
            for side in [&ran, &peer] {
                assert!(side.code() != 0 || out.is_some(), "a side says that it arrived");
            }
            assert_ne!(peer.code(), TIMEOUT, "the other side hangs");
            common(&sandbox, &ran, &fault);
        });
    }
    survived.report(faulty);
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
