//! Comparisons that ask for more than a yes: words that each side types, QR codes that one side scans, and the other
//! window in which `keypact verify` answers.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::dialogue::Dialogue;
use crate::sandbox::{Ran, Sandbox};
use crate::tools;

const MATCH: &str = "Is your peer's code the same? Type \"match\" or \"no\": ";
const TYPE: &str = "Type the words that your peer reads to you, or \"no\": ";
const SCAN: &str = "Type the text of your peer's code or the name of a picture of it, or \"no\": ";

/// Both at their question, with the code that each shows.
fn people(sandbox: &Sandbox, form: &str, question: &str) -> [(Dialogue, String); 2] {
    people_at_home([sandbox, sandbox], form, question)
}

fn people_at_home(homes: [&Sandbox; 2], form: &str, question: &str) -> [(Dialogue, String); 2] {
    let meet = homes[0].file("meet");
    let start = |home: &Sandbox, way: &str| {
        let script = format!(
            "keypact exchange {} --compare {form}; echo status=$?",
            way.replace("unix:", &format!("unix:{}", meet.display()))
        );
        Dialogue::start(home.command("setsid"), &script)
    };
    let both = [
        start(homes[0], "--listen unix: -o a.key"),
        start(homes[1], "--connect unix: -o b.key"),
    ];
    both.map(|mut terminal| {
        let seen = terminal.expect(question);
        let text = seen.replace(question, "");
        let code = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
        (terminal, code.unwrap().to_owned())
    })
}

#[track_caller]
fn end(terminal: &mut Dialogue, status: i32) {
    terminal.expect(&format!("status={status}\r\n"));
}

#[track_caller]
fn agreed(sandbox: &Sandbox) {
    assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
}

#[test]
fn each_types_what_the_other_reads() {
    let sandbox = Sandbox::new();
    let [(mut alice, hers), (mut bob, his)] = people(&sandbox, "typed", TYPE);
    assert_ne!(hers, his);
    // A slip, a word that is in no list, one's own words: none of these tells an attacker anything.
    alice.send("match\n");
    alice.expect("not in the list");
    alice.send(&format!("{hers}\n"));
    alice.expect("other words in front of it");
    alice.send(&format!("{}\n", his.to_uppercase()));
    bob.send(&format!("{hers}\n"));
    end(&mut alice, 0);
    end(&mut bob, 0);
    agreed(&sandbox);
}

#[test]
fn words_that_stay_wrong_end_it_on_both_sides() {
    let sandbox = Sandbox::new();
    let [(mut alice, hers), (mut bob, _)] = people(&sandbox, "typed", TYPE);
    for _ in 0..3 {
        alice.send(&format!("{hers}\n"));
    }
    end(&mut alice, 3);
    end(&mut bob, 3);
    assert_eq!(sandbox.names(), [""; 0]);
}

/// In no form is silence, a slip or leaving a match.
#[test]
fn every_form_takes_a_no_and_nothing_else_for_a_yes() {
    for (form, question) in [("digits", MATCH), ("emoji", MATCH), ("typed", TYPE), ("qr", SCAN)] {
        for keys in [
            "no\n",
            "different\n",
            "\n\n\n\n\n",
            "\u{4}\u{4}\u{4}\u{4}\u{4}",
            "y\nok\n1\nsame\n[A\n",
        ] {
            let sandbox = Sandbox::new();
            let [(mut alice, _), (mut bob, _)] = people(&sandbox, form, question);
            bob.send(keys);
            bob.expect("codes differ");
            end(&mut bob, 3);
            alice.expect("codes differ");
            end(&mut alice, 3);
            assert_eq!(sandbox.names(), [""; 0], "{form} {keys:?}");
        }
        let sandbox = Sandbox::new();
        let [(mut alice, _), (mut bob, _)] = people(&sandbox, form, question);
        bob.send("\u{3}");
        bob.wait();
        alice.expect("the peer is gone");
        end(&mut alice, 5);
        assert!(alice.echoes() && bob.echoes());
        assert_eq!(sandbox.names(), [""; 0], "{form}");
    }
}

