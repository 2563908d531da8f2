//! `--listen systemd`: sockets and connections that an activator hands over, and the drop box of docs/systemd.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/side.rs"]
mod side;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use sandbox::{Ran, Sandbox};
use side::Side;

const TRUST: &str = "exchange --trust-transport";

fn activator() -> Option<PathBuf> {
    let activator = tools::program("systemd-socket-activate");
    tools::are_there(&[&activator], "socket activation by systemd").then_some(activator)
}

/// Runs `keypact` when somebody comes to `address`.
fn activated(sandbox: &Sandbox, flags: &[&str], address: &str, words: &str) -> Option<Side> {
    let mut command = sandbox.command(activator()?);
    let home = format!("HOME={}", sandbox.home().display());
    command.args(flags).args(["-E", &home, "-l", address]);
    command
        .arg(env!("CARGO_BIN_EXE_keypact"))
        .args(words.split_whitespace());
    let mut side = Side::run(sandbox, command);
    side.says("Listening on ");
    Some(side)
}

fn start(sandbox: &Sandbox, words: &str) -> Side {
    Side::start(sandbox, &words.split_whitespace().collect::<Vec<_>>())
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_listening_socket_and_a_connection_are_taken_tcp_and_unix() {
    for flags in [&[][..], &["--accept"]] {
        for unix in [true, false] {
            let sandbox = Sandbox::new();
            let port = free_port();
            let (address, way) = if unix {
                let path = sandbox.file("door").display().to_string();
                (path.clone(), format!("unix:{path}"))
            } else {
                (format!("127.0.0.1:{port}"), format!("127.0.0.1:{port}"))
            };
            let words = format!("{TRUST} --listen systemd -o one");
            let Some(mut listener) = activated(&sandbox, flags, &address, &words) else {
                return;
            };
            start(&sandbox, &format!("{TRUST} --connect {way} -o two")).succeeds();
            if flags.is_empty() {
                listener.succeeds();
                assert!(
                    listener.stderr().contains("keypact: listening on "),
                    "{}",
                    listener.stderr()
                );
            } else {
                // The activator goes on, and what it has started has ended by now or will soon.
                listener.says("died with code 0");
            }
            assert_eq!(sandbox.read("one"), sandbox.read("two"));
        }
    }
}

/// A connection is one peer: whoever knocks has had the one try, and a listener waits for the next one.
#[test]
fn a_stranger_ends_a_connection_and_not_a_listener() {
    for (flags, goes_on) in [(&[][..], true), (&["--accept"], false)] {
        let sandbox = Sandbox::new();
        let path = sandbox.file("door").display().to_string();
        let words = format!("{TRUST} --listen systemd -o one");
        let Some(mut listener) = activated(&sandbox, flags, &path, &words) else {
            return;
        };
        let mut stranger = std::os::unix::net::UnixStream::connect(&path).unwrap();
        std::io::Write::write_all(&mut stranger, b"GET / HTTP/1.1\r\n\r\n").unwrap();
        if goes_on {
            listener.says("a connection led to no exchange");
            start(&sandbox, &format!("{TRUST} --connect unix:{path} -o two")).succeeds();
            listener.succeeds();
        } else {
            listener.says("died with code 5");
            assert!(!sandbox.file("one").exists());
        }
    }
}

#[test]
fn a_relay_is_activated() {
    let sandbox = Sandbox::new();
    let address = format!("127.0.0.1:{}", free_port());
    let Some(mut relay) = activated(&sandbox, &[], &address, "relay --listen systemd") else {
        return;
    };
    let way = format!("{TRUST} --relay {address}/our-place");
    let mut one = start(&sandbox, &format!("{way} -o one"));
    let mut two = start(&sandbox, &format!("{way} -o two"));
    one.succeeds();
    two.succeeds();
    assert_eq!(sandbox.read("one"), sandbox.read("two"));
    assert!(relay.is_running());
}

#[test]
fn nothing_else_is_taken() {
    let sandbox = Sandbox::new();
    let keypact = format!("exec keypact {TRUST} --listen systemd -o key");
    for (script, why) in [
        (keypact.clone(), "LISTEN_PID is not set"),
        (format!("LISTEN_PID=$$ {keypact}"), "LISTEN_FDS is not set"),
        (
            format!("LISTEN_PID=1 LISTEN_FDS=1 {keypact}"),
            "LISTEN_PID names another process: 1",
        ),
        (
            format!("LISTEN_PID=0$$ LISTEN_FDS=1 {keypact}"),
            "LISTEN_PID names another process",
        ),
        (format!("LISTEN_PID=$$ LISTEN_FDS=2 {keypact}"), "LISTEN_FDS says 2"),
        (format!("LISTEN_PID=$$ LISTEN_FDS=0 {keypact}"), "LISTEN_FDS says 0"),
        (format!("LISTEN_PID=$$ LISTEN_FDS=1 {keypact} 3<&-"), "descriptor 3"),
        (
            format!("LISTEN_PID=$$ LISTEN_FDS=1 {keypact} 3</dev/null"),
            "descriptor 3",
        ),
        (
            format!("LISTEN_PID=$$ LISTEN_FDS=1 {keypact} 3<>/dev/udp/127.0.0.1/9"),
            "descriptor 3",
        ),
    ] {
        let said = sandbox.shell(&script).fails(2);
        assert!(
            said.contains(why) && said.contains("--listen systemd"),
            "{script}: {said}"
        );
    }
    let ran = sandbox.keypact(&format!("{TRUST} --connect systemd -o key"));
    ran.fails(2);
    assert_eq!(sandbox.names(), [""; 0]);
}

/// The units, with the paths of this test in place of those of a machine.
fn units(sandbox: &Sandbox) -> [PathBuf; 2] {
    ["keypact-drop.socket", "keypact-drop.service"].map(|name| {
        let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/systemd").join(name);
        let text = fs::read_to_string(unit).unwrap();
        let text = text
            .replace("/usr/local/bin/keypact", env!("CARGO_BIN_EXE_keypact"))
            .replace("/var/lib/keypact-drop", &sandbox.file("drop").display().to_string());
        sandbox.write(name, text);
        sandbox.file(name)
    })
}

#[test]
fn the_units_of_the_drop_box_are_sound() {
    let analyze = tools::program("systemd-analyze");
    if !tools::are_there(&[&analyze], "the check of the units") {
        return;
    }
    let sandbox = Sandbox::new();
    let [socket, service] = units(&sandbox);
    let ran = Ran::new(
        sandbox
            .command(&analyze)
            .args(["verify", "--man=no"])
            .args([&socket, &service]),
        b"",
    );
    assert_eq!((ran.code(), ran.stderr().as_str()), (0, ""));
    // Ten times what is exposed: 20 is what the tool calls safe.
    let exposure = ["security", "--offline=true", "--threshold=20", "--no-pager"];
    Ran::new(sandbox.command(&analyze).args(exposure).arg(&service), b"").ok();
}

#[test]
fn the_drop_box_takes_what_its_peer_sends() {
    let sandbox = Sandbox::new();
    let [_, service] = units(&sandbox);
    let unit = fs::read_to_string(service).unwrap().replace("\\\n", " ");
    let command = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let (_, words) = command.split_once(' ').unwrap();

    sandbox.shell("mkdir -p drop/inbox").ok();
    for home in ["drop", "alice"] {
        sandbox.keypact(&format!("--home {home} key generate")).ok();
    }
    for (home, peer, name) in [("drop", "alice", "alice"), ("alice", "drop", "drop-box")] {
        let identity = sandbox.keypact(&format!("--home {peer} peer show")).ok();
        sandbox
            .keypact(&format!("--home {home} peer add {name} {}", identity.trim()))
            .ok();
    }
    let door = sandbox.file("door").display().to_string();
    for text in ["first", "second"] {
        sandbox.write("letter", text);
        let Some(mut drop_box) = activated(&sandbox, &[], &door, words) else {
            return;
        };
        start(
            &sandbox,
            &format!("--home alice send --peer drop-box --connect unix:{door} letter"),
        )
        .succeeds();
        drop_box.succeeds();
        fs::remove_file(&door).unwrap();
    }
    assert_eq!(sandbox.text("drop/inbox/letter"), "first");
    assert_eq!(sandbox.text("drop/inbox/letter-1"), "second");
}
