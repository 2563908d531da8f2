//! Roots of trust: where keys are kept by something that is asked to use them.

pub mod plugin;
