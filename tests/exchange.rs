//! `keypact exchange` between two real processes: over every wire, with people at terminals, with somebody in the
//! middle, and with peers that are none.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/relay.rs"]
mod relay;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;
#[path = "support/sshd.rs"]
mod sshd;
#[path = "support/tools.rs"]
mod tools;

#[path = "exchange/attacks.rs"]
mod attacks;
#[path = "exchange/ceremony.rs"]
mod ceremony;
#[path = "exchange/closed.rs"]
mod closed;
#[path = "exchange/forms.rs"]
mod forms;
#[path = "exchange/middle.rs"]
mod middle;
#[path = "exchange/screens.rs"]
mod screens;
#[path = "exchange/ssh.rs"]
mod ssh;
#[path = "exchange/strangers.rs"]
mod strangers;
#[path = "exchange/wires.rs"]
mod wires;
