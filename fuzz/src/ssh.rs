//! SSH keys: lines, and private key files with or without their PEM.

use keypact::encoding::{base64, pem};
use keypact::format::ssh::{Identity, PrivateKey, Recipient};
use keypact::format::{self, Error, FileKey, Identity as _, KeyError, Recipient as _};

use super::{Seed, Seeded};

/// Labels of the three forms.
const LABELS: [&str; 3] = ["OPENSSH PRIVATE KEY", "RSA PRIVATE KEY", "PRIVATE KEY"];

macro_rules! kept {
    ($name:literal) => {
        ($name, include_str!(concat!("../../tests/ssh_keys/", $name)))
    };
}

/// Keys of `ssh-keygen` in all forms that are read.
const FILES: [(&str, &str); 7] = [
    kept!("ed25519"),
    kept!("ed25519_locked"),
    kept!("ed25519_pkcs8"),
    kept!("rsa"),
    kept!("rsa_locked"),
    kept!("rsa_pkcs1"),
    kept!("rsa_pkcs8"),
];
const LINES: [(&str, &str); 4] = [
    kept!("ecdsa.pub"),
    kept!("ed25519.pub"),
    kept!("rsa.pub"),
    kept!("rsa_1024.pub"),
];

/// A line that is read is written the same, but for options and comment; a private key opens what its public half seals.
pub fn ssh_keys(data: &[u8]) {
    if let Ok(Ok(key)) = std::str::from_utf8(data).map(str::parse::<Recipient>) {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
    let inside = base64::encode_padded(data);
    let wrapped =
        LABELS.map(|label| format!("-----BEGIN {label}-----\n{inside}\n-----END {label}-----\n").into_bytes());
    for file in wrapped.iter().map(Vec::as_slice).chain([data]) {
        match PrivateKey::parse(file) {
            Ok(PrivateKey::Open(key)) => drop(opens(&key)),
            Ok(PrivateKey::Locked(key)) => assert!(matches!(key.is_named_in(&[]), Ok(false))),
            Err(_) => {}
        }
    }
}

/// Whether the key opens what is sealed for it: anything else is refused aloud, as too short or too long, or as what
/// only looks like an RSA key.
fn opens(key: &Identity) -> bool {
    let file_key = FileKey::generate(&mut Seeded::new("file key")).expect("never empty");
    let stanzas = match key.recipient().wrap(&file_key, &mut Seeded::new("wrap")) {
        Ok(stanzas) => stanzas,
        Err(Error::Key(KeyError::RsaSize)) => return false,
        Err(error) => panic!("{error}"),
    };
    match key.unwrap(&stanzas) {
        Ok(found) => {
            let found = found.expect("the stanza names the key");
            assert_eq!(found.expose(), file_key.expose());
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), format::Kind::Header);
            false
        }
    }
}

/// Files as they are and without their PEM, which no mutation gets through; lines with options and without.
pub fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, text) in FILES {
        let (_, bytes) = pem::decode(text).expect("made by ssh-keygen");
        seeds.push(("ssh_keys", name, bytes.expose().to_vec()));
    }
    seeds.push(("ssh_keys", "pem", FILES[0].1.into()));
    for (name, line) in LINES {
        seeds.push(("ssh_keys", name, line.trim_end().into()));
    }
    let options = format!("from=\"*.example,10.0.0.0/8\",no-pty {}", LINES[1].1);
    seeds.push(("ssh_keys", "options", options.into_bytes()));
    seeds
}

/// Whether the honest inputs reach the last state of the target.
pub fn honest_inputs_go_all_the_way() -> bool {
    FILES
        .iter()
        .all(|(name, text)| match PrivateKey::parse(text.as_bytes()) {
            Ok(PrivateKey::Open(key)) => opens(&key),
            Ok(PrivateKey::Locked(_)) => name.ends_with("_locked"),
            Err(_) => false,
        })
        && LINES[1].1.parse::<Recipient>().is_ok()
}
