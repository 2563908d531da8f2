//! What stands in files: encodings, armor, headers, payloads, identities.

use std::io::{Read, Write};
use std::sync::LazyLock;

use keypact::crypto::p256::KeyPair;
use keypact::encoding::{base64, bech32, hex};
use keypact::format::{self, FileKey, Header, Identity, Stanza, armor, hybrid, keys, room, tag, token, x25519};
use keypact::secret::Secret;

use super::{Seed, Seeded};

/// The text encodings: what one of them reads, it would have written.
pub fn encodings(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(bytes) = base64::decode(text) {
        assert_eq!(base64::encode(&bytes), text);
    }
    if let Ok(bytes) = base64::decode_padded(data, &mut vec![0; data.len()]) {
        assert_eq!(base64::encode_padded(bytes), text);
    }
    if let Ok(bytes) = hex::decode(text) {
        assert_eq!(hex::encode(&bytes), text);
    }
    if let Ok((hrp, bytes)) = bech32::decode(text) {
        assert_eq!(bech32::encode(&hrp, bytes.expose()), text.to_lowercase());
    }
}

/// Armor: one text for each file, but for line ends and the white space around it; binary files pass unchanged.
pub fn armor(data: &[u8]) {
    let mut reader = armor::Reader::new(data);
    let mut decoded = Vec::new();
    if reader.read_to_end(&mut decoded).is_err() {
        return;
    }
    if reader.is_armored().expect("a slice has no errors of its own") {
        let text = String::from_utf8_lossy(data).replace("\r\n", "\n");
        assert_eq!(armored(&decoded).trim_ascii(), text.trim_ascii().as_bytes());
    } else {
        assert_eq!(decoded, data);
    }
}

/// Headers: what is read would be written the same, to the last byte taken; only honest ones give a file key.
pub fn header(data: &[u8]) {
    let mut rest = data;
    let Ok(header) = Header::read(&mut rest) else { return };
    let text = header.to_bytes();
    assert_eq!(text, data[..data.len() - rest.len()]);
    let (others, tags) = room::split(header.stanzas());
    assert_eq!(others.len(), tags.len());
    assert!(room::left(header.stanzas()).is_none_or(|left| left < text.len()));
    let honest = [&CLASSIC, &POST_QUANTUM, &TAGGED, &TOKEN];
    for identity in honest.map(|file| &*file.identity) {
        if header.file_key(&[identity]).is_ok() {
            assert!(
                honest.iter().any(|file| file.bytes.starts_with(&text)),
                "a forged header"
            );
        }
    }
}

/// Payloads under a known file key: whatever the bytes, only a prefix of what was written is released, and the end is
/// seen only where the writer put it.
pub fn stream(data: &[u8]) {
    let mut file = KNOWN_HEADER.to_bytes();
    file.extend_from_slice(data);
    let Ok(mut reader) = format::decrypt(&file[..], &[&KnownKey]) else {
        return;
    };
    let mut plain = Vec::new();
    let end = reader.read_to_end(&mut plain);
    assert!(PLAINTEXT.starts_with(&plain), "plaintext that nobody wrote");
    assert!(end.is_err() || data == payload(plain.len()), "an end that nobody wrote");
}

/// Files of keys: a key that is read is written the same, and no line is passed over.
pub fn identities(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = || text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    if let Ok(keys) = keys::parse_identities(text) {
        assert_eq!(keys.len(), lines().count());
        for (key, line) in keys.iter().zip(lines()) {
            assert_eq!(key.to_text().expose(), line.to_ascii_uppercase());
            assert!(key.recipient().to_string().parse() == Ok(key.recipient()));
        }
    }
    if let Ok(recipients) = keys::parse_recipients(text) {
        assert_eq!(recipients.keys.len() + recipients.skipped.len(), lines().count());
        for key in recipients.keys {
            let written = key.to_string();
            // In lines of SSH keys, options and a comment may stand around it.
            let text = written.rsplit(' ').next().unwrap_or_default();
            assert!(lines().any(|line| line.to_ascii_lowercase() == text || line.contains(text)));
        }
    }
}

