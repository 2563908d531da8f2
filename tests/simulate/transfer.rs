//! A file over a channel over a wire that does harm, with sources, targets and senders that fail or lie. The claims: never
//! a commit of other content than was sent, and never success on the sender without a commit on the receiver.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread;

use keypact::channel::{self, Channel, Gate};
use keypact::crypto::hash::Blake3;
use keypact::crypto::rng::Rng;
use keypact::handshake::{Handshake, Mode, Step, Terms};
use keypact::transfer::{self, Entry, Error, Receipt, Sink};
use keypact::verify::Checks;

use crate::link::{End, Harm, Silence, pair};
use crate::script::Seeded;

/// Content bytes of a full FDATA record, as `docs/spec/transfer.md` has it.
const FULL: usize = 65_524;
const SIZES: [usize; 6] = [0, 1, FULL - 1, FULL, FULL + 1, 200_000];

/// Two ends of an open channel.
pub fn channels(seed: &str) -> (Channel, Channel) {
    let mut rng = Seeded::new(seed);
    let terms = Terms::new([Mode::Transport], b"").unwrap();
    let (left, hello) = Handshake::initiate(terms.clone(), &mut rng).unwrap();
    let right = Handshake::respond(terms).handle(&hello, &mut rng).unwrap();
    let Step::Continue { send, next: right } = right else {
        panic!("REPLY expected")
    };
    let Step::Agreed { send, agreed: left } = left.handle(&send.unwrap(), &mut rng).unwrap() else {
        panic!("FINISH expected")
    };
    let Step::Agreed { agreed: right, .. } = right.handle(&send.unwrap(), &mut rng).unwrap() else {
        panic!("agreement expected")
    };
    let mut checks = Checks::default();
    checks.transport_trusted();
    let verify = |agreed| Gate::new(agreed).verify(|agreed| checks.verify(agreed)).ok().unwrap();
    let (mut left, mut from_left) = verify(left);
    let (mut right, mut from_right) = verify(right);
    right.receive(&mut from_left).unwrap();
    left.receive(&mut from_right).unwrap();
    (left.open().ok().unwrap(), right.open().ok().unwrap())
}

/// What has become of a target.
#[derive(Default, Clone)]
pub struct Fate(pub Arc<Mutex<Inner>>);

#[derive(Default)]
pub struct Inner {
    pub written: Vec<u8>,
    committed: bool,
    dropped: bool,
}

impl Fate {
    /// A target that takes everything.
    pub fn target(&self) -> Target {
        Case::of(0).target(self)
    }
}

