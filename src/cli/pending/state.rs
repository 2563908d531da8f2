//! The file of an exchange that waits: what is to be known without a passphrase, then the state itself.
//!
//! ```text
//! keypact pending exchange 1
//! stage offered|accepted|agreed|compared
//! expires 2026-11-27T19:00:00Z
//! session SESSION                    when agreed
//! compare FORM                       when people compare
//! peer NAME                          with a known peer, and
//! credential x25519|ed25519
//! identity PATH                      unless it is the default one
//! courier-key DEVICE INODE PATH      of a key for one use
//!
//! base64 of the state, or an armored age file under a passphrase
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use crate::cli::courier_key::Place;
use crate::cli::credentials;
use crate::cli::fault::Fault;
use crate::cli::keys::Passphrases;
use crate::cli::peers::{Name, Peers};
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::encoding::base64;
use crate::format::{self, armor, scrypt};
use crate::handshake::{KeyKind, Pinned};
use crate::secret::{Passphrase, SecretBytes, SecretText};
use crate::verify::Form;

const MAGIC: &str = "keypact pending exchange 1";
/// How an armored age file begins.
const LOCKED: &str = "-----BEGIN AGE";

/// How far an exchange has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits for the answer to an offer.
    Offered,
    /// It waits for the last text of who made the offer.
    Accepted,
    /// It waits to be compared, where that is demanded, and confirmed.
    Agreed,
    /// Two people have compared it; it waits to be confirmed.
    Compared,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Offered, Self::Accepted, Self::Agreed, Self::Compared];

    fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Agreed => "agreed",
            Self::Compared => "compared",
        }
    }
}

/// What the flags said that a later run must know.
#[derive(Default)]
pub struct Memory {
    /// In which form people compare.
    pub compare: Option<Form>,
    /// Who we are to whom, in the mode of known peers.
    pub own: Option<Own>,
    /// The courier key for one use.
    pub courier_key: Option<Place>,
}

/// Names, not keys: those are read again when they are needed.
pub struct Own {
    /// The known peer.
    pub peer: Name,
    /// Which key of the identity to show.
    pub credential: KeyKind,
    /// The file with the identity, unless it is the default one.
    pub identity: Option<PathBuf>,
}

impl Own {
    /// The keys.
    ///
    /// # Errors
    /// When either is not to be found.
    pub fn pinned(&self, claims: &mut Claims, ui: &Ui) -> Result<Pinned, Fault> {
        Ok(Pinned {
            peer: Peers::find(ui)?.key(&self.peer)?,
            own: credentials::own(self.identity.as_deref(), self.credential, claims, ui)?,
        })
    }
}

/// What is kept of an exchange.
pub struct State {
    /// How far it has come.
    pub stage: Stage,
    /// When it is worth nothing any more.
    pub expires: SystemTime,
    /// The session, once there is one.
    pub session: Option<String>,
    /// What the flags said.
    pub memory: Memory,
    body: SecretText,
}

