//! `keypact courier join`: several papers, one key.

use std::path::PathBuf;

use super::opening::{Opening, read};
use super::typed::Typing;
use crate::cli::streams::Claims;
use crate::cli::ui::Ui;
use crate::courier::Missing;

pub(super) const EXAMPLES: &str = "\
Examples:
  Bring two shares together, whatever form they have
    $ keypact courier join --as x25519 -o back.txt shares/share-1-of-3.txt shares/share-3-of-3.txt";

#[derive(clap::Args)]
pub(super) struct Args {
    /// Files with words or pictures (PNG) of codes; '-' is stdin, with shares one after the other [default: they are typed]
    #[arg(value_name = "SHARE")]
    shares: Vec<PathBuf>,
    #[command(flatten)]
    opening: Opening,
}

impl Args {
    pub(super) fn run(mut self, ui: &Ui) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        let mut ready = self.opening.ready(&mut claims, ui)?;
        if self.shares.is_empty() && !Typing::is_expected() {
            self.shares.push("-".into());
        }
        for path in &self.shares {
            for found in read(path, &mut claims, ui)? {
                ready.add(&found)?;
            }
        }
        if self.shares.is_empty() {
            let typing = Typing::start(self.opening.show, ui)?;
            while ready.join.missing() != Missing::Nothing {
                let words = typing.share("Type one share, any of them first.\n")?;
                if let Err(fault) = ready.add(&words.into()) {
                    typing.refuse(&fault)?;
                }
            }
        }
        ready.finish()
    }
}
