//! Archives: what is packed comes back as it was, what is hostile comes back as a fault and leaves nothing, and GNU tar
//! takes and gives the same.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/tools.rs"]
mod tools;
#[path = "support/tree.rs"]
mod tree;

#[path = "archive/gnu.rs"]
mod gnu;
#[path = "archive/hostile.rs"]
mod hostile;
#[path = "archive/raw.rs"]
mod raw;

#[path = "archive/local.rs"]
mod local;
#[path = "archive/round.rs"]
mod round;
