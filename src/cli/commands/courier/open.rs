//! `keypact courier open`: one paper, one key.

use std::path::{Path, PathBuf};

use super::opening::{Found, Opening, read};
use super::typed::Typing;
use crate::cli::fault::Fault;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::courier::Missing;

pub(super) const EXAMPLES: &str = "\
Examples:
  Read a key from words
    $ keypact courier open -o read.psk < words.txt
  Read it from a picture of the QR code
    $ keypact courier open -o seen.psk --image code.png";

#[derive(clap::Args)]
pub(super) struct Args {
    /// Read words, from stdin or typed on the terminal, which is the default
    #[arg(long, conflicts_with = "image")]
    words: bool,
    /// Read the QR code in this picture (PNG), or what a scanner program has read
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    #[command(flatten)]
    opening: Opening,
}

impl Args {
    pub(super) fn run(self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let mut ready = self.opening.ready(&mut claims, ui)?;
        let found = self.found(&mut claims, ui)?;
        let [one] = &found[..] else {
            let what = format!("{} shares, where one whole key was expected", found.len());
            return Err(Fault::usage(what).hint("use 'keypact courier join'").into());
        };
        ready.add(one)?;
        if ready.join.missing() != Missing::Nothing {
            let what = format!("this is one share of a key: {}", ready.join.missing());
            return Err(Fault::no_key("shares", what)
                .hint("use 'keypact courier join' with the other shares")
                .into());
        }
        ready.finish()
    }

    fn found(&self, claims: &mut Claims, ui: &Ui) -> anyhow::Result<Vec<Found>> {
        Ok(match &self.image {
            Some(path) => read(path, claims, ui)?,
            None if Typing::is_expected() => vec![Typing::start(self.opening.show, ui)?.share("")?.into()],
            None => read(Path::new("-"), claims, ui)?,
        })
    }
}
