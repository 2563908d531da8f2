//! Looks for branches and addresses that depend on secrets: `make constant-time` runs this program under valgrind, and
//! `docs/constant-time.md` says what that shows. Prints how many reports each path gave; words choose paths by their names.
//!
//! Exit status: 0 when no path gave a report and every control did, 1 otherwise, 2 without valgrind.
#![allow(clippy::panic, reason = "a path that does not go to its end shall stop the run")]

mod control;
mod marks;
mod paths;

use std::process::ExitCode;

use crabgrind::RunMode;

/// Code to be run, and its name.
type Path = (&'static str, fn());

fn main() -> ExitCode {
    if crabgrind::run_mode() != RunMode::Valgrind {
        eprintln!("constant-time: this runs under valgrind only: make constant-time");
        return ExitCode::from(2);
    }
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    let chosen = paths::ALL.into_iter().flatten().filter(|(name, _)| is_wanted(name));

    let unseen = control::LEAKS.iter().filter(|leak| reports(leak) == 0).count();
    let leaking = chosen.filter(|path| reports(path) > 0).count();
    match (unseen, leaking) {
        (0, 0) => {
            println!("no path depends on a secret");
            return ExitCode::SUCCESS;
        }
        (0, _) => println!("FAILED: paths that depend on secrets: {leaking}"),
        _ => println!("FAILED: valgrind has not seen every leak that is there"),
    }
    ExitCode::FAILURE
}

/// Runs a path, whose name goes into valgrind's log before its reports, and counts them.
fn reports((name, path): &Path) -> usize {
    crabgrind::println!("{name}");
    let before = crabgrind::count_errors();
    path();
    let reports = crabgrind::count_errors() - before;
    println!("{reports:>4}  {name}");
    reports
}
