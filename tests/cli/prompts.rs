//! Questions on the terminal: what is typed stays unseen, and the terminal comes back whatever happens.

use crate::dialogue::Dialogue;
use crate::sandbox::Sandbox;

fn locked() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pass", "open sesame\n");
    sandbox.write("plain", "treasure");
    sandbox.keypact("encrypt --passphrase-file pass -o locked plain").ok();
    sandbox
}

pub(crate) fn at_terminal(sandbox: &Sandbox, script: &str) -> Dialogue {
    Dialogue::start(sandbox.command("setsid"), script)
}

#[test]
fn a_passphrase_is_typed_unseen_while_both_streams_are_in_use() {
    let sandbox = locked();
    let mut person = at_terminal(&sandbox, "cat locked | keypact decrypt > out; echo code $?");
    person.expect("Passphrase of standard input: ");
    assert!(!person.echoes());
    person.send("open sesame\n");
    let seen = person.expect("code 0");
    assert!(!seen.contains("sesame"), "{seen}");
    assert!(person.echoes());
    assert_eq!(sandbox.text("out"), "treasure");
}

#[test]
fn a_wrong_passphrase_and_an_unanswered_question_are_told_apart() {
    let sandbox = locked();
    for (typed, code) in [("wrong\n", 4), ("\n", 4), ("\u{4}", 1)] {
        let mut person = at_terminal(&sandbox, "keypact decrypt -o out locked; echo code $?");
        person.expect("Passphrase of locked: ");
        person.send(typed);
        person.expect(&format!("code {code}"));
        assert!(person.echoes());
        assert!(!sandbox.file("out").exists());
    }
}

#[test]
fn a_new_passphrase_is_typed_twice_or_made() {
    let sandbox = locked();
    let mut person = at_terminal(&sandbox, "keypact encrypt -p -o two plain; echo code $?");
    person.expect("New passphrase (empty: make one): ");
    person.send("one\n");
    person.expect("The same again: ");
    person.send("other\n");
    person.expect("the two passphrases differ");
    person.expect("code 1");
    assert!(!sandbox.file("two").exists());

    let mut person = at_terminal(&sandbox, "keypact encrypt -p -o two plain; echo code $?");
    person.expect("New passphrase");
    person.send("\n");
    person.expect("The passphrase is: ");
    let made = person.expect("\r\n");
    person.expect("code 0");
    assert_eq!(made.trim().split('-').count(), 10, "{made}");
    sandbox.write("made", made.trim());
    assert_eq!(sandbox.keypact("decrypt --passphrase-file made two").ok(), "treasure");
}

#[test]
fn a_locked_identity_asks_once_and_only_when_needed() {
    let sandbox = locked();
    let recipient = sandbox.keypact("key generate --passphrase-file pass -o key").ok();
    sandbox
        .keypact(&format!("encrypt -r {} -o sealed plain", recipient.trim()))
        .ok();
    let mut person = at_terminal(&sandbox, "keypact decrypt -i key sealed; echo code $?");
    person.expect("Passphrase of key: ");
    person.send("open sesame\n");
    let seen = person.expect("code 0");
    assert!(seen.contains("treasure") && !seen.contains("Passphrase"), "{seen}");
    let mut person = at_terminal(
        &sandbox,
        "keypact key generate -p -o new && keypact key show -i new; echo code $?",
    );
    for question in ["New passphrase", "The same again: ", "Passphrase of new: "] {
        person.expect(question);
        person.send("new words\n");
    }
    person.expect("code 0");
}

#[test]
fn echo_is_back_after_every_signal() {
    let sandbox = locked();
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let mut shell = Dialogue::interactive(sandbox.command("setsid"));
        shell.expect("$ ");
        shell.send("keypact decrypt -o out locked\n");
        shell.expect("Passphrase of locked: ");
        assert!(!shell.echoes());
        let pid = sandbox
            .shell(&format!("cat /proc/{0}/task/{0}/children", shell.id()))
            .ok();
        sandbox.shell(&format!("kill -{signal} {pid}")).ok();
        shell.expect("$ ");
        assert!(shell.echoes(), "{signal}");
        shell.send("echo code $?\n");
        shell.expect(&format!("code {code}"));
        assert!(!sandbox.file("out").exists());
    }
}

