//! Each step once: whoever comes second, at the same moment, or after a crash.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::sandbox::{Ran, Sandbox};
use crate::side::{Side, keypact};
use crate::{NOTHING, Pair, finish, pending};

const TRUST: &str = "--trust-transport";

#[test]
fn an_offer_takes_one_answer() {
    let pair = Pair::new();
    let carol = Sandbox::new();
    let offer = pair.alice.keypact("offer --trust-transport").ok();
    let accept = |person: &Sandbox| person.keypact_with("accept --trust-transport", offer.as_bytes());
    let (bobs, carols) = (accept(&pair.bob).ok(), accept(&carol).ok());
    assert!(accept(&pair.bob).fails(1).contains("accepted here already"));
    finish(&pair.alice, &carols).ok();
    for answer in [&bobs, &carols] {
        assert!(finish(&pair.alice, answer).fails(3).contains(NOTHING));
    }
    assert!(pair.bob.keypact("confirm -o key").fails(3).contains(NOTHING));
    assert!(!pair.bob.file("key").exists());
}

/// Even one that fails: there an attacker has made its guess.
#[test]
fn an_answer_that_is_not_authentic_uses_the_offer_up() {
    use keypact::handshake::Token;
    let pair = Pair::new();
    let answer: Token = pair.answer(TRUST, TRUST).parse().unwrap();
    let mut frame = answer.frame().to_vec();
    *frame.last_mut().unwrap() ^= 1;
    let forged = Token::new(answer.id(), frame).unwrap().to_string();
    assert!(finish(&pair.alice, &forged).fails(3).contains("not authentic"));
    assert!(finish(&pair.alice, &answer.to_string()).fails(3).contains(NOTHING));
    assert!(pending(&pair.alice).is_empty());
}

/// Two runs at once: how many succeeded.
fn race(person: &Sandbox, words: [&str; 2], text: &str) -> usize {
    person.write("race.txt", text);
    let run = |words: &str| {
        let mut command = keypact(person, &words.split(' ').collect::<Vec<_>>());
        command.stdin(std::fs::File::open(person.file("race.txt")).unwrap());
        Side::run(person, command)
    };
    let mut sides = words.map(run);
    let codes = sides.each_mut().map(Side::code);
    for side in sides
        .iter()
        .zip(codes)
        .filter(|(_, code)| *code != 0)
        .map(|(side, _)| side)
    {
        assert!(
            side.stderr().contains(NOTHING) && side.stdout().is_empty(),
            "{}",
            side.stderr()
        );
    }
    codes.iter().filter(|code| **code == 0).count()
}

#[test]
fn of_two_at_once_one_wins() {
    for _ in 0..20 {
        let pair = Pair::new();
        let answer = pair.answer(TRUST, TRUST);
        assert_eq!(race(&pair.alice, ["finish -o a", "finish -o b"], &answer), 1);
        let name = ["a", "b"]
            .into_iter()
            .find(|name| pair.alice.file(name).exists())
            .unwrap();
        let text = pair.alice.text(name);
        assert_eq!(race(&pair.bob, ["finish", "finish"], &text), 1);
        let confirm = ["confirm -o one", "confirm -o two"];
        for person in pair.both() {
            assert_eq!(race(person, confirm, ""), 1);
            assert!(person.file("one").exists() != person.file("two").exists());
        }
    }
}

#[test]
fn a_key_is_given_once_and_not_over_another_file() {
    let pair = Pair::new();
    pair.carry(TRUST, TRUST);
    pair.alice.write("key", "mine");
    assert!(pair.alice.keypact("confirm -o key").fails(1).contains("exists already"));
    // A key that cannot be written is not lost.
    let full = pair.alice.shell("keypact confirm > /dev/full");
    assert_eq!(full.code(), 1, "{}", full.stderr());
    pair.alice.keypact("confirm -o other").ok();
    assert!(pair.alice.keypact("confirm -o third").fails(3).contains(NOTHING));
    pair.bob.keypact("confirm -o other").ok();
    assert_eq!(pair.alice.read("other"), pair.bob.read("other"));
    assert_eq!(pair.alice.text("key"), "mine");
}

/// Killed at any moment: either the text can be read once more, or the exchange is over. Never are there two texts.
#[test]
fn a_run_that_is_killed_leaves_no_second_use() {
    let whole = {
        let pair = Pair::new();
        let answer = pair.answer(TRUST, TRUST);
        let start = Instant::now();
        finish(&pair.alice, &answer).ok();
        start.elapsed()
    };
    let (mut again, mut over) = (0, 0);
    for round in 0..40 {
        let pair = Pair::new();
        let answer = pair.answer(TRUST, TRUST);
        pair.alice.write("answer", &answer);
        let mut command = keypact(&pair.alice, &["finish"]);
        command.stdin(std::fs::File::open(pair.alice.file("answer")).unwrap());
        let mut killed = Side::run(&pair.alice, command);
        thread::sleep(whole * round / 30);
        killed.signal(Signal::KILL);
        killed.code();
        let first = String::from_utf8(killed.stdout()).unwrap();
        let second = finish(&pair.alice, &answer);
        if second.code() == 0 {
            assert_eq!(first, "", "two texts");
            again += 1;
        } else {
            assert!(second.fails(3).contains(NOTHING));
            over += 1;
        }
        // What was left behind goes with the next exchange.
        pair.alice.keypact("offer").ok();
        let names: Vec<_> = pending(&pair.alice);
        assert!(
            names
                .iter()
                .all(|name| name.extension().is_some_and(|end| end == "kps")),
            "{names:?}"
        );
    }
    println!("{again} could be read again, {over} were over");
    assert!(again > 0 && over > 0, "{again} {over}");
}

/// The same on the other side: the last text can be read until one run has come to its end.
#[test]
fn the_last_text_can_be_read_again_after_a_crash() {
    for round in 0..20 {
        let pair = Pair::new();
        let answer = pair.answer(TRUST, TRUST);
        let text = finish(&pair.alice, &answer).ok();
        let mut command = keypact(&pair.bob, &["finish", text.trim()]);
        command.stdin(Stdio::null());
        let mut killed = Side::run(&pair.bob, command);
        thread::sleep(Duration::from_micros(2000 * round));
        killed.signal(Signal::KILL);
        killed.code();
        let second: Ran = finish(&pair.bob, &text);
        assert!(second.code() == 0 || second.fails(3).contains(NOTHING));
        pair.alice.keypact("confirm -o key").ok();
        pair.bob.keypact("confirm -o key").ok();
        assert_eq!(pair.alice.read("key"), pair.bob.read("key"));
    }
}
