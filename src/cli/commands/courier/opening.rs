//! What both `open` and `join` take, and what they do with the key.

use std::io::{self, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use zeroize::Zeroizing;

use crate::cli::blame::of_courier;
use crate::cli::fault::Fault;
use crate::cli::keys::Passphrases;
use crate::cli::output::{Contents, Output};
use crate::cli::streams::{Claims, Input};
use crate::cli::ui::Ui;
use crate::codes::qr;
use crate::courier::{CheckValue, Error, Join, Key, Kind, Packet, Protection, PskUse, Sealed, Share, Words};
use crate::secret::{Passphrase, SecretBytes, SecretText};

#[derive(clap::Args)]
pub(super) struct Opening {
    /// Write the key to FILE, which must not exist yet; '-' shows it [default: stdout, if that is no terminal]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What words are: psk (a key for an exchange), hybrid or x25519 (an identity); QR codes say so themselves [default:
    /// psk]
    #[arg(long = "as", value_name = "KIND", hide_possible_values = true)]
    kind: Option<Named>,
    /// The check value that the paper or your peer tells, of eight digits
    #[arg(long, value_name = "VALUE")]
    check: Option<CheckValue>,
    /// Do not mark the key as one for a single exchange
    #[arg(long, alias = "reusable")]
    keep: bool,
    /// Show the words while they are typed
    #[arg(long)]
    pub(super) show: bool,
    /// The code is locked with a passphrase as SLIP-39 has it, which nothing in the words tells
    #[arg(long)]
    slip39_passphrase: bool,
    /// Open it with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Named {
    Psk,
    Hybrid,
    X25519,
}

impl From<Named> for Kind {
    fn from(named: Named) -> Self {
        match named {
            Named::Psk => Self::Psk,
            Named::Hybrid => Self::Hybrid,
            Named::X25519 => Self::X25519,
        }
    }
}

/// A share, and what its QR code says besides.
pub(super) struct Found {
    pub(super) words: Words,
    told: Option<(Kind, CheckValue)>,
}

impl From<Words> for Found {
    fn from(words: Words) -> Self {
        Self { words, told: None }
    }
}

/// Where the key goes and what opens it, ready before anybody types.
pub(super) struct Ready<'o, 'u> {
    opening: &'o Opening,
    ui: &'u Ui,
    output: Output,
    passphrases: Passphrases<'u>,
    /// What the codes have said: all must say the same.
    told: Option<(Kind, CheckValue)>,
    pub(super) join: Join,
}

impl Opening {
    pub(super) fn ready<'u>(&self, claims: &mut Claims, ui: &'u Ui) -> Result<Ready<'_, 'u>, Fault> {
        if self.output.is_none() && io::stdout().is_terminal() {
            return Err(Fault::usage("a key is not shown on a terminal unasked")
                .hint("write it to a file with -o FILE, or insist with -o -"));
        }
        Ok(Ready {
            opening: self,
            ui,
            output: Output::open(self.output.as_deref(), Contents::Key, "the key", claims)?,
            passphrases: Passphrases::new(self.passphrase_file.as_deref(), claims, ui)?,
            told: None,
            join: Join::default(),
        })
    }
}

impl Ready<'_, '_> {
    /// Takes one more share.
    pub(super) fn add(&mut self, found: &Found) -> Result<(), Fault> {
        let share = Share::read(&found.words).map_err(|error| located(error, &found.words))?;
        if let (Some(told), Some(before)) = (found.told, self.told)
            && told != before
        {
            return Err(of_courier(&Error::OtherSet));
        }
        let (set, number) = (share.set().id, share.number());
        let missing = self.join.add(share).map_err(|error| of_courier(&error))?;
        self.told = self.told.or(found.told);
        self.ui
            .note(&format!("share {number} of courier set {set:04x}: {missing}"));
        Ok(())
    }

