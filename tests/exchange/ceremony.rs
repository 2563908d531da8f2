//! Two people at two terminals.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::dialogue::Dialogue;
use crate::sandbox::Sandbox;

const QUESTION: &str = "Is your peer's code the same? Type \"match\" or \"no\": ";
/// How soon one side knows that the other one has gone.
const SOON: Duration = Duration::from_secs(4);

struct Person {
    terminal: Dialogue,
    process: Option<Pid>,
    code: String,
    session: String,
}

/// Both sit before the question.
fn people(sandbox: &Sandbox, flags: &str) -> [Person; 2] {
    let start = |way: &str| {
        // The shell stays to tell the exit status, so it must outlive Ctrl-C.
        let script = format!("trap : INT; sh -c 'echo pid $$; exec keypact exchange {way} {flags}'; echo status=$?");
        Dialogue::start(sandbox.command("setsid"), &script)
    };
    [
        start("--listen unix:meet -o a.key"),
        start("--connect unix:meet -o b.key"),
    ]
    .map(Person::asked)
}

impl Person {
    fn asked(mut terminal: Dialogue) -> Self {
        terminal.expect("pid ");
        let process = terminal.expect("\r\n").trim().parse().ok().and_then(Pid::from_raw);
        terminal.expect("Session ");
        let session = terminal.expect(".").trim_end_matches('.').to_owned();
        terminal.expect("by voice or in person:");
        let code = terminal.expect(QUESTION).replace(QUESTION, "").trim().to_owned();
        Self {
            terminal,
            process,
            code,
            session,
        }
    }

    fn says(&mut self, keys: &str) {
        self.terminal.send(keys);
    }

    #[track_caller]
    fn ends(&mut self, code: i32) -> String {
        let began = Instant::now();
        let seen = self.terminal.expect("status=");
        let told = self.terminal.expect("\r\n");
        assert_eq!(told.trim(), code.to_string(), "{seen}");
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        assert!(self.terminal.echoes(), "the terminal is as it was");
        seen
    }
}

#[track_caller]
fn nothing_is_left(sandbox: &Sandbox) {
    assert_eq!(sandbox.names(), [""; 0]);
}

#[test]
fn both_see_the_same_code_in_every_form_and_get_the_key() {
    for (flags, between, parts) in [
        ("", " ", 4),
        ("--compare words", " ", 4),
        ("--compare words:6", " ", 6),
        ("--compare digits", "-", 3),
        ("--compare emoji", "  ", 7),
    ] {
        let sandbox = Sandbox::new();
        let [mut alice, mut bob] = people(&sandbox, flags);
        assert_eq!((&alice.code, &alice.session), (&bob.code, &bob.session));
        assert_eq!(alice.code.split(between).count(), parts, "{}", alice.code);
        alice.says("match\n");
        assert!(!sandbox.file("a.key").exists(), "one word is not enough");
        bob.says(" Match \n");
        assert!(alice.ends(0).contains("the codes match on both sides"));
        bob.ends(0);
        assert_eq!(sandbox.names(), ["a.key", "b.key"]);
        assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
    }
}

#[test]
fn a_no_ends_both_while_the_other_is_still_asked() {
    for word in ["no", "n", "differ"] {
        let sandbox = Sandbox::new();
        let [mut alice, mut bob] = people(&sandbox, "");
        bob.says(&format!("{word}\n"));
        bob.ends(3);
        let seen = alice.ends(3);
        assert!(seen.contains("codes differ"), "{seen}");
        nothing_is_left(&sandbox);
    }
}

#[test]
fn a_no_counts_after_the_other_has_said_match() {
    for first in [0, 1] {
        let sandbox = Sandbox::new();
        let mut people = people(&sandbox, "");
        people[first].says("match\n");
        std::thread::sleep(Duration::from_millis(100));
        people[1 - first].says("no\n");
        people[1 - first].ends(3);
        people[first].ends(3);
        nothing_is_left(&sandbox);
    }
}

#[test]
fn habits_are_no_answers() {
    let sandbox = Sandbox::new();
    let [mut alice, mut bob] = people(&sandbox, "");
    for habit in ["\n", "y\n", "ok\n", "matc\n"] {
        alice.says(habit);
        alice.terminal.expect(QUESTION);
    }
    alice.says("match\n");
    bob.says("match\n");
    alice.ends(0);
    bob.ends(0);

    let sandbox = Sandbox::new();
    let [mut alice, mut bob] = people(&sandbox, "");
    alice.says("\ny\n1\n\u{4}\n\n");
    alice.ends(3);
    bob.ends(3);
    nothing_is_left(&sandbox);
}

#[test]
fn an_end_of_file_is_no_answer() {
    let sandbox = Sandbox::new();
    let [mut alice, mut bob] = people(&sandbox, "");
    alice.says("\u{4}");
    alice.terminal.expect(QUESTION);
    for _ in 0..4 {
        alice.says("\u{4}");
    }
    alice.ends(3);
    bob.ends(3);
    nothing_is_left(&sandbox);
}

#[test]
fn whoever_leaves_ends_it_for_both() {
    let sandbox = Sandbox::new();
    let [mut alice, mut bob] = people(&sandbox, "");
    bob.says("\u{3}");
    bob.ends(130);
    let seen = alice.ends(5);
    assert!(seen.contains("the peer is gone"), "{seen}");
    nothing_is_left(&sandbox);

    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let sandbox = Sandbox::new();
        let [mut alice, mut bob] = people(&sandbox, "");
        bob.says("match\n");
        std::thread::sleep(Duration::from_millis(50));
        kill_process(alice.process.unwrap(), signal).unwrap();
        alice.ends(code);
        bob.ends(5);
        nothing_is_left(&sandbox);
    }
}

#[test]
fn a_killed_side_leaves_the_other_one_without_a_key() {
    let sandbox = Sandbox::new();
    let [mut alice, mut bob] = people(&sandbox, "");
    kill_process(alice.process.unwrap(), Signal::KILL).unwrap();
    alice.ends(137);
    bob.ends(5);
    assert!(!sandbox.file("a.key").exists() && !sandbox.file("b.key").exists());
}

#[test]
fn answers_are_read_from_the_terminal_and_nowhere_else() {
    let sandbox = Sandbox::new();
    let [mut alice, mut bob] = people(&sandbox, "< /dev/null > a.out");
    alice.says("match\n");
    bob.says("match\n");
    alice.ends(0);
    bob.ends(0);
    assert_eq!(sandbox.text("a.out"), "");
}

#[test]
fn what_was_typed_before_the_code_is_no_answer() {
    let sandbox = Sandbox::new();
    let mut early = Dialogue::start(
        sandbox.command("setsid"),
        "echo ready; sleep 1; keypact exchange --listen unix:meet -o a.key; echo status=$?",
    );
    early.expect("ready");
    early.send("match\n");
    std::thread::sleep(Duration::from_millis(1200));
    let mut peer = Dialogue::start(
        sandbox.command("setsid"),
        "keypact exchange --connect unix:meet -o b.key; echo status=$?",
    );
    peer.expect(QUESTION);
    peer.send("match\n");
    early.expect(QUESTION);
    std::thread::sleep(Duration::from_millis(500));
    assert!(!sandbox.file("b.key").exists(), "an early answer passed");
    early.send("no\n");
    early.expect("status=3");
    peer.expect("status=3");
    assert!(!sandbox.file("a.key").exists() && !sandbox.file("b.key").exists());
}
