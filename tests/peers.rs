//! Foreign implementations of the format: they open our files, we open theirs, and each takes the other's keys.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "peers/age.rs"]
mod age;
#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/parallel.rs"]
mod parallel;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "peers/script.rs"]
mod script;
#[path = "peers/ssh.rs"]
mod ssh;
#[path = "support/tools.rs"]
mod tools;

use std::io::Read;

use keypact::crypto::hybrid_p256;
use keypact::crypto::rng::OsRng;
use keypact::format::{self, Identity, hybrid_tag, tag};
use keypact::secret::Secret;
use sandbox::{Ran, Sandbox};

/// Around every edge of the payload: nothing, one chunk, two chunks, many.
const SIZES: [usize; 7] = [0, 1, 65_535, 65_536, 65_537, 131_072, 5 << 20];
/// A passphrase changes the header alone, and costs each side a second.
const ONE_SIZE: [usize; 1] = [65_537];
const PASSPHRASE: &str = "correct horse battery staple ü";
/// How many others stand before the one who reads.
const OTHERS: usize = 20;
/// The kinds of `ssh-keygen` that are tested with those who take OpenSSH keys.
const SSH: &[&str] = &["ed25519", "rsa"];

trait Peer: Sync {
    /// A new identity file of the kind.
    fn generate(&self, kind: &str) -> String;
    /// What the identity file must be written to.
    fn recipient(&self, file: &str) -> String;
    fn seal(&self, sandbox: &Sandbox, lock: &Lock, form: Form, plain: &[u8]) -> Vec<u8>;
    fn open(&self, sandbox: &Sandbox, lock: &Lock, sealed: &[u8]) -> Vec<u8>;
}

enum Lock {
    Key(Key),
    Passphrase(&'static str),
}

/// An identity file as it was made, and what a file for it is written to, a recipient a line.
struct Key {
    file: String,
    recipient: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Binary,
    Armor,
    /// Armor that came through a program which ends lines as Windows does.
    Crlf,
}

impl Form {
    fn is_text(self) -> bool {
        self != Self::Binary
    }

    /// What arrives of a sealed file.
    fn carried(self, sealed: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Crlf => String::from_utf8(sealed).unwrap().replace('\n', "\r\n").into(),
            Self::Binary | Self::Armor => sealed,
        }
    }
}

#[test]
fn age_reads_ours_and_we_read_its() {
    if let Some(peer) = age::age() {
        both_ways(&peer, &["x25519"]);
        files(&peer, &ssh_keys(), &SIZES);
    }
}

#[test]
fn rage_reads_ours_and_we_read_its() {
    if let Some(peer) = script::rage() {
        both_ways(&peer, &["x25519"]);
        files(&peer, &ssh_keys(), &SIZES);
    }
}

#[test]
fn pyrage_reads_ours_and_we_read_its() {
    if let Some(peer) = script::pyrage() {
        both_ways(&peer, &["x25519"]);
    }
}

#[test]
fn age_encryption_reads_ours_and_we_read_its() {
    if let Some(peer) = script::age_encryption() {
        both_ways(&peer, &["x25519", "hybrid"]);
    }
}

/// The key of a session is an identity of which each side has its own file.
#[test]
fn age_encryption_opens_with_one_sides_session_what_the_other_side_encrypts() {
    let Some(peer) = script::age_encryption() else { return };
    let sandbox = Sandbox::new();
    sandbox.write("plain", "attack at dawn");
    let exchange = "keypact exchange -q --trust-transport";
    let script = format!(
        "{exchange} --listen unix:meet -o alice & {exchange} --connect unix:meet -o bob && wait $! && \
         keypact encrypt -i alice -o sealed plain"
    );
    sandbox.shell(&script).ok();
    let key = Key {
        file: sandbox.text("bob"),
        recipient: String::new(),
    };
    let opened = peer.open(&sandbox, &Lock::Key(key), &sandbox.read("sealed"));
    assert_eq!(opened, b"attack at dawn");
}

