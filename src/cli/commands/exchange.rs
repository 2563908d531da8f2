//! `keypact exchange`: a fresh key that both sides hold.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::channel::{Channel, Kind};
use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::key_output::KeyArgs;
use crate::cli::session;
use crate::cli::streams::Claims;
use crate::cli::transport::TransportArgs;
use crate::cli::ui::Ui;
use crate::cli::wire::Wire;
use crate::crypto::labels;

const EXAMPLES: &str = "\
Examples:
  Agree with another shell of the same user
    $ keypact exchange --trust-transport --listen unix:door -o one.txt & keypact exchange --trust-transport --connect unix:door -o two.txt; wait
  Agree through a command, as 'ssh -T host keypact exchange --stdio …' would be
    $ keypact exchange --trust-transport -o here.txt --exec 'keypact exchange --stdio --trust-transport -o there.txt'";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.agree(ui, events))
    }

    fn agree(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let places = self.key.open(&mut claims)?;
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let (wire, channel) = session::establish(&self.transport, auth, ui, events)?;
        let session = channel.session().to_string();
        let keys = self.key.export(|label| channel.export(labels::export::SESSION, label));
        // Both sides must have come this far before either keeps the key.
        close(wire, channel, self.transport.patience())?;
        self.key.write(keys, places, &session)?;
        events.emit(&json!({"event": "done", "session": session}));
        Ok(())
    }
}

/// Says that no more follows, and hears the same of the peer.
fn close(mut wire: Wire, mut channel: Channel, patience: Duration) -> anyhow::Result<()> {
    let record = channel.seal(Kind::CLOSE, b"");
    wire.write(record)?;
    let deadline = Instant::now() + patience;
    let mut closed = false;
    while !closed {
        let mut record = wire.message(deadline.saturating_duration_since(Instant::now()))?;
        closed = match channel.opener.open(&mut record)? {
            (Kind::CLOSE, b"") => true,
            (kind, _) if kind.is_upkeep() => false,
            _ => return Err(crate::channel::Error::Protocol("a record after the exchange").into()),
        };
    }
    wire.finish();
    Ok(())
}
