//! `keypact courier split`: one key, several papers.

use std::fs;
use std::path::{Path, PathBuf};

use super::paper::{Form, Page, written};
use super::source::Source;
use crate::cli::fault::Fault;
use crate::cli::output::Output;
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, cannot};
use crate::cli::ui::Ui;
use crate::courier::{Quorum, Share};
use crate::secret::SecretBytes;

pub(super) const EXAMPLES: &str = "\
Examples:
  Split an identity into three pages, of which any two bring it back
    $ keypact courier split -k 2 -n 3 --identity classic.txt --output-dir pages --sheets
  Print five shares as words, of which three are enough
    $ keypact courier split -k 3 -n 5 courier.psk";

#[derive(clap::Args)]
pub(super) struct Args {
    /// How many shares bring the key back
    #[arg(short = 'k', long, value_name = "K")]
    threshold: u8,
    /// How many shares there are, 16 at most
    #[arg(short = 'n', long, value_name = "N")]
    shares: u8,
    #[command(flatten)]
    source: Source,
    /// Write each share to a new file in this folder [default: all of them to stdout, one after the other]
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// Write pages to print (SVG, A4) instead of words
    #[arg(long, requires = "output_dir")]
    sheets: bool,
    #[command(flatten)]
    page: Page,
}

impl Args {
    pub(super) fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let quorum = Quorum::new(self.threshold, self.shares)?;
        if quorum == Quorum::ONE {
            return Err(Fault::usage("one share is the whole key")
                .hint("use 'keypact courier pack'")
                .into());
        }
        let packed = self.source.packed(quorum, &mut claims, ui)?;
        let form = if self.sheets { Form::Sheet } else { Form::Words };
        let render = |share| packed.rendered(share, form, &self.page);
        let rendered = packed.shares.iter().map(render).collect::<Result<Vec<_>, _>>()?;
        let mut outputs = match &self.output_dir {
            None => vec![written(None, &together(&rendered), &mut claims)?],
            Some(folder) => {
                fs::create_dir_all(folder).map_err(|error| cannot("create", &shown(folder), &error))?;
                let paths = packed.shares.iter().map(|share| self.path(folder, share));
                let files = paths.zip(&rendered);
                files
                    .map(|(path, bytes)| written(Some(&path), bytes, &mut claims))
                    .collect::<anyhow::Result<Vec<_>>>()?
            }
        };
        packed.say_check_value(ui);
        outputs.extend(packed.copy);
        Output::commit_all(outputs).into_iter().collect()
    }

    fn path(&self, folder: &Path, share: &Share) -> PathBuf {
        let ending = if self.sheets { "svg" } else { "txt" };
        folder.join(format!("share-{}-of-{}.{ending}", share.number(), self.shares))
    }
}

fn together(rendered: &[SecretBytes]) -> SecretBytes {
    let parts: Vec<&[u8]> = rendered.iter().map(SecretBytes::expose).collect();
    SecretBytes::new(parts.join(&b'\n'))
}
