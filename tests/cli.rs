//! The binary as a user and a script see it: standard output, standard error, exit status, and the files that are
//! there, and not there, afterwards.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

#[path = "cli/decrypt.rs"]
mod decrypt;
#[path = "cli/encrypt.rs"]
mod encrypt;
#[path = "cli/environment.rs"]
mod environment;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/key.rs"]
mod key;
#[path = "cli/many.rs"]
mod many;
#[path = "cli/names.rs"]
mod names;
#[path = "cli/parts.rs"]
mod parts;
#[path = "cli/pinentry.rs"]
mod pinentry;
#[path = "cli/prompts.rs"]
mod prompts;
#[path = "cli/ssh.rs"]
mod ssh;
#[path = "cli/util.rs"]
mod util;
