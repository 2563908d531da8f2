//! A page of A4 with one share: words, QR code, what it is for and what to do with it. SVG, which every browser prints.

use std::fmt::Write as _;

use super::packet::Packet;
use super::share::{Protection, Share};
use crate::codes::qr::{Code, Ground, TooLong};
use crate::secret::SecretText;

/// Words on a line, as in the text form.
const LINE: usize = 5;
/// Characters of what the packer writes that fit on the page.
const LONGEST: usize = 64;

/// What stands on the page.
pub struct Sheet<'a> {
    /// The code.
    pub packet: &'a Packet,
    /// The share that its words stand for.
    pub share: &'a Share,
    /// How many shares there are.
    pub shares: u8,
    /// What the key is for; empty leaves room to write.
    pub purpose: &'a str,
    /// When it was packed.
    pub date: &'a str,
    /// When it is to be destroyed; empty leaves room to write.
    pub destroy_after: &'a str,
}

impl Sheet<'_> {
    /// The page.
    ///
    /// # Errors
    /// [`TooLong`], which no share of ours is.
    pub fn svg(&self) -> Result<SecretText, TooLong> {
        let code = Code::of(self.packet.text().expose(), Ground::Paper)?;
        // Reserved whole, so that words are not left behind in memory that was given back.
        let mut page = String::with_capacity(64 << 10);
        page.push_str(HEAD);
        self.title(&mut page);
        self.facts(&mut page);
        let bottom = self.words(&mut page, 94.0);
        self.code(&mut page, &code, bottom + 8.0);
        page.push_str(FOOT);
        Ok(SecretText::new(page))
    }

    fn title(&self, page: &mut String) {
        text(page, 20.0, 29.0, "title", "Courier code");
        text(page, 20.0, 38.0, "lead", &self.packet.kind.to_string());
    }

    fn facts(&self, page: &mut String) {
        let share = match (self.share.threshold(), self.shares) {
            (1, _) => "the whole key: whoever reads this page has it".to_owned(),
            (needed, all) => format!("{} of {all}; any {needed} of them open it", self.share.number()),
        };
        let lock = match self.share.set().protection {
            Protection::Argon2id => "needed (Argon2id); it travels by another way",
            _ if self.share.set().exponent > 0 => "needed (SLIP-39); it travels by another way",
            _ => "none",
        };
        let facts = [
            ("Set", &*format!("{:04x}", self.share.set().id)),
            ("Share", &share),
            ("Check value", &self.packet.check.to_string()),
            ("Passphrase", lock),
            ("Purpose", self.purpose),
            ("Packed on", self.date),
            ("Destroy after", self.destroy_after),
        ];
        for (row, (name, value)) in (0_u8..).zip(facts) {
            let y = 48.0 + 6.3 * f64::from(row);
            text(page, 20.0, y, "name", name);
            match value {
                "" => line(page, 58.0, y + 1.0, 132.0),
                value => text(page, 58.0, y, "value", value),
            }
        }
    }

    /// The words in lines of five; where they end.
    fn words(&self, page: &mut String, top: f64) -> f64 {
        let words: Vec<&str> = self.packet.words.expose_each().collect();
        let mut y = top + 1.5;
        for (row, words) in (0..).zip(words.chunks(LINE)) {
            y += 7.0;
            text(page, 25.0, y, "number", &(row * LINE + 1).to_string());
            for (column, word) in (0_u8..).zip(words) {
                text(page, 33.0 + 31.5 * f64::from(column), y, "word", word);
            }
        }
        let height = y + 5.0 - top;
        put(
            page,
            format_args!("<rect x=\"20\" y=\"{top}\" width=\"170\" height=\"{height}\" rx=\"2\" class=\"frame\"/>\n"),
        );
        y + 5.0
    }

    fn code(&self, page: &mut String, code: &Code, top: f64) {
        // The code itself, without its quiet zone, begins at the margin.
        let (modules, size) = (code.side(), 76.0);
        let quiet = 4.0 * size / f64::from(u16::try_from(modules).unwrap_or(u16::MAX));
        put(
            page,
            format_args!(
                "<svg x=\"{:.3}\" y=\"{:.3}\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {modules} {modules}\" \
                 shape-rendering=\"crispEdges\"><path d=\"{}\"/></svg>\n",
                20.0 - quiet,
                top - quiet,
                code.path()
            ),
        );
        text(page, 100.0, top + 4.0, "lead", "When it has arrived");
        for (row, (indent, step)) in (0_u8..).zip(self.steps()) {
            text(page, 100.0 + indent, top + 12.0 + 6.2 * f64::from(row), "step", step);
        }
        for (row, who) in (0_u8..).zip(["Packed by", "Opened by", "Destroyed on"]) {
            let y = top + size + 5.0 + 9.0 * f64::from(row);
            text(page, 20.0, y, "name", who);
            line(page, 58.0, y + 1.0, 132.0);
        }
    }

    /// Lines, and how far they are indented.
    fn steps(&self) -> [(f64, &'static str); 8] {
        let (open, picture) = match self.share.threshold() {
            1 => ("keypact courier open", "the code: keypact courier open --image FILE"),
            _ => (
                "keypact courier join",
                "each code: keypact courier join FILE FILE \u{2026}",
            ),
        };
        [
            (0.0, "1. Open it on the computer that needs the key:"),
            (5.0, open),
            (5.0, "and type the words, or take a PNG picture of"),
            (5.0, picture),
            (0.0, "2. Compare the check value by telephone."),
            (0.0, "3. Then burn this page. Has anybody else read it?"),
            (5.0, "Then do not use the key, and tell who packed it:"),
            (5.0, "a page that was copied shows no trace of it."),
        ]
    }
}

