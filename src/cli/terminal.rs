//! Questions to the person at the terminal, on /dev/tty, so that standard input and output stay free for data.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::rc::Rc;

use rustix::termios::tcgetwinsize;

use rustix::termios::{QueueSelector, tcflush};

use crate::cli::fault::Fault;
use crate::cli::shown::shown_line;
use crate::cli::signals::{Asking, Echo, Resized};
use crate::cli::streams::{cannot, first_line};
use crate::cli::ui::{Prompts, Ui};
use crate::secret::Passphrase;

/// The terminal that the program was started from.
pub struct Terminal {
    tty: File,
}

impl Terminal {
    /// Opens it to ask for `wanted`; `instead` names the flag that makes the question unnecessary.
    ///
    /// # Errors
    /// A usage fault when there is no terminal, or `--no-input` forbids questions.
    pub fn open(ui: &Ui, wanted: &str, instead: &str) -> Result<Self, Fault> {
        let refused = |why: &str| {
            Fault::usage(format!("cannot ask for {wanted}"))
                .because(why)
                .hint(format!("use {instead}"))
        };
        if ui.prompts() == Prompts::Forbidden {
            return Err(refused("--no-input forbids questions"));
        }
        let tty = File::options().read(true).write(true).open("/dev/tty");
        Ok(Self {
            tty: tty.map_err(|_| refused("there is no terminal"))?,
        })
    }

    /// The terminal as a stream, to find out how wide it is.
    pub fn stream(&self) -> &File {
        &self.tty
    }

    /// Asks for a passphrase without showing it.
    ///
    /// # Errors
    /// When nothing is typed.
    pub fn passphrase(&self, question: &str) -> Result<Passphrase, Fault> {
        self.hidden(question)?
            .ok_or_else(|| Fault::no_key("passphrase", "no passphrase was typed"))
    }

    /// Asks for a new passphrase, twice; typing nothing takes the one that `generate` makes, and shows it.
    ///
    /// # Errors
    /// When the two differ, or `generate` fails.
    pub fn new_passphrase(&self, generate: impl FnOnce() -> Result<Passphrase, Fault>) -> Result<Passphrase, Fault> {
        let Some(first) = self.hidden("New passphrase (empty: make one): ")? else {
            let made = generate()?;
            self.show(b"The passphrase is: ", made.expose())?;
            return Ok(made);
        };
        match self.hidden("The same again: ")? {
            Some(second) if first.same(&second) => Ok(first),
            _ => Err(Fault::failure("the two passphrases differ")
                .of_kind("passphrase")
                .hint("try again")),
        }
    }

    /// Shows something that is for the person alone: a code, not a note in a log. What was typed before it was shown
    /// cannot be an answer to it, and is forgotten.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn say(&self, text: &str) -> Result<(), Fault> {
        let forgotten = tcflush(&self.tty, QueueSelector::IFlush);
        forgotten.map_err(|error| cannot("use", "the terminal", &error.into()))?;
        self.tell(text)
    }

    /// Tells the person something that needs no answer.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn tell(&self, text: &str) -> Result<(), Fault> {
        (&self.tty)
            .write_all(text.as_bytes())
            .map_err(|error| cannot("write to", "the terminal", &error))
    }

    /// Asks for a line that may be seen.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn line(&self, question: &str) -> Result<String, Fault> {
        self.line_beside(question, Box::new(|| None))
    }

    /// As [`Terminal::line`], beside something that depends on the width of the terminal: what `resized` gives is
    /// written, and the question is asked again.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn line_beside(&self, question: &str, resized: Resized) -> Result<String, Fault> {
        self.visible(question, resized)
            .map_err(|error| cannot("read from", "the terminal", &error))
    }

    fn visible(&self, question: &str, resized: Resized) -> io::Result<String> {
        let _asking = Asking::start(&self.tty, &shown_line(question), Echo::Visible, resized)?;
        let line = first_line(&mut &self.tty)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// Asks for a line without showing it; `None` when it is empty.
    ///
    /// # Errors
    /// When the terminal is gone, or the question is not answered (Ctrl-D).
    pub fn hidden(&self, question: &str) -> Result<Option<Passphrase>, Fault> {
        let ended = Rc::new(Cell::new(false));
        let typed = self.read_hidden(question, Rc::clone(&ended));
        let typed = typed.map_err(|error| cannot("read from", "the terminal", &error))?;
        if typed.is_empty() && ended.get() {
            return Err(Fault::failure("the question was not answered").of_kind("passphrase"));
        }
        Ok(Passphrase::new(typed.into_bytes()))
    }

    fn read_hidden(&self, question: &str, ended: Rc<Cell<bool>>) -> io::Result<String> {
        let keys = Keys {
            tty: self.tty.try_clone()?,
            ended,
        };
        let asking = Asking::start(&self.tty, &shown_line(question), Echo::Hidden, Box::new(|| None))?;
        let config = rpassword::ConfigBuilder::new()
            .input_reader(keys)
            .output_discard()
            .build();
        let typed = rpassword::read_password_with_config(config);
        drop(asking);
        // The line end that was typed was not echoed either.
        (&self.tty).write_all(b"\n")?;
        typed
    }

    fn show(&self, label: &[u8], secret: &[u8]) -> Result<(), Fault> {
        let mut tty = &self.tty;
        let shown = tty
            .write_all(label)
            .and_then(|()| tty.write_all(secret))
            .and_then(|()| tty.write_all(b"\n"));
        shown.map_err(|error| cannot("write to", "the terminal", &error))
    }
}

/// How wide the terminal behind a stream is, if there is one.
pub fn columns(stream: impl AsFd) -> Option<usize> {
    let size = tcgetwinsize(stream).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// What is typed. An end of file (Ctrl-D) is remembered, because the reader above takes it for an empty line.
struct Keys {
    tty: File,
    ended: Rc<Cell<bool>>,
}

impl Read for Keys {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tty.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    self.ended.set(matches!(read, Ok(0)));
                    return read;
                }
            }
        }
    }
}