/// The one foreign implementation that writes for tag recipients, whose readers are devices elsewhere.
#[test]
fn files_of_age_encryption_for_devices_are_opened() {
    let Some(peer) = script::age_encryption() else { return };
    let (kem, curve) = hybrid_p256::expand(&Secret::generate(&mut OsRng).unwrap()).unwrap();
    let plain = tag::Identity::new(&curve);
    let hybrid = hybrid_tag::Identity::new(kem, &curve);
    let cases: [(String, &dyn Identity); 2] = [
        (plain.recipient().to_string(), &plain),
        (hybrid.recipient().to_string(), &hybrid),
    ];
    for (recipient, identity) in cases {
        let file = String::new();
        let lock = Lock::Key(Key { file, recipient });
        let sealed = peer.seal(&Sandbox::new(), &lock, Form::Binary, b"attack at dawn");
        let mut opened = Vec::new();
        let mut reader = format::decrypt(&sealed[..], &[identity]).unwrap();
        reader.read_to_end(&mut opened).unwrap();
        assert_eq!(opened, b"attack at dawn");
    }
}

#[test]
fn locked_identity_files_are_opened_by_both() {
    let Some(_) = age::age() else { return };
    let sandbox = Sandbox::new();
    sandbox.write("pass", PASSPHRASE);
    sandbox.write("plain", "attack at dawn");

    let ours = sandbox
        .keypact("key generate --type x25519 --passphrase-file pass -o ours")
        .ok();
    sandbox.shell(&format!("age -r {} -o to-ours plain", ours.trim())).ok();
    age::typed(&sandbox, "age -d -i ours -o opened to-ours", PASSPHRASE, 1);
    assert_eq!(sandbox.text("opened"), "attack at dawn");

    sandbox.shell("age-keygen -o bare 2>&1").ok();
    age::typed(&sandbox, "age -p -a -o theirs bare", PASSPHRASE, 2);
    let recipient = sandbox.keypact("key show --passphrase-file pass -i theirs").ok();
    assert_eq!(recipient, sandbox.shell("age-keygen -y bare").ok());
    sandbox
        .keypact(&format!("encrypt -r {recipient} -o to-theirs plain"))
        .ok();
    let opened = sandbox.keypact("decrypt --passphrase-file pass -i theirs to-theirs");
    assert_eq!(opened.ok(), "attack at dawn");
}

#[test]
fn the_key_of_an_exchange_is_an_identity_to_others() {
    let Some(peer) = script::age_encryption() else { return };
    let sandbox = Sandbox::new();
    let ran = sandbox.shell(
        "keypact exchange --listen unix:wire --trust-transport -o left & \
         keypact exchange --connect unix:wire --trust-transport -o right && wait $!",
    );
    ran.ok();
    let [left, right] = ["left", "right"].map(|name| Lock::Key(key(&peer, sandbox.text(name))));
    sandbox.write("plain", "attack at dawn");

    let sealed = peer.seal(&sandbox, &left, Form::Binary, b"attack at dawn");
    let opened = sandbox.keypact_with("decrypt -i right", &sealed);
    assert_eq!(opened.ok(), "attack at dawn");
    sandbox.keypact("encrypt -i left -o ours plain").ok();
    assert_eq!(peer.open(&sandbox, &right, &sandbox.read("ours")), b"attack at dawn");
}

/// Keys of each kind, the reader as the last of many, and a passphrase.
fn both_ways(peer: &dyn Peer, kinds: &[&str]) {
    for kind in kinds {
        let [ours, theirs] = keys(peer, kind);
        let last = Lock::Key(behind_others(kind, &ours));
        files(peer, &[ours, theirs].map(Lock::Key), &SIZES);
        files(peer, &[last], &ONE_SIZE);
    }
    files(peer, &[Lock::Passphrase(PASSPHRASE)], &ONE_SIZE);
}

