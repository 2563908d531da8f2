//! QR codes: on a terminal, with colours where they fit, and as pictures in files.

use std::ffi::OsStr;
use std::io::{IsTerminal, Write as _};
use std::os::fd::AsFd;
use std::path::Path;

use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output};
use crate::cli::shown::shown;
use crate::cli::streams::Claims;
use crate::cli::terminal;
use crate::cli::ui::Ui;
use crate::codes::qr::{Code, Ground, Paint};
use crate::secret::SecretBytes;

/// Units of a picture to a module: half a millimetre in print, and easy to scan from a screen.
const MODULE: usize = 8;

/// The code of `text`, which faults call `what`, for the terminal behind `stream`, or as plain text where there is none.
///
/// # Errors
/// When the text is too long for any code, or the terminal too narrow for this one.
pub fn qr(text: &str, what: &'static str, stream: &(impl IsTerminal + AsFd), ui: &Ui) -> Result<String, Fault> {
    Drawing::of(text, what, stream, ui)?.within(terminal::columns(stream))
}

/// A drawing, or in its place why there is none and what helps.
pub fn or_why(drawing: Result<String, Fault>) -> String {
    drawing.unwrap_or_else(|fault| {
        let hint = fault.next.unwrap_or_default();
        format!("({}: {hint}, or scan a picture that --qr FILE writes)\n", fault.what)
    })
}

/// A QR code for a terminal, whose width may change.
pub struct Drawing {
    code: Code,
    what: &'static str,
    paint: Paint,
}

impl Drawing {
    /// As [`qr`].
    ///
    /// # Errors
    /// When the text is too long for any code.
    pub fn of(text: &str, what: &'static str, stream: &impl IsTerminal, ui: &Ui) -> Result<Self, Fault> {
        let paint = if ui.is_coloured_on(stream) {
            Paint::Colours
        } else {
            Paint::Plain
        };
        let code = code(text, what, Ground::Screen)?;
        Ok(Self { code, what, paint })
    }

    /// The drawing for so many columns, where they are known.
    ///
    /// # Errors
    /// When they are too few.
    pub fn within(&self, columns: Option<usize>) -> Result<String, Fault> {
        let needed = self.code.side();
        match columns.filter(|there| *there < needed) {
            None => Ok(self.code.terminal(self.paint)),
            Some(there) => Err(Fault::failure(format!(
                "the QR code of {} needs {needed} columns, and the terminal has {there}",
                self.what
            ))
            .hint("widen the terminal, or choose a smaller font")),
        }
    }
}

/// How a picture of a QR code is written.
#[derive(Clone, Copy)]
pub enum Picture {
    /// Scalable, as browsers and printers take it.
    Svg,
    /// Pixels.
    Png,
}

impl Picture {
    /// By the ending of its name.
    ///
    /// # Errors
    /// When that is another one.
    pub fn named(path: &Path) -> Result<Self, Fault> {
        match path.extension().and_then(OsStr::to_str) {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            _ => Err(
                Fault::usage(format!("{} ends neither in .svg nor in .png", shown(path)))
                    .hint("the ending of the name says how the QR code is written"),
            ),
        }
    }

    /// The code of `text`, which faults call `what`.
    ///
    /// # Errors
    /// When the text is too long for any code.
    pub fn of(self, text: &str, what: &str, ground: Ground) -> Result<SecretBytes, Fault> {
        let code = code(text, what, ground)?;
        Ok(SecretBytes::new(match self {
            Self::Svg => code.svg(MODULE).into_bytes(),
            Self::Png => code.png(MODULE),
        }))
    }
}

/// A new file for a picture, found before there is a code to draw; for its owner alone.
pub struct PictureFile {
    picture: Picture,
    output: Output,
    name: String,
}

impl PictureFile {
    /// What `--qr` names.
    ///
    /// # Errors
    /// When it is there already, cannot be created, or its name does not say how it is written.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let picture = Picture::named(path)?;
        let output = Output::open(Some(path), Contents::Key, "the QR code", &mut Claims::default())?;
        let name = shown(path);
        Ok(Self { picture, output, name })
    }

    /// Draws `text`, which faults call `what`; gives the file's name for people.
    ///
    /// # Errors
    /// When it did not reach its place.
    pub fn write(mut self, text: &str, what: &str) -> anyhow::Result<String> {
        let picture = self.picture.of(text, what, Ground::Screen)?;
        self.output.write_all(picture.expose())?;
        self.output.commit()?;
        Ok(self.name)
    }
}

fn code(text: &str, what: &str, ground: Ground) -> Result<Code, Fault> {
    Code::of(text, ground).map_err(|_| Fault::failure(format!("{what} does not fit into a QR code")))
}
