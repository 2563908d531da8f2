//! Both directions of a channel at once, in one process: pipes and streams against wires that break
//! and peers that mean harm.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a panic is the failure report"
)]

#[path = "support/channels.rs"]
mod channels;
#[path = "support/script.rs"]
mod script;

#[path = "duplex/forward.rs"]
mod forward;
#[path = "duplex/fresh.rs"]
mod fresh;
#[path = "duplex/halves.rs"]
mod halves;
#[path = "duplex/pipe.rs"]
mod pipe;
