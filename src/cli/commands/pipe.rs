//! `keypact pipe`: standard input to the peer's standard output, and the reverse, at the same time.

use std::io::{self, IoSlice, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::channel::Coding;
use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::output::{Contents, Output};
use crate::cli::session;
use crate::cli::streams::{Claims, Input, cannot, leave_stdout};
use crate::cli::transport::TransportArgs;
use crate::cli::ui::Ui;
use crate::cli::wire::with_status;
use crate::pipe;

const EXAMPLES: &str = "\
Examples:
  Pack a folder here and unpack it there
    $ mkdir -p there; tar c folder | keypact pipe --trust-transport --listen unix:door & keypact pipe --trust-transport --connect unix:door < /dev/null | tar x -C there; wait
  Send one file through a command and get another one back, as through 'ssh -T host keypact pipe --stdio …'
    $ keypact pipe --trust-transport --exec 'keypact pipe --stdio --trust-transport --input notes.txt -o asked.txt' < notes.txt";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What is sent to the peer [default: stdin]
    #[arg(long, value_name = "FILE|fd:N")]
    input: Option<PathBuf>,
    /// Where the peer's bytes go, each as soon as it is authentic: a file appears when all of them have come; - is stdout, also
    /// where that is a terminal and they are no text [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Compress what is sent before it is encrypted: zstd or none. The number of encrypted bytes then betrays how well it
    /// compresses, and so something of it
    #[arg(long, value_name = "HOW", default_value = "none", value_parser = coding)]
    compress: Coding,
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

fn coding(text: &str) -> Result<Coding, String> {
    match text {
        "none" => Ok(Coding::Plain),
        "zstd" => Ok(Coding::Zstd),
        _ => Err("it is zstd or none".to_owned()),
    }
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.pipe(ui, events))
    }

    fn pipe(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let source = self.source(&mut claims, ui)?;
        let output = Output::open(
            self.output.as_deref(),
            Contents::Unknown,
            "what the peer sends",
            &mut claims,
        )?;
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let (wire, channel) = session::establish(&self.transport, auth, ui, events)?;
        leave_stdout().map_err(|error| cannot("leave", "standard output", &error))?;
        let (outgoing, incoming, end) = wire.split();
        let piped = pipe::run(
            outgoing,
            incoming,
            channel,
            Box::new(source),
            self.compress,
            Box::new(Target(output)),
        );
        let status = end.finish();
        let pipe::Receipt { sent, received } = piped.map_err(|error| with_status(error.into(), status))?;
        ui.note(&format!("{sent} bytes sent, {received} bytes received"));
        events.emit(&json!({"event": "done", "sent": sent, "received": received}));
        Ok(())
    }

    fn source(&self, claims: &mut Claims, ui: &Ui) -> Result<Input, Fault> {
        let role = "what is sent to the peer";
        match &self.input {
            Some(spec) => Input::open_file_or_fd(spec, role, claims),
            None => Input::open_or_stdin(Path::new("-"), role, claims, ui),
        }
    }
}

/// An output as the end of a pipe.
struct Target(Output);

impl pipe::Target for Target {
    fn write(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<()> {
        for piece in pieces {
            self.0.write_all(piece)?;
        }
        self.0.flush()
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        self.0.close()
    }
}
