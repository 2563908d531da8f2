//! A transfer between two machines whose line comes and goes, and whose sides are killed: in the end all of it is there, and
//! before that nothing else has its name.

use std::fs;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::namespaces::{At, BOB, NET, Network};
use crate::resume::{cuts, nothing_half, random, tree};
use crate::sandbox::Sandbox;
use crate::script::Seeded;
use crate::side::Side;
use crate::tree::{chmod, nodes};
use crate::{arrived, place};

/// What befalls a transfer.
#[derive(Clone, Copy)]
enum Mishap {
    /// The system of the sender ends the connection, for both.
    Reset,
    /// The line is down for a while.
    Down,
    /// The sender's machine has no address for a while.
    Flushed,
    /// It gets another address, and nothing that is sent to the old one arrives.
    Moved,
    /// A side dies, and a person ends the other one.
    Killed(At),
}

const MISHAPS: [Mishap; 6] = [
    Mishap::Reset,
    Mishap::Killed(At::Alice),
    Mishap::Down,
    Mishap::Killed(At::Bob),
    Mishap::Moved,
    Mishap::Flushed,
];

/// A run of each side. A time of silence so short takes a side that is slow for one that is gone, which costs another meeting.
struct Transfer {
    alice: Side,
    bob: Side,
}

impl Transfer {
    /// Begins, and comes as far as a session that can be taken up again.
    fn begin(sandbox: &Sandbox, network: &Network) -> Self {
        let address = format!("{BOB}:4242");
        let side = |at, words: &[&str]| {
            let way = ["-v", "--psk-file", "psk", "--timeout", "2", "--retry", "20"];
            Side::run(sandbox, network.keypact(at, &[words, &way].concat()))
        };
        let mut bob = side(At::Bob, &["receive", "-d", "in", "--yes", "--listen", &address]);
        bob.says("listening");
        let mut alice = side(At::Alice, &["send", "src", "--connect", &address]);
        alice.says("agreed");
        bob.says("agreed");
        Self { alice, bob }
    }

    /// Waits for the end of both: whether both succeeded.
    fn ends(&mut self) -> bool {
        let codes = (self.alice.code(), self.bob.code());
        // When the acknowledgement is lost, all is in place and the receiver gone.
        let may_be = matches!(codes, (0, 0) | (5, 0 | 5));
        assert!(may_be, "{codes:?} {} {}", self.alice.stderr(), self.bob.stderr());
        codes == (0, 0)
    }

    /// One side dies, and a person ends the other.
    fn loses(&mut self, victim: At) {
        let sides = match victim {
            At::Alice => [&mut self.alice, &mut self.bob],
            At::Middle | At::Bob => [&mut self.bob, &mut self.alice],
        };
        for (side, signal) in sides.into_iter().zip([Signal::KILL, Signal::TERM]) {
            if side.is_running() {
                side.signal(signal);
            }
            assert!(matches!(side.code(), 0 | 5 | 137 | 143), "{}", side.stderr());
        }
    }

    fn is_over(&mut self) -> bool {
        !self.alice.is_running() && !self.bob.is_running()
    }

    /// How often a side has set out to meet the other one again.
    fn breaks(&self) -> usize {
        let said = self.alice.stderr() + &self.bob.stderr();
        said.matches("meeting again").count()
    }
}

/// What happens to the line; where it is away, for so long.
fn befall(network: &Network, mishap: Mishap, away: Duration, number: usize) {
    let alice = At::Alice.name();
    let change = |words: &str| network.run(&format!("ip -n {alice} {words} dev line"));
    match mishap {
        Mishap::Reset => network.run(&format!("ip netns exec {alice} ss -K -t dst {BOB} >/dev/null")),
        Mishap::Down => {
            change("link set down");
            thread::sleep(away);
            change("link set up");
        }
        Mishap::Flushed => {
            change("address flush");
            thread::sleep(away);
            change(&format!("address add {NET}.1/24"));
        }
        Mishap::Moved => {
            change("address flush");
            change(&format!("address add {NET}.{}/24", 10 + number % 200));
        }
        Mishap::Killed(_) => {}
    }
}

#[test]
fn a_tree_arrives_however_often_its_line_goes_or_a_side_is_killed() {
    let sandbox = place();
    let Some(network) = Network::of_two(&sandbox, "cuts of a line between two machines") else {
        return;
    };
    let mut rng = Seeded::new("lines");
    let expected = tree(&sandbox, &mut rng);
    sandbox.write("psk", "0123456789abcdef".repeat(4));
    chmod(&sandbox.file("psk"), 0o600);
    let mut transfer = Transfer::begin(&sandbox, &network);
    let (mut whole, mut breaks) = (0, 0);
    for (number, mishap) in MISHAPS.into_iter().cycle().take(cuts(5)).enumerate() {
        thread::sleep(Duration::from_millis(random(&mut rng, 900)));
        befall(&network, mishap, Duration::from_millis(random(&mut rng, 4000)), number);
        nothing_half(&sandbox, |path| nodes(path) == expected);
        match mishap {
            Mishap::Killed(victim) => transfer.loses(victim),
            _ if transfer.is_over() => drop(transfer.ends()),
            _ => continue,
        }
        nothing_half(&sandbox, |path| nodes(path) == expected);
        whole += usize::from(fs::remove_dir_all(sandbox.file("in/src")).is_ok());
        breaks += transfer.breaks();
        transfer = Transfer::begin(&sandbox, &network);
    }
    if !transfer.ends() {
        assert!(Transfer::begin(&sandbox, &network).ends());
    }
    breaks += transfer.breaks();
    assert!(nodes(&sandbox.file("in/src")) == expected);
    assert_eq!(arrived(&sandbox), ["src"]);
    assert!(breaks > 0);
    println!("complete: {whole}, taken up again: {breaks}");
}
