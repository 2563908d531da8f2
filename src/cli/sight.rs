//! A code in front of a person, as long as there is a question about it: when the terminal becomes too narrow for a QR code,
//! or wide enough, it is said or drawn again.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::drawing::{Drawing, PictureFile, or_why};
use crate::cli::fault::Fault;
use crate::cli::streams::cannot;
use crate::cli::terminal::{self, Terminal};
use crate::cli::ui::Ui;
use crate::verify::Form;

/// How faults call what is drawn.
const WHAT: &str = "the code";

/// The code of a session, in a form.
#[derive(Clone)]
pub struct Sight {
    form: Form,
    session: String,
    code: String,
    drawn: Arc<Mutex<Option<Drawn>>>,
}

impl Sight {
    /// Nothing is shown yet.
    pub fn new(form: Form, session: String, code: String) -> Self {
        Self {
            form,
            session,
            code,
            drawn: Arc::default(),
        }
    }

    /// The form.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The session.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Shows it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn show(&self, terminal: &Terminal, ui: &Ui) -> Result<(), Fault> {
        let drawing = match self.form {
            Form::Qr => self.draw(terminal, ui)?,
            _ => String::new(),
        };
        let what_to_do = match self.form {
            Form::Typed => "Read these words to your peer:",
            Form::Qr => "Show this code to your peer, or scan your peer's:",
            _ => "Compare this code with your peer, by voice or in person:",
        };
        let (session, code) = (&self.session, &self.code);
        terminal.say(&format!("\nSession {session}. {what_to_do}\n\n{drawing}    {code}\n\n"))
    }

    fn draw(&self, terminal: &Terminal, ui: &Ui) -> Result<String, Fault> {
        let tty = terminal.stream().try_clone();
        let mut drawn = Drawn {
            drawing: Drawing::of(&self.code, WHAT, terminal.stream(), ui)?,
            tty: tty.map_err(|error| cannot("use", "the terminal", &error))?,
            fits: None,
        };
        let text = drawn.again().unwrap_or_default();
        *self.drawn.lock().unwrap_or_else(PoisonError::into_inner) = Some(drawn);
        Ok(format!("{text}\n"))
    }

    /// Writes a picture of its QR code.
    ///
    /// # Errors
    /// When it did not reach its place.
    pub fn picture(&self, file: PictureFile, ui: &Ui) -> anyhow::Result<()> {
        let name = file.write(&self.code, WHAT)?;
        ui.note(&format!("the QR code is in {name}"));
        Ok(())
    }

    /// Asks whether it is the peer's.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn ask(&self, terminal: &Terminal) -> Result<String, Fault> {
        let drawn = Arc::clone(&self.drawn);
        let resized = move || {
            let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
            let text = drawn.as_mut()?.again()?;
            Some(format!("\n\n{text}\n"))
        };
        terminal.line_beside(question(self.form), Box::new(resized))
    }
}

/// The file that `--qr` names, when the code in this form is a picture.
///
/// # Errors
/// As [`PictureFile::open`]; a usage fault when there is no QR code.
pub fn picture_file(path: Option<&Path>, form: Form) -> Result<Option<PictureFile>, Fault> {
    match path {
        Some(_) if form != Form::Qr => Err(Fault::usage("there is no QR code for --qr to write")
            .because(format!("the code is compared in the form '{form}'"))),
        path => path.map(PictureFile::open).transpose(),
    }
}

fn question(form: Form) -> &'static str {
    match form {
        Form::Typed => "Type the words that your peer reads to you, or \"no\": ",
        Form::Qr => "Type the text of your peer's code or the name of a picture of it, or \"no\": ",
        _ => "Is your peer's code the same? Type \"match\" or \"no\": ",
    }
}

/// A QR code on the terminal.
struct Drawn {
    drawing: Drawing,
    tty: File,
    fits: Option<bool>,
}

impl Drawn {
    /// The drawing, or why there is none; nothing while neither has changed: a window that is dragged tells each width.
    fn again(&mut self) -> Option<String> {
        let drawing = self.drawing.within(terminal::columns(&self.tty));
        let fits = Some(drawing.is_ok());
        (std::mem::replace(&mut self.fits, fits) != fits).then(|| or_why(drawing))
    }
}
