//! Fresh shares in an open channel: whatever else is said at the same time, both sides come to the same secrets; and shares
//! out of turn, or that are none, end the session.

use std::collections::VecDeque;
use std::time::Duration;

use keypact::channel::{Channel, Coding, Draft, Inbound as _, Kind, Outbound as _, Refresh};
use keypact::crypto::rng::{OsRng, Rng, RngError};
use keypact::pipe::{self, Receipt};
use proptest::prelude::*;

use crate::channels::channels;
use crate::halves::wires;

/// Lengths of an offer and an answer on the wire.
const LENGTHS: [usize; 2] = [21 + 1216, 21 + 1120];

fn young() -> (Channel, Channel) {
    let (mut left, right) = channels("fresh");
    left.opener.lasting(Duration::ZERO);
    (left, right)
}

/// One side in one thread.
struct Side {
    channel: Channel,
    said: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    got: Vec<Vec<u8>>,
    upkeep: Vec<Kind>,
}

impl Side {
    fn new(channel: Channel) -> Self {
        Self {
            channel,
            said: VecDeque::new(),
            sent: Vec::new(),
            got: Vec::new(),
            upkeep: Vec::new(),
        }
    }

    fn say(&mut self, number: usize) {
        let text = number.to_le_bytes().to_vec();
        self.said.push_back(self.channel.seal(Kind::DATA, &text));
        self.sent.push(text);
    }

    fn owed(&mut self) -> Option<Refresh> {
        self.channel.opener.owes(Duration::ZERO, &mut OsRng).unwrap()
    }

    /// Hears one message of the other side, and answers at once what it owes.
    fn hear(&mut self, other: &mut Self) {
        let Some(mut record) = other.said.pop_front() else {
            return;
        };
        match self.channel.opener.open(&mut record).unwrap() {
            (Kind::DATA, body) => self.got.push(body.to_vec()),
            (kind, _) => self.upkeep.push(kind),
        }
        if let Some(refresh) = self.owed() {
            self.said.push_back(self.channel.sealer.refresh(refresh));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_said_meanwhile_arrives(steps in prop::collection::vec(0..4_u8, 0..60)) {
        let (left, right) = young();
        let (mut left, mut right) = (Side::new(left), Side::new(right));
        right.say(0);
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                0 => left.say(number),
                1 => right.say(number),
                2 => left.hear(&mut right),
                _ => right.hear(&mut left),
            }
        }
        for number in 0..600 {
            if number < 100 {
                right.say(number);
            }
            left.hear(&mut right);
            right.hear(&mut left);
        }
        prop_assert_eq!(&left.got, &right.sent);
        prop_assert_eq!(&right.got, &left.sent);
        let exchanges = left.upkeep.len();
        prop_assert!(exchanges > 2, "none begins after the first");
        prop_assert!(left.upkeep.iter().all(|kind| *kind == Kind::KEX_REPLY));
        let expected: Vec<_> = [Kind::KEX, Kind::KEX_DONE].into_iter().cycle().take(right.upkeep.len()).collect();
        prop_assert_eq!(&right.upkeep, &expected);
    }
}

#[test]
fn shares_out_of_turn_or_that_are_none_end_the_session() {
    let key = |to: &mut Channel| {
        to.opener
            .owes(Duration::ZERO, &mut OsRng)
            .unwrap()
            .map(|refresh| to.sealer.refresh(refresh))
    };
    let refused = |to: &mut Channel, mut record: Vec<u8>| {
        let taken = to.opener.open(&mut record).map(drop);
        let owed = taken.and_then(|()| to.opener.owes(Duration::ZERO, &mut OsRng).map(drop));
        assert!(owed.is_err());
    };
    // Whatever stands in for a key, and whoever says it.
    let (zeros, ones) = (vec![0; 1216], vec![0xff; 1216]);
    for body in [&zeros[..], &ones, &zeros[1..], b""] {
        let (mut left, mut right) = young();
        refused(&mut right, left.seal(Kind::KEX, body));
        refused(&mut left, right.seal(Kind::KEX, body));
    }
    // A good one of the responder's.
    let ((mut other, mut hears), (mut left, mut right)) = (young(), young());
    let mut good = key(&mut other).unwrap();
    let (_, body) = hears.opener.open(&mut good).unwrap();
    refused(&mut left, right.seal(Kind::KEX, body));
    // Answers to nothing.
    for (kind, body) in [(Kind::KEX_REPLY, &zeros[..1120]), (Kind::KEX_DONE, b"")] {
        let (mut left, mut right) = young();
        refused(&mut right, left.seal(kind, body));
        refused(&mut left, right.seal(kind, body));
    }
    // Bad answers to something: of another length, with a share of small order, or the end before the answer.
    for (kind, body) in [
        (Kind::KEX_REPLY, &zeros[..1119]),
        (Kind::KEX_REPLY, &zeros[..1120]),
        (Kind::KEX_DONE, b""),
    ] {
        let (mut left, mut right) = young();
        assert_eq!(key(&mut left).unwrap().len(), LENGTHS[0]);
        refused(&mut left, right.seal(kind, body));
    }
    // A second key before the first exchange is over.
    let (mut left, mut right) = young();
    let mut first = key(&mut left).unwrap();
    assert_eq!(right.opener.open(&mut first).unwrap().0, Kind::KEX);
    assert_eq!(key(&mut right).unwrap().len(), LENGTHS[1]);
    refused(&mut right, left.seal(Kind::KEX, &zeros));
    // An end that says something.
    let (mut left, mut right) = young();
    right.opener.open(&mut key(&mut left).unwrap()).unwrap();
    key(&mut right).unwrap();
    refused(&mut right, left.seal(Kind::KEX_DONE, b"x"));
}