    /// Brings the key together, checks it and writes it.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        let set = self.join.set().map_or(0, |set| set.id);
        let sealed = std::mem::take(&mut self.join).combine()?;
        let passphrase = self.passphrase(&sealed)?;
        let key = Key::new(self.kind()?, sealed.open(passphrase.as_ref())?)?;
        self.check(&key, passphrase.as_ref())?;
        let text = self.text(&key, &format!("from courier set {set:04x}"));
        self.output.write_all(text.expose().as_bytes())?;
        self.output.commit()?;
        let next = "compare it by telephone before you use the key, then burn the paper";
        let check = key.check_value();
        self.ui
            .say(&format!("the {} has the check value {check}: {next}", key.kind()));
        Ok(())
    }

    fn passphrase(&self, sealed: &Sealed) -> Result<Option<Passphrase>, Fault> {
        let is_locked = self.opening.slip39_passphrase || sealed.protection() == Protection::Argon2id;
        is_locked.then(|| self.passphrases.open("the courier code")).transpose()
    }

    fn kind(&self) -> Result<Kind, Fault> {
        match (self.opening.kind.map(Kind::from), self.told) {
            (Some(asked), Some((told, _))) if asked != told => Err(Fault::usage(format!(
                "the code says that it is a {told}, and --as another kind"
            ))
            .hint("leave --as out")),
            (asked, told) => Ok(told.map(|(kind, _)| kind).or(asked).unwrap_or(Kind::Psk)),
        }
    }

    fn check(&self, key: &Key, passphrase: Option<&Passphrase>) -> Result<(), Fault> {
        let expected = [self.opening.check, self.told.map(|(_, check)| check)];
        let is_other = |expected: &&CheckValue| **expected != key.check_value();
        match (expected.iter().flatten().find(is_other), passphrase) {
            (None, _) => Ok(()),
            (Some(_), Some(_)) => Err(
                Fault::no_key("passphrase", "the passphrase does not open the courier code")
                    .because("another check value comes out"),
            ),
            (Some(expected), None) => Err(Fault::inauthentic(
                "check_value",
                format!("the key has the check value {}, not {expected}", key.check_value()),
            )
            .hint(
                "the paper is not the one that was packed, or the key has a SLIP-39 passphrase: --slip39-passphrase",
            )),
        }
    }

    fn text(&self, key: &Key, from: &str) -> SecretText {
        let uses = if self.opening.keep { PskUse::Many } else { PskUse::Once };
        match key.identity() {
            None => key.psk_file(uses, from),
            Some(identity) => SecretText::new(format!(
                "# {from}\n# public key: {}\n{}\n",
                identity.recipient(),
                identity.to_text().expose()
            )),
        }
    }
}

/// A faulty share, and which word is to be looked at first. The word that would fit is not told where logs may keep it.
fn located(error: Error, words: &Words) -> Fault {
    let fault = of_courier(&error);
    match (error, words.suspect()) {
        (Error::Checksum, Some(suspect)) => {
            fault.because(format!("if a single word is wrong, it is word {}", suspect.place))
        }
        _ => fault,
    }
}

/// The shares in a file or on standard input: words, or the QR codes of a PNG picture.
pub(super) fn read(path: &Path, claims: &mut Claims, ui: &Ui) -> Result<Vec<Found>, Fault> {
    let input = Input::open_or_stdin(path, "the courier code", claims, ui)?;
    let name = input.name().to_owned();
    let bytes = input.read_all(qr::FILE_LIMIT)?;
    let found = if bytes.expose().starts_with(b"\x89PNG") {
        pictured(&bytes, &name)?
    } else {
        words(&bytes, &name)?
    };
    if found.is_empty() {
        return Err(Fault::inauthentic("courier", format!("{name} holds no courier code")));
    }
    Ok(found)
}

/// The codes in a picture.
pub(super) fn pictured(picture: &SecretBytes, name: &str) -> Result<Vec<Found>, Fault> {
    let texts = qr::scan(picture.expose()).map_err(|error| {
        Fault::inauthentic("courier", format!("{name} shows no courier code"))
            .because(error)
            .hint("take the picture straight from above, in good light, and save it as PNG; or type the words")
    })?;
    let texts: Vec<Zeroizing<String>> = texts.into_iter().map(Zeroizing::new).collect();
    let meant = texts.iter().filter(|text| Packet::is_meant(text));
    meant.map(|text| packet(text)).collect()
}

fn packet(text: &str) -> Result<Found, Fault> {
    let packet = Packet::read(text).map_err(|error| of_courier(&error))?;
    Ok(Found {
        told: Some((packet.kind, packet.check)),
        words: packet.words,
    })
}

fn words(bytes: &SecretBytes, name: &str) -> Result<Vec<Found>, Fault> {
    let text = std::str::from_utf8(bytes.expose())
        .map_err(|_| Fault::inauthentic("courier", format!("{name} holds neither words nor a PNG picture")))?;
    // What a scanner program gives is the text of the code itself.
    if Packet::is_meant(text) {
        return text.lines().map(|line| packet(line.trim_end())).collect();
    }
    let words = Words::read_all(text).map_err(|error| of_courier(&error))?;
    Ok(words.into_iter().map(Found::from).collect())
}
