//! `--relay HOST:PORT[/NAME]`: from a connection to a relay to one with the peer.

use std::os::fd::AsFd;
use std::str::FromStr;

use rustix::io::{read, retry_on_intr, write};
use serde_json::json;

use crate::cli::address::Address;
use crate::cli::deadline::Deadline;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::shown::shown;
use crate::cli::ui::Ui;
use crate::crypto::rng::OsRng;
use crate::rendezvous::{LONGEST_LINE, Nameplate, Reply, Request, Side};

/// What `--relay` names: where the relay is, and perhaps the name under which the two sides meet there.
#[derive(Debug, Clone)]
pub struct RelayAddress {
    relay: Address,
    nameplate: Option<Nameplate>,
}

impl FromStr for RelayAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (relay, nameplate) = match text.split_once('/') {
            Some((relay, name)) => (
                relay,
                Some(name.parse::<Nameplate>().map_err(|error| error.to_string())?),
            ),
            None => (text, None),
        };
        match relay.parse() {
            Ok(relay @ Address::Tcp { .. }) => Ok(Self { relay, nameplate }),
            _ => Err("not a relay: HOST:PORT or HOST:PORT/NAME".to_owned()),
        }
    }
}

/// An appointment with the peer.
pub struct Meeting {
    relay: Address,
    request: Request,
}

impl Meeting {
    /// At a relay, under the name that was given, or under a new one, which is told to whoever started this side.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn at(address: &RelayAddress, ui: &Ui, events: &mut Events) -> Result<Self, Fault> {
        let RelayAddress { relay, nameplate } = address;
        let no_rng = |error| Fault::failure("no name was drawn").of_kind("rng").because(error);
        let nameplate = if let Some(given) = nameplate {
            given.clone()
        } else {
            let drawn = Nameplate::draw(&mut OsRng).map_err(no_rng)?;
            ui.say(&format!("for the other side: --relay {relay}/{drawn}"));
            drawn
        };
        events.emit(&json!({"event": "meeting", "relay": format!("{relay}/{nameplate}")}));
        Ok(Self {
            relay: relay.clone(),
            request: Request {
                token: nameplate.token(),
                side: Some(Side::draw(&mut OsRng).map_err(no_rng)?),
            },
        })
    }

    /// Where the relay is.
    pub fn relay(&self) -> &Address {
        &self.relay
    }

    /// Asks the relay for the peer; what comes from the connection afterwards is the peer's.
    ///
    /// # Errors
    /// Nobody came in time; the relay refuses, or is none.
    pub fn meet(&self, connection: &impl AsFd, deadline: Deadline) -> Result<(), Fault> {
        let broken = |error| self.fault("the connection broke").and(error);
        let request = format!("{}\n", self.request);
        // A new connection takes a line whole.
        retry_on_intr(|| write(connection, request.as_bytes())).map_err(broken)?;
        let mut said = Vec::new();
        while !said.ends_with(b"\n") && said.len() < LONGEST_LINE {
            deadline.wait_for(connection)?;
            // One by one: what is behind the line is for the wire.
            let mut byte = [0];
            match retry_on_intr(|| read(connection, &mut byte)).map_err(broken)? {
                0 => break,
                _ => said.extend(byte),
            }
        }
        let line = String::from_utf8_lossy(&said);
        match line.strip_suffix('\n') {
            Some(line) if line == Reply::Ok.line() => Ok(()),
            _ if said.is_empty() => Err(self.fault("it ended the connection before the other side was there")),
            _ => Err(self.fault(&format!("it says: {}", shown(line.trim_end())))),
        }
    }

    fn fault(&self, why: &str) -> Fault {
        Fault::peer("relay", format!("the relay {} does not lead to the peer", self.relay))
            .because(why)
            .hint("see that a relay listens there, and that nobody else uses this name; then try again on both sides")
    }
}
