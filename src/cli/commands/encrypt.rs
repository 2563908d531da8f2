//! `keypact encrypt`.

use std::io::BufReader;
use std::path::PathBuf;

use crate::cli::fault::Fault;
use crate::cli::keys::{IdentityFile, Passphrases, recipient, recipients_file};
use crate::cli::output::{Contents, Output};
use crate::cli::streams::{BUFFER, Claims, Input, pump};
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::format::{self, Recipient, armor, scrypt};

const EXAMPLES: &str = "\
Examples:
  Encrypt a file to a recipient
    $ keypact encrypt -r \"$(keypact key show -i key.txt)\" -o notes.age notes.txt
  Encrypt a stream to everybody in a list, as text that mail does not hurt
    $ tar c notes.txt | keypact encrypt -R team.txt -a > notes.tar.age
  Encrypt with a passphrase from a file
    $ keypact encrypt --passphrase-file pass.txt -o notes.age notes.txt";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Encrypt to this recipient (age1…); can be repeated
    #[arg(short, long, value_name = "RECIPIENT")]
    recipient: Vec<String>,
    /// Encrypt to the recipients in this file, one a line; can be repeated
    #[arg(short = 'R', long, value_name = "FILE")]
    recipients_file: Vec<PathBuf>,
    /// Encrypt to the recipients of the identities in this file; can be repeated
    #[arg(short, long, value_name = "FILE")]
    identity: Vec<PathBuf>,
    /// Encrypt with a passphrase, asked for on the terminal
    #[arg(short, long, conflicts_with_all = ["recipient", "recipients_file", "identity", "passphrase_file"])]
    passphrase: bool,
    /// Encrypt with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N", conflicts_with_all = ["recipient", "recipients_file"])]
    passphrase_file: Option<PathBuf>,
    /// Write text (ASCII armor) instead of binary
    #[arg(short, long)]
    armor: bool,
    /// Write to this file, which appears when complete [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to encrypt [default: stdin]
    input: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.check()?;
        let input = Input::open_or_stdin(self.input.as_deref(), "the input", &mut claims, ui)?;
        let contents = if self.armor { Contents::Text } else { Contents::Binary };
        let output = Output::open(self.output.as_deref(), contents, "the output", &mut claims)?;
        output.refuse_input(&input)?;
        let recipients = self.recipients(&mut claims, ui)?;
        let recipients: Vec<&dyn Recipient> = recipients.iter().map(AsRef::as_ref).collect();
        write(input, output, &recipients, self.armor, ui)
    }

    fn check(&self) -> Result<(), Fault> {
        let is_for_keys = !(self.recipient.is_empty() && self.recipients_file.is_empty() && self.identity.is_empty());
        if is_for_keys || self.passphrase || self.passphrase_file.is_some() {
            return Ok(());
        }
        Err(Fault::usage("no recipient given")
            .hint("name one with -r RECIPIENT, -R FILE or -i FILE, or encrypt with a passphrase (-p)"))
    }

    fn recipients(&self, claims: &mut Claims, ui: &Ui) -> Result<Vec<Box<dyn Recipient>>, Fault> {
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), claims, ui)?;
        if self.passphrase || (passphrases.are_given() && self.identity.is_empty()) {
            return Ok(vec![Box::new(scrypt::Recipient::new(passphrases.lock("the file")?))]);
        }
        let mut recipients: Vec<Box<dyn Recipient>> = Vec::new();
        for text in &self.recipient {
            recipients.push(Box::new(recipient(text)?));
        }
        for path in &self.recipients_file {
            recipients.extend(
                recipients_file(path, claims)?
                    .into_iter()
                    .map(|key| Box::new(key) as Box<dyn Recipient>),
            );
        }
        for path in &self.identity {
            let file = IdentityFile::open(path, &passphrases, claims, ui)?;
            let own = file
                .identities()?
                .iter()
                .map(|identity| Box::new(identity.recipient()) as Box<dyn Recipient>);
            recipients.extend(own);
        }
        Ok(recipients)
    }
}

fn write(input: Input, output: Output, to: &[&dyn Recipient], is_armored: bool, ui: &Ui) -> anyhow::Result<()> {
    let size = input.size();
    let mut source = BufReader::with_capacity(BUFFER, ui.progress("encrypting", size).reading(input));
    let output = if is_armored {
        let mut writer = format::encrypt(armor::Writer::new(output), to, &mut OsRng)?;
        pump(&mut source, &mut writer)?;
        writer.finish()?.finish()?
    } else {
        let mut writer = format::encrypt(output, to, &mut OsRng)?;
        pump(&mut source, &mut writer)?;
        writer.finish()?
    };
    output.commit()
}
