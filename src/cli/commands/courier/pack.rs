//! `keypact courier pack`: one key, one paper.

use std::path::{Path, PathBuf};

use super::paper::{Form, Page, written};
use super::source::{Packed, Source};
use crate::cli::drawing::Picture;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::courier::Quorum;
use crate::secret::SecretBytes;

pub(super) const EXAMPLES: &str = "\
Examples:
  Make a key for an exchange, keep a copy, and print the page that the courier carries
    $ keypact courier pack --generate psk -o mine.psk --sheet page.svg --purpose 'first contact' --destroy-after 2027-01-31
  Write an identity as 33 words
    $ keypact courier pack --identity classic.txt";

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    /// Write words to stdout, five on a line, which is the default
    #[arg(long, conflicts_with_all = ["qr", "sheet"])]
    words: bool,
    /// Write a QR code to this new file, whose name ends in .svg or .png; '-' draws it on the terminal
    #[arg(long, value_name = "FILE", conflicts_with = "sheet")]
    qr: Option<PathBuf>,
    /// Write a page to print (SVG, A4) to this new file: words, QR code, check value, instructions
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    #[command(flatten)]
    page: Page,
}

impl Args {
    pub(super) fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let form = self.form()?;
        let packed = self.source.packed(Quorum::ONE, &mut claims, ui)?;
        let bytes = self.bytes(&packed, form, ui)?;
        let path = self.qr.as_ref().or(self.sheet.as_ref());
        let paper = written(path, &bytes, &mut claims)?;
        packed.say_check_value(ui);
        if let Some(copy) = packed.copy {
            copy.commit()?;
        }
        paper.commit()
    }

    fn form(&self) -> anyhow::Result<Form> {
        Ok(match &self.qr {
            Some(path) if !is_terminal(path) => Form::Picture(Picture::named(path)?),
            _ if self.sheet.is_some() => Form::Sheet,
            _ => Form::Words,
        })
    }

    fn bytes(&self, packed: &Packed, form: Form, ui: &Ui) -> anyhow::Result<SecretBytes> {
        let share = &packed.shares[0];
        if self.qr.as_deref().is_some_and(is_terminal) {
            return Ok(SecretBytes::new(packed.drawn(share, ui)?.into_bytes()));
        }
        Ok(packed.rendered(share, form, &self.page)?)
    }
}

fn is_terminal(path: &Path) -> bool {
    path.as_os_str() == "-"
}
