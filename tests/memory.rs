//! Memory that does not depend on the size of what passes through: by the system's figures, and in a group of processes
//! where one that took more would be killed.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/measure.rs"]
mod measure;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use sandbox::Sandbox;

const MIB: u64 = 1 << 20;
const SMALL: u64 = 32 * MIB;
/// A build with all its checks takes several times as long for each byte, and as little memory.
const LARGE: u64 = if cfg!(debug_assertions) { 128 } else { 1024 } * MIB;
/// MiB: of one thread, and of two.
const MOST: [f64; 2] = [16.0, 32.0];
/// MiB that the same work may take more or less another time.
const NOISE: f64 = 4.0;

#[test]
fn files_of_any_size_take_the_same_memory() {
    if !measure::can() {
        return;
    }
    for (jobs, most) in [1, 2].into_iter().zip(MOST) {
        for form in ["", "-a"] {
            let [small, large] = [SMALL, LARGE].map(|size| there_and_back(size, jobs, form));
            println!("{jobs} jobs {form}: {small:?} and {large:?} MiB");
            for (small, large) in small.into_iter().zip(large) {
                assert!(
                    large < most && large < small + NOISE,
                    "{jobs} jobs {form}: {small} and {large}"
                );
            }
        }
    }
}

#[test]
fn pipes_of_any_length_take_the_same_memory() {
    if !measure::can() {
        return;
    }
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    for (words, back) in [("encrypt -r", "decrypt -i key"), ("encrypt -a -r", "decrypt -i key")] {
        let words = format!("{words} {recipient} --jobs 2");
        let peaks = [SMALL, LARGE].map(|size| {
            sparse(&sandbox, size);
            let sealing = through_pipes(&sandbox, &words, "plain", "sealed");
            [
                sealing,
                through_pipes(&sandbox, &format!("{back} --jobs 2"), "sealed", "opened"),
            ]
        });
        println!("{words}: {peaks:?} MiB");
        assert_eq!(sandbox.shell("cmp plain opened").ok(), "");
        for (small, large) in peaks[0].into_iter().zip(peaks[1]) {
            assert!(large < MOST[1] && large < small + NOISE, "{words}: {small} and {large}");
        }
    }
}

#[test]
fn one_thread_works_where_more_memory_would_kill_it() {
    let bound = 16 * MIB;
    let (Some(sealing), Some(opening)) = (Group::new("seal", bound), Group::new("open", bound)) else {
        return tools::say("a bound on memory", "no control group can be made here");
    };
    let sandbox = Sandbox::new();
    // Or the group would bound nothing, and the rest would prove nothing.
    let greedy = format!("head -c {0} /dev/zero | ({1} tail -c {0})", 4 * bound, sealing.enter());
    assert_eq!(sandbox.shell(&greedy).code(), 137, "{greedy}");

    let recipient = sandbox.identity("key");
    sparse(&sandbox, LARGE);
    let script = format!(
        "set -o pipefail; ({} keypact encrypt --jobs 1 -r {recipient} plain) | ({} keypact decrypt --jobs 1 -i key) | cmp - plain",
        sealing.enter(),
        opening.enter(),
    );
    sandbox.shell(&script).ok();
}

/// The peaks of encryption and decryption from file to file.
fn there_and_back(size: u64, jobs: usize, form: &str) -> [f64; 2] {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key");
    sparse(&sandbox, size);
    let words = [
        format!("encrypt {form} --jobs {jobs} -r {recipient} -o sealed plain"),
        format!("decrypt --jobs {jobs} -i key -o opened sealed"),
    ];
    let peaks = words.map(|words| {
        let (ran, cost) = measure::run(&sandbox, &words);
        ran.ok();
        cost.memory
    });
    sandbox.shell("cmp plain opened").ok();
    peaks
}

/// The peak of `keypact` between two pipes.
fn through_pipes(sandbox: &Sandbox, words: &str, source: &str, target: &str) -> f64 {
    let mut feeder = spawn(sandbox.command("cat").arg(source).stdout(Stdio::piped()));
    let mut keypact = measure::command(sandbox, words);
    let input = feeder.stdout.take().unwrap();
    let mut keypact = spawn(keypact.stdin(input).stdout(Stdio::piped()));
    let mut output = File::create(sandbox.file(target)).unwrap();
    io::copy(keypact.stdout.as_mut().unwrap(), &mut output).unwrap();
    assert!(
        keypact.wait().unwrap().success() && feeder.wait().unwrap().success(),
        "{words}"
    );
    measure::cost(sandbox).memory
}

fn spawn(command: &mut Command) -> process::Child {
    command.spawn().unwrap()
}

/// As large as it says, and nothing on the disk.
fn sparse(sandbox: &Sandbox, size: u64) {
    File::create(sandbox.file("plain")).unwrap().set_len(size).unwrap();
}

/// A control group of Linux, version 1 or 2, with a bound on memory; gone at the end of its test.
struct Group(PathBuf);

impl Group {
    /// `None` where this user, or this machine, has none to give.
    fn new(name: &str, bytes: u64) -> Option<Self> {
        let versions = [
            (
                "/sys/fs/cgroup/memory",
                "memory.limit_in_bytes",
                "memory.memsw.limit_in_bytes",
                bytes,
            ),
            ("/sys/fs/cgroup", "memory.max", "memory.swap.max", 0),
        ];
        versions.into_iter().find_map(|(root, memory, swap, most_swap)| {
            let folder = Path::new(root).join(format!("keypact-{name}-{}", process::id()));
            fs::create_dir(&folder).ok()?;
            let group = Self(folder);
            group.set(memory, bytes).ok()?;
            // Where there is no swap there is nothing to bound.
            let _ = group.set(swap, most_swap);
            Some(group)
        })
    }

    /// Writes into a file that must be there: a folder of another file system takes any.
    fn set(&self, file: &str, value: u64) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(self.0.join(file))?;
        file.write_all(value.to_string().as_bytes())
    }

    /// The beginning of a subshell whose only command runs in the group.
    fn enter(&self) -> String {
        format!("echo $BASHPID > {}/cgroup.procs && exec", self.0.display())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}
