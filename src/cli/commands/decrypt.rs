//! `keypact decrypt`.

use std::io::BufReader;
use std::path::PathBuf;

use crate::cli::fault::Fault;
use crate::cli::keys::{IdentityFile, Passphrases, identity_files};
use crate::cli::output::{Contents, Output};
use crate::cli::streams::{BUFFER, Claims, Input, pump};
use crate::cli::ui::Ui;
use crate::format::{self, Header, Identity, Locked, armor, scrypt, stream};

const EXAMPLES: &str = "\
Examples:
  Decrypt with an identity
    $ keypact decrypt -i key.txt -o notes.txt notes.age
  Decrypt in a pipe; tar sees only authentic bytes
    $ keypact decrypt -i key.txt < notes.tar.age | tar x
  Decrypt with a passphrase from a file
    $ keypact decrypt --passphrase-file pass.txt locked.age > notes.txt";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Use the identities in this file, which may be locked with a passphrase; can be repeated [default: the identity
    /// that 'keypact key generate' made]
    #[arg(short, long, value_name = "FILE")]
    identity: Vec<PathBuf>,
    /// Ask for a passphrase (where a file needs one, this is asked without the flag too)
    #[arg(short, long, conflicts_with = "passphrase_file")]
    passphrase: bool,
    /// Use the passphrase in the first line of this file, for the input or for the identity file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    /// Write to this file, which appears when all of the input is authentic [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to decrypt, armored or not [default: stdin]
    input: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let input = Input::open_or_stdin(self.input.as_deref(), "the input", &mut claims, ui)?;
        let output = Output::open(self.output.as_deref(), Contents::Unknown, "the output", &mut claims)?;
        output.refuse_input(&input)?;
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), &mut claims, ui)?;
        let identities = identity_files(&self.identity, &passphrases, &mut claims, ui)?;
        self.decrypt(input, output, &identities, &passphrases, ui)
    }

    fn decrypt(
        &self,
        input: Input,
        mut output: Output,
        identities: &[IdentityFile],
        passphrases: &Passphrases,
        ui: &Ui,
    ) -> anyhow::Result<()> {
        let (name, size) = (input.name().to_owned(), input.size());
        let source = BufReader::with_capacity(BUFFER, ui.progress("decrypting", size).reading(input));
        let mut source = armor::Reader::new(source);
        let header = Header::read(&mut source)?;
        let mut reader: stream::Reader<_> = match header.locked() {
            Locked::Passphrase => {
                let passphrase = self.passphrase_of(&name, passphrases)?;
                header.decrypt(source, &[&scrypt::Identity::new(passphrase)])
            }
            Locked::Keys => header.decrypt(source, &usable(identities)?),
        }
        .map_err(advise)?;
        pump(&mut reader, &mut output)?;
        output.commit()
    }

    /// Whoever names identities and not `-p` does not expect a question, and a stranger's file must not cause one.
    fn passphrase_of(&self, name: &str, passphrases: &Passphrases) -> Result<crate::secret::Passphrase, Fault> {
        if !self.identity.is_empty() && !self.passphrase && !passphrases.are_given() {
            return Err(Fault::no_key(
                "no_match",
                format!("{name} is locked with a passphrase, not with a key"),
            )
            .hint("use -p or --passphrase-file FILE"));
        }
        passphrases.open(name)
    }
}

fn usable<'i>(files: &'i [IdentityFile]) -> Result<Vec<&'i dyn Identity>, Fault> {
    if files.is_empty() {
        return Err(
            Fault::no_key("no_match", "the file is locked with keys, and no identity is given")
                .hint("name an identity file with -i FILE, or make one with 'keypact key generate'"),
        );
    }
    Ok(files.iter().map(|file| file as &dyn Identity).collect())
}

fn advise(error: format::Error) -> anyhow::Error {
    match error {
        format::Error::NoMatch(Locked::Keys) => Fault::no_key("no_match", error.to_string())
            .hint("name the right identity with -i FILE; 'keypact key show' prints whom a file must be encrypted to")
            .into(),
        format::Error::NoMatch(Locked::Passphrase) => Fault::no_key("no_match", "wrong passphrase").into(),
        error => error.into(),
    }
}
