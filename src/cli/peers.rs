//! Known peers: whose long-term key is whose, and how it was verified. A text file in the folder for configuration, one
//! peer a line, in an order that a person may change:
//!
//! ```text
//! NAME kpid1… HOW 2026-11-26T19:00:00Z SESSION
//! ```
//!
//! HOW is compared, code, psk, transport or added; SESSION is the session that the peer was verified in, or `-`. Lines
//! that are empty or begin with `#` stay as they are.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::SystemTime;

use crate::cli::config;
use crate::cli::fault::Fault;
use crate::cli::kept;
use crate::cli::output::folder_of;
use crate::cli::shown::shown;
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::handshake::PublicKey;

/// The longest file that is read: some ten thousand peers.
const LIMIT: u64 = 4 << 20;
/// The longest name.
const NAME: usize = 64;

/// What a peer is called here: letters, digits, `.`, `_`, `-`, `@`, at most 64, the first a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_name = text.len() <= NAME
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c));
        if !is_name {
            return Err(format!(
                "not a name: letters, digits, '.', '_', '-' and '@', at most {NAME}"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a peer was verified when it was remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Two people compared codes.
    Compared,
    /// By a one-time code.
    Code,
    /// By a courier key.
    Psk,
    /// The outer channel vouched.
    Transport,
    /// By hand: `keypact peer add`.
    Added,
}

impl How {
    const ALL: [Self; 5] = [Self::Compared, Self::Code, Self::Psk, Self::Transport, Self::Added];

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::Code => "code",
            Self::Psk => "psk",
            Self::Transport => "transport",
            Self::Added => "added",
        }
    }
}

/// A peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// What it is called here.
    pub name: Name,
    /// Its long-term key.
    pub key: PublicKey,
    /// How it was verified.
    pub how: How,
    /// When, in UTC.
    pub when: String,
    /// In which session.
    pub session: Option<String>,
}

impl Peer {
    /// A peer that is verified now.
    pub fn now(name: Name, key: PublicKey, how: How, session: Option<String>) -> Self {
        let when = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        Self {
            name,
            key,
            how,
            when,
            session,
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, key, how, when, session] = words[..] else {
            return None;
        };
        humantime::parse_rfc3339(when).ok()?;
        Some(Self {
            name: name.parse().ok()?,
            key: PublicKey::parse(key)?,
            how: How::ALL.into_iter().find(|known| known.word() == how)?,
            when: when.to_owned(),
            session: (session != "-").then(|| session.to_owned()),
        })
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = self.session.as_deref().unwrap_or("-");
        write!(
            f,
            "{} {} {} {} {session}",
            self.name,
            self.key,
            self.how.word(),
            self.when
        )
    }
}

/// The file of known peers.
pub struct Peers {
    path: PathBuf,
}

impl Peers {
    /// Where it belongs; it need not exist yet.
    ///
    /// # Errors
    /// When no folder for configuration is known.
    pub fn find(ui: &Ui) -> Result<Self, Fault> {
        Ok(Self {
            path: ui.paths()?.config.join("known_peers"),
        })
    }

    /// All of them, in the file's order.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is damaged: nobody may be forgotten silently.
    pub fn all(&self) -> Result<Vec<Peer>, Fault> {
        Ok(self.read()?.into_iter().filter_map(Line::into_peer).collect())
    }

    /// The one of this name.
    ///
    /// # Errors
    /// `unknown_peer`.
    pub fn get(&self, name: &Name) -> Result<Peer, Fault> {
        let found = self.all()?.into_iter().find(|peer| peer.name == *name);
        found.ok_or_else(|| {
            Fault::no_key("unknown_peer", format!("no peer is called {name}"))
                .hint("see 'keypact peer list'; verify the peer once with --enrol NAME, or add its key with 'keypact peer add'")
        })
    }

    /// The key of the one of this name.
    ///
    /// # Errors
    /// As [`Peers::get`].
    pub fn key(&self, name: &Name) -> Result<PublicKey, Fault> {
        self.get(name).map(|peer| peer.key)
    }

    /// Remembers a peer. One of the same name and key is renewed.
    ///
    /// # Errors
    /// `changed_key` when the name has another key: that is never overwritten.
    pub fn add(&self, peer: &Peer) -> Result<(), Fault> {
        self.change(|lines| {
            let known = lines.iter_mut().find_map(|line| line.named(&peer.name));
            match known {
                Some(known) if known.key != peer.key => return Err(changed(known)),
                Some(known) => *known = peer.clone(),
                None => lines.push(Line::Peer(peer.clone())),
            }
            Ok(())
        })
    }

    /// Forgets a peer.
    ///
    /// # Errors
    /// `unknown_peer`.
    pub fn remove(&self, name: &Name) -> Result<(), Fault> {
        self.get(name)?;
        self.change(|lines| {
            lines.retain_mut(|line| line.named(name).is_none());
            Ok(())
        })
    }

    fn read(&self) -> Result<Vec<Line>, Fault> {
        let mut text = String::new();
        match File::open(&self.path).and_then(|file| file.take(LIMIT + 1).read_to_string(&mut text)) {
            // The rest would be forgotten when a peer is added.
            Ok(length) if length as u64 > LIMIT => {
                let too_long = io::Error::from(io::ErrorKind::FileTooLarge);
                return Err(cannot("read", &shown(&self.path), &too_long));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(cannot("read", &shown(&self.path), &error)),
        }
        let damaged = |number: usize| {
            Fault::failure(format!("{} is damaged", shown(&self.path)))
                .of_kind("peers")
                .because(format!("line {number} is not 'NAME kpid1… HOW DATE SESSION'"))
                .hint("mend or remove the line")
        };
        let lines = (1..).zip(text.lines());
        lines
            .map(|(number, line)| Line::parse(line).ok_or_else(|| damaged(number)))
            .collect()
    }

    /// Reads, changes and replaces the file whole, one process at a time.
    fn change(&self, change: impl FnOnce(&mut Vec<Line>) -> Result<(), Fault>) -> Result<(), Fault> {
        let failed = |error: io::Error| cannot("change", &shown(&self.path), &error);
        config::create_private(folder_of(&self.path))?;
        let _lock = kept::lock(&self.path).map_err(failed)?;
        let mut lines = self.read()?;
        change(&mut lines)?;
        let text: String = lines
            .iter()
            .flat_map(|line| [line.to_string(), "\n".to_owned()])
            .collect();
        kept::replace(&self.path, &text).map_err(failed)
    }
}

fn changed(known: &Peer) -> Fault {
    Fault::inauthentic(
        "changed_key",
        format!("{} has another key than the one that is known", known.name),
    )
    .because(format!(
        "the known one was verified on {} ({})",
        known.when,
        known.how.word()
    ))
    .hint(format!(
        "ask your peer; if the key has changed indeed, 'keypact peer remove {}' and verify it anew",
        known.name
    ))
}

enum Line {
    Peer(Peer),
    Other(String),
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        if line.is_empty() || line.starts_with('#') {
            return Some(Self::Other(line.to_owned()));
        }
        Peer::parse(line).map(Self::Peer)
    }

    fn into_peer(self) -> Option<Peer> {
        match self {
            Self::Peer(peer) => Some(peer),
            Self::Other(_) => None,
        }
    }

    fn named(&mut self, name: &Name) -> Option<&mut Peer> {
        match self {
            Self::Peer(peer) if peer.name == *name => Some(peer),
            _ => None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer(peer) => peer.fmt(f),
            Self::Other(line) => f.write_str(line),
        }
    }
}
