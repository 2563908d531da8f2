//! What is left in memory when a command ends: the process is stopped as it exits, and its whole memory is searched for
//! every twelve bytes of every secret.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use base64ct::{Base64, Encoding as _};
use keypact::crypto::ed25519;
use keypact::crypto::hash::sha256;
use keypact::encoding::bech32;
use keypact::format::keys::parse_identities;
use keypact::format::{Header, Identity as _};
use keypact::secret::Secret;
use sandbox::{Ran, Sandbox};

const WINDOW: usize = 12;
const PASSPHRASE: &str = "correct-horse-9fK2-battery-staple";
/// A chunk and a part of one.
const SIZE: usize = 100_000;

type Secrets = Vec<(&'static str, Vec<u8>)>;

#[test]
fn a_command_that_ends_leaves_no_secret_in_memory() {
    if !tools::are_there(&[tools::program("gdb")], "secrets in memory") {
        return;
    }
    let sandbox = stage();
    let mut left = Left::default();
    let classic = identity(&sandbox, "classic");
    let hybrid = identity(&sandbox, "hybrid");
    let passphrase = || vec![("passphrase", PASSPHRASE.into())];
    let content = || vec![("plaintext", plain())];

    left.after("key show -i classic", &sandbox, None, |_| classic.clone());
    left.after("key show -i hybrid", &sandbox, None, |_| hybrid.clone());
    for kind in ["x25519", "hybrid"] {
        let (words, file) = (
            format!("key generate --type {kind} -o new-{kind}"),
            format!("new-{kind}"),
        );
        left.after(&words, &sandbox, None, |sandbox| identity(sandbox, &file));
    }
    left.after("encrypt -i classic -o e1 plain", &sandbox, None, |sandbox| {
        [classic.clone(), file_key(sandbox, "classic", "e1"), content()].concat()
    });
    left.after("encrypt --passphrase-file pass -o e2 plain", &sandbox, None, |_| {
        [passphrase(), content()].concat()
    });
    left.after("decrypt -i classic -o d1 to-classic", &sandbox, None, |sandbox| {
        [classic.clone(), file_key(sandbox, "classic", "to-classic"), content()].concat()
    });
    left.after("decrypt -i hybrid -o d2 to-hybrid", &sandbox, None, |sandbox| {
        [hybrid.clone(), file_key(sandbox, "hybrid", "to-hybrid"), content()].concat()
    });
    let words = "decrypt -i locked --passphrase-file pass -o d3 to-classic";
    left.after(words, &sandbox, None, |_| {
        [classic.clone(), passphrase(), content()].concat()
    });
    for (at, (words, peer)) in [
        (
            "exchange --listen unix:w --trust-transport -o x0",
            "exchange --connect unix:w --trust-transport -o y",
        ),
        (
            "exchange --connect unix:w --trust-transport -o x1",
            "exchange --listen unix:w --trust-transport -o y",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        left.after(words, &sandbox, Some(peer), |sandbox| {
            fs::remove_file(sandbox.file("y")).unwrap();
            identity(sandbox, &format!("x{at}"))
        });
    }
    left.after(
        "send --connect unix:w --trust-transport plain",
        &sandbox,
        Some("receive --listen unix:w --trust-transport -o r1"),
        |_| content(),
    );
    left.after(
        "receive --listen unix:w --trust-transport -o r2",
        &sandbox,
        Some("send --connect unix:w --trust-transport plain"),
        |_| content(),
    );
    left.after(
        "pipe --connect unix:w --trust-transport --input plain -o p1",
        &sandbox,
        Some("pipe --listen unix:w --trust-transport --input plain -o p2"),
        |_| content(),
    );
    left.report();
}

/// Commands on many files, on archives and on recipients, with the files whose file keys pass through them.
const ON_FILES: [(&str, &[&str]); 9] = [
    (
        "encrypt -i classic --output-dir many plain other",
        &["many/plain.age", "many/other.age"],
    ),
    (
        "decrypt -i classic --output-dir opened many/plain.age many/other.age",
        &["many/plain.age", "many/other.age"],
    ),
    ("encrypt -i classic --archive -o packed plain other", &["packed"]),
    ("decrypt -i classic --archive --output-dir restored packed", &["packed"]),
    ("decrypt -i classic --range 10..99000 -o d1 to-classic", &["to-classic"]),
    ("decrypt -i classic --verify-only to-classic", &["to-classic"]),
    ("inspect -i classic to-classic to-hybrid", &["to-classic"]),
    ("rewrap -i classic -R both to-both", &["to-both"]),
    ("rewrap --deep -i classic -R both to-both", &["to-both"]),
];

#[test]
fn a_command_on_files_leaves_no_secret_in_memory() {
    if !tools::are_there(&[tools::program("gdb")], "secrets in memory") {
        return;
    }
    let sandbox = stage();
    let mut left = Left::default();
    let file_keys = |files: &[&str]| {
        files
            .iter()
            .flat_map(|file| file_key(&sandbox, "classic", file))
            .collect()
    };
    let known = [identity(&sandbox, "classic"), vec![("plaintext", plain())]].concat();
    for (words, files) in ON_FILES {
        // Those of before, which a rewrap may change.
        let there: Vec<&str> = files
            .iter()
            .copied()
            .filter(|file| sandbox.file(file).exists())
            .collect();
        let before: Secrets = file_keys(&there);
        left.after(words, &sandbox, None, |_| {
            [known.clone(), before, file_keys(files)].concat()
        });
    }
    for kind in ["ed25519", "rsa"] {
        let words = format!("decrypt -i {kind}_locked --passphrase-file ssh-pass -o d-{kind} to-{kind}");
        left.after(&words, &sandbox, None, |_| {
            [known.clone(), ssh_key(kind), file_keys(&[&format!("to-{kind}")])].concat()
        });
    }
    left.report();
}

/// The search finds what is there: in mid work, everything is.
#[test]
fn a_command_at_work_is_found_out() {
    if !tools::are_there(&[tools::program("gdb")], "secrets in memory") {
        return;
    }
    let sandbox = stage();
    let words = "decrypt -q -i classic -o out to-classic";
    let memory = memory_at("write", &sandbox, words, None);
    let secrets = [
        identity(&sandbox, "classic"),
        file_key(&sandbox, "classic", "to-classic"),
        vec![("plaintext", plain())],
    ];
    let found = search(&memory, &secrets.concat());
    println!("at the first write of {words}: {found:?}");
    assert!(found["identity"] > 0 && found["plaintext"] > 0, "{found:?}");
    for (kind, secret) in [("ed25519", "scalar"), ("rsa", "p")] {
        let words = format!("decrypt -q -i {kind} -o out to-{kind}");
        let found = search(&memory_at("write", &sandbox, &words, None), &ssh_key(kind));
        println!("at the first write of {words}: {found:?}");
        assert!(found[secret] > 0, "{found:?}");
    }
}

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("plain", plain());
    sandbox.write("pass", format!("{PASSPHRASE}\n"));
    sandbox.identity("classic");
    sandbox.keypact("key generate -o hybrid").ok();
    sandbox.keypact("encrypt -i classic -o to-classic plain").ok();
    sandbox.keypact("encrypt -i hybrid -o to-hybrid plain").ok();
    sandbox.keypact("encrypt --passphrase-file pass -o locked classic").ok();
    sandbox.write("other", &plain()[SIZE / 2..]);
    let both = sandbox.keypact("key show -i classic").ok() + &sandbox.identity("second");
    sandbox.write("both", both);
    sandbox.keypact("encrypt --no-padding -i classic -o to-both plain").ok();
    sandbox.write("ssh-pass", "open sesame\n");
    for kind in ["ed25519", "rsa"] {
        for form in ["", "_locked", ".pub"] {
            let name = format!("{kind}{form}");
            sandbox.write(&name, fs::read(ssh_keys().join(&name)).unwrap());
        }
        let words = format!("encrypt -i classic -R {kind}.pub -o to-{kind} plain");
        sandbox.keypact(&words).ok();
    }
    sandbox
}

/// No twelve bytes of it stand anywhere else.
fn plain() -> Vec<u8> {
    let hashes = (0..SIZE.div_ceil(32)).flat_map(|at| sha256(&[&at.to_be_bytes()]));
    hashes.take(SIZE).collect()
}

/// The private key in the file, as text and as bytes.
fn identity(sandbox: &Sandbox, file: &str) -> Secrets {
    let text = sandbox.text(file);
    let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    // What all keys begin with is no secret.
    let (_, secret) = line.rsplit_once('1').unwrap();
    let bytes = bech32::decode(line).unwrap().1.expose().to_vec();
    vec![("identity as text", secret.into()), ("identity", bytes)]
}

/// The private numbers of an SSH key in OpenSSH's form, in either order of bytes (PROTOCOL.key).
fn ssh_key(kind: &str) -> Secrets {
    let text = fs::read_to_string(ssh_keys().join(kind)).unwrap();
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let whole = Base64::decode_vec(&base64).unwrap();
    // Cipher, derivation, its options, the number of keys, and the public key come before.
    let mut rest = &whole[b"openssh-key-v1\0".len()..];
    (0..3).for_each(|_| drop(string(&mut rest)));
    rest = &rest[4..];
    string(&mut rest);
    let mut rest = &string(&mut rest)[8..];
    let fields: Vec<Vec<u8>> = (0..4 + 3 * usize::from(kind == "rsa"))
        .map(|_| string(&mut rest))
        .collect();
    let scalar;
    let secrets = if kind == "rsa" {
        let names = ["d", "q'", "p", "q"];
        names.into_iter().zip(fields[3..].iter().map(Vec::as_slice)).collect()
    } else {
        let seed = &fields[2][..32];
        scalar = ed25519::scalar(&Secret::copy_from(seed).unwrap());
        vec![("seed", seed), ("scalar", &scalar.expose()[..])]
    };
    let both = secrets.into_iter().flat_map(|(name, secret)| {
        let reversed = secret.iter().rev().copied().collect();
        [(name, secret.to_vec()), (name, reversed)]
    });
    both.collect()
}

fn string(rest: &mut &[u8]) -> Vec<u8> {
    let (length, after) = rest.split_first_chunk().unwrap();
    let (string, after) = after.split_at(usize::try_from(u32::from_be_bytes(*length)).unwrap());
    *rest = after;
    string.to_vec()
}

fn ssh_keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ssh_keys")
}

