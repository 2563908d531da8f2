//! `keypact receive`: what a peer sends.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use glob::Pattern;

use crate::cli::auth::AuthArgs;
use crate::cli::delivery::{Consent, IfExists, Landing, Limits, Rules, Symlinks, ToStream, Traces, Who};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output, folder_of};
use crate::cli::report::Report;
use crate::cli::retry::RetryArgs;
use crate::cli::shown::shown;
use crate::cli::size;
use crate::cli::streams::{Claims, descriptor_of, is_special, reason};
use crate::cli::terminal::Terminal;
use crate::cli::transport::TransportArgs;
use crate::cli::ui::{Prompts, Ui};
use crate::cli::wire::Wire;
use crate::transfer::{self, Event};

const EXAMPLES: &str = "\
Examples:
  Receive a file from another shell of the same user
    $ keypact send --trust-transport --listen unix:door notes.txt & keypact receive --trust-transport --connect unix:door -o copy.txt; wait
  Receive a folder in a script, and nothing of another name
    $ keypact send --trust-transport --listen unix:hatch folder & mkdir -p in; keypact receive --trust-transport --connect unix:hatch --yes --only folder -d in; wait
  Receive a stream and look into it as it comes
    $ tar c notes.txt | keypact send --trust-transport --listen unix:gate - & keypact receive -o - --trust-transport --connect unix:gate | tar t";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder that everything goes to, under the names that the sender gives [default: this one]
    #[arg(short, long, value_name = "DIR", conflicts_with = "output")]
    directory: Option<PathBuf>,
    /// The name here of the one file or folder that comes; - is stdout, which gets each piece as soon as it is authentic
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What becomes of names that are taken by something else: fail, skip, rename (what arrives) or overwrite
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        default_value = "fail",
        hide_possible_values = true
    )]
    if_exists: IfExists,
    /// Take what is offered without asking; without a terminal only one plain file is taken unasked
    #[arg(short, long)]
    yes: bool,
    /// Take no more bytes than this in all; K, M, G and T stand for powers of 1024
    #[arg(long, value_name = "N", value_parser = size::bytes)]
    max_bytes: Option<u64>,
    /// Of what is offered take only what GLOB fits: a last name, or with a / in it a whole path; several times for several
    #[arg(long, value_name = "GLOB")]
    only: Vec<Pattern>,
    /// What becomes of symbolic links: refuse, keep (those that lead to what comes with them) or skip
    #[arg(long, value_name = "WHAT", default_value = "refuse", value_parser = symlinks)]
    symlinks: Symlinks,
    /// When all is in place, run the program CMD for each outermost file or folder, with its path as the only argument
    #[arg(long, value_name = "CMD")]
    on_done: Option<PathBuf>,
    /// Write what was moved as one JSON object to stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    retry: RetryArgs,
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

