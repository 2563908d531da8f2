//! Deaths at any moment of a run, drawn from a seed and spread over the time that it takes.

use std::fs;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use keypact::crypto::hash::sha256;

use crate::archive::{all_or_nothing, plant};
use crate::sandbox::{Ran, Sandbox};
use crate::{Before, KILLED, OLD, SIZE, Survived, counted, is_partial, opened, stage, strace, tree};

/// Deaths a test, as long as its time lasts.
const KILLS: usize = 40;
const ENOUGH: Duration = Duration::from_secs(20);
/// More than the results of one group, so that some are in their places while others are written.
const FILES: usize = 150;

#[test]
fn encrypting_many_over_files() {
    each_death(
        "encrypt -i key --if-exists overwrite --recursive --output-dir out in",
        |sandbox| fill(sandbox, "out/in", ".age"),
        |sandbox| each_is_old_or_new(sandbox, "out/in", ".age"),
    );
}

#[test]
fn decrypting_many_over_files() {
    each_death(
        "decrypt -i key --if-exists overwrite --recursive --output-dir out locked/in",
        |sandbox| {
            fill(sandbox, "out/in", "");
            sandbox
                .keypact("encrypt -i key --recursive --output-dir locked in")
                .ok();
        },
        |sandbox| each_is_old_or_new(sandbox, "out/in", ""),
    );
}

#[test]
fn decrypting_over_a_large_file() {
    let plain = counted(32 << 20, 0);
    each_death(
        "decrypt -i key -o out large",
        |sandbox| {
            sandbox.write("plain", &plain);
            sandbox.keypact("encrypt -i key -o large plain").ok();
            sandbox.write("out", OLD);
        },
        |sandbox| {
            let found = sandbox.read("out");
            assert!(found == OLD || found == plain, "a torn file");
            found == plain
        },
    );
}

#[test]
fn restoring_an_archive() {
    each_death(
        "decrypt -i key --archive --output-dir into packed",
        |sandbox| {
            fs::create_dir(sandbox.file("b-folder")).unwrap();
            for number in 0..FILES {
                sandbox.write(&format!("b-folder/{number}"), content(number));
            }
            plant(sandbox);
            fs::create_dir(sandbox.file("into")).unwrap();
        },
        |sandbox| {
            all_or_nothing(sandbox, KILLED);
            sandbox.file("into/c-file").exists()
        },
    );
}

#[test]
fn rewrapping_a_large_file_in_place() {
    rewrapping("in_place", 64 << 20, "");
}

#[test]
fn rewrapping_a_file_by_a_copy() {
    rewrapping("copy", 16 << 20, "--no-padding");
}

/// From two recipients to one and back, so that every run has something to change.
fn rewrapping(how: &str, size: usize, flags: &str) {
    let sandbox = stage();
    let plain = counted(size, 0);
    sandbox.write("plain", &plain);
    let other = sandbox.identity("other");
    sandbox.keypact(&format!("encrypt {flags} -i key -o large plain")).ok();
    let end = sandbox.read("large")[size / 2..].to_vec();
    let words = |is_shared: bool| {
        let change = if is_shared { "--remove" } else { "--add" };
        format!("rewrap --json -i key {change} {other} large")
    };
    let is_shared = || {
        let ran = sandbox.keypact(&format!("decrypt -i key --range {}.. large", size - 100));
        assert!(
            ran.output.stdout == plain[size - 100..],
            "a torn file: {}",
            ran.stderr()
        );
        let rest = fs::File::open(sandbox.file("large")).unwrap();
        let length = rest.metadata().unwrap().len();
        let mut found = vec![0; end.len()];
        rest.read_exact_at(&mut found, length - end.len() as u64).unwrap();
        assert!(found == end, "the payload has changed");
        let ran = sandbox.keypact("decrypt -i other --range ..1 large");
        assert!(matches!(ran.code(), 0 | 4), "a torn file: {}", ran.stderr());
        ran.code() == 0
    };
    let (mut whole, told) = timed(|| sandbox.keypact(&words(false)).ok());
    assert!(told.contains(&format!("\"how\":\"{how}\"")), "{told}");
    let mut tally = Survived::default();
    let began = Instant::now();
    for (number, part) in moments().enumerate().take_while(|_| began.elapsed() < ENOUGH) {
        let before = is_shared();
        let ran = killed(&sandbox, &words(before), &mut whole, part);
        tally.judge(
            how,
            &format!("death {number} after {part:.2} of {whole:?}"),
            &ran,
            || {
                let after = is_shared();
                assert!(
                    ran.code() == KILLED || before != after,
                    "exit {}, and nothing was changed",
                    ran.code()
                );
            },
        );
    }
    sandbox.keypact(&words(is_shared())).ok();
    assert!(!sandbox.file(".large.keypact-journal").exists(), "a journal stays");
    tally.report(&format!("killed: rewrap, {how}"));
}

