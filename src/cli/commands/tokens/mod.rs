//! `keypact offer`, `accept`, `finish` and `confirm`: an exchange whose messages people carry as texts, with hours or days
//! between them.

mod accept;
mod confirm;
mod finish;
mod offer;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub(super) use accept::Accept;
pub(super) use confirm::Confirm;
pub(super) use finish::Finish;
pub(super) use offer::Offer;

use serde_json::{Value, json};

use crate::cli::auth::{Auth, AuthArgs};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::keys::Passphrases;
use crate::cli::output::{Contents, Output};
use crate::cli::pending::{Memory, Pending, Stage, State};
use crate::cli::streams::{Claims, Input};
use crate::cli::ui::Ui;
use crate::handshake::{Handshake, MAX_TEXT, Setting, Token, TokenError, TokenKind};
use crate::secret::Passphrase;

/// What is kept until the next text comes.
#[derive(clap::Args)]
struct KeepArgs {
    /// Forget the exchange after this time: from 1h to 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = lifetime)]
    expires: Duration,
    /// Lock what is kept of the exchange with a passphrase, asked for on the terminal
    #[arg(short, long, conflicts_with = "passphrase_file")]
    passphrase: bool,
    /// Lock what is kept of the exchange with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
}

/// Less is too short for mail; more is too long for keys that could open the exchange to lie about.
fn lifetime(text: &str) -> Result<Duration, String> {
    const HOUR: Duration = Duration::from_secs(3600);
    let given = humantime::parse_duration(text).ok();
    let given = given.filter(|given| (HOUR..=7 * 24 * HOUR).contains(given));
    given.ok_or_else(|| "not a time from 1h to 7d".to_owned())
}

impl KeepArgs {
    fn lock(&self, claims: &mut Claims, ui: &Ui) -> Result<Option<Passphrase>, Fault> {
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), claims, ui)?;
        let is_locked = self.passphrase || passphrases.are_given();
        is_locked.then(|| passphrases.lock("the exchange")).transpose()
    }
}

/// What was settled before there is a message.
struct Begun {
    auth: Auth,
    memory: Memory,
    lock: Option<Passphrase>,
    expires: SystemTime,
    pending: Pending,
}

impl Begun {
    fn settle(
        auth: AuthArgs,
        keep: &KeepArgs,
        claims: &mut Claims,
        ui: &Ui,
        events: &mut Events,
    ) -> Result<Self, Fault> {
        let mut memory = auth.memory()?;
        let lock = keep.lock(claims, ui)?;
        let pending = Pending::find(ui)?;
        let auth = auth.settle_in(Setting::Tokens, claims, ui, events)?;
        if let Some(key) = &auth.courier_key {
            memory.courier_key = key.place()?;
        }
        Ok(Self {
            auth,
            memory,
            lock,
            expires: SystemTime::now() + keep.expires,
            pending,
        })
    }

    /// Keeps the exchange, and then hands its text out.
    fn keep(self, stage: Stage, name: &str, exchange: Handshake, token: &Token, places: Places) -> anyhow::Result<()> {
        let report = json!({"name": name, "expires": humantime::format_rfc3339_seconds(self.expires).to_string()});
        let aside = exchange.save().expect("a message has been made");
        let kept = State::new(stage, self.expires, self.memory, &aside, self.lock.as_ref())?;
        self.pending.add(name, &kept)?;
        hand_over(token, places, report, name, &self.pending)
    }
}

/// Where the text for the peer goes, and what programs are told.
#[derive(clap::Args)]
struct TextArgs {
    /// Write the text for your peer, where there is one, to FILE [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Describe the result as one JSON object on stdout, with the text in it
    #[arg(long)]
    json: bool,
}

/// What `TextArgs` ask for, open before there is a text.
struct Places {
    text: Option<Output>,
    file: Option<PathBuf>,
    answer: Option<Output>,
}

impl TextArgs {
    /// Places for a text. On stdout the answer of --json takes its place.
    fn open(&self, claims: &mut Claims) -> Result<Places, Fault> {
        let is_written = !self.json || self.output.is_some();
        let open = || Output::open(self.output.as_deref(), Contents::Text, "the text for the peer", claims);
        Ok(Places {
            text: is_written.then(open).transpose()?,
            file: self.output.clone(),
            ..self.open_for_none(claims)?
        })
    }

    /// Where there is no text.
    fn open_for_none(&self, claims: &mut Claims) -> Result<Places, Fault> {
        Ok(Places {
            text: None,
            file: None,
            answer: Output::answer(self.json, claims)?,
        })
    }
}

impl Places {
    /// Writes the text, and the report with it.
    fn write(self, text: Option<&Token>, mut report: Value) -> anyhow::Result<()> {
        if let (Some(mut output), Some(text)) = (self.text, text) {
            writeln!(output, "{text}")?;
            output.commit()?;
        }
        let Some(mut answer) = self.answer else { return Ok(()) };
        report["text"] = json!(text.map(ToString::to_string));
        report["output"] = json!(self.file);
        writeln!(answer, "{report}")?;
        answer.commit()
    }
}

/// Writes a text; without it, what is kept is of no use.
fn hand_over(token: &Token, places: Places, report: Value, name: &str, pending: &Pending) -> anyhow::Result<()> {
    let written = places.write(Some(token), report);
    if written.is_err() {
        // The failure to report is the first one; what stays expires.
        let _ = pending.forget(name);
    }
    written
}

/// The peer's text: as an argument, in a file, or on standard input, with whatever surrounds it.
fn peers_token(given: Option<&str>, wanted: &[TokenKind], claims: &mut Claims, ui: &Ui) -> Result<Token, Fault> {
    let found = if let Some(text) = given.filter(|given| is_text(given)) {
        Token::find(text.as_bytes(), wanted)
    } else {
        let path = Path::new(given.unwrap_or("-"));
        let text = Input::open_or_stdin(path, "the peer's text", claims, ui)?.read_all(MAX_TEXT)?;
        Token::find(text.expose(), wanted)
    };
    found.map_err(|error| no_token(error, wanted))
}

/// Whether an argument is a text and not the name of a file; './kp1o_' is a file.
fn is_text(given: &str) -> bool {
    let kinds = [TokenKind::Offer, TokenKind::Answer, TokenKind::Finish];
    !given.starts_with(['.', '/']) && kinds.iter().any(|kind| given.contains(kind.prefix()))
}

fn no_token(error: TokenError, wanted: &[TokenKind]) -> Fault {
    let prefixes: Vec<_> = wanted.iter().map(|kind| kind.prefix()).collect();
    let hint = match error {
        TokenError::OtherKind(TokenKind::Offer) => {
            "your peer's offer is read by 'keypact accept'; your own is for your peer".to_owned()
        }
        TokenError::OtherKind(_) => "answers are read by 'keypact finish'".to_owned(),
        TokenError::Several => "give it one of them".to_owned(),
        _ => format!(
            "nothing was used up: copy the whole text, from {} on, once more",
            prefixes.join(" or ")
        ),
    };
    Fault::inauthentic("token", "this is not the text that is wanted")
        .because(error)
        .hint(hint)
}
