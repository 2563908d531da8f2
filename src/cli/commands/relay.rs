//! `keypact relay`: a place where two sides meet that cannot reach each other.

use std::path::PathBuf;
use std::time::Duration;

use clap::value_parser;

use crate::cli::activation::Handed;
use crate::cli::address::Place;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::listener::Listener;
use crate::cli::relay::{Limits, Relay};
use crate::cli::size;
use crate::cli::ui::Ui;

const EXAMPLES: &str = "\
Examples:
  Run a relay, and let two sides meet there
    $ keypact relay --listen 127.0.0.1:14231 & relay=$!; keypact exchange --trust-transport --relay 127.0.0.1:14231/our-place -o one.txt & keypact exchange --trust-transport --relay 127.0.0.1:14231/our-place -o two.txt; wait $!; kill $relay";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Wait for both sides at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket
    /// that systemd hands over (systemd)
    #[arg(long, value_name = "ADDR")]
    listen: Place,
    /// Connections at once; further ones are refused
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = value_parser!(u16).range(2..))]
    max_connections: u16,
    /// Connections at once from one address (of IPv6, from one network of 64 bits); further ones are refused
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = value_parser!(u16).range(1..))]
    max_per_address: u16,
    /// Seconds that one side may wait for the other
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = value_parser!(u32).range(1..))]
    max_wait: u32,
    /// Seconds that two sides may be silent, both of them
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = value_parser!(u32).range(1..))]
    max_idle: u32,
    /// Bytes that two sides may exchange; K, M, G and T stand for powers of 1024 [default: any number]
    #[arg(long, value_name = "N", value_parser = size::bytes)]
    max_bytes: Option<u64>,
    /// Write what happens as one JSON object a line
    #[arg(long, value_name = "FILE|fd:N")]
    events: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        Events::open(self.events.as_deref())?.around(|events| self.serve(ui, events))
    }

    fn serve(&self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let limits = Limits {
            connections: usize::from(self.max_connections),
            connections_of_one: usize::from(self.max_per_address),
            waiting: Duration::from_secs(self.max_wait.into()),
            idle: Duration::from_secs(self.max_idle.into()),
            most_bytes: self.max_bytes,
        };
        let listener = self.listener(ui, events)?;
        match Relay::new(listener, limits, ui)?.run()? {}
    }

    fn listener(&self, ui: &Ui, events: &mut Events) -> Result<Listener, Fault> {
        match &self.listen {
            Place::Address(address) => Listener::open(address, ui, events),
            Place::Systemd => match Handed::take(ui, events)? {
                Handed::Listener(listener) => Ok(listener),
                Handed::Connection(_) => Err(Fault::usage("one connection was handed over, and a relay needs two")
                    .hint("say Accept=no in the .socket unit")),
            },
        }
    }
}
