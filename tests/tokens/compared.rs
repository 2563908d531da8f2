//! Codes of exchanges that wait on the disk: compared by `keypact verify` in every way, or by `keypact confirm` itself.

use keypact::codes::qr;
use serde_json::Value;

use crate::dialogue::Dialogue;
use crate::sandbox::Sandbox;
use crate::{NOTHING, Pair, code, finish, pending};

const TYPE: &str = "Type the words that your peer reads to you, or \"no\": ";
const SCAN: &str = "Type the text of your peer's code or the name of a picture of it, or \"no\": ";

/// Two people who compare in a form, and the codes that `finish` has shown them.
fn carried(form: &str) -> (Pair, [String; 2]) {
    let pair = Pair::new();
    let flags = format!("--compare {form}");
    let said = pair.carry(&flags, &flags);
    (pair, said.each_ref().map(code))
}

fn at_terminal(person: &Sandbox, words: &str) -> Dialogue {
    Dialogue::start(person.command("setsid"), &format!("keypact {words}; echo status=$?"))
}

/// As arguments, on standard input, in capitals or with hyphens; and `confirm` asks nobody any more.
#[test]
fn a_code_that_was_heard_is_compared_once_and_remembered() {
    for (form, how) in [("words", ""), ("words:6", "-"), ("digits", ""), ("emoji", "-")] {
        let (pair, [hers, his]) = carried(form);
        assert_eq!(hers, his);
        for person in pair.both() {
            let said = match how {
                "-" => person.keypact_with("verify -", format!("\n{hers}\n").as_bytes()),
                _ => person.keypact(&format!("verify {}", hers.to_uppercase().replace(' ', "-"))),
            };
            let told = said.stderr();
            assert!(said.code() == 0 && told.contains("VERIFIED"), "{hers}: {told}");
            assert!(told.contains("'keypact confirm"), "{told}");
            let again = person.keypact(&format!("verify {hers}")).fails(1);
            assert!(again.contains("no session waits"), "{again}");
        }
        pair.confirm("");
    }
}

#[test]
fn a_code_that_was_not_heard_uses_nothing_up_and_is_no_match() {
    let (pair, [hers, _]) = carried("words");
    let before = pending(&pair.alice);
    let reversed: Vec<&str> = hers.split(' ').rev().collect();
    for heard in [&hers[..12], "adult adult adult adult", "yess", &reversed.join(" ")] {
        let said = pair.alice.keypact(&format!("verify {heard}")).fails(3);
        assert!(said.contains("no code of your peer was read"), "{heard}: {said}");
    }
    pair.alice.keypact("verify --image nothing.png").fails(1);
    assert_eq!(pending(&pair.alice), before);
    let refused = pair.alice.keypact("confirm -o key").fails(2);
    assert!(refused.contains("cannot ask"), "{refused}");
    pair.alice.keypact(&format!("verify {hers}")).ok();
    pair.alice.keypact("confirm -o key").ok();

    let said = pair.bob.keypact("verify no").fails(3);
    assert!(said.contains("the codes differ"), "{said}");
    assert!(pending(&pair.bob).is_empty());
    assert!(pair.bob.keypact("confirm -o key").fails(3).contains(NOTHING));
}

#[test]
fn the_code_is_shown_again_and_a_person_answers() {
    let (pair, [hers, _]) = carried("emoji");
    let mut alice = at_terminal(&pair.alice, "verify");
    let seen = alice.expect("Type \"match\" or \"no\": ");
    assert!(seen.contains(&hers), "{seen}");
    alice.send("\n");
    alice.expect("neither");
    alice.send("match\n");
    alice.expect("VERIFIED");
    alice.expect("status=0");
    pair.alice.keypact("confirm -o key").ok();
    // A command that is asked all the same may say no.
    let mut bob = at_terminal(&pair.bob, "verify");
    bob.expect("Type \"match\" or \"no\": ");
    bob.send("match\n");
    bob.expect("status=0");
    pair.bob.keypact("confirm -o key --verify-cmd false").fails(3);
    assert!(pending(&pair.bob).is_empty() && !pair.bob.file("key").exists());
}

#[test]
fn a_person_who_sees_another_code_ends_it() {
    let (pair, _) = carried("digits");
    let mut alice = at_terminal(&pair.alice, "verify");
    alice.expect("Type \"match\" or \"no\": ");
    alice.send("no\n");
    alice.expect("the codes differ");
    alice.expect("status=3");
    assert!(pending(&pair.alice).is_empty());
}

/// Each writes a picture of its own code and reads the other's: nobody is asked anything.
#[test]
fn pictures_are_swapped() {
    let (pair, [hers, his]) = carried("qr");
    let other = carried("qr").1;
    assert_ne!(hers, his);
    for (person, own, peers) in [(&pair.alice, &hers, &his), (&pair.bob, &his, &hers)] {
        // Without a terminal there is the picture all the same, and then nobody to ask.
        person.keypact("verify --qr own.png").fails(2);
        assert_eq!(qr::scan(&person.read("own.png")), Ok(vec![own.clone()]));
        let said = person.keypact("verify --image own.png").fails(3);
        assert!(said.contains("this is the code of this side"), "{said}");
        let code = qr::Code::of(peers, qr::Ground::Screen).unwrap();
        person.write("shot.png", code.png(5));
    }
    pair.alice.keypact("verify --image shot.png").ok();
    pair.bob
        .keypact_with("verify -", format!("nothing\n{hers}\n").as_bytes())
        .ok();
    pair.confirm("");

    let (pair, _) = carried("qr");
    let said = pair.alice.keypact(&format!("verify {}", other[1])).fails(3);
    assert!(said.contains("the codes differ"), "{said}");
    assert!(pending(&pair.alice).is_empty());
}

