//! The age plugin protocol (C2SP age-plugin.md), both sides: programs `age-plugin-NAME` that keep keys for us, and us as
//! such a program for others.
//!
//! ```text
//! age-plugin-NAME --age-plugin=recipient-v1   wraps file keys      recipients `age1NAME1…`, or identities
//! age-plugin-NAME --age-plugin=identity-v1    takes them back      identities `AGE-PLUGIN-NAME-1…`
//! ```
//!
//! Messages are stanzas in the text form of headers, over the program's standard input and output. The client speaks
//! first, then the plugin, and each of the plugin's messages is answered; whoever speaks ends with `done`. One
//! conversation serves any number of files.
//!
//! A plugin is trusted with keys, for the user has installed it, and with nothing else: what it says is parsed strictly,
//! what is held of it is bounded, and what it asks goes through [`Ui`].

mod client;
mod error;
mod host;
mod keys;
mod process;
mod reference;
mod server;
mod ui;
mod wire;

pub use client::{Found, Wrapped, Wrapping, unwrap, wrap};
pub use error::{Cause, Complaint, Error, LastWords};
pub use host::{Host, Identity, Recipient, identities, recipients};
pub use keys::{IdentityText, Name, RecipientText};
pub use reference::Reference;
pub use server::{Asker, Holder, serve};
pub use ui::{Choice, Echo, Ui};
pub use wire::Wire;

/// What a plugin is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// To wrap file keys.
    Recipient,
    /// To take them out of stanzas.
    Identity,
}

impl Machine {
    /// The word for it in the flag `--age-plugin=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recipient => "recipient-v1",
            Self::Identity => "identity-v1",
        }
    }

    /// What the word stands for.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Recipient, Self::Identity]
            .into_iter()
            .find(|machine| machine.as_str() == word)
    }
}

#[cfg(test)]
mod tests;
