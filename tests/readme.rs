//! The README's shell blocks, run one after the other in one folder, as a new user would.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is the failure report")]

#[path = "support/blocks.rs"]
mod blocks;
#[path = "support/sandbox.rs"]
mod sandbox;

use sandbox::Sandbox;

#[test]
fn every_block_works() {
    let sandbox = Sandbox::new();
    sandbox.write("letter.txt", "Dear Bob,\n");
    sandbox.write("report.txt", vec![b'r'; 100_000]);
    sandbox.write(
        "ten-words.txt",
        "academic-acid-acne-acquire-acrobat-activity-actress-adapt-adequate-adjust\n",
    );
    sandbox.shell("chmod 600 ten-words.txt").ok();
    let blocks = blocks::of(include_str!("../README.md"));
    assert!(blocks.len() >= 6, "{} blocks were found", blocks.len());
    for block in blocks {
        let ran = sandbox.shell(&format!("set -eo pipefail\n{block}"));
        assert_eq!(ran.code(), 0, "{block}\n{}", ran.stderr());
    }
    assert!(!sandbox.has_partial_file());
}
