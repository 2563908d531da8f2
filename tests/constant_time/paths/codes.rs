//! `codes`: what is typed. (What is shown is looked up by its number, and whoever could time that sees it.)

use keypact::codes::lists::List;
use keypact::codes::words;

use super::Path;
use crate::marks::hidden_text;

pub const PATHS: &[Path] = &[
    ("codes: a word, found in its list", || {
        assert!(List::Slip39.find(&hidden_text("academic", 0)).is_some());
        assert!(List::PgpOdd.find(&hidden_text("Yucatan", 0)).is_some());
    }),
    ("codes: words that were heard", || {
        assert!(words::heard(&hidden_text("topmost-istanbul-pluto", 0)).is_ok());
    }),
];
