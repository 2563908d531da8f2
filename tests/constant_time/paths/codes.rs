//! `codes`: a word that is typed, in its list. (Where words end is no secret, and splitting a text asks every character. Words
//! that are shown are looked up by their numbers, and whoever could time that sees them.)

use keypact::codes::lists::List;

use super::Path;
use crate::marks::hidden_text;

pub const PATHS: &[Path] = &[
    ("codes: a word of SLIP-39, found", || found(List::Slip39, "academic")),
    ("codes: a word to be spoken, found", || found(List::PgpOdd, "Yucatan")),
    ("codes: a word that is in no list", || {
        assert!(List::Slip39.find(&hidden_text("acedamic", 0)).is_none());
    }),
];

fn found(list: List, word: &str) {
    assert!(list.find(&hidden_text(word, 0)).is_some());
}
