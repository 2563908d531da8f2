//! Keys on paper: words, shares that come together, texts and pictures of QR codes.

use keypact::codes::lists::List;
use keypact::codes::qr::{self, Code, Ground};
use keypact::codes::words;
use keypact::courier::{Error, Join, Key, Kind, Lock, Packet, Quorum, Share, Words, split};
use keypact::secret::SecretBytes;

use super::{Seed, Seeded};

/// Shares as text: what is read is written the same, and nothing but what belongs together comes together.
pub fn shares(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(read) = Words::read_all(text) else { return };
    let mut join = Join::default();
    for words in &read {
        if let Ok(share) = Share::read(words) {
            assert!(
                share.words().expose_each().eq(words.expose_each()),
                "written in another way"
            );
            let _ = join.add(share);
        }
    }
    // Not opened: a passphrase may cost minutes by design.
    let _ = join.combine();
}

/// Words that were spoken, and words that are nearly one.
pub fn spoken(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(bytes) = words::heard(text) {
        let again = words::heard(&words::spoken(bytes.expose()));
        assert!(again.is_ok_and(|again| again.expose() == bytes.expose()));
    }
    for list in [List::PgpEven, List::PgpOdd, List::Slip39] {
        for near in list.nearest(text).into_iter().chain(list.complete(text)) {
            assert!(list.find(near).is_some(), "no word of the list");
        }
    }
}

/// The text of a QR code, or the first line of a PSK file.
pub fn packet(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(packet) = Packet::read(text) {
        assert!(packet.text().expose() == text, "two texts for one packet");
    }
    if let Ok((key, uses)) = Key::read_psk(text) {
        let again = Key::read_psk(key.psk_file(uses, "").expose());
        assert!(again.is_ok_and(|(again, same)| again.expose() == key.expose() && same == uses));
    }
}

/// A file that claims to be a picture.
pub fn picture(data: &[u8]) {
    let _ = qr::scan(data);
}

/// A key of 128 bits in shares, the same in every run.
fn made(threshold: u8, count: u8) -> Vec<Share> {
    let quorum = Quorum::new(threshold, count).expect("a quorum");
    let shares = split(&[7; 16], quorum, &Lock::Open, &mut Seeded::new("courier"));
    shares.unwrap_or_else(|_| unreachable!("the lengths are right, and there is randomness"))
}

fn text(shares: &[Share]) -> String {
    let texts: Vec<String> = shares
        .iter()
        .map(|share| share.words().lines().expose().to_owned())
        .collect();
    texts.join("# next\n")
}

fn packed() -> Packet {
    let key = Key::new(Kind::Psk, SecretBytes::new(vec![7; 16])).unwrap_or_else(|_| unreachable!("16 bytes are a key"));
    Packet {
        kind: Kind::Psk,
        check: key.check_value(),
        words: made(1, 1).remove(0).words(),
    }
}

/// Inputs that go all the way through their target, and others that come far.
pub fn seeds() -> Vec<Seed> {
    let code = packed();
    let picture = Code::of("KPK1:AAAA", Ground::Screen)
        .map(|code| code.png(2))
        .unwrap_or_default();
    vec![
        ("courier_shares", "whole", text(&made(1, 1)).into()),
        ("courier_shares", "two-of-three", text(&made(2, 3)).into()),
        (
            "courier_spoken",
            "eight",
            words::spoken(&[0, 1, 2, 3, 252, 253, 254, 255]).into(),
        ),
        ("courier_spoken", "slip", b"acadmeic".to_vec()),
        ("courier_packet", "psk", code.text().expose().into()),
        (
            "courier_packet",
            "file",
            b"00112233445566778899aabbccddeeff\n# keypact psk: one-use\n".to_vec(),
        ),
        ("courier_picture", "code", picture),
    ]
}

/// Whether the seeds do what they are for.
pub fn honest_inputs_go_all_the_way() -> bool {
    let mut join = Join::default();
    let added = made(2, 3).into_iter().skip(1).all(|share| join.add(share).is_ok());
    let opened = join.combine().and_then(|sealed| sealed.open(None));
    let is_read = |seed: &Seed| seed.0 != "courier_picture" || qr::scan(&seed.2).is_ok();
    added && opened.is_ok_and(|key| key.expose() == [7; 16]) && seeds().iter().all(is_read) && {
        let mut few = Join::default();
        let _ = few.add(made(2, 3).remove(0));
        matches!(few.combine(), Err(Error::Missing(_)))
    }
}
