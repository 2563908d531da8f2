//! One file from one process to another, of which one meets the fault.

use std::fs;
use std::process::{Child, Stdio};

use crate::sandbox::{Ran, Sandbox};
use crate::strace::{self, Recording, tracing};
use crate::{Before, Survived, TIMEOUT, common, plain, stage};

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

fn each_fault_of_a_pair(faulty: &str, other: &str, judge: impl Fn(&Ran, &Ran, bool)) {
    if !strace::can("faults in system calls") {
        return;
    }
    let sandbox = stage();
    let before = Before::of(&sandbox);
    let trace = {
        let peer = start(&sandbox, other);
        let trace = Recording::of(&sandbox, faulty);
        assert_eq!(end(peer).code(), 0);
        assert!(sandbox.read("out") == plain());
        trace
    };
    let mut survived = Survived::default();
    for fault in trace.faults() {
        before.restore(&sandbox);
        let peer = start(&sandbox, other);
        let ran = Ran::new(&mut tracing(&sandbox, &fault, faulty), b"");
        let peer = end(peer);
        survived.judge(faulty, &fault, &ran, || {
            let out = fs::read(sandbox.file("out")).ok();
            assert!(out.is_none() || out == Some(plain()), "a torn file");
            judge(&ran, &peer, out.is_some());
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
