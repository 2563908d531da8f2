//! Networks of the test's own, which reach nothing else: the kernel's network namespaces.

#![allow(dead_code, reason = "every test binary uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is the failure report")]

use std::process::{self, Command};

use crate::sandbox::{Ran, Sandbox};
use crate::tools;

/// The address of the machine in the middle, as both others know it.
pub(crate) const MIDDLE: &str = "10.77.0.1";

/// The address of Bob's machine, and the net that it shares with Alice's, where one line joins them.
pub(crate) const BOB: &str = "10.77.3.2";
pub(crate) const NET: &str = "10.77.3";

/// Machines that reach each other, and nothing else.
pub(crate) struct Network<'s> {
    sandbox: &'s Sandbox,
    machines: &'static [At],
}

/// Which machine.
#[derive(Clone, Copy)]
pub(crate) enum At {
    Alice,
    Middle,
    Bob,
}

impl At {
    /// Its name, of this test process alone.
    pub(crate) fn name(self) -> String {
        let who = match self {
            Self::Alice => "alice",
            Self::Middle => "middle",
            Self::Bob => "bob",
        };
        format!("keypact-{}-{who}", process::id())
    }
}

impl<'s> Network<'s> {
    /// Three machines: Alice's and Bob's, each of which reaches the middle. The lines to the middle lose packets and are slow,
    /// where the system has what that takes.
    pub(crate) fn with_a_middle(sandbox: &'s Sandbox, what: &str) -> Option<Self> {
        let network = Self::set_up(sandbox, &[At::Alice, At::Middle, At::Bob], what)?;
        network.run(&format!("ip -n {} address add {MIDDLE}/32 dev lo", At::Middle.name()));
        network.join(At::Alice, 1);
        network.join(At::Bob, 2);
        network.disturb(what);
        Some(network)
    }

    /// Two machines, Alice's and Bob's, with one line between them; what Alice sends takes its time.
    pub(crate) fn of_two(sandbox: &'s Sandbox, what: &str) -> Option<Self> {
        let network = Self::set_up(sandbox, &[At::Alice, At::Bob], what)?;
        let (alice, bob) = (At::Alice.name(), At::Bob.name());
        network.run(&format!(
            "ip link add line netns {alice} type veth peer name line netns {bob}
             ip -n {alice} address add {NET}.1/24 dev line
             ip -n {bob} address add {BOB}/24 dev line
             ip -n {alice} link set line up
             ip -n {bob} link set line up"
        ));
        let slow = format!("tc -n {alice} qdisc add dev line root tbf rate 40mbit burst 64kb latency 50ms");
        if permits(sandbox, &slow) {
            return Some(network);
        }
        tools::say(what, "this kernel has no slow lines");
        None
    }

    fn set_up(sandbox: &'s Sandbox, machines: &'static [At], what: &str) -> Option<Self> {
        if !tools::are_there(&["ip", "tc", "nft"].map(tools::program), what) {
            return None;
        }
        if !permits(sandbox, "ip netns add $0 && ip netns del $0") {
            tools::say(what, "this system permits no network namespaces");
            return None;
        }
        let network = Self { sandbox, machines };
        for at in machines {
            network.run(&format!("ip netns add {0} && ip -n {0} link set lo up", at.name()));
        }
        Some(network)
    }

    /// A line from a machine to the middle.
    fn join(&self, at: At, number: u8) {
        let (one, middle) = (at.name(), At::Middle.name());
        self.run(&format!(
            "ip link add line netns {one} type veth peer name line{number} netns {middle}
             ip -n {one} address add 10.77.{number}.2/24 dev line
             ip -n {middle} address add 10.77.{number}.1/24 dev line{number}
             ip -n {one} link set line up
             ip -n {middle} link set line{number} up
             ip -n {one} route add default via 10.77.{number}.1"
        ));
    }

    /// Of a hundred packets to the middle three are lost, and from it comes what a slow line carries.
    fn disturb(&self, what: &str) {
        let middle = At::Middle.name();
        let loss = format!(
            "ip netns exec {middle} nft 'add table ip lossy
             add chain ip lossy input {{ type filter hook input priority 0; }}
             add rule ip lossy input iifname \"line*\" numgen random mod 100 < 3 drop'"
        );
        let slow =
            |line: u8| format!("tc -n {middle} qdisc add dev line{line} root tbf rate 50mbit burst 64kb latency 200ms");
        for (command, missing) in [
            (loss, "lost packets"),
            (slow(1), "a slow line"),
            (slow(2), "a slow line"),
        ] {
            if !permits(self.sandbox, &command) {
                tools::say(&format!("{what}: {missing}"), "this kernel does not have it");
            }
        }
    }

    /// Runs a script of the shell, which may change the machines.
    pub(crate) fn run(&self, script: &str) {
        self.sandbox
            .command("sh")
            .args(["-ec", script])
            .env("PATH", PATH)
            .status()
            .unwrap();
    }

    /// The words before a command that is to run on a machine.
    pub(crate) fn within(at: At) -> [String; 4] {
        ["ip".to_owned(), "netns".to_owned(), "exec".to_owned(), at.name()]
    }

    /// `keypact` on a machine.
    pub(crate) fn keypact(&self, at: At, words: &[&str]) -> Command {
        let mut command = self.sandbox.command(tools::program("ip"));
        command.args(&Self::within(at)[1..]);
        command.arg(env!("CARGO_BIN_EXE_keypact")).args(words);
        command
    }
}

impl Drop for Network<'_> {
    fn drop(&mut self) {
        for at in self.machines {
            self.run(&format!("ip netns del {}", at.name()));
        }
    }
}

const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Whether the system lets us; `$0` is a name that nothing has.
pub(crate) fn permits(sandbox: &Sandbox, script: &str) -> bool {
    let name = format!("keypact-{}-probe", process::id());
    let mut command = sandbox.command("sh");
    command.args(["-ec", script, &name]).env("PATH", PATH);
    Ran::new(&mut command, b"").code() == 0
}
