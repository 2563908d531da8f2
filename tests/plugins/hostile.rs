//! Plugins that die, lie, and never end.

use crate::Bench;
use crate::dialogue::Dialogue;

/// Takes the client's first phase.
const LISTEN: &str = "while read -r line && [ \"$line\" != '-> done' ]; do :; done; read -r line\n";
const STANZA: &str = "printf -- '-> recipient-stanza 0 fake\\n\\n'; read -r; read -r\n";
const DONE: &str = "printf -- '-> done\\n\\n'\n";

fn bench() -> Bench {
    let bench = Bench::new();
    bench.sandbox.write("plain", "text");
    bench.identity("fake");
    bench.script("fake", &format!("{LISTEN}{STANZA}{DONE}"));
    bench.keypact("encrypt -i identity -o sealed plain").ok();
    bench
}

#[track_caller]
fn fails(bench: &Bench, words: &str, said: &str) {
    let fault = bench.keypact(&format!("--error-format json {words}")).fails(1);
    let last = fault.lines().last().unwrap();
    assert!(
        last.contains(r#""kind":"plugin""#) && last.contains(said),
        "{said:?}: {fault}"
    );
    assert!(!bench.sandbox.file("out").exists());
}

#[test]
fn whatever_goes_wrong_in_encryption_is_said() {
    let bench = bench();
    for (script, said) in [
        (
            "echo 'no token' >&2; echo $'\\e[31mtwo\\n' >&2; exit 3",
            "exit status: 3; it wrote: no token | \\\\u{1b}[31mtwo",
        ),
        (
            "yes 'far too much' | head -n 9000 >&2; echo the end >&2; kill -9 $$",
            "far too much | the end",
        ),
        ("exec >&-; exec sleep 1000", "signal: 9"),
        ("echo Usage: age-plugin-fake", "begins no stanza"),
        (
            "printf -- '-> '; exec tr '\\0' a < /dev/zero",
            "longer than is accepted",
        ),
        ("printf -- '-> labels a a\\n\\n'; exec sleep 1000", "twice"),
        ("printf -- '-> recipient-stanza 1 fake\\n\\n'; exec sleep 1000", "index"),
        (
            "printf -- '-> error identity 0\\nbm8gdG9rZW4\\n'; read; read; printf -- '-> done\\n\\n'",
            "identity 1: no token",
        ),
        ("printf -- '-> done\\n\\n'", "no stanza"),
    ] {
        bench.script("fake", &format!("{LISTEN}{script}"));
        fails(&bench, "encrypt -i identity -o out plain", said);
    }
    // It does not even listen, and has more to hear than a pipe holds.
    bench.script("fake", "exec <&-; echo broken >&2; exit 1");
    let many: String = (0..2000).map(|_| bench.sandbox.text("identity") + "\n").collect();
    bench.sandbox.write("many", many);
    fails(&bench, "encrypt -i many -o out plain", "it wrote: broken");
}

#[test]
fn whatever_goes_wrong_in_decryption_is_said_unless_another_identity_fits() {
    let bench = bench();
    let file_key = "printf -- '-> file-key 0\\nAAAAAAAAAAAAAAAAAAAAAA\\n'; read; read;";
    bench.keypact("key generate --type x25519 -o key").ok();
    bench.keypact("encrypt -i key -i identity -o both plain").ok();
    for (script, said) in [
        ("exit 1".to_owned(), "exit status: 1"),
        (format!("{file_key} {file_key} exec sleep 1000"), "two file keys"),
        (
            "printf -- '-> file-key 1\\nAAAAAAAAAAAAAAAAAAAAAA\\n'; exec sleep 1000".to_owned(),
            "index",
        ),
        (
            "printf -- '-> error stanza 0 0\\nb2Rk\\n'; read; read; printf -- '-> done\\n\\n'".to_owned(),
            "stanza 1: odd",
        ),
    ] {
        bench.script("fake", &format!("{LISTEN}{script}"));
        fails(&bench, "decrypt -i identity -o out sealed", said);
        assert_eq!(bench.keypact("decrypt -i identity -i key both").ok(), "text");
    }
    // A wrong file key is a changed header, and no file key is no match.
    for (script, code, kind) in [(file_key, 3, "header_mac"), ("", 4, "no_match")] {
        bench.script("fake", &format!("{LISTEN}{script}{DONE}"));
        let fault = bench
            .keypact("--error-format json decrypt -i identity -o out sealed")
            .fails(code);
        assert!(fault.contains(kind), "{fault}");
    }
}

#[test]
fn only_absolute_folders_are_searched() {
    let bench = bench();
    bench.script(
        "fake",
        &format!(
            "touch '{}'\n{LISTEN}{STANZA}{DONE}",
            bench.sandbox.file("run").display()
        ),
    );
    let find = |path: &str| {
        let mut command = bench.command(env!("CARGO_BIN_EXE_keypact"));
        command.env("PATH", path).current_dir(bench.folder());
        let identity = bench.sandbox.file("identity");
        let words = ["--error-format", "json", "encrypt", "-i", identity.to_str().unwrap()];
        crate::sandbox::Ran::new(command.args(words), b"text")
    };
    for path in [".", "", ":", "../plugins", "plugins"] {
        let fault = find(path).fails(1);
        assert!(fault.contains("age-plugin-fake is not installed"), "{path:?}: {fault}");
        assert!(!bench.sandbox.file("run").exists());
    }
    let folder = bench.folder();
    assert_eq!(
        find(&format!(".:/nowhere:{}:/usr/bin:/bin", folder.display())).code(),
        0
    );
    assert!(bench.sandbox.file("run").exists());
    // A name that would lead elsewhere is no name.
    let stderr = bench.keypact("encrypt -j ../plugins/age-plugin-fake plain").fails(2);
    assert!(stderr.contains("is no name of a plugin"), "{stderr}");
}

#[test]
fn a_plugin_sees_neither_secrets_nor_our_folder() {
    let bench = bench();
    bench.sandbox.write("seen", "");
    let seen = bench.sandbox.file("seen");
    bench.script(
        "fake",
        &format!(
            "{{ pwd; echo \"$0 $*\"; env; }} > '{}'\n{LISTEN}{STANZA}{DONE}",
            seen.display()
        ),
    );
    bench.keypact("encrypt -i identity -o again plain").ok();
    let seen = bench.sandbox.text("seen");
    assert!(
        seen.starts_with("/\n") && seen.contains("--age-plugin=recipient-v1\n"),
        "{seen}"
    );
    assert!(!seen.contains("AGE-PLUGIN"), "{seen}");

    // Nor what the caller handed over as a descriptor.
    bench.sandbox.write("pass", "open sesame\n");
    bench
        .shell("keypact encrypt -a --passphrase-file pass -o locked identity")
        .ok();
    let script = format!(
        "ls -l /proc/$$/fd > '{}'\n{LISTEN}{STANZA}{DONE}",
        bench.sandbox.file("seen").display()
    );
    bench.script("fake", &script);
    bench
        .shell("keypact encrypt -i locked --passphrase-file fd:3 -o again plain 3< pass")
        .ok();
    let seen = bench.sandbox.text("seen");
    assert!(seen.contains("pipe:") && !seen.contains("/pass"), "{seen}");
}

#[test]
fn questions_of_plugins_come_to_the_terminal() {
    let bench = bench();
    let ask = "printf -- '-> msg\\nVG91Y2g\\n'; read -r; read -r
        printf -- '-> request-secret\\nUElO\\n'; read -r; read -r pin
        printf -- '-> request-public\\nTmFtZQ\\n'; read -r; read -r name
        printf -- '-> confirm WWVz Tm8\\nU3VyZQ\\n'; read -r answer; read -r
        echo \"$pin $name $answer\" >&2; exit 1";
    bench.script("fake", &format!("{LISTEN}{ask}"));
    let mut person = Dialogue::start(
        bench.command("setsid"),
        "keypact decrypt -i identity sealed; echo code $?",
    );
    person.expect("age-plugin-fake: Touch");
    person.expect("age-plugin-fake: PIN: ");
    assert!(!person.echoes());
    person.send("1234\n");
    person.expect("age-plugin-fake: Name: ");
    assert!(person.echoes());
    person.send("alice\n");
    person.expect("age-plugin-fake: Sure (y = Yes, n = No): ");
    person.send("n\n");
    person.expect("it wrote: MTIzNA YWxpY2U -> ok no");
    person.expect("code 1");

    let stderr = bench.keypact("--no-input decrypt -i identity sealed").fails(1);
    assert!(
        stderr.contains("--no-input forbids questions") && stderr.contains("-> fail"),
        "{stderr}"
    );
}

#[test]
fn a_silent_plugin_is_named_and_dies_with_us() {
    let bench = bench();
    bench.script("fake", "echo $$ > \"$HOME/pid\"; exec sleep 1000");
    let mut person = Dialogue::start(
        bench.command("setsid"),
        "keypact decrypt -i identity sealed; echo code $?",
    );
    person.expect("waiting for age-plugin-fake");
    let plugin = bench.sandbox.home().join("pid");
    let pid = std::fs::read_to_string(plugin).unwrap();
    let script = format!(
        "kill -INT $(grep PPid /proc/{pid}/status | cut -f2); while [ -e /proc/{pid} ]; do read -t 0.05 < <(:) || :; done",
        pid = pid.trim()
    );
    bench.shell(&script).ok();
    person.expect("code 130");
}
