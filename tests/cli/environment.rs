//! What the machine does to a run: full disks, closed streams, signals, limits.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Stdio;
use std::time::Duration;

use crate::sandbox::Sandbox;

fn sealed(size: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    sandbox.write("plain", vec![b'a'; size]);
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    sandbox
}

#[test]
fn a_full_disk_is_told_whatever_the_size() {
    for size in [0, 1, 200, 8191, 8192, 8193, 65535, 65536, 65537, 300_000] {
        let sandbox = sealed(size);
        for script in [
            "keypact decrypt -i key sealed > /dev/full",
            "keypact decrypt -i key -o /dev/full sealed",
            "keypact encrypt -i key plain > /dev/full",
            "keypact key show -i key > /dev/full",
        ] {
            // Nothing to write is nothing to fail at.
            let code = i32::from(size > 0 || !script.contains("decrypt"));
            let ran = sandbox.shell(script);
            assert_eq!(ran.code(), code, "{size} {script} {}", ran.stderr());
            assert_eq!(
                ran.stderr().contains("No space left on device"),
                code == 1,
                "{}",
                ran.stderr()
            );
        }
    }
}

#[test]
fn closed_streams_are_noticed() {
    let sandbox = sealed(100);
    for script in [
        "keypact decrypt -i key sealed >&-",
        "keypact decrypt -i key <&-",
        "keypact decrypt -i - sealed <&-",
        "keypact key show -i key >&-",
        "keypact key generate -o new >&-",
        "keypact --help >&-",
        "keypact --version >&-",
        "keypact util paths >&-",
    ] {
        let ran = sandbox.shell(script);
        assert_eq!(ran.code(), 1, "{script}");
        assert!(ran.stderr().contains("is closed"), "{script}: {}", ran.stderr());
    }
    assert_eq!(sandbox.shell("keypact decrypt -i key sealed 2>&-").ok().len(), 100);
    assert_eq!(sandbox.shell("keypact decrypt -i gone sealed 2>&-").code(), 1);
    assert!(!sandbox.file("new").exists());
}

#[test]
fn a_reader_that_leaves_is_no_error_worth_words() {
    let sandbox = sealed(3_000_000);
    for command in [
        "decrypt -i key sealed",
        "encrypt -i key plain",
        "encrypt -a -i key plain",
    ] {
        let ran = sandbox.shell(&format!(
            "keypact {command} | head -c 10 > /dev/null; exit ${{PIPESTATUS[0]}}"
        ));
        assert_eq!((ran.code(), ran.stderr().as_str()), (141, ""), "{command}");
    }
}

#[test]
fn a_file_size_limit_is_an_error_like_any_other() {
    let sandbox = sealed(300_000);
    let ran = sandbox.shell("(ulimit -f 100; keypact decrypt -i key -o out sealed)");
    assert_eq!(ran.code(), 1, "{}", ran.stderr());
    assert!(ran.stderr().contains("File too large"), "{}", ran.stderr());
    assert_eq!(sandbox.names(), ["key", "plain", "sealed"]);
}

#[test]
fn signals_leave_no_partial_file_and_are_told_to_the_shell() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let sandbox = sealed(100_000);
        let mut keypact = sandbox.command("keypact");
        let mut child = keypact
            .args(["encrypt", "-i", "key", "-o", "out"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // Held open: the end of the input must not come before the signal.
        let input = child.stdin.take();
        wait_until(|| sandbox.has_partial_file());
        sandbox.shell(&format!("kill -{signal} {}", child.id())).ok();
        let status = child.wait().unwrap();
        drop(input);
        assert_eq!(status.signal(), Some(code - 128), "{signal}");
        assert_eq!(sandbox.names(), ["key", "plain", "sealed"], "{signal}");
    }
}

#[test]
fn what_was_ignored_stays_ignored() {
    let sandbox = sealed(10);
    let mut bash = sandbox.command("bash");
    let script = "trap '' HUP; exec keypact encrypt -i key -o out";
    let mut child = bash.args(["-c", script]).stdin(Stdio::piped()).spawn().unwrap();
    wait_until(|| sandbox.has_partial_file());
    sandbox.shell(&format!("kill -HUP {}", child.id())).ok();
    child.stdin.take().unwrap().write_all(b"still here").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(sandbox.keypact("decrypt -i key out").ok(), "still here");
}

#[test]
fn no_core_and_no_look_inside() {
    let sandbox = Sandbox::new();
    let mut bash = sandbox.command("bash");
    if rustix::process::geteuid().is_root() {
        // Files of root's processes belong to root anyway; somebody else's tell the difference.
        bash.uid(65534).current_dir("/");
    }
    let script = "ulimit -c unlimited 2>/dev/null; exec keypact key show -i -";
    let mut child = bash
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let memory = format!("/proc/{}/mem", child.id());
    wait_until(|| fs::metadata(&memory).unwrap().uid() == 0);
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is_read() {
    let sandbox = sealed(10);
    let ran = sandbox.keypact("decrypt -i key -o /proc/nothing sealed");
    assert!(ran.fails(1).contains("cannot create /proc/nothing"), "{}", ran.stderr());
}

#[track_caller]
fn wait_until(happened: impl Fn() -> bool) {
    for _ in 0..500 {
        if happened() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not happen");
}
