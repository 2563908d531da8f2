//! What is kept between texts: where, how long, under a passphrase, and what is said of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::{NOTHING, Pair, code, finish, pending};

const TRUST: &str = "--trust-transport";

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn it_is_for_its_owner_alone_and_no_secret_is_said() {
    let pair = Pair::new();
    let offer = pair.alice.keypact("offer");
    let answer = pair.bob.keypact_with("accept", offer.ok().as_bytes());
    let check = |ran: &crate::sandbox::Ran, person| {
        let files = pending(person);
        let [file] = &files[..] else { panic!("{files:?}") };
        assert_eq!((mode(file), mode(file.parent().unwrap())), (0o600, 0o700));
        let text = fs::read_to_string(file).unwrap();
        let secret = text.split_once("\n\n").unwrap().1.trim();
        for at in (0..secret.len() - 16).step_by(16) {
            // HELLO is in the state and in the text; all before it is in neither.
            let is_secret = at < 250;
            let piece = &secret[at..at + 16];
            assert!(!is_secret || !(ran.stdout() + &ran.stderr()).contains(piece));
        }
    };
    check(&offer, &pair.alice);
    check(&answer, &pair.bob);
    let text = finish(&pair.alice, &answer.ok());
    check(&text, &pair.alice);
    check(&finish(&pair.bob, &text.ok()), &pair.bob);
}

#[test]
fn its_time_ends() {
    let pair = Pair::new();
    let expire = |person| {
        for file in pending(person) {
            let text = fs::read_to_string(&file).unwrap();
            let (before, after) = text.split_once("expires ").unwrap();
            fs::write(&file, format!("{before}expires 2020{}", &after[4..])).unwrap();
        }
    };
    let answer = pair.answer(TRUST, TRUST);
    expire(&pair.alice);
    assert!(finish(&pair.alice, &answer).fails(3).contains("is over"));
    assert!(finish(&pair.alice, &answer).fails(3).contains(NOTHING));
    assert!(pending(&pair.alice).is_empty());
    expire(&pair.bob);
    pair.bob.keypact("offer").ok();
    assert_eq!(pending(&pair.bob).len(), 1, "the next one wipes it");

    let pair = Pair::new();
    pair.carry("--trust-transport --expires 7d", TRUST);
    expire(&pair.alice);
    assert!(pair.alice.keypact("confirm -o key").fails(3).contains(NOTHING));
    assert!(pending(&pair.alice).is_empty() && !pair.alice.file("key").exists());
}

#[test]
fn a_passphrase_locks_it_and_a_wrong_one_uses_nothing_up() {
    let pair = Pair::new();
    pair.alice.write("pass", "correct horse battery staple");
    pair.alice.write("wrong", "incorrect horse");
    let locked = "--passphrase-file pass";
    let answer = pair.answer(&format!("{TRUST} {locked}"), TRUST);
    let is_locked = || {
        fs::read_to_string(&pending(&pair.alice)[0])
            .unwrap()
            .contains("-----BEGIN AGE")
    };
    assert!(is_locked());
    let with = |words: &str| pair.alice.keypact_with(words, answer.as_bytes());
    with("finish --passphrase-file wrong").fails(4);
    with("finish").fails(2);
    let text = with("finish --passphrase-file pass").ok();
    assert!(is_locked());
    finish(&pair.bob, &text).ok();
    pair.alice.keypact("confirm -o key --passphrase-file wrong").fails(4);
    assert!(!pair.alice.file("key").exists());
    pair.alice.keypact("confirm -o key --passphrase-file pass").ok();
    pair.bob.keypact("confirm -o key").ok();
    assert_eq!(pair.alice.read("key"), pair.bob.read("key"));
}