fn file_key(sandbox: &Sandbox, identity: &str, file: &str) -> Secrets {
    let identities = parse_identities(&sandbox.text(identity)).unwrap();
    let header = Header::read(&mut &sandbox.read(file)[..]).unwrap();
    let key = identities[0].unwrap(header.stanzas()).unwrap().unwrap();
    vec![("file key", key.expose().to_vec())]
}

/// What was left, by command and secret.
#[derive(Default)]
struct Left {
    found: Vec<(String, BTreeMap<&'static str, usize>)>,
}

impl Left {
    /// `secrets` looks at the files that the command has made.
    fn after(&mut self, words: &str, sandbox: &Sandbox, peer: Option<&str>, secrets: impl FnOnce(&Sandbox) -> Secrets) {
        let memory = memory_at("exit_group", sandbox, words, peer);
        let found = search(&memory, &secrets(sandbox));
        println!("{words}: {found:?}");
        self.found.push((words.to_owned(), found));
    }

    fn report(self) {
        let left: Vec<_> = self
            .found
            .iter()
            .filter(|(_, found)| found.values().any(|windows| *windows > 0))
            .collect();
        assert!(left.is_empty(), "{left:#?}");
    }
}

/// The memory of `keypact` when it first makes this system call, as one core image. The run is a success.
fn memory_at(call: &str, sandbox: &Sandbox, words: &str, peer: Option<&str>) -> Vec<u8> {
    let peer: Option<Child> = peer.map(|words| {
        let mut command = sandbox.command("keypact");
        command.args(words.split(' ')).stderr(Stdio::null()).spawn().unwrap()
    });
    let mut gdb = sandbox.command("gdb");
    gdb.args(["-nx", "-q", "-batch"]);
    for step in [
        "set startup-with-shell off",
        "set auto-solib-add off",
        "set use-coredump-filter off",
        "set dump-excluded-mappings on",
        &format!("exec-file {}", env!("CARGO_BIN_EXE_keypact")),
        &format!("set args {words}"),
        &format!("catch syscall {call}"),
        "run",
        "gcore core",
        "delete",
        "continue",
    ] {
        gdb.args(["-ex", step]);
    }
    let ran = Ran::new(&mut gdb, b"");
    if let Some(mut peer) = peer {
        assert!(peer.wait().unwrap().success());
    }
    let said = ran.stdout() + &ran.stderr();
    assert!(said.contains("exited normally"), "{words}: {said}");
    let memory = sandbox.read("core");
    fs::remove_file(sandbox.file("core")).unwrap();
    memory
}

/// How many different windows of each secret stand in `memory`.
fn search(memory: &[u8], secrets: &Secrets) -> BTreeMap<&'static str, usize> {
    let mut wanted: HashMap<&[u8], &'static str> = HashMap::new();
    // Three bytes tell nearly every place apart from the wanted ones.
    let mut begins = vec![false; 1 << 24];
    let start = |window: &[u8]| usize::from(window[0]) << 16 | usize::from(window[1]) << 8 | usize::from(window[2]);
    for (name, secret) in secrets {
        for window in secret.windows(WINDOW) {
            wanted.insert(window, name);
            begins[start(window)] = true;
        }
    }
    let mut found: BTreeMap<&'static str, usize> = secrets.iter().map(|(name, _)| (*name, 0)).collect();
    for window in memory.windows(WINDOW) {
        if begins[start(window)]
            && let Some(name) = wanted.remove(window)
        {
            *found.get_mut(name).unwrap() += 1;
        }
    }
    found
}
