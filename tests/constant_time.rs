//! No branch and no address depends on a secret: the run of `make constant-time`, where everything is tested. It needs a
//! build of its own, with optimisation.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/tools.rs"]
mod tools;

use std::env;
use std::process::Command;

#[test]
fn no_path_depends_on_a_secret() {
    if env::var_os("KEYPACT_TEST_ALL").is_none() {
        return tools::say("constant time", "run `make constant-time`");
    }
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/constant_time/run.sh"));
    // What cargo says to a test about its package is news to build scripts, which would build all anew.
    let said = env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    for name in said.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
        script.env_remove(name);
    }
    let run = script.output().unwrap();
    let told = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&told));
}
