//! Foreign text made safe to show: names of files and peers, comments, messages of other programs.
//!
//! What could move the cursor, reorder the line, hide or forge words becomes a visible escape (`\u{..}`, `\x..`);
//! everything else stays as it is, so that showing twice changes nothing.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;

use unicode_width::UnicodeWidthChar;

/// Characters of a name before it is cut.
const NAME: usize = 255;
/// Characters of a line of text before it is cut.
const LINE: usize = 4096;
/// Marks that may stand over one letter: enough for any script, too few to paint over the neighbouring lines.
const MARKS: usize = 2;

/// A name (of a file, a peer, a key) as one line of at most 255 characters.
pub fn shown(name: impl AsRef<OsStr>) -> String {
    escape(name.as_ref().as_bytes(), NAME)
}

/// Text that may embed foreign words, as one line of at most 4096 characters.
pub fn shown_line(text: &str) -> String {
    escape(text.as_bytes(), LINE)
}

fn escape(bytes: &[u8], limit: usize) -> String {
    let mut line = Line {
        text: String::new(),
        left: limit,
        marks: 0,
    };
    for chunk in bytes.utf8_chunks() {
        let written = chunk
            .valid()
            .chars()
            .try_for_each(|character| line.character(character));
        let written = written.and_then(|()| chunk.invalid().iter().try_for_each(|byte| line.byte(*byte)));
        if written.is_none() {
            line.text.push('…');
            break;
        }
    }
    line.text
}

struct Line {
    text: String,
    left: usize,
    marks: usize,
}

impl Line {
    fn character(&mut self, character: char) -> Option<()> {
        let is_mark = character.width() == Some(0);
        self.marks = if is_mark { self.marks + 1 } else { 0 };
        if is_deceptive(character) || self.marks > MARKS {
            self.push(format_args!("\\u{{{:x}}}", u32::from(character)))
        } else {
            self.push(format_args!("{character}"))
        }
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        self.push(format_args!("\\x{byte:02x}"))
    }

    fn push(&mut self, piece: std::fmt::Arguments<'_>) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        self.text.write_fmt(piece).ok()
    }
}

/// Controls, line and paragraph separators, bidirectional and other format characters, invisible fillers, variation
/// selectors and tags (Unicode general categories Cc, Zl, Zp, Cf and `Default_Ignorable_Code_Point`).
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
            | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_visible() {
        let cases: &[(&[u8], &str)] = &[
            (b"plain name-1_2.txt", "plain name-1_2.txt"),
            ("Grüße, 世界 🙂 é".as_bytes(), "Grüße, 世界 🙂 é"),
            (b"\x1b]52;c;aGk=\x07", "\\u{1b}]52;c;aGk=\\u{7}"),
            (
                b"a\r\nkeypact: Accept? y\x08\x7f",
                "a\\u{d}\\u{a}keypact: Accept? y\\u{8}\\u{7f}",
            ),
            ("\u{9b}31m\u{85}".as_bytes(), "\\u{9b}31m\\u{85}"),
            (
                "a\u{202e}b\u{2066}c\u{200e}d\u{61c}".as_bytes(),
                "a\\u{202e}b\\u{2066}c\\u{200e}d\\u{61c}",
            ),
            (
                "a\u{200b}b\u{feff}c\u{2028}d\u{2029}".as_bytes(),
                "a\\u{200b}b\\u{feff}c\\u{2028}d\\u{2029}",
            ),
            ("\u{e0041}\u{fe0f}".as_bytes(), "\\u{e0041}\\u{fe0f}"),
            (b"\xff\xc3(\x9b", "\\xff\\xc3(\\x9b"),
            (
                "e\u{301}\u{302}\u{303}\u{304}x".as_bytes(),
                "e\u{301}\u{302}\\u{303}\\u{304}x",
            ),
        ];
        for (hostile, safe) in cases {
            assert_eq!(shown(OsStr::from_bytes(hostile)), *safe);
        }
    }

    #[test]
    fn showing_twice_changes_nothing_and_length_is_capped() {
        let once = shown(OsStr::from_bytes(b"\x1b[2J\xff\\u{1b}"));
        assert_eq!(shown(&once), once);
        assert_eq!(shown("x".repeat(300)), "x".repeat(255) + "…");
        assert_eq!(shown("x".repeat(255)), "x".repeat(255));
    }

    #[test]
    fn no_control_character_passes() {
        for character in (0..0x11_0000).filter_map(char::from_u32).filter(|c| c.is_control()) {
            assert!(
                !shown(character.to_string()).contains(character),
                "{:x}",
                u32::from(character)
            );
        }
    }
}
