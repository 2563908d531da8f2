//! One-time codes: made and shown, read from a file, or typed. Each is good for one guess, on each side, ever.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::drawing::{self, PictureFile};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::spent::Spent;
use crate::cli::streams::{Claims, secret_line};
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;
use crate::codes::lists::List;
use crate::codes::words::{self, WordError};
use crate::crypto::rng::{OsRng, Rng, RngError};
use crate::encoding::base32;
use crate::handshake::{Code, Mode, Role};
use crate::secret::{Secret, SecretBytes};

/// How a code begins that is made for a camera; random bytes in base32 follow.
const SCANNED: &str = "KPC1:";
const SCANNED_BYTES: usize = 16;
const SCANNED_DIGITS: usize = 26;
/// Fewer words than this could be guessed in earnest.
const FEWEST: usize = 2;
/// More words than this are no code that anybody says aloud.
const MOST: usize = 8;
/// How often a slip of the finger may be mended: a word that is in no list is no guess.
const ATTEMPTS: usize = 5;

/// The one-time code.
#[derive(Args)]
pub struct CodeArgs {
    /// Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known
    /// already; others on this machine can see it.)
    #[arg(long, value_name = "CODE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    code: Option<String>,
    /// The one-time code is in the first line of this file
    #[arg(long, value_name = "FILE|fd:N", conflicts_with_all = ["code", "code_prompt"])]
    code_file: Option<PathBuf>,
    /// Ask for the one-time code that the peer has told
    #[arg(long, conflicts_with = "code")]
    code_prompt: bool,
    /// How many words a code has that is made here: 3 are 24 bits
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=8), requires = "code")]
    code_words: u8,
}

impl CodeArgs {
    /// Whether one is made here.
    pub fn is_made(&self) -> bool {
        self.code.as_ref().is_some_and(String::is_empty)
    }

    /// Whether there is to be one.
    pub fn is_given(&self) -> bool {
        self.code.is_some() || self.code_file.is_some() || self.code_prompt
    }

    /// Makes, reads or asks for the code. One that is `drawn` is made for a camera.
    ///
    /// # Errors
    /// When it is none, cannot be asked for, or has been spent.
    pub fn settle(
        &self,
        drawn: Option<Drawn>,
        claims: &mut Claims,
        ui: &Ui,
        events: &mut Events,
    ) -> Result<Option<OneTimeCode>, Fault> {
        let code = match (&self.code, &self.code_file) {
            (Some(text), _) if text.is_empty() => self.make(drawn, ui, events)?,
            (Some(text), _) => {
                ui.warn("other users of this machine can see the code of --code=CODE; --code-file or --code-prompt hides it");
                parse(text)?
            }
            (None, Some(file)) => {
                let line = secret_line(file, "the one-time code", claims, ui)?;
                let text = std::str::from_utf8(line.expose());
                parse(text.map_err(|_| no_code(&WordError::Unknown(1), ""))?)?
            }
            (None, None) if self.code_prompt => ask(ui)?,
            (None, None) => return Ok(None),
        };
        let code = OneTimeCode {
            spent: Spent::find(ui)?,
            canonical: code,
        };
        code.spent.refuse_spent(&code.canonical)?;
        Ok(Some(code))
    }

    fn make(&self, drawn: Option<Drawn>, ui: &Ui, events: &mut Events) -> Result<SecretBytes, Fault> {
        let code = match &drawn {
            Some(_) => for_a_camera()?,
            None => in_words(usize::from(self.code_words))?,
        };
        events.emit(&json!({"event": "one-time-code", "code": code}));
        show(&code, drawn, ui)?;
        Ok(SecretBytes::new(code.into_bytes()))
    }
}

/// A code, and the record of those that are spent.
pub struct OneTimeCode {
    canonical: SecretBytes,
    spent: Spent,
}

impl OneTimeCode {
    /// What the exchange demands.
    pub fn mode(&self) -> Mode {
        Mode::Code(Code::new(SecretBytes::new(self.canonical.expose().to_vec())))
    }

    /// Counts as used from here on, whatever becomes of this run.
    ///
    /// # Errors
    /// When another run has used it meanwhile, or that cannot be written down.
    pub fn spend(&self, role: Role) -> Result<(), Fault> {
        self.spent.spend(&self.canonical, role)
    }

    /// The run has failed: if it has used the code, that counts for both roles.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub fn failed(&self) -> Result<(), Fault> {
        self.spent.spend_wholly(&self.canonical)
    }
}

/// Where the QR code of a one-time code goes.
pub enum Drawn {
    /// Under the code itself.
    Terminal,
    /// To a new file.
    File(Box<PictureFile>),
}

impl Drawn {
    /// What `--qr` names.
    ///
    /// # Errors
    /// As [`PictureFile::open`].
    pub fn to(path: &Path) -> Result<Self, Fault> {
        if path.as_os_str() == "-" {
            return Ok(Self::Terminal);
        }
        Ok(Self::File(Box::new(PictureFile::open(path)?)))
    }

