//! Real ssh as the wire, to a server of its own on this machine: in both directions, and with a login that talks.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::sandbox::{Ran, Sandbox};
use crate::side::{Side, keypact};
use crate::sshd::{self, Server};

/// A server that greets with `first`, or nothing when the programs for it are missing.
fn server(sandbox: &Sandbox, first: &str) -> Option<Server> {
    sshd::can("an exchange over real ssh").then(|| Server::greeting(sandbox, sshd::somewhere(), &[], first))
}

/// This side, with `auth` over a command that runs `there` at the other end.
fn here(sandbox: &Sandbox, server: &Server, auth: &str, there: &str) -> Side {
    let ssh = format!("ssh -T there.example keypact {there}");
    let mut words = vec!["exchange", "--exec", &ssh, "-o", "here.key"];
    words.extend(auth.split(' '));
    Side::run(sandbox, server.reached_by(keypact(sandbox, &words)))
}

/// Both ends hold a courier key.
fn give_a_key(sandbox: &Sandbox) {
    for place in ["psk", "remote/psk"] {
        sandbox.write(place, "00112233445566778899aabbccddeeff\n");
        fs::set_permissions(sandbox.file(place), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[track_caller]
fn same_keys(sandbox: &Sandbox) {
    let remote = sandbox.file("remote/there.key");
    assert_eq!(fs::read(&remote).unwrap(), sandbox.read("here.key"));
    assert_eq!(remote.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn ssh_carries_an_exchange_to_the_program_that_it_starts() {
    let sandbox = Sandbox::new();
    let Some(server) = server(&sandbox, "") else {
        return;
    };
    give_a_key(&sandbox);
    for auth in ["--trust-transport", "--psk-file psk"] {
        let there = format!("exchange --stdio {auth} -o there.key");
        here(&sandbox, &server, auth, &there).succeeds();
        same_keys(&sandbox);
        for name in ["here.key", "remote/there.key"] {
            fs::remove_file(sandbox.file(name)).unwrap();
        }
    }
}

/// The other end goes to this side, through a socket that ssh forwards from there.
#[test]
fn ssh_leads_the_other_end_to_this_side() {
    let sandbox = Sandbox::new();
    let Some(server) = server(&sandbox, "") else {
        return;
    };
    give_a_key(&sandbox);
    let doors = format!(
        "{}:{}",
        sandbox.file("remote/door").display(),
        sandbox.file("door").display()
    );
    let words = "exchange --listen unix:door --psk-file psk -o here.key";
    let mut here = Side::start(&sandbox, &words.split(' ').collect::<Vec<_>>());
    here.says("listening");
    let there = "keypact exchange --connect unix:door --psk-file psk -o there.key";
    let mut ssh = server.reached_by(sandbox.command("ssh"));
    Ran::new(ssh.args(["-T", "-R", &doors, "there.example", there]), b"").ok();
    here.succeeds();
    same_keys(&sandbox);
}

/// What a login prints before the program starts is no message; it is shown, and nothing is agreed.
#[test]
fn a_login_that_talks_is_told_as_such() {
    let sandbox = Sandbox::new();
    let talk = "printf 'Welcome to \\033[31mmars\\033[0m, you have mail\\n'; ";
    let Some(server) = server(&sandbox, talk) else {
        return;
    };
    let there = "exchange --stdio --trust-transport --wait 5 -o there.key";
    let mut here = here(&sandbox, &server, "--trust-transport", there);
    here.fails(5, "the peer is not keypact");
    let said = here.stderr();
    assert!(said.contains("Welcome to \\u{1b}[31mmars"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
    assert_eq!(sandbox.names(), ["remote"]);
    assert!(!sandbox.file("remote/there.key").exists());
}

/// A host that is not the one it was: ssh refuses, and its reason is seen.
#[test]
fn an_ssh_that_fails_is_named() {
    let sandbox = Sandbox::new();
    let Some(server) = server(&sandbox, "") else {
        return;
    };
    server.is_somebody_else();
    let there = "exchange --stdio --trust-transport -o there.key";
    let mut here = here(&sandbox, &server, "--trust-transport", there);
    here.fails(5, "exit status: 255");
    assert!(
        here.stderr().contains("Host key verification failed"),
        "{}",
        here.stderr()
    );
    assert!(!sandbox.file("here.key").exists());
}
