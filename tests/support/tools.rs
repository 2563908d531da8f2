//! What the tests run against beside this crate: there, or left out aloud.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where `tests/install/*.sh` put what is not a package of the system; a copy of the sources is told where that was.
pub(crate) fn installed(name: &str) -> PathBuf {
    if let Some(tools) = env::var_os("KEYPACT_TEST_TOOLS") {
        return PathBuf::from(tools).join(name);
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(target)
        .join("tools")
        .join(name)
}

/// A program of the system's.
pub(crate) fn program(name: &str) -> PathBuf {
    let folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];
    let found = folders
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.exists());
    found.unwrap_or_else(|| PathBuf::from(name))
}

/// Whether all of `paths` are there. Where they are not, `what` is left out and this says so, unless everything must be
/// tested.
pub(crate) fn are_there<P: AsRef<Path>>(paths: &[P], what: &str) -> bool {
    let missing = paths.iter().map(AsRef::as_ref).find(|path| !path.exists());
    match missing {
        None => true,
        Some(path) => left_out(what, &format!("no {}", path.display())),
    }
}

/// Says that `what` is not tested, and gives false.
pub(crate) fn left_out(what: &str, why: &str) -> bool {
    assert!(env::var_os("KEYPACT_TEST_ALL").is_none(), "{what}: {why}");
    say(what, &format!("{why}; run `make test`"));
    false
}

/// Says that `what` is not tested. Written past the test harness, which keeps what a passing test prints to itself.
pub(crate) fn say(what: &str, why: &str) {
    let _ = writeln!(io::stderr(), "left out: {what} ({why})");
}
