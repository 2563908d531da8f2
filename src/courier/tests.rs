//! Shares, joined and not; the vectors of SLIP-39 and other programs are in `tests/courier_vectors.rs`.

use super::*;
use crate::crypto::hash;
use crate::crypto::rng::{OsRng, Rng};
use crate::secret::{Passphrase, SecretBytes};

const SECRET_16: [u8; 16] = *b"sixteen bytes...";

/// What is drawn is written down beforehand.
struct Script(Vec<u8>);

impl Rng for Script {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        let rest = self.0.split_off(out.len());
        out.copy_from_slice(&std::mem::replace(&mut self.0, rest));
        Ok(())
    }
}

fn shares(secret: &[u8], threshold: u8, count: u8) -> Vec<Share> {
    split(secret, Quorum::new(threshold, count).unwrap(), &Lock::Open, &mut OsRng)
        .ok()
        .unwrap()
}

fn joined<'a>(shares: impl IntoIterator<Item = &'a Share>) -> Result<Vec<u8>, Error> {
    let mut join = Join::default();
    for share in shares {
        join.add(Share::read(&share.words())?)?;
    }
    Ok(join.combine()?.open(None)?.expose().to_vec())
}

#[test]
fn every_quorum_joins_and_no_smaller_number() {
    for (threshold, count) in [(1, 1), (2, 2), (2, 3), (3, 5), (5, 5), (16, 16)] {
        let shares = shares(&SECRET_16, threshold, count);
        assert_eq!(shares.len(), usize::from(count));
        for subset in 0_u32..1 << count.min(6) {
            let chosen: Vec<&Share> = shares
                .iter()
                .enumerate()
                .filter(|(i, _)| i >= &6 || subset >> i & 1 == 1)
                .map(|(_, s)| s)
                .collect();
            let expected = match threshold.checked_sub(u8::try_from(chosen.len()).unwrap()) {
                Some(0) | None => Ok(SECRET_16.to_vec()),
                Some(missing) => Err(Error::Missing(Missing::Shares(if chosen.is_empty() {
                    1
                } else {
                    missing
                }))),
            };
            assert_eq!(joined(chosen), expected, "{threshold} of {count}, {subset:b}");
        }
    }
}

/// For every secret there is a third share that leads from two given ones to it: they rule none out. Only who has guessed
/// the whole secret can see in the digest, by 32 bits, whether the guess is right.
#[test]
fn fewer_shares_than_the_threshold_fit_every_secret() {
    let set = shares(&SECRET_16, 3, 5);
    for [a, b, c] in [[0, 1, 2], [0, 4, 1], [3, 4, 0]] {
        let known = [a, b].map(|i| (set[i].member, set[i].value.expose()));
        // What is shared is the secret as the passphrase, here the empty one, has sealed it.
        let sealed = gf256::interpolate(&[known[0], known[1], (set[c].member, set[c].value.expose())], SECRET);
        let sealed: [u8; 16] = sealed.expose().try_into().unwrap();
        for guess in (0..=255_u8).map(|byte| [byte; 16]).chain([sealed]) {
            let third = gf256::interpolate(&[known[0], known[1], (SECRET, &guess)], set[c].member);
            let leads_to = gf256::interpolate(&[known[0], known[1], (set[c].member, third.expose())], SECRET);
            assert_eq!(leads_to.expose(), guess);
            let mut forged = Share::read(&set[c].words()).ok().unwrap();
            forged.value = third;
            let is_right = guess == sealed;
            let expected = if is_right {
                Ok(SECRET_16.to_vec())
            } else {
                Err(Error::Digest)
            };
            assert_eq!(joined([&set[a], &set[b], &forged]), expected);
        }
    }
}

