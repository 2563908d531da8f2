//! Known peers: added by hand, enrolled once and known from then on, strangers, changed keys, keys of the SSH agent.

use std::fs;

use crate::sandbox::{Ran, Sandbox};
use crate::side::Side;
use crate::tools;

/// Two people with homes of their own, each with an identity.
struct Pair {
    alice: Sandbox,
    bob: Sandbox,
}

impl Pair {
    fn new() -> Self {
        let pair = Self {
            alice: Sandbox::new(),
            bob: Sandbox::new(),
        };
        for person in [&pair.alice, &pair.bob] {
            person.keypact("key generate").ok();
        }
        pair
    }

    fn meet(&self, alice: &str, bob: &str) -> [Side; 2] {
        let socket = self.alice.file("meet");
        let words = |way: &str, rest: &str| format!("exchange --{way} unix:{} -o key {rest}", socket.display());
        let start = |person, words: String| Side::start(person, &words.split_whitespace().collect::<Vec<_>>());
        [
            start(&self.alice, words("listen", alice)),
            start(&self.bob, words("connect", bob)),
        ]
    }

    #[track_caller]
    fn agree(&self, alice: &str, bob: &str) {
        let [mut one, mut two] = self.meet(alice, bob);
        one.succeeds();
        two.succeeds();
        assert_eq!(self.alice.read("key"), self.bob.read("key"));
        fs::remove_file(self.alice.file("key")).unwrap();
        fs::remove_file(self.bob.file("key")).unwrap();
    }

    #[track_caller]
    fn refuse(&self, alice: (&str, i32, &str), bob: (&str, i32, &str)) {
        let [mut one, mut two] = self.meet(alice.0, bob.0);
        one.fails(alice.1, alice.2);
        two.fails(bob.1, bob.2);
        assert!(!self.alice.file("key").exists() && !self.bob.file("key").exists());
    }
}

fn id(person: &Sandbox) -> String {
    person.keypact("peer show").ok().trim().to_owned()
}

#[test]
fn one_verified_session_makes_a_peer_known_for_good() {
    let pair = Pair::new();
    pair.alice.write("code", "topmost-istanbul-pluto");
    pair.bob.write("code", "topmost-istanbul-pluto");
    pair.agree("--code-file code --enrol bob", "--code-file code --enrol alice");
    // From now on nobody needs anything.
    for _ in 0..2 {
        pair.agree("--peer bob", "--peer alice");
    }
    let listed = pair.alice.keypact("peer list").ok();
    assert!(
        listed.starts_with("bob  code ") && listed.contains(&id(&pair.bob)),
        "{listed}"
    );
    let shown = pair.bob.keypact("peer show alice").ok();
    assert!(
        shown.contains(&id(&pair.alice)) && shown.contains("verified: code 2"),
        "{shown}"
    );
    assert!(
        pair.bob
            .keypact("peer show alice --json")
            .ok()
            .contains("\"session\":\"")
    );
}

#[test]
fn peers_are_added_by_hand_and_forgotten() {
    let pair = Pair::new();
    pair.alice.keypact(&format!("peer add bob {}", id(&pair.bob))).ok();
    pair.bob.keypact(&format!("peer add alice {}", id(&pair.alice))).ok();
    pair.agree("--peer bob", "--peer alice");
    pair.alice.keypact("peer remove bob").ok();
    let said = pair
        .alice
        .keypact("exchange --listen unix:meet -o key --peer bob")
        .fails(4);
    assert!(said.contains("no peer is called bob"), "{said}");
    pair.alice.keypact("peer remove bob").fails(4);
    assert_eq!(pair.alice.keypact("peer list").ok(), "");
}

#[test]
fn another_kind_of_key_serves_too() {
    let pair = Pair::new();
    let ed25519 = pair.bob.keypact("peer show --credential ed25519").ok();
    assert_ne!(ed25519.trim(), id(&pair.bob));
    pair.alice.keypact(&format!("peer add bob {ed25519}")).ok();
    pair.bob.keypact(&format!("peer add alice {}", id(&pair.alice))).ok();
    pair.agree("--peer bob", "--peer alice --credential ed25519");
}

/// Mallory is known to Alice, and is not Bob; Bob knows somebody else as Alice.
#[test]
fn a_stranger_is_refused_on_both_sides() {
    let pair = Pair::new();
    let mallory = Sandbox::new();
    mallory.keypact("key generate").ok();
    pair.alice.keypact(&format!("peer add bob {}", id(&mallory))).ok();
    pair.bob.keypact(&format!("peer add alice {}", id(&pair.alice))).ok();
    pair.refuse(
        ("--peer bob --wait 3", 5, "the peer has another identity"),
        ("--peer alice", 3, "the peer found the exchange not authentic"),
    );
    pair.bob.keypact("peer remove alice").ok();
    pair.bob.keypact(&format!("peer add alice {}", id(&mallory))).ok();
    pair.refuse(
        ("--peer bob --wait 3", 5, "nobody came in time"),
        ("--peer alice", 3, "the peer has another identity"),
    );
}

