//! Whole files: every kind of recipient, and every way to damage them. And what the tests of the other files share.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{self, BufRead, Read, Write};

use super::keys::RecipientKey;
use super::*;
use crate::secret::Passphrase;

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

/// One recipient of each kind with its identity.
fn pairs() -> [(Box<dyn Recipient>, Box<dyn Identity>); 3] {
    let classic = x25519::Identity::generate(&mut Counter(100)).unwrap();
    let hybrid = hybrid::Identity::generate(&mut Counter(200)).unwrap();
    let (lock, key) = (passphrase("open sesame"), passphrase("open sesame"));
    [
        (Box::new(classic.recipient()), Box::new(classic)),
        (Box::new(hybrid.recipient()), Box::new(hybrid)),
        (
            Box::new(scrypt::Recipient::with_log_n(lock, 1)),
            Box::new(scrypt::Identity::new(key)),
        ),
    ]
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
    let [(classic, _), (hybrid, _), (scrypt, _)] = pairs();
    let refused: [&[&dyn Recipient]; 4] = [
        &[&*classic, &*hybrid],
        &[&*hybrid, &*classic],
        &[&*classic, &*scrypt],
        &[&*scrypt, &*scrypt],
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
    assert!(encrypt(io::sink(), &[&*hybrid, &*hybrid], &mut Counter(0)).is_ok());
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
    crate::encoding::base64::encode(&vec![0; count])
}

#[test]
fn a_malformed_stanza_of_its_kind_fails_the_file_before_any_is_opened() {
    let [classic, hybrid, _] = pairs();
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
fn a_share_of_small_order_is_a_fault_and_not_another_s_stanza() {
    let [(_, classic), (_, hybrid), _] = pairs();
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
