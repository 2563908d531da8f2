//! An attacker on the wire who follows the protocol as far as it serves: plays both halves with keys of its own, copies
//! commitments, replays and mixes what it has recorded, comes back for more guesses, leaves modes out. In each case both
//! sides' exit statuses are known, and no key file exists.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

use keypact::channel::Gate;
use keypact::crypto::rng::OsRng;
use keypact::handshake::{Agreed, Code, Handshake, Mode, Psk, Step, Terms, Unverified};
use keypact::secret::{Secret, SecretBytes};
use keypact::verify::{Answer, Checks};

use crate::relay::message;
use crate::sandbox::Sandbox;
use crate::side::Side;

/// A side that fails for one of these reasons: not authentic, or the peer.
const REFUSED: [i32; 2] = [3, 5];

/// A victim that runs `keypact exchange` with these flags.
fn victim(sandbox: &Sandbox, way: &str, flags: &str) -> Side {
    let words = format!("exchange {way} {flags}");
    Side::start(sandbox, &words.split_whitespace().collect::<Vec<_>>())
}

fn listener(sandbox: &Sandbox, flags: &str) -> Side {
    let mut side = victim(sandbox, "--listen unix:meet -o b.key", flags);
    side.says("listening");
    side
}

/// The attacker's place between the two: the caller comes to it, and it goes on to the listener.
struct Middle {
    caller: UnixStream,
    listener: UnixStream,
}

/// Both victims with an attacker between them.
fn between(sandbox: &Sandbox, flags: [&str; 2]) -> ([Side; 2], Middle) {
    let waiting = UnixListener::bind(sandbox.file("middle")).unwrap();
    let bob = listener(sandbox, flags[1]);
    let alice = victim(sandbox, "--connect unix:middle -o a.key", flags[0]);
    let (caller, _) = waiting.accept().unwrap();
    let listener = UnixStream::connect(sandbox.file("meet")).unwrap();
    for stream in [&caller, &listener] {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    }
    fs::remove_file(sandbox.file("middle")).unwrap();
    ([alice, bob], Middle { caller, listener })
}

#[track_caller]
fn nothing_gained(sandbox: &Sandbox, mut victims: [Side; 2]) {
    for side in &mut victims {
        let code = side.code();
        assert!(REFUSED.contains(&code), "{code}: {}", side.stderr());
    }
    assert!(!sandbox.names().join(" ").contains(".key"), "{:?}", sandbox.names());
}

fn code(text: &str) -> Mode {
    Mode::Code(Code::new(SecretBytes::new(text.as_bytes().to_vec())))
}

/// Plays an exchange up to the agreement; `None` when the victim refuses.
fn play(mut exchange: Handshake, stream: &mut UnixStream) -> Option<Agreed<Unverified>> {
    loop {
        let frame = message(stream)?;
        match exchange.handle(&frame, &mut OsRng).ok()? {
            Step::Continue { send, next } => {
                stream.write_all(&send.unwrap_or_default()).ok()?;
                exchange = next;
            }
            Step::Agreed { send, agreed } => {
                stream.write_all(&send.unwrap_or_default()).ok()?;
                return Some(agreed);
            }
        }
    }
}

/// Keys of its own towards each side, without what only the right peer has.
#[test]
fn keys_of_the_attackers_own_are_refused_in_every_mode_that_proves_the_peer() {
    for flags in ["--code-file code", "--psk-file psk"] {
        let guess = || {
            if flags.contains("code") {
                code("zulu-yucatan-zulu")
            } else {
                Mode::Psk(Psk::new(Secret::zero()))
            }
        };
        let sandbox = Sandbox::new();
        sandbox.write("code", "topmost-istanbul-pluto");
        sandbox.write("psk", "11".repeat(32));
        let flags = format!("{flags} --wait 2");
        let (victims, mut middle) = between(&sandbox, [&flags, &flags]);
        let terms = || Terms::new([guess()], b"").unwrap();
        let towards_alice = play(Handshake::respond(terms()), &mut middle.caller);
        let (exchange, hello) = Handshake::initiate(terms(), &mut OsRng).unwrap();
        middle.listener.write_all(&hello).unwrap();
        let towards_bob = play(exchange, &mut middle.listener);
        assert!(towards_alice.is_none() && towards_bob.is_none());
        drop(middle);
        nothing_gained(&sandbox, victims);
    }
}

