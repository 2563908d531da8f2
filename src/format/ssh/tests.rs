//! Keys that `ssh-keygen` made, in all their forms; and what a stranger may do to keys, lines and stanzas.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::super::tests::Counter;
use super::super::{Identity as _, Recipient as _};
use super::*;
use crate::secret::{Passphrase, Secret};

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../../tests/ssh_keys/", $name))
    };
}

const ED25519: &str = key!("ed25519.pub");
const RSA: &str = key!("rsa.pub");
const ECDSA: &str = key!("ecdsa.pub");

fn public(line: &str) -> Recipient {
    line.trim_end().parse().unwrap()
}

fn open(file: &str) -> Identity {
    match PrivateKey::parse(file.as_bytes()).unwrap_or_else(|error| panic!("{error}")) {
        PrivateKey::Open(key) => key,
        PrivateKey::Locked(_) => panic!("locked"),
    }
}

fn locked(file: &str) -> LockedIdentity {
    match PrivateKey::parse(file.as_bytes()).unwrap_or_else(|error| panic!("{error}")) {
        PrivateKey::Locked(key) => key,
        PrivateKey::Open(_) => panic!("open"),
    }
}

fn refused(file: &str) -> KeyError {
    PrivateKey::parse(file.as_bytes()).err().expect("refused")
}

/// One key of each kind.
fn pairs() -> [(Recipient, Identity); 2] {
    [
        (public(ED25519), open(key!("ed25519"))),
        (public(RSA), open(key!("rsa"))),
    ]
}

fn wrapped(recipient: &Recipient) -> (FileKey, Stanza) {
    let file_key = FileKey::generate(&mut Counter(1)).unwrap();
    let stanza = recipient.wrap(&file_key, &mut Counter(2)).unwrap().remove(0);
    (file_key, stanza)
}

fn changed(stanza: &Stanza, change: impl FnOnce(&mut Vec<String>, &mut Vec<u8>)) -> Stanza {
    let (mut args, mut body) = (
        stanza.args().map(str::to_owned).collect::<Vec<_>>(),
        stanza.body().to_vec(),
    );
    change(&mut args, &mut body);
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    Stanza::new(stanza.kind(), &args, body).unwrap()
}

#[test]
fn every_form_of_a_key_is_the_same_key() {
    for (public_line, files) in [
        (ED25519, &[key!("ed25519"), key!("ed25519_pkcs8")][..]),
        (RSA, &[key!("rsa"), key!("rsa_pkcs1"), key!("rsa_pkcs8")]),
    ] {
        let recipient = public(public_line);
        assert!(public_line.starts_with(&format!("{recipient} ")));
        let (file_key, stanza) = wrapped(&recipient);
        for file in files {
            let key = open(file);
            assert_eq!(key.recipient(), recipient);
            let found = key.unwrap(std::slice::from_ref(&stanza)).unwrap().unwrap();
            assert_eq!(found.expose(), file_key.expose());
            assert_eq!(open(&file.replace('\n', "\r\n")).recipient(), recipient);
        }
    }
}

#[test]
fn a_locked_key_shows_its_public_half_and_opens_with_its_passphrase_alone() {
    let passphrase = |text: &str| Passphrase::new(text.into()).unwrap();
    for (line, file) in [(ED25519, key!("ed25519_locked")), (RSA, key!("rsa_locked"))] {
        let key = locked(file);
        assert_eq!(*key.recipient(), public(line));
        assert!(key.unlock(&passphrase("wrong")).unwrap_or_else(|_| panic!()).is_none());
        let identity = key.unlock(&passphrase("open sesame")).unwrap_or_else(|_| panic!());
        assert_eq!(identity.unwrap().recipient(), public(line));
    }
}

#[test]
fn a_locked_key_is_wanted_only_where_a_stanza_names_it() {
    let [(ed25519, _), (rsa, _)] = pairs();
    let key = locked(key!("ed25519_locked"));
    let ((_, mine), (_, other)) = (wrapped(&ed25519), wrapped(&rsa));
    assert!(key.is_named_in(&[other.clone(), mine.clone()]).unwrap());
    assert!(!key.is_named_in(std::slice::from_ref(&other)).unwrap());
    let stranger = changed(&mine, |args, _| args[0] = base64::encode(&[0; TAG]));
    assert!(!key.is_named_in(&[stranger]).unwrap());
    let malformed = changed(&mine, |args, _| args.truncate(1));
    assert!(matches!(key.is_named_in(&[other, malformed]), Err(Error::Header(_))));
}