/// Asked for at the terminal: twice to lock, once to unlock; what is mistyped or left uses nothing up.
#[test]
fn a_passphrase_is_typed_at_the_terminal() {
    let pair = Pair::new();
    let at = |words: &str| {
        let script = format!("trap : INT; keypact {words}; echo status=$?");
        crate::dialogue::Dialogue::start(pair.alice.command("setsid"), &script)
    };
    let new = |second: &str, status: i32| {
        let mut person = at("offer --trust-transport -p -o offer");
        person.expect("New passphrase (empty: make one): ");
        person.send("one two\n");
        person.expect("The same again: ");
        assert!(!person.echoes());
        person.send(second);
        let seen = person.expect(&format!("status={status}"));
        assert!(person.echoes() && !seen.contains("one two"), "{seen}");
    };
    new("one too\n", 1);
    new("\u{3}", 130);
    assert!(pending(&pair.alice).is_empty() && !pair.alice.file("offer").exists());
    new("one two\n", 0);
    let answer = pair
        .bob
        .keypact_with(&format!("accept {TRUST}"), &pair.alice.read("offer"));
    pair.alice.write("answer", answer.ok());
    let open = |words: &str, typed: &str, status: i32| {
        let mut person = at(words);
        person.expect("Passphrase of the exchange: ");
        assert!(!person.echoes());
        person.send(typed);
        person.expect(&format!("status={status}"));
        assert!(person.echoes());
    };
    let ways = [
        ("one too\n", 4),
        ("\n", 4),
        ("\u{4}", 1),
        ("\u{3}", 130),
        ("one two\n", 0),
    ];
    for words in ["finish -o text answer", "confirm -o key"] {
        for (typed, status) in ways {
            open(words, typed, status);
        }
    }
    finish(&pair.bob, &pair.alice.text("text")).ok();
    pair.bob.keypact("confirm -o key").ok();
    assert_eq!(pair.alice.read("key"), pair.bob.read("key"));
}

#[test]
fn one_of_several_is_named_and_any_can_be_forgotten() {
    let pair = Pair::new();
    let codes = [pair.carry("", ""), pair.carry("", "")].map(|[one, _]| code(&one));
    let said = pair.alice.keypact("confirm -o key").fails(2);
    assert!(
        said.contains("several exchanges wait") && said.contains("(session "),
        "{said}"
    );
    let sessions: Vec<&str> = said.split("(session ").skip(1).map(|rest| &rest[..16]).collect();
    pair.alice.keypact(&format!("confirm --no {}", sessions[0])).ok();
    let words = ["confirm", "-o", "key", "--verify-cmd", "echo \"$KEYPACT_SAS\" > code"];
    crate::side::Side::start(&pair.alice, &words).succeeds();
    assert!(codes.iter().any(|code| pair.alice.text("code").trim() == code));
    // An offer that nobody is to answer any more.
    let offer = pair.alice.keypact("offer").ok();
    let name = pending(&pair.alice)[0]
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        pair.alice
            .keypact(&format!("confirm {name}"))
            .fails(3)
            .contains(NOTHING)
    );
    pair.alice.keypact(&format!("confirm --no {}", &name[..6])).ok();
    assert!(pending(&pair.alice).is_empty());
    let answer = pair.bob.keypact_with("accept", offer.as_bytes()).ok();
    assert!(finish(&pair.alice, &answer).fails(3).contains(NOTHING));
}

#[test]
fn a_text_that_cannot_be_written_leaves_nothing() {
    let pair = Pair::new();
    let full = pair.alice.shell("keypact offer > /dev/full");
    assert_eq!(full.code(), 1, "{}", full.stderr());
    assert!(pending(&pair.alice).is_empty());
}

/// A file that something else has written to is told as such, and another exchange goes on.
#[test]
fn a_damaged_file_is_told() {
    let pair = Pair::new();
    let answer = pair.answer(TRUST, TRUST);
    let file = pending(&pair.alice).remove(0);
    let text = fs::read_to_string(&file).unwrap();
    for damaged in [
        "",
        "nonsense",
        &text[..40],
        &text.replace("stage offered", "stage agreed"),
        &text[..text.len() - 9],
    ] {
        fs::write(&file, damaged).unwrap();
        let ran = finish(&pair.alice, &answer);
        assert!([1, 3].contains(&ran.code()), "{}", ran.stderr());
        assert_eq!(ran.stdout(), "");
    }
    fs::write(&file, text).unwrap();
    let text = finish(&pair.alice, &answer).ok();
    finish(&pair.bob, &text).ok();
    pair.confirm("");
}
