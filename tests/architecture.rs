//! The shape of the house, held by a test: which room may use which, which crate is imported where, and what the
//! library never does. The tables are the rules; a new room or a new arrow is a change here, seen in review.
#![allow(clippy::panic)]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use reader::{paths, tokens};

#[path = "architecture/reader.rs"]
mod reader;

/// Each room and the rooms below it that it may use. Nothing points up.
const ARROWS: &[(&str, &[&str])] = &[
    ("lib", &[]),
    ("main", &["cli"]),
    // Layer 5.
    (
        "cli",
        &[
            "transfer",
            "pipe",
            "forward",
            "keyring",
            "roots",
            "courier",
            "verify",
            "channel",
            "format",
            "handshake",
            "rendezvous",
            "codes",
            "crypto",
            "encoding",
            "secret",
        ],
    ),
    // Layer 4: I/O through the traits of std::io or named paths; `roots` starts the programs that keep keys.
    (
        "transfer",
        &["channel", "handshake", "format", "crypto", "encoding", "secret"],
    ),
    ("pipe", &["channel", "handshake", "crypto"]),
    ("forward", &["channel", "handshake", "encoding"]),
    ("keyring", &["roots", "format", "crypto", "encoding", "secret"]),
    ("roots", &["format", "crypto", "encoding", "secret"]),
    // Layer 3. `format` works in threads, on what it is handed.
    ("courier", &["format", "codes", "crypto", "encoding", "secret"]),
    ("verify", &["handshake", "codes", "crypto", "encoding", "secret"]),
    ("channel", &["handshake", "crypto", "encoding", "secret"]),
    ("format", &["crypto", "encoding", "secret"]),
    ("rendezvous", &["crypto", "encoding"]),
    // Layer 2. Words are drawn as well as spoken.
    ("handshake", &["crypto", "encoding", "secret"]),
    ("codes", &["crypto::rng", "encoding", "secret"]),
    // Layer 1. A secret is drawn from a source of randomness, and that is all that it knows of the primitives.
    ("crypto", &["secret"]),
    ("encoding", &["secret"]),
    ("secret", &["crypto::rng"]),
];

