//! Connections to and from this machine, each joined to a stream over one channel.

mod hub;
mod local;
mod socket;
mod spec;

pub use spec::{Allowed, Forward};

use std::io;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use hub::{Hub, News};
use socket::Socket;

use crate::channel::{Channel, Draft, Kind};
use crate::cli::fault::Fault;
use crate::cli::listener::Listener;
use crate::cli::signals;
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::cli::wire::{Incoming, Outgoing};
use crate::crypto::aead::leaving_no_trace;

/// News that wait to be told.
const NEWS: usize = 16;
/// How long the last words may take.
const FAREWELL: Duration = Duration::from_secs(3);
/// How long they may take when a signal ends the program.
const HASTE: Duration = Duration::from_secs(1);
/// How long to wait after a connection that could not be taken: there may be descriptors again.
const PAUSE: Duration = Duration::from_millis(100);

/// Runs until the peer closes the session: what comes to each listener goes to its target on the peer's side, and what the
/// peer asks for and `allow` lists is connected here.
///
/// # Errors
/// When the wire is lost, or the peer breaks the protocol.
pub fn run(
    (outgoing, incoming): (Outgoing, Incoming),
    channel: Channel,
    listeners: Vec<(Listener, String)>,
    allow: Vec<Allowed>,
    ui: &Ui,
) -> anyhow::Result<()> {
    let (tell, news) = sync_channel(NEWS);
    let hub = Arc::new(Hub::new(channel.role(), allow, tell));
    let Channel { sealer, opener, .. } = channel;
    let failed = |error: io::Error| cannot("start", "a thread", &error);
    let speaking = Arc::clone(&hub);
    spawn(move || leaving_no_trace(|| speaking.speak(outgoing, sealer))).map_err(failed)?;
    let hearing = Arc::clone(&hub);
    spawn(move || leaving_no_trace(|| hearing.hear(incoming, opener))).map_err(failed)?;
    for (listener, target) in listeners {
        let hub = Arc::clone(&hub);
        spawn(move || take_connections(&listener, &target, &hub)).map_err(failed)?;
    }
    let dying = Arc::clone(&hub);
    signals::before_death(move || dying.end(Some(close()), HASTE));
    let result = loop {
        match news.recv() {
            Ok(News::Detail(text)) => ui.detail(&text),
            Ok(News::Over(result)) => break result,
            Err(_) => break Err(Fault::failure("the session has come to no end").into()),
        }
    };
    hub.end(result.is_ok().then(close), FAREWELL);
    result
}

fn close() -> Draft {
    Draft::with(Kind::CLOSE, b"")
}

fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().spawn(work).map(drop)
}

fn take_connections(listener: &Listener, target: &str, hub: &Arc<Hub>) {
    loop {
        match listener.take() {
            Ok(stream) => hub.forward(Socket(stream), target),
            Err(_) => thread::sleep(PAUSE),
        }
    }
}
