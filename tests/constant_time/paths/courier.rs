//! `courier`: keys on paper.

use std::hint::black_box;

use keypact::courier::{Join, Key, Kind, Lock, Packet, PskUse, Quorum, Share, split};
use keypact::secret::SecretBytes;

use super::Path;
use crate::marks::{Drawn, hidden, hidden_text, public_text, secret_bytes};

pub const PATHS: &[Path] = &[
    ("courier: a key into shares", || {
        black_box(shares());
    }),
    ("courier: shares into a key", joined),
    ("courier: a share into numbers of words and back", numbers),
    ("courier: the text of a QR code", packet),
    ("courier: PSK file, written", || {
        let key = Key::new(Kind::Psk, secret_bytes(KEY)).expect("32 bytes");
        black_box(key.psk_file(PskUse::Many, ""));
    }),
];

const KEY: &[u8] = &[0x5a; 32];

fn shares() -> Vec<Share> {
    let quorum = Quorum::new(3, 5).expect("a quorum");
    // The first draw is the number of the set.
    split(&hidden(KEY), quorum, &Lock::Open, &mut Drawn::after(1, 1)).expect("32 bytes")
}

fn joined() {
    let mut join = Join::default();
    for share in shares().into_iter().take(4) {
        join.add(share).expect("a new one");
    }
    let sealed = join.combine().expect("one more than enough");
    black_box(sealed.open(None).expect("there is no passphrase"));
}

fn numbers() {
    let words = shares()[0].words();
    black_box(Share::read(&words).expect("its own words"));
}

fn packet() {
    let packet = Packet {
        kind: Kind::Psk,
        check: Key::new(Kind::Psk, SecretBytes::new(KEY.to_vec()))
            .expect("32 bytes")
            .check_value(),
        words: shares().remove(0).words(),
    };
    let text = packet.text();
    // The prefix is no secret, nor are kind and check value: the first five bytes, eight characters.
    assert!(Packet::read(&hidden_text(&public_text(text.expose()), 13)).is_ok());
}