pub struct Target {
    fate: Fate,
    /// Takes this many bytes and then no more.
    room: usize,
    commits: bool,
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = &mut self.fate.0.lock().unwrap().written;
        let count = bytes.len().min(self.room - written.len());
        written.extend_from_slice(&bytes[..count]);
        if count == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Target {
    fn commit(self: Box<Self>) -> io::Result<()> {
        if !self.commits {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.fate.0.lock().unwrap().committed = true;
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.fate.0.lock().unwrap().dropped = true;
    }
}

/// One transfer, as it is set up.
struct Case {
    content: Vec<u8>,
    announced: Option<u64>,
    harms: [Option<(usize, Harm)>; 2],
    room: usize,
    commits: bool,
    accepts: bool,
}

struct Outcome {
    sender: Result<Receipt, Error<Silence>>,
    receiver: Result<Receipt, Error<Silence>>,
    committed: Option<Vec<u8>>,
    records: [usize; 2],
}

impl Case {
    fn of(size: usize) -> Self {
        let mut content = vec![0; size];
        Seeded::new("content").fill(&mut content).unwrap();
        Self {
            content,
            announced: Some(size as u64),
            harms: [None, None],
            room: usize::MAX,
            commits: true,
            accepts: true,
        }
    }

    fn run(&self) -> Outcome {
        let (sending, receiving) = channels("transfer");
        let [mut left, right] = pair(self.harms);
        let entry = entry(self.announced);
        let source = Box::new(io::Cursor::new(self.content.clone()));
        let fate = Fate::default();
        let place = self.accepts.then(|| self.target(&fate));
        let receiver = thread::spawn(move || receive(right, receiving, place));
        let mut rng = Seeded::new("sender");
        let sender = transfer::send(&mut left, sending, &entry, source, &mut rng, &mut |_| {});
        let sent = left.sent();
        drop(left);
        let (receiver, answered) = receiver.join().unwrap();
        let outcome = Outcome {
            sender,
            receiver,
            committed: committed(&fate),
            records: [sent, answered],
        };
        outcome.check(&self.content);
        outcome
    }

    fn target(&self, fate: &Fate) -> Target {
        Target {
            fate: fate.clone(),
            room: self.room,
            commits: self.commits,
        }
    }
}

pub fn receive(mut end: End, channel: Channel, place: Option<Target>) -> (Result<Receipt, Error<Silence>>, usize) {
    let fate = place.as_ref().map(|target| target.fate.clone());
    let decide = |_: &Entry| match place {
        Some(target) => Ok(Box::new(target) as Box<dyn Sink>),
        None => Err("no room in the inn".to_owned()),
    };
    let result = transfer::receive(&mut end, channel, decide, &mut |_| {});
    if let Some(fate) = fate {
        let fate = fate.0.lock().unwrap();
        assert!(fate.dropped, "the target outlives the transfer");
        assert_eq!(fate.committed, result.is_ok(), "{result:?}");
    }
    (result, end.sent())
}

pub fn committed(fate: &Fate) -> Option<Vec<u8>> {
    let fate = fate.0.lock().unwrap();
    fate.committed.then(|| fate.written.clone())
}

fn entry(size: Option<u64>) -> Entry {
    Entry {
        name: "letter.txt".to_owned(),
        size,
        mode: 0o640,
    }
}

impl Outcome {
    fn check(&self, content: &[u8]) {
        if let Some(committed) = &self.committed {
            assert!(committed == content, "committed something else");
        }
        if let Ok(receipt) = &self.sender {
            assert!(
                self.committed.is_some(),
                "the sender is told of a file that is not there"
            );
            assert_eq!(receipt.size, content.len() as u64);
            assert_eq!(receipt.blake3, blake3(content));
        }
        if let (Ok(sender), Ok(receiver)) = (&self.sender, &self.receiver) {
            assert_eq!(sender, receiver);
        }
    }
}

pub fn blake3(bytes: &[u8]) -> [u8; 32] {
    let mut hash = Blake3::default();
    hash.update(bytes);
    hash.finish()
}

#[test]
fn files_of_every_shape_arrive() {
    for size in SIZES {
        for announced in [Some(size as u64), None] {
            let outcome = Case {
                announced,
                ..Case::of(size)
            }
            .run();
            assert!(outcome.sender.is_ok() && outcome.receiver.is_ok());
            // MANIFEST, FILE_KEY, content, FEND, TEND, CLOSE; ACCEPT, FACK, CLOSE.
            assert_eq!(outcome.records, [5 + size.div_ceil(FULL), 3]);
        }
    }
}

#[test]
fn no_harm_to_any_record_passes_for_success() {
    for size in [0, FULL + 1] {
        let records = Case::of(size).run().records;
        for (side, number) in [0, 1].into_iter().flat_map(|s| (0..records[s]).map(move |n| (s, n))) {
            for harm in [
                Harm::Flip(0),
                Harm::Flip(3),
                Harm::Flip(4),
                Harm::Flip(21),
                Harm::Drop,
                Harm::Truncate(0),
                Harm::Truncate(4),
                Harm::Truncate(20),
                Harm::Truncate(1_000_003),
                Harm::Duplicate,
                Harm::Swap,
                Harm::Cut,
            ] {
                let mut case = Case::of(size);
                case.harms[side] = Some((number, harm));
                let outcome = case.run();
                // The last record of each side is a courtesy; the receiver's second last is the word that the sender needs.
                let last = number == records[side] - 1;
                if !last && harm != Harm::Duplicate && !(harm == Harm::Swap && number + 2 == records[side]) {
                    assert!(outcome.sender.is_err(), "{side} {number} {harm:?}");
                }
                if side == 0 && !last && harm != Harm::Duplicate {
                    assert!(outcome.receiver.is_err(), "{number} {harm:?}");
                }
            }
        }
    }
}

#[test]
fn a_target_that_fails_commits_nothing() {
    for room in [0, 1, FULL - 1, FULL, 131_048, 199_999] {
        let outcome = Case {
            room,
            ..Case::of(200_000)
        }
        .run();
        assert!(
            matches!(outcome.receiver, Err(Error::Sink(_))),
            "{:?}",
            outcome.receiver
        );
        assert!(outcome.sender.is_err() && outcome.committed.is_none());
    }
    let outcome = Case {
        commits: false,
        ..Case::of(1)
    }
    .run();
    assert!(matches!(outcome.receiver, Err(Error::Sink(_))));
    assert!(matches!(
        outcome.sender,
        Err(Error::Channel(channel::Error::Alerted(_)))
    ));
}

#[test]
fn a_refusal_reaches_the_sender_with_its_reason() {
    let outcome = Case {
        accepts: false,
        ..Case::of(1)
    }
    .run();
    let Err(Error::Channel(channel::Error::Alerted(alert))) = outcome.sender else {
        panic!("{:?}", outcome.sender)
    };
    assert_eq!(alert.text(), "no room in the inn");
}

#[test]
fn a_source_that_changes_is_not_delivered() {
    for (size, announced) in [
        (0, 1),
        (1, 0),
        (1, 2),
        (FULL, FULL + 1),
        (200_000, FULL),
        (200_000, 199_999),
    ] {
        let outcome = Case {
            announced: Some(announced as u64),
            ..Case::of(size)
        }
        .run();
        assert!(outcome.receiver.is_err() && outcome.committed.is_none());
        assert!(
            matches!(outcome.sender, Err(Error::SourceChanged { .. })),
            "{:?}",
            outcome.sender
        );
    }
}

#[test]
fn a_source_that_cannot_be_read_is_not_delivered() {
    struct Broken(usize);
    impl io::Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.min(buffer.len());
            self.0 -= count;
            match count {
                0 => Err(io::ErrorKind::TimedOut.into()),
                _ => Ok(count),
            }
        }
    }
    for good in [0, 1, 100_000] {
        let (sending, receiving) = channels("broken source");
        let [mut left, right] = pair([None, None]);
        let fate = Fate::default();
        let place = fate.target();
        let receiver = thread::spawn(move || receive(right, receiving, Some(place)));
        let source = Box::new(Broken(good));
        let mut rng = Seeded::new("sender");
        let sender = transfer::send(&mut left, sending, &entry(None), source, &mut rng, &mut |_| {});
        drop(left);
        assert!(matches!(sender, Err(Error::Source(_))));
        let (receiver, _) = receiver.join().unwrap();
        assert!(matches!(receiver, Err(Error::Channel(channel::Error::Alerted(_)))));
        assert!(committed(&fate).is_none());
    }
}
