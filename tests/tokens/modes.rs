//! Who answers for the peer.

use crate::dialogue::Dialogue;
use crate::{NOTHING, PSK, Pair, code, finish, pending};

/// Hours later, and by a command; without anybody it is refused, and stays.
#[test]
fn two_people_compare() {
    let pair = Pair::new();
    let said = pair.carry("", "");
    let codes = said.each_ref().map(code);
    assert_eq!(codes[0], codes[1]);
    assert_eq!(codes[0].split(' ').count(), 4);
    let refused = pair.alice.keypact("confirm -o key").fails(2);
    assert!(refused.contains("--verify-cmd"), "{refused}");
    pair.give("heard", &codes[0]);
    let words = [
        "confirm",
        "-o",
        "key",
        "--verify-cmd",
        "test \"$KEYPACT_SAS\" = \"$(cat heard)\"",
    ];
    for person in pair.both() {
        let mut side = crate::side::Side::start(person, &words);
        side.succeeds();
        assert!(pending(person).is_empty());
    }
    assert_eq!(pair.alice.read("key"), pair.bob.read("key"));
    assert!(pair.alice.text("key").contains("AGE-SECRET-KEY-PQ-1"));
}

#[test]
fn a_person_at_a_terminal_says_match_or_no() {
    let pair = Pair::new();
    pair.carry("--compare digits", "--compare digits");
    let ask = |person: &crate::sandbox::Sandbox| {
        let mut terminal = Dialogue::start(person.command("setsid"), "keypact confirm -o key; echo status=$?");
        terminal.expect("by voice or in person:\r\n\r\n    ");
        let code = terminal.expect("\r\n");
        terminal.expect("Type \"match\" or \"no\": ");
        (terminal, code)
    };
    let (mut alice, one) = ask(&pair.alice);
    let (mut bob, two) = ask(&pair.bob);
    assert_eq!(one, two);
    assert_eq!(one.trim_end().len(), 12, "{one}");
    alice.send("\n");
    alice.expect("neither");
    alice.send("match\n");
    alice.expect("status=0");
    bob.send("no\n");
    bob.expect("the codes differ");
    bob.expect("status=3");
    assert!(pair.alice.file("key").exists() && !pair.bob.file("key").exists());
    assert!(pending(&pair.bob).is_empty());
    assert!(pair.bob.keypact("confirm -o key").fails(3).contains(NOTHING));
}

#[test]
fn codes_courier_keys_and_the_channel_need_no_comparison() {
    let pair = Pair::new();
    pair.give("code", "topmost-istanbul-pluto");
    pair.give("psk", PSK);
    for flags in [
        "--code-file code",
        "--psk-file psk",
        "--trust-transport",
        "--psk-file psk --context ticket-42",
    ] {
        pair.carry(flags, flags);
        pair.confirm("");
    }
    pair.carry("--psk-file psk", "--psk-file psk");
    let key = pair.confirm("--format hex --label disk --also net=net");
    assert_eq!(key.len(), 65);
    assert_eq!(pair.alice.read("net"), pair.bob.read("net"));
    assert_ne!(key, pair.alice.read("net"));
}

#[test]
fn known_peers_are_found_again_by_name() {
    let pair = Pair::new();
    for (person, name, peer) in [(&pair.alice, "alice", &pair.bob), (&pair.bob, "bob", &pair.alice)] {
        person.keypact(&format!("key generate -o {name}.txt")).ok();
        let own = person.keypact(&format!("peer show -i {name}.txt")).ok();
        peer.keypact(&format!("peer add {name} {}", own.trim())).ok();
    }
    pair.carry("--peer bob -i alice.txt", "--peer alice -i bob.txt");
    pair.confirm("");
    // Where the peer is no longer known, nothing is used up by asking.
    let answer = pair.answer("--peer bob -i alice.txt", "--peer alice -i bob.txt");
    let known = pair.alice.home().join(".config/keypact/known_peers");
    let peers = std::fs::read(&known).unwrap();
    pair.alice.keypact("peer remove bob").ok();
    assert!(finish(&pair.alice, &answer).fails(4).contains("no peer is called bob"));
    std::fs::write(&known, peers).unwrap();
    let text = finish(&pair.alice, &answer).ok();
    finish(&pair.bob, &text).ok();
    pair.confirm("");
}

#[test]
fn another_peer_code_key_or_demand_is_refused() {
    let pair = Pair::new();
    pair.alice.write("code", "topmost-istanbul-pluto");
    pair.bob.write("code", "topmost-istanbul-puppy");
    let answer = pair.answer("--code-file code", "--code-file code");
    assert!(
        finish(&pair.alice, &answer)
            .fails(3)
            .contains("the one-time codes differ")
    );
    assert!(finish(&pair.alice, &answer).fails(3).contains(NOTHING));
    // On each side a code serves one exchange.
    let again = pair.alice.keypact("offer --code-file code").fails(3);
    assert!(again.contains("this one-time code has been used"), "{again}");

    pair.alice.write("psk", PSK);
    pair.bob.write("psk", PSK.replace('0', "1"));
    let offer = pair.alice.keypact("offer --psk-file psk").ok();
    let accept = |flags: &str| pair.bob.keypact_with(&format!("accept {flags}"), offer.as_bytes());
    assert!(accept("--psk-file psk").fails(3).contains("another key"));
    assert!(accept("").fails(5).contains("demands another authentication"));
    assert_eq!(
        pending(&pair.bob).len(),
        1,
        "only the answer under the wrong code still waits"
    );
}

#[test]
fn a_courier_key_for_one_use_is_destroyed_when_it_has_served() {
    let pair = Pair::new();
    pair.give("psk", &format!("{PSK}\n# keypact psk: one-use; kcv 00000000\n"));
    let answer = pair.answer("--psk-file psk", "--psk-file psk");
    assert!(pair.both().iter().all(|person| person.file("psk").exists()));
    let text = finish(&pair.alice, &answer).ok();
    assert!(!pair.alice.file("psk").exists());
    finish(&pair.bob, &text).ok();
    assert!(!pair.bob.file("psk").exists());
    pair.confirm("");
}

#[test]
fn flags_that_need_a_wire_are_refused() {
    let pair = Pair::new();
    for flags in ["--enrol bob", "--verify-cmd true", "--tries 2"] {
        let said = pair.alice.keypact(&format!("offer {flags}")).fails(2);
        assert!(said.contains("for texts that people carry"), "{said}");
    }
    let said = pair.alice.keypact("offer --compare qr --qr code.png").fails(2);
    assert!(said.contains("'keypact confirm'"), "{said}");
    for time in ["59m", "8d", "soon"] {
        pair.alice.keypact(&format!("offer --expires {time}")).fails(2);
    }
    pair.alice.write("psk", PSK);
    let said = pair
        .alice
        .shell("keypact offer --peer bob -i /dev/fd/3 3< psk")
        .fails(2);
    assert!(said.contains("cannot be found again later"), "{said}");
    assert!(pending(&pair.alice).is_empty());
}
