//! The end of a verified ceremony at which both sides show their long-term identities and remember each other's.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::channel::{self, Channel, Kind};
use crate::cli::auth::Enrol;
use crate::cli::events::Events;
use crate::cli::peers::Peer;
use crate::cli::ui::Ui;
use crate::cli::wire::Wire;
use crate::crypto::labels;
use crate::crypto::rng::OsRng;
use crate::handshake::Enrolment;

/// How long the peer may take for each of its two records; its agent may ask a person.
const PATIENCE: Duration = Duration::from_secs(60);

/// Shows our identity, checks the peer's and remembers it.
///
/// # Errors
/// When the peer cannot prove its identity; when the name is taken by another key.
pub fn enrol(
    enrol: Enrol,
    mut wire: Wire,
    mut channel: Channel,
    ui: &Ui,
    events: &mut Events,
) -> anyhow::Result<(Wire, Channel)> {
    let (enrolment, offer) = Enrolment::begin(enrol.own, channel.role(), &mut OsRng)?;
    let theirs = swap(&mut wire, &mut channel, &offer)?;
    let (awaiting, proof) = enrolment.prove(&theirs, channel.export(labels::export::ENROL, b""))?;
    let theirs = swap(&mut wire, &mut channel, &proof)?;
    let key = awaiting.check(&theirs)?;

    let session = channel.session().to_string();
    let peer = Peer::now(enrol.name, key, enrol.how, Some(session));
    enrol.peers.add(&peer)?;
    ui.note(&format!("{} is known from now on: --peer {}", peer.name, peer.name));
    events.emit(&json!({"event": "enrolled", "name": peer.name.to_string(), "identity": peer.key.to_string()}));
    Ok((wire, channel))
}

/// Sends our record and gives the peer's.
fn swap(wire: &mut Wire, channel: &mut Channel, body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let record = channel.seal(Kind::ENROL, body);
    wire.write(record)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut record = wire.message(deadline.saturating_duration_since(Instant::now()))?;
        match channel.opener.open(&mut record)? {
            (Kind::ENROL, body) => return Ok(body.to_vec()),
            (kind, _) if kind.is_upkeep() => {}
            _ => return Err(channel::Error::Protocol("a record in place of an identity").into()),
        }
    }
}
