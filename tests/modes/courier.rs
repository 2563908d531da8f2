//! Keys that a courier carried: the same, another, for one use, and together with other modes.

use crate::sandbox::Sandbox;
use crate::{KEY, agree, refuse};

#[test]
fn both_sides_hold_the_key_in_whatever_form() {
    let sandbox = Sandbox::new();
    sandbox.write("hex", format!("{KEY}\n# a comment\n"));
    sandbox.write("upper", KEY.to_uppercase());
    sandbox.write("half", &KEY[..32]);
    sandbox.write("base64", "ABEiM0RVZneImaq7zN3u/w==");
    agree(&sandbox, "--psk-file hex", "--psk-file upper");
    agree(&sandbox, "--psk-file half", "--psk-file base64");
}

#[test]
fn another_key_is_told_apart_before_anything_is_answered() {
    let sandbox = Sandbox::new();
    sandbox.write("one", KEY);
    sandbox.write("two", KEY.replace('0', "1"));
    // The listener goes on waiting for the one that it knows: nobody can guess at a key.
    refuse(
        &sandbox,
        ("--psk-file one --wait 2", 5, "the peer holds another key"),
        ("--psk-file two", 3, "not authentic"),
    );
}

#[test]
fn a_listener_with_a_key_outlives_strangers() {
    let sandbox = Sandbox::new();
    sandbox.write("one", KEY);
    sandbox.write("two", KEY.replace('0', "1"));
    let words = "exchange --listen unix:meet -o left.key --psk-file one";
    let mut listener = crate::Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    listener.says("listening");
    sandbox
        .keypact("exchange --connect unix:meet -o key --psk-file two")
        .fails(3);
    sandbox
        .keypact("exchange --connect unix:meet -o right.key --psk-file one")
        .ok();
    listener.succeeds();
    assert_eq!(sandbox.read("left.key"), sandbox.read("right.key"));
}

#[test]
fn a_key_for_one_use_is_destroyed_when_it_has_served_and_not_before() {
    let sandbox = Sandbox::new();
    let marked = format!("{KEY}\n# keypact psk: one-use; kcv 00000000\n");
    sandbox.write("mine", &marked);
    sandbox.write("theirs", &marked);
    sandbox.write("other", KEY.replace('0', "1"));
    refuse(
        &sandbox,
        ("--psk-file mine --wait 2", 5, "nobody came in time"),
        ("--psk-file other", 3, "not authentic"),
    );
    assert_eq!(sandbox.names(), ["mine", "other", "theirs"]);
    agree(&sandbox, "--psk-file mine", "--psk-file theirs");
    assert_eq!(sandbox.names(), ["other"]);
}

/// What was moved away is destroyed where it is now; what took its place is left, and told.
#[test]
fn a_key_for_one_use_is_destroyed_under_any_name() {
    let marked = format!("{KEY}\n# keypact psk: one-use; kcv 00000000\n");
    for replacement in [None, Some("another")] {
        let sandbox = Sandbox::new();
        sandbox.write("mine", &marked);
        sandbox.write("theirs", KEY);
        let words = "exchange --listen unix:meet -o left.key --psk-file mine";
        let mut listener = crate::Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
        listener.says("listening");
        std::fs::rename(sandbox.file("mine"), sandbox.file("moved")).unwrap();
        if let Some(text) = replacement {
            sandbox.write("mine", text);
        }
        let connect = "exchange --connect unix:meet -o right.key --psk-file theirs";
        let mut connector = crate::Side::start(&sandbox, &connect.split(' ').collect::<Vec<_>>());
        match replacement {
            None => listener.succeeds(),
            Some(_) => listener.fails(1, "another file has taken its place"),
        }
        connector.code();
        assert!(sandbox.read("moved").iter().all(|byte| *byte == 0));
        assert_eq!(replacement.is_some(), sandbox.file("mine").exists());
    }
}

#[test]
fn a_key_for_one_use_that_cannot_be_destroyed_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("mine", format!("{KEY}\n# keypact psk: one-use; kcv 00000000\n"));
    for spec in ["-", "fd:0", "/dev/stdin"] {
        let script = format!("keypact exchange --connect unix:meet --wait 0 -o key --psk-file {spec} < mine");
        let mut shell = sandbox.command("sh");
        shell.args(["-c", &script]);
        let mut side = crate::Side::run(&sandbox, shell);
        side.fails(5, "cannot be destroyed where it comes from");
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let sandbox = Sandbox::new();
    for text in ["", "a passphrase", &KEY[..62], &format!("{KEY}\n{KEY}\n")] {
        sandbox.write("psk", text);
        let said = sandbox
            .keypact("exchange --connect unix:meet -o key --psk-file psk")
            .fails(1);
        assert!(said.contains("holds no courier key"), "{text}: {said}");
    }
}

#[test]
fn modes_are_all_demanded_and_of_both_sides() {
    let sandbox = Sandbox::new();
    sandbox.write("psk", KEY);
    sandbox.write("code", "topmost-istanbul-pluto");
    sandbox.write("wrong", "topmost-istanbul-puppy");
    let both = "--psk-file psk --code-file code";
    let other = "authentication";
    refuse(&sandbox, (both, 5, other), ("--psk-file psk", 5, other));
    let differ = "the one-time codes differ";
    refuse(
        &sandbox,
        (both, 3, differ),
        ("--psk-file psk --code-file wrong", 3, differ),
    );
    sandbox.write("code", "zulu-yucatan-zulu");
    agree(&sandbox, both, both);
}

#[test]
fn another_context_is_another_exchange() {
    let sandbox = Sandbox::new();
    sandbox.write("psk", KEY);
    let with = |context: &str| format!("--psk-file psk --context {context}");
    agree(&sandbox, &with("ticket-42"), &with("ticket-42"));
    refuse(
        &sandbox,
        (&format!("{} --wait 2", with("ticket-42")), 5, "no exchange"),
        (&with("ticket-43"), 3, "not authentic"),
    );
}

/// One exchange gives independent keys under labels.
#[test]
fn labels_give_independent_keys() {
    let sandbox = Sandbox::new();
    sandbox.write("psk", KEY);
    let words =
        |side: &str| format!("--psk-file psk --format hex --label disk --also net=net.{side} --also log=log.{side}");
    agree(&sandbox, &words("left"), &words("right"));
    let keys = ["net.left", "log.left"].map(|name| sandbox.read(name));
    assert_eq!(keys, ["net.right", "log.right"].map(|name| sandbox.read(name)));
    assert!(keys[0] != keys[1] && keys[0].len() == 65);
}
