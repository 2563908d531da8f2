//! Streams over one channel, as values without threads: whatever is done at both ends in whatever order, each comes to its
//! end with the bytes that were put in; and what a peer must not say ends all of them.

use std::collections::BTreeMap;

use keypact::channel::Kind;
use keypact::forward::{Event, Id, MOST, Message, PIECE, Reason, Stream, Streams, Task, WINDOW};
use keypact::handshake::Role;
use proptest::prelude::*;

const OPEN: u8 = 0x30;

/// One side, and what has become of its streams.
struct Side {
    streams: Streams,
    /// By stream: what was read here, what was written here, and whether its end was seen.
    ends: BTreeMap<Id, Ends>,
    /// What it has said, and the other side has not heard.
    said: Vec<(Kind, Vec<u8>)>,
}

#[derive(Default)]
struct Ends {
    read: Vec<u8>,
    written: Vec<u8>,
    is_read: bool,
    is_passed: bool,
    is_broken: bool,
}

impl Side {
    fn new(role: Role) -> Self {
        Self {
            streams: Streams::new(role),
            ends: BTreeMap::new(),
            said: Vec::new(),
        }
    }

    fn nth(&self, stream: usize) -> Option<Id> {
        self.ends.keys().nth(stream).copied()
    }

    fn say(&mut self) -> bool {
        let next = self.streams.say();
        let is_some = next.is_some();
        if let Some((_, draft)) = next {
            let kind = draft.kind();
            self.said.push((kind, draft.body().to_vec()));
        }
        is_some
    }

    fn hear(&mut self, record: &(Kind, Vec<u8>), answer: Option<Reason>) {
        match self.streams.hear(record.0, &record.1).unwrap() {
            Event::Asked(id, target) => {
                assert_eq!(target, "host:7");
                self.ends.insert(id, Ends::default());
                let stream = self.streams.get(id).unwrap();
                match answer {
                    None => assert!(stream.connected()),
                    Some(reason) => stream.refuse(reason),
                }
            }
            Event::Refused(id, _) | Event::Broken(id) => self.ends.get_mut(&id).unwrap().is_broken = true,
            Event::Changed(_) => {}
        }
    }

    /// Reads up to `count` bytes for a stream, or its end.
    fn read(&mut self, id: Id, count: usize) {
        let (Some(stream), Some(ends)) = (self.streams.get(id), self.ends.get_mut(&id)) else {
            return;
        };
        let room = stream.room().unwrap_or(0).min(count);
        if count == 0 {
            stream.end();
            ends.is_read = true;
        } else if !ends.is_read {
            let bytes: Vec<u8> = (0..room).map(|at| (at + ends.read.len()).to_le_bytes()[0]).collect();
            stream.read(&bytes);
            ends.read.extend(bytes);
        }
    }

    fn write(&mut self, id: Id) -> bool {
        let (Some(stream), Some(ends)) = (self.streams.get(id), self.ends.get_mut(&id)) else {
            return false;
        };
        match stream.task() {
            Task::Write(bytes) => {
                stream.wrote(bytes.len());
                ends.written.extend(bytes);
            }
            Task::End => {
                stream.passed();
                ends.is_passed = true;
            }
            Task::Wait | Task::Stop => return false,
        }
        true
    }
}

