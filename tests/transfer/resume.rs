//! A transfer that is cut goes on where it was: again and again, until it is done; and nothing incomplete has a final name.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use keypact::crypto::rng::Rng;
use rustix::process::Signal;

use crate::relay::{Lane, To, lay};
use crate::sandbox::Sandbox;
use crate::script::Seeded;
use crate::side::Side;
use crate::tree::{Node, nodes};
use crate::{arrived, place, receiver, sender};

const SOON: Duration = Duration::from_secs(20);
pub(crate) const MIB: u64 = 1 << 20;

/// How often to cut: `make cuts` does it more often.
pub(crate) fn cuts(usually: usize) -> usize {
    env::var("KEYPACT_TEST_CUTS").map_or(usually, |count| count.parse().unwrap())
}

pub(crate) fn random(rng: &mut Seeded, below: u64) -> u64 {
    let mut bytes = [0; 8];
    rng.fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % below
}

pub(crate) fn noise(seed: &str, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    Seeded::new(seed).fill(&mut bytes[..size.min(4096)]).unwrap();
    for at in 4096..size {
        bytes[at] = bytes[at - 4096].wrapping_mul(31).wrapping_add(at.to_le_bytes()[1]);
    }
    bytes
}

/// Whether it is the name of what is put together.
pub(crate) fn is_part(name: &str) -> bool {
    name.starts_with(".keypact-") && name.strip_suffix(".part").is_some()
}

/// Nothing but hidden folders of ours and what `is_whole` finds whole.
#[track_caller]
pub(crate) fn nothing_half(sandbox: &Sandbox, is_whole: impl Fn(&Path) -> bool) {
    for name in arrived(sandbox) {
        let path = sandbox.file("in").join(&name);
        assert!(is_part(&name) || is_whole(&path), "{name}");
    }
}

/// One run through a relay that breaks after `limit` bytes to the receiver: whether both succeeded, and how many bytes passed.
fn run_cut(sandbox: &Sandbox, sent: &[&str], words: &[&str], limit: u64) -> (bool, u64) {
    let mut bob = receiver(sandbox, words);
    let _ = fs::remove_file(sandbox.file("middle"));
    let passed = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&passed);
    lay(sandbox, move |lane| pass(lane, limit, &count));
    let words = ["send", "--trust-transport", "--connect", "unix:middle"];
    let mut alice = Side::start(sandbox, &[&words, sent].concat());
    let codes = (alice.ends_within(SOON), bob.ends_within(SOON));
    assert!(
        matches!(codes, (0 | 5, 0 | 5)),
        "{codes:?} {} {}",
        alice.stderr(),
        bob.stderr()
    );
    assert!(
        codes.0 != 0 || codes.1 == 0,
        "the sender has succeeded and the receiver has not"
    );
    (codes == (0, 0), passed.load(Ordering::Relaxed))
}