/// Rooms that do no I/O of their own: no files, sockets, processes, clock. Threads and the traits of `std::io` are none.
const SANS_IO: &[&str] = &[
    "lib",
    "secret",
    "encoding",
    "crypto",
    "codes",
    "handshake",
    "format",
    "channel",
    "verify",
    "courier",
    "rendezvous",
    "forward",
];
const IO: &[&str] = &[
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// What only `cli` does: talk to people, read the environment.
const TALK: &[&str] = &["std::env", "std::io::stdin", "std::io::stdout", "std::io::stderr"];
const TALK_MACROS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// Crates and the only rooms that import them.
const CRATES: &[(&[&str], &[&str])] = &[
    (
        &[
            "x25519_dalek",
            "curve25519_dalek",
            "ed25519_dalek",
            "p256",
            "ml_kem",
            "sha2",
            "sha3",
            "shake",
            "blake3",
            "hmac",
            "hkdf",
            "scrypt",
            "pbkdf2",
            "argon2",
            "chacha20poly1305",
            "ring",
            "rsa",
            "ssh_cipher",
            "bcrypt_pbkdf",
            "getrandom",
        ],
        &["crypto"],
    ),
    (&["base64", "base64ct", "base16ct", "base32ct"], &["encoding"]),
    (&["subtle"], &["secret"]),
    (&["qrcode", "png", "rqrr", "strsim"], &["codes"]),
    (&["zstd"], &["channel"]),
    (
        &[
            "anyhow",
            "clap",
            "clap_complete",
            "clap_mangen",
            "glob",
            "humantime",
            "indicatif",
            "rpassword",
            "serde_json",
            "signal_hook",
            "tar",
            "unicode_normalization",
        ],
        &["cli"],
    ),
];

/// Functions that open a gate, the room that defines them and the only other room that may name them.
const GATES: &[(&str, &str, &str)] = &[("into_verified", "handshake", "verify")];

/// The only file with unsafe code.
const UNSAFE: &str = "cli/inherited.rs";

/// A file longer than this has two subjects.
const LONGEST: usize = 500;

#[test]
fn every_file_keeps_the_rules() {
    let files = sources();
    assert!(files.len() > 10, "the sources are where this test looks for them");
    let broken: Vec<String> = files.iter().flat_map(Source::violations).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_gate_stands_where_the_table_says() {
    let files = sources();
    for (gate, room, _) in GATES {
        let defined: Vec<&str> = files
            .iter()
            .filter(|file| file.tokens.windows(2).any(|pair| pair == ["fn", *gate]))
            .map(|file| file.room.as_str())
            .collect();
        assert_eq!(defined, [*room], "fn {gate}");
    }
}

#[test]
fn the_rules_can_be_broken() {
    let breaches = [
        (
            "crypto/a.rs",
            "use crate::{secret::Secret, format};",
            "crypto uses format",
        ),
        (
            "handshake/a.rs",
            "fn f() { crate::channel::open(); }",
            "handshake uses channel",
        ),
        ("format/mod.rs", "use super::transfer::Send;", "format uses transfer"),
        ("format/x/y.rs", "use super::super::super::cli;", "format uses cli"),
        (
            "secret.rs",
            "use crate::crypto::{rng::Rng, hash};",
            "secret uses crypto::hash",
        ),
        ("attic/a.rs", "", "attic is not in the table of rooms"),
        ("format/a.rs", "use sha2::Sha256;", "sha2 is imported in format"),
        (
            "transfer/a.rs",
            "fn f() -> anyhow::Result<()> {}",
            "anyhow is imported in transfer",
        ),
        (
            "channel/a.rs",
            "use std::{io, fs::File};",
            "channel does I/O: std::fs::File",
        ),
        (
            "channel/a.rs",
            "fn f() { std::net::lookup_host(); }",
            "channel does I/O: std::net::lookup_host",
        ),
        (
            "keyring/a.rs",
            "fn f() { std::env::var(x); }",
            "keyring talks: std::env::var",
        ),
        ("codes/a.rs", "fn f() { println!(); }", "codes talks: println!"),
        ("transfer/a.rs", "fn f() { unsafe { g() } }", "unsafe code"),
        (
            "cli/a.rs",
            "fn f() { agreed.into_verified(); }",
            "cli opens the gate into_verified",
        ),
    ];
    for (path, code, expected) in breaches {
        let found = Source::new(path, code).violations();
        assert_eq!(found, [format!("src/{path}: {expected}")], "{code}");
    }
    let long = "\n".repeat(LONGEST + 1);
    assert_eq!(Source::new("cli/a.rs", &long).violations().len(), 1);
}

#[test]
fn what_only_looks_like_a_breach_passes() {
    let innocent = [
        (
            "format/a.rs",
            "/// [`crate::cli`]\nfn f() { \"crate::cli // \\\" unsafe\"; '\"'; } // sha2::X",
        ),
        (
            "format/a.rs",
            "/* crate::cli /* unsafe */ sha2::X */ const A: &[u8] = br#\"sha2::\"#;",
        ),
        ("format/mod.rs", "mod scrypt;\nuse scrypt::Recipient;"),
        (
            "format/a.rs",
            "use super::{header, scrypt};\nfn f() { scrypt::wrap(); }",
        ),
        (
            "crypto/a.rs",
            "fn f<'a>(x: &'a str) {}\n#[cfg(test)]\nmod tests { use crate::format; }",
        ),
        ("crypto/tests.rs", "use crate::format;"),
        ("handshake/a.rs", "fn into_verified() {}"),
        ("verify.rs", "fn f() { agreed.into_verified() }"),
        ("cli/inherited.rs", "unsafe fn f() {}"),
    ];
    for (path, code) in innocent {
        assert_eq!(Source::new(path, code).violations(), [""; 0], "{code}");
    }
}

/// One file under `src`, without comments, the insides of literals, and unit tests.
struct Source {
    path: String,
    room: String,
    tokens: Vec<String>,
    lines: usize,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let shipped = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        let shipped = if is_test { "" } else { shipped };
        Self {
            path: path.to_owned(),
            room: path.split(['/', '.']).next().unwrap_or_default().to_owned(),
            tokens: tokens(shipped),
            lines: text.lines().count(),
        }
    }

    fn violations(&self) -> Vec<String> {
        let Some((_, allowed)) = ARROWS.iter().find(|(room, _)| *room == self.room) else {
            return vec![self.breach(&format!("{} is not in the table of rooms", self.room))];
        };
        let paths = paths(&self.tokens);
        let mut found: Vec<String> = Vec::new();
        found.extend(self.arrows(&paths, allowed));
        found.extend(self.crates(&paths));
        found.extend(self.io(&paths));
        found.extend(self.gates());
        if self.tokens.iter().any(|token| token == "unsafe") && self.path != UNSAFE {
            found.push("unsafe code".to_owned());
        }
        if self.lines > LONGEST {
            found.push(format!("{} lines, more than {LONGEST}", self.lines));
        }
        found.iter().map(|what| self.breach(what)).collect()
    }

    fn breach(&self, what: &str) -> String {
        format!("src/{}: {what}", self.path)
    }

    fn arrows(&self, paths: &[Vec<String>], allowed: &[&str]) -> Vec<String> {
        let used = paths.iter().filter_map(|path| self.below_root(path));
        used.filter(|path| path[0] != self.room)
            .map(|path| path.join("::"))
            .filter(|path| !allowed.iter().any(|allowed| begins(path, allowed)))
            .map(|path| {
                // A whole room is meant unless the table speaks of a part of it.
                let room = path.split("::").next().unwrap_or_default();
                let partly = allowed.iter().any(|allowed| begins(allowed, room));
                format!("{} uses {}", self.room, if partly { path.as_str() } else { room })
            })
            .collect()
    }

    /// The part of a path behind the root of the crate, if it goes through there.
    fn below_root<'p>(&self, path: &'p [String]) -> Option<&'p [String]> {
        let depth = self.path.trim_end_matches("/mod.rs").split('/').count();
        let supers = path.iter().take_while(|segment| *segment == "super").count();
        let rest = match path[0].as_str() {
            "crate" | "keypact" => &path[1..],
            "super" if supers == depth => &path[supers..],
            _ => return None,
        };
        (!rest.is_empty()).then_some(rest)
    }

    fn crates(&self, paths: &[Vec<String>]) -> Vec<String> {
        let local = self.local_names(paths);
        let imported: HashSet<&str> = paths
            .iter()
            .map(|path| path[0].as_str())
            .filter(|name| !local.contains(name))
            .collect();
        let mut found = Vec::new();
        for (names, _) in CRATES.iter().filter(|(_, rooms)| !rooms.contains(&self.room.as_str())) {
            let wrong = names.iter().filter(|name| imported.contains(*name));
            found.extend(wrong.map(|name| format!("{name} is imported in {}", self.room)));
        }
        found
    }

    /// Modules of our own that may carry the name of a crate: declared here, or imported from a neighbour.
    fn local_names<'p>(&'p self, paths: &'p [Vec<String>]) -> HashSet<&'p str> {
        let declared = self
            .tokens
            .windows(2)
            .filter(|pair| pair[0] == "mod")
            .map(|pair| pair[1].as_str());
        let neighbours = paths
            .iter()
            .filter(|path| ["crate", "super", "self"].contains(&path[0].as_str()));
        declared
            .chain(neighbours.filter_map(|path| path.last().map(String::as_str)))
            .collect()
    }

    fn io(&self, paths: &[Vec<String>]) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(|path| path.join("::")).collect();
        let of = |list: &[&str], what: &str| {
            let wrong = paths
                .iter()
                .filter(|path| list.iter().any(|forbidden| begins(path, forbidden)));
            wrong
                .map(|path| format!("{} {what}: {path}", self.room))
                .collect::<Vec<_>>()
        };
        let mut found = Vec::new();
        if SANS_IO.contains(&self.room.as_str()) {
            found.extend(of(IO, "does I/O"));
        }
        if self.room != "cli" {
            found.extend(of(TALK, "talks"));
            let macros = self
                .tokens
                .windows(2)
                .filter(|pair| pair[1] == "!" && TALK_MACROS.contains(&pair[0].as_str()));
            found.extend(macros.map(|pair| format!("{} talks: {}!", self.room, pair[0])));
        }
        found
    }

    fn gates(&self) -> Vec<String> {
        let wrong = GATES.iter().filter(|(gate, home, user)| {
            self.room != *home && self.room != *user && self.tokens.iter().any(|token| token == gate)
        });
        wrong
            .map(|(gate, ..)| format!("{} opens the gate {gate}", self.room))
            .collect()
    }
}

/// Whether `path` is `prefix` or lies below it.
fn begins(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let source = |file: &PathBuf| {
        let path = file.strip_prefix(&root).expect("found below the root");
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Source::new(&path.to_string_lossy().replace('\\', "/"), &text)
    };
    files.iter().map(source).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the sources") {
        let path = entry.expect("an entry of a folder of the sources").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