/// One scans; the other sees it on the first one's screen.
#[test]
fn a_text_that_is_scanned_verifies_both() {
    let sandbox = Sandbox::new();
    let [(mut alice, hers), (mut bob, _)] = people(&sandbox, "qr", SCAN);
    assert!(hers.starts_with("KPV1:") && hers.len() == 45);
    alice.send("yes\n");
    alice.expect("your peer has not scanned this code");
    bob.send(&format!("{hers}\n"));
    bob.expect("VERIFIED");
    alice.expect("Does its screen say VERIFIED?");
    alice.send("yes\n");
    end(&mut alice, 0);
    end(&mut bob, 0);
    agreed(&sandbox);
}

#[test]
fn both_may_scan_and_a_person_may_say_no_to_the_end() {
    let sandbox = Sandbox::new();
    let [(mut alice, hers), (mut bob, his)] = people(&sandbox, "qr", SCAN);
    bob.send(&format!("{his}\n"));
    bob.expect("this is the code of this side");
    bob.send(&format!("{hers}\n"));
    alice.send(&format!("{his}\n"));
    end(&mut alice, 0);
    end(&mut bob, 0);
    agreed(&sandbox);

    let sandbox = Sandbox::new();
    let [(mut alice, hers), (mut bob, _)] = people(&sandbox, "qr", SCAN);
    bob.send(&format!("{hers}\n"));
    alice.expect("Does its screen say VERIFIED?");
    alice.send("no\n");
    end(&mut alice, 3);
    end(&mut bob, 3);
    assert_eq!(sandbox.names(), [""; 0]);
}

#[test]
fn the_code_of_another_session_ends_it() {
    let sandbox = Sandbox::new();
    let other = Sandbox::new();
    let [(mut alice, _), (mut bob, _)] = people(&sandbox, "qr", SCAN);
    let [_, (_, his)] = people(&other, "qr", SCAN);
    alice.send(&format!("{his}\n"));
    end(&mut alice, 3);
    end(&mut bob, 3);
    assert_eq!(sandbox.names(), [""; 0]);
}

/// What the terminal shows is what a camera reads: a picture of one screen is handed to `keypact verify` beside the other.
#[test]
fn a_picture_of_the_screen_is_read_in_another_window() {
    let programs = ["zbarimg"].map(tools::program);
    if !tools::are_there(&programs, "QR codes read by another program") {
        return;
    }
    let (alices, bobs) = (Sandbox::new(), Sandbox::new());
    let [(mut alice, hers), (mut bob, his)] = people_at_home([&alices, &bobs], "qr", SCAN);
    let shot = |home: &Sandbox, text: &str| {
        let code = keypact::codes::qr::Code::of(text, keypact::codes::qr::Ground::Paper).unwrap();
        home.write("shot.png", code.png(4));
    };
    shot(&bobs, &hers);
    let read = Command::new(&programs[0])
        .args(["--quiet", "--raw"])
        .arg(bobs.file("shot.png"))
        .output();
    assert_eq!(String::from_utf8(read.unwrap().stdout).unwrap().trim(), hers);

    // One's own code, and no code, decide nothing.
    shot(&alices, &hers);
    let said = alices.keypact("verify --image shot.png").fails(3);
    assert!(said.contains("this is the code of this side"), "{said}");
    bobs.keypact_with("verify -", b"4711\n").fails(3);
    assert!(bobs.keypact("verify --image shot.png").ok().is_empty());
    alice.expect("Does its screen say VERIFIED?");
    alices.keypact_with("verify -", format!("{his}\n").as_bytes()).ok();
    end(&mut alice, 0);
    end(&mut bob, 0);
    assert_eq!(alices.read("a.key"), bobs.read("b.key"));
    // Nobody waits any more.
    bobs.keypact("verify --image shot.png").fails(1);
}

