//! Files over a channel over a wire that does harm, with sources, targets and senders that fail or lie. The claims: never
//! a commit of other content than was sent, and never success on the sender without a commit on the receiver.

use std::io::{self, IoSliceMut};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use keypact::channel::{self, Channel, Coding, Kind, Link as _};
use keypact::crypto::rng::{OsRng, Rng};
use keypact::handshake::Role;
use keypact::transfer::{self, Error, Manifest, Padding, Receipt, Source};

use crate::channels::channels;
use crate::link::{End, Harm, Silence, pair};
use crate::parcel::{Contents, Fate, Target, blake3, entry, offer};
use crate::script::Seeded;

/// Bytes of a full FDATA record, as `docs/spec/transfer.md` has it.
const FULL: usize = 65_536;
/// So that the hash behind the content begins, ends and lies across records.
const SIZES: [usize; 8] = [0, 1, FULL - 33, FULL - 32, FULL - 1, FULL, FULL + 1, 700_000];

/// One transfer, as it is set up.
struct Case {
    files: Vec<Vec<u8>>,
    announced: Vec<Option<u64>>,
    coding: Coding,
    padding: Padding,
    /// Has shares made fresh all the time, with the sender in this role.
    fresh: Option<Role>,
    harms: [Option<(usize, Harm)>; 2],
    target: Target,
    fate: Fate,
}

struct Outcome {
    sender: Result<Receipt, Error<Silence>>,
    receiver: Result<Receipt, Error<Silence>>,
    committed: Option<Vec<Vec<u8>>>,
    records: [usize; 2],
}

fn content(size: usize) -> Vec<u8> {
    let mut content = vec![0; size];
    Seeded::new("content").fill(&mut content).unwrap();
    content
}

impl Case {
    fn of(size: usize) -> Self {
        Self::many(&[size])
    }

    fn many(sizes: &[usize]) -> Self {
        let fate = Fate::default();
        Self {
            files: sizes.iter().map(|size| content(*size)).collect(),
            announced: sizes.iter().map(|size| Some(*size as u64)).collect(),
            coding: Coding::Plain,
            padding: Padding::Off,
            fresh: None,
            harms: [None, None],
            target: fate.target(),
            fate,
        }
    }

    fn run(self) -> Outcome {
        let (mut sending, mut receiving) = channels("transfer");
        if self.fresh.is_some() {
            sending.opener.lasting(Duration::ZERO);
        }
        if self.fresh == Some(Role::Responder) {
            std::mem::swap(&mut sending, &mut receiving);
        }
        let [mut left, right] = pair(self.harms);
        let mut offer = Manifest::default();
        offer.coding = self.coding;
        for (number, announced) in self.announced.iter().enumerate() {
            offer.push(&entry(&format!("letter {number:03}"), *announced)).unwrap();
        }
        let (source, target) = (Box::new(Contents::of(&self.files)), self.target);
        let receiver = thread::spawn(move || receive(right, receiving, target));
        let mut rng = Seeded::new("sender");
        let sender = transfer::send(
            &mut left,
            sending,
            Arc::new(offer),
            source,
            self.padding,
            &mut rng,
            &mut |_| {},
        );
        let sent = left.sent();
        drop(left);
        let (receiver, answered) = receiver.join().unwrap();
        let outcome = Outcome {
            sender,
            receiver,
            committed: self.fate.committed(),
            records: [sent, answered],
        };
        outcome.check(&self.files);
        outcome
    }
}

pub fn receive(mut end: End, channel: Channel, target: Target) -> (Result<Receipt, Error<Silence>>, usize) {
    let fate = target.fate.clone();
    let result = transfer::receive(&mut end, channel, Box::new(target), &mut |_| {});
    let fate = fate.0.lock().unwrap();
    assert!(fate.dropped, "the target outlives the transfer");
    assert_eq!(fate.committed, result.is_ok(), "{result:?}");
    (result, end.sent())
}

impl Outcome {
    fn check(&self, files: &[Vec<u8>]) {
        if let Some(committed) = &self.committed {
            assert!(committed == files, "committed something else");
        }
        if let Ok(receipt) = &self.sender {
            assert!(
                self.committed.is_some(),
                "the sender is told of a file that is not there"
            );
            let hashes: Vec<_> = files.iter().map(|file| blake3(file)).collect();
            let hash = if let [only] = &hashes[..] {
                *only
            } else {
                blake3(&hashes.concat())
            };
            assert_eq!((receipt.files as usize, receipt.blake3), (files.len(), hash));
        }
        if let (Ok(sender), Ok(receiver)) = (&self.sender, &self.receiver) {
            assert_eq!(sender, receiver);
        }
    }