/// Inputs that go all the way through their target, and others that come far.
pub fn seeds() -> Vec<Seed> {
    let classic = x25519_identity();
    let post_quantum = hybrid_identity();
    let identity_file = format!(
        "# a comment\r\n\n{}\n{}\n",
        classic.to_text().expose(),
        post_quantum.to_text().expose()
    );
    let recipient_file = format!("{}\n{}", classic.recipient(), post_quantum.recipient());
    let device_file = format!("{}\n{}", tag_identity().recipient(), token_identity().recipient());
    let armored_file = armored(&CLASSIC.bytes);
    let with_space = [b" \n\t\r\n", &armored_file[..], b"\n \n"].concat();
    let with_crlf = String::from_utf8_lossy(&armored_file)
        .replace('\n', "\r\n")
        .into_bytes();
    let grease = String::from_utf8_lossy(&KNOWN_HEADER.to_bytes()).replace("---", "-> grease a b c\nAAAA\n---");
    let forged =
        String::from_utf8_lossy(&CLASSIC.bytes[..CLASSIC.bytes.len() - 36]).replace("\n---", "\n-> grease\n\n---");
    let mut seeds = vec![
        ("armor", "binary", CLASSIC.bytes.clone()),
        ("armor", "crlf", with_crlf),
        ("armor", "file", armored_file),
        ("armor", "space", with_space),
        ("encodings", "base64", base64::encode(&[0xa5; 33]).into_bytes()),
        (
            "encodings",
            "base64-padded",
            base64::encode_padded(&[0xa5; 32]).into_bytes(),
        ),
        ("encodings", "bech32", bech32::encode("age", &[0xa5; 32]).into_bytes()),
        (
            "encodings",
            "bech32-upper",
            bech32::encode("age", &[0x5a; 32]).to_uppercase().into_bytes(),
        ),
        // Right but for a spare bit that is not zero, and for a spare character.
        ("encodings", "bech32-spare-bit", b"age15447tejv".to_vec()),
        ("encodings", "bech32-spare-character", b"age155qktgrpu".to_vec()),
        ("encodings", "hex", hex::encode(&[0xa5; 32]).into_bytes()),
        ("header", "forged", forged.into_bytes()),
        ("header", "grease", grease.into_bytes()),
        ("header", "hybrid", POST_QUANTUM.bytes.clone()),
        ("header", "tag", TAGGED.bytes.clone()),
        ("header", "token", TOKEN.bytes.clone()),
        ("header", "x25519", CLASSIC.bytes.clone()),
        ("identities", "devices", device_file.into_bytes()),
        ("identities", "identities", identity_file.into_bytes()),
        ("identities", "recipients", recipient_file.into_bytes()),
    ];
    let [one, two] = [65_536, 65_540].map(payload);
    seeds.push(("stream", "cut-at-a-chunk", two[..one.len()].to_vec()));
    seeds.push(("stream", "trailing-byte", [&one[..], b"x"].concat()));
    let names = ["empty", "short", "one-chunk", "two-chunks"];
    seeds.extend(
        names
            .into_iter()
            .zip(PAYLOADS)
            .map(|(name, &length)| ("stream", name, payload(length))),
    );
    seeds
}

/// Whether the honest inputs reach the last state of each target.
pub fn honest_inputs_go_all_the_way() -> bool {
    let opens = |file: &Honest| {
        let mut plain = Vec::new();
        let reader = format::decrypt(&file.bytes[..], &[&*file.identity]);
        reader.is_ok_and(|mut reader| reader.read_to_end(&mut plain).is_ok()) && plain == b"fuzz"
    };
    opens(&CLASSIC)
        && opens(&POST_QUANTUM)
        && opens(&TAGGED)
        && opens(&TOKEN)
        && PAYLOADS.iter().all(|&length| {
            let file = [KNOWN_HEADER.to_bytes(), payload(length)].concat();
            let mut plain = Vec::new();
            let reader = format::decrypt(&file[..], &[&KnownKey]);
            reader.is_ok_and(|mut reader| reader.read_to_end(&mut plain).is_ok()) && plain.len() == length
        })
}

