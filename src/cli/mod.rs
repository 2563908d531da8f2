//! Everything that the user types and sees: words, files, terminals, exit codes.

pub mod activation;
pub mod address;
pub mod age_plugin;
pub mod agent;
pub mod archive;
pub mod aside;
pub mod auth;
pub mod blame;
pub mod ceremony;
pub mod code;
pub mod commands;
pub mod comparison;
pub mod config;
pub mod courier_key;
pub mod credentials;
mod cutter;
pub mod deadline;
pub mod delivery;
pub mod desk;
pub mod drawing;
pub mod enrol;
pub mod events;
pub mod fault;
mod folder;
pub mod forward;
pub mod inherited;
pub mod journal;
pub mod kept;
pub mod key_output;
pub mod keys;
pub mod listener;
pub mod man;
pub mod many;
pub mod meeting;
pub mod output;
pub mod peers;
pub mod pending;
pub mod pinentry;
pub mod plan;
pub mod plugins;
pub mod range;
pub mod relay;
pub mod replacement;
pub mod report;
pub mod retry;
pub mod session;
pub mod shown;
pub mod sight;
pub mod signals;
pub mod sink;
pub mod size;
pub mod spent;
pub mod ssh;
pub mod streams;
pub mod tally;
pub mod terminal;
pub mod tops;
pub mod transport;
pub mod tree;
pub mod ui;
pub mod wire;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, ValueEnum};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use commands::Command;
use fault::Fault;
use streams::Claims;
use ui::{Colour, ErrorFormat, Ui};

use crate::crypto::aead::leaving_no_trace;

/// Agree on a key over the channel you have, check it out-of-band, and move files under it
#[derive(Parser)]
#[command(name = "keypact", version, arg_required_else_help = true, subcommand_required = true)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command takes.
#[derive(Args)]
#[allow(clippy::doc_markdown, reason = "the comments are the help text")]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How errors are written: json puts one object on the last line of stderr
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub error_format: ErrorFormat,
    /// When to use colours: auto, always or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub color: Colour,
    /// Never ask on the terminal
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Keep all files of keypact in this folder (environment: KEYPACT_HOME)
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
}

/// The whole program.
pub fn main() -> ExitCode {
    harden();
    let code = leaving_no_trace(run);
    signals::tidy_up();
    code
}

fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let outcome = signals::install().map_err(anyhow::Error::from);
    if age_plugin::is_meant(&arguments) {
        let ui = Ui::new(spelled_globals(&[]));
        let outcome = outcome.and_then(|()| age_plugin::run(&arguments, &ui));
        return outcome.map_or_else(|error| fail(&ui, &error), |()| ExitCode::SUCCESS);
    }
    let outcome = outcome.and_then(|()| parse(&arguments));
    let (ui, outcome) = match outcome {
        Ok(Cli { globals, command }) => {
            let ui = Ui::new(globals);
            let outcome = command.run(&ui);
            (ui, outcome)
        }
        Err(error) => (Ui::new(spelled_globals(&arguments)), explain(error)),
    };
    outcome.map_or_else(|error| fail(&ui, &error), |()| ExitCode::SUCCESS)
}

/// No core file, and no look into this process by others of the same user: its memory holds keys.
fn harden() {
    // Where the system refuses, the keys are as safe as in any other program: no reason not to run.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
}

fn parse(arguments: &[OsString]) -> anyhow::Result<Cli> {
    let color = match spelled_globals(arguments).color {
        Colour::Auto => ColorChoice::Auto,
        Colour::Always => ColorChoice::Always,
        Colour::Never => ColorChoice::Never,
    };
    let matches = Cli::command().color(color).try_get_matches_from(arguments)?;
    Ok(Cli::from_arg_matches(&matches)?)
}

/// Help and version are answers; the rest of what the parser says is a wrong call.
fn explain(error: anyhow::Error) -> anyhow::Result<()> {
    let error = error.downcast::<clap::Error>()?;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Claims::default().stdout("the help text")?;
            let printed = error.print().and_then(|()| io::stdout().flush());
            Ok(printed.map_err(|error| sink::of_stdout(&error))?)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // The help goes to standard error here; where that is gone, the exit status says enough.
            let _ = error.print();
            Err(Fault::usage("a command is needed").hint("see 'keypact --help'").into())
        }
        _ => Err(fault::of_usage(&error).into()),
    }
}

/// The global flags that matter before, and in spite of, a call that cannot be parsed.
fn spelled_globals(arguments: &[OsString]) -> Globals {
    Globals {
        quiet: false,
        verbose: 0,
        error_format: spelled(arguments, "--error-format").unwrap_or(ErrorFormat::Text),
        color: spelled(arguments, "--color").unwrap_or(Colour::Auto),
        no_input: false,
        home: None,
    }
}

fn spelled<T: ValueEnum>(arguments: &[OsString], flag: &str) -> Option<T> {
    let words = arguments
        .iter()
        .map_while(|word| word.to_str().filter(|word| *word != "--"));
    let words: Vec<&str> = words.collect();
    let at = words.iter().position(|word| {
        word.strip_prefix(flag)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })?;
    let value = words[at]
        .split_once('=')
        .map(|(_, value)| value)
        .or_else(|| words.get(at + 1).copied())?;
    T::from_str(value, false).ok()
}

fn fail(ui: &Ui, error: &anyhow::Error) -> ExitCode {
    signals::close_prompt();
    if fault::stdout_gone(error) {
        signals::die_of(signals::SIGPIPE);
    }
    let fault = Fault::of(error);
    ui.fault(&fault);
    ExitCode::from(fault.code as u8)
}
