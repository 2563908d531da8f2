//! Keys, stanzas and whole files, to the byte, as the second implementation in `tests/vectors` makes them: a wrap key
//! that did not hang on all of its inputs would still round-trip, but not give these bytes.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::io::{Read, Write};

use keypact::crypto::hash::sha256;
use keypact::crypto::hybrid_p256;
use keypact::crypto::p256::KeyPair;
use keypact::crypto::rng::{Rng, RngError};
use keypact::encoding::hex;
use keypact::format::keys::{IdentityKey, RecipientKey};
use keypact::format::token::{self, Device};
use keypact::format::{
    self, FileKey, Header, Identity, Recipient, Stanza, hybrid, hybrid_tag, scrypt, ssh, tag, x25519,
};
use keypact::secret::{Passphrase, Secret};
use serde_json::Value;

/// The given bytes in order, and not one more.
struct Script(Vec<u8>);

impl Rng for Script {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        if out.len() > self.0.len() {
            return Err(RngError);
        }
        let rest = self.0.split_off(out.len());
        out.copy_from_slice(&std::mem::replace(&mut self.0, rest));
        Ok(())
    }
}

fn vectors(list: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("vectors/age.json")).unwrap();
    let vectors = all[list].as_array().unwrap().clone();
    assert!(!vectors.is_empty());
    vectors
}

fn text<'v>(vector: &'v Value, key: &str) -> &'v str {
    vector[key].as_str().unwrap()
}

fn bytes(vector: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(vector, key)).unwrap()
}

fn file_key(vector: &Value) -> FileKey {
    FileKey::dangerous_from(Secret::copy_from(&bytes(vector, "file_key")).unwrap())
}

fn recipient(stanza: &Value) -> Box<dyn Recipient> {
    match stanza["log_n"].as_u64() {
        Some(log_n) => Box::new(scrypt::Recipient::with_log_n(
            passphrase(stanza),
            log_n.try_into().unwrap(),
        )),
        None => Box::new(text(stanza, "recipient").parse::<RecipientKey>().unwrap()),
    }
}

fn identity(stanza: &Value) -> Box<dyn Identity> {
    match stanza["log_n"].as_u64() {
        Some(_) => Box::new(scrypt::Identity::new(passphrase(stanza))),
        None if text(stanza, "kind").starts_with("ssh-") => ssh_identity(text(stanza, "identity")),
        None => Box::new(text(stanza, "identity").parse::<IdentityKey>().unwrap()),
    }
}

fn ssh_identity(file: &str) -> Box<dyn Identity> {
    match ssh::PrivateKey::parse(file.as_bytes()) {
        Ok(ssh::PrivateKey::Open(identity)) => Box::new(identity),
        _ => panic!("no key"),
    }
}

fn passphrase(stanza: &Value) -> Passphrase {
    Passphrase::new(text(stanza, "passphrase").into()).unwrap()
}

/// Wraps with the vector's randomness, all of which must be drawn.
fn wrap(stanza: &Value) -> Vec<Stanza> {
    let mut rng = Script(bytes(stanza, "random"));
    let wrapped = recipient(stanza).wrap(&file_key(stanza), &mut rng).unwrap();
    assert!(rng.0.is_empty());
    wrapped
}

/// The text of a stanza, as a header carries it.
fn stanza_text(stanzas: Vec<Stanza>, file_key: &FileKey) -> String {
    let text = String::from_utf8(Header::sealed(stanzas, file_key).to_bytes()).unwrap();
    let stanza = text.strip_prefix("age-encryption.org/v1\n").unwrap();
    stanza[..stanza.find("--- ").unwrap()].to_owned()
}

#[test]
fn identities_and_recipients() {
    for vector in vectors("identities") {
        let seed = Secret::copy_from(&bytes(&vector, "secret")).unwrap();
        let (identity, public) = match text(&vector, "kind") {
            "X25519" => {
                let key = x25519::Identity::from_seed(seed);
                let public = key.recipient().as_bytes().to_vec();
                (IdentityKey::X25519(key), public)
            }
            "mlkem768x25519" => {
                let key = hybrid::Identity::from_seed(seed);
                let public = key.recipient().as_bytes().to_vec();
                (IdentityKey::Hybrid(key), public)
            }
            kind => panic!("unknown kind {kind}"),
        };
        assert_eq!(public, bytes(&vector, "public"));
        assert_eq!(identity.to_text().expose(), text(&vector, "identity"));
        assert_eq!(identity.recipient().to_string(), text(&vector, "recipient"));
        let read: IdentityKey = text(&vector, "identity").parse().unwrap();
        assert_eq!(read.recipient(), text(&vector, "recipient").parse().unwrap());
    }
}

