//! The exit status tells the truth: 0 only when every byte is in its place, and the file that was there before stays
//! until then. (`tests/cli/environment.rs` has the simpler cases.)
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

#[path = "exit_status/several.rs"]
mod several;

use std::process::Command;

use sandbox::{Ran, Sandbox};

/// Around the edges of buffers and chunks.
const SIZES: [usize; 9] = [0, 1, 200, 8191, 8192, 8193, 65_535, 65_536, 65_537];

/// Each writes `disk/out`; the first of each pair over an older file.
const COMMANDS: [&str; 6] = [
    "decrypt -i key -o disk/out sealed",
    "decrypt -i key sealed > disk/out",
    "encrypt -i key -o disk/out plain",
    "encrypt -i key plain > disk/out",
    "encrypt -a -i key -o disk/out plain",
    "encrypt -a -i key plain > disk/out",
];

/// Says in a word what became of `disk/out`.
const VERDICT: &str = r#"
    set -o pipefail
    judge() {
        if [ "${1%% *}" = decrypt ]; then cmp -s disk/out plain
        else keypact decrypt -i key disk/out 2>/dev/null | cmp -s - plain; fi
        if [ $? = 0 ]; then echo whole
        elif cmp -s disk/out <(printf old); then echo old
        else echo part; fi
        ls -A disk | tr '\n' ' '
    }"#;

#[test]
fn a_disk_that_is_full_or_becomes_full() {
    let Some(namespace) = namespace() else { return };
    let mut count = 0;
    for size in SIZES {
        let sandbox = sealed(size);
        // Pages that are free: none, and enough for what is small.
        for free in [0, 8] {
            for command in COMMANDS {
                // The shell empties what it redirects to, so an older file is there only for `-o`.
                let (old, pages) = if command.contains(" -o ") {
                    ("printf old > disk/out", 15 - free)
                } else {
                    (":", 16 - free)
                };
                let script = format!(
                    "{VERDICT}
                    mount -t tmpfs -o size=64k none disk || exit 99
                    {old}
                    head -c $(({pages} * 4096)) /dev/zero > disk/other
                    keypact {command}; code=$?; judge '{command}'; exit $code"
                );
                let mut unshare = sandbox.command("unshare");
                let ran = Ran::new(unshare.args([namespace, "bash", "-c", &script]), b"");
                let fits = (command.starts_with("decrypt") && size == 0) || (free > 0 && size < 10_000);
                told(
                    &ran,
                    fits,
                    "No space left on device",
                    &format!("{size} {free} {command}"),
                );
                assert!(ran.stdout().ends_with("\nother out "), "{}", ran.stdout());
                count += 1;
            }
        }
    }
    println!("{count} of {count}");
}

#[test]
fn a_limit_on_the_size_of_files() {
    let mut count = 0;
    for size in SIZES {
        let sandbox = sealed(size);
        for limit in [0, 16] {
            for command in COMMANDS {
                let script = format!(
                    "{VERDICT}
                    printf old > disk/out
                    (ulimit -f {limit}; keypact {command}); code=$?; judge '{command}'; exit $code"
                );
                let ran = sandbox.shell(&script);
                let fits = (command.starts_with("decrypt") && size == 0) || (limit > 0 && size < 10_000);
                told(&ran, fits, "File too large", &format!("{size} {limit} {command}"));
                assert!(ran.stdout().ends_with("\nout "), "{}", ran.stdout());
                count += 1;
            }
        }
    }
    println!("{count} of {count}");
}

#[test]
fn a_closed_standard_output_and_a_reader_that_has_left() {
    for size in SIZES {
        let sandbox = sealed(size);
        for command in [
            "decrypt -i key sealed",
            "encrypt -i key plain",
            "encrypt -a -i key plain",
        ] {
            let ran = sandbox.shell(&format!("keypact {command} >&-"));
            assert_eq!(ran.code(), 1, "{size} {command}");
            assert!(ran.stderr().contains("standard output is closed"), "{}", ran.stderr());

            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut keypact = sandbox.command("keypact");
            let output = keypact.args(command.split(' ')).stdout(writer).output().unwrap();
            let ran = Ran { output };
            // Nothing to write is nothing to fail at.
            let code = if command.starts_with("decrypt") && size == 0 {
                0
            } else {
                141
            };
            assert_eq!((ran.code(), ran.stderr().as_str()), (code, ""), "{size} {command}");
        }
    }
}

fn sealed(size: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    std::fs::create_dir(sandbox.file("disk")).unwrap();
    sandbox.write("plain", vec![b'a'; size]);
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    sandbox
}

/// Either all is there and the run says so, or it says why not, and what `-o` names is as it was.
#[track_caller]
fn told(ran: &Ran, fits: bool, why: &str, case: &str) {
    let (code, stderr) = (ran.code(), ran.stderr());
    let verdict = ran.stdout().lines().next().unwrap_or_default().to_owned();
    assert_eq!(code, i32::from(!fits), "{case}: {stderr}");
    assert_eq!(stderr.contains(why), !fits, "{case}: {stderr}");
    match verdict.as_str() {
        "whole" => assert!(fits, "{case}"),
        "old" => assert!(!fits && case.contains(" -o "), "{case}"),
        other => assert!(!fits && case.contains(" > "), "{case}: {other}"),
    }
}

/// How a folder of one's own to mount on is had, whose mounts end with the process.
fn namespace() -> Option<&'static str> {
    let mount = |flags: &&str| {
        let mut unshare = Command::new("unshare");
        let ran = unshare.args([flags, "bash", "-c", "mount -t tmpfs none /mnt"]).output();
        ran.is_ok_and(|output| output.status.success())
    };
    let found = ["-m", "-rm"].into_iter().find(|flags| mount(flags));
    if found.is_none() {
        tools::left_out("full disks", "no file system can be mounted");
    }
    found
}
