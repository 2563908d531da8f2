//! What the assembly line stands on. `tests/model` puts a model checker's in its place and runs every interleaving.

pub(super) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
