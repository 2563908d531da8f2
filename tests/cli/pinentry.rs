//! Passphrases through a pinentry.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::dialogue::Dialogue;
use crate::sandbox::{Ran, Sandbox};
use crate::tools;

/// A pinentry that writes down what it is told and answers `GETPIN` with the lines of `answer`.
fn sandbox(answer: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pass", "100 % open\n");
    sandbox.write("plain", "treasure");
    sandbox.keypact("encrypt --passphrase-file pass -o locked plain").ok();
    let log = sandbox.file("log");
    sandbox.write(
        "pinentry",
        format!(
            "#!/bin/bash\necho 'OK Pleased to meet you'\nwhile read -r line; do\necho \"$line\" >> '{}'\ncase $line in\n\
             GETPIN) printf '{answer}' ;;\nBYE) echo OK; exit ;;\nOPTION*) echo 'ERR 83886254 Unknown option' ;;\n*) echo OK ;;\nesac\ndone\n",
            log.display()
        ),
    );
    fs::set_permissions(sandbox.file("pinentry"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
}

fn keypact(sandbox: &Sandbox, pinentry: &str, words: &str) -> Ran {
    let mut command = sandbox.command("setsid");
    let path = format!("/nowhere:{}:/usr/bin:/bin", sandbox.folder().display());
    command.env("KEYPACT_PINENTRY", pinentry).env("PATH", path);
    command
        .arg(env!("CARGO_BIN_EXE_keypact"))
        .args(words.split_whitespace());
    Ran::new(&mut command, b"")
}

#[test]
fn a_passphrase_comes_from_the_window() {
    let sandbox = sandbox("# a comment\\nS A STATUS\\nD 100 %%25 o\\nD pen\\nOK\\n");
    let path = sandbox.file("pinentry");
    for name in ["pinentry", path.to_str().unwrap()] {
        assert_eq!(keypact(&sandbox, name, "decrypt locked").ok(), "treasure");
    }
    let log = sandbox.text("log");
    assert!(
        log.contains("SETDESC Passphrase of locked\n") && log.contains("BYE\n"),
        "{log}"
    );
    // A new one is asked for twice; a given one is not asked for.
    keypact(&sandbox, "pinentry", "encrypt -p -o new plain").ok();
    assert_eq!(sandbox.keypact("decrypt --passphrase-file pass new").ok(), "treasure");
    sandbox.write("log", "");
    keypact(&sandbox, "pinentry", "decrypt --passphrase-file pass locked").ok();
    assert_eq!(sandbox.text("log"), "");
}

#[test]
fn a_window_that_gives_nothing_is_told_apart() {
    for (answer, code, said) in [
        ("OK\\n", 4, "no passphrase was typed"),
        ("ERR 83886179 Operation cancelled\\n", 1, "was not answered"),
        ("ERR 83886340 Invalid IPC response\\n", 1, "Invalid IPC response"),
        ("D wrong\\nOK\\n", 4, "wrong passphrase"),
        ("%01200d\\nOK\\n", 1, "the pinentry failed"),
    ] {
        let sandbox = sandbox(answer);
        let stderr = keypact(&sandbox, "pinentry", "decrypt -o out locked").fails(code);
        assert!(stderr.contains(said), "{stderr}");
        assert!(!sandbox.file("out").exists());
    }
    let sandbox = sandbox("D 100 %%25 open\\nOK\\n");
    for (name, said) in [
        ("none", "there is no pinentry none"),
        ("./pinentry", "there is no pinentry ./pinentry"),
    ] {
        let stderr = keypact(&sandbox, name, "decrypt locked").fails(1);
        assert!(stderr.contains(said), "{stderr}");
    }
    let stderr = keypact(&sandbox, "pinentry", "--no-input decrypt locked").fails(2);
    assert!(stderr.contains("--no-input forbids"), "{stderr}");
}

#[test]
fn the_one_for_terminals_works() {
    if !tools::are_there(&[tools::program("pinentry-curses")], "pinentry-curses") {
        return;
    }
    let sandbox = sandbox("OK\\n");
    let mut command = sandbox.command("setsid");
    command.env("KEYPACT_PINENTRY", "pinentry-curses");
    let mut person = Dialogue::start(
        command,
        "export TERM=vt100; keypact decrypt -o out locked; echo code $?",
    );
    person.expect("Passphrase of locked");
    person.send("100 % open\r");
    person.expect("code 0");
    assert_eq!(sandbox.text("out"), "treasure");
}
