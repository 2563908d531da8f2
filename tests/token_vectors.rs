//! The texts of an exchange against a second implementation: `tests/vectors/tokens.py`, written from
//! `docs/spec/tokens.md` alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use keypact::handshake::{ExchangeId, Token, TokenKind};
use serde_json::Value;

#[test]
fn texts_are_those_of_the_second_implementation() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/tokens.json")).unwrap();
    let exchanges: Value = serde_json::from_str(include_str!("vectors/hs1_modes.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let is_same = |exchange: &&Value| exchange["name"] == case["name"];
        let exchange = exchanges["cases"].as_array().unwrap().iter().find(is_same).unwrap();
        let frame = |name: &str| keypact::encoding::hex::decode(exchange[name].as_str().unwrap()).unwrap();
        let id = ExchangeId::of(&frame("m1"));
        assert_eq!(id.to_string(), case["id"].as_str().unwrap());
        for (kind, text, message) in [
            (TokenKind::Offer, "offer", "m1"),
            (TokenKind::Answer, "answer", "m2"),
            (TokenKind::Finish, "finish", "m3"),
        ] {
            let token = Token::new(id, frame(message)).unwrap();
            assert_eq!(
                (token.kind(), token.to_string().as_str()),
                (kind, case[text].as_str().unwrap())
            );
            assert_eq!(case[text].as_str().unwrap().parse(), Ok(token));
        }
    }
}
