//! Whole files: every kind of recipient, and every way to damage them. And what the tests of the other files share.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{self, BufRead, Read, Write};

use super::keys::RecipientKey;
use super::token::Device;
use super::*;
use crate::crypto::mlkem;
use crate::crypto::p256::{Agree, KeyPair, PublicKey};
use crate::encoding::base64;
use crate::secret::{Passphrase, Secret};

mod many;
mod names;

/// Randomness for tests: a counter, so that no two draws are alike.
pub(in crate::format) struct Counter(pub(in crate::format) u64);

impl Rng for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        for eight in out.chunks_mut(8) {
            self.0 += 1;
            eight.copy_from_slice(&self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()[..eight.len()]);
        }
        Ok(())
    }
}

/// A source that gives a few bytes at a time and, in between, fails in the two ways that pass.
pub(in crate::format) struct Flaky<'a> {
    pub(in crate::format) bytes: &'a [u8],
    pub(in crate::format) calls: usize,
}

impl Read for Flaky<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.len().min(out.len());
        self.bytes.read_exact(&mut out[..count])?;
        Ok(count)
    }
}

impl BufRead for Flaky<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.calls += 1;
        match self.calls % 4 {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            1 => Err(io::ErrorKind::Interrupted.into()),
            _ => Ok(&self.bytes[..self.bytes.len().min(self.calls % 1021)]),
        }
    }

    fn consume(&mut self, count: usize) {
        self.bytes = &self.bytes[count..];
    }
}

/// Reads to the end, and asks again after failures that `pass`.
pub(in crate::format) fn read_patiently(reader: &mut impl Read, pass: &[io::ErrorKind]) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut part = [0; 8000];
    loop {
        match reader.read(&mut part) {
            Ok(0) => return Ok(all),
            Ok(count) => all.extend_from_slice(&part[..count]),
            Err(error) if pass.contains(&error.kind()) => {}
            Err(error) => return Err(error),
        }
    }
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into()).unwrap()
}

/// The key of a device that is none.
pub(super) fn device(seed: u64) -> KeyPair {
    KeyPair::generate(&mut Counter(seed)).unwrap()
}

type Pair = (Box<dyn Recipient>, Box<dyn Identity>);

/// One recipient of each kind with its identity.
fn pairs() -> [Pair; 7] {
    let classic = x25519::Identity::generate(&mut Counter(100)).unwrap();
    let hybrid = hybrid::Identity::generate(&mut Counter(200)).unwrap();
    let (lock, key) = (passphrase("open sesame"), passphrase("open sesame"));
    let tag = tag::Identity::new(device(300));
    let kem = mlkem::PrivateKey::generate(&mut Counter(400)).unwrap();
    let hybrid_tag = hybrid_tag::Identity::new(kem, device(500));
    let [piv, tpm] = [Device::YubiKey, Device::Tpm].map(|kind| token::Identity::new(kind, device(600)));
    [
        (Box::new(classic.recipient()), Box::new(classic)),
        (Box::new(hybrid.recipient()), Box::new(hybrid)),
        (
            Box::new(scrypt::Recipient::with_log_n(lock, 1)),
            Box::new(scrypt::Identity::new(key)),
        ),
        (Box::new(tag.recipient()), Box::new(tag)),
        (Box::new(hybrid_tag.recipient()), Box::new(hybrid_tag)),
        (Box::new(piv.recipient()), Box::new(piv)),
        (Box::new(tpm.recipient()), Box::new(tpm)),
    ]
}

/// The pairs whose private key may sit in a device: their stanzas have a tag and a share.
fn pairs_of_devices() -> Vec<Pair> {
    pairs().into_iter().skip(3).collect()
}

fn seal(recipients: &[&dyn Recipient], plain: &[u8]) -> Vec<u8> {
    let mut writer = encrypt(Vec::new(), recipients, &mut Counter(0)).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

fn open(file: &[u8], identities: &[&dyn Identity]) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::new();
    decrypt(file, identities)?.read_to_end(&mut plain)?;
    Ok(plain)
}

#[test]
fn a_file_of_each_kind_is_read_again() {
    for (recipient, identity) in pairs() {
        let file = seal(&[&*recipient], b"attack at dawn");
        assert_eq!(open(&file, &[&*identity]).unwrap(), b"attack at dawn");
    }
}

