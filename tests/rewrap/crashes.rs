//! What an interrupted rewrap leaves, and two at once. (`tests/faults.rs` interrupts at every system call.)

use std::process::{Child, Stdio};

use crate::sandbox::Ran;
use crate::{SMALL, Stage, strace};

const JOURNAL: &str = ".file.keypact-journal";

/// A file whose rewrap, from a and b to a and c, was killed right before it wrote the header.
fn interrupted() -> Option<Stage> {
    if !strace::can("an interrupted rewrap") {
        return None;
    }
    let stage = Stage::new("x25519", SMALL + 1, "");
    stage
        .sandbox
        .write("list", format!("{}\n{}\n", stage.recipients[0], stage.recipients[2]));
    let before = stage.sandbox.read("file");
    let mut rewrap = strace::tracing(&stage.sandbox, "pwrite64:signal=KILL", "rewrap -i a -R list file");
    let killed = Ran::new(&mut rewrap, b"");
    assert_eq!(killed.code(), 137, "{}", killed.stderr());
    assert!(stage.sandbox.read("file") == before);
    assert!(stage.sandbox.file(JOURNAL).exists());
    Some(stage)
}

#[test]
fn a_torn_header_is_read_from_the_journal_and_repaired() {
    let Some(stage) = interrupted() else { return };
    let sandbox = &stage.sandbox;
    let whole = sandbox.read("file");
    let mut torn = whole.clone();
    torn[30..1000].fill(b'x');
    for bytes in [&whole, &torn] {
        sandbox.write("file", bytes);
        assert_eq!(stage.openers(), [true, false, true]);
        assert!(stage.inspect()["header_authentic"].as_bool().unwrap());
        let part = sandbox.keypact("decrypt -i c --range 100..200 file");
        assert!(part.output.stdout == stage.plain[100..200], "{}", part.stderr());
        sandbox.keypact("decrypt -i c --verify-only file ./file").ok();
        let dry = stage.rewrap("--dry-run --remove 1");
        assert_eq!(dry["repaired"], true);
        assert!(sandbox.read("file") == *bytes, "readers write nothing");
    }
    let told = stage.rewrap(&format!("--add {}", stage.recipients[1]));
    assert_eq!((&told["repaired"], &told["how"]), (&true.into(), &"in_place".into()));
    assert_eq!(stage.openers(), [true; 3]);
    assert!(!sandbox.file(JOURNAL).exists());
    assert!(sandbox.read("file")[4096..] == whole[4096..]);
}

#[test]
fn a_journal_that_is_not_whole_or_not_of_this_file_does_not_count() {
    let Some(stage) = interrupted() else { return };
    let sandbox = &stage.sandbox;
    let (journal, file) = (sandbox.read(JOURNAL), sandbox.read("file"));
    for length in [0, 1, 50, journal.len() / 2, journal.len() - 1] {
        sandbox.write(JOURNAL, &journal[..length]);
        assert_eq!(stage.openers(), [true, true, false], "{length}");
    }
    sandbox.write(JOURNAL, &journal);
    sandbox.keypact("encrypt -i a -i b -o file plain").ok();
    assert_eq!(sandbox.read("file").len(), file.len());
    assert_eq!(stage.openers(), [true, true, false]);
    assert_eq!(stage.rewrap("--remove 1")["repaired"], false);
    assert_eq!(stage.openers(), [true, false, false]);
    assert!(!sandbox.file(JOURNAL).exists());
}

/// A whole journal for the file, with `header` in it.
fn plant(stage: &Stage, header: &[u8]) {
    let file = stage.sandbox.read("file");
    let lengths = [file.len() as u64, header.len() as u64].map(u64::to_be_bytes);
    let nonce = &file[header.len()..header.len() + 16];
    let journal = [b"keypact-journal 1\n", &lengths[0][..], &lengths[1], nonce, header].concat();
    let hash = keypact::crypto::hash::sha256(&[&journal]);
    stage.sandbox.write(JOURNAL, [&journal[..], &hash].concat());
}

