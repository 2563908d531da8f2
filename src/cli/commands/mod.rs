//! One file per command: its arguments, whose comments are its help, and what it does.

mod util;

use clap::Subcommand;

use crate::cli::ui::Ui;

/// Every command.
#[derive(Subcommand)]
pub enum Command {
    /// Write completions and man pages, name the folders in use
    Util(util::Args),
}

impl Command {
    /// Does what was asked.
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        match self {
            Self::Util(args) => args.run(ui),
        }
    }
}