/// Text of foreign origin in place: escaped, without control characters, and no longer than the page is wide.
fn text(page: &mut String, x: f64, y: f64, class: &str, text: &str) {
    put(page, format_args!("<text x=\"{x}\" y=\"{y}\" class=\"{class}\">"));
    for letter in text.chars().filter(|letter| !letter.is_control()).take(LONGEST) {
        match letter {
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '&' => page.push_str("&amp;"),
            // What XML cannot hold even escaped.
            '\u{fffe}' | '\u{ffff}' => page.push('\u{fffd}'),
            letter => page.push(letter),
        }
    }
    page.push_str("</text>\n");
}

fn line(page: &mut String, x: f64, y: f64, length: f64) {
    put(page, format_args!("<path d=\"M{x} {y}h{length}\" class=\"rule\"/>\n"));
}

fn put(page: &mut String, what: std::fmt::Arguments<'_>) {
    page.write_fmt(what).expect("a string takes all that is written");
}

/// Sizes are in millimetres. No font is embedded: each of the families is somewhere, and widths leave room for any.
const HEAD: &str = "\
<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\">
<style>
text { font-family: 'DejaVu Sans', 'Liberation Sans', Helvetica, Arial, sans-serif; font-size: 4px; fill: #000 }
.title { font-size: 9px; font-weight: bold }
.lead { font-size: 4.6px; font-weight: bold }
.name { fill: #444 }
.word, .number { font-family: 'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace; font-size: 4.4px }
.word { font-weight: bold }
.number { fill: #777; font-size: 3.4px }
.step { font-size: 3.6px }
.frame { fill: none; stroke: #000; stroke-width: .5 }
.rule { stroke: #777; stroke-width: .25 }
.small { font-size: 3px; fill: #777 }
</style>
<rect width=\"210\" height=\"297\" fill=\"#fff\"/>
";
const FOOT: &str = "\
<text x=\"20\" y=\"284\" class=\"small\">Written by keypact. The words are SLIP-39; docs/spec/courier.md tells how to read them without it.</text>
</svg>
";
