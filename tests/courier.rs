//! Keys on paper, through the real binary: packed, printed, photographed, typed and joined.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a panic is the failure report"
)]

use std::os::unix::fs::PermissionsExt;

use dialogue::Dialogue;
use sandbox::{Ran, Sandbox};

#[path = "support/dialogue.rs"]
mod dialogue;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

const PSK: &str = "00112233445566778899aabbccddeeff";

fn packed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("k.psk", format!("{PSK}\n"));
    sandbox.shell("chmod 600 k.psk").ok();
    sandbox
}

/// The words of a text that `pack` or `split` has written.
fn words(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let words = lines
        .flat_map(str::split_whitespace)
        .filter(|word| word.parse::<u8>().is_err());
    words.map(str::to_owned).collect()
}

/// The eight digits behind "check value".
fn check_value(text: &str) -> String {
    let (_, rest) = text.split_once("check value ").unwrap();
    rest[..8].to_owned()
}

#[test]
fn words_bring_a_key_back_and_mark_it_for_one_use() {
    let sandbox = packed();
    let pack = sandbox.keypact("courier pack k.psk");
    let text = pack.ok();
    assert_eq!(words(&text).len(), 20);
    let check = check_value(&pack.stderr());
    assert!(text.contains(&check));

    let opened = sandbox.keypact_with(&format!("courier open -v --check {check} -o back.psk"), text.as_bytes());
    opened.ok();
    assert!(opened.stderr().contains(&check), "{}", opened.stderr());
    // Of our own sentences these three are in the list.
    let ours = ["check", "exchange", "paper"];
    for told in [pack.stderr(), opened.stderr()] {
        assert!(!told.contains(PSK), "{told}");
        let secrets = words(&text).into_iter().filter(|word| !ours.contains(&word.as_str()));
        let leaked: Vec<String> = secrets
            .filter(|word| told.split_whitespace().any(|told| told == word))
            .collect();
        assert!(leaked.is_empty(), "{leaked:?} in {told}");
    }
    let back = sandbox.text("back.psk");
    assert!(
        back.starts_with(&format!("{PSK}\n# keypact psk: one-use; kcv {check};")),
        "{back}"
    );
    assert_eq!(
        sandbox.file("back.psk").metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    // Never written over.
    sandbox
        .keypact_with("courier open -o back.psk", text.as_bytes())
        .fails(1);
    assert_eq!(sandbox.text("back.psk"), back);

    let kept = sandbox.keypact_with("courier open --keep", text.as_bytes()).ok();
    assert_eq!(kept, format!("{PSK}\n"));
    let wrong = sandbox.keypact_with("courier open -o no.psk --check 00000000", text.as_bytes());
    assert!(wrong.fails(3).contains("check value"));
    assert!(!sandbox.file("no.psk").exists() && !sandbox.has_partial_file());
}

#[test]
fn a_wrong_word_is_located_and_not_told() {
    let sandbox = packed();
    let right = words(&sandbox.keypact("courier pack k.psk").ok());
    for place in [0, 1, 9, 19] {
        let mut wrong = right.clone();
        wrong[place] = if right[place] == "zero" { "acid" } else { "zero" }.to_owned();
        let stderr = sandbox
            .keypact_with("courier open", wrong.join(" ").as_bytes())
            .fails(3);
        // Word for word: some words of the message are in the list as well.
        let expected = format!(
            "keypact: error: the checksum does not fit: a word is wrong, or in the wrong place\n\
             keypact: because: if a single word is wrong, it is word {}\n\
             keypact: hint: compare every word with the paper\n",
            place + 1
        );
        assert_eq!(stderr, expected);
    }
}

#[test]
fn identities_travel_in_shares_and_keep_their_kind() {
    let sandbox = packed();
    for (kind, asked) in [("hybrid", "hybrid"), ("x25519", "x25519")] {
        let (file, folder) = (format!("{kind}.txt"), format!("{kind}.shares"));
        sandbox.keypact(&format!("key generate --type {kind} -o {file}")).ok();
        sandbox
            .keypact(&format!(
                "courier split -k 2 -n 3 --identity {file} --output-dir {folder}"
            ))
            .ok();
        let share = |number: u8| format!("{folder}/share-{number}-of-3.txt");
        for [a, b] in [[1, 2], [3, 1], [2, 3]] {
            let back = format!("back-{kind}-{a}{b}.txt");
            let ran = sandbox.keypact(&format!(
                "courier join --as {asked} -o {back} {} {}",
                share(a),
                share(b)
            ));
            ran.ok();
            assert!(ran.stderr().contains("1 more share is needed"), "{}", ran.stderr());
            let shown = |file: &str| sandbox.keypact(&format!("key show -i {file}")).ok();
            assert_eq!(shown(&back), shown(&file));
        }
        let few = sandbox
            .keypact(&format!("courier join --as {asked} {}", share(1)))
            .fails(4);
        assert!(few.contains("1 more share is needed"), "{few}");
        let one = sandbox
            .keypact_with(&format!("courier open --as {asked}"), &sandbox.read(share(1)))
            .fails(4);
        assert!(one.contains("courier join"), "{one}");
        let twice = sandbox
            .keypact(&format!("courier join --as {asked} {0} {0}", share(1)))
            .fails(4);
        assert!(twice.contains("there already"), "{twice}");
    }
    let mixed = sandbox.keypact("courier join hybrid.shares/share-1-of-3.txt x25519.shares/share-2-of-3.txt");
    assert!(mixed.fails(3).contains("another set"));
    // All of them one after the other, as 'split' prints them.
    let printed = sandbox.keypact("courier split -k 3 -n 4 k.psk").ok();
    let joined = sandbox.keypact_with("courier join --keep", printed.as_bytes()).ok();
    assert_eq!(joined, format!("{PSK}\n"));
}

#[test]
fn a_passphrase_is_asked_of_words_that_are_locked() {
    let sandbox = packed();
    for (name, passphrase) in [("right", "correct horse"), ("wrong", "battery staple")] {
        sandbox.write(name, passphrase);
        sandbox.shell(&format!("chmod 600 {name}")).ok();
    }
    sandbox
        .keypact("courier pack --passphrase-file right --qr code.png k.psk")
        .ok();
    let locked = sandbox.keypact("courier pack --passphrase-file right k.psk");
    let (text, check) = (locked.ok(), check_value(&locked.stderr()));
    let open = |flags: &str| sandbox.keypact_with(&format!("courier open --keep {flags}"), text.as_bytes());
    assert_eq!(open("--passphrase-file right").ok(), format!("{PSK}\n"));
    assert!(open("--no-input").fails(2).contains("--passphrase-file"));
    let wrong = open(&format!("--passphrase-file wrong --check {check}")).fails(4);
    assert!(wrong.contains("passphrase"), "{wrong}");
    // The picture tells by itself.
    sandbox
        .keypact("courier open --image code.png --passphrase-file wrong")
        .fails(4);
    sandbox
        .keypact("courier open --image code.png --passphrase-file right")
        .ok();

    let text = sandbox
        .keypact("courier pack --slip39-passphrase --passphrase-file right k.psk")
        .ok();
    let open = |flags: &str| {
        sandbox
            .keypact_with(&format!("courier open --keep {flags}"), text.as_bytes())
            .ok()
    };
    assert_eq!(open("--slip39-passphrase --passphrase-file right"), format!("{PSK}\n"));
    assert_ne!(open("--slip39-passphrase --passphrase-file wrong"), format!("{PSK}\n"));
    assert_ne!(open(""), format!("{PSK}\n"));
}

#[test]
fn what_cannot_be_packed_is_refused_before_anything_is_written() {
    let sandbox = packed();
    sandbox.write("text", "correct horse battery staple\n");
    sandbox.write("taken.svg", "mine");
    for (words, code, expected) in [
        ("pack text", 1, "holds no key"),
        ("pack missing", 1, "cannot open"),
        ("pack", 2, "usage"),
        ("pack --generate psk", 2, "--output"),
        ("pack --identity k.psk", 1, "k.psk"),
        ("pack --qr code.jpg k.psk", 2, ".png"),
        ("pack --sheet taken.svg k.psk", 1, "taken.svg"),
        ("split -k 1 -n 1 k.psk", 2, "courier pack"),
        ("split -k 1 -n 2 k.psk", 2, "at least 2"),
        ("split -k 3 -n 2 k.psk", 2, "at least 2"),
        ("split -k 2 -n 17 k.psk", 2, "16"),
        ("open --image text", 3, "not in the list"),
        ("join missing", 1, "cannot open"),
    ] {
        let stderr = sandbox.keypact(&format!("courier {words}")).fails(code);
        assert!(stderr.contains(expected), "{words}: {stderr}");
    }
    assert_eq!(sandbox.text("taken.svg"), "mine");
    assert_eq!(sandbox.names(), ["k.psk", "taken.svg", "text"]);
}

/// A key that was made and packed serves the exchange of two sides, once.
#[test]
fn a_carried_key_authenticates_an_exchange() {
    let sandbox = Sandbox::new();
    sandbox
        .keypact("courier pack --generate psk --bits 256 -o mine.psk --qr code.png")
        .ok();
    sandbox.keypact("courier open --image code.png -o yours.psk").ok();
    sandbox
        .shell(
            "keypact exchange --psk-file mine.psk --listen unix:door -o a.txt & \
             keypact exchange --psk-file yours.psk --connect unix:door -o b.txt && wait $! && cmp a.txt b.txt",
        )
        .ok();
    assert_eq!(sandbox.names(), ["a.txt", "b.txt", "code.png"]);
}

fn scanned_by_zbar(sandbox: &Sandbox, picture: &str) -> String {
    let mut zbarimg = sandbox.command(tools::program("zbarimg"));
    Ran::new(zbarimg.args(["--quiet", "--raw", picture]), b"")
        .ok()
        .trim()
        .to_owned()
}

fn rendered(sandbox: &Sandbox, page: &str, picture: &str) {
    let mut rsvg = sandbox.command(tools::program("rsvg-convert"));
    Ran::new(rsvg.args(["-d", "120", "-p", "120", "-o", picture, page]), b"").ok();
}

#[test]
fn codes_are_read_by_another_scanner_too() {
    if !tools::are_there(&[tools::program("zbarimg")], "QR codes read by zbarimg") {
        return;
    }
    let sandbox = packed();
    sandbox.keypact("courier pack --qr code.png k.psk").ok();
    let text = scanned_by_zbar(&sandbox, "code.png");
    assert!(text.starts_with("KPK1:"), "{text}");
    let opened = sandbox.keypact_with("courier open --keep", text.as_bytes()).ok();
    assert_eq!(opened, format!("{PSK}\n"));
}

#[test]
fn a_page_is_printed_and_photographed() {
    let wanted = [tools::program("zbarimg"), tools::program("rsvg-convert")];
    if !tools::are_there(&wanted, "printed pages") {
        return;
    }
    let sandbox = packed();
    let pack = |flags: &[&str]| {
        let mut keypact = sandbox.command(env!("CARGO_BIN_EXE_keypact"));
        Ran::new(
            keypact
                .args(["courier", "pack", "--sheet", "page.svg", "k.psk"])
                .args(flags),
            b"",
        )
    };
    let ran = pack(&[
        "--purpose",
        "</text><script>&\u{7}]]>\u{fffe}",
        "--destroy-after",
        "2027-01-31",
    ]);
    ran.ok();
    let (page, check) = (sandbox.text("page.svg"), check_value(&ran.stderr()));
    assert!(page.contains("&lt;/text&gt;&lt;script&gt;&amp;]]&gt;") && !page.contains("<script"));
    assert!(page.contains("2027-01-31") && page.contains(&check));
    rendered(&sandbox, "page.svg", "page.png");
    let scanned = scanned_by_zbar(&sandbox, "page.png");
    let opened = sandbox.keypact("courier open --keep --image page.png").ok();
    assert_eq!(opened, format!("{PSK}\n"));
    assert_eq!(
        sandbox.keypact_with("courier open --keep", scanned.as_bytes()).ok(),
        opened
    );
    // The words on the page are those of the code.
    let on_page: Vec<&str> = page
        .split("class=\"word\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap())
        .collect();
    let typed = on_page.join(" ");
    assert_eq!(
        sandbox.keypact_with("courier open --keep", typed.as_bytes()).ok(),
        opened
    );
    // Longer texts than the page is wide are cut. The code has other modules each time, and so a path of another length.
    std::fs::remove_file(sandbox.file("page.svg")).unwrap();
    pack(&["--purpose", &"W".repeat(5000)]).ok();
    assert!(sandbox.text("page.svg").len() < page.len() + 2000);
}

#[test]
fn words_are_typed_and_mended_line_by_line() {
    let sandbox = packed();
    let right = words(&sandbox.keypact("courier pack k.psk").ok());
    let other = if right[7] == "zero" { "acid" } else { "zero" };
    let mut person = at_terminal(&sandbox, "keypact courier open --keep -o back.psk; echo code $?");
    person.expect("Words 1 to 5: ");
    // Four letters are enough, in any case.
    let short: Vec<String> = right[..5].iter().map(|word| word[..4].to_uppercase()).collect();
    answer(&mut person, &short.join(" "));
    person.expect("Words 6 to 10: ");
    answer(&mut person, "acadmeic");
    let screen = person.expect("Words 6 to 10: ");
    assert!(
        screen.contains("Word 1 of the line is not in the list. Near it: academic"),
        "{screen}"
    );
    let mut wrong = right[5..10].to_vec();
    wrong[2] = other.to_owned();
    answer(&mut person, &wrong.join(" "));
    person.expect("Words 11 to 15: ");
    answer(&mut person, &right[10..15].join(" "));
    person.expect("Words 16 to 20: ");
    answer(&mut person, &right[15..].join(" "));
    person.expect("Words 21 to 25: ");
    answer(&mut person, "");
    let screen = person.expect("Line to type again, 1 to 4 (empty: give up): ");
    assert!(
        screen.contains(&format!("it is word 8 in line 2, which could be '{}'", right[7])),
        "{screen}"
    );
    answer(&mut person, "2");
    person.expect("Words 6 to 10: ");
    answer(&mut person, &right[5..10].join(" "));
    let screen = person.expect("code 0");
    assert!(!screen.contains(&right[5..10].join(" ")), "what is typed is not shown");
    assert_eq!(sandbox.text("back.psk"), format!("{PSK}\n"));
}

#[test]
fn shares_are_typed_one_after_the_other() {
    let sandbox = packed();
    sandbox
        .keypact("courier split -k 2 -n 2 k.psk --output-dir shares")
        .ok();
    let share = |number: u8| words(&sandbox.text(&format!("shares/share-{number}-of-2.txt"))).join(" ");
    let mut person = at_terminal(&sandbox, "keypact courier join --show --keep -o back.psk; echo code $?");
    person.expect("Words 1 to 5: ");
    answer(&mut person, &share(2));
    let screen = person.expect("1 more share is needed");
    assert!(screen.contains(&share(2)), "--show shows: {screen}");
    person.expect("Words 1 to 5: ");
    answer(&mut person, &share(2));
    person.expect("Not taken: the share is there already");
    person.expect("Words 1 to 5: ");
    answer(&mut person, &share(1));
    person.expect("code 0");
    assert_eq!(sandbox.text("back.psk"), format!("{PSK}\n"));
}

#[test]
fn whoever_gives_up_leaves_nothing() {
    let sandbox = packed();
    let mut person = at_terminal(&sandbox, "keypact courier open -o back.psk; echo code $?");
    person.expect("Words 1 to 5: ");
    answer(&mut person, "");
    person.expect("0 words are no courier code");
    person.expect("give up): ");
    answer(&mut person, "");
    person.expect("code 3");
    let mut person = at_terminal(&sandbox, "keypact courier open; echo code $?");
    assert!(person.expect("code 2").contains("-o FILE"));
    assert_eq!(sandbox.names(), ["k.psk"]);
}

fn at_terminal(sandbox: &Sandbox, script: &str) -> Dialogue {
    Dialogue::start(sandbox.command("setsid"), script)
}

fn answer(person: &mut Dialogue, line: &str) {
    person.send(&format!("{line}\n"));
}
