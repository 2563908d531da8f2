//! QR codes (ISO/IEC 18004): drawn with half blocks for a terminal, as SVG and as PNG, and read from a PNG picture.
//!
//! Capital letters, digits and `$%*+-./:` take two thirds of the room of other text.

mod picture;
mod scan;

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

pub use scan::{FILE_LIMIT, PIXEL_LIMIT, ScanError, scan};

/// Light modules on each side, which scanners need to find a code.
const QUIET: usize = 4;

/// Dark modules on a light square.
pub struct Code {
    /// Modules on a side, without the quiet zone.
    side: usize,
    /// Row by row; dark is `true`.
    modules: Vec<bool>,
}

/// What a code is shown on, which decides how much of it may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A screen loses nothing: the smallest code (level L).
    Screen,
    /// Paper gets creases and stains: a quarter of the code may be unreadable (level Q).
    Paper,
}

/// How a terminal is to show dark and light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Black on white by escape sequences, whatever the terminal's own colours are.
    Colours,
    /// No escape sequences. Light modules are drawn, dark ones left empty: right on a terminal with light letters on a
    /// dark ground, reversed on others: that [`scan`] reads, and not every other scanner.
    Plain,
}

/// The text is longer than the largest code holds: some 4,200 capital letters or 2,900 bytes on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too long for a QR code")]
pub struct TooLong;

impl Code {
    /// The code of a text.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn of(text: &str, ground: Ground) -> Result<Self, TooLong> {
        let level = match ground {
            Ground::Screen => EcLevel::L,
            Ground::Paper => EcLevel::Q,
        };
        let code = QrCode::with_error_correction_level(text, level).map_err(|_| TooLong)?;
        Ok(Self {
            side: code.width(),
            modules: code.into_colors().iter().map(|colour| *colour == Color::Dark).collect(),
        })
    }

    /// Modules on a side with the quiet zone: the columns of [`Code::terminal`], the units of [`Code::path`].
    pub fn side(&self) -> usize {
        self.side + 2 * QUIET
    }

    /// A drawing for a terminal, two rows of modules to a line of text, each line ended.
    pub fn terminal(&self, paint: Paint) -> String {
        let mut drawing = String::new();
        for y in (0..self.side()).step_by(2) {
            let row = (0..self.side()).map(|x| paint.glyph(self.is_dark(x, y), self.is_dark(x, y + 1)));
            match paint {
                Paint::Colours => drawing.extend([BLACK_ON_WHITE, &row.collect::<String>(), "\x1b[0m\n"]),
                Paint::Plain => drawing.extend(row.chain(['\n'])),
            }
        }
        drawing
    }

    /// The dark modules as the data of an SVG path, in units of one module, from the corner of the quiet zone.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for (x, y, length) in self.runs() {
            write!(path, "M{x} {y}h{length}v1h-{length}z").expect("a string takes all that is written");
        }
        path
    }

    /// A picture of its own, black on white, of `module` units to a module.
    pub fn svg(&self, module: usize) -> String {
        let side = self.side();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {side} {side}\" \
             shape-rendering=\"crispEdges\">\n<rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\n\
             <path d=\"{path}\" fill=\"#000\"/>\n</svg>\n",
            size = side * module,
            path = self.path(),
        )
    }

    /// The same as PNG.
    pub fn png(&self, module: usize) -> Vec<u8> {
        picture::write(self.side() * module, |x, y| self.is_dark(x / module, y / module))
    }

    /// Whether a module is dark, counted from the corner of the quiet zone. Behind the edge all is light.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.side);
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => self.modules[y * self.side + x],
            _ => false,
        }
    }

    /// Dark modules that stand side by side: column, row, how many.
    fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for y in 0..self.side() {
            for x in (0..self.side()).filter(|x| self.is_dark(*x, y)) {
                match runs.last_mut() {
                    Some((start, row, length)) if *row == y && *start + *length == x => *length += 1,
                    _ => runs.push((x, y, 1)),
                }
            }
        }
        runs
    }
}

/// Black and white of the 256 colours, which no theme of a terminal changes.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";

impl Paint {
    /// Two modules, one above the other. Letters are dark in [`Paint::Colours`] and light in [`Paint::Plain`].
    fn glyph(self, upper: bool, lower: bool) -> char {
        let is_letter = |is_dark: bool| is_dark == (self == Self::Colours);
        match (is_letter(upper), is_letter(lower)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }
    }
}

#[cfg(test)]
mod tests;