/// Two shares of three have all values equally often, zero among them, alone and together, whatever the secret is.
#[test]
fn shares_are_uniform() {
    for secret in [[0; 16], [0xff; 16]] {
        let mut seen = [[0_u32; 256]; 3];
        for _ in 0..600 {
            let set = shares(&secret, 3, 3);
            for (a, b) in set[1].value.expose().iter().zip(set[2].value.expose()) {
                for (seen, byte) in seen.iter_mut().zip([*a, *b, a ^ b]) {
                    seen[usize::from(byte)] += 1;
                }
            }
        }
        let expected = f64::from(600 * 16) / 256.0;
        for seen in seen {
            let squares = seen.iter().map(|count| (f64::from(*count) - expected).powi(2));
            // 255 degrees of freedom: above 400 once in 10^8 runs. A value that never comes adds 37, and half of them 9,600.
            let chi = squares.sum::<f64>() / expected;
            assert!(chi < 400.0 && !seen.contains(&0), "{chi}");
        }
    }
}

#[test]
fn random_values_are_used_as_drawn() {
    let drawn: Vec<u8> = [&[0xff, 0xff][..], &[7; 16], &[9; 12]].concat();
    let quorum = Quorum::new(3, 3).unwrap();
    let set = split(&SECRET_16, quorum, &Lock::Open, &mut Script(drawn)).ok().unwrap();
    assert_eq!(set[0].set().id, 0x7fff);
    assert_eq!(set[0].value.expose(), [7; 16]);
    assert_eq!(joined(&set), Ok(SECRET_16.to_vec()));
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (one, other) = (shares(&SECRET_16, 2, 3), shares(&SECRET_16, 2, 3));
    assert_eq!(joined([&one[0], &other[1]]), Err(Error::OtherSet));
    assert_eq!(joined([&one[0], &one[0]]), Err(Error::Repeated));
    assert_eq!(joined([]), Err(Error::Missing(Missing::Shares(1))));

    let changed = |change: fn(&mut Share)| {
        let mut share = Share::read(&one[1].words()).ok().unwrap();
        change(&mut share);
        share
    };
    let forged = changed(|share| share.value = SecretBytes::new(vec![1; 16]));
    assert_eq!(joined([&one[0], &forged]), Err(Error::Digest));
    assert_eq!(joined([&one[0], &one[2], &forged]), Err(Error::Digest));
    assert_eq!(joined([&one[1], &forged]), Err(Error::Contradiction));
    let longer = changed(|share| share.value = SecretBytes::new(vec![1; 18]));
    assert_eq!(joined([&one[0], &longer]), Err(Error::Contradiction));
    let easier = changed(|share| share.threshold = 1);
    assert_eq!(joined([&one[0], &easier]), Err(Error::Contradiction));
}

#[test]
fn one_wrong_word_is_located_and_never_mended() {
    for secret in [&SECRET_16[..], &[0x5a; 32]] {
        let words = shares(secret, 2, 2).remove(0).words();
        let text = words.lines();
        let right: Vec<&str> = words.expose_each().collect();
        assert_eq!(right.len(), Words::count_for(secret.len()));
        for place in (0..right.len()).step_by(4) {
            let mut wrong = right.clone();
            wrong[place] = if right[place] == "zero" { "acid" } else { "zero" };
            let wrong = Words::read(&wrong.join(" ")).ok().unwrap();
            assert_eq!(Share::read(&wrong).err(), Some(Error::Checksum));
            let word = right[place];
            let suspect = Suspect { place: place + 1, word };
            assert_eq!(wrong.suspect(), Some(suspect));
        }
        let mut swapped = right.clone();
        swapped.swap(7, 8);
        if swapped != right {
            let swapped = Words::read(&swapped.join(" ")).ok().unwrap();
            assert_eq!(Share::read(&swapped).err(), Some(Error::Checksum));
            assert_eq!(swapped.suspect(), None);
        }
        let missing = Words::read(&right[1..].join(" ")).ok().unwrap();
        assert_eq!(Share::read(&missing).err(), Some(Error::Count(right.len() - 1)));
        let again = Words::read(text.expose()).ok().unwrap();
        assert!(again.expose_each().eq(right));
    }
}