#[test]
fn a_changed_key_is_an_error_and_never_a_question() {
    let pair = Pair::new();
    let mallory = Sandbox::new();
    mallory.keypact("key generate").ok();
    pair.alice.keypact(&format!("peer add bob {}", id(&mallory))).ok();
    let said = pair.alice.keypact(&format!("peer add bob {}", id(&pair.bob))).fails(3);
    assert!(said.contains("bob has another key"), "{said}");
    pair.alice.write("code", "topmost-istanbul-pluto");
    pair.bob.write("code", "topmost-istanbul-pluto");
    let [mut alice, bob] = pair.meet("--code-file code --enrol bob", "--code-file code --enrol alice");
    alice.fails(3, "bob has another key");
    drop(bob);
    assert!(pair.alice.keypact("peer list").ok().contains(&id(&mallory)));
}

#[test]
fn both_sides_must_want_to_enrol() {
    let pair = Pair::new();
    pair.refuse(
        ("--trust-transport --enrol bob", 5, "only this side wants"),
        ("--trust-transport", 5, "only the peer wants"),
    );
    assert_eq!(pair.alice.keypact("peer list").ok(), "");
}

/// A damaged file of peers is an error: nobody may be forgotten silently. Comments stay.
#[test]
fn the_file_of_peers_is_read_strictly_and_kept() {
    let pair = Pair::new();
    let path = pair.alice.home().join(".config/keypact/known_peers");
    pair.alice.keypact(&format!("peer add bob {}", id(&pair.bob))).ok();
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("# mine\n\n{whole}")).unwrap();
    pair.alice.keypact(&format!("peer add carol {}", id(&pair.bob))).ok();
    assert!(fs::read_to_string(&path).unwrap().starts_with("# mine\n\nbob "));
    for damaged in [
        &whole[..40],
        &whole.replace("added", "sworn"),
        &whole.replace(' ', "  "),
        "bob",
    ] {
        fs::write(&path, damaged).unwrap();
        let said = pair.alice.keypact("peer list").fails(1);
        assert!(said.contains("line 1"), "{damaged}: {said}");
    }
    pair.alice.keypact("peer add -x kpid1").fails(2);
    pair.alice.keypact("peer add x kpid1qqqq").fails(2);
}

/// The key never leaves the agent, and a signature for a login is of no use here.
#[test]
fn a_key_in_the_ssh_agent_proves_an_identity() {
    let programs = ["ssh-agent", "ssh-add"].map(tools::program);
    if !tools::are_there(&programs, "identities in an SSH agent") {
        return;
    }
    let pair = Pair::new();
    let bob = &pair.bob;
    let key = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ssh_keys/ed25519")).unwrap();
    let public = include_str!("../ssh_keys/ed25519.pub");
    bob.write("id", key);
    bob.write("id.pub", public);
    bob.keypact(&format!("peer add alice {}", id(&pair.alice))).ok();
    Ran::new(pair.alice.command("keypact").args(["peer", "add", "bob", public]), b"").ok();

    let listen = format!(
        "exchange --listen unix:{}/meet -o key --peer bob",
        pair.alice.folder().display()
    );
    let start = || Side::start(&pair.alice, &listen.split(' ').collect::<Vec<_>>());
    let connect = format!(
        "exchange --connect unix:{}/meet -o key --peer alice --identity id.pub",
        pair.alice.folder().display()
    );
    let mut alice = start();
    // The agent takes its time, as one does that asks a person.
    let busy = "kill -STOP $SSH_AGENT_PID; (sleep 17; kill -CONT $SSH_AGENT_PID) & ";
    bob.shell(&format!(
        "chmod 600 id; ssh-agent bash -c 'ssh-add -q id && rm id && {{ {busy} keypact {connect}; }}'"
    ))
    .ok();
    alice.succeeds();
    assert_eq!(pair.alice.read("key"), bob.read("key"));

    fs::remove_file(bob.file("key")).unwrap();
    fs::remove_file(pair.alice.file("key")).unwrap();
    let _alice = start();
    let said = bob.shell(&format!("ssh-agent keypact {connect}")).fails(4);
    assert!(said.contains("does not hold the key"), "{said}");
    let said = bob.keypact(&connect).fails(4);
    assert!(said.contains("SSH_AUTH_SOCK is not set"), "{said}");
}
