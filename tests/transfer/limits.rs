//! What a peer can make this side hold in memory, and for how long.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use keypact::channel::{Kind as Record, MAX_BODY};
use rustix::process::Signal;

use crate::names::Hostile;
use crate::resume::noise;
use crate::side::Side;
use crate::{arrived, place, receiver, sender};

/// What a transfer of any size takes, in KiB: `memory_does_not_grow_with_the_file` has the same.
const ORDINARY: u64 = 32 * 1024;

fn peak(side: &Side) -> u64 {
    side.peak_kib().unwrap()
}

#[test]
fn a_peer_that_never_reads_is_not_read_for() {
    let sandbox = place();
    sandbox.write("file", noise("unread", 128 << 20));
    let mut bob = receiver(&sandbox, &["-d", "in", "--timeout", "60"]);
    let mut alice = sender(&sandbox, &["file", "--timeout", "60"]);
    while arrived(&sandbox).is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    bob.signal(Signal::STOP);
    thread::sleep(Duration::from_secs(2));
    assert!(alice.is_running());
    assert!(peak(&alice) < ORDINARY, "{} KiB", peak(&alice));
    bob.signal(Signal::CONT);
    alice.succeeds();
    bob.succeeds();
}

/// A record has as long as silence may last, however much of it comes meanwhile.
#[test]
fn a_peer_that_sends_byte_by_byte_is_given_up() {
    let sandbox = place();
    let mut bob = receiver(&sandbox, &["-d", "in", "--timeout", "3"]);
    let (mut wire, mut channel) = Hostile::meet(&sandbox);
    let (before, mut most, began) = (peak(&bob), 0, Instant::now());
    let record = channel.seal(Record(0x10), &vec![0; MAX_BODY]);
    for byte in record {
        most = bob.peak_kib().unwrap_or(most);
        if wire.0.write_all(&[byte]).is_err() {
            break;
        }
        thread::sleep(Duration::from_millis(500));
    }
    assert!((3..9).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert!(most < before + 4096, "{before} and {most} KiB");
    bob.fails(5, "nothing was heard of the peer for 3 seconds");
}

/// Idle talk costs neither memory nor the other side's patience with what is awaited.
#[test]
fn a_flood_of_empty_records_is_passed_over() {
    let sandbox = place();
    let mut bob = receiver(&sandbox, &["-d", "in"]);
    let (mut wire, mut channel) = Hostile::meet(&sandbox);
    let (before, end) = (peak(&bob), Instant::now() + Duration::from_secs(3));
    while Instant::now() < end {
        let records: Vec<u8> = (0..500).flat_map(|_| channel.seal(Record::PAD, b"")).collect();
        wire.0.write_all(&records).unwrap();
    }
    assert!(bob.is_running());
    assert!(peak(&bob) < before + 4096, "{before} and {} KiB", peak(&bob));
    drop(wire);
    bob.fails(5, "");
}