#[test]
fn texts_are_read_as_people_write_them() {
    let words = shares(&SECRET_16, 2, 2).remove(0).words();
    let right: Vec<&str> = words.expose_each().collect();
    let short: Vec<String> = right.iter().map(|word| word[..4].to_uppercase()).collect();
    let read = Words::read(&format!("# share 1\n{}\n", short.join("\n"))).ok().unwrap();
    assert!(read.expose_each().eq(right.iter().copied()));
    let lines = words.lines();
    let several = format!("{0}# second\n{0}\n\n{0}", lines.expose());
    let counts: Vec<usize> = Words::read_all(&several)
        .ok()
        .unwrap()
        .iter()
        .map(Words::count)
        .collect();
    assert_eq!(counts, [20, 20, 20]);
    assert_eq!(Words::read("academic acidd").err(), Some(Error::Word(2)));
    assert_eq!(Words::read("academic aci").err(), Some(Error::Word(2)));
    assert_eq!(Words::read(&"acid ".repeat(72)).err(), Some(Error::Count(72)));
}

#[test]
fn passphrases_lock_and_a_wrong_one_gives_another_key() {
    let passphrase = |text: &str| Passphrase::new(text.into()).unwrap();
    let (right, wrong) = (passphrase("right"), passphrase("wrong"));
    for lock in [Lock::Slip39(&right), Lock::Argon2id(&right)] {
        let is_marked = matches!(lock, Lock::Argon2id(_));
        let share = split(&SECRET_16, Quorum::ONE, &lock, &mut OsRng)
            .ok()
            .unwrap()
            .remove(0);
        let mut join = Join::default();
        join.add(Share::read(&share.words()).ok().unwrap()).unwrap();
        let sealed = join.combine().ok().unwrap();
        assert_eq!(sealed.protection() == Protection::Argon2id, is_marked);
        assert_eq!(sealed.open(Some(&right)).ok().unwrap().expose(), SECRET_16);
        assert_ne!(sealed.open(Some(&wrong)).ok().unwrap().expose(), SECRET_16);
        assert_eq!(sealed.open(None).err(), is_marked.then_some(Error::Passphrase));
    }
    let umlaut = passphrase("\u{fc}");
    assert_eq!(
        split(&SECRET_16, Quorum::ONE, &Lock::Slip39(&umlaut), &mut OsRng).err(),
        Some(Error::Letters)
    );
}

#[test]
fn numbers_and_lengths_have_bounds() {
    for (threshold, count) in [(0, 0), (0, 1), (1, 2), (3, 2), (2, 17), (17, 17), (1, 0)] {
        assert_eq!(
            Quorum::new(threshold, count),
            Err(Error::Quorum),
            "{threshold} of {count}"
        );
    }
    for length in [0, 14, 15, 17, 65, 66] {
        let share = split(&vec![0; length], Quorum::ONE, &Lock::Open, &mut OsRng);
        assert_eq!(share.err(), Some(Error::Length), "{length}");
    }
}

#[test]
fn a_share_that_asks_for_too_much_memory_is_refused() {
    let mut share = shares(&SECRET_16, 2, 2).remove(0);
    share.set.protection = Protection::Argon2id;
    share.set.exponent = 4;
    assert!(Share::read(&share.words()).is_ok());
    share.set.exponent = 5;
    assert_eq!(Share::read(&share.words()).err(), Some(Error::Costly));
}

