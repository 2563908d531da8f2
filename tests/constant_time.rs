//! No branch and no address depends on a secret: the run of `make constant-time`, where everything is tested. It needs a
//! build of its own, with optimisation.
#![allow(clippy::unwrap_used, missing_docs)]

#[allow(unused_imports, reason = "every test binary uses its own part")]
#[path = "support/tools.rs"]
mod tools;

use std::process::Command;

#[test]
fn no_path_depends_on_a_secret() {
    if std::env::var_os("KEYPACT_TEST_ALL").is_none() {
        return tools::say("constant time", "run `make constant-time`");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/constant_time/run.sh");
    let run = Command::new(script).output().unwrap();
    let said = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
}