    fn succeeded(self) -> Receipt {
        assert!(self.receiver.is_ok(), "{:?}", self.receiver);
        self.sender.unwrap()
    }
}

/// The sender is the initiator, and then the receiver is.
#[test]
fn shares_are_fresh_on_the_way() {
    for fresh in [Role::Initiator, Role::Responder] {
        let (plain, fresh) = (
            Case::of(700_000),
            Case {
                fresh: Some(fresh),
                ..Case::of(700_000)
            },
        );
        let ([sent, answered], outcome) = (plain.run().records, fresh.run());
        let more = [outcome.records[0] - sent, outcome.records[1] - answered];
        assert!(more[0] > 0 && more[1] > 0, "{more:?}");
        outcome.succeeded();
    }
}

#[test]
fn who_waits_for_the_other_answers() {
    let (mut here, there) = channels("fresh");
    here.opener.lasting(Duration::ZERO);
    let [mut wire, far] = pair([None, None]);
    let target = Fate::default().target();
    let receiver = thread::spawn(move || receive(far, there, target));
    let refresh = here.opener.owes(Duration::ZERO, &mut OsRng).unwrap().unwrap();
    wire.send(here.sealer.refresh(refresh)).unwrap();
    let mut answer = wire.receive().unwrap();
    assert_eq!(here.opener.open(&mut answer).unwrap().0, Kind::KEX_REPLY);
    drop(wire);
    assert!(receiver.join().unwrap().0.is_err());
}

/// What is there is there, though its receiver could not say what it owed on the way.
#[test]
fn a_wire_that_takes_no_fresh_shares_still_brings_what_comes() {
    let outcome = Case {
        fresh: Some(Role::Responder),
        harms: [None, Some((1, Harm::Cut))],
        ..Case::of(700_000)
    }
    .run();
    assert!(outcome.receiver.is_ok(), "{:?}", outcome.receiver);
    assert!(outcome.sender.is_err());
}

#[test]
fn files_of_every_shape_arrive() {
    for size in SIZES {
        for announced in [Some(size as u64), None] {
            let outcome = Case {
                announced: vec![announced],
                ..Case::of(size)
            }
            .run();
            let (bytes, batch) = (size + announced.map_or(0, |_| 32), 8 * FULL);
            // Batches go as one; MANIFEST, FILE_KEY, TEND, CLOSE; ACCEPT, FACK, CLOSE.
            let batches = if announced.is_some() {
                bytes.div_ceil(batch)
            } else {
                size.div_ceil(batch)
            };
            assert_eq!(outcome.records, [4 + batches, 3]);
            assert_eq!(outcome.succeeded().bytes, size as u64);
        }
    }
}

#[test]
fn padded_contents_arrive_as_they_were() {
    for size in SIZES {
        for announced in [Some(size as u64), None] {
            let case = Case {
                announced: vec![announced],
                padding: Padding::On,
                ..Case::of(size)
            };
            assert_eq!(case.run().succeeded().bytes, size as u64);
        }
    }
}

#[test]
fn packed_contents_arrive_as_they_were() {
    for size in SIZES {
        for announced in [Some(size as u64), None] {
            let case = Case {
                announced: vec![announced],
                coding: Coding::Zstd,
                ..Case::of(size)
            };
            assert_eq!(case.run().succeeded().bytes, size as u64);
        }
    }
    let sizes: Vec<usize> = (0..400).map(|number| number * 37 % 5000).collect();
    let mut case = Case::many(&sizes);
    case.coding = Coding::Zstd;
    case.target.has = vec![Vec::new(), content(20), content(74)];
    let outcome = case.run();
    assert_eq!(outcome.records, [6, 4], "one record of contents, and an answer");
    assert_eq!(outcome.succeeded().files, 400);
}

#[test]
fn many_files_arrive_in_few_records() {
    let sizes: Vec<usize> = (0..400).map(|number| number * 37 % 5000).collect();
    let outcome = Case::many(&sizes).run();
    let bytes: usize = sizes.iter().map(|size| size + 32).sum();
    assert_eq!(outcome.records, [4 + bytes.div_ceil(8 * FULL), 3]);
    assert_eq!(outcome.succeeded().files, 400);
}

