//! Both directions of a wire at the same time: its two halves, and the thread that speaks on one of them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::{Batch, Draft, Kind, Refresh, Sealer};

/// Silence after which a side says that it is still alive; the peer's patience is longer (30 s by default).
pub const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// How long one key may be used, however little is said under it.
pub const RENEWAL: Duration = Duration::from_secs(600);

/// The half of a wire that sends. It has no limit to its patience: whoever receives on the other half judges the peer.
pub trait Outbound: Send + 'static {
    /// Sends one or more whole records and gives a buffer back for the next, whatever it holds; `None` when the wire takes
    /// no more. Why, the half that receives will say, behind everything that the peer has said before.
    fn send(&mut self, records: Vec<u8>) -> Option<Vec<u8>>;

    /// Waits, for a moment, until all that was sent has left.
    fn finish(self);
}

/// The half of a wire that receives.
pub trait Inbound: Send + 'static {
    /// Why the wire failed.
    type Error: std::error::Error + Send + 'static;

    /// As many of the peer's next records as have come, and one at least, one behind the other; takes a buffer that is of
    /// use no more.
    ///
    /// # Errors
    /// When the peer is gone, or is silent for too long while it is listened to.
    fn receive_many(&mut self, spent: Vec<u8>) -> Result<Vec<u8>, Self::Error>;

    /// Waits, for a moment, until the peer has ended its direction: a connection that is closed over what has not been read
    /// may take back what was sent last.
    fn finish(self);
}

/// What is to be said.
pub enum Order {
    /// Records side by side.
    Batch(Batch),
    /// One record.
    Record(Draft),
    /// The key has been used for long enough.
    Renew,
    /// Fresh shares.
    Refresh(Refresh),
    /// This at the most, and then nothing more.
    End(Option<Draft>),
}

/// Says what it is ordered to, and that this side is alive where that is nothing for long. Ends when it is told to, when
/// there is nobody left to order anything, or when the wire takes no more. Buffers for batches come back through `spare`, one
/// for each.
pub fn speak(mut outbound: impl Outbound, mut sealer: Sealer, orders: &Receiver<Order>, spare: &Sender<Vec<u8>>) {
    loop {
        let sent = match orders.recv_timeout(KEEP_ALIVE) {
            Ok(Order::Batch(batch)) => outbound.send(sealer.seal_batch(batch)).map(|buffer| {
                // Whoever has filled its last batch takes no more buffers.
                let _ = spare.send(buffer);
            }),
            Ok(Order::Record(draft)) => outbound.send(sealer.seal(draft)).map(drop),
            Ok(Order::Renew) => outbound.send(sealer.renew()).map(drop),
            Ok(Order::Refresh(refresh)) => outbound.send(sealer.refresh(refresh)).map(drop),
            Ok(Order::End(last)) => {
                if let Some(draft) = last {
                    outbound.send(sealer.seal(draft));
                }
                None
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => outbound.send(sealer.seal(Draft::with(Kind::PAD, b""))).map(drop),
        };
        if sent.is_none() {
            return outbound.finish();
        }
    }
}
