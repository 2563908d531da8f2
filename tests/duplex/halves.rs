//! A wire in memory, as halves for threads of their own.

use std::sync::mpsc::{self, Receiver, Sender};

use keypact::channel::{Inbound, Outbound};

/// The half that sends, until so many messages have gone through it.
pub struct Out {
    to: Sender<Vec<u8>>,
    left: usize,
}

/// The half that receives.
pub struct In(Receiver<Vec<u8>>);

#[derive(Debug, thiserror::Error)]
#[error("the peer is gone")]
pub struct Silence;

/// Two ends, each of which sends at most so many messages.
pub fn wires(most: [usize; 2]) -> [(Out, In); 2] {
    let (left, right) = (mpsc::channel(), mpsc::channel());
    let out = |to, left| Out { to, left };
    [(out(left.0, most[0]), In(right.1)), (out(right.0, most[1]), In(left.1))]
}

impl Outbound for Out {
    fn send(&mut self, records: Vec<u8>) -> Option<Vec<u8>> {
        self.left = self.left.checked_sub(1)?;
        self.to.send(records).ok()?;
        Some(Vec::new())
    }

    fn finish(self) {}
}

impl Inbound for In {
    type Error = Silence;

    fn receive_many(&mut self, _: Vec<u8>) -> Result<Vec<u8>, Silence> {
        self.0.recv().map_err(|_| Silence)
    }

    fn finish(self) {}
}