#[test]
fn ctrl_c_at_the_prompt_is_an_interrupt() {
    let sandbox = locked();
    let mut shell = Dialogue::interactive(sandbox.command("setsid"));
    shell.expect("$ ");
    shell.send("keypact decrypt -o out locked; echo code $?\n");
    shell.expect("Passphrase of locked: ");
    shell.send("\u{3}");
    shell.expect("$ ");
    shell.send("echo code $?\n");
    shell.expect("code 130");
    assert!(shell.echoes());
    assert!(!sandbox.has_partial_file());
}

#[test]
fn a_prompt_can_be_stopped_and_continued() {
    let sandbox = locked();
    let mut shell = Dialogue::interactive(sandbox.command("setsid"));
    shell.expect("$ ");
    shell.send("keypact decrypt -o out locked\n");
    shell.expect("Passphrase of locked: ");
    shell.send("\u{1a}");
    shell.expect("Stopped");
    shell.expect("$ ");
    assert!(shell.echoes());
    shell.send("fg\n");
    shell.expect("Passphrase of locked: ");
    assert!(!shell.echoes());
    shell.send("open sesame\n");
    shell.expect("$ ");
    shell.send("echo code $?\n");
    shell.expect("code 0");
    assert_eq!(sandbox.text("out"), "treasure");
}

#[test]
fn questions_can_be_forbidden_and_need_a_terminal() {
    let sandbox = locked();
    let mut person = at_terminal(&sandbox, "keypact --no-input decrypt locked; echo code $?");
    let seen = person.expect("code 2");
    assert!(
        seen.contains("--no-input forbids") && !seen.contains("Passphrase of"),
        "{seen}"
    );
    let stderr = sandbox.shell("setsid keypact decrypt locked").fails(2);
    assert!(
        stderr.contains("there is no terminal") && stderr.contains("--passphrase-file FILE"),
        "{stderr}"
    );
}

#[test]
fn binary_stays_off_the_terminal_unless_insisted_on() {
    let sandbox = locked();
    sandbox.identity("key");
    sandbox.write("escape", "\u{1b}]0;owned\u{7}");
    sandbox.keypact("encrypt -i key -o hostile escape").ok();
    let mut person = at_terminal(&sandbox, "keypact encrypt -i key plain; echo code $?");
    assert!(person.expect("code 2").contains("binary is not written to a terminal"));
    let mut person = at_terminal(&sandbox, "keypact encrypt -a -i key plain; echo code $?");
    assert!(person.expect("code 0").contains("-----BEGIN AGE"));
    let mut person = at_terminal(&sandbox, "keypact encrypt -o - -i key plain; echo code $?");
    assert!(person.expect("code 0").contains("age-encryption.org/v1"));
    let mut person = at_terminal(&sandbox, "keypact decrypt -i key hostile; echo code $?");
    assert!(!person.expect("code 2").contains("\u{1b}]0"));
    let mut person = at_terminal(&sandbox, "keypact decrypt -i key -o - hostile; echo code $?");
    assert!(person.expect("code 0").contains("\u{1b}]0"));
}

#[test]
fn a_qr_code_needs_room() {
    let sandbox = locked();
    sandbox.identity("key");
    let mut person = at_terminal(
        &sandbox,
        "stty cols 20; keypact key show --qr -i key; stty cols 90; TERM=xterm keypact key show --qr -i key; echo code $?",
    );
    person.expect("the terminal has 20");
    // On a terminal black and white are said, so that the code can be read on light and dark ground.
    assert!(person.expect("code 0").contains("\u{1b}[38;5;16;48;5;231m"));
    let mut person = at_terminal(
        &sandbox,
        "stty cols 90; TERM=xterm NO_COLOR=1 keypact key show --qr -i key; echo code $?",
    );
    assert!(!person.expect("code 0").contains('\u{1b}'));
}