/// A file that was really written, and what opens it.
struct Honest {
    identity: Box<dyn Identity>,
    bytes: Vec<u8>,
}

impl Honest {
    fn of(recipient: &dyn format::Recipient, identity: impl Identity + 'static) -> Self {
        Self {
            identity: Box::new(identity),
            bytes: file_for(recipient),
        }
    }
}

static CLASSIC: LazyLock<Honest> = LazyLock::new(|| {
    let identity = x25519_identity();
    Honest::of(&identity.recipient(), identity)
});

static POST_QUANTUM: LazyLock<Honest> = LazyLock::new(|| {
    let identity = hybrid_identity();
    Honest::of(&identity.recipient(), identity)
});

static TAGGED: LazyLock<Honest> = LazyLock::new(|| {
    let identity = tag_identity();
    Honest::of(&identity.recipient(), identity)
});

static TOKEN: LazyLock<Honest> = LazyLock::new(|| {
    let identity = token_identity();
    Honest::of(&identity.recipient(), identity)
});

pub(super) fn x25519_identity() -> x25519::Identity {
    x25519::Identity::generate(&mut Seeded::new("classic")).expect("seeded randomness")
}

fn hybrid_identity() -> hybrid::Identity {
    hybrid::Identity::generate(&mut Seeded::new("post-quantum")).expect("seeded randomness")
}

fn tag_identity() -> tag::Identity<KeyPair> {
    tag::Identity::new(device_key())
}

fn token_identity() -> token::Identity<KeyPair> {
    token::Identity::new(token::Device::Tpm, device_key())
}

fn device_key() -> KeyPair {
    KeyPair::generate(&mut Seeded::new("device")).expect("seeded randomness")
}

fn file_for(recipient: &dyn format::Recipient) -> Vec<u8> {
    let mut writer =
        format::encrypt(Vec::new(), &[recipient], &mut Seeded::new("file")).expect("a Vec takes everything");
    writer.write_all(b"fuzz").expect("a Vec takes everything");
    writer.finish().expect("a Vec takes everything")
}

fn armored(bytes: &[u8]) -> Vec<u8> {
    let mut writer = armor::Writer::new(Vec::new());
    writer.write_all(bytes).expect("a Vec takes everything");
    writer.finish().expect("a Vec takes everything")
}

/// Lengths of the payloads that were really written; each is a prefix of [`PLAINTEXT`].
pub(crate) const PAYLOADS: &[usize] = &[0, 5, 65_536, 65_540];

static PLAINTEXT: LazyLock<Vec<u8>> = LazyLock::new(|| (0..65_540_u32).map(|n| n.to_be_bytes()[3]).collect());

/// A header under the known file key, with a stanza of a kind that no program knows.
pub(crate) static KNOWN_HEADER: LazyLock<Header> = LazyLock::new(|| Header::sealed(known_stanza(), &known_key()));

/// Opens every file that was written under one file key.
pub(crate) struct KnownKey;

impl Identity for KnownKey {
    fn unwrap(&self, _stanzas: &[Stanza]) -> Result<Option<FileKey>, format::Error> {
        Ok(Some(known_key()))
    }
}

fn known_stanza() -> Vec<Stanza> {
    vec![Stanza::new("known", &[], Vec::new()).expect("one visible word")]
}

pub(crate) fn known_key() -> FileKey {
    FileKey::dangerous_from(Secret::with(|key| *key = [0x6b; format::FILE_KEY_LEN]))
}

/// Nonce and chunks of a file under the known key; the length is in the nonce, so that no two share keys.
pub(crate) fn payload(length: usize) -> Vec<u8> {
    let mut nonce = [0; format::NONCE_LEN];
    nonce[..8].copy_from_slice(&(length as u64).to_be_bytes());
    let mut writer =
        format::dangerous_encrypt(Vec::new(), known_stanza(), &known_key(), &nonce).expect("a Vec takes everything");
    writer.write_all(&PLAINTEXT[..length]).expect("a Vec takes everything");
    let file = writer.finish().expect("a Vec takes everything");
    file[KNOWN_HEADER.to_bytes().len()..].to_vec()
}
