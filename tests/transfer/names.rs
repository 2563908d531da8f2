//! Names: those of the sender's files, and those that a hostile sender makes up.

use std::fs;
use std::io::{self, IoSliceMut, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use keypact::channel::{Channel, Link};
use keypact::crypto::rng::OsRng;
use keypact::transfer::{self, Entry, Kind, Manifest, Modified, Padding, Source};

use crate::meeting::meet;
use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{arrived, place, receiver, sender};

/// Legal names of files that a terminal should not see as they are.
const HOSTILE: [&str; 13] = [
    "two words",
    "Grüße 世界 🙂",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{1b}]52;c;aGk=\u{7}",
    "a\rkeypact: done",
    "a\nkeypact: agreed; session aaaaaaaaaaaaaaaa",
    "back\u{8}\u{8}\u{8}\u{7f}",
    "photo\u{202e}gpj.exe",
    "\u{2066}in\u{2069}\u{200f}",
    "zero\u{200b}width\u{feff}",
    "c1\u{9b}31m\u{85}",
    "line\u{2028}separator",
    "-rf",
];

/// Nothing in it but plain lines of this program.
#[track_caller]
fn harmless(said: &str) {
    let deceptive = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    assert!(!said.contains(deceptive), "{said:?}");
    assert!(said.lines().all(|line| line.starts_with("keypact: ")), "{said:?}");
    assert!(
        !said
            .lines()
            .any(|line| line.ends_with("aaaaaaaaaaaaaaaa") && line.starts_with("keypact: agreed"))
    );
}

#[test]
fn a_hidden_name_is_for_the_receiver_to_give() {
    let sandbox = place();
    sandbox.write(".profile", "evil");
    let mut bob = receiver(&sandbox, &["-d", "in"]);
    sender(&sandbox, &[".profile"]).fails(5, "hidden name");
    bob.fails(1, "-o FILE");
    assert!(arrived(&sandbox).is_empty());
    let mut bob = receiver(&sandbox, &["-o", "in/.profile"]);
    sender(&sandbox, &[".profile"]).succeeds();
    bob.succeeds();
    assert_eq!(arrived(&sandbox), [".profile"]);
}

#[test]
fn hostile_names_arrive_and_are_harmless_on_both_screens() {
    for name in HOSTILE {
        for (source, given) in [(name, None), ("plain", Some(name))] {
            let sandbox = place();
            sandbox.write(source, "x");
            let mut bob = receiver(&sandbox, &["-d", "in", "--events", "events"]);
            let path = format!("./{source}");
            let given = given.map(|given| format!("--name={given}"));
            let words: Vec<_> = [Some(path.as_str()), given.as_deref()].into_iter().flatten().collect();
            let mut alice = sender(&sandbox, &words);
            alice.succeeds();
            bob.succeeds();
            assert_eq!(arrived(&sandbox), [name]);
            harmless(&alice.stderr());
            harmless(&bob.stderr());
            harmless(&format!(
                "keypact: {}",
                sandbox.text("events").replace('\n', "\nkeypact: ")
            ));
            assert!(bob.stderr().contains("1 bytes, BLAKE3 "), "{}", bob.stderr());
        }
    }
}

/// Names that mean something to a shell, another system, a terminal or a program, and here are names.
const STRANGE: [&str; 44] = [
    "~",
    "~root",
    "$HOME",
    "`id`",
    "$(id)",
    "; id",
    "| id",
    "&",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "!!",
    "#",
    "'",
    "\"",
    "\\",
    "..\\x",
    "C:\\x",
    "C:",
    "con",
    "NUL.txt",
    "aux",
    "trailing.",
    "trailing ",
    " leading",
    "-",
    "--",
    "--help",
    "-o",
    "%2e%2e%2f",
    "....",
    "a..b",
    "...",
    "&#46;&#46;",
    "e\u{301}",
    "\u{e9}",
    "\u{ff0e}\u{ff0e}\u{ff0f}x",
    "\u{2024}\u{2024}",
    "A",
    "a",
    "\u{feff}",
    "\u{e0041}",
    "name\tname",
];