/// Whatever a receiver has of the files, the same arrives, and no more than it has not travels.
#[test]
fn what_is_there_is_not_sent_again() {
    const SIZE: usize = 200_000;
    let changed = |size: usize| content(size).iter().map(|byte| !byte).collect::<Vec<_>>();
    for (has, moved, asked) in [
        (content(SIZE), 0, 1),
        (content(SIZE)[..FULL].to_vec(), SIZE - FULL, 1),
        (content(SIZE)[..1].to_vec(), SIZE - 1, 1),
        (changed(SIZE), SIZE, 1),
        (changed(FULL), SIZE, 1),
        (Vec::new(), SIZE, 0),
    ] {
        for sizes in [&[SIZE][..], &[7, SIZE, 9]] {
            let mut case = Case::many(sizes);
            let at = sizes.len() / 2;
            case.target.has = vec![Vec::new(); at];
            case.target.has.push(has.clone());
            let outcome = case.run();
            assert_eq!(outcome.records[1], 3 + asked);
            let others: usize = sizes.iter().sum::<usize>() - SIZE;
            assert_eq!(outcome.succeeded().bytes, (moved + others) as u64);
        }
    }
}

#[test]
fn a_receiver_that_claims_what_it_never_asked_about_gets_nothing() {
    let mut case = Case::of(9);
    case.target.has = vec![content(9)];
    case.target.claims = true;
    let outcome = case.run();
    assert!(outcome.sender.is_err() && outcome.receiver.is_err());
}

#[test]
fn no_harm_to_any_record_passes_for_success() {
    for sizes in [&[0][..], &[FULL + 1], &[3, 600_000, 5]] {
        let records = Case::many(sizes).run().records;
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
                let mut case = Case::many(sizes);
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
        let mut case = Case::of(200_000);
        case.target.room = room;
        let outcome = case.run();
        assert!(
            matches!(outcome.receiver, Err(Error::Target(_))),
            "{:?}",
            outcome.receiver
        );
        assert!(outcome.sender.is_err() && outcome.committed.is_none());
    }
    let mut case = Case::of(1);
    case.target.commits = false;
    let outcome = case.run();
    assert!(matches!(outcome.receiver, Err(Error::Target(_))));
    assert!(matches!(
        outcome.sender,
        Err(Error::Channel(channel::Error::Alerted(_)))
    ));
}

#[test]
fn a_refusal_reaches_the_sender_with_its_reason() {
    let mut case = Case::of(1);
    case.target.accepts = false;
    let Err(Error::Channel(channel::Error::Alerted(alert))) = case.run().sender else {
        panic!("the sender is told")
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
            announced: vec![Some(announced as u64)],
            ..Case::of(size)
        }
        .run();
        assert!(outcome.receiver.is_err() && outcome.committed.is_none());
        assert!(
            matches!(outcome.sender, Err(Error::SourceChanged { .. } | Error::Source(_))),
            "{:?}",
            outcome.sender
        );
    }
}

#[test]
fn a_source_that_cannot_be_read_is_not_delivered() {
    struct Broken(usize);
    impl Source for Broken {
        fn open(&mut self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
            let count = self.0.min(buffers[0].len());
            self.0 -= count;
            match count {
                0 => Err(io::ErrorKind::TimedOut.into()),
                _ => Ok(count),
            }
        }
        fn close(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for good in [0, 1, 100_000] {
        let (sending, receiving) = channels("broken source");
        let [mut left, right] = pair([None, None]);
        let fate = Fate::default();
        let target = fate.target();
        let receiver = thread::spawn(move || receive(right, receiving, target));
        let offer = offer(&[("file", 1 << 30)]);
        let mut rng = Seeded::new("sender");
        let sender = transfer::send(
            &mut left,
            sending,
            offer,
            Box::new(Broken(good)),
            Padding::Off,
            &mut rng,
            &mut |_| {},
        );
        drop(left);
        assert!(matches!(sender, Err(Error::Source(_))));
        let (receiver, _) = receiver.join().unwrap();
        assert!(matches!(receiver, Err(Error::Channel(channel::Error::Alerted(_)))));
        assert!(fate.committed().is_none());
    }
}