    fn draw(self, code: &str, terminal: Option<&Terminal>, ui: &Ui) -> Result<(), Fault> {
        const WHAT: &str = "the one-time code";
        match (self, terminal) {
            (Self::File(file), _) => {
                let name = file.write(code, WHAT).map_err(|error| Fault::of(&error))?;
                ui.warn(&format!(
                    "{name} holds the one-time code: let nobody but your peer see it"
                ));
                Ok(())
            }
            (Self::Terminal, Some(terminal)) => {
                let drawing = drawing::qr(code, WHAT, terminal.stream(), ui);
                terminal.tell(&format!("\n{}\n", drawing::or_why(drawing)))
            }
            (Self::Terminal, None) => {
                Err(Fault::usage("there is no terminal to draw a QR code on").hint("name a file: --qr code.png"))
            }
        }
    }
}

fn in_words(count: usize) -> Result<String, Fault> {
    let mut drawn = [0; MOST];
    OsRng.fill(&mut drawn[..count]).map_err(no_randomness)?;
    Ok(words::spoken(&drawn[..count]).replace(' ', "-"))
}

fn for_a_camera() -> Result<String, Fault> {
    let drawn = Secret::<SCANNED_BYTES>::generate(&mut OsRng).map_err(no_randomness)?;
    Ok(format!("{SCANNED}{}", base32::encode(drawn.expose()).expose()))
}

fn no_randomness(error: RngError) -> Fault {
    Fault::failure("no code was made").of_kind("rng").because(error)
}

/// Shows it to the person alone where there is one; a script that asked for a code reads it where it reads everything else.
fn show(code: &str, drawn: Option<Drawn>, ui: &Ui) -> Result<(), Fault> {
    let text = format!("one-time code: {code}");
    let terminal = Terminal::open(ui, "a code", "--code-file").ok();
    match &terminal {
        Some(terminal) => terminal.say(&format!("{text}\n"))?,
        None => ui.say(&text),
    }
    drawn.map_or(Ok(()), |drawn| drawn.draw(code, terminal.as_ref(), ui))
}

fn ask(ui: &Ui) -> Result<SecretBytes, Fault> {
    let terminal = Terminal::open(ui, "the one-time code", "--code-file FILE")?;
    let mut wrong = None;
    for _ in 0..ATTEMPTS {
        match parse(&terminal.line("One-time code: ")?) {
            Ok(code) => return Ok(code),
            Err(fault) => {
                let why = fault.why.clone().unwrap_or_default();
                terminal.tell(&format!("That is no code: {why}\n"))?;
                wrong = Some(fault);
            }
        }
    }
    Err(wrong.unwrap_or_else(|| no_code(&WordError::Empty, "")))
}

/// The canonical text: words in lower case joined by hyphens, or a scanned code as it is.
fn parse(text: &str) -> Result<SecretBytes, Fault> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix(SCANNED) {
        let is_base32 = digits.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        if is_base32 && digits.len() == SCANNED_DIGITS {
            return Ok(SecretBytes::new(text.as_bytes().to_vec()));
        }
        return Err(Fault::usage("this is no one-time code").because("a scanned code has 26 letters and digits"));
    }
    let bytes = words::heard(text).map_err(|error| no_code(&error, text))?;
    let count = bytes.expose().len();
    if !(FEWEST..=MOST).contains(&count) {
        return Err(
            Fault::usage("this is no one-time code").because(format!("it has {count} words, not {FEWEST} to {MOST}"))
        );
    }
    Ok(SecretBytes::new(
        words::spoken(bytes.expose()).replace(' ', "-").into_bytes(),
    ))
}

fn no_code(error: &WordError, text: &str) -> Fault {
    let fault = Fault::usage("this is no one-time code").hint("ask your peer for the code once more");
    let near = match error {
        WordError::Unknown(place) => words::split(text)
            .nth(place - 1)
            .map(|word| List::at(place - 1).nearest(word).join(", "))
            .filter(|near| !near.is_empty()),
        _ => None,
    };
    match near {
        Some(near) => fault.because(format!("{error}; near it are: {near}")),
        None => fault.because(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_one_text() {
        let canonical = |text: &str| parse(text).map(|code| String::from_utf8(code.expose().to_vec()).unwrap());
        for text in ["topmost-istanbul-pluto", " Topmost  ISTANBUL, pluto\n"] {
            assert_eq!(canonical(text).unwrap(), "topmost-istanbul-pluto");
        }
        let scanned = format!("{SCANNED}{}", "A7".repeat(13));
        assert_eq!(canonical(&scanned).unwrap(), scanned);
        for wrong in [
            "",
            "topmost",
            "topmost pluto",
            "topmost istambul pluto",
            "KPC1:AAAA",
            "KPC1:aaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(canonical(wrong).unwrap_err().kind, "usage", "{wrong}");
        }
        let why = canonical("topmost istambul pluto").unwrap_err().why.unwrap();
        assert!(why.contains("word 2") && why.contains("istanbul"), "{why}");
    }
}