#[test]
fn a_folder_of_strange_names_arrives_and_harms_nobody() {
    let sandbox = place();
    fs::create_dir(sandbox.file("src")).unwrap();
    for name in STRANGE.iter().chain(&HOSTILE) {
        fs::write(sandbox.file("src").join(name), name).unwrap();
    }
    let mut bob = receiver(&sandbox, &["-d", "in", "--yes", "--events", "events"]);
    let mut alice = sender(&sandbox, &["src"]);
    alice.succeeds();
    bob.succeeds();
    let got = crate::tree::nodes(&sandbox.file("in/src"));
    assert_eq!(got, crate::tree::nodes(&sandbox.file("src")));
    assert!(got.len() > 50, "{}", got.len());
    assert_eq!((arrived(&sandbox).len(), sandbox.names().len()), (1, 3));
    for said in [alice.stderr(), bob.stderr()] {
        harmless(&said);
    }
    harmless(&format!(
        "keypact: {}",
        sandbox.text("events").trim_end().replace('\n', "\nkeypact: ")
    ));
}

#[test]
fn names_with_folders_are_refused_before_anyone_is_spoken_to() {
    let sandbox = place();
    sandbox.write("file", "x");
    for name in ["../x", "/etc/x", ".", "..", "a/b", "x/", "", &"n".repeat(256)] {
        let words = [
            "send",
            "--trust-transport",
            "--connect",
            "unix:nobody",
            "--wait",
            "0",
            "file",
            "--name",
            name,
        ];
        Side::start(&sandbox, &words).fails(2, "is not the name of a file");
    }
}

/// A hostile sender speaks the protocol well, and lies about what it offers.
pub(crate) struct Hostile(pub(crate) UnixStream);

#[derive(Debug, thiserror::Error)]
#[error("the wire ended")]
pub(crate) struct Ended;

impl Link for Hostile {
    type Error = Ended;

    fn send(&mut self, records: Vec<u8>) -> Result<Vec<u8>, Ended> {
        self.0.write_all(&records).map_err(|_| Ended)?;
        Ok(Vec::new())
    }

    fn receive(&mut self) -> Result<Vec<u8>, Ended> {
        crate::relay::message(&mut self.0).ok_or(Ended)
    }

    fn poll(&mut self) -> Result<Option<Vec<u8>>, Ended> {
        Ok(None)
    }
}

impl Hostile {
    pub(crate) fn meet(sandbox: &Sandbox) -> (Self, Channel) {
        let mut wire = Self(UnixStream::connect(sandbox.file("meet")).unwrap());
        let channel = meet(&mut wire.0);
        (wire, channel)
    }

    /// Offers a manifest with one byte of content for each file.
    fn offers(sandbox: &Sandbox, manifest: Manifest) {
        let (mut wire, channel) = Self::meet(sandbox);
        let sent = transfer::send(
            &mut wire,
            channel,
            Arc::new(manifest),
            Box::new(Byte(0)),
            Padding::Off,
            &mut OsRng,
            &mut |_| {},
        );
        assert!(sent.is_err());
    }

    /// The same, and whether it is taken is the receiver's business.
    fn offers_perhaps(sandbox: &Sandbox, manifest: Manifest) {
        let (mut wire, channel) = Self::meet(sandbox);
        let _ = transfer::send(
            &mut wire,
            channel,
            Arc::new(manifest),
            Box::new(Byte(0)),
            Padding::Off,
            &mut OsRng,
            &mut |_| {},
        );
    }

    /// Offers one thing in a form that only a liar writes.
    fn makes_up(sandbox: &Sandbox, entry: &[u8]) {
        let (mut wire, mut channel) = Self::meet(sandbox);
        let manifest = [&[3][..], &[7; 16], &[0], &[0, 0, 0, 1], entry].concat();
        let record = channel.seal(keypact::channel::Kind(0x10), &manifest);
        wire.send(record).unwrap();
        while wire.receive().is_ok() {}
    }
}