#[derive(Debug, Clone)]
enum Step {
    Open(usize),
    Say(usize),
    Hear(usize),
    Read(usize, usize, usize),
    Write(usize, usize),
    Leave(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let side = || 0..2_usize;
    let stream = || 0..4_usize;
    let count = prop_oneof![Just(0), 1..3_usize, Just(PIECE), Just(usize::MAX)];
    prop_oneof![
        1 => side().prop_map(Step::Open),
        6 => side().prop_map(Step::Say),
        6 => side().prop_map(Step::Hear),
        4 => (side(), stream(), count).prop_map(|(side, stream, count)| Step::Read(side, stream, count)),
        4 => (side(), stream()).prop_map(|(side, stream)| Step::Write(side, stream)),
        1 => (side(), stream()).prop_map(|(side, stream)| Step::Leave(side, stream)),
    ]
}

fn do_step(sides: &mut [Side; 2], step: &Step) {
    match *step {
        Step::Open(side) => {
            if sides[side].ends.len() < 6 {
                let id = sides[side].streams.open("host:7").unwrap();
                sides[side].ends.insert(id, Ends::default());
            }
        }
        Step::Say(side) => drop(sides[side].say()),
        Step::Hear(side) => {
            if !sides[1 - side].said.is_empty() {
                let record = sides[1 - side].said.remove(0);
                // Every third stream is refused.
                let id = u32::from_be_bytes(*record.1.first_chunk().unwrap());
                let answer = (id / 2 % 3 == 2).then_some(Reason::NotListening);
                sides[side].hear(&record, answer);
            }
        }
        Step::Read(side, stream, count) => {
            if let Some(id) = sides[side].nth(stream) {
                sides[side].read(id, count);
            }
        }
        Step::Write(side, stream) => {
            if let Some(id) = sides[side].nth(stream) {
                sides[side].write(id);
            }
        }
        Step::Leave(side, stream) => {
            let Side { streams, ends, .. } = &mut sides[side];
            if let Some((id, ends)) = ends.iter_mut().nth(stream) {
                ends.is_broken = true;
                let _ = streams.get(*id).map(Stream::leave);
            }
        }
    }
}

/// Until nothing moves any more: everybody reads to the end, writes, says and hears.
fn settle(sides: &mut [Side; 2]) {
    loop {
        let mut is_moving = false;
        for side in 0..2 {
            let ids: Vec<Id> = sides[side].ends.keys().copied().collect();
            for id in ids {
                sides[side].read(id, 0);
                while sides[side].write(id) {
                    is_moving = true;
                }
            }
            while sides[side].say() {
                is_moving = true;
            }
            while !sides[side].said.is_empty() {
                do_step(sides, &Step::Hear(1 - side));
                is_moving = true;
            }
        }
        if !is_moving {
            return;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn every_stream_comes_to_its_end_with_what_was_put_in(steps in prop::collection::vec(step(), 0..200)) {
        let mut sides = [Side::new(Role::Initiator), Side::new(Role::Responder)];
        for step in &steps {
            do_step(&mut sides, step);
        }
        settle(&mut sides);
        prop_assert!(sides.iter().all(|side| side.streams.is_empty()), "a stream is left");
        for (here, there) in [(0, 1), (1, 0)] {
            for (id, ends) in &sides[here].ends {
                let Some(other) = sides[there].ends.get(id) else { continue };
                prop_assert!(other.read.starts_with(&ends.written));
                if ends.is_passed {
                    prop_assert!(other.read == ends.written);
                }
                let is_whole = ends.is_passed && other.is_passed;
                prop_assert!(is_whole || ends.is_broken || other.is_broken);
            }
        }
    }

    #[test]
    fn whatever_a_peer_says_costs_no_more_than_its_windows(
        records in prop::collection::vec((0x2f..0x38_u8, 0..8_u32, prop::collection::vec(any::<u8>(), 0..40)), 0..200)
    ) {
        let mut streams = Streams::new(Role::Responder);
        for target in ["a:1", "b:2"] {
            streams.open(target).unwrap();
        }
        while streams.say().is_some() {}
        for (kind, id, rest) in records {
            let body = [&id.to_be_bytes()[..], &rest].concat();
            if let Ok(Event::Asked(id, _)) = streams.hear(Kind(kind), &body) {
                streams.get(id).unwrap().connected();
            }
            if id % 3 == 0 {
                while streams.say().is_some() {}
            }
        }
        prop_assert!(streams.len() <= 2 * MOST);
    }
}

/// A side that has opened one stream of its own (number 0), which is answered, and has given one to the peer (number 1).
fn open() -> Streams {
    let mut streams = Streams::new(Role::Initiator);
    assert_eq!(streams.open("host:7"), Some(0));
    assert!(streams.say().is_some());
    hear(&mut streams, 0, &Message::Opened).unwrap();
    assert!(
        matches!(hear(&mut streams, 1, &Message::Open("other:8")), Ok(Event::Asked(1, target)) if target == "other:8")
    );
    assert!(streams.get(1).unwrap().connected());
    assert!(streams.say().is_some() && streams.say().is_none());
    streams
}

fn hear(streams: &mut Streams, id: Id, message: &Message<'_>) -> Result<Event, keypact::channel::Error> {
    let draft = message.draft(id);
    streams.hear(draft.kind(), draft.body())
}

#[test]
fn words_out_of_turn_are_refused() {
    let piece = vec![7; PIECE];
    let data = Message::Data(&piece);
    let wrong: &[&[(Id, Message<'_>)]] = &[
        &[(2, Message::Opened)],
        &[(2, Message::Done)],
        &[(3, Message::Data(b"x"))],
        &[(2, Message::Open("of this side:1"))],
        &[(1, Message::Open("a live number:1"))],
        &[
            (5, Message::Open("a:1")),
            (3, Message::Open("a number that was passed over:1")),
        ],
        &[(0, Message::Opened)],
        &[(0, Message::Refused(Reason::TimedOut))],
        &[(1, Message::Opened)],
        &[(3, Message::Open("a:1")), (3, Message::Data(b"before the answer"))],
        &[(3, Message::Open("a:1")), (3, Message::End)],
        &[(0, Message::Credit(1))],
        &[(1, Message::End), (1, Message::End)],
        &[(1, Message::End), (1, Message::Data(b"x"))],
        &[(0, Message::Done), (0, Message::End)],
        &[(0, Message::Done), (0, Message::Done)],
    ];
    for words in wrong {
        let mut streams = open();
        let (last, before) = words.split_last().unwrap();
        for (id, message) in before {
            hear(&mut streams, *id, message).unwrap();
        }
        assert!(hear(&mut streams, last.0, &last.1).is_err(), "{words:?}");
    }
    let mut streams = open();
    for _ in 0..WINDOW as usize / PIECE {
        hear(&mut streams, 1, &data).unwrap();
    }
    assert!(
        hear(&mut streams, 1, &Message::Data(b"x")).is_err(),
        "beyond the window"
    );
}

#[test]
fn bodies_of_another_form_are_refused() {
    let id = 1_u32.to_be_bytes();
    let long = [&id[..], &vec![b'a'; 301]].concat();
    let large = [&id[..], &vec![7; PIECE + 1]].concat();
    let too_much = [&id[..], &(WINDOW + 1).to_be_bytes()].concat();
    let wrong: &[(u8, &[u8])] = &[
        (OPEN, &id[..3]),
        (OPEN, &[0, 0, 0, 3]),
        (OPEN, &[0, 0, 0, 3, 0xff]),
        (OPEN, &long),
        (0x31, &[0, 0, 0, 0, 1]),
        (0x32, &[0, 0, 0, 0]),
        (0x32, &[0, 0, 0, 0, 9]),
        (0x33, &id),
        (0x33, &large),
        (0x34, &[0, 0, 0, 1, 0, 0, 0, 0]),
        (0x34, &[0, 0, 0, 1, 0, 0, 1]),
        (0x34, &too_much),
        (0x35, &[0, 0, 0, 1, 0]),
        (0x36, &[0, 0, 0, 1, 0]),
        (0x37, &id),
        (0x01, &id),
    ];
    for (kind, body) in wrong {
        assert!(open().hear(Kind(*kind), body).is_err(), "{kind:02x} {body:02x?}");
    }
}

#[test]
fn streams_are_counted() {
    let mut streams = Streams::new(Role::Initiator);
    let mut ids = (1_u32..).step_by(2);
    for id in ids.by_ref().take(MOST) {
        hear(&mut streams, id, &Message::Open("a:1")).unwrap();
    }
    assert!(
        hear(&mut streams, ids.next().unwrap(), &Message::Open("a:1")).is_err(),
        "one too many"
    );
    let own: Vec<_> = (0..MOST).map(|_| streams.open("a:1").unwrap()).collect();
    assert_eq!(streams.open("a:1"), None);
    // One that was never asked for makes room without a word.
    streams.get(own[0]).unwrap().leave();
    let mut said = 0;
    while streams.say().is_some() {
        said += 1;
    }
    assert_eq!(said, MOST - 1);
    assert!(streams.open("a:1").is_some());
}
