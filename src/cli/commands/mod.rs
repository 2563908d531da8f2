//! One file per command: its arguments, whose comments are its help, and what it does.

mod courier;
mod decrypt;
mod encrypt;
mod exchange;
mod forward;
mod inspect;
mod key;
mod peer;
mod pipe;
mod plugin;
mod receive;
mod relay;
mod rewrap;
mod send;
mod tokens;
mod tour;
mod util;
mod verify;

use clap::Subcommand;

use crate::cli::ui::Ui;

/// Every command.
#[derive(Subcommand)]
pub enum Command {
    /// Agree on a key with a peer
    Exchange(exchange::Args),
    /// Begin an exchange as a text for your peer, to be carried by mail or chat
    Offer(tokens::Offer),
    /// Answer your peer's offer with a text
    Accept(tokens::Accept),
    /// Take in the text that your peer has made of yours
    Finish(tokens::Finish),
    /// Confirm an exchange of texts, and get its key
    Confirm(tokens::Confirm),
    /// Send a file to a peer
    Send(send::Args),
    /// Receive a file from a peer
    Receive(receive::Args),
    /// Join stdin and stdout with those of a peer
    Pipe(pipe::Args),
    /// Let two sides meet that cannot reach each other
    Relay(relay::Args),
    /// Lead connections to the side of a peer
    Forward(forward::Args),
    /// Show an exchange and a transfer between two real processes
    Tour(tour::Args),
    /// Encrypt a file
    Encrypt(encrypt::Args),
    /// Decrypt a file
    Decrypt(decrypt::Args),
    /// Show what a file says of itself, without its content
    Inspect(inspect::Args),
    /// Change who can open a file
    Rewrap(rewrap::Args),
    /// Make identities and show their recipients
    Key(key::Args),
    /// Carry keys on paper, as words and QR codes, whole or in shares
    Courier(courier::Args),
    /// Remember peers, so that nobody need compare anything the next time
    Peer(peer::Args),
    /// Compare the codes of a session that waits in another window
    Verify(verify::Args),
    /// Write completions and man pages, name the folders in use
    Util(util::Args),
}

impl Command {
    /// Does what was asked.
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        match self {
            Self::Exchange(args) => args.run(ui),
            Self::Offer(args) => args.run(ui),
            Self::Accept(args) => args.run(ui),
            Self::Finish(args) => args.run(ui),
            Self::Confirm(args) => args.run(ui),
            Self::Send(args) => args.run(ui),
            Self::Receive(args) => args.run(ui),
            Self::Pipe(args) => args.run(ui),
            Self::Relay(args) => args.run(ui),
            Self::Forward(args) => args.run(ui),
            Self::Tour(args) => args.run(ui),
            Self::Encrypt(args) => args.run(ui),
            Self::Decrypt(args) => args.run(ui),
            Self::Inspect(args) => args.run(ui),
            Self::Rewrap(args) => args.run(ui),
            Self::Key(args) => args.run(ui),
            Self::Courier(args) => args.run(ui),
            Self::Peer(args) => args.run(ui),
            Self::Verify(args) => args.run(ui),
            Self::Util(args) => args.run(ui),
        }
    }
}
