//! The assembly line of `format::stream`, the shipped source, on the locks of a model checker: whatever the order in which
//! threads run, results are put down in order, none is lost or put twice, a failure stops the line, and nobody waits for
//! ever (which the checker reports as a deadlock).
#![allow(clippy::unwrap_used, clippy::panic)]

use belt::Belt;
use loom::sync::Arc;
use loom::thread;

mod sync {
    pub(crate) use std::sync::PoisonError;

    pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
}

#[path = "../../src/format/stream/belt.rs"]
mod belt;

const WORKERS: usize = 3;
const PIECES: u32 = 4;

/// A belt over the numbers below [`PIECES`], to a list.
type Numbers = Belt<std::ops::Range<u32>, Vec<u32>>;

/// Runs `work` in all workers, in every order, and shows `judge` what was put down.
fn model(work: fn(&Numbers), judge: fn(Vec<u32>)) {
    let mut builder = loom::model::Builder::new();
    // Each further preemption multiplies the orders; bugs of locks show with two.
    builder.preemption_bound = Some(2);
    builder.check(move || {
        let belt = Arc::new(Belt::new(0..PIECES, Vec::new()));
        let others: Vec<_> = (1..WORKERS)
            .map(|_| {
                let belt = Arc::clone(&belt);
                thread::spawn(move || work(&belt))
            })
            .collect();
        work(&belt);
        others.into_iter().for_each(|other| other.join().unwrap());
        let belt = Arc::try_unwrap(belt).ok().unwrap();
        judge(belt.into_sink());
    });
}

#[test]
fn results_come_in_order_and_none_is_lost() {
    let work = |belt: &Numbers| {
        while let Some((turn, piece)) = belt.draw(Iterator::next) {
            let put = turn.put(|list| {
                list.push(piece);
                Ok::<_, ()>(())
            });
            assert_eq!(put, Some(Ok(())));
        }
    };
    model(work, |list| assert_eq!(list, Vec::from_iter(0..PIECES)));
}

#[test]
fn nothing_is_put_behind_a_failure() {
    let work = |belt: &Numbers| {
        while let Some((turn, piece)) = belt.draw(Iterator::next) {
            let put = turn.put(|list| {
                list.push(piece);
                if piece == 1 { Err(()) } else { Ok(()) }
            });
            if put.is_none_or(|result| result.is_err()) {
                break;
            }
        }
    };
    model(work, |list| assert_eq!(list, [0, 1]));
}

#[test]
fn a_worker_that_panics_keeps_no_other_waiting() {
    let work = |belt: &Numbers| {
        while let Some((turn, piece)) = belt.draw(Iterator::next) {
            if piece == 1 {
                // What a panic between drawing and putting does.
                drop(turn);
                break;
            }
            let put = turn.put(|list| {
                list.push(piece);
                Ok::<_, ()>(())
            });
            if put.is_none() {
                break;
            }
        }
    };
    model(work, |list| assert!(list.is_empty() || list == [0], "{list:?}"));
}
