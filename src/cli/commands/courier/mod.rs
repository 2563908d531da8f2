//! `keypact courier`: keys that people carry, on paper or in their heads.

mod join;
mod open;
mod opening;
mod pack;
mod paper;
mod source;
mod split;
mod typed;

use clap::Subcommand;

use crate::cli::ui::Ui;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Write a key as words, as a QR code or as a page to print
    #[command(after_help = pack::EXAMPLES)]
    Pack(pack::Args),
    /// Read a key from words or from a picture of its code
    #[command(after_help = open::EXAMPLES)]
    Open(open::Args),
    /// Split a key into shares, of which some are enough
    #[command(after_help = split::EXAMPLES)]
    Split(split::Args),
    /// Bring the shares of a key together
    #[command(after_help = join::EXAMPLES)]
    Join(join::Args),
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        match self.what {
            What::Pack(args) => args.run(ui),
            What::Open(args) => args.run(ui),
            What::Split(args) => args.run(ui),
            What::Join(args) => args.run(ui),
        }
    }
}