#[test]
fn a_stanza_names_its_key_by_the_front_of_the_hash() {
    let [(ed25519, _), (rsa, _)] = pairs();
    let stanzas = [&ed25519, &rsa].map(|key| wrapped(key).1);
    for (key, other, own, foreign) in [
        (&ed25519, &rsa, &stanzas[0], &stanzas[1]),
        (&rsa, &ed25519, &stanzas[1], &stanzas[0]),
    ] {
        assert!(key.is_named_by(own) && !key.is_named_by(foreign) && !other.is_named_by(own));
        let stranger = changed(own, |args, _| args[0] = base64::encode(&[0; TAG]));
        assert!(!key.is_named_by(&stranger));
        let (_, blob) = key.kind_and_blob();
        let name = base64::encode(&hash::sha256(&[blob])[..TAG]);
        assert_eq!(own.args().next(), Some(&name[..]));
        assert_eq!(key.text().unwrap().parse(), Ok(key.clone()));
    }
}

#[test]
fn a_failing_generator_is_not_a_faulty_key() {
    struct Dry;
    impl Rng for Dry {
        fn fill(&mut self, _out: &mut [u8]) -> Result<(), crate::crypto::rng::RngError> {
            Err(crate::crypto::rng::RngError)
        }
    }
    let file_key = FileKey::generate(&mut Counter(1)).unwrap();
    for (recipient, _) in pairs() {
        assert!(matches!(recipient.wrap(&file_key, &mut Dry), Err(Error::Rng(_))));
    }
}

#[test]
fn a_stanza_of_another_key_is_passed_over() {
    for (recipient, identity) in pairs() {
        let (_, stanza) = wrapped(&recipient);
        let stranger = changed(&stanza, |args, _| args[0] = base64::encode(&[0; TAG]));
        assert!(identity.unwrap(std::slice::from_ref(&stranger)).unwrap().is_none());
        assert!(identity.unwrap(&[stranger, stanza]).unwrap().is_some());
        assert!(identity.unwrap(&[]).unwrap().is_none());
    }
}

#[test]
fn a_stanza_that_names_the_key_and_does_not_open_condemns_the_file() {
    for (recipient, identity) in pairs() {
        let (_, stanza) = wrapped(&recipient);
        for at in [0, stanza.body().len() - 1] {
            let changed = changed(&stanza, |_, body| body[at] ^= 1);
            assert!(matches!(
                identity.unwrap(&[changed, stanza.clone()]),
                Err(Error::Header(_))
            ));
        }
    }
    let [(recipient, identity), _] = pairs();
    let (_, stanza) = wrapped(&recipient);
    let zero = changed(&stanza, |args, _| args[1] = base64::encode(&[0; 32]));
    assert!(
        matches!(identity.unwrap(&[zero]), Err(Error::Header(_))),
        "a share of small order"
    );
}

#[test]
fn a_malformed_stanza_of_its_kind_condemns_the_file_before_any_is_opened() {
    type Change = fn(&mut Vec<String>, &mut Vec<u8>);
    let changes: [Change; 6] = [
        |args, _| args.clear(),
        |args, _| args.push("x".into()),
        |args, _| args[0].push('='),
        |args, _| args[0] = base64::encode(&[0; TAG + 1]),
        |_, body| body.push(0),
        |_, body| body.truncate(body.len() - 1),
    ];
    for (recipient, identity) in pairs() {
        let (_, good) = wrapped(&recipient);
        for change in changes {
            let stanzas = [good.clone(), changed(&good, change)];
            assert!(
                matches!(identity.unwrap(&stanzas), Err(Error::Header(_))),
                "{stanzas:?}"
            );
        }
        let foreign = Stanza::new(&good.kind().to_uppercase(), &[], Vec::new()).unwrap();
        assert!(identity.unwrap(&[foreign]).unwrap().is_none());
    }
}