/// One byte, whatever was announced.
struct Byte(usize);

impl Source for Byte {
    fn open(&mut self, _: usize) -> io::Result<()> {
        self.0 = 1;
        Ok(())
    }

    fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let count = (&b"x"[..self.0]).read_vectored(buffers)?;
        self.0 -= count;
        Ok(count)
    }

    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn offer(entries: &[(&[u8], Kind<'_>)]) -> Manifest {
    let mut offer = Manifest::default();
    for (path, kind) in entries {
        let entry = Entry {
            path,
            kind: *kind,
            mode: 0o644,
            modified: Modified::default(),
        };
        offer.push(&entry).unwrap();
    }
    offer
}

fn made_up(mode: u16, name: &[u8]) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap().to_be_bytes();
    let size = 1_u64.to_be_bytes();
    [&[0][..], &mode.to_be_bytes(), &[0; 12], &size, &length, &[0, 0], name].concat()
}

#[test]
fn what_a_hostile_sender_makes_up_creates_nothing() {
    let names: [&[u8]; 24] = [
        b"../x",
        b"a/../../x",
        b"/tmp/keypact-x",
        b"a/b",
        b".",
        b"..",
        b"",
        b"a\0b",
        b"/",
        b"./x",
        b"x/",
        b"~/x/y",
        b"in/../../x",
        b"//x",
        b"x//y",
        b"../../../../../../etc/cron.d/x",
        b"..\0",
        b"./../x",
        b"a/./b",
        b"/../x",
        b"\0",
        b"\0/../x",
        &[b'n'; 256],
        &[b'n'; 4096],
    ];
    let entries = names.map(|name| made_up(0o644, name)).into_iter();
    for entry in entries.chain([made_up(0o4755, b"setuid"), made_up(0xffff, b"bits")]) {
        let sandbox = place();
        let mut bob = receiver(&sandbox, &["-d", "in", "--yes"]);
        Hostile::makes_up(&sandbox, &entry);
        assert_eq!(bob.ends_within(Duration::from_secs(4)), 5, "{}", bob.stderr());
        harmless(&bob.stderr());
        assert!(arrived(&sandbox).is_empty());
        assert_eq!(sandbox.names(), ["in"]);
    }
}

/// A list as long as it may be, of which nothing is taken: it costs its own bytes and little more.
#[test]
fn a_million_entries_are_held_in_bounded_memory() {
    let sandbox = place();
    let mut bob = receiver(&sandbox, &["-d", "in"]);
    let (mut wire, mut channel) = Hostile::meet(&sandbox);
    let mut put = |body: &[u8]| wire.send(channel.seal(keypact::channel::Kind(0x10), body)).unwrap();
    let count = 1_u32 << 20;
    let mut body = [&[3][..], &[7; 16], &[0], &count.to_be_bytes()].concat();
    for number in 0..count {
        body.extend_from_slice(&made_up(0o644, format!("{number:010}").as_bytes()));
        if body.len() > 60_000 || number + 1 == count {
            put(&body);
            body.clear();
        }
    }
    let mut peak = 0;
    while bob.is_running() {
        peak = bob.peak_kib().unwrap_or(peak).max(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    bob.fails(2, "1048576 files");
    println!("peak: {peak} KiB");
    assert!((1..192 * 1024).contains(&peak), "{peak} KiB");
    assert!(arrived(&sandbox).is_empty());
}

#[test]
fn links_that_lead_outside_are_refused_whatever_was_said() {
    let file = Kind::File { size: 1 };
    for target in [
        &b"/etc/passwd"[..],
        b"../outside",
        b"..",
        b"",
        b"a/../../outside",
        b"elsewhere",
        b"down/../../up",
    ] {
        let link = Kind::Symlink { target };
        for words in [&["--symlinks", "keep"][..], &[]] {
            let sandbox = place();
            let mut bob = receiver(&sandbox, &[&["-d", "in", "--yes"], words].concat());
            Hostile::offers(&sandbox, offer(&[(b"a", file), (b"link", link)]));
            bob.fails(1, "link");
            assert!(arrived(&sandbox).is_empty());
        }
    }
}

#[test]
fn a_link_of_the_receivers_is_never_gone_through() {
    let folder = [(&b"dir"[..], Kind::Folder), (b"dir/x", Kind::File { size: 1 })];
    for existing in ["skip", "overwrite", "rename", "fail"] {
        let sandbox = place();
        fs::create_dir(sandbox.file("outside")).unwrap();
        std::os::unix::fs::symlink("../outside", sandbox.file("in/dir")).unwrap();
        let mut bob = receiver(&sandbox, &["-d", "in", "--yes", "--if-exists", existing]);
        Hostile::offers_perhaps(&sandbox, offer(&folder));
        bob.ends_within(Duration::from_secs(4));
        assert_eq!(fs::read_dir(sandbox.file("outside")).unwrap().count(), 0, "{existing}");
        assert!(fs::symlink_metadata(sandbox.file("in/dir")).unwrap().is_symlink());
    }
}

#[test]
fn a_size_that_is_a_lie_brings_nothing() {
    for size in [2, 1 << 60, u64::MAX] {
        let sandbox = place();
        let mut bob = receiver(&sandbox, &["-d", "in"]);
        Hostile::offers(&sandbox, offer(&[(b"file", Kind::File { size })]));
        assert!(
            matches!(bob.ends_within(Duration::from_secs(4)), 1 | 3 | 5),
            "{}",
            bob.stderr()
        );
        assert!(arrived(&sandbox).is_empty());
    }
}

#[test]
fn whatever_has_the_name_already_stays() {
    type Make = fn(&std::path::Path);
    let makes: [(&str, Make); 5] = [
        ("a file", |path| fs::write(path, "older").unwrap()),
        ("a folder", |path| fs::create_dir(path).unwrap()),
        ("a link", |path| {
            std::os::unix::fs::symlink("../elsewhere", path).unwrap();
        }),
        ("a link to a device", |path| {
            std::os::unix::fs::symlink("/dev/null", path).unwrap();
        }),
        ("a pipe", |path| {
            let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }),
    ];
    for (what, make) in makes {
        let sandbox = place();
        sandbox.write("name", "newer");
        make(&sandbox.file("in/name"));
        let before = fs::symlink_metadata(sandbox.file("in/name")).unwrap();
        let mut bob = receiver(&sandbox, &["-d", "in"]);
        let mut alice = sender(&sandbox, &["name"]);
        let soon = Duration::from_secs(4);
        assert_eq!(
            (bob.ends_within(soon), alice.ends_within(soon)),
            (1, 5),
            "{what}: {}",
            bob.stderr()
        );
        let after = fs::symlink_metadata(sandbox.file("in/name")).unwrap();
        assert_eq!(
            (before.file_type(), before.len()),
            (after.file_type(), after.len()),
            "{what}"
        );
        assert_eq!(arrived(&sandbox), ["name"]);
        assert!(!sandbox.file("elsewhere").exists());
        assert!(alice.stderr().contains("refused"), "{}", alice.stderr());
    }
}

#[test]
fn a_file_that_is_named_with_o_is_not_written_over_either() {
    let sandbox = place();
    sandbox.write("mine", "older");
    let mut bob = Side::start(
        &sandbox,
        &["receive", "--trust-transport", "--listen", "unix:meet", "-o", "mine"],
    );
    bob.says("listening");
    sandbox.write("newer", "newer");
    sender(&sandbox, &["newer"]).fails(5, "mine exists already");
    bob.fails(1, "mine exists already");
    assert_eq!(sandbox.text("mine"), "older");
    assert!(!sandbox.has_partial_file());
}
