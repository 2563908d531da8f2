//! `keypact verify`: the comparison of a session that waits, in another window or on the disk, shown again, answered, or
//! made with what a picture or another program has read.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::aside::{Aside, no_code};
use crate::cli::auth::Judge;
use crate::cli::comparison::picture;
use crate::cli::desk::Waiting;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::pending::{Pending, Stage, State};
use crate::cli::shown::shown;
use crate::cli::sight::{Sight, picture_file};
use crate::cli::streams::Claims;
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;

/// The longest text on standard input: a camera program may read a code many times.
const LIMIT: u64 = 64 << 10;
/// Letters and digits in the name of a session, or of an exchange before its side. No word of a code has so many, and no
/// code for a camera so few.
const NAME: usize = 16;

const EXAMPLES: &str = "\
Examples:
  Compare an exchange of texts with the code that your peer has read out; 'keypact confirm' then gives the key
    $ keypact verify $(cat heard.txt)
  Read your peer's QR code from a picture of its screen, while 'keypact exchange --compare qr' waits in another window
    keypact verify --image shot.png
  Let a camera read it
    zbarcam --raw -1 | keypact verify -";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The session [default: the only one that waits in another window, else of those of 'keypact finish'], and what your
    /// peer's code says [default: you are asked]; '-' reads the code from stdin
    #[arg(value_name = "SESSION|CODE|-")]
    words: Vec<String>,
    /// Read the peer's QR code from this PNG picture
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// Write the QR code of this side to this new file, whose name ends in .svg or .png
    #[arg(long, value_name = "FILE")]
    qr: Option<PathBuf>,
    /// Unlock what is kept of an exchange of texts with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let (name, code) = match self.words.split_first() {
            Some((first, code)) if is_name(first) => (Some(first.as_str()), code),
            _ => (None, &self.words[..]),
        };
        let texts = match (&self.image, code) {
            (Some(path), []) => read(path)?,
            (Some(_), _) => return Err(Fault::usage("a picture and a text cannot both be read").into()),
            (None, [dash]) if dash == "-" => typed(&mut claims)?,
            (None, []) => Vec::new(),
            (None, words) => vec![words.join(" ")],
        };
        let session = Session::find(name, self.passphrase_file.as_deref(), &mut claims, ui)?;
        let sight = session.sight()?;
        if let Some(picture) = picture_file(self.qr.as_deref(), sight.form())? {
            sight.picture(picture, ui)?;
        }
        match session {
            Session::Live(waiting) if texts.is_empty() => ask(&waiting, &sight, ui)?,
            Session::Live(waiting) => hear(&waiting, &texts)?,
            Session::Aside(aside) => compare(*aside, &texts, ui)?,
        }
        ui.say("VERIFIED");
        Ok(())
    }
}

fn is_name(word: &str) -> bool {
    let name = word.split('-').next().unwrap_or_default();
    name.len() == NAME && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// What waits to be compared.
enum Session {
    /// In another window.
    Live(Waiting),
    /// On the disk.
    Aside(Box<Aside>),
}

impl Session {
    /// The one of this name, or the only one; who waits in another window comes first.
    fn find(name: Option<&str>, passphrase: Option<&Path>, claims: &mut Claims, ui: &Ui) -> anyhow::Result<Self> {
        if let Some(waiting) = Waiting::find(name, ui)? {
            return Ok(Self::Live(waiting));
        }
        let pending = Pending::find(ui)?;
        let is_meant = |state: &State| state.stage == Stage::Agreed && state.memory.compare.is_some();
        match pending.find_one(name, is_meant)? {
            Some(entry) => {
                let aside = Aside::unlock(pending, entry, passphrase, claims, ui)?;
                Ok(Self::Aside(Box::new(aside)))
            }
            None => Err(Fault::failure("no session waits to be verified")
                .of_kind("no_session")
                .hint("start an exchange that compares codes, and leave it at its question; or carry one of texts as far as 'keypact finish'")
                .into()),
        }
    }

    fn sight(&self) -> Result<Sight, Fault> {
        match self {
            Self::Live(waiting) => waiting.sight(),
            Self::Aside(aside) => Ok(aside.sight()),
        }
    }
}

/// Has it compared and writes that down, for `keypact confirm`.
fn compare(aside: Aside, texts: &[String], ui: &Ui) -> anyhow::Result<()> {
    if texts.is_empty() {
        let judge = Judge::Person(terminal(ui)?);
        aside.ask(judge, ui, &mut Events::open(None)?)?;
    } else {
        aside.hear(texts)?;
    }
    ui.note(&format!("'keypact confirm {}' gives the key", aside.entry.name));
    Ok(aside.pending.compared(aside.entry)?)
}

fn terminal(ui: &Ui) -> Result<Terminal, Fault> {
    Terminal::open(
        ui,
        "a comparison of codes",
        "--image FILE, the code itself, or '-' for a text",
    )
}

fn read(path: &PathBuf) -> Result<Vec<String>, Fault> {
    let texts = picture(path).ok_or_else(|| Fault::failure(format!("there is no picture {}", shown(path))))?;
    texts.map_err(|fault| fault.of_kind("picture"))
}

fn typed(claims: &mut Claims) -> Result<Vec<String>, Fault> {
    claims.stdin("the peer's code")?;
    let mut text = String::new();
    let read = io::stdin().take(LIMIT).read_to_string(&mut text);
    read.map_err(|error| Fault::failure("cannot read the peer's code").because(error))?;
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    if lines.is_empty() {
        return Err(Fault::failure("there is no code on standard input"));
    }
    Ok(lines)
}

/// Shows the code again and asks, as the session itself does.
fn ask(waiting: &Waiting, sight: &Sight, ui: &Ui) -> Result<(), Fault> {
    let terminal = terminal(ui)?;
    sight.show(&terminal, ui)?;
    loop {
        let outcome = waiting.say(&sight.ask(&terminal)?)?;
        if is_decided(&outcome)? {
            return Ok(());
        }
        terminal.say(&format!("{outcome}\n"))?;
    }
}

/// Answers in a person's place, with the first text that decides.
fn hear(waiting: &Waiting, texts: &[String]) -> Result<(), Fault> {
    let mut outcome = String::new();
    for text in texts {
        outcome = waiting.say(text)?;
        if is_decided(&outcome)? {
            return Ok(());
        }
    }
    Err(no_code(outcome))
}

fn is_decided(outcome: &str) -> Result<bool, Fault> {
    match outcome {
        "match" => Ok(true),
        "the codes differ" => Err(Fault::inauthentic("codes_differ", "the codes differ")
            .hint("somebody may be in the middle; do not try again over this channel before you know why")),
        _ => Ok(false),
    }
}