/// Kills `words` at [`KILLS`] moments, always over what `prepare` has put there. `judge` says whether anything is new.
fn each_death(words: &str, prepare: impl FnOnce(&Sandbox), judge: impl Fn(&Sandbox) -> bool) {
    if !strace::can("deaths at any moment") {
        return;
    }
    let sandbox = stage();
    prepare(&sandbox);
    let before = Before::of(&sandbox);
    let (mut whole, _) = timed(|| sandbox.keypact(words).ok());
    assert!(judge(&sandbox));
    let (mut tally, mut changed) = (Survived::default(), 0);
    let began = Instant::now();
    for (number, part) in moments().enumerate().take_while(|_| began.elapsed() < ENOUGH) {
        before.restore(&sandbox);
        let ran = killed(&sandbox, words, &mut whole, part);
        tally.judge(
            words,
            &format!("death {number} after {part:.2} of {whole:?}"),
            &ran,
            || {
                assert!(matches!(ran.code(), 0 | KILLED), "{}", ran.stderr());
                let is_changed = judge(&sandbox);
                assert!(ran.code() == KILLED || is_changed, "exit 0, and nothing is new");
                changed += usize::from(is_changed);
            },
        );
    }
    println!("{changed} of {} had begun to appear", tally.runs);
    tally.report(&format!("killed: {words}"));
}

/// Parts of a run's time and a little more, each at random within its share; in an order that covers all of it early.
fn moments() -> impl Iterator<Item = f64> {
    (0..KILLS).map(|number| {
        let drawn = sha256(&[b"moments of death", &number.to_be_bytes()]);
        let share = f64::from(u32::try_from(number * 7 % KILLS).unwrap()) + f64::from(drawn[0]) / 256.0;
        1.2 * share / f64::from(u32::try_from(KILLS).unwrap())
    })
}

/// Kills the run after a part of `whole`, the time that one takes; corrects that time, as the machine is more or less busy.
fn killed(sandbox: &Sandbox, words: &str, whole: &mut Duration, part: f64) -> Ran {
    let moment = whole.mul_f64(part);
    let mut command = sandbox.command("timeout");
    command.args(["--preserve-status", "--foreground", "-s", "KILL"]);
    command.arg(moment.as_secs_f64().to_string());
    command.arg(env!("CARGO_BIN_EXE_keypact")).args(words.split(' '));
    let (took, ran) = timed(|| Ran::new(&mut command, b""));
    if ran.code() != KILLED || moment > *whole {
        *whole = took;
    }
    ran
}

fn timed<T>(run: impl FnOnce() -> T) -> (Duration, T) {
    let began = Instant::now();
    let ran = run();
    (began.elapsed(), ran)
}

fn content(number: usize) -> Vec<u8> {
    counted(number * SIZE / 10 / FILES, number)
}

/// Writes all inputs, and old files in the places of their results.
fn fill(sandbox: &Sandbox, folder: &str, end: &str) {
    for folder in ["in", folder] {
        fs::create_dir_all(sandbox.file(folder)).unwrap();
    }
    for number in 0..FILES {
        sandbox.write(&format!("in/{number}"), content(number));
        sandbox.write(&format!("{folder}/{number}{end}"), OLD);
    }
}

/// Every name is there and whole, and no other; says whether anything is new.
fn each_is_old_or_new(sandbox: &Sandbox, folder: &str, end: &str) -> bool {
    let names = tree::names(&sandbox.file(folder)).into_iter();
    let names = names.filter(|name| !is_partial(name.as_ref()));
    assert_eq!(names.count(), FILES, "something came or went");
    let mut new = 0;
    for number in 0..FILES {
        let found = sandbox.read(format!("{folder}/{number}{end}"));
        if found != OLD {
            let found = if end.is_empty() {
                Some(found)
            } else {
                opened(sandbox, &found)
            };
            assert!(found == Some(content(number)), "{number} is torn");
            new += 1;
        }
    }
    new > 0
}
