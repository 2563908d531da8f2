//! One-time codes: told, typed, wrong, and used twice.

use std::os::unix::fs::PermissionsExt;

use keypact::codes::qr::{Ground, Paint};

use crate::dialogue::Dialogue;
use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{agree, exchange, refuse};

#[test]
fn both_sides_know_a_code() {
    let sandbox = Sandbox::new();
    sandbox.write("code", "topmost-istanbul-pluto\n");
    sandbox.write("spoken", "Topmost ISTANBUL pluto\r\nmore");
    agree(&sandbox, "--code-file code", "--code-file spoken");
}

/// What one side makes and shows, the other one is told.
#[test]
fn a_code_is_made_shown_and_told() {
    let sandbox = Sandbox::new();
    let words = "exchange --listen unix:meet -o left.key --code --code-words 4";
    let mut listener = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    let said = listener.says("one-time code: ");
    let code = said
        .split("one-time code: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(code.split('-').count(), 4);
    let connect = format!("exchange --connect unix:meet -o right.key --code={code}");
    let mut connector = Side::start(&sandbox, &connect.split(' ').collect::<Vec<_>>());
    connector.succeeds();
    listener.succeeds();
    assert!(
        connector
            .stderr()
            .contains("other users of this machine can see the code")
    );
    assert_eq!(sandbox.read("left.key"), sandbox.read("right.key"));
}

/// A code for a camera: 128 bits that nobody says, in a file for its owner, who is told what is in it.
#[test]
fn a_code_is_made_drawn_and_scanned() {
    for picture in ["code.png", "code.svg"] {
        let sandbox = Sandbox::new();
        let words = format!("exchange --listen unix:meet -o left.key --events events --code --qr {picture}");
        let mut listener = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
        let said = listener.says("holds the one-time code");
        assert!(said.contains(&format!("warning: {picture} holds")), "{said}");
        let mode = sandbox.file(picture).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let (_, code) = said.split_once("one-time code: ").unwrap();
        let code = code.lines().next().unwrap();
        assert!(code.starts_with("KPC1:") && code.len() == 31, "{code}");
        assert!(sandbox.text("events").contains(code));
        if let Ok(texts) = keypact::codes::qr::scan(&sandbox.read(picture)) {
            assert_eq!(texts, [code]);
        } else {
            assert!(sandbox.text(picture).starts_with("<svg"));
        }
        let connect = "exchange --connect unix:meet -o right.key --code-file -";
        sandbox.keypact_with(connect, code.as_bytes()).ok();
        listener.succeeds();
        assert_eq!(sandbox.read("left.key"), sandbox.read("right.key"));
        assert_ne!(made(&sandbox), code);
    }
}

/// The code that one more run makes.
fn made(sandbox: &Sandbox) -> String {
    let offer = sandbox.keypact("offer --code --qr offer.png");
    offer.ok();
    keypact::codes::qr::scan(&sandbox.read("offer.png")).unwrap().remove(0)
}

#[test]
fn a_code_is_drawn_on_the_terminal_where_there_is_room() {
    let sandbox = Sandbox::new();
    let offer =
        |columns: u8| format!("stty cols {columns}; keypact offer -o offer{columns} --code --qr -; echo status=$?");
    let mut person = Dialogue::start(sandbox.command("setsid"), &offer(33));
    person.expect("one-time code: ");
    let code = person.expect("\r\n");
    let drawing = person.expect("status=0");
    assert!(!drawing.contains("warning"), "{drawing}");
    let drawing: Vec<&str> = drawing.lines().filter(|line| line.contains('█')).collect();
    let expected = keypact::codes::qr::Code::of(code.trim(), Ground::Screen).unwrap();
    assert_eq!(drawing, expected.terminal(Paint::Plain).lines().collect::<Vec<_>>());

    let mut person = Dialogue::start(sandbox.command("setsid"), &offer(32));
    person.expect("one-time code: KPC1:");
    person.expect("needs 33 columns, and the terminal has 32");
    person.expect("status=0");
}

#[test]
fn a_person_types_the_code_and_slips_of_the_finger_cost_no_guess() {
    let sandbox = Sandbox::new();
    sandbox.write("code", "topmost-istanbul-pluto");
    let words = "exchange --listen unix:meet -o left.key --code-file code";
    let mut listener = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    let script = "keypact exchange --connect unix:meet -o right.key --code-prompt; echo status=$?";
    let mut person = Dialogue::start(sandbox.command("setsid"), script);
    person.expect("One-time code: ");
    person.send("topmost istambul pluto\n");
    person.expect("near it are: istanbul");
    person.expect("One-time code: ");
    person.send("topmost istanbul pluto\n");
    person.expect("status=0");
    listener.succeeds();
    assert_eq!(sandbox.read("left.key"), sandbox.read("right.key"));
}

#[test]
fn a_prompt_for_a_code_has_an_end_and_uses_nothing_up() {
    let sandbox = Sandbox::new();
    let prompt = "trap : INT; keypact exchange --connect unix:meet --wait 0 -o key --code-prompt; echo status=$?";
    for (keys, status) in [
        ("topmost istambul pluto\n", 2),
        ("topmost\n", 2),
        ("\n", 2),
        ("\u{4}", 2),
    ] {
        let mut person = Dialogue::start(sandbox.command("setsid"), prompt);
        for _ in 0..5 {
            person.expect("One-time code: ");
            person.send(keys);
            person.expect("That is no code");
        }
        person.expect(&format!("status={status}"));
    }
    let mut person = Dialogue::start(sandbox.command("setsid"), prompt);
    person.expect("One-time code: ");
    person.send("topmost ist\u{3}");
    person.expect("status=130");
    assert!(person.echoes());
    assert!(!sandbox.home().join(".local/state/keypact/spent-codes").exists());
    // A code for a camera can be typed too, or pasted by a scanner that acts as a keyboard.
    let mut person = Dialogue::start(sandbox.command("setsid"), prompt);
    person.expect("One-time code: ");
    person.send("KPC1:AAAA\n");
    person.expect("That is no code: a scanned code has 26 letters and digits");
    person.expect("One-time code: ");
    person.send(&format!("KPC1:{}\n", "A7".repeat(13)));
    person.expect("cannot reach unix:meet");
    person.expect("status=5");
}

/// A wrong code is one guess, and it is spent on both sides: the right one does not help any more.
#[test]
fn a_code_is_worth_one_guess_for_ever() {
    let sandbox = Sandbox::new();
    sandbox.write("right", "topmost-istanbul-pluto");
    sandbox.write("wrong", "topmost-istanbul-puppy");
    let wrong = "the one-time codes differ";
    refuse(
        &sandbox,
        ("--code-file right", 3, wrong),
        ("--code-file wrong", 3, wrong),
    );
    // The listener has used the right one as responder; now nobody answers for it in that role again.
    let mut again = exchange(&sandbox, "--code-file right", "--code-file right --wait 3");
    again[0].fails(3, "this one-time code has been used");
    assert_ne!(again[1].code(), 0);
}

#[test]
fn a_code_that_has_served_is_spent() {
    let sandbox = Sandbox::new();
    sandbox.write("code", "topmost-istanbul-pluto");
    agree(&sandbox, "--code-file code", "--code-file code");
    let again = "exchange --connect unix:meet -o key --code-file code";
    let said = sandbox.keypact(again).fails(3);
    assert!(said.contains("this one-time code has been used"), "{said}");
    // The record holds no code.
    let record = std::fs::read_to_string(sandbox.home().join(".local/state/keypact/spent-codes")).unwrap();
    assert!(!record.contains("topmost") && record.lines().count() == 3, "{record}");
}

/// A listener that has answered with a code does not listen on, whoever it was.
#[test]
fn a_peer_that_vanishes_after_the_answer_has_had_its_guess() {
    let sandbox = Sandbox::new();
    sandbox.write("code", "topmost-istanbul-pluto");
    let words = "exchange --listen unix:meet -o left.key --code-file code --wait 20";
    let mut listener = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    listener.says("listening");
    crate::guess_and_vanish(&sandbox.file("meet"));
    listener.fails(5, "the peer vanished before it was verified");
    // Between two ends of a pipe, an attacker chooses this side's role: a guess in the other one would be his second.
    let said = sandbox
        .keypact("exchange --connect unix:meet --wait 0 -o key --code-file code")
        .fails(3);
    assert!(said.contains("this one-time code has been used"), "{said}");
}

/// A line that was cut off when the disk was full or the power failed: what it said is not known, and the next one must
/// not become part of it.
#[test]
fn a_damaged_record_of_spent_codes_tests_no_code() {
    let sandbox = Sandbox::new();
    sandbox.write("code", "topmost-istanbul-pluto");
    sandbox.write("other", "zulu-yucatan-zulu");
    agree(&sandbox, "--code-file code", "--code-file code");
    let path = sandbox.home().join(".local/state/keypact/spent-codes");
    let record = std::fs::read_to_string(&path).unwrap();
    for damaged in [
        record[..record.len() - 9].to_owned(),
        record[..40].to_owned(),
        String::new(),
        format!("{record}\u{80}"),
        record.repeat(4096),
    ] {
        std::fs::write(&path, &damaged).unwrap();
        let said = sandbox
            .keypact("exchange --connect unix:meet --wait 0 -o key --code-file other")
            .fails(1);
        assert!(said.contains("spent-codes"), "{said}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), damaged);
    }
}

#[test]
fn what_is_no_code_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    for (text, why) in [
        ("topmost", "1 words"),
        ("correct horse battery staple", "word 1 is not in the list"),
        ("topmost pluto", "word 2 is out of step"),
        ("KPC1:AAAA", "26 letters"),
    ] {
        sandbox.write("code", text);
        let said = sandbox
            .keypact("exchange --connect unix:meet -o key --code-file code")
            .fails(2);
        assert!(said.contains(why), "{text}: {said}");
    }
}
