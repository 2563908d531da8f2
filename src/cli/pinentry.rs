//! Questions through a pinentry, the window that GnuPG asks for passphrases in, where one is configured.
//!
//! Its protocol is Assuan, in as little as is needed: lines of at most 1,000 bytes; each command is answered by data lines
//! (`D`), then `OK` or `ERR`. Percent signs and line ends travel as `%XX`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use zeroize::Zeroizing;

use crate::cli::fault::Fault;
use crate::cli::shown::{shown, shown_line};
use crate::cli::ui::{Prompts, Ui};
use crate::roots::plugin::Choice;
use crate::secret::Passphrase;

/// The variable that names the program.
const VARIABLE: &str = "KEYPACT_PINENTRY";
/// The longest line of the protocol, and with it the longest passphrase.
const LINE: u64 = 1000;
/// What a command may carry, in bytes: a line less the longest command.
const TEXT: usize = 980;
/// Lines before an answer: comments and status reports, of which honest programs send a handful.
const ASIDES: usize = 100;
/// The code of an error in the lower 16 bits of its number: the person said no.
const CANCELLED: u32 = 99;
const NOT_CONFIRMED: u32 = 114;

/// A program that asks.
pub struct Pinentry {
    program: PathBuf,
}

impl Pinentry {
    /// The one that `KEYPACT_PINENTRY` names, by a path or by a name in the absolute folders of `PATH`.
    ///
    /// # Errors
    /// When there is none of the name: whoever configures one does not expect a question on the terminal.
    pub fn configured() -> Result<Option<Self>, Fault> {
        let Some(name) = std::env::var_os(VARIABLE).filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
        let found = match Path::new(&name) {
            path if path.is_absolute() => Some(path.to_owned()).filter(|path| path.is_file()),
            path if path.components().count() > 1 => None,
            path => folders.find_map(|folder| Some(folder.join(path)).filter(|path| path.is_file())),
        };
        let program = found.ok_or_else(|| {
            Fault::failure(format!("there is no pinentry {}", shown(&name)))
                .because(format!("{VARIABLE} names it"))
                .hint("name a program in a folder of PATH, or give its absolute path")
        })?;
        Ok(Some(Self { program }))
    }

    /// Asks for a passphrase.
    ///
    /// # Errors
    /// When none is typed, the person cancels, or the program fails.
    pub fn passphrase(&self, ui: &Ui, question: &str) -> Result<Passphrase, Fault> {
        let mut dialogue = self.start(ui)?;
        let typed = dialogue.ask(question)?;
        dialogue.end();
        typed.ok_or_else(|| Fault::no_key("passphrase", "no passphrase was typed"))
    }

    /// Asks twice for a new passphrase to lock `what` with.
    ///
    /// # Errors
    /// As [`Pinentry::passphrase`], and when the two differ.
    pub fn new_passphrase(&self, ui: &Ui, what: &str) -> Result<Passphrase, Fault> {
        let mut dialogue = self.start(ui)?;
        let first = dialogue.ask(&format!("New passphrase of {what}: "))?;
        let second = dialogue.ask("The same again: ")?;
        dialogue.end();
        match (first, second) {
            (Some(first), Some(second)) if first.same(&second) => Ok(first),
            (None, _) => Err(Fault::failure("no passphrase was typed").of_kind("passphrase")),
            _ => Err(Fault::failure("the two passphrases differ")
                .of_kind("passphrase")
                .hint("try again")),
        }
    }

    /// Asks for a choice; `None` when the person cancels.
    ///
    /// # Errors
    /// When the program fails.
    pub fn choice(&self, ui: &Ui, text: &str, yes: &str, no: Option<&str>) -> Result<Option<Choice>, Fault> {
        let mut dialogue = self.start(ui)?;
        dialogue.set("SETDESC", text)?;
        dialogue.set("SETOK", yes)?;
        no.map_or(Ok(()), |no| dialogue.set("SETCANCEL", no))?;
        let answer = dialogue.command(if no.is_some() {
            "CONFIRM"
        } else {
            "CONFIRM --one-button"
        })?;
        dialogue.end();
        Ok(match answer {
            Answer::Ok(_) => Some(Choice::Yes),
            Answer::No => no.map(|_| Choice::No),
        })
    }

    fn start(&self, ui: &Ui) -> Result<Dialogue, Fault> {
        if ui.prompts() == Prompts::Forbidden {
            return Err(Fault::usage("cannot ask through the pinentry").because("--no-input forbids questions"));
        }
        let mut command = Command::new(&self.program);
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.map_err(|error| failed(&error.to_string()))?;
        let streams = (child.stdin.take(), child.stdout.take());
        let mut dialogue = Dialogue {
            child,
            input: streams.0,
            output: streams.1.map(BufReader::new),
        };
        dialogue.greeted()?;
        Ok(dialogue)
    }
}

