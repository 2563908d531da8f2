//! `keypact key plugin`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::key::{nothing_to_show, recipients_of};
use crate::cli::fault::Fault;
use crate::cli::keys::{IdentityFile, MaxWork, Passphrases, default_identity};
use crate::cli::output::{Contents, Output};
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, cannot};
use crate::cli::ui::Ui;
use crate::roots::plugin::Reference;

pub(super) const EXAMPLES: &str = "\
Examples:
  Let age and rage use an identity file; they start age-plugin-keypact, a link to keypact in a folder of PATH
    $ keypact key plugin -i key.txt > for-age.txt";

#[derive(clap::Args)]
pub(super) struct Args {
    /// The identity file, which may be locked with a passphrase and must stay where it is [default: the identity that
    /// 'keypact key generate' made]
    #[arg(short, long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Open the identity file with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE|fd:N")]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    work: MaxWork,
}

impl Args {
    pub(super) fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let mut output = Output::stdout(Contents::Text, "the identity", &mut claims)?;
        let path = self
            .identity
            .or_else(|| default_identity(ui))
            .ok_or_else(nothing_to_show)?;
        let absolute = absolute(&path)?;
        let passphrases = Passphrases::new(self.passphrase_file.as_deref(), &mut claims, ui)?.at_most(&self.work);
        let file = IdentityFile::open(&absolute, &passphrases, &mut claims, ui)?;
        for recipient in recipients_of(&file, ui)? {
            writeln!(output, "# recipient: {recipient}")?;
        }
        writeln!(output, "{}", Reference::File(absolute).to_identity().expose())?;
        output.commit()
    }
}

/// Where the file really is: programs that start plugins do so in other folders.
fn absolute(path: &Path) -> Result<PathBuf, Fault> {
    path.canonicalize()
        .map_err(|error| cannot("open", &shown(path), &error))
}