#[test]
fn a_packet_carries_kind_and_check_value() {
    for (kind, length) in [(Kind::Psk, 16), (Kind::X25519, 32), (Kind::Hybrid, 32)] {
        let key = Key::new(kind, SecretBytes::new(vec![3; length])).ok().unwrap();
        let share = shares(key.expose(), 2, 2).remove(1);
        let packet = Packet {
            kind,
            check: key.check_value(),
            words: share.words(),
        };
        let text = packet.text();
        assert!(Packet::is_meant(text.expose()));
        let again = Packet::read(text.expose()).ok().unwrap();
        assert_eq!((again.kind, again.check), (kind, key.check_value()));
        assert!(again.words.expose_each().eq(share.words().expose_each()));
        for place in 0..text.expose().len() {
            let mut damaged = text.expose().as_bytes().to_vec();
            damaged[place] = if damaged[place] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).unwrap();
            assert!(Packet::read(&damaged).is_err(), "{damaged}");
        }
    }
}

#[test]
fn keys_are_written_as_they_are_read() {
    let key = Key::generate::<32>(&mut OsRng).ok().unwrap();
    let file = key.psk_file(PskUse::Once, "from courier set 1f3a");
    let lines: Vec<&str> = file.expose().lines().collect();
    let mark = format!(
        "# keypact psk: one-use; kcv {}; from courier set 1f3a",
        key.check_value()
    );
    assert_eq!((lines.len(), lines[1]), (2, &mark[..]));
    let again = Key::read_psk(file.expose()).ok().unwrap();
    assert_eq!((again.0.expose(), again.1), (key.expose(), PskUse::Once));
    assert_eq!(key.psk_file(PskUse::Many, "").expose(), format!("{}\n", lines[0]));
    for (bytes, text) in [
        (&SECRET_16[..], crate::encoding::base64::encode_padded(&SECRET_16)),
        (&[7; 32], crate::encoding::base64::encode_padded(&[7; 32])),
        (&[0xab; 16], "AB".repeat(16)),
        (&[0xab; 32], format!("{}\r\n\n# comment\n", "ab".repeat(32))),
    ] {
        let (key, uses) = Key::read_psk(&text).ok().unwrap();
        assert_eq!((key.expose(), uses), (bytes, PskUse::Many));
    }
    for wrong in [
        "",
        "\n",
        &lines[0][1..],
        &format!(" {}", lines[0]),
        &format!("{}\n{}", lines[0], lines[0]),
        &format!("# first\n{}", lines[0]),
        &"g".repeat(64),
        &"=".repeat(44),
        &"A".repeat(44),
        &"A".repeat(24),
    ] {
        assert_eq!(Key::read_psk(wrong).err(), Some(Error::Psk), "{wrong}");
    }
    assert!(key.identity().is_none());
    for kind in [Kind::X25519, Kind::Hybrid] {
        let key = Key::new(kind, SecretBytes::new(vec![9; 32])).ok().unwrap();
        let again = Key::of_identity(&key.identity().unwrap());
        assert_eq!((again.kind(), again.expose()), (kind, key.expose()));
        assert_eq!(Key::new(kind, SecretBytes::new(vec![9; 16])).err(), Some(Error::Length));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 48, ..Default::default() })]
    #[test]
    fn all_secrets_come_back(seed: u64, half in 8_usize..=32, threshold in 2_u8..=6, more in 0_u8..=3) {
        let bytes = hash::sha256(&[&seed.to_be_bytes()]);
        let secret = [bytes, bytes].concat()[..half * 2].to_vec();
        let shares = shares(&secret, threshold, threshold + more);
        let last = shares.iter().rev().take(threshold.into());
        proptest::prop_assert_eq!(joined(last), Ok(secret));
    }

    #[test]
    fn no_words_break_the_reader(text in "([ -~\u{fc}\n]|acad |zero |#){0,60}", bytes: Vec<u8>) {
        if let Ok(words) = Words::read(&text) {
            let _ = Share::read(&words);
        }
        let _ = (Words::read_all(&text), Packet::read(&text), Key::read_psk(&text));
        if let Some(words) = Words::from_bytes(&bytes) {
            let again = words.to_bytes();
            proptest::prop_assert_eq!(again.expose(), &bytes[..]);
            if let Ok(share) = Share::read(&words) {
                proptest::prop_assert!(share.words().expose_each().eq(words.expose_each()));
            }
        }
    }
}