#[test]
fn lines_may_have_options_and_comments() {
    for (line, key) in [ED25519, RSA].map(|line| (line.trim_end(), public(line))) {
        let [kind, base64] = [0, 1].map(|word| line.split(' ').nth(word).unwrap());
        for line in [
            format!("{kind} {base64}"),
            format!("{kind}\t{base64}\tsomebody"),
            format!("{kind}  {base64} a comment with spaces ü"),
            format!("no-pty {line}"),
            format!(r#"from="10.0.0.0/8,*.example",no-pty {line}"#),
            format!(r#"command="echo \"ssh-rsa AAAA\" > x",restrict  {line}"#),
        ] {
            assert_eq!(line.parse(), Ok(key.clone()), "{line}");
        }
    }
}

#[test]
fn damaged_lines_are_told_from_keys_of_other_kinds() {
    let [kind, base64] = [0, 1].map(|word| ED25519.split_whitespace().nth(word).unwrap());
    let damaged = |blob: &[u8]| format!("{kind} {}", base64::encode_padded(blob));
    let mut long = wire_key(kind, &[1; 32]);
    long.push(0);
    for (line, expected) in [
        (String::new(), KeyError::UnknownRecipient),
        ("somebody".to_owned(), KeyError::UnknownRecipient),
        (format!("\"{ED25519}"), KeyError::UnknownRecipient),
        (base64.to_owned(), KeyError::UnknownRecipient),
        (kind.to_owned(), KeyError::Damaged),
        (format!("{kind} {base64}="), KeyError::Damaged),
        (format!("ssh-rsa {base64}"), KeyError::Damaged),
        (format!("{kind} {}", &base64[..base64.len() - 4]), KeyError::Damaged),
        (damaged(&long), KeyError::Damaged),
        (damaged(&wire_key(kind, &[1; 31])), KeyError::Invalid),
        (
            damaged(&wire_key(kind, &[[2; 1], [0; 1]].concat().repeat(16))),
            KeyError::Invalid,
        ),
        (ECDSA.trim_end().to_owned(), KeyError::UnsupportedSsh),
        (format!("no-pty {ECDSA}"), KeyError::UnsupportedSsh),
        (ECDSA.replace("nistp256 ", "nistp384 "), KeyError::Damaged),
        (key!("rsa_1024.pub").to_owned(), KeyError::RsaSize),
        (rsa_line(4097), KeyError::RsaSize),
        (rsa_line(16_385), KeyError::Invalid),
    ] {
        assert_eq!(line.parse::<Recipient>(), Err(expected), "{line}");
    }
    assert!(rsa_line(4096).parse::<Recipient>().is_ok());
}

/// A key of one string.
fn wire_key(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    wire::put(&mut blob, &[kind.as_bytes()]);
    wire::put(&mut blob, &[bytes]);
    blob
}

/// An odd modulus of so many bits.
fn rsa_line(bits: usize) -> String {
    let mut modulus = vec![0; bits.div_ceil(8)];
    modulus[0] = 1 << ((bits - 1) % 8);
    *modulus.last_mut().unwrap() |= 1;
    let blob = wire::blob_of_numbers("ssh-rsa", &[&[1, 0, 1], &modulus]);
    format!("ssh-rsa {}", base64::encode_padded(&blob))
}

#[test]
fn an_rsa_key_that_lines_may_not_hold_is_not_encrypted_to() {
    let line = key!("rsa_1024.pub");
    let blob = base64::decode(line.split(' ').nth(1).unwrap().trim_end_matches('=')).unwrap();
    let recipient = Recipient::from_blob(&blob).unwrap();
    let file_key = FileKey::generate(&mut Counter(1)).unwrap();
    assert!(matches!(
        recipient.wrap(&file_key, &mut Counter(2)),
        Err(Error::Key(KeyError::RsaSize))
    ));
}

#[test]
fn a_key_of_small_order_is_not_encrypted_to() {
    let mut one = [0; 32];
    one[0] = 1;
    let recipient = Recipient::from_blob(&wire_key("ssh-ed25519", &one)).unwrap();
    let file_key = FileKey::generate(&mut Counter(1)).unwrap();
    assert!(matches!(
        recipient.wrap(&file_key, &mut Counter(2)),
        Err(Error::Key(KeyError::Invalid))
    ));
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let long = key!("rsa").replace('\n', &"\n".repeat(FILE_LIMIT / 20));
    for (file, expected) in [
        (key!("rsa_pkcs1_locked"), KeyError::OldLock),
        (key!("rsa_pkcs8_locked"), KeyError::OldLock),
        (key!("ecdsa"), KeyError::UnsupportedSsh),
        (&key!("ed25519").replace(" OPENSSH", ""), KeyError::Damaged),
        (&key!("ed25519").replace(" OPENSSH", " EC"), KeyError::UnsupportedSsh),
        (&key!("ed25519").replace(" OPENSSH", " PGP"), KeyError::UnknownIdentity),
        (&key!("ed25519").replace("-----END", "----END"), KeyError::Damaged),
        (&long, KeyError::LongFile),
        ("", KeyError::Damaged),
    ] {
        assert_eq!(refused(file), expected, "{file}");
    }
}

/// The bytes of a file in OpenSSH's form.
fn container(file: &str) -> Vec<u8> {
    crate::encoding::pem::decode(file)
        .unwrap_or_else(|_| panic!())
        .1
        .expose()
        .to_vec()
}

fn refused_bytes(bytes: &[u8]) -> KeyError {
    openssh::decode(bytes).err().expect("refused")
}

#[test]
fn rounds_and_ciphers_of_a_strangers_choice_are_refused_uncomputed() {
    let bytes = container(key!("ed25519_locked"));
    let rounds = bytes.windows(4).position(|four| four == [0, 0, 0, 1]).unwrap();
    for (count, expected) in [
        (0_u32, KeyError::Damaged),
        (1025, KeyError::Costly),
        (u32::MAX, KeyError::Costly),
    ] {
        let mut bytes = bytes.clone();
        bytes[rounds..rounds + 4].copy_from_slice(&count.to_be_bytes());
        assert_eq!(refused_bytes(&bytes), expected, "{count}");
    }
    let replaced = |from: &[u8], to: &[u8]| {
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        [&bytes[..at], to, &bytes[at + from.len()..]].concat()
    };
    assert_eq!(
        refused_bytes(&replaced(b"aes256-ctr", b"arcfour256")),
        KeyError::UnknownLock
    );
    assert_eq!(refused_bytes(&replaced(b"bcrypt", b"scrypt")), KeyError::UnknownLock);
    assert_eq!(
        refused_bytes(&[&bytes[..], &[0; 16]].concat()),
        KeyError::Damaged,
        "a tag without need"
    );
}

#[test]
fn a_private_half_of_another_key_is_refused() {
    let stranger = ed25519::Identity::from_seed(&Secret::copy_from(&[7; 32]).unwrap());
    let [open, locked] = [key!("ed25519"), key!("ed25519_locked")].map(|file| {
        let mut bytes = container(file);
        let public = bytes.windows(4).position(|four| four == [0, 0, 0, 51]).unwrap() + 4;
        bytes[public..public + 51].copy_from_slice(stranger.recipient().blob());
        openssh::decode(&bytes)
    });
    assert_eq!(open.err(), Some(KeyError::Invalid));
    let Ok(PrivateKey::Locked(locked)) = locked else {
        panic!("locked")
    };
    let passphrase = Passphrase::new(b"open sesame".to_vec()).unwrap();
    assert_eq!(locked.unlock(&passphrase).err(), Some(KeyError::Invalid));
}

#[test]
fn every_cut_and_every_change_is_refused_or_the_same_key() {
    for (line, file) in [
        (ED25519, key!("ed25519")),
        (ED25519, key!("ed25519_locked")),
        (RSA, key!("rsa_locked")),
    ] {
        let (bytes, key) = (container(file), public(line));
        for length in 0..bytes.len() {
            assert!(openssh::decode(&bytes[..length]).is_err(), "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            // What is not locked names one key; of what is locked, only the public half is looked at.
            if let Ok(PrivateKey::Open(read)) = openssh::decode(&changed) {
                assert_eq!(read.recipient(), key, "{at}");
            }
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_line_breaks_the_parser(line in "([a-z=\" \\\\,-]{0,20} )?(ssh-rsa|ssh-ed25519|sk-x)[ \t]{0,2}[A-Za-z0-9+/=]{0,60}[ -~]{0,10}") {
        if let Ok(key) = line.parse::<Recipient>() {
            proptest::prop_assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(0_u8.., 0..120)) {
        let _ = Recipient::from_blob(&bytes);
        let _ = openssh::decode(&bytes);
        let _ = openssh::decode(&[b"openssh-key-v1\0", &bytes[..]].concat());
    }
}