/// Only the initiator begins, an hour after the last time.
#[test]
fn shares_are_fresh_every_hour() {
    let (left, right) = channels("fresh");
    let mut sides = [left, right];
    let mut owed = |side: usize, minutes: u64| {
        let [left, right] = &mut sides;
        let (from, to) = if side == 0 { (left, right) } else { (right, left) };
        let refresh = from
            .opener
            .owes(Duration::from_secs(60 * minutes), &mut OsRng)
            .unwrap()?;
        let mut records = from.sealer.refresh(refresh);
        Some(to.opener.open(&mut records).unwrap().0)
    };
    for begins in [60, 121] {
        assert_eq!(owed(0, begins - 1), None);
        assert_eq!(owed(1, begins), None);
        assert_eq!(owed(0, begins), Some(Kind::KEX));
        assert_eq!(owed(0, 2 * begins), None);
        assert_eq!(owed(1, begins), Some(Kind::KEX_REPLY));
        assert_eq!(owed(0, begins + 1), Some(Kind::KEX_DONE));
    }
}

#[test]
fn shares_wait_for_a_source_of_randomness() {
    struct Dry;
    impl Rng for Dry {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), RngError> {
            Err(RngError)
        }
    }
    let (mut left, mut right) = young();
    assert!(left.opener.owes(Duration::ZERO, &mut Dry).unwrap().is_none());
    let key = left.opener.owes(Duration::ZERO, &mut OsRng).unwrap().unwrap();
    right.opener.open(&mut left.sealer.refresh(key)).unwrap();
    assert!(right.opener.owes(Duration::ZERO, &mut Dry).unwrap().is_none());
    let answer = right.opener.owes(Duration::ZERO, &mut OsRng).unwrap().unwrap();
    assert!(left.opener.open(&mut right.sealer.refresh(answer)).is_ok());
}

/// The pipe does its part, whichever side it is.
#[test]
fn a_pipe_changes_its_keys_on_the_way() {
    struct Nowhere;
    impl pipe::Target for Nowhere {
        fn write(&mut self, _: &[std::io::IoSlice<'_>]) -> std::io::Result<()> {
            Ok(())
        }
        fn close(self: Box<Self>) -> std::io::Result<()> {
            Ok(())
        }
    }
    for initiates in [true, false] {
        let ((left, right), [here, (mut out, mut from)]) = (young(), wires([usize::MAX; 2]));
        let (ours, mut theirs) = if initiates { (left, right) } else { (right, left) };
        let side = std::thread::spawn(move || {
            let source = Box::new(&b"a word"[..]);
            pipe::run(here.0, here.1, ours, source, Coding::Plain, Box::new(Nowhere))
        });
        out.send(theirs.seal(Kind::PAD, b"")).unwrap();
        let mut kinds = Vec::new();
        let last = if initiates { Kind::KEX_DONE } else { Kind::KEX_REPLY };
        let say = |theirs: &mut Channel, out: &mut crate::halves::Out| {
            if let Some(refresh) = theirs.opener.owes(Duration::ZERO, &mut OsRng).unwrap() {
                let record = theirs.sealer.refresh(refresh);
                out.send(record).unwrap();
            }
        };
        say(&mut theirs, &mut out);
        // It has changed its keys and said that it has nothing more to say.
        while !(kinds.contains(&last) && kinds.contains(&Kind(0x20))) {
            let mut record = from.receive_many(Vec::new()).unwrap();
            kinds.push(theirs.opener.open(&mut record).unwrap().0);
            say(&mut theirs, &mut out);
        }
        for kind in [Kind(0x20), Kind(0x21), Kind::CLOSE] {
            out.send(theirs.sealer.seal(Draft::with(kind, b""))).unwrap();
        }
        let receipt = Receipt { sent: 6, received: 0 };
        assert_eq!(side.join().unwrap().unwrap(), receipt);
    }
}