#[test]
fn every_cut_is_refused() {
    for (recipient, identity) in pairs() {
        let file = seal(&[&*recipient], b"attack at dawn");
        for length in 0..file.len() {
            let error = open(&file[..length], &[&*identity]).unwrap_err();
            assert!(
                matches!(error.kind(), Kind::Header | Kind::Payload),
                "{length}: {error}"
            );
        }
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    for (recipient, identity) in pairs() {
        let mut file = seal(&[&*recipient], b"attack at dawn");
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            let error = open(&file, &[&*identity]).unwrap_err();
            assert_ne!(error.kind(), Kind::Io, "bit {bit}: {error}");
            file[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn each_of_many_recipients_reads_the_file_and_nobody_else() {
    let keys: Vec<_> = (1..=5)
        .map(|seed| x25519::Identity::generate(&mut Counter(seed * 50)).unwrap())
        .collect();
    let recipients: Vec<_> = keys[..4].iter().map(x25519::Identity::recipient).collect();
    let recipients: Vec<&dyn Recipient> = recipients.iter().map(|recipient| recipient as &dyn Recipient).collect();
    let file = seal(&recipients, b"for four");
    for key in &keys[..4] {
        assert_eq!(open(&file, &[&keys[4], key]).unwrap(), b"for four");
    }
    assert!(matches!(open(&file, &[&keys[4]]), Err(Error::NoMatch(Locked::Keys))));
    assert!(matches!(open(&file, &[]), Err(Error::NoMatch(Locked::Keys))));
}

#[test]
fn only_recipients_of_equal_labels_share_a_file() {
    let [
        (classic, _),
        (hybrid, _),
        (scrypt, _),
        (tag, _),
        (hybrid_tag, _),
        (piv, _),
        (tpm, _),
    ] = pairs();
    let refused: [&[&dyn Recipient]; 7] = [
        &[&*classic, &*hybrid],
        &[&*hybrid, &*classic],
        &[&*classic, &*scrypt],
        &[&*scrypt, &*scrypt],
        &[&*tag, &*hybrid_tag],
        &[&*hybrid, &*piv],
        &[&*scrypt, &*tpm],
    ];
    for recipients in refused {
        let mut output = Vec::new();
        assert!(matches!(
            encrypt(&mut output, recipients, &mut Counter(0)),
            Err(Error::MixedRecipients)
        ));
        assert!(output.is_empty());
    }
    assert!(matches!(
        encrypt(io::sink(), &[], &mut Counter(0)),
        Err(Error::NoRecipients)
    ));
    let allowed: [&[&dyn Recipient]; 3] = [
        &[&*hybrid, &*hybrid],
        &[&*hybrid, &*hybrid_tag],
        &[&*classic, &*tag, &*piv, &*tpm],
    ];
    for recipients in allowed {
        assert!(encrypt(io::sink(), recipients, &mut Counter(0)).is_ok());
    }
}

#[test]
fn a_wrong_passphrase_is_no_match_and_known_as_one() {
    let file = seal(&[&scrypt::Recipient::with_log_n(passphrase("right"), 1)], b"");
    let header = Header::read(&mut &file[..]).unwrap();
    assert_eq!(header.locked(), Locked::Passphrase);
    let wrong = scrypt::Identity::new(passphrase("wrong"));
    assert!(matches!(
        header.file_key(&[&wrong]),
        Err(Error::NoMatch(Locked::Passphrase))
    ));
}

#[test]
fn costly_passphrases_are_refused_uncomputed() {
    let identity = scrypt::Identity::new(passphrase("right"));
    for log_n in [
        "0",
        "01",
        "+1",
        "-1",
        "1a",
        "",
        "23",
        "99",
        "256",
        "18446744073709551617",
    ] {
        let salt = base64_zeros(16);
        let Some(stanza) = Stanza::new("scrypt", &[&salt, log_n], vec![0; 32]) else {
            assert_eq!(log_n, "");
            continue;
        };
        assert!(matches!(identity.unwrap(&[stanza]), Err(Error::Header(_))), "{log_n}");
    }
}

fn base64_zeros(count: usize) -> String {
    base64::encode(&vec![0; count])
}

#[test]
fn a_malformed_stanza_of_its_kind_fails_the_file_before_any_is_opened() {
    let [classic, hybrid, ..] = pairs();
    for ((recipient, identity), kind, length) in [(classic, "X25519", 32), (hybrid, "mlkem768x25519", 1120)] {
        let file_key = FileKey::generate(&mut Counter(1)).unwrap();
        let good = recipient.wrap(&file_key, &mut Counter(2)).unwrap().remove(0);
        let arg = good.args().next().unwrap().to_owned();
        let body = good.body().to_vec();
        let faulty = [
            Stanza::new(kind, &[], body.clone()),
            Stanza::new(kind, &[&arg, "x"], body.clone()),
            Stanza::new(kind, &[&base64_zeros(length - 1)], body.clone()),
            Stanza::new(kind, &[&base64_zeros(length + 1)], body.clone()),
            Stanza::new(kind, &[&format!("{arg}=")], body.clone()),
            Stanza::new(kind, &[&arg], body[1..].to_vec()),
            Stanza::new(kind, &[&arg], [&body[..], &[0]].concat()),
        ];
        for faulty in faulty {
            let stanzas = [good.clone(), faulty.unwrap()];
            assert!(
                matches!(identity.unwrap(&stanzas), Err(Error::Header(_))),
                "{}",
                stanzas[1].kind()
            );
        }
        let foreign = Stanza::new(&kind.to_uppercase().replace("X25519", "x25519"), &[&arg], body).unwrap();
        assert!(identity.unwrap(&[foreign]).unwrap().is_none());
    }
}

#[test]
fn a_malformed_stanza_of_a_device_fails_the_file_before_any_is_opened() {
    for (recipient, identity) in pairs_of_devices() {
        let file_key = FileKey::generate(&mut Counter(1)).unwrap();
        let good = recipient.wrap(&file_key, &mut Counter(2)).unwrap().remove(0);
        let [tag, share] = good.exact_args().unwrap();
        let (kind, body) = (good.kind(), good.body());
        let length = base64::decode(share).unwrap().len();
        let (shorter, longer) = (base64_zeros(length - 1), base64_zeros(length + 1));
        let faulty: [(&[&str], &[u8]); 8] = [
            (&[tag], body),
            (&[tag, share, "x"], body),
            (&[&base64_zeros(3), share], body),
            (&[&base64_zeros(5), share], body),
            (&[tag, &shorter], body),
            (&[tag, &longer], body),
            (&[tag, share], &body[1..]),
            (&[tag, share], &[body, &[0]].concat()),
        ];
        for (args, body) in faulty {
            let faulty = Stanza::new(kind, args, body.to_vec()).unwrap();
            assert!(matches!(
                identity.unwrap(&[good.clone(), faulty]),
                Err(Error::Header(_))
            ));
        }
        let foreign = Stanza::new(&kind.to_uppercase(), &[], Vec::new()).unwrap();
        let opened = identity.unwrap(&[foreign, good.clone()]).unwrap().unwrap();
        assert_eq!(opened.expose(), file_key.expose());
    }
}

/// A device is asked for its own stanzas alone, and never to agree with what is no point.
#[test]
fn a_device_is_not_asked_in_vain() {
    struct Silent(KeyPair);
    impl Agree for Silent {
        fn public(&self) -> &PublicKey {
            self.0.public()
        }

        fn agree(&self, _peer: &PublicKey) -> io::Result<Secret<32>> {
            Err(io::ErrorKind::TimedOut.into())
        }
    }
    let kem = || mlkem::PrivateKey::generate(&mut Counter(1)).unwrap();
    let identities: [Box<dyn Identity>; 4] = [
        Box::new(tag::Identity::new(Silent(device(300)))),
        Box::new(hybrid_tag::Identity::new(kem(), Silent(device(500)))),
        Box::new(token::Identity::new(Device::YubiKey, Silent(device(600)))),
        Box::new(token::Identity::new(Device::Tpm, Silent(device(600)))),
    ];
    for (identity, (recipient, _)) in identities.iter().zip(pairs_of_devices()) {
        let file_key = FileKey::generate(&mut Counter(1)).unwrap();
        let own = recipient.wrap(&file_key, &mut Counter(2)).unwrap().remove(0);
        assert!(matches!(identity.unwrap(std::slice::from_ref(&own)), Err(Error::Io(_))));

        let [tag, share] = own.exact_args().unwrap();
        let foreign = Stanza::new(own.kind(), &[&base64_zeros(4), share], vec![0; 32]).unwrap();
        assert_ne!(tag, base64_zeros(4));
        assert!(identity.unwrap(&[foreign]).unwrap().is_none());
    }
}

#[test]
fn a_share_that_is_no_point_is_a_fault() {
    // The tags of tag stanzas hang on the share, so they are made anew: whoever knows the recipient can.
    let key = device(300);
    let zeros = [0; 65];
    let tag = tag::hashed_tag(labels::AGE_TAG, &zeros, &key.public().compressed());
    let stanza = |kind, tag: &[u8], share: &[u8]| {
        let args = [base64::encode(tag), base64::encode(share)];
        Stanza::new(kind, &[&args[0], &args[1]], vec![0; 32]).unwrap()
    };
    let no_point = |opened| matches!(opened, Err(Error::Header(what)) if what.contains("no point"));
    let plain = tag::Identity::new(&key);
    assert!(no_point(plain.unwrap(&[stanza("p256tag", &tag, &zeros)])));

    let zeros = [0; 1153];
    let tag = tag::hashed_tag(labels::AGE_HYBRID_TAG, &zeros, &key.public().uncompressed());
    let kem = mlkem::PrivateKey::generate(&mut Counter(1)).unwrap();
    let hybrid = hybrid_tag::Identity::new(kem, &key);
    assert!(no_point(hybrid.unwrap(&[stanza("mlkem768p256tag", &tag, &zeros)])));

    // x = 1 has no y on this curve; 5 is a form of points that no stanza has.
    let mut no_y = [0; 33];
    (no_y[0], no_y[32]) = (2, 1);
    for share in [[0; 33], no_y, [5; 33]] {
        let piv = token::Identity::new(Device::SecureEnclave, &key);
        let tag = tag::fingerprint(&key.public().compressed());
        assert!(no_point(piv.unwrap(&[stanza("piv-p256", &tag, &share)])));
        let tpm = token::Identity::new(Device::Tpm, &key);
        let tag = tag::fingerprint(&key.public().uncompressed());
        assert!(no_point(tpm.unwrap(&[stanza("tpm-ecc", &tag, &share)])));
    }
}

#[test]
fn a_share_of_small_order_is_a_fault_and_not_another_s_stanza() {
    let [(_, classic), (_, hybrid), ..] = pairs();
    let zero = |kind, length| Stanza::new(kind, &[&base64_zeros(length)], vec![0; 32]).unwrap();
    assert!(matches!(classic.unwrap(&[zero("X25519", 32)]), Err(Error::Header(_))));
    assert!(matches!(
        hybrid.unwrap(&[zero("mlkem768x25519", 1120)]),
        Err(Error::Header(_))
    ));
    let nobody: RecipientKey = crate::encoding::bech32::encode("age", &[0; 32]).parse().unwrap();
    assert!(matches!(
        encrypt(io::sink(), &[&nobody], &mut Counter(0)),
        Err(Error::Key(KeyError::Invalid))
    ));
}

#[test]
fn a_changed_header_is_told_from_a_foreign_one() {
    let [(recipient, identity), ..] = pairs();
    let file = seal(&[&*recipient], b"");
    let header = Header::read(&mut &file[..]).unwrap();
    let mut stanzas = header.stanzas().to_vec();
    stanzas.push(Stanza::new("grease", &[], Vec::new()).unwrap());
    let other = FileKey::generate(&mut Counter(9)).unwrap();
    let changed = Header::sealed(stanzas, &other);
    assert!(matches!(changed.file_key(&[&*identity]), Err(Error::HeaderMac)));
}

#[test]
fn too_many_recipients_are_refused_before_a_byte_is_written() {
    let stanza = |body| Stanza::new("x", &[], vec![0; body]).unwrap();
    let file_key = FileKey::generate(&mut Counter(0)).unwrap();
    for stanzas in [vec![stanza(0); STANZA_LIMIT + 1], vec![stanza(1 << 20); 12]] {
        let mut output = Vec::new();
        let refused = dangerous_encrypt(&mut output, stanzas, &file_key, &[0; NONCE_LEN]);
        assert!(matches!(refused.err(), Some(Error::TooManyRecipients)));
        assert!(output.is_empty());
    }
}

#[test]
fn failing_sources_are_told_from_bad_data() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let [(recipient, identity), ..] = pairs();
    let file = seal(&[&*recipient], &[7; 100]);
    let source = io::BufReader::new((&file[..file.len() - 1]).chain(Broken));
    let error = decrypt(source, &[&*identity])
        .unwrap()
        .read_to_end(&mut Vec::new())
        .unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert!(error.get_ref().is_none());
    let error = decrypt(&file[..file.len() - 1], &[&*identity])
        .unwrap()
        .read_to_end(&mut Vec::new())
        .unwrap_err();
    assert!(error.get_ref().unwrap().is::<Error>());
}
