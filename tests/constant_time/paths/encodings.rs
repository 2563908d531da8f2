//! `encoding`, and the texts of identities.

use std::hint::black_box;

use keypact::encoding::{base32, base64, bech32, hex};
use keypact::format::keys::IdentityKey;
use keypact::format::{hybrid, x25519};

use super::Path;
use crate::marks::{self, hidden, hidden_text};

pub const PATHS: &[Path] = &[
    ("encoding: hexadecimal, written", || {
        black_box(hex::encode(&hidden(KEY)));
    }),
    ("encoding: hexadecimal, read", || {
        assert!(hex::decode(&hidden_text(&hex::encode(KEY), 0)).is_ok());
    }),
    ("encoding: base64, written", || {
        black_box(base64::encode(&hidden(KEY)));
    }),
    ("encoding: base64, read", || {
        assert!(base64::decode(&hidden_text(&base64::encode(KEY), 0)).is_ok());
    }),
    ("encoding: base32, written", || {
        black_box(base32::encode(&hidden(KEY)));
    }),
    ("encoding: base32, read", || {
        assert!(base32::decode(&hidden_text(base32::encode(KEY).expose(), 0)).is_ok());
    }),
    ("encoding: Bech32, written", || {
        black_box(bech32::encode_identity(HRP, &hidden(KEY)));
    }),
    ("encoding: Bech32, read", || {
        let text = bech32::encode_identity(HRP, KEY);
        assert!(bech32::decode(&hidden_text(text.expose(), HRP.len() + 1)).is_ok());
    }),
    ("format: identities, written and read", identities),
];

const KEY: &[u8] = &[0x5a; 32];
const HRP: &str = "age-secret-key-";

fn identities() {
    let classic = x25519::Identity::from_seed(marks::secret(1)).to_text();
    let hybrid = hybrid::Identity::from_seed(marks::secret(2)).to_text();
    for text in [classic, hybrid] {
        assert!(text.expose().parse::<IdentityKey>().is_ok());
    }
}
