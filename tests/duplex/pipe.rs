//! Two streams over one channel, with wires that break and peers that say what they like under the right keys. The claims:
//! what is written is what was sent, from its beginning; a target is closed when all of it is written; and success on one
//! side means that both streams are whole.

use std::io::{self, IoSlice, Read};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;

use keypact::channel::{self, Channel, Coding, Inbound as _, Kind, Outbound as _};
use keypact::pipe::{self, Error, Receipt};
use proptest::prelude::*;

use crate::channels::channels;
use crate::halves::{In, Out, Silence, wires};

const DATA: u8 = 0x01;
const CLOSE: u8 = 0x04;
const END: u8 = 0x20;
const WRITTEN: u8 = 0x21;
const PACKED: u8 = 0x22;

type Outcome = Result<Receipt, Error<Silence>>;

/// A target that remembers, and can be full.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    room: Option<usize>,
    is_closed: bool,
}

impl pipe::Target for Paper {
    fn write(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<()> {
        let mut written = self.0.lock().unwrap();
        for piece in pieces {
            written.bytes.extend_from_slice(piece);
        }
        match written.room {
            Some(room) if written.bytes.len() > room => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        self.0.lock().unwrap().is_closed = true;
        Ok(())
    }
}

/// A source that gives its bytes in pieces of a size, and then ends, fails, or never does.
struct Feed {
    bytes: io::Cursor<Vec<u8>>,
    piece: usize,
    end: End,
    coding: Coding,
}

enum End {
    Clean,
    Broken,
    /// Not before somebody hangs up.
    Never(Receiver<()>),
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.piece.min(buffer.len());
        match (self.bytes.read(&mut buffer[..most])?, &self.end) {
            (0, End::Broken) => Err(io::ErrorKind::TimedOut.into()),
            (0, End::Never(hang_up)) => Ok(hang_up.recv().map_or(0, |()| 0)),
            (count, _) => Ok(count),
        }
    }
}

fn feed(bytes: &[u8], piece: usize) -> Feed {
    Feed {
        bytes: io::Cursor::new(bytes.to_vec()),
        piece,
        end: End::Clean,
        coding: Coding::Plain,
    }
}

type Make = fn(&[u8], usize) -> Feed;

fn packed(bytes: &[u8], piece: usize) -> Feed {
    Feed {
        coding: Coding::Zstd,
        ..feed(bytes, piece)
    }
}

fn content(length: usize, seed: u8) -> Vec<u8> {
    (0..length).map(|at| (at / 7).to_le_bytes()[0] ^ seed).collect()
}

fn run((out, from): (Out, In), channel: Channel, source: Feed, target: &Paper) -> Outcome {
    let coding = source.coding;
    pipe::run(out, from, channel, Box::new(source), coding, Box::new(target.clone()))
}

/// What both sides make of it when left and right send these.
fn both(most: [usize; 2], sources: [Feed; 2], papers: &[Paper; 2]) -> [Outcome; 2] {
    let ((left, right), [here, there]) = (channels("pipe"), wires(most));
    let [source, other] = sources;
    let paper = papers[1].clone();
    let peer = thread::spawn(move || run(there, right, other, &paper));
    let outcome = run(here, left, source, &papers[0]);
    [outcome, peer.join().unwrap()]
}

#[test]
fn both_streams_arrive_whatever_their_lengths() {
    let lengths = [[0, 0], [0, 1], [1, 600_000], [65_536, 65_537], [2_000_000, 3]];
    let codings: [[Make; 2]; 3] = [[feed, feed], [packed, feed], [packed, packed]];
    for (lengths, codings) in lengths
        .into_iter()
        .flat_map(|lengths| codings.map(|codings| (lengths, codings)))
    {
        let texts = [content(lengths[0], 1), content(lengths[1], 2)];
        let papers = [Paper::default(), Paper::default()];
        let sources = [codings[0](&texts[0], 300_000), codings[1](&texts[1], 7777)];
        for (side, outcome) in both([usize::MAX; 2], sources, &papers).into_iter().enumerate() {
            let [sent, received] = [lengths[side] as u64, lengths[1 - side] as u64];
            assert_eq!(outcome.unwrap(), Receipt { sent, received });
            let written = papers[side].0.lock().unwrap();
            assert!(written.bytes == texts[1 - side] && written.is_closed);
        }
    }
}

#[test]
fn a_wire_that_is_cut_between_any_two_records_is_no_end() {
    let texts = [content(50, 1), content(30, 2)];
    // Five pieces, END, WRITTEN and CLOSE from the left; three of the right.
    for (side, whole) in [(0, 7), (1, 5)] {
        for cut in 0..=whole {
            let papers = [Paper::default(), Paper::default()];
            let mut most = [usize::MAX; 2];
            most[side] = cut;
            let outcomes = both(most, [feed(&texts[0], 10), feed(&texts[1], 10)], &papers);
            let victim = papers[1 - side].0.lock().unwrap();
            assert!(texts[side].starts_with(&victim.bytes));
            // Without END the other side does not close; without WRITTEN it does not succeed.
            let is_whole = victim.bytes == texts[side];
            assert!(is_whole || !victim.is_closed, "{cut}");
            assert_eq!(outcomes[1 - side].is_ok(), cut == whole, "{cut}");
            if outcomes[side].is_ok() {
                assert!(victim.is_closed, "{cut}: success over what is not written");
            }
        }
    }
}

#[test]
fn whoever_fails_says_so() {
    let texts = [content(300_000, 1), content(300_000, 2)];
    for room in [0, 65_536, 299_999] {
        let papers = [Paper::default(), Paper::default()];
        papers[0].0.lock().unwrap().room = Some(room);
        let outcomes = both(
            [usize::MAX; 2],
            [feed(&texts[0], 999), feed(&texts[1], 99_999)],
            &papers,
        );
        assert!(matches!(outcomes[0], Err(Error::Target(_))), "{:?}", outcomes[0]);
        told(&outcomes[1], "its output cannot be written");
        assert!(!papers[0].0.lock().unwrap().is_closed);
    }
    let papers = [Paper::default(), Paper::default()];
    let broken = Feed {
        end: End::Broken,
        ..feed(&texts[0], 999)
    };
    let outcomes = both([usize::MAX; 2], [broken, feed(&texts[1], 99_999)], &papers);
    assert!(matches!(outcomes[0], Err(Error::Source(_))), "{:?}", outcomes[0]);
    told(&outcomes[1], "its input cannot be read");
    assert!(!papers[1].0.lock().unwrap().is_closed);
}

#[track_caller]
fn told(outcome: &Outcome, text: &str) {
    let Err(Error::Channel(channel::Error::Alerted(alert))) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(alert.text(), text);
}

/// What a side makes of a peer that waits for END and then says this.
fn hear(words: &[(u8, Vec<u8>)], target: &Paper) -> Outcome {
    let ((left, right), [here, there]) = (channels("pipe"), wires([usize::MAX; 2]));
    let words = words.to_vec();
    let peer = thread::spawn(move || {
        let (mut channel, (mut out, mut from)) = (right, there);
        let mut is_over = false;
        while !is_over {
            let mut records = from.receive_many(Vec::new()).unwrap();
            let opened = channel.opener.open_each(&mut records, |kind, _, _| {
                is_over |= kind == Kind(END);
                Ok::<(), channel::Error>(())
            });
            opened.unwrap();
        }
        for (kind, body) in words {
            // Whoever has heard enough hangs up.
            let _ = out.send(channel.seal(Kind(kind), &body));
        }
    });
    let outcome = run(here, left, feed(b"ours", 9), target);
    peer.join().unwrap();
    outcome
}

/// What `docs/spec/pipe.md` has to say of a peer's words: what is written, whether it is whole, and whether all is well.
fn model(words: &[(u8, Vec<u8>)]) -> (Vec<u8>, bool, bool) {
    let (mut bytes, mut is_ended, mut is_taken) = (Vec::new(), false, false);
    for (kind, body) in words {
        match (*kind, body.len()) {
            (0, _) => {}
            // Nothing here is a frame of zstd, so nothing comes out.
            (PACKED, 0) if !is_ended && bytes.is_empty() => return (Vec::new(), false, false),
            (DATA, 1..) if !is_ended => bytes.extend_from_slice(body),
            (END, 0) if !is_ended => is_ended = true,
            (WRITTEN, 0) if !is_taken => is_taken = true,
            _ => break,
        }
        if is_ended && is_taken {
            break;
        }
    }
    (bytes, is_ended, is_ended && is_taken)
}

fn check(words: &[(u8, Vec<u8>)]) {
    let target = Paper::default();
    let outcome = hear(words, &target);
    let written = target.0.lock().unwrap();
    let found = (written.bytes.clone(), written.is_closed, outcome.is_ok());
    assert_eq!(found, model(words), "{words:02x?} {outcome:?}");
}

#[test]
fn words_out_of_place_end_the_pipe() {
    let good = vec![
        (DATA, b"one".to_vec()),
        (DATA, b"two".to_vec()),
        (END, vec![]),
        (WRITTEN, vec![]),
    ];
    check(&good);
    let kinds = (0..=0x40).chain([0xff]);
    let strange = kinds.flat_map(|kind| [vec![], vec![0], vec![8, b'x']].map(|body| (kind, body)));
    for word in strange.filter(|(kind, _)| *kind != 3) {
        for at in 0..good.len() {
            let mut words = good.clone();
            words.insert(at, word.clone());
            check(&words);
        }
    }
    for missing in 0..good.len() {
        let mut words = good.clone();
        words.remove(missing);
        check(&words);
    }
}

#[test]
fn a_packed_stream_is_one_frame_and_nothing_else() {
    let text = content(100_000, 3);
    let frame = zstd::bulk::compress(&text, 3).unwrap();
    let say = |bytes: &[u8]| {
        let mut words = vec![(PACKED, vec![])];
        words.extend(bytes.chunks(300).map(|piece| (DATA, piece.to_vec())));
        words.extend([(END, vec![]), (WRITTEN, vec![])]);
        let target = Paper::default();
        let outcome = hear(&words, &target);
        let written = target.0.lock().unwrap();
        assert!(text.starts_with(&written.bytes));
        assert_eq!(outcome.is_ok(), written.is_closed, "{outcome:?}");
        outcome
    };
    assert_eq!(say(&frame).unwrap().received, 100_000);
    let bad: [&[u8]; 4] = [
        &frame[..frame.len() - 1],
        &[&frame[..], b"x"].concat(),
        &[&frame[..], &frame].concat(),
        b"",
    ];
    for bytes in bad {
        assert!(matches!(say(bytes), Err(Error::Channel(_))));
    }
}

#[test]
fn a_peer_cannot_have_written_what_has_not_ended() {
    let ((left, mut right), [here, (mut out, from)]) = (channels("pipe"), wires([usize::MAX; 2]));
    let (_hang_up, never) = mpsc::channel();
    out.send(right.seal(Kind(WRITTEN), b"")).unwrap();
    let source = Feed {
        end: End::Never(never),
        ..feed(b"ours", 9)
    };
    let outcome = run(here, left, source, &Paper::default());
    assert!(matches!(outcome, Err(Error::Channel(_))), "{outcome:?}");
    drop((out, from));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_words_in_any_order_are_taken_as_the_model_takes_them(
        words in prop::collection::vec(
            (prop::sample::select(vec![0, DATA, DATA, DATA, CLOSE, END, WRITTEN, PACKED, 0x12]), prop::collection::vec(any::<u8>(), 0..3)),
            0..8,
        )
    ) {
        check(&words);
    }
}