/// A key of our making and one of the peer's, in each of which both sides see the same recipient.
fn keys(peer: &dyn Peer, kind: &str) -> [Key; 2] {
    let sandbox = Sandbox::new();
    let ours = Key {
        recipient: generate(&sandbox, kind, "ours"),
        file: sandbox.text("ours"),
    };
    assert_eq!(ours.recipient, peer.recipient(&ours.file));

    let theirs = key(peer, peer.generate(kind));
    sandbox.write("theirs", &theirs.file);
    let recipient = sandbox.keypact("key show -i theirs").ok();
    assert_eq!(theirs.recipient, recipient.trim());
    [ours, theirs]
}

fn behind_others(kind: &str, key: &Key) -> Key {
    let sandbox = Sandbox::new();
    let others = (0..OTHERS).map(|number| generate(&sandbox, kind, &number.to_string()));
    let lines: Vec<String> = others.chain([key.recipient.clone()]).collect();
    Key {
        file: key.file.clone(),
        recipient: lines.join("\n"),
    }
}

fn generate(sandbox: &Sandbox, kind: &str, name: &str) -> String {
    let recipient = sandbox.keypact(&format!("key generate --type {kind} -o {name}")).ok();
    recipient.trim().to_owned()
}

fn ssh_keys() -> Vec<Lock> {
    let keys = SSH.iter().map(|kind| {
        let sandbox = Sandbox::new();
        sandbox.shell(&format!("ssh-keygen -q -t {kind} -N '' -f key")).ok();
        Lock::Key(Key {
            file: sandbox.text("key"),
            recipient: sandbox.text("key.pub").trim().to_owned(),
        })
    });
    keys.collect()
}

fn key(peer: &dyn Peer, file: String) -> Key {
    let recipient = peer.recipient(&file);
    Key { file, recipient }
}

/// Every size in both forms, and one in its third, both ways, with each of the locks in turn.
fn files(peer: &dyn Peer, locks: &[Lock], sizes: &[usize]) {
    let forms = [Form::Binary, Form::Armor].into_iter();
    let cases = forms.flat_map(|form| sizes.iter().map(move |size| (form, *size)));
    let cases = cases.chain(ONE_SIZE.map(|size| (Form::Crlf, size)));
    let cases: Vec<_> = cases.zip(locks.iter().cycle()).collect();
    parallel::for_each(&cases, |((form, size), lock)| {
        let plain = pattern(*size);
        let sandbox = Sandbox::new();
        let sealed = form.carried(peer.seal(&sandbox, lock, *form, &plain));
        assert!(open(&sandbox, lock, &sealed) == plain, "theirs, {size} bytes");
        let sealed = form.carried(seal(&sandbox, lock, *form, &plain));
        assert!(peer.open(&sandbox, lock, &sealed) == plain, "ours, {size} bytes");
    });
    println!("{} files each way", cases.len());
}

fn seal(sandbox: &Sandbox, lock: &Lock, form: Form, plain: &[u8]) -> Vec<u8> {
    let armor = if form.is_text() { "-a" } else { "" };
    let to = match lock {
        Lock::Key(_) => "-R recipients",
        Lock::Passphrase(_) => "--passphrase-file pass",
    };
    run(sandbox, lock, &format!("encrypt {armor} {to}"), plain)
}

fn open(sandbox: &Sandbox, lock: &Lock, sealed: &[u8]) -> Vec<u8> {
    let with = match lock {
        Lock::Key(_) => "-i identity",
        Lock::Passphrase(_) => "--passphrase-file pass",
    };
    run(sandbox, lock, &format!("decrypt {with}"), sealed)
}

fn run(sandbox: &Sandbox, lock: &Lock, words: &str, input: &[u8]) -> Vec<u8> {
    match lock {
        Lock::Key(key) => {
            sandbox.write("identity", &key.file);
            sandbox.write("recipients", &key.recipient);
        }
        Lock::Passphrase(words) => sandbox.write("pass", words),
    }
    let Ran { output } = sandbox.keypact_with(words, input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Bytes without a period that a chunk could hide in.
fn pattern(size: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let byte = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..size).map(byte).collect()
}
