//! `keypact receive`: one file from a peer.

use std::path::PathBuf;

use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::output::{self, Contents, Existing, Output};
use crate::cli::report::Report;
use crate::cli::session;
use crate::cli::shown::shown;
use crate::cli::streams::Claims;
use crate::cli::transport::TransportArgs;
use crate::cli::ui::Ui;
use crate::transfer::{self, Entry, Sink};

const EXAMPLES: &str = "\
Examples:
  Receive a file from another shell of the same user
    $ keypact send --trust-transport --listen unix:door notes.txt & keypact receive --trust-transport --connect unix:door -o copy.txt; wait
  Receive a stream and look into it as it comes
    $ tar c notes.txt | keypact send --trust-transport --listen unix:gate - & keypact receive -o - --trust-transport --connect unix:gate | tar t";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder that the file goes to, under the name that the sender gives [default: this one]
    #[arg(short, long, value_name = "DIR", conflicts_with = "output")]
    directory: Option<PathBuf>,
    /// The file's name here; - is stdout, which gets each piece as soon as it is authentic
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.receive(ui, events))
    }

    fn receive(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let place = Place::settle(self.output, self.directory, &mut claims)?;
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let (mut wire, channel) = session::establish(&self.transport, auth, ui, events)?;
        let mut report = Report::new("receiving", ui, events);
        let (mut fault, mut name) = (None, String::new());
        let decide = |entry: &Entry| {
            name.clone_from(&entry.name);
            place.open(entry).map_err(|refused| {
                let why = refused.what.clone();
                fault = Some(refused);
                why
            })
        };
        let received = transfer::receive(&mut wire, channel, decide, &mut |event| report.watch(&event));
        match fault {
            // This side's own words say more than what the peer is told.
            Some(fault) => {
                wire.finish();
                Err(fault.into())
            }
            None => report.end(&name, received, wire),
        }
    }
}

/// Where the file goes, decided before anyone is asked.
enum Place {
    Stdout(Box<Output>),
    File(PathBuf),
    Folder(PathBuf),
}

impl Place {
    fn settle(output: Option<PathBuf>, folder: Option<PathBuf>, claims: &mut Claims) -> Result<Self, Fault> {
        if let Some(path) = output {
            if path.as_os_str() == "-" {
                let output = Output::open(Some(&path), Contents::Binary, "the file", claims)?;
                return Ok(Self::Stdout(Box::new(output)));
            }
            // Refused before the peer is kept waiting; a name that is taken meanwhile, when it is offered.
            Output::refuse_taken(&path)?;
            return Ok(Self::File(path));
        }
        let folder = folder.unwrap_or_else(|| PathBuf::from("."));
        if !folder.is_dir() {
            let fault = Fault::failure(format!("{} is not a folder", shown(&folder)));
            return Err(fault.hint("name a folder with -d, or a file with -o"));
        }
        Ok(Self::Folder(folder))
    }

    fn open(self, entry: &Entry) -> Result<Box<dyn Sink>, Fault> {
        let path = match self {
            Self::Stdout(output) => return Ok(output),
            Self::File(path) => path,
            Self::Folder(_) if entry.name.is_empty() => {
                return Err(Fault::failure("the sender's stream has no name").hint("name a file with -o FILE"));
            }
            Self::Folder(_) if entry.name.starts_with('.') => {
                // In a home folder such a name is a setting, or a program to be run.
                return Err(Fault::failure(format!("{} is a hidden name", shown(&entry.name)))
                    .of_kind("refused")
                    .hint("name the file yourself with -o FILE"));
            }
            Self::Folder(folder) => {
                let path = folder.join(&entry.name);
                // A pipe or a device is written to when the user names it, never when the peer does.
                if path.symlink_metadata().is_ok() {
                    return Err(output::taken(&path));
                }
                path
            }
        };
        let contents = Contents::File {
            mode: entry.mode.into(),
            existing: Existing::Stays,
        };
        let output = Output::open(Some(&path), contents, "the file", &mut Claims::default())?;
        Ok(Box::new(output))
    }
}
