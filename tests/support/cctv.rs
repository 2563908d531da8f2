//! The published age test vectors (C2SP CCTV, package `cctv-age`), as `tests/install/cctv.sh` unpacks them.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

#[path = "tools.rs"]
mod tools;

/// How many there are; another number means that the set changed and this table of outcomes must be looked at again.
pub(crate) const COUNT: usize = 143;

/// One file, and what must become of it.
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) expect: Expect,
    /// SHA-256 of all plaintext that is released, in hexadecimal; absent where none is.
    pub(crate) payload: Option<String>,
    pub(crate) file_key: Option<String>,
    pub(crate) identities: Vec<String>,
    pub(crate) passphrases: Vec<String>,
    pub(crate) armored: bool,
    pub(crate) file: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    Success,
    /// The kind of failure, as `format::Kind` and `--error-format json` name it.
    Failure(&'static str),
}

/// All vectors in the order of their names, or `None`, said out loud, where they are not installed.
pub(crate) fn load() -> Option<Vec<Vector>> {
    let folder = tools::installed("cctv");
    if !tools::are_there(&[&folder], "age vectors") {
        return None;
    }
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut vectors: Vec<Vector> = files.map(|path| parse(&path)).collect();
    vectors.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(vectors.len(), COUNT);
    Some(vectors)
}

fn parse(path: &Path) -> Vector {
    let bytes = fs::read(path).unwrap();
    let split = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in std::str::from_utf8(&bytes[..split]).unwrap().lines() {
        let (key, value) = line.split_once(": ").unwrap();
        fields.entry(key.to_owned()).or_default().push(value.to_owned());
    }
    let mut all = |key: &str| fields.remove(key).unwrap_or_default();
    let vector = Vector {
        name: path.file_name().unwrap().to_str().unwrap().to_owned(),
        expect: expect(&all("expect")[0]),
        payload: all("payload").pop(),
        file_key: all("file key").pop(),
        identities: all("identity"),
        passphrases: all("passphrase"),
        armored: all("armored") == ["yes"],
        file: unpack(&all("compressed"), &bytes[split + 2..]),
    };
    all("comment");
    assert!(fields.is_empty(), "{}: unknown fields {:?}", vector.name, fields.keys());
    vector
}

fn expect(text: &str) -> Expect {
    match text {
        "success" => Expect::Success,
        "header failure" => Expect::Failure("header"),
        "HMAC failure" => Expect::Failure("header_mac"),
        "no match" => Expect::Failure("no_match"),
        "armor failure" => Expect::Failure("armor"),
        "payload failure" => Expect::Failure("payload"),
        other => panic!("unknown outcome {other}"),
    }
}

fn unpack(compressed: &[String], body: &[u8]) -> Vec<u8> {
    match compressed {
        [] => body.to_vec(),
        [zlib] if zlib == "zlib" => {
            let mut file = Vec::new();
            flate2::read::ZlibDecoder::new(body).read_to_end(&mut file).unwrap();
            file
        }
        other => panic!("unknown compression {other:?}"),
    }
}