impl State {
    /// Locks what an exchange has put aside, with the passphrase if there is one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(
        stage: Stage,
        expires: SystemTime,
        memory: Memory,
        aside: &SecretBytes,
        lock: Option<&Passphrase>,
    ) -> anyhow::Result<Self> {
        let body = match lock {
            Some(passphrase) => locked(aside, passphrase)?,
            None => SecretText::new(format!("{}\n", base64::encode(aside.expose()))),
        };
        Ok(Self {
            stage,
            expires,
            session: None,
            memory,
            body,
        })
    }

    /// Whether its time is over.
    pub fn is_over(&self) -> bool {
        SystemTime::now() >= self.expires
    }

    /// What was put aside, and the passphrase that it is locked with.
    ///
    /// # Errors
    /// When the passphrase is wrong or not to be had, or the file is damaged.
    pub fn unlock(&self, passphrases: &Passphrases<'_>) -> anyhow::Result<(SecretBytes, Option<Passphrase>)> {
        let body = self.body.expose();
        if !body.starts_with(LOCKED) {
            let aside = base64::decode(body.trim_end()).map(SecretBytes::new);
            return Ok((aside.map_err(|_| damaged())?, None));
        }
        let passphrase = passphrases.open("the exchange")?;
        let copy = copy(&passphrase);
        let identity = passphrases.identity(passphrase);
        let mut reader = format::decrypt(armor::Reader::new(body.as_bytes()), &[&identity])?;
        let mut aside = Vec::new();
        let read = reader.read_to_end(&mut aside);
        let aside = SecretBytes::new(aside);
        read?;
        Ok((aside, Some(copy)))
    }

    /// The file.
    pub fn text(&self) -> SecretText {
        let expires = humantime::format_rfc3339_seconds(self.expires);
        let mut text = format!("{MAGIC}\nstage {}\nexpires {expires}\n", self.stage.word());
        let mut line = |key: &str, value: String| writeln!(text, "{key} {value}").expect("a String takes everything");
        if let Some(session) = &self.session {
            line("session", session.clone());
        }
        if let Some(form) = &self.memory.compare {
            line("compare", form.to_string());
        }
        if let Some(own) = &self.memory.own {
            line("peer", own.peer.to_string());
            line("credential", credentials::word(own.credential).to_owned());
            if let Some(identity) = &own.identity {
                line("identity", identity.display().to_string());
            }
        }
        if let Some(place) = &self.memory.courier_key {
            line("courier-key", place.to_string());
        }
        text.push('\n');
        text.push_str(self.body.expose());
        SecretText::new(text)
    }

    /// Reads a file; `None` for anything but what [`State::text`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\n\n")?;
        let mut lines = head.strip_prefix(MAGIC)?.strip_prefix('\n')?.lines();
        let mut values = BTreeMap::new();
        lines.try_for_each(|line| {
            let (key, value) = line.split_once(' ')?;
            values.insert(key, value).is_none().then_some(())
        })?;
        let word = values.remove("stage")?;
        let state = Self {
            stage: Stage::ALL.into_iter().find(|known| known.word() == word)?,
            expires: humantime::parse_rfc3339(values.remove("expires")?).ok()?,
            session: values.remove("session").map(str::to_owned),
            memory: Memory {
                compare: parsed(values.remove("compare"))?,
                own: own(&mut values)?,
                courier_key: parsed(values.remove("courier-key"))?,
            },
            body: SecretText::new(body.to_owned()),
        };
        (values.is_empty() && !body.is_empty()).then_some(state)
    }
}

/// `None` for a value that cannot be read; `Some(None)` for none.
#[allow(clippy::option_option, reason = "whether it is readable, and whether it is there")]
fn parsed<T: std::str::FromStr>(value: Option<&str>) -> Option<Option<T>> {
    value.map(str::parse).transpose().ok()
}

#[allow(clippy::option_option, reason = "as above")]
fn own(values: &mut BTreeMap<&str, &str>) -> Option<Option<Own>> {
    let Some(peer) = values.remove("peer") else {
        return Some(None);
    };
    Some(Some(Own {
        peer: peer.parse().ok()?,
        credential: credentials::kind(values.remove("credential")?).ok()?,
        identity: values.remove("identity").map(PathBuf::from),
    }))
}

fn locked(aside: &SecretBytes, passphrase: &Passphrase) -> anyhow::Result<SecretText> {
    let recipient = scrypt::Recipient::new(copy(passphrase));
    let mut writer = format::encrypt(armor::Writer::new(Vec::new()), &[&recipient], &mut OsRng)?;
    writer.write_all(aside.expose())?;
    let text = writer.finish()?.finish()?;
    Ok(SecretText::new(String::from_utf8(text)?))
}

fn copy(passphrase: &Passphrase) -> Passphrase {
    Passphrase::new(passphrase.expose().to_vec()).expect("as long as the one before it, which is not empty")
}

/// What is to be said of a state that cannot be taken up again.
pub fn damaged() -> Fault {
    Fault::failure("what is kept of the exchange is damaged").hint("begin anew with 'keypact offer'")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn state(memory: Memory) -> State {
        let expires = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
        let aside = SecretBytes::new(vec![7; 100]);
        State::new(Stage::Accepted, expires, memory, &aside, None).unwrap()
    }

    #[test]
    fn a_file_is_read_as_it_was_written_and_no_other_is() {
        let all = Memory {
            compare: Some("words:6".parse().unwrap()),
            own: Some(Own {
                peer: "bob".parse().unwrap(),
                credential: KeyKind::Ed25519,
                identity: Some("/home/a b/id.txt".into()),
            }),
            courier_key: Some("7 8 /home/a b/psk".parse().unwrap()),
        };
        for memory in [Memory::default(), all] {
            let text = state(memory).text();
            let again = State::parse(text.expose()).unwrap();
            assert_eq!(again.text().expose(), text.expose());
            assert!(again.stage == Stage::Accepted && !again.is_over());
            for (from, to) in [
                ("exchange 1", "exchange 2"),
                ("stage accepted", "stage gone"),
                ("stage accepted", "stage accepted\nstage agreed"),
                ("stage accepted\n", ""),
                ("expires 20", "expires x20"),
                ("expires ", "unknown 1\nexpires "),
                ("\n\n", "\n"),
            ] {
                assert!(State::parse(&text.expose().replacen(from, to, 1)).is_none(), "{to}");
            }
        }
    }
}