pub(crate) fn pass(lane: &mut Lane, limit: u64, passed: &AtomicU64) {
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = lane.from.read(&mut buffer) {
        let left = match lane.to {
            To::Listener => limit - passed.load(Ordering::Relaxed),
            To::Caller => u64::MAX,
        };
        let count = count.min(usize::try_from(left).unwrap_or(usize::MAX));
        if lane.into.write_all(&buffer[..count]).is_err() || count as u64 == left {
            let _ = lane.into.shutdown(Shutdown::Both);
            let _ = lane.from.shutdown(Shutdown::Both);
            return;
        }
        if lane.to == To::Listener {
            passed.fetch_add(count as u64, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_large_file_arrives_through_many_cuts_without_being_sent_twice() {
    const SIZE: usize = 64 << 20;
    let sandbox = place();
    sandbox.write("file", noise("large", SIZE));
    let mut rng = Seeded::new("cuts of a large file");
    let (mut moved, mut broken) = (0, 0);
    loop {
        // The last runs are left alone.
        let limit = if broken < 20 {
            MIB + random(&mut rng, 5 * MIB)
        } else {
            u64::MAX
        };
        let (is_done, passed) = run_cut(&sandbox, &["file"], &["-d", "in"], limit);
        moved += passed;
        if is_done {
            break;
        }
        broken += 1;
        nothing_half(&sandbox, |_| false);
    }
    assert!(broken >= 10);
    assert!(sandbox.read("in/file") == sandbox.read("file"));
    assert_eq!(arrived(&sandbox), ["file"]);
    println!("{broken} cuts, {moved} bytes for {SIZE}");
    assert!(moved < (SIZE + SIZE / 2) as u64, "{moved} bytes were sent for {SIZE}");
}

/// A folder `src` with 400 files in it, of about 24 MB, and what it holds.
pub(crate) fn tree(sandbox: &Sandbox, rng: &mut Seeded) -> Vec<Node> {
    for folder in 0..10 {
        fs::create_dir_all(sandbox.file(format!("src/{folder}"))).unwrap();
        for file in 0..40 {
            let size = random(rng, if file % 8 == 0 { 900_000 } else { 9000 });
            sandbox.write(
                &format!("src/{folder}/{file}"),
                noise(&format!("{folder} {file}"), usize::try_from(size).unwrap()),
            );
        }
    }
    nodes(&sandbox.file("src"))
}

#[test]
fn a_tree_arrives_however_often_a_side_is_killed_or_the_wire_cut() {
    let sandbox = place();
    let mut rng = Seeded::new("kills");
    let expected = tree(&sandbox, &mut rng);
    let (mut done, mut killed, mut cut) = (0, 0, 0);
    for number in 0..cuts(12) {
        if number % 3 == 2 {
            run_cut(&sandbox, &["src"], &["-d", "in", "--yes"], random(&mut rng, 12 * MIB));
            nothing_half(&sandbox, |path| nodes(path) == expected);
            match fs::remove_dir_all(sandbox.file("in/src")) {
                Ok(()) => done += 1,
                Err(_) => cut += 1,
            }
            continue;
        }
        let mut bob = receiver(&sandbox, &["-d", "in", "--yes", "--wait", "1"]);
        let mut alice = sender(&sandbox, &["src", "--wait", "1"]);
        thread::sleep(Duration::from_millis(random(&mut rng, 120)));
        let (victim, other) = if number % 3 == 0 {
            (&mut alice, &mut bob)
        } else {
            (&mut bob, &mut alice)
        };
        victim.signal(Signal::KILL);
        assert!(matches!(other.ends_within(SOON), 0 | 5), "{}", other.stderr());
        victim.code();
        // A receiver may die right after it has put everything in place, and before it has said so.
        nothing_half(&sandbox, |path| nodes(path) == expected);
        match fs::remove_dir_all(sandbox.file("in/src")) {
            Ok(()) => done += 1,
            Err(_) => killed += 1,
        }
        let _ = fs::remove_file(sandbox.file("meet"));
    }
    let mut bob = receiver(&sandbox, &["-d", "in", "--yes"]);
    let mut alice = sender(&sandbox, &["src"]);
    alice.succeeds();
    bob.succeeds();
    assert!(nodes(&sandbox.file("in/src")) == expected);
    assert_eq!(arrived(&sandbox), ["src"]);
    assert!(killed > 0);
    println!("complete, killed, cut: {done}, {killed}, {cut}");
}

/// A run that breaks after 3 MiB, and the hidden folder that it leaves.
fn broken(sandbox: &Sandbox) -> String {
    let (is_done, _) = run_cut(sandbox, &["file"], &["-d", "in"], 3 * MIB);
    assert!(!is_done);
    let [left] = &arrived(sandbox)[..] else {
        panic!("{:?}", arrived(sandbox))
    };
    left.clone()
}

#[test]
fn a_receiver_says_that_it_keeps_what_has_come() {
    let sandbox = place();
    sandbox.write("file", noise("kept", 8 << 20));
    let mut bob = receiver(&sandbox, &["-d", "in"]);
    lay(&sandbox, |lane| pass(lane, 3 * MIB, &AtomicU64::new(0)));
    let mut alice = Side::start(
        &sandbox,
        &["send", "--trust-transport", "--connect", "unix:middle", "file"],
    );
    bob.fails(5, "the same command goes on from there");
    alice.fails(5, "");
}

#[test]
fn a_file_that_has_changed_since_is_sent_anew() {
    let sandbox = place();
    let (old, mut new) = (noise("old", 8 << 20), noise("old", 8 << 20));
    new[17] ^= 1;
    sandbox.write("file", old);
    broken(&sandbox);
    sandbox.write("file", &new);
    let (is_done, passed) = run_cut(&sandbox, &["file"], &["-d", "in"], u64::MAX);
    assert!(is_done && passed > 8 * MIB);
    assert!(sandbox.read("in/file") == new);
    assert_eq!(arrived(&sandbox), ["file"]);
}

#[test]
fn a_part_that_somebody_has_changed_is_not_believed() {
    let sandbox = place();
    sandbox.write("file", noise("part", 8 << 20));
    let left = broken(&sandbox);
    let part = sandbox.file("in").join(&left).join("file");
    for change in [0_usize, 1_000_000] {
        let mut bytes = fs::read(&part).unwrap();
        assert!(bytes.len() as u64 > MIB);
        bytes[change] ^= 1;
        fs::write(&part, bytes).unwrap();
        let (is_done, passed) = run_cut(&sandbox, &["file"], &["-d", "in"], 3 * MIB);
        assert!(!is_done && passed > 2 * MIB);
    }
    let (is_done, _) = run_cut(&sandbox, &["file"], &["-d", "in"], u64::MAX);
    assert!(is_done && sandbox.read("in/file") == sandbox.read("file"));
}

/// The hidden folder is moved into place as it is, so nothing may be in it that is not offered this time.
#[test]
fn what_is_not_offered_any_more_does_not_arrive() {
    let sandbox = place();
    fs::create_dir_all(sandbox.file("src/sub")).unwrap();
    for (number, name) in ["a", "b", "sub/c", "z"].into_iter().enumerate() {
        sandbox.write(&format!("src/{name}"), noise(name, (number + 1) << 20));
    }
    let (is_done, _) = run_cut(&sandbox, &["src"], &["-d", "in", "--yes"], 7 * MIB);
    assert!(!is_done);
    let left = sandbox.file("in").join(&arrived(&sandbox)[0]);
    fs::write(left.join("src/planted"), "x").unwrap();
    symlink("/etc/passwd", left.join("src/link")).unwrap();
    fs::write(left.join("planted"), "x").unwrap();
    fs::create_dir_all(left.join("folder/in")).unwrap();
    fs::remove_file(sandbox.file("src/a")).unwrap();
    fs::remove_dir_all(sandbox.file("src/sub")).unwrap();
    sandbox.write("src/sub", "a file now");
    sandbox.shell("chmod 600 src/b && touch -d 2001-01-01 src/b").ok();
    let (is_done, passed) = run_cut(&sandbox, &["src"], &["-d", "in", "--yes"], u64::MAX);
    assert!(is_done && passed < 7 * MIB, "{passed}");
    assert_eq!(nodes(&sandbox.file("in/src")), nodes(&sandbox.file("src")));
    assert_eq!(arrived(&sandbox), ["src"]);
}

#[test]
fn what_is_planted_in_the_place_of_the_hidden_folder_is_left_alone() {
    let sandbox = place();
    sandbox.write("file", noise("planted", 8 << 20));
    let left = broken(&sandbox);
    let hidden = sandbox.file("in").join(&left);
    fs::remove_dir_all(&hidden).unwrap();
    fs::create_dir(sandbox.file("elsewhere")).unwrap();
    sandbox.write("elsewhere/file", "precious");
    symlink("../elsewhere", &hidden).unwrap();
    let (is_done, _) = run_cut(&sandbox, &["file"], &["-d", "in"], u64::MAX);
    assert!(is_done && sandbox.read("in/file") == sandbox.read("file"));
    assert_eq!(sandbox.text("elsewhere/file"), "precious");
    assert!(hidden.symlink_metadata().unwrap().is_symlink());
}

#[test]
fn two_receivers_of_one_name_do_not_share_a_hidden_folder() {
    let sandbox = place();
    sandbox.write("file", noise("shared", 8 << 20));
    let (mut feeding, mut sides) = (Vec::new(), Vec::new());
    for number in 0..2 {
        let address = format!("unix:door{number}");
        let words = [
            "receive",
            "--trust-transport",
            "--listen",
            &address,
            "-d",
            "in",
            "--if-exists",
            "rename",
        ];
        let mut bob = Side::start(&sandbox, &words);
        bob.says("listening");
        feeding.push(Side::start(
            &sandbox,
            &["send", "--trust-transport", "--connect", &address, "file"],
        ));
        sides.push(bob);
    }
    let codes: Vec<_> = sides.iter_mut().chain(&mut feeding).map(Side::code).collect();
    // Both may find the name free; the second to end then finds it taken.
    assert!(
        codes.iter().all(|code| matches!(code, 0 | 1 | 5)) && codes.contains(&0),
        "{codes:?}"
    );
    for name in arrived(&sandbox).iter().filter(|name| !name.starts_with('.')) {
        assert!(sandbox.read(format!("in/{name}")) == sandbox.read("file"));
    }
}
