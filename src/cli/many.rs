//! The same work on many files, several of them side by side, each with a result of its own.

use std::fs;
use std::num::NonZeroUsize;
use std::os::fd::RawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clap::ValueEnum;

use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Existing, Output};
use crate::cli::plan::{Folders, Item, Naming, Plan};
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, Input, cannot};
use crate::cli::tally::Tally;
use crate::crypto::aead::leaving_no_trace;
use crate::format::stream::Jobs;

/// Results that a worker collects before it waits for the disk, at most, and the most bytes in them.
const GROUP: usize = 64;
const GROUP_BYTES: u64 = 32 << 20;
/// From this number of a descriptor on, results do not wait: the system gives the lowest that is free, so it tells how
/// many are open, and some systems allow no more than 256.
const CROWDED: RawFd = 192;
/// From here on a file is worth all processors, in bytes.
const LARGE: u64 = 8 << 20;

/// Which files, and where the results go.
#[derive(clap::Args)]
pub struct FilesArgs {
    /// Write to this file, which appears when it is complete [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the results into this folder [default, with several inputs: beside each]
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    output_dir: Option<PathBuf>,
    /// Take folders as inputs, with all files in them
    #[arg(long)]
    recursive: bool,
    /// With several inputs, when a result's name is taken: fail, skip or overwrite
    #[arg(long, value_name = "WHAT", default_value = "fail", hide_possible_values = true)]
    if_exists: IfExists,
    /// Work on this many processors [default: all there are]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Print a summary as one JSON object on stdout
    #[arg(long)]
    json: bool,
    /// Write events as JSON lines to this file or descriptor
    #[arg(long, value_name = "FILE|fd:N")]
    pub events: Option<PathBuf>,
    /// The files [default: stdin]
    #[arg(value_name = "INPUT")]
    pub input: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum IfExists {
    Fail,
    Skip,
    Overwrite,
}

/// What is done with one file: its number, where it comes from, where it goes to, and on how many processors. It gives the
/// result back, ready to appear.
pub type Work<'w> = dyn Fn(usize, Input, Output, Jobs) -> anyhow::Result<Output> + Sync + 'w;

impl FilesArgs {
    /// The one input of a command that takes no more; `-` where none is named.
    ///
    /// # Errors
    /// When there are several.
    pub fn only(&self, what: &str) -> Result<&Path, Fault> {
        match self.input.as_slice() {
            [] => Ok(Path::new("-")),
            [only] => Ok(only),
            _ => Err(Fault::usage(format!("{what} is of one input")).hint("name one file at a time")),
        }
    }

    /// The folder that results go to.
    pub fn folder(&self) -> &Path {
        self.output_dir.as_deref().unwrap_or(Path::new("."))
    }

    /// Whether results get their names from their inputs.
    pub fn is_many(&self) -> bool {
        self.input.len() > 1 || self.recursive || self.output_dir.is_some()
    }

    /// Where the summary goes, if one is wanted.
    ///
    /// # Errors
    /// When standard output has another role.
    pub fn answer(&self, claims: &mut Claims) -> Result<Option<Output>, Fault> {
        Output::answer(self.json, claims)
    }

    /// How many processors to use.
    pub fn jobs(&self) -> Jobs {
        self.jobs.map_or_else(Jobs::available, Jobs::new)
    }

    /// Finds all inputs and names all results.
    ///
    /// # Errors
    /// A wrong call. What is wrong with one input is kept for its turn.
    pub fn plan(&self, naming: Naming) -> Result<Plan, Fault> {
        self.check()?;
        let base = self.output_dir.as_deref();
        let mut plan = Plan::new(&self.input, Folders::of(self.recursive), naming, base);
        if self.if_exists == IfExists::Overwrite {
            plan.refuse_inputs();
        }
        Ok(plan)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.input.is_empty() {
            return Err(
                Fault::usage("no input is named").hint("name the files, or leave the flags for many files away")
            );
        }
        if let Some(output) = &self.output {
            return Err(
                Fault::usage(format!("{} cannot hold the results of several inputs", shown(output)))
                    .hint("use --output-dir DIR, or --archive to put them into one file"),
            );
        }
        if self.input.iter().any(|input| input.as_os_str() == "-") {
            return Err(Fault::usage("standard input cannot be one of several inputs").hint("run it on its own"));
        }
        Ok(())
    }

