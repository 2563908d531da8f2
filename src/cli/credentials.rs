//! Who we are to a known peer: the identity file that age users have, or a key in the SSH agent.

use std::path::Path;

use crate::cli::agent::Agent;
use crate::cli::fault::Fault;
use crate::cli::keys::{Passphrases, identity_files};
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, Input};
use crate::cli::ui::Ui;
use crate::encoding::base64;
use crate::handshake::{Credential, KeyKind, PublicKey};

/// How the public half of an SSH key begins.
const SSH: &str = "ssh-ed25519 ";
/// The longest file with the public half of an SSH key.
const LIMIT: usize = 16 << 10;

/// Reads `--credential`.
///
/// # Errors
/// For any other word.
pub fn kind(word: &str) -> Result<KeyKind, String> {
    match word {
        "x25519" => Ok(KeyKind::X25519),
        "ed25519" => Ok(KeyKind::Ed25519),
        _ => Err("not a kind of key: x25519 or ed25519".to_owned()),
    }
}

/// How `--credential` spells a kind.
pub fn word(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::X25519 => "x25519",
        KeyKind::Ed25519 => "ed25519",
        KeyKind::Ssh => "ssh",
    }
}

/// The credential in the file that `--identity` names, or of the default identity.
///
/// # Errors
/// When there is none.
pub fn own(file: Option<&Path>, kind: KeyKind, claims: &mut Claims, ui: &Ui) -> Result<Credential, Fault> {
    if let Some(path) = file.filter(|path| path.extension().is_some_and(|end| end == "pub")) {
        return of_agent(path, claims);
    }
    let passphrases = Passphrases::new(None, claims, ui)?;
    let named: Vec<_> = file.map(Path::to_path_buf).into_iter().collect();
    let files = identity_files(&named, &[], &passphrases, claims, ui)?;
    for file in &files {
        if let Some(key) = file.identities()?.native.first() {
            return Credential::from_seed(key.expose_seed(), kind).ok_or_else(|| {
                Fault::usage("such a key comes from an SSH agent").hint("name its .pub file with --identity")
            });
        }
    }
    Err(match file {
        Some(path) => Fault::no_key(
            "no_identity",
            format!("{} holds no identity of keypact or age", shown(path)),
        )
        .hint("for an SSH key, name its .pub file: the SSH agent signs"),
        None => Fault::no_key("no_identity", "there is no identity to prove yourself with")
            .hint("make one with 'keypact key generate', or name one with --identity"),
    })
}

/// The text of a public identity: `kpid1…`, or a line with an Ed25519 key of SSH.
///
/// # Errors
/// A usage fault for anything else.
pub fn public(text: &str) -> Result<PublicKey, Fault> {
    let text = text.trim();
    let key = if text.starts_with(SSH) {
        ssh(text)
    } else {
        PublicKey::parse(text)
    };
    key.ok_or_else(|| {
        Fault::usage(format!("{} is no identity", shown(text)))
            .because("it must be kpid1… or 'ssh-ed25519 AAAA…'")
            .hint("'keypact peer show' prints your own, for the peer to add")
    })
}

fn ssh(line: &str) -> Option<PublicKey> {
    let text = line.strip_prefix(SSH)?.split_whitespace().next()?;
    let mut blob = vec![0; text.len()];
    let blob = base64::decode_padded(text.as_bytes(), &mut blob).ok()?;
    PublicKey::new(KeyKind::Ssh, blob)
}

fn of_agent(path: &Path, claims: &mut Claims) -> Result<Credential, Fault> {
    let input = Input::open(path, "the key of --identity", claims)?;
    let name = input.name().to_owned();
    let text = input.read_all(LIMIT)?;
    let line = std::str::from_utf8(text.expose())
        .ok()
        .and_then(|text| ssh(text.trim()));
    let key = line.ok_or_else(|| {
        Fault::no_key(
            "no_identity",
            format!("{name} is not the public half of an Ed25519 key of SSH"),
        )
        .hint("keys of other kinds cannot be used yet; ssh-keygen -t ed25519 makes one")
    })?;
    Ok(Credential::Ssh {
        public: key.bytes().to_vec(),
        signer: Box::new(Agent::find(key.bytes())?),
    })
}
