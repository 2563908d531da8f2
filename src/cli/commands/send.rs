//! `keypact send`: files, folders or standard input, to a peer.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::auth::AuthArgs;
use crate::cli::delivery::{Compress, Offer, Symlinks};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::output::Output;
use crate::cli::report::Report;
use crate::cli::retry::RetryArgs;
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, Input, descriptor_of, is_special};
use crate::cli::transport::TransportArgs;
use crate::cli::ui::Ui;
use crate::cli::wire::Wire;
use crate::crypto::rng::OsRng;
use crate::transfer::{self, Event, Padding};

const EXAMPLES: &str = "\
Examples:
  Send a file through a command, as 'ssh -T host keypact receive --stdio …' would be
    $ keypact send --trust-transport --exec 'keypact receive --stdio --trust-transport -o copy.txt' notes.txt
  Send a folder with all that is in it
    $ mkdir -p in; keypact send --trust-transport --exec 'keypact receive --stdio --trust-transport --yes -d in' folder
  Send what compresses well over a slow line
    $ keypact send --trust-transport --compress auto --exec 'keypact receive --stdio --trust-transport -o small.txt' notes.txt
  Send a stream under a name
    $ tar c notes.txt | keypact send --trust-transport --name notes.tar --exec 'keypact receive --stdio --trust-transport' -";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    what: What,
    /// Round the length of what travels up, by an eighth at most, so that it says little of what is sent
    #[arg(long)]
    pad: bool,
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

/// What is sent.
#[derive(clap::Args)]
struct What {
    /// The files and folders to send; - is stdin, alone
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// The name that the peer sees, where one thing is sent [default: its own]
    #[arg(long)]
    name: Option<OsString>,
    /// What becomes of symbolic links in folders: refuse, keep (as links), follow or skip
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        default_value = "refuse",
        hide_possible_values = true
    )]
    symlinks: Symlinks,
    /// Compress contents before they are encrypted: zstd, none, or auto, which looks into the largest files. The number of
    /// encrypted bytes then betrays how well contents compress, and so something of them
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        default_value = "none",
        hide_possible_values = true
    )]
    compress: Compress,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.send(ui, events))
    }

    fn send(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let offer = self.what.offer(&mut claims)?;
        self.retry.check(offer.manifest.is_stream())?;
        let answer = Output::answer(self.json, &mut claims)?;
        for (path, why) in &offer.skipped {
            ui.warn(&format!("not sent: {} {why}", shown(path)));
        }
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let mut report = Report::new("sending", ui, events);
        let mut first = Some(offer);
        let padding = if self.pad { Padding::On } else { Padding::Off };
        let attempt = |wire: &mut Wire, channel, report: &mut Report<'_>| {
            // What has changed since it was listed is listed anew.
            let Offer { manifest, source, .. } = first.take().map_or_else(|| self.what.offer(&mut claims), Ok)?;
            let mut watch = |event: Event<'_>| report.watch(&event);
            Ok(transfer::send(
                wire, channel, manifest, source, padding, &mut OsRng, &mut watch,
            ))
        };
        let (sent, wire) = self.retry.transfer(&self.transport, auth, ui, &mut report, attempt)?;
        report.end(sent, wire, answer)
    }
}

impl What {
    fn offer(&self, claims: &mut Claims) -> Result<Offer, Fault> {
        match &self.paths[..] {
            [path] if is_stream(path) => {
                let input = Input::open(path, "the data to send", claims)?;
                Offer::stream(input, &self.stream_name(path)?, self.compress)
            }
            paths => match paths.iter().find(|path| path.as_os_str() == "-") {
                Some(_) => Err(Fault::usage("standard input is sent alone").hint("name files or folders, or - alone")),
                None => Offer::of(paths, self.name.as_deref(), self.symlinks, self.compress),
            },
        }
    }

    /// A stream may go without a name; a pipe or a device has its own.
    fn stream_name(&self, path: &Path) -> Result<String, Fault> {
        let name = match (&self.name, path.file_name()) {
            (Some(given), _) => given.clone(),
            (None, Some(name)) if path.as_os_str() != "-" => name.to_owned(),
            _ => return Ok(String::new()),
        };
        let not_utf8 = |name: OsString| Fault::usage(format!("{} is not UTF-8", shown(name)));
        let name = name.into_string().map_err(not_utf8)?;
        if name.is_empty() {
            return Err(Fault::usage("'' is not the name of a file"));
        }
        Ok(name)
    }
}

/// Whether what a path stands for has no length and can be read once only.
fn is_stream(path: &Path) -> bool {
    let number = if path.as_os_str() == "-" {
        Some(0)
    } else {
        descriptor_of(path)
    };
    number.is_some() || fs::metadata(path).is_ok_and(|found| is_special(&found))
}
