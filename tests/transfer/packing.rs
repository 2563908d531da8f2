//! `--compress` and `--pad`: fewer bytes on the wire, or more, and the same files.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::relay::lay;
use crate::resume::{MIB, noise, pass};
use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::tree::nodes;
use crate::{arrived, place, receiver};

fn text(size: usize) -> Vec<u8> {
    let line = |number: u64| format!("{:x}: all work\n", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).into_bytes();
    let lines = (0..).flat_map(line);
    lines.take(size).collect()
}

/// Sends through a relay that breaks after `limit` bytes: the exit status of both, and how many bytes passed.
fn send(sandbox: &Sandbox, flags: &[&str], limit: u64) -> ((i32, i32), u64) {
    let mut bob = receiver(sandbox, &["-d", "in", "--yes"]);
    let passed = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&passed);
    let _ = fs::remove_file(sandbox.file("middle"));
    lay(sandbox, move |lane| pass(lane, limit, &count));
    let words = ["send", "--trust-transport", "--connect", "unix:middle"];
    let mut alice = Side::start(sandbox, &[&words, flags].concat());
    ((alice.code(), bob.code()), passed.load(Ordering::Relaxed))
}

#[test]
fn what_gains_from_it_is_packed() {
    let sandbox = place();
    fs::create_dir_all(sandbox.file("src/sub")).unwrap();
    sandbox.write("src/long", text(4 << 20));
    sandbox.write("src/sub/noise", noise("small", 100_000));
    sandbox.write("src/sub/empty", "");
    for (compress, least, most) in [
        ("none", 4 * MIB, 5 * MIB),
        ("zstd", MIB, 3 * MIB),
        ("auto", MIB, 3 * MIB),
    ] {
        let (codes, passed) = send(&sandbox, &["--compress", compress, "src"], u64::MAX);
        assert_eq!(codes, (0, 0));
        assert!((least..most).contains(&passed), "{compress}: {passed}");
        assert_eq!(nodes(&sandbox.file("in/src")), nodes(&sandbox.file("src")));
        fs::remove_dir_all(sandbox.file("in/src")).unwrap();
    }
}

#[test]
fn what_does_not_is_left_as_it_is() {
    let sandbox = place();
    sandbox.write("file", noise("incompressible", 4096));
    let (codes, plain) = send(&sandbox, &["--compress", "none", "file"], u64::MAX);
    assert_eq!(codes, (0, 0));
    fs::remove_file(sandbox.file("in/file")).unwrap();
    assert_eq!(
        send(&sandbox, &["--compress", "auto", "file"], u64::MAX),
        ((0, 0), plain)
    );
}

#[test]
fn what_broke_goes_on_from_where_the_contents_are() {
    let sandbox = place();
    sandbox.write("file", text(32 << 20));
    let (codes, broken) = send(&sandbox, &["--compress", "zstd", "file"], 3 * MIB);
    assert_eq!(codes, (5, 5));
    let part = sandbox.file("in").join(&arrived(&sandbox)[0]).join("file");
    let there = fs::metadata(part).unwrap().len();
    assert!(there > 4 * MIB, "{there} of {broken}");
    let (codes, rest) = send(&sandbox, &["--compress", "zstd", "file"], u64::MAX);
    assert_eq!(codes, (0, 0));
    fs::remove_file(sandbox.file("in/file")).unwrap();
    let (_, whole) = send(&sandbox, &["--compress", "zstd", "file"], u64::MAX);
    assert!(rest < whole - MIB, "{rest} of {whole}");
    assert!(sandbox.read("in/file") == sandbox.read("file"));
}

/// A line that is written now is read now, packed or not.
#[test]
fn a_packed_stream_does_not_wait_for_more() {
    let sandbox = place();
    let sender = "keypact send --trust-transport --connect unix:meet --compress zstd -";
    let receiver = "keypact receive --trust-transport --listen unix:meet -o -";
    let ran = sandbox.shell(&format!(
        "mkfifo back; (echo first; read heard < back; echo \"$heard\") | {sender} & \
         {receiver} | (read line; echo \"then $line\" > back; read line; echo \"$line\"); wait"
    ));
    assert_eq!(ran.ok(), "then first\n");
}

#[test]
fn padded_lengths_say_little() {
    let lengths = |flags: &[&str], sizes: &[usize]| -> Vec<u64> {
        let passed = sizes.iter().map(|size| {
            let sandbox = place();
            sandbox.write("file", noise("padded", *size));
            let (codes, passed) = send(&sandbox, &[flags, &["file"]].concat(), u64::MAX);
            assert_eq!(codes, (0, 0));
            assert!(sandbox.read("in/file") == sandbox.read("file"));
            passed
        });
        passed.collect()
    };
    let sizes = [2_960_000, 2_980_000, 3_000_000];
    assert!(lengths(&[], &sizes).windows(2).all(|pair| pair[0] < pair[1]));
    let padded = lengths(&["--pad"], &sizes);
    assert!(padded.windows(2).all(|pair| pair[0] == pair[1]), "{padded:?}");
    assert!(padded[0] < 3_000_000 * 9 / 8);
}
