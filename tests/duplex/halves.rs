//! A wire in memory, as halves for threads of their own.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use keypact::channel::{Draft, Inbound, Kind, Order, Outbound, speak};

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
        self.0.recv_timeout(Duration::from_secs(60)).map_err(|_| Silence)
    }

    fn finish(self) {}
}

#[test]
fn a_key_is_renewed_between_two_words() {
    let (left, mut right) = crate::channels::channels("renewal");
    let [(out, _), (_, mut from)] = wires([usize::MAX; 2]);
    let (orders, to_say) = mpsc::channel();
    let (spare, _) = mpsc::channel();
    let word = |text: &[u8]| Order::Record(Draft::with(Kind::DATA, text));
    for order in [
        word(b"old"),
        Order::Renew,
        Order::Renew,
        Order::End(Some(Draft::with(Kind::DATA, b"new"))),
    ] {
        orders.send(order).unwrap();
    }
    speak(out, left.sealer, &to_say, &spare);
    let mut heard = Vec::new();
    while let Ok(mut record) = from.receive_many(Vec::new()) {
        let (kind, body) = right.opener.open(&mut record).unwrap();
        heard.push((kind, body.to_vec()));
    }
    let renewal = (Kind::REKEY, Vec::new());
    assert_eq!(
        heard,
        [
            (Kind::DATA, b"old".to_vec()),
            renewal.clone(),
            renewal,
            (Kind::DATA, b"new".to_vec())
        ]
    );
}