fn symlinks(text: &str) -> Result<Symlinks, String> {
    match text {
        "refuse" => Ok(Symlinks::Refuse),
        "keep" => Ok(Symlinks::Keep),
        "skip" => Ok(Symlinks::Skip),
        _ => Err("it is refuse, keep or skip".to_owned()),
    }
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.receive(ui, events))
    }

    fn receive(mut self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let (mut target, traces) = self.target(ui, &mut claims)?;
        let on_done = self.on_done.take();
        let answer = Output::answer(self.json, &mut claims)?;
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let mut report = Report::new("receiving", ui, events);
        let attempt = |wire: &mut Wire, channel, report: &mut Report<'_>| {
            let mut watch = |event: Event<'_>| report.watch(&event);
            Ok(transfer::receive(wire, channel, target.landing()?, &mut watch))
        };
        let outcome = self.retry.transfer(&self.transport, auth, ui, &mut report, attempt);
        if !matches!(outcome, Ok((Ok(_), _))) && traces.is_kept() {
            report.say("what has arrived is kept in a hidden folder; the same command goes on from there");
        }
        let (received, wire) = outcome?;
        report.end(received, wire, answer)?;
        let programs = on_done
            .iter()
            .flat_map(|program| traces.placed().into_iter().map(move |path| (program, path)));
        programs
            .into_iter()
            .try_for_each(|(program, path)| Ok(run(program, &path)?))
    }

    /// Where it goes, decided before anyone is asked.
    fn target(&mut self, ui: &Ui, claims: &mut Claims) -> Result<(Target, Traces), Fault> {
        let limits = Limits {
            most_bytes: self.max_bytes,
            only: std::mem::take(&mut self.only),
        };
        if let Some(path) = self.output.as_deref().filter(|path| is_stream(path)) {
            if self.on_done.is_some() {
                return Err(Fault::usage("--on-done is for files, and -o names a stream"));
            }
            let contents = if path.as_os_str() == "-" {
                Contents::Binary
            } else {
                Contents::Text
            };
            self.retry.check(true)?;
            let output = Output::open(Some(path), contents, "the file", claims)?;
            return Ok((Target::Stream(Some(ToStream::new(output, limits))), Traces::default()));
        }
        let (folder, name) = self.place()?;
        let rules = Rules {
            folder,
            consent: Arc::new(Consent::of(self.consent(ui, name.is_some()))),
            name,
            existing: self.if_exists,
            symlinks: self.symlinks,
            limits,
        };
        let traces = Traces::default();
        let landing = Landing::new(rules.clone(), traces.clone())?;
        Ok((Target::Folder(Some(landing), rules, traces.clone()), traces))
    }

    /// The folder, and the name in it where one was given.
    fn place(&self) -> Result<(PathBuf, Option<OsString>), Fault> {
        let (folder, name) = match &self.output {
            Some(path) => {
                let name = path
                    .file_name()
                    .filter(|_| !path.as_os_str().as_encoded_bytes().ends_with(b"/"));
                let name = name.ok_or_else(|| Fault::failure(format!("{} is a folder", shown(path))).hint("say -d"))?;
                (folder_of(path).to_owned(), Some(name.to_owned()))
            }
            None => (self.directory.clone().unwrap_or_else(|| PathBuf::from(".")), None),
        };
        if !folder.is_dir() {
            let fault = Fault::failure(format!("{} is not a folder", shown(&folder)));
            return Err(fault.hint("name a folder with -d, or a file with -o"));
        }
        Ok((folder, name))
    }

    /// Who says yes: a name that was given is a word of its own, for one file.
    fn consent(&self, ui: &Ui, is_named: bool) -> Who {
        if self.yes {
            return Who::Said;
        }
        let may_ask = ui.has_person() && ui.prompts() == Prompts::Allowed;
        let terminal = may_ask.then(|| Terminal::open(ui, "a yes", "--yes").ok()).flatten();
        match terminal {
            Some(terminal) if is_named => Who::PersonUnlessFile(terminal),
            Some(terminal) => Who::Person(terminal),
            None => Who::Nobody,
        }
    }
}

/// Where it goes, each time that it begins to come.
enum Target {
    Stream(Option<ToStream>),
    Folder(Option<Landing>, Rules, Traces),
}

impl Target {
    fn landing(&mut self) -> Result<Box<dyn transfer::Landing>, Fault> {
        match self {
            Self::Stream(stream) => match stream.take() {
                Some(stream) => Ok(Box::new(stream)),
                None => Err(Fault::failure("what has been written cannot be written again")),
            },
            Self::Folder(first, rules, traces) => match first.take() {
                Some(first) => Ok(Box::new(first)),
                None => Ok(Box::new(Landing::new(rules.clone(), traces.clone())?)),
            },
        }
    }
}

/// Runs a program on what has arrived. No shell sees the path, and it is absolute, so that no name is taken for a flag.
fn run(program: &Path, path: &Path) -> Result<(), Fault> {
    let path = path
        .parent()
        .and_then(|folder| Some(folder.canonicalize().ok()?.join(path.file_name()?)));
    let path = path.ok_or_else(|| Fault::failure("what has arrived is not in its place any more"))?;
    let ended = Command::new(program).arg(&path).stdin(Stdio::null()).status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(on_done(program, &path).because(status)),
        Err(error) => Err(on_done(program, &path).because(reason(&error))),
    }
}

fn on_done(program: &Path, path: &Path) -> Fault {
    let what = format!("{} is in place, and {} failed on it", shown(path), shown(program));
    Fault::failure(what).of_kind("on_done")
}

fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-" || descriptor_of(path).is_some() || path.metadata().is_ok_and(|found| is_special(&found))
}
