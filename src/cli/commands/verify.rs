//! `keypact verify`: the comparison of a session that waits in another window, shown again, answered, or read from a
//! picture.

use std::io::{self, Read};
use std::path::PathBuf;

use crate::cli::comparison::picture;
use crate::cli::desk::Waiting;
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::sight::{Sight, picture_file};
use crate::cli::streams::Claims;
use crate::cli::terminal::Terminal;
use crate::cli::ui::Ui;

/// The longest text on standard input: a camera program may read a code many times.
const LIMIT: u64 = 64 << 10;

const EXAMPLES: &str = "\
Examples, while an exchange with --compare qr waits in another window:
  Read your peer's QR code from a picture of its screen
    keypact verify --image shot.png
  Let a camera read it
    zbarcam --raw -1 | keypact verify -";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The session that waits [default: the only one]; '-' reads the text of the peer's QR code from stdin
    #[arg(value_name = "SESSION|-")]
    session: Option<String>,
    /// Read the peer's QR code from this PNG picture
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// Write the QR code of this side to this new file, whose name ends in .svg or .png
    #[arg(long, value_name = "FILE")]
    qr: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let is_text = self.session.as_deref() == Some("-");
        let session = self.session.as_deref().filter(|_| !is_text);
        let texts = match (&self.image, is_text) {
            (Some(_), true) => return Err(Fault::usage("a picture and a text cannot both be read").into()),
            (Some(path), false) => read(path)?,
            (None, true) => typed()?,
            (None, false) => Vec::new(),
        };
        let waiting = Waiting::find(session, ui)?;
        let sight = waiting.sight()?;
        if let Some(picture) = picture_file(self.qr.as_deref(), sight.form())? {
            sight.picture(picture, ui)?;
        }
        if texts.is_empty() {
            return Ok(ask(&waiting, &sight, ui)?);
        }
        let mut outcome = String::new();
        for text in texts {
            outcome = waiting.say(&text)?;
            if is_decided(&outcome, ui)? {
                return Ok(());
            }
        }
        Err(Fault::inauthentic("code", "no code of your peer was read")
            .because(outcome)
            .hint("scan the code on your peer's screen, whole and sharp")
            .into())
    }
}

fn read(path: &PathBuf) -> Result<Vec<String>, Fault> {
    let texts = picture(path).ok_or_else(|| Fault::failure(format!("there is no picture {}", shown(path))))?;
    texts.map_err(|fault| fault.of_kind("picture"))
}

fn typed() -> Result<Vec<String>, Fault> {
    Claims::default().stdin("the peer's code")?;
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
    let terminal = Terminal::open(ui, "a comparison of codes", "--image FILE, or '-' for a text")?;
    sight.show(&terminal, ui)?;
    loop {
        let outcome = waiting.say(&sight.ask(&terminal)?)?;
        if is_decided(&outcome, ui)? {
            return Ok(());
        }
        terminal.say(&format!("{outcome}\n"))?;
    }
}

fn is_decided(outcome: &str, ui: &Ui) -> Result<bool, Fault> {
    match outcome {
        "match" => {
            ui.say("VERIFIED");
            Ok(true)
        }
        "the codes differ" => Err(Fault::inauthentic("codes_differ", "the codes differ")
            .hint("somebody may be in the middle; do not try again over this channel before you know why")),
        _ => Ok(false),
    }
}