#[test]
fn a_journal_replaces_only_a_header_of_its_own_file() {
    let stage = Stage::new("x25519", SMALL + 1, "");
    let sandbox = &stage.sandbox;
    let file = sandbox.read("file");
    let own = &file[..stage.file().header_len()];
    sandbox.keypact("encrypt -i a -o other plain").ok();
    let mut unsealed = own.to_vec();
    unsealed[own.len() - 20] ^= 1;
    let mut stranger = own.to_vec();
    stranger[own.len() / 2] ^= 1;
    let others = &sandbox.read("other")[..own.len()];
    let armored = [b"-----BEGIN AGE ENCRYPTED FILE-----\n".as_slice(), &own[35..]].concat();
    for planted in [
        &vec![b'x'; own.len()],
        &unsealed,
        &stranger,
        others,
        &armored,
        &own[..60],
    ] {
        plant(&stage, planted);
        assert_eq!(stage.openers(), [true, true, false], "readers are not misled");
        let part = sandbox.keypact("decrypt -i b --range 100..200 file");
        assert!(part.output.stdout == stage.plain[100..200], "{}", part.stderr());
        sandbox.keypact("decrypt -i b --verify-only file ./file").ok();
        let dry = stage.rewrap("--dry-run --remove 1");
        assert_eq!(dry["repaired"], false);
        assert!(sandbox.read("file") == file && sandbox.file(JOURNAL).exists());
        let ran = sandbox.keypact("rewrap -i c --remove 1 file");
        assert_eq!(ran.code(), 4, "{}", ran.stderr());
        assert!(sandbox.read("file") == file, "who cannot open it cannot tell");
        assert_eq!(stage.rewrap("--remove 1")["repaired"], false);
        assert!(!sandbox.file(JOURNAL).exists());
        assert_eq!(stage.openers(), [true, false, false]);
        sandbox.write("file", &file);
    }
}

#[test]
fn whoever_locked_themselves_out_can_still_end_it() {
    let stage = Stage::new("x25519", SMALL + 1, "");
    let sandbox = &stage.sandbox;
    let old = sandbox.read("file");
    sandbox.keypact("rewrap -i a --remove 0 file").ok();
    let new = sandbox.read("file");
    let header = &new[..stage.file().header_len()];
    sandbox.write("file", &old);
    plant(&stage, header);
    sandbox.keypact("rewrap -i a --remove 0 --dry-run file").fails(4);
    assert!(sandbox.read("file") == old);
    sandbox.keypact("rewrap -i a --remove 0 file").fails(4);
    assert!(sandbox.read("file") == new && !sandbox.file(JOURNAL).exists());

    // Once the header is torn, only those who are let in can tell that the journal is the file's.
    let torn = [&new[..header.len() - 50], &[b'x'; 50], &new[header.len()..]].concat();
    sandbox.write("file", &torn);
    plant(&stage, header);
    sandbox.keypact("rewrap -i a --remove 0 file").fails(4);
    assert!(sandbox.read("file") == torn);
    sandbox
        .keypact(&format!("rewrap -i b --add {} file", stage.recipients[2]))
        .ok();
    assert_eq!(stage.openers(), [false, true, true]);
}

#[test]
fn the_same_command_again_brings_it_to_its_end() {
    let Some(stage) = interrupted() else { return };
    let ran = stage.sandbox.keypact("rewrap -i a -R list file");
    ran.ok();
    assert!(ran.stderr().contains("was brought to its end"), "{}", ran.stderr());
    assert_eq!(stage.openers(), [true, false, true]);
    assert_eq!(stage.sandbox.names(), ["a", "b", "c", "file", "list", "plain"]);
}

#[test]
fn a_limit_on_sizes_leaves_the_old_file() {
    let stage = Stage::new("x25519", SMALL + 1, "--no-padding");
    let before = stage.sandbox.read("file");
    // Half of the file fits, so the last write is a short one.
    let script = format!("ulimit -f 512; keypact rewrap -i a --add {} file", stage.recipients[2]);
    assert_eq!(stage.sandbox.shell(&script).code(), 1);
    assert!(stage.sandbox.read("file") == before);
    let stage = Stage::new("x25519", SMALL + 1, "");
    let before = stage.sandbox.read("file");
    // In place, not even the journal fits.
    let script = "ulimit -f 2; keypact rewrap -i a --remove 1 file";
    let ran = stage.sandbox.shell(script);
    assert_eq!(ran.code(), 1, "{}", ran.stderr());
    assert!(stage.sandbox.read("file") == before);
    assert_eq!(stage.sandbox.names(), ["a", "b", "c", "file", "plain"]);
}

#[test]
fn two_at_once_come_one_after_the_other() {
    for size in [10, SMALL + 1] {
        let stage = Stage::new("x25519", size, "");
        let recipients: Vec<String> = (0..6).map(|at| stage.sandbox.identity(&format!("k{at}"))).collect();
        let running: Vec<Child> = recipients
            .iter()
            .map(|recipient| {
                let mut command = stage.sandbox.command("keypact");
                command.args(["rewrap", "-q", "-i", "a", "--add", recipient, "file"]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in running {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        for at in 0..6 {
            let opened = stage.sandbox.keypact(&format!("decrypt -i k{at} file"));
            opened.ok();
            assert!(opened.output.stdout == stage.plain);
        }
        assert_eq!(stage.inspect()["stanzas"].as_array().unwrap().len(), 9);
    }
}
