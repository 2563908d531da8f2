//! What mail and people do to texts.

use crate::{NOTHING, Pair, finish, pending};

fn wrapped(text: &str, end: &str) -> String {
    let text = text.trim().as_bytes();
    let lines: Vec<_> = text.chunks(60).map(|line| String::from_utf8_lossy(line)).collect();
    lines.join(end)
}

#[test]
fn a_text_survives_mail() {
    let pair = Pair::new();
    let mangled = [
        |text: &str| wrapped(text, "\r\n"),
        |text: &str| {
            format!(
                "> Hi Bob,\r\n> here it is: {}\r\n>\r\n> -- \r\n> Alice",
                wrapped(text, "\r\n> ")
            )
        },
        |text: &str| format!(">> {}\n> Thanks, that worked.\nMore later", wrapped(text, "\n>> ")),
        |text: &str| wrapped(text, "=\n"),
        |text: &str| wrapped(text, "\u{200b}\u{ad}\u{feff} "),
    ];
    for mangle in mangled {
        let offer = mangle(&pair.alice.keypact("offer --trust-transport").ok());
        let answer = pair.bob.keypact_with("accept --trust-transport", offer.as_bytes()).ok();
        let mail = format!("{}\n\n{offer}", mangle(&answer));
        let text = finish(&pair.alice, &mail).ok();
        finish(&pair.bob, &format!("{}\n{mail}", mangle(&text))).ok();
        pair.confirm("");
    }
}

/// As an argument, in a file, and written to one.
#[test]
fn a_text_comes_and_goes_where_it_is_told() {
    let pair = Pair::new();
    pair.alice.keypact("offer --trust-transport -o offer.txt").ok();
    let offer = pair.alice.text("offer.txt");
    let line = offer.strip_suffix('\n').unwrap();
    assert_eq!(line.len(), 1696);
    assert_eq!(
        pair.bob
            .keypact(&format!("accept --trust-transport -o answer.txt {line}"))
            .ok(),
        ""
    );
    let answer = pair.bob.text("answer.txt");
    pair.alice.write("kp1a_.mail", &answer);
    assert_eq!(pair.alice.keypact("finish -o finish.txt ./kp1a_.mail").ok(), "");
    let text = pair.alice.text("finish.txt");
    assert_eq!([answer.len(), text.len()], [1601, 97]);
    pair.bob.keypact(&format!("finish {}", text.trim())).ok();
    pair.confirm("");
}

/// A slip is told as such, by each of the three, and the right text still serves.
#[test]
fn a_damaged_text_uses_nothing_up() {
    let pair = Pair::new();
    let damaged = |person: &crate::sandbox::Sandbox, words: &str, text: &str| {
        let text = text.trim();
        let before = pending(person);
        let last = text.len() - 1;
        for at in [5, 6, 13, 20, 40, last / 2, last - 4, last] {
            let mut slip = text.as_bytes().to_vec();
            slip[at] = if slip[at] == b'A' { b'B' } else { b'A' };
            let said = person.keypact_with(words, &slip).fails(3);
            assert!(said.contains("changed or cut off on the way"), "{at}: {said}");
        }
        for cut in [&text[..last], &text[..5], &format!("{}{}", &text[..30], &text[31..])] {
            person.keypact_with(words, cut.as_bytes()).fails(3);
        }
        assert_eq!(pending(person), before);
    };
    let offer = pair.alice.keypact("offer --trust-transport").ok();
    damaged(&pair.bob, "accept --trust-transport", &offer);
    let answer = pair.bob.keypact_with("accept --trust-transport", offer.as_bytes()).ok();
    damaged(&pair.alice, "finish", &answer);
    let text = finish(&pair.alice, &answer).ok();
    damaged(&pair.bob, "finish", &text);
    finish(&pair.bob, &text).ok();
    pair.confirm("");
}

#[test]
fn a_text_of_another_kind_or_exchange_uses_nothing_up() {
    let pair = Pair::new();
    let other = Pair::new();
    let foreign = other.answer("", "");
    let foreign_end = finish(&other.alice, &foreign).ok();

    let offer = pair.alice.keypact("offer --trust-transport").ok();
    assert!(finish(&pair.alice, &offer).fails(3).contains("'keypact accept'"));
    let answer = pair.bob.keypact_with("accept --trust-transport", offer.as_bytes()).ok();
    let said = pair.bob.keypact_with("accept", answer.as_bytes()).fails(3);
    assert!(said.contains("'keypact finish'"), "{said}");
    // My own answer comes back; texts of strangers.
    for (person, text) in [(&pair.bob, &answer), (&pair.bob, &foreign_end), (&pair.alice, &foreign)] {
        assert!(finish(person, text).fails(3).contains(NOTHING));
    }
    let both = format!("{answer}\n{foreign}");
    assert!(finish(&pair.alice, &both).fails(3).contains("several"));
    for text in ["", "Hello", "kp1", &"a".repeat(65_000)] {
        assert!(finish(&pair.alice, text).fails(3).contains("no text of an exchange"));
    }
    let text = finish(&pair.alice, &answer).ok();
    finish(&pair.bob, &text).ok();
    pair.confirm("");
}

/// Somebody writes the id of this exchange over a last text of another: it is not authentic, and the right one serves.
#[test]
fn a_last_text_under_a_false_name_is_not_authentic_and_uses_nothing_up() {
    use keypact::handshake::Token;
    let (pair, other) = (Pair::new(), Pair::new());
    let answer = pair.answer("--trust-transport", "--trust-transport");
    let foreign: Token = finish(&other.alice, &other.answer("--trust-transport", "--trust-transport"))
        .ok()
        .parse()
        .unwrap();
    let text = finish(&pair.alice, &answer).ok();
    let id = text.parse::<Token>().unwrap().id();
    let forged = Token::new(id, foreign.frame().to_vec()).unwrap().to_string();
    for _ in 0..2 {
        assert!(finish(&pair.bob, &forged).fails(3).contains("not authentic"));
    }
    finish(&pair.bob, &text).ok();
    pair.confirm("");
}
