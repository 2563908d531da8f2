//! `keypact send`: one file, or standard input, to a peer.

use std::path::{Path, PathBuf};

use std::os::unix::fs::MetadataExt;

use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::report::Report;
use crate::cli::session;
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, Input};
use crate::cli::transport::TransportArgs;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::transfer::{self, Entry};

const EXAMPLES: &str = "\
Examples:
  Send a file through a command, as 'ssh -T host keypact receive --stdio …' would be
    $ keypact send --trust-transport --exec 'keypact receive --stdio --trust-transport -o copy.txt' notes.txt
  Send a stream under a name
    $ tar c notes.txt | keypact send --trust-transport --name notes.tar --exec 'keypact receive --stdio --trust-transport' -";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The file to send; - is stdin
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The name that the peer sees [default: the file's]
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.send(ui, events))
    }

    fn send(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let input = Input::open(&self.path, "the data to send", &mut claims)?;
        let entry = Entry {
            name: name_of(self.name, &self.path, input.size())?,
            size: input.size(),
            mode: mode_of(&input),
        };
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let (mut wire, channel) = session::establish(&self.transport, auth, ui, events)?;
        let mut report = Report::new("sending", ui, events);
        let sent = transfer::send(&mut wire, channel, &entry, Box::new(input), &mut OsRng, &mut |event| {
            report.watch(&event);
        });
        report.end(&entry.name, sent, wire)
    }
}

fn mode_of(input: &Input) -> u16 {
    match input.size() {
        Some(_) => u16::try_from(input.metadata().mode() & 0o777).expect("nine bits"),
        None => 0o644,
    }
}

/// A file has its own last name; a stream may go without.
fn name_of(given: Option<String>, path: &Path, size: Option<u64>) -> Result<String, Fault> {
    let name = match (given, path.file_name()) {
        (Some(given), _) => given,
        (None, Some(name)) if path.as_os_str() != "-" => name
            .to_str()
            .ok_or_else(|| Fault::usage(format!("{} is not UTF-8", shown(name))).hint("give it a name with --name"))?
            .to_owned(),
        _ if size.is_none() => return Ok(String::new()),
        _ => "stdin".to_owned(),
    };
    if Entry::is_plain_name(&name) {
        Ok(name)
    } else {
        Err(Fault::usage(format!("'{}' is not the name of a file", shown(&name)))
            .hint("give a name without folders with --name"))
    }
}
