//! Several files in one run, archives, and changed recipients, where the room ends: what does not fit is as it was, and
//! what does is there.

use std::fs;

use crate::namespace;
use crate::sandbox::{Ran, Sandbox};

/// What stands in `disk` before (made by a script), the command, and what has become of each file there: with no room
/// at all, and with room for what is small.
const CASES: [(&str, &str, [&str; 2]); 7] = [
    (
        "printf old | tee disk/large.age > disk/small.age",
        "encrypt -i key --jobs 1 --if-exists overwrite --output-dir disk large small",
        ["large.age=old small.age=old", "large.age=old small.age=whole"],
    ),
    (
        "printf old | tee disk/large > disk/small",
        "decrypt -i key --jobs 1 --if-exists overwrite --output-dir disk large.age small.age",
        ["large=old small=old", "large=old small=whole"],
    ),
    ("true", "decrypt -i key --archive --output-dir disk packed", ["", ""]),
    (
        "printf old > disk/out",
        "encrypt -i key --archive -o disk/out large small",
        ["out=old", "out=old"],
    ),
    (
        "cp large.age disk/large.age",
        "rewrap -i key -R two disk/large.age",
        ["large.age=old", "large.age=old"],
    ),
    (
        "cp large.age disk/large.age",
        "rewrap -i key --deep -R two disk/large.age",
        ["large.age=old", "large.age=old"],
    ),
    // The header has room; its journal, which is as long as the header, has none.
    (
        "cp roomy.age disk/roomy.age",
        "rewrap -i key -R two disk/roomy.age",
        ["roomy.age=old", "roomy.age=whole"],
    ),
];

/// Says what has become of each file in `disk`.
const JUDGE: &str = r"
    set -o pipefail
    judge() {
        for path in $(ls -A disk); do
            if cmp -s disk/$path before/$path; then verdict=old
            elif cmp -s disk/$path ${path%.age}; then verdict=whole
            elif keypact decrypt -i key disk/$path | cmp -s - ${path%.age}; then verdict=whole
            else verdict=part; fi
            echo $path=$verdict
        done
    }";

/// In units of 4 KiB.
const ROOM: [usize; 2] = [0, 8];

#[test]
fn a_disk_that_becomes_full() {
    let Some(namespace) = namespace() else { return };
    each_case("No space left on device", |sandbox, room, old, command| {
        let script = format!(
            "{JUDGE}
            mount -t tmpfs -o size=2m none disk || exit 99
            {old}; cp -r disk before
            head -c 4M /dev/zero > disk/filler 2> /dev/null
            truncate -s -$(({room} * 4096)) disk/filler
            keypact {command}; code=$?; rm disk/filler; judge; exit $code"
        );
        let mut unshare = sandbox.command("unshare");
        Ran::new(unshare.args([namespace, "bash", "-c", &script]), b"")
    });
}

#[test]
fn a_limit_on_the_size_of_files() {
    each_case("File too large", |sandbox, room, old, command| {
        let script = format!(
            "{JUDGE}
            rm -rf disk; mkdir disk; {old}; cp -r disk before
            (ulimit -f $(({room} * 4)); keypact {command}); code=$?; judge; exit $code"
        );
        sandbox.shell(&script)
    });
}

fn each_case(why: &str, run: impl Fn(&Sandbox, usize, &str, &str) -> Ran) {
    let sandbox = stage();
    for (old, command, expected) in CASES {
        for (room, expected) in ROOM.into_iter().zip(expected) {
            let ran = run(&sandbox, room, old, command);
            let found = ran.stdout().lines().collect::<Vec<_>>().join(" ");
            let stderr = ran.stderr();
            assert_eq!(found, expected, "{command}, room for {room}: {stderr}");
            let fits = expected == "roomy.age=whole";
            assert_eq!(ran.code(), i32::from(!fits), "{command}, room for {room}: {stderr}");
            assert_eq!(stderr.contains(why), !fits, "{command}, room for {room}: {stderr}");
            fs::remove_dir_all(sandbox.file("before")).unwrap();
        }
    }
    println!("{} of {}", CASES.len() * ROOM.len(), CASES.len() * ROOM.len());
}

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    let two = sandbox.identity("key") + "\n" + &sandbox.identity("other");
    sandbox.write("two", two);
    fs::create_dir(sandbox.file("disk")).unwrap();
    for (name, size) in [("small", 200), ("large", 100_000), ("roomy", 1_200_000)] {
        sandbox.write(name, vec![b'a'; size]);
        sandbox.keypact(&format!("encrypt -i key -o {name}.age {name}")).ok();
    }
    sandbox.keypact("encrypt -i key --archive -o packed large small").ok();
    sandbox
}
