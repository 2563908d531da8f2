//! `keypact forward`: connections to this machine lead to the peer's side, and the reverse, where that is allowed.

use serde_json::json;

use crate::cli::auth::AuthArgs;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::forward::{self, Allowed, Forward};
use crate::cli::listener::Listener;
use crate::cli::session;
use crate::cli::streams::Claims;
use crate::cli::transport::TransportArgs;
use crate::cli::ui::Ui;
use crate::cli::wire::with_status;
use crate::forward::LONGEST_TARGET;

const EXAMPLES: &str = "\
Examples:
  Let the peer use one service of this machine; the peer reaches it at a socket of its own, and ends both
    $ keypact send --trust-transport --listen unix:service notes.txt & keypact forward --trust-transport --listen unix:door --allow unix:service & keypact forward --trust-transport --connect unix:door -L unix:here:unix:service & keypact receive --trust-transport --connect unix:here -o copy.txt; kill $!; wait";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Take connections on this machine and lead them to HOST:PORT on the peer's side, which must allow it; several times for
    /// several. Without BIND only this machine can connect; unix:PATH may stand for either end; port 0 is any, which is printed
    #[arg(short = 'L', value_name = "[BIND:]PORT:HOST:PORT")]
    local: Vec<Forward>,
    /// Let the peer connect to this from here: HOST:PORT, HOST:* or unix:PATH, spelled as the peer spells it; several times for
    /// several [default: nothing]
    #[arg(long, value_name = "TARGET")]
    allow: Vec<Allowed>,
    #[command(flatten)]
    transport: TransportArgs,
    #[command(flatten)]
    auth: AuthArgs,
}

impl Args {
    pub fn run(self, ui: &Ui) -> anyhow::Result<()> {
        self.auth.events()?.around(|events| self.forward(ui, events))
    }

    fn forward(self, ui: &Ui, events: &mut Events) -> anyhow::Result<()> {
        if self.local.is_empty() && self.allow.is_empty() {
            let fault = Fault::usage("there is nothing to forward");
            return Err(fault
                .hint("name ends with -L, or let the peer do it with --allow")
                .into());
        }
        let mut claims = Claims::default();
        self.transport.claim(&mut claims)?;
        let listeners: Vec<_> = self.local.iter().map(listen).collect::<Result<_, _>>()?;
        let auth = self.auth.settle(&mut claims, ui, events)?;

        let (wire, channel) = session::establish(&self.transport, auth, ui, events)?;
        for (_, bound, target) in &listeners {
            ui.say(&format!("{bound} leads to {target}"));
            events.emit(&json!({"event": "forwarding", "address": bound, "target": target}));
        }
        let listeners = listeners.into_iter().map(|(listener, _, target)| (listener, target));
        let (outgoing, incoming, end) = wire.split();
        let ended = forward::run((outgoing, incoming), channel, listeners.collect(), self.allow, ui);
        let status = end.finish();
        ended.map_err(|error| with_status(error, status))?;
        ui.note("the peer has closed the session");
        events.emit(&json!({"event": "done"}));
        Ok(())
    }
}

/// Listens before anybody is met, so that what cannot be done is told at once.
fn listen(forward: &Forward) -> Result<(Listener, String, String), Fault> {
    let target = forward.target.to_string();
    if target.len() > LONGEST_TARGET {
        return Err(Fault::usage(format!("a target is longer than {LONGEST_TARGET} bytes")));
    }
    let (listener, bound) = Listener::bind(&forward.bind)?;
    Ok((listener, bound, target))
}
