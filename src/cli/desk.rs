//! Where `keypact verify`, in another window, finds a session that waits to be verified: a Unix socket of this user in the
//! folder for sockets, as long as the session waits.
//!
//! One line each way: `show` is answered by an object with session, form and code; `say ANSWER` counts like an answer at the
//! terminal, and is answered by what came of it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;
use rustix::process::geteuid;
use serde_json::{Value, json};

use crate::cli::config;
use crate::cli::fault::Fault;
use crate::cli::folder;
use crate::cli::shown::shown;
use crate::cli::sight::Sight;
use crate::cli::signals::Socket;
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::cli::wire::{Inbox, Said, Wire};
use crate::verify::Form;

/// Around the session in the name of its socket.
const PREFIX: &str = "verify-";
const SUFFIX: &str = ".sock";
/// The longest line: the text of a QR code is the longest that makes sense.
const LINE: u64 = 1024;
/// How long somebody who comes may take for a line, and how long the session takes to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A session that waits here; dropping it ends that.
pub struct Desk {
    listener: UnixListener,
    _socket: Socket,
}

impl Desk {
    /// Opens one. Where that is not possible, the person at the terminal can still answer.
    pub fn open(session: &str, code: &str, form: Form, wire: &Wire, ui: &Ui) -> Option<Self> {
        let shown = json!({"session": session, "form": form.word(), "code": code}).to_string();
        let opened = Self::listen(session, shown, wire.inbox(), ui);
        opened
            .inspect_err(|fault| ui.detail(&format!("'keypact verify' cannot be used: {}", fault.what)))
            .ok()
    }

    fn listen(session: &str, text: String, inbox: Inbox, ui: &Ui) -> Result<Self, Fault> {
        let folder = ui.paths()?.runtime;
        config::create_private(&folder)?;
        let path = folder.join(format!("{PREFIX}{session}{SUFFIX}"));
        let failed = |error: io::Error| cannot("listen on", &shown(&path), &error);
        let (listener, socket) = Socket::bind(&path, || UnixListener::bind(&path)).map_err(failed)?;
        let served = listener.try_clone().map_err(failed)?;
        thread::Builder::new()
            .spawn(move || serve(&served, &text, &inbox))
            .map_err(failed)?;
        Ok(Self {
            listener,
            _socket: socket,
        })
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The thread that waits for callers wakes up and ends.
        let _ = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both);
    }
}

fn serve(listener: &UnixListener, shown: &str, inbox: &Inbox) {
    while let Ok((caller, _)) = listener.accept() {
        // One that breaks off, says nothing or is somebody else gets no answer, and the next one is heard.
        let _ = answer(&caller, shown, inbox);
    }
}

fn answer(caller: &UnixStream, shown: &str, inbox: &Inbox) -> io::Result<()> {
    if socket_peercred(caller)?.uid != geteuid() {
        return Ok(());
    }
    caller.set_read_timeout(Some(PATIENCE))?;
    caller.set_write_timeout(Some(PATIENCE))?;
    let line = line(caller)?;
    let reply = match line.split_once(' ') {
        None if line == "show" => shown.to_owned(),
        Some(("say", answer)) => {
            let (asker, outcome) = mpsc::sync_channel(1);
            inbox.put(Ok(Said {
                line: answer.to_owned(),
                asker: Some(asker),
            }));
            outcome.recv_timeout(PATIENCE).unwrap_or_default()
        }
        _ => return Ok(()),
    };
    (&*caller).write_all(format!("{reply}\n").as_bytes())
}

fn line(stream: &UnixStream) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(stream.take(LINE)).read_line(&mut line)?;
    Ok(line.trim_end_matches('\n').to_owned())
}

/// A session that waits, seen from `keypact verify`.
pub struct Waiting {
    path: PathBuf,
    /// The session and, as both sides may wait on one machine, the side.
    name: String,
    shown: Value,
}

impl Waiting {
    /// The one of this name, or the only one, if one waits.
    ///
    /// # Errors
    /// When several do and none is named.
    pub fn find(session: Option<&str>, ui: &Ui) -> Result<Option<Self>, Fault> {
        let folder = ui.paths()?.runtime;
        let all = folder::names_in(&folder).unwrap_or_default();
        let mut waiting: Vec<Self> = all
            .iter()
            .filter_map(|name| Self::look(&folder, name.to_str()?))
            .collect();
        waiting.retain(|one| session.is_none_or(|wanted| wanted == one.name || wanted == one.field("session")));
        match (waiting.pop(), waiting.is_empty()) {
            (Some(one), false) => Err(several(waiting.iter().chain([&one]))),
            (one, _) => Ok(one),
        }
    }

    fn look(folder: &Path, file: &str) -> Option<Self> {
        let name = file.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.to_owned();
        let path = folder.join(file);
        let shown = serde_json::from_str(&ask(&path, "show").ok()?).ok()?;
        Some(Self { path, name, shown })
    }

    /// What it shows, to be shown here.
    ///
    /// # Errors
    /// When it is a newer program's, with a form that this one does not know.
    pub fn sight(&self) -> Result<Sight, Fault> {
        let form = self.field("form").parse();
        let form = form.map_err(|_| Fault::peer("protocol", "the session shows an unknown form"))?;
        Ok(Sight::new(
            form,
            self.field("session").to_owned(),
            self.field("code").to_owned(),
        ))
    }

    /// One field of what it shows.
    fn field(&self, name: &str) -> &str {
        self.shown[name].as_str().unwrap_or_default()
    }

    /// Answers in a person's place: what came of it.
    ///
    /// # Errors
    /// When the session is gone.
    pub fn say(&self, answer: &str) -> Result<String, Fault> {
        let gone = |error: io::Error| Fault::peer("gone", "the session does not wait any more").because(error);
        match ask(&self.path, &format!("say {answer}")).map_err(gone)? {
            outcome if outcome.is_empty() => Err(gone(io::ErrorKind::UnexpectedEof.into())),
            outcome => Ok(outcome),
        }
    }
}

fn several<'a>(waiting: impl Iterator<Item = &'a Waiting>) -> Fault {
    let names: Vec<&str> = waiting.map(|one| one.name.as_str()).collect();
    Fault::usage("several sessions wait to be verified")
        .because(names.join(", "))
        .hint("name one: keypact verify SESSION")
}

fn ask(path: &Path, words: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE * 2))?;
    stream.write_all(format!("{words}\n").as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    line(&stream)
}