/// The one that is on the screen, for its owner alone; it stays, as it was asked for.
#[test]
fn the_code_is_written_to_a_picture_too() {
    let homes = [Sandbox::new(), Sandbox::new()];
    let both = people_at_home([&homes[0], &homes[1]], "qr --qr code.png", SCAN);
    let [(mut alice, hers), (mut bob, his)] = both;
    for (home, code) in [(&homes[0], &hers), (&homes[1], &his)] {
        assert_eq!(keypact::codes::qr::scan(&home.read("code.png")), Ok(vec![code.clone()]));
        let mode = home.file("code.png").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Another window writes one as well, and not over it.
    assert!(
        homes[0]
            .keypact("verify --qr code.png")
            .fails(1)
            .contains("exists already")
    );
    let mut window = Dialogue::start(
        homes[0].command("setsid"),
        "keypact verify --qr again.png; echo status=$?",
    );
    window.expect(SCAN);
    assert_eq!(homes[0].read("again.png"), homes[0].read("code.png"));
    window.send(&format!("{}\n", homes[1].file("code.png").display()));
    end(&mut window, 0);
    bob.expect("Does its screen say VERIFIED?");
    bob.send("yes\n");
    end(&mut alice, 0);
    end(&mut bob, 0);
    assert_eq!(homes[0].read("a.key"), homes[1].read("b.key"));
    assert_eq!(homes[1].names(), ["b.key", "code.png"]);
}

#[test]
fn the_code_is_shown_again_and_answered_in_another_window() {
    let (alices, bobs) = (Sandbox::new(), Sandbox::new());
    let [(mut alice, hers), (mut bob, _)] = people_at_home([&alices, &bobs], "words", MATCH);
    let mut window = Dialogue::start(bobs.command("setsid"), "keypact verify; echo status=$?");
    let seen = window.expect(MATCH);
    assert!(seen.contains(&hers), "{seen}");
    window.send("perhaps\n");
    window.expect("neither \"match\" nor \"no\"");
    window.send("match\n");
    end(&mut window, 0);
    alice.send("match\n");
    end(&mut alice, 0);
    end(&mut bob, 0);
}

/// Both sides of one machine wait, so each is named; what is not its code leaves it waiting.
#[test]
fn a_code_that_was_heard_answers_in_a_persons_place() {
    let sandbox = Sandbox::new();
    let [(mut alice, code), (mut bob, _)] = people(&sandbox, "words", MATCH);
    let several = sandbox.keypact(&format!("verify {code}")).fails(2);
    let names: Vec<&str> = several
        .split([' ', ',', '\n'])
        .filter(|word| word.len() == 18)
        .collect();
    assert_eq!(names.len(), 2, "{several}");
    let wrong = sandbox
        .keypact(&format!("verify {} adult adult adult adult", names[0]))
        .fails(3);
    assert!(wrong.contains("no code of your peer was read"), "{wrong}");
    sandbox
        .keypact(&format!("verify {} {}", names[0], code.to_uppercase()))
        .ok();
    sandbox
        .keypact_with(&format!("verify {} -", names[1]), code.as_bytes())
        .ok();
    end(&mut alice, 0);
    end(&mut bob, 0);
    agreed(&sandbox);
}

#[test]
fn nothing_waits_when_nothing_waits() {
    let sandbox = Sandbox::new();
    let said = sandbox.keypact_with("verify -", b"KPV1:AAAA\n").fails(1);
    assert!(said.contains("no session waits"), "{said}");
    let mut command = sandbox.command("setsid");
    command.args(["-w", "keypact", "verify"]);
    Ran::new(&mut command, b"").fails(1);
    sandbox.keypact("verify --image nothing.png").fails(1);
    sandbox.keypact_with("verify -", b"").fails(1);
}