/// The commitment of one side copied into a HELLO of the attacker's own, and a whole HELLO under another's keys.
#[test]
fn a_copied_commitment_is_never_opened() {
    let sandbox = Sandbox::new();
    let flags = "--compare words --verify-cmd true --wait 2";
    let (victims, mut middle) = between(&sandbox, [flags, flags]);
    let hers = message(&mut middle.caller).unwrap();
    let terms = Terms::new([Mode::Compare], b"").unwrap();
    let (exchange, mut hello) = Handshake::initiate(terms, &mut OsRng).unwrap();
    hello[16..48].copy_from_slice(&hers[16..48]);
    middle.listener.write_all(&hello).unwrap();
    let reply = message(&mut middle.listener).unwrap();
    // The keys are those of another HELLO than the one that the responder saw: its REPLY does not open.
    assert!(exchange.handle(&reply, &mut OsRng).is_err());
    drop(middle);
    nothing_gained(&sandbox, victims);
}

/// Nobody gets a second guess from a listener that compares codes, however fast it comes.
#[test]
fn a_storm_of_retries_meets_one_answer() {
    for flags in ["--compare words --verify-cmd true", "--code-file code"] {
        let sandbox = Sandbox::new();
        sandbox.write("code", "topmost-istanbul-pluto");
        let mut bob = listener(&sandbox, &format!("{flags} --wait 5"));
        let mode = || {
            if flags.contains("code-file") {
                code("zulu-yucatan-zulu")
            } else {
                Mode::Compare
            }
        };
        let answers: usize = thread::scope(|scope| {
            let tries: Vec<_> = (0..20)
                .map(|_| scope.spawn(|| usize::from(is_answered(&sandbox, mode()))))
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(answers, 1, "{flags}");
        bob.fails(5, "the peer vanished before it was verified");
        assert!(!sandbox.file("b.key").exists());
    }
}

/// Whether a HELLO is answered with a REPLY; whoever sent it then leaves.
fn is_answered(sandbox: &Sandbox, mode: Mode) -> bool {
    let (_, hello) = Handshake::initiate(Terms::new([mode], b"").unwrap(), &mut OsRng).unwrap();
    let Ok(mut stream) = UnixStream::connect(sandbox.file("meet")) else {
        return false;
    };
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let _ = stream.write_all(&hello);
    message(&mut stream).is_some_and(|reply| keypact::handshake::is_reply(&reply))
}

/// With `--tries` a listener says each time what it is worth.
#[test]
fn more_tries_are_counted_aloud() {
    let sandbox = Sandbox::new();
    let mut bob = listener(&sandbox, "--compare words --verify-cmd true --tries 3 --wait 10");
    for _ in 0..3 {
        assert!(is_answered(&sandbox, Mode::Compare));
    }
    bob.fails(5, "the peer vanished before it was verified");
    let said = bob.stderr();
    assert!(
        said.contains("1 of 3 times") && said.contains("2 of 3 times") && said.contains("1 in 2^32"),
        "{said}"
    );
}

/// A mode left out of the mask, and what it adds left out of the message.
#[test]
fn a_mode_that_is_stripped_off_is_missed() {
    let sandbox = Sandbox::new();
    sandbox.write("code", "topmost-istanbul-pluto");
    let both = "--code-file code --compare words --verify-cmd true --wait 2";
    let (victims, mut middle) = between(&sandbox, [both, both]);
    let mut hello = message(&mut middle.caller).unwrap();
    assert_eq!((hello[12], hello.len()), (0x03, 1296));
    hello[12] = 0x01;
    hello.truncate(1264);
    let length = u16::try_from(hello.len() - 8).unwrap().to_be_bytes();
    hello[6..8].copy_from_slice(&length);
    middle.listener.write_all(&hello).unwrap();
    let answer = message(&mut middle.listener).unwrap();
    assert_eq!(answer[4], 0x0f, "an alert, and no REPLY");
    middle.caller.write_all(&answer).unwrap();
    drop(middle);
    nothing_gained(&sandbox, victims);
}

/// A side's own messages, sent back to it.
#[test]
fn reflections_are_known() {
    for flags in ["--trust-transport", "--psk-file psk", "--code-file code"] {
        let sandbox = Sandbox::new();
        sandbox.write("psk", "11".repeat(32));
        sandbox.write("code", "topmost-istanbul-pluto");
        let waiting = UnixListener::bind(sandbox.file("middle")).unwrap();
        let mut alice = victim(&sandbox, "--connect unix:middle -o a.key", flags);
        let (mut caller, _) = waiting.accept().unwrap();
        let hello = message(&mut caller).unwrap();
        caller.write_all(&hello).unwrap();
        alice.fails(3, "our own message came back");
        assert!(!sandbox.file("a.key").exists());
    }
}

/// A HELLO of an earlier exchange is answered, and nobody can finish it.
#[test]
fn a_replayed_hello_leads_nowhere() {
    let sandbox = Sandbox::new();
    sandbox.write("psk", "11".repeat(32));
    let flags = "--psk-file psk --wait 2";
    let ([mut alice, mut bob], mut middle) = between(&sandbox, [flags, flags]);
    let hello = message(&mut middle.caller).unwrap();
    middle.listener.write_all(&hello).unwrap();
    let reply = message(&mut middle.listener).unwrap();
    middle.caller.write_all(&reply).unwrap();
    let finish = message(&mut middle.caller).unwrap();
    middle.listener.write_all(&finish).unwrap();
    let word = message(&mut middle.listener).unwrap();
    middle.caller.write_all(&word).unwrap();
    let word = message(&mut middle.caller).unwrap();
    middle.listener.write_all(&word).unwrap();
    let mut rest = middle.caller.try_clone().unwrap();
    let mut on = middle.listener.try_clone().unwrap();
    thread::spawn(move || std::io::copy(&mut rest, &mut on));
    let _ = std::io::copy(&mut middle.listener, &mut middle.caller);
    alice.succeeds();
    bob.succeeds();
    fs::remove_file(sandbox.file("a.key")).unwrap();
    fs::remove_file(sandbox.file("b.key")).unwrap();

    let mut bob = listener(&sandbox, flags);
    let mut stream = UnixStream::connect(sandbox.file("meet")).unwrap();
    stream.write_all(&hello).unwrap();
    assert!(keypact::handshake::is_reply(&message(&mut stream).unwrap()));
    stream.write_all(&finish).unwrap();
    bob.fails(5, "nobody came in time");
    assert!(!sandbox.file("b.key").exists());
}

/// Two exchanges at the same time, with their answers swapped.
#[test]
fn swapped_transcripts_do_not_fit() {
    let sandboxes = [Sandbox::new(), Sandbox::new()];
    for sandbox in &sandboxes {
        sandbox.write("psk", "11".repeat(32));
    }
    let flags = "--psk-file psk --wait 2";
    let (first, mut one) = between(&sandboxes[0], [flags, flags]);
    let (second, mut two) = between(&sandboxes[1], [flags, flags]);
    for middle in [&mut one, &mut two] {
        let hello = message(&mut middle.caller).unwrap();
        middle.listener.write_all(&hello).unwrap();
    }
    let replies = [&mut one, &mut two].map(|middle| message(&mut middle.listener).unwrap());
    one.caller.write_all(&replies[1]).unwrap();
    two.caller.write_all(&replies[0]).unwrap();
    drop((one, two));
    nothing_gained(&sandboxes[0], first);
    nothing_gained(&sandboxes[1], second);
}

/// One person says yes; the peer's word never comes, or is the attacker's.
#[test]
fn a_yes_on_one_side_opens_nothing() {
    let sandbox = Sandbox::new();
    let flags = "--compare words --verify-cmd true --wait 2";
    let mut bob = listener(&sandbox, flags);
    let mut stream = UnixStream::connect(sandbox.file("meet")).unwrap();
    let (exchange, hello) = Handshake::initiate(Terms::new([Mode::Compare], b"").unwrap(), &mut OsRng).unwrap();
    stream.write_all(&hello).unwrap();
    let agreed = play(exchange, &mut stream).unwrap();
    // The victim's word is here; the attacker's person has seen another code and says no.
    let mut gate = Gate::new(agreed);
    gate.receive(&mut message(&mut stream).unwrap()).unwrap();
    let refusal = gate.refuse(&keypact::handshake::Alert::new(
        keypact::handshake::AlertCode::CodesDiffer,
        "",
    ));
    stream.write_all(&refusal).unwrap();
    bob.fails(3, "the codes differ");
    assert!(!sandbox.file("b.key").exists());
}

/// The word of an attacker who shares keys with one side, for another set of modes than was demanded.
#[test]
fn a_word_for_other_modes_is_none() {
    let sandbox = Sandbox::new();
    let mut bob = listener(&sandbox, "--compare words --verify-cmd true --wait 2");
    let mut stream = UnixStream::connect(sandbox.file("meet")).unwrap();
    let (exchange, hello) = Handshake::initiate(Terms::new([Mode::Compare], b"").unwrap(), &mut OsRng).unwrap();
    stream.write_all(&hello).unwrap();
    let agreed = play(exchange, &mut stream).unwrap();
    let mut checks = Checks::default();
    checks.compared(Answer::Match).unwrap();
    let (gate, mut word) = Gate::new(agreed).verify(|agreed| checks.verify(agreed)).ok().unwrap();
    // The record is sealed; whatever is changed in it does not open.
    let last = word.len() - 1;
    word[last] ^= 1;
    stream.write_all(&word).unwrap();
    bob.fails(3, "not authentic");
    drop(gate);
    assert!(!sandbox.file("b.key").exists());
}

/// Peers that say nothing, little, too much, or half: bounded in time and memory, and the next one is served.
#[test]
fn a_listener_with_a_key_serves_the_right_one_after_a_crowd_of_wrong_ones() {
    let sandbox = Sandbox::new();
    sandbox.write("psk", "11".repeat(32));
    let mut bob = listener(&sandbox, "--psk-file psk --wait 60");
    let before = bob.peak_kib().unwrap();
    let crowd: [fn(UnixStream); 5] = [
        drop,
        |mut stream| drop(stream.write_all(b"KPX1\x01")),
        |mut stream| while stream.write_all(&vec![0x4b; 64 * 1024]).is_ok() {},
        |mut stream| drop(stream.write_all(b"GET / HTTP/1.1\r\n\r\n")),
        |mut stream| {
            // 10 bytes a second, until it is hung up on.
            let mut hello = Handshake::initiate(Terms::new([Mode::Transport], b"").unwrap(), &mut OsRng)
                .unwrap()
                .1;
            hello[12] = 0x04;
            for byte in hello.chunks(1).take(100) {
                if stream.write_all(byte).is_err() {
                    break;
                }
                thread::sleep(Duration::from_millis(100));
            }
        },
    ];
    for stranger in crowd {
        let stream = UnixStream::connect(sandbox.file("meet")).unwrap();
        let mut watch = stream.try_clone().unwrap();
        stranger(stream);
        watch.set_read_timeout(Some(Duration::from_secs(35))).unwrap();
        let _ = watch.shutdown(std::net::Shutdown::Write);
        let ended = watch.read_to_end(&mut Vec::new());
        assert!(
            ended.is_ok() || ended.unwrap_err().kind() != ErrorKind::WouldBlock,
            "held for 35 s"
        );
    }
    let grown = bob.peak_kib().unwrap() - before;
    assert!(grown < 8 * 1024, "{grown} KiB more");
    victim(&sandbox, "--connect unix:meet -o a.key", "--psk-file psk").succeeds();
    bob.succeeds();
    assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
}