/// A pinentry that runs; dropping it closes its window.
struct Dialogue {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<BufReader<ChildStdout>>,
}

/// How a command ended.
enum Answer {
    Ok(Zeroizing<Vec<u8>>),
    No,
}

impl Dialogue {
    fn greeted(&mut self) -> Result<(), Fault> {
        self.answer()?;
        // Programs that draw on a terminal must be told on which; the others, and those that do not care, say no.
        for option in ["ttyname=/dev/tty".to_owned(), format!("ttytype={}", terminal_type())] {
            self.write(&format!("OPTION {option}"))?;
            let _ = self.answer();
        }
        self.set("SETTITLE", "keypact")
    }

    fn ask(&mut self, question: &str) -> Result<Option<Passphrase>, Fault> {
        self.set("SETDESC", question.trim_end_matches([':', ' ']))?;
        self.set("SETPROMPT", "Passphrase:")?;
        match self.command("GETPIN")? {
            Answer::Ok(mut typed) => Ok(Passphrase::new(std::mem::take(&mut *typed))),
            Answer::No => Err(Fault::failure("the question was not answered").of_kind("passphrase")),
        }
    }

    fn set(&mut self, command: &str, text: &str) -> Result<(), Fault> {
        let text = fitting(&shown_line(text));
        self.command(&format!("{command} {text}")).map(drop)
    }

    fn command(&mut self, line: &str) -> Result<Answer, Fault> {
        self.write(line)?;
        self.answer()
    }

    fn write(&mut self, line: &str) -> Result<(), Fault> {
        let input = self.input.as_mut().ok_or_else(|| failed("it is gone"))?;
        writeln!(input, "{line}").map_err(|error| failed(&error.to_string()))
    }

    fn answer(&mut self) -> Result<Answer, Fault> {
        let mut data = Zeroizing::new(Vec::new());
        for _ in 0..ASIDES {
            let line = self.line().map_err(|error| failed(&error.to_string()))?;
            match &line[..] {
                line if line == b"OK" || line.starts_with(b"OK ") => return Ok(Answer::Ok(data)),
                line if line.starts_with(b"D ") => unescape(&line[2..], &mut data),
                line if line.starts_with(b"ERR ") => return refused(&String::from_utf8_lossy(&line[4..])),
                _ => {}
            }
        }
        Err(failed("it does not come to an answer"))
    }

    fn line(&mut self) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut line = Zeroizing::new(Vec::with_capacity(1024));
        let output = self.output.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        output.take(LINE + 1).read_until(b'\n', &mut line)?;
        match line.pop() {
            Some(b'\n') => Ok(line),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn end(mut self) {
        let _ = self.write("BYE");
        self.input = None;
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        if self.input.take().is_some() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn refused(text: &str) -> Result<Answer, Fault> {
    let number = text.split(' ').next().and_then(|number| number.parse::<u32>().ok());
    match number.map(|number| number & 0xffff) {
        Some(CANCELLED | NOT_CONFIRMED) => Ok(Answer::No),
        _ => Err(failed(text)),
    }
}

fn failed(why: &str) -> Fault {
    Fault::failure("the pinentry failed")
        .of_kind("passphrase")
        .because(why)
        .hint(format!("unset {VARIABLE} to be asked on the terminal"))
}

fn terminal_type() -> String {
    std::env::var("TERM").unwrap_or_else(|_| "dumb".into())
}

/// As much of `text`, escaped, as a line takes.
fn fitting(text: &str) -> String {
    let mut line = String::new();
    for piece in text.chars().map(|character| escaped(&character.to_string())) {
        if line.len() + piece.len() > TEXT {
            break;
        }
        line.push_str(&piece);
    }
    line
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D")
}

fn unescape(text: &[u8], into: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| *byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(value) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            into.push(value);
            rest = &after[2..];
        } else {
            into.push(*byte);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_one_line_and_comes_back() {
        for text in ["", "plain", "100 %", "a\nb\r%0A", "ü"] {
            let line = escaped(text);
            assert!(!line.contains(['\n', '\r']));
            let mut back = Vec::new();
            unescape(line.as_bytes(), &mut back);
            assert_eq!(back, text.as_bytes());
        }
        for text in [
            "%".repeat(5000),
            "ü".repeat(5000),
            "a%ü\n".repeat(1000),
            "short %".into(),
        ] {
            let line = fitting(&text);
            assert!(line.len() <= TEXT && (line.len() + 4 > TEXT || text.len() < TEXT));
            let mut back = Vec::new();
            unescape(line.as_bytes(), &mut back);
            assert!(text.as_bytes().starts_with(&back) && std::str::from_utf8(&back).is_ok());
        }
        let mut odd = Vec::new();
        unescape(b"%4 %zz%", &mut odd);
        assert_eq!(odd, b"%4 %zz%");
    }
}
