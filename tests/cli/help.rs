//! Help texts: one form for all, and examples that work.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use clap::{Command, CommandFactory};

use crate::sandbox::Sandbox;

fn commands() -> Vec<Command> {
    let mut root = keypact::cli::Cli::command();
    root.build();
    let mut commands = vec![root];
    let mut at = 0;
    while at < commands.len() {
        let children: Vec<_> = commands[at]
            .get_subcommands()
            .filter(|c| c.get_name() != "help")
            .cloned()
            .collect();
        commands.extend(children);
        at += 1;
    }
    commands
}

#[test]
fn every_command_and_flag_is_explained_in_one_form() {
    for command in commands() {
        let name = command.get_display_name().unwrap_or("keypact").to_owned();
        let about = command
            .get_about()
            .unwrap_or_else(|| panic!("{name} has no help"))
            .to_string();
        assert!(
            about.starts_with(char::is_uppercase) && !about.ends_with('.'),
            "{name}: {about}"
        );
        for argument in command.get_arguments() {
            let help = argument
                .get_help()
                .unwrap_or_else(|| panic!("{name} {} has no help", argument.get_id()));
            let help = help.to_string();
            assert!(
                help.starts_with(char::is_uppercase) && !help.ends_with('.'),
                "{name}: {help}"
            );
        }
    }
}

#[test]
fn every_example_works() {
    let mut count = 0;
    for command in commands() {
        let Some(help) = command.get_after_help().map(ToString::to_string) else {
            continue;
        };
        let sandbox = prepared();
        if help.contains(".mail") || help.contains("heard.txt") {
            carry_texts(&sandbox);
        }
        for line in help.lines().filter_map(|line| line.trim().strip_prefix("$ ")) {
            let ran = sandbox.shell(&format!("set -eo pipefail; {line}"));
            assert_eq!(ran.code(), 0, "{line}\n{}", ran.stderr());
            count += 1;
        }
    }
    assert!(count >= 10, "{count} examples were found");
}

/// An offer and an answer in mails of a peer, and an exchange that has come to its comparison.
fn carry_texts(sandbox: &Sandbox) {
    let script = "
        keypact --home peer offer -o offer.mail
        keypact offer | keypact --home peer accept -o answer.mail
        keypact offer | keypact --home peer accept | keypact finish 2> said.txt
        sed -n 's/.*the code to compare with your peer: //p' said.txt > heard.txt";
    sandbox.shell(script).ok();
}

/// The files that examples speak of.
fn prepared() -> Sandbox {
    let sandbox = Sandbox::new();
    let recipient = sandbox.keypact("key generate -o key.txt").ok();
    sandbox.identity("classic.txt");
    sandbox.keypact("key generate -o colleague.txt").ok();
    sandbox.write("alice.pub", include_str!("../ssh_keys/ed25519.pub"));
    sandbox.write("team.txt", recipient);
    sandbox.write("notes.txt", "remember the milk");
    sandbox.write("pass.txt", "correct horse battery staple");
    fs::set_permissions(sandbox.file("pass.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    sandbox.keypact("encrypt -i key.txt -o notes.age notes.txt").ok();
    sandbox.shell("mkdir archive && cp notes.age archive/one").ok();
    sandbox.shell("mkdir folder && cp notes.txt folder").ok();
    sandbox
        .shell("tar c notes.txt | keypact encrypt -i key.txt -o notes.tar.age")
        .ok();
    sandbox
        .keypact("encrypt -i key.txt --archive -o all.age notes.txt")
        .ok();
    sandbox
        .keypact("encrypt --passphrase-file pass.txt -o locked.age notes.txt")
        .ok();
    sandbox
        .shell("keypact courier pack --generate psk -o courier.psk --qr code.png && keypact courier pack courier.psk > words.txt")
        .ok();
    sandbox
        .keypact("courier split -k 2 -n 3 --identity classic.txt --output-dir shares")
        .ok();
    sandbox
}
