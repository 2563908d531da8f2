//! What is run, by room.

mod codes;
mod courier;
mod encodings;
mod exchange;
mod files;
mod primitives;

use super::Path;

/// All of them.
pub const ALL: [&[Path]; 6] = [
    primitives::PATHS,
    encodings::PATHS,
    codes::PATHS,
    courier::PATHS,
    exchange::PATHS,
    files::PATHS,
];