    /// Does `work` on every file of the plan, each result under its name when it is complete. A failure stops no other.
    pub fn run(&self, plan: &Plan, tally: &Tally<'_>, work: &Work<'_>) {
        tally.expect(plan.items.len(), plan.others + plan.passed_over);
        let shop = Shop {
            args: self,
            items: &plan.items,
            next: AtomicUsize::new(0),
            tally,
            work,
        };
        thread::scope(|scope| {
            for _ in 1..self.jobs().get().min(plan.items.len()) {
                let worker = thread::Builder::new().name("files".into());
                // Without a further worker, those that are there do the work.
                let _ = worker.spawn_scoped(scope, || leaving_no_trace(|| shop.serve()));
            }
            shop.serve();
        });
    }
}

/// Creates a folder for results, with what leads to it.
///
/// # Errors
/// When it cannot be created.
pub fn create_folder(folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(|error| cannot("create the folder", &shown(folder), &error))
}

/// What the workers share.
struct Shop<'s, 't> {
    args: &'s FilesArgs,
    items: &'s [Item],
    next: AtomicUsize,
    tally: &'s Tally<'t>,
    work: &'s Work<'s>,
}

/// Results that wait for the disk together.
#[derive(Default)]
struct Group {
    outputs: Vec<Output>,
    items: Vec<(usize, u64)>,
    bytes: u64,
    is_crowded: bool,
}

impl Shop<'_, '_> {
    fn serve(&self) {
        let mut group = Group::default();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = self.items.get(number) else { break };
            match self.process(number, item) {
                Ok(Some((output, size))) => {
                    group.is_crowded |= output.descriptor() >= CROWDED;
                    group.outputs.push(output);
                    group.items.push((number, size));
                    group.bytes += size;
                }
                Ok(None) => self.tally.skipped(&item.input),
                Err(error) => self.tally.failed(&item.input, &error),
            }
            if group.is_crowded || group.outputs.len() >= GROUP || group.bytes >= GROUP_BYTES {
                self.commit(std::mem::take(&mut group));
            }
        }
        self.commit(group);
    }

    fn process(&self, number: usize, item: &Item) -> anyhow::Result<Option<(Output, u64)>> {
        let target = item.target()?;
        let is_taken = target.is_some_and(|target| target.symlink_metadata().is_ok());
        if is_taken && self.args.if_exists == IfExists::Skip {
            return Ok(None);
        }
        let input = item.open()?;
        let size = input.size().unwrap_or_default();
        let output = target.map_or_else(Output::nowhere, |target| self.output(target, &input))?;
        output.refuse_input(&input)?;
        let is_alone = self.items.len() == 1 || size >= LARGE;
        let jobs = if is_alone { self.args.jobs() } else { Jobs::ONE };
        Ok(Some(((self.work)(number, input, output, jobs)?, size)))
    }

    fn output(&self, target: &Path, input: &Input) -> Result<Output, Fault> {
        if let (Some(_), Some(folder)) = (&self.args.output_dir, target.parent()) {
            create_folder(folder)?;
        }
        let existing = match self.args.if_exists {
            IfExists::Overwrite => Existing::Replaced,
            IfExists::Fail | IfExists::Skip => Existing::Stays,
        };
        let mode = if input.size().is_some() {
            input.metadata().mode() & 0o777
        } else {
            0o666
        };
        let contents = Contents::File { mode, existing };
        Output::open(Some(target), contents, "a result", &mut Claims::default()).map_err(|fault| match fault.kind {
            "exists" => fault
                .because("a result never takes the place of a file unasked")
                .hint("move it away, or say --if-exists skip or overwrite"),
            _ => fault,
        })
    }

    fn commit(&self, group: Group) {
        let results = Output::commit_all(group.outputs);
        for ((number, size), result) in group.items.into_iter().zip(results) {
            let item = &self.items[number];
            match result {
                Ok(()) => self.tally.done(&item.input, item.target().ok().flatten(), size),
                Err(error) => self.tally.failed(&item.input, &error),
            }
        }
    }
}