#[test]
fn words_are_typed_to_confirm() {
    let (pair, [hers, his]) = carried("typed");
    assert_ne!(hers, his);
    let mut alice = at_terminal(&pair.alice, "confirm -o key");
    alice.expect(&hers);
    alice.expect(TYPE);
    alice.send(&format!("{hers}\n"));
    alice.expect("other words in front of it");
    alice.expect(TYPE);
    alice.send(&format!("{}\n", his.to_uppercase()));
    alice.expect("status=0");
    let mut bob = at_terminal(&pair.bob, "confirm -o key");
    for _ in 0..3 {
        bob.expect(TYPE);
        bob.send(&format!("{his}\n"));
    }
    bob.expect("the codes differ");
    bob.expect("status=3");
    assert!(pair.alice.file("key").exists() && pending(&pair.bob).is_empty());
}

#[test]
fn codes_are_scanned_to_confirm() {
    let (pair, [hers, his]) = carried("qr");
    let mut alice = at_terminal(&pair.alice, "confirm -o key --qr own.png");
    alice.expect(&hers);
    alice.expect(SCAN);
    assert_eq!(qr::scan(&pair.alice.read("own.png")), Ok(vec![hers.clone()]));
    alice.send("yes\n");
    alice.expect("has not scanned");
    alice.expect(SCAN);
    alice.send(&format!("{his}\n"));
    alice.expect("status=0");
    let mut bob = at_terminal(&pair.bob, "confirm -o key");
    bob.expect(SCAN);
    bob.send(&format!("{}\n", pair.alice.file("own.png").display()));
    bob.expect("status=0");
    assert_eq!(pair.alice.read("key"), pair.bob.read("key"));
}

#[test]
fn one_of_several_is_named_and_a_locked_one_is_unlocked() {
    let pair = Pair::new();
    pair.alice.write("pass", "correct horse battery staple");
    pair.alice.write("wrong", "incorrect horse");
    let answer = pair.answer("--passphrase-file pass", "");
    let said = pair
        .alice
        .keypact_with("finish --passphrase-file pass", answer.as_bytes());
    said.ok();
    let heard = code(&said);
    let session = said.stderr().split_once("session ").unwrap().1[..16].to_owned();
    let other = code(&pair.carry("", "")[0]);
    let several = pair.alice.keypact(&format!("verify {heard}")).fails(2);
    assert!(several.contains(&format!("(session {session})")), "{several}");
    let verify = |flags: &str| pair.alice.keypact(&format!("verify {session} {flags}"));
    verify(&heard).fails(2);
    verify(&format!("--passphrase-file wrong {heard}")).fails(4);
    verify(&format!("--passphrase-file pass {other}")).fails(3);
    verify(&format!("--passphrase-file pass {heard}")).ok();
    pair.alice.keypact(&format!("verify {other}")).ok();
    let name = pending(&pair.alice)[0]
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    pair.alice.keypact(&format!("verify {name} {heard}")).fails(1);
}

/// Each step tells programs what it has made, with the text in it.
#[test]
fn programs_are_told_in_json() {
    let pair = Pair::new();
    let told = |ran: crate::sandbox::Ran| serde_json::from_str::<Value>(&ran.ok()).unwrap();
    let offer = told(pair.alice.keypact("offer --json --compare digits"));
    assert!(offer["name"].as_str().unwrap().ends_with("-offer") && offer["output"].is_null());
    assert!(offer["expires"].as_str().unwrap().starts_with("20"), "{offer}");
    let answer = told(pair.bob.keypact(&format!(
        "accept --json --compare digits -o answer.txt {}",
        offer["text"].as_str().unwrap()
    )));
    assert_eq!(answer["output"], "answer.txt");
    assert_eq!(answer["text"], pair.bob.text("answer.txt").trim());
    let one = told(
        pair.alice
            .keypact(&format!("finish --json {}", answer["text"].as_str().unwrap())),
    );
    let two = told(
        pair.bob
            .keypact(&format!("finish --json {}", one["text"].as_str().unwrap())),
    );
    for field in ["session", "form", "code"] {
        assert_eq!(one[field], two[field]);
    }
    assert_eq!((&one["form"], &two["text"]), (&"digits".into(), &Value::Null));
    assert_eq!(one["name"], offer["name"]);
    for (person, told) in [(&pair.alice, &one), (&pair.bob, &two)] {
        let [session, code] = ["session", "code"].map(|field| told[field].as_str().unwrap());
        person.keypact(&format!("verify {session} {code}")).ok();
    }
    pair.confirm("");
    // Who proves itself otherwise has nothing to compare; what cannot be told is not kept.
    let flags = "--trust-transport";
    let answer = pair.answer(flags, flags);
    let one = told(pair.alice.keypact_with("finish --json", answer.as_bytes()));
    assert!(one["code"].is_null() && one["form"].is_null());
    finish(&pair.bob, one["text"].as_str().unwrap()).ok();
    pair.confirm("");
    assert_eq!(pair.alice.shell("keypact offer --json > /dev/full").code(), 1);
    assert!(pending(&pair.alice).is_empty());
}