#[test]
fn stanzas() {
    holds("stanzas", identity);
}

#[test]
fn stanzas_for_devices() {
    holds("devices", identity_of_device);
}

/// What is wrapped is what the list has, and its identity opens it.
fn holds(list: &str, identity: fn(&Value) -> Box<dyn Identity>) {
    for vector in vectors(list) {
        let wrapped = wrap(&vector);
        let opened = identity(&vector).unwrap(&wrapped).unwrap().unwrap();
        assert_eq!(opened.expose(), file_key(&vector).expose());
        let name = text(&vector, "name");
        assert_eq!(stanza_text(wrapped, &opened), text(&vector, "stanza"), "{name}");
    }
}

/// What the plugins of real devices wrote.
#[test]
fn stanzas_of_plugins() {
    let all: Value = serde_json::from_str(include_str!("vectors/plugins.json")).unwrap();
    for vector in all["stanzas"].as_array().unwrap() {
        let theirs = read_stanza(text(vector, "stanza"));
        let recipient: RecipientKey = text(vector, "recipient").parse().unwrap();
        if vector.get("secret").is_some() {
            let opened = identity_of_device(vector).unwrap(&[theirs]).unwrap().unwrap();
            assert_eq!(opened.expose(), file_key(vector).expose());
        } else {
            // Of a key that no test knows, the tag alone can be compared.
            let any = FileKey::dangerous_from(Secret::zero());
            let ours = recipient.wrap(&any, &mut Script(vec![7; 32])).unwrap().remove(0);
            assert_eq!(ours.kind(), theirs.kind());
            assert_eq!(ours.args().next(), theirs.args().next());
            assert_eq!(ours.args().count(), theirs.args().count());
        }
    }
}

fn identity_of_device(vector: &Value) -> Box<dyn Identity> {
    let secret = Secret::copy_from(&bytes(vector, "secret")).unwrap();
    let pair = || KeyPair::new(&secret).unwrap();
    match text(vector, "kind") {
        "p256tag" => Box::new(tag::Identity::new(pair())),
        "mlkem768p256tag" => {
            let (kem, curve) = hybrid_p256::expand(&secret).unwrap();
            Box::new(hybrid_tag::Identity::new(kem, curve))
        }
        _ => {
            let device = Device::of(text(vector, "recipient")).unwrap();
            Box::new(token::Identity::new(device, pair()))
        }
    }
}

fn read_stanza(text: &str) -> Stanza {
    let file = format!("age-encryption.org/v1\n{text}--- {}\n", "A".repeat(43));
    let header = Header::read(&mut file.as_bytes()).unwrap();
    let [stanza] = header.stanzas() else {
        panic!("not one stanza")
    };
    stanza.clone()
}

#[test]
fn files() {
    for vector in vectors("files") {
        let name = text(&vector, "name");
        let plain = plaintext(&vector);
        let file = write(&vector, &plain);
        assert!(file.starts_with(text(&vector, "header").as_bytes()), "{name}");
        assert_eq!(file.len() as u64, vector["file_length"].as_u64().unwrap(), "{name}");
        assert_eq!(hex::encode(&sha256(&[&file])), text(&vector, "file_sha256"), "{name}");
        for stanza in vector["stanzas"].as_array().unwrap() {
            let mut opened = Vec::new();
            format::decrypt(&file[..], &[&*identity(stanza)])
                .unwrap()
                .read_to_end(&mut opened)
                .unwrap();
            assert!(opened == plain, "{name}");
        }
    }
}

fn plaintext(file: &Value) -> Vec<u8> {
    let length = usize::try_from(file["plaintext_length"].as_u64().unwrap()).unwrap();
    (0..=250).cycle().take(length).collect()
}

fn write(file: &Value, plain: &[u8]) -> Vec<u8> {
    let stanzas = file["stanzas"].as_array().unwrap().iter().flat_map(wrap).collect();
    let nonce = bytes(file, "nonce").try_into().unwrap();
    let mut writer = format::dangerous_encrypt(Vec::new(), stanzas, &file_key(file), &nonce).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}
