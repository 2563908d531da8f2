//! Which key is packed, and what locks it.

use std::io::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::cli::blame::of_courier;
use crate::cli::fault::Fault;
use crate::cli::keys::{IdentityFile, Passphrases};
use crate::cli::output::{Contents, Output};
use crate::cli::streams::{Claims, Input};
use crate::cli::ui::Ui;
use crate::courier::{Error, Key, Lock, PskUse, Quorum, Share, split};
use crate::crypto::rng::OsRng;
use crate::secret::Passphrase;

/// The longest file of a key: digits and some comments.
const LIMIT: usize = 4096;

#[derive(clap::Args)]
pub(super) struct Source {
    /// The key: a file of 'keypact exchange --format hex' or of another courier; '-' is stdin
    #[arg(required_unless_present_any = ["generate", "identity"])]
    file: Option<PathBuf>,
    /// Make a new key: psk, for 'keypact exchange --psk-file'; needs -o for your own copy
    #[arg(long, value_name = "KIND", requires = "output", conflicts_with_all = ["file", "identity"])]
    generate: Option<Generate>,
    /// How many bits a new key has: 128 (20 words) or 256 (33 words)
    #[arg(long, default_value = "128", requires = "generate", hide_possible_values = true)]
    bits: Bits,
    /// Write your own copy of a new key to FILE, which must not exist yet
    #[arg(short, long, value_name = "FILE", requires = "generate")]
    output: Option<PathBuf>,
    /// Pack the identity in this file, so that its owner can carry or keep it
    #[arg(short, long, value_name = "FILE", conflicts_with = "file")]
    identity: Option<PathBuf>,
    /// Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)
    #[arg(short, long, conflicts_with = "passphrase_file")]
    passphrase: bool,
    /// Lock the key with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    /// Lock it in the weaker way that every SLIP-39 program opens; a wrong passphrase then gives a wrong key
    #[arg(long)]
    slip39_passphrase: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Generate {
    Psk,
}

#[derive(Clone, Copy, ValueEnum)]
enum Bits {
    #[value(name = "128")]
    Short,
    #[value(name = "256")]
    Long,
}

/// A key in shares.
pub(super) struct Packed {
    pub(super) key: Key,
    pub(super) shares: Vec<Share>,
    /// The packer's copy of a new key, to be committed when the paper is there.
    pub(super) copy: Option<Output>,
}

impl Source {
    /// Reads or makes the key and splits it.
    pub(super) fn packed(&self, quorum: Quorum, claims: &mut Claims, ui: &Ui) -> anyhow::Result<Packed> {
        let copy = self.output.as_deref();
        let mut copy = copy
            .map(|path| Output::open(Some(path), Contents::Key, "your copy of the key", claims))
            .transpose()?;
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), claims, ui)?;
        let key = self.key(&passphrases, claims, ui)?;
        let passphrase = self.new_passphrase(&passphrases)?;
        let lock = match &passphrase {
            None => Lock::Open,
            Some(passphrase) if self.slip39_passphrase => Lock::Slip39(passphrase),
            Some(passphrase) => Lock::Argon2id(passphrase),
        };
        let shares = split(key.expose(), quorum, &lock, &mut OsRng)?;
        if let Some(copy) = &mut copy {
            let from = format!("for courier set {:04x}", shares[0].set().id);
            copy.write_all(key.psk_file(PskUse::Once, &from).expose().as_bytes())?;
        }
        Ok(Packed { key, shares, copy })
    }

    fn key(&self, passphrases: &Passphrases<'_>, claims: &mut Claims, ui: &Ui) -> Result<Key, Fault> {
        match (&self.generate, &self.identity, &self.file) {
            (Some(Generate::Psk), ..) => self.bits.generate().map_err(|error| of_courier(&error)),
            (_, Some(path), _) => identity(&IdentityFile::open(path, passphrases, claims, ui)?),
            (.., file) => {
                let path = file
                    .as_deref()
                    .expect("the parser has seen to it that one of them is there");
                let input = Input::open_or_stdin(path, "the key", claims, ui)?;
                psk(input, ui)
            }
        }
    }

    fn new_passphrase(&self, passphrases: &Passphrases<'_>) -> Result<Option<Passphrase>, Fault> {
        // A passphrase file may be that of the identity; then it locks the code as well.
        let is_locked = self.passphrase || self.slip39_passphrase || passphrases.are_given();
        is_locked.then(|| passphrases.lock("the courier code")).transpose()
    }
}

impl Bits {
    fn generate(self) -> Result<Key, Error> {
        match self {
            Self::Short => Key::generate::<16>(&mut OsRng),
            Self::Long => Key::generate::<32>(&mut OsRng),
        }
    }
}

fn identity(file: &IdentityFile<'_>) -> Result<Key, Fault> {
    match &file.identities()?.native[..] {
        [identity] => Ok(Key::of_identity(identity)),
        [] => Err(Fault::failure(format!("{} holds no identity of our own", file.name()))
            .of_kind("key")
            .because("plugins and SSH keep keys that do not fit on paper")),
        _ => Err(Fault::failure(format!("{} holds several identities", file.name()))
            .of_kind("key")
            .hint("put the one to be packed into a file of its own")),
    }
}

fn psk(input: Input, ui: &Ui) -> Result<Key, Fault> {
    if let Some(warning) = input.exposed() {
        ui.warn(&warning);
    }
    let name = input.name().to_owned();
    let bytes = input.read_all(LIMIT)?;
    let key = std::str::from_utf8(bytes.expose())
        .ok()
        .and_then(|text| Key::read_psk(text).ok());
    key.map(|(key, _)| key).ok_or_else(|| {
        Fault::failure(format!("{name} holds no key"))
            .of_kind("key")
            .because(Error::Psk)
            .hint("an identity is packed with --identity FILE; --generate psk makes a new key")
    })
}
