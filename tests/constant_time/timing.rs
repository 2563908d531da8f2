//! Measures what valgrind cannot see: whether two sorts of secrets take the same time, by the statistics of dudect (Reparaz,
//! Balasch, Verbauwhede, "dude, is my code constant time?", 2017): the two take turns at random, and Welch's t of their
//! times, without the slowest, grows with the number of measurements where they differ, and stays small where they do not.
//!
//! It only prints: a busy machine makes any t. `make constant-time` runs it last.

use std::hint::black_box;
use std::time::Instant;

use keypact::codes::lists::List;
use keypact::crypto::aead::{Aead, TAG, ZERO_NONCE};
use keypact::crypto::bulk::Bulk;
use keypact::crypto::rng::{OsRng, Rng};
use keypact::crypto::x25519;
use keypact::secret::{self, Secret};

/// Bytes that are compared: enough for the clock to see a comparison that stops early.
const LONG: usize = 1000;
/// Measurements of a path.
const ROUNDS: usize = 200_000;
/// The share of the fastest that counts: the others were interrupted.
const KEPT: f64 = 0.9;
/// Where dudect calls it a leak.
const SUSPECT: f64 = 4.5;

/// The time of one run on the secret of this sort, in nanoseconds.
type Path<'p> = (&'p str, Box<dyn FnMut(bool) -> bool + 'p>);

fn main() {
    println!("{:>7}  from {SUSPECT} on suspect", "t");
    let ours = [7; LONG];
    let others = [flipped(ours, 0), flipped(ours, LONG - 1)];
    let key = || Secret::with(|key: &mut [u8; 32]| *key = [9; 32]);
    let good = Aead::new(&key()).seal(&ZERO_NONCE, b"", &[7; LONG]);
    // In one place, for where it lies shows in the time too.
    let wrong = |sort: bool| {
        let mut message = good.clone();
        message[LONG + usize::from(sort) * (TAG - 1)] ^= 1;
        message
    };
    let scalars =
        [Secret::with(|key| key[0] = 8), Secret::with(|key| *key = [0xff; 32])].map(|key| x25519::KeyPair::new(&key));
    let (words, text) = (
        [List::Slip39.nth(0), List::Slip39.nth(1023)].map(Option::unwrap_or_default),
        [7; 32],
    );
    let (portable, ring) = (Aead::new(&key()), Bulk::new(&key()));
    let paths: [Path<'_>; 6] = [
        (
            "control: stops at the first difference",
            Box::new(|sort| stops_early(&ours, &others[usize::from(sort)])),
        ),
        (
            "secret: comparison",
            Box::new(|sort| secret::equal(&ours, &others[usize::from(sort)])),
        ),
        (
            "crypto: a wrong tag, portable",
            Box::new(|sort| portable.open(&ZERO_NONCE, b"", &wrong(sort)).is_ok()),
        ),
        (
            "crypto: a wrong tag, ring",
            Box::new(|sort| ring.open(&ZERO_NONCE, &mut wrong(sort), 0).is_ok()),
        ),
        (
            "codes: the first word and the last",
            Box::new(|sort| List::Slip39.find(words[usize::from(sort)]).is_some()),
        ),
        (
            "crypto: X25519, few bits and many",
            Box::new(|sort| scalars[usize::from(sort)].agree(black_box(&text)).is_ok()),
        ),
    ];
    for (name, mut path) in paths {
        println!("{:>7.1}  {name}", t(&mut path));
    }
}

#[inline(never)]
fn stops_early(a: &[u8], b: &[u8]) -> bool {
    a.iter().zip(b).all(|(a, b)| black_box(a) == black_box(b))
}

fn flipped(mut bytes: [u8; LONG], at: usize) -> [u8; LONG] {
    bytes[at] ^= 1;
    bytes
}

/// Welch's t of both sorts.
fn t(path: &mut dyn FnMut(bool) -> bool) -> f64 {
    let mut sorts = vec![0; ROUNDS];
    OsRng.fill(&mut sorts).expect("the system gives randomness");
    let mut times: [Vec<f64>; 2] = Default::default();
    for sort in sorts.into_iter().map(|byte| byte % 2 == 1) {
        let began = Instant::now();
        black_box(path(black_box(sort)));
        times[usize::from(sort)].push(began.elapsed().as_nanos() as f64);
    }
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    let most = all[(all.len() as f64 * KEPT) as usize];
    let [(mean, error), (other_mean, other_error)] =
        times.map(|times| moments(times.into_iter().filter(|time| *time <= most)));
    (mean - other_mean) / (error + other_error).sqrt()
}

/// The mean, and the variance of it.
fn moments(times: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for time in times {
        count += 1.0;
        let step = time - mean;
        mean += step / count;
        squares += step * (time - mean);
    }
    (mean, squares / (count - 1.0) / count)
}
