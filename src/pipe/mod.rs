//! A pipe over a verified channel: each side sends a stream to its end, both at the same time, and each learns whether all
//! of its own has come out at the other. Byte-exact text: `docs/spec/pipe.md`.
//!
//! ```text
//!   DATA…  as the source gives it   ─────────────►   written as it comes
//!   END    the source has ended     ─────────────►   flushed, closed
//!                                   ◄─────────────   WRITTEN
//! ```
//!
//! The same in the other direction, in any order with this one. Four threads: one reads the source, one seals, one opens,
//! one writes. The wire is the only brake: a target that takes nothing lets its wire fill up, and nothing else.

mod inflow;
mod outflow;

use std::io::{self, IoSlice, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::channel::{self, Channel, Coding, Draft, Inbound, Kind, Order, Outbound, RENEWAL, speak};
use crate::crypto::aead::leaving_no_trace;
use crate::handshake::{Alert, AlertCode};

/// No DATA follows: the source has come to its end.
const END: Kind = Kind(0x20);
/// Everything before END has been written, and the target closed.
const WRITTEN: Kind = Kind(0x21);
/// The stream travels as one zstd frame.
const PACKED: Kind = Kind(0x22);

/// How long the threads may take to end when all is over: a little longer than the halves of the wire take for it.
const FAREWELL: Duration = Duration::from_secs(3);

/// Where the peer's stream goes; written on a thread of its own, because a pipe may be full for longer than the peer's
/// patience.
pub trait Target: Send {
    /// Writes all of the next pieces, so that a reader has them now.
    ///
    /// # Errors
    /// When they cannot be written.
    fn write(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<()>;

    /// The stream is whole: whoever reads shall see its end.
    ///
    /// # Errors
    /// When any byte did not reach its place.
    fn close(self: Box<Self>) -> io::Result<()>;
}

/// A pipe that has come to its end on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Bytes that the peer has of this side.
    pub sent: u64,
    /// Bytes that this side has of the peer.
    pub received: u64,
}

/// Why a pipe broke; `E` is the wire's own error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error<E: std::error::Error + 'static> {
    /// The wire.
    #[error(transparent)]
    Link(E),
    /// A record is not authentic, out of place, or says that the peer gives up.
    #[error(transparent)]
    Channel(#[from] channel::Error),
    /// Our source cannot be read.
    #[error("cannot read the source")]
    Source(#[source] io::Error),
    /// Our target cannot be written.
    #[error("cannot write the target")]
    Target(#[source] io::Error),
}

impl<E: std::error::Error + 'static> Error<E> {
    /// What the peer is told; nothing where the fault is the peer's or the wire's.
    fn alert(&self) -> Option<Alert> {
        let text = match self {
            Self::Source(_) => "its input cannot be read",
            Self::Target(why) if why.kind() == io::ErrorKind::BrokenPipe => "nobody reads its output any more",
            Self::Target(_) => "its output cannot be written",
            Self::Link(_) | Self::Channel(_) => return None,
        };
        Some(Alert::new(AlertCode::Cancelled, text))
    }
}

/// What the threads have to say.
enum Report<E: std::error::Error + 'static> {
    /// The source has come to its end, after so many bytes, which are all ordered to be sent.
    SourceEnded(u64),
    /// The peer has written all of them.
    Taken,
    /// The peer's stream has come to its end, and so many bytes are written.
    TargetClosed(u64),
    Failed(Error<E>),
}

/// Sends what `source` gives, in this coding, and writes what the peer sends into `target`. Succeeds when the peer has written all of the
/// one, and all of the other is written here.
///
/// What comes before a failure is written first: everything that reaches `target` is authentic, and only success says that
/// it is whole.
///
/// # Errors
/// [`Error`]; the peer has been told where that was possible.
pub fn run<O: Outbound, I: Inbound>(
    outbound: O,
    inbound: I,
    channel: Channel,
    source: Box<dyn Read + Send>,
    coding: Coding,
    target: Box<dyn Target>,
) -> Result<Receipt, Error<I::Error>> {
    let Channel { sealer, opener, .. } = channel;
    let (report, reports) = mpsc::channel();
    let (orders, to_say) = mpsc::channel();
    let (spare, empty) = mpsc::channel();
    let (alive, ended) = mpsc::channel();
    inflow::start((inbound, opener), target, &orders, &report, &alive).map_err(Error::Target)?;
    let wire = outflow::Way {
        orders: orders.clone(),
        empty,
    };
    outflow::start(source, coding, wire, &spare, report).map_err(Error::Source)?;
    let speaking = move || {
        leaving_no_trace(|| speak(outbound, sealer, &to_say, &spare));
        drop(alive);
    };
    thread::Builder::new().spawn(speaking).map_err(Error::Source)?;
    let result = settle(&reports, &orders);
    let last = match &result {
        Ok(_) => Some(Draft::with(Kind::CLOSE, b"")),
        Err(error) => error.alert().map(|alert| Draft::with(Kind::ALERT, &alert.encode())),
    };
    // What there is to report is the result, not that the peer cannot be told of it.
    let _ = orders.send(Order::End(last));
    // Comes to its end when the threads do, and does not wait for one that is stuck in its target or the wire.
    let _ = ended.recv_timeout(FAREWELL);
    result
}

/// Until everything has been said and heard.
fn settle<E: std::error::Error + 'static>(
    reports: &Receiver<Report<E>>,
    orders: &Sender<Order>,
) -> Result<Receipt, Error<E>> {
    let say = |kind| {
        // A wire that takes no more is reported by who reads from it.
        let _ = orders.send(Order::Record(Draft::with(kind, b"")));
    };
    let (mut sent, mut taken, mut received) = (None, false, None);
    loop {
        match reports.recv_timeout(RENEWAL) {
            // There are few reports, so the time from one to the next is that of a key.
            Err(RecvTimeoutError::Timeout) => {
                let _ = orders.send(Order::Renew);
            }
            Ok(Report::SourceEnded(bytes)) => {
                sent = Some(bytes);
                say(END);
            }
            Ok(Report::TargetClosed(bytes)) => {
                received = Some(bytes);
                say(WRITTEN);
            }
            Ok(Report::Taken) if sent.is_some() => taken = true,
            Ok(Report::Taken) => return Err(out_of_turn()),
            Ok(Report::Failed(error)) => return Err(error),
            Err(RecvTimeoutError::Disconnected) => return Err(Error::Target(io::ErrorKind::BrokenPipe.into())),
        }
        if let (Some(sent), true, Some(received)) = (sent, taken, received) {
            return Ok(Receipt { sent, received });
        }
    }
}

fn out_of_turn<E: std::error::Error + 'static>() -> Error<E> {
    channel::Error::Protocol("a record out of turn").into()
}
