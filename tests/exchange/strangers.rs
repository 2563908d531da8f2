//! Peers that are none: shells, scanners, floods, silence.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use rustix::process::Signal;

use crate::sandbox::Sandbox;
use crate::side::Side;

const SOON: Duration = Duration::from_secs(5);

fn caller(sandbox: &Sandbox) -> Side {
    let words = [
        "exchange",
        "--trust-transport",
        "--connect",
        "unix:meet",
        "--wait",
        "2",
        "-o",
        "a.key",
    ];
    Side::start(sandbox, &words)
}

fn listener(sandbox: &Sandbox) -> Side {
    let words = [
        "exchange",
        "--trust-transport",
        "--listen",
        "unix:meet",
        "--wait",
        "20",
        "-o",
        "b.key",
    ];
    let mut listener = Side::start(sandbox, &words);
    listener.address();
    listener
}

/// A caller meets somebody who does `act`; it fails soon.
#[track_caller]
fn met(act: impl FnOnce(UnixStream) + Send + 'static) -> String {
    let sandbox = Sandbox::new();
    let waiting = UnixListener::bind(sandbox.file("meet")).unwrap();
    let mut side = caller(&sandbox);
    let (stream, _) = waiting.accept().unwrap();
    thread::spawn(move || act(stream));
    let code = side.ends_within(SOON);
    assert_eq!(code, 5, "{}", side.stderr());
    assert_eq!(sandbox.names(), ["meet"]);
    let said = side.stderr();
    assert!(said.contains("keypact: hint: "), "{said}");
    said
}

#[test]
fn text_of_a_shell_is_shown_harmlessly() {
    for text in [
        "Last login: Fri Nov 20 08:00:00 from 192.0.2.1\r\n",
        "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}exe.txt\r\nkeypact: agreed",
        "SSH-2.0-OpenSSH_9.2p1\r\n",
        "sh: 1: keypact: not found\n",
        "no",
    ] {
        let said = met(move |mut stream| {
            stream.write_all(text.as_bytes()).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        });
        assert!(said.contains("the peer is not keypact"), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}', '\r']), "{said:?}");
        assert!(!said.lines().any(|line| line == "keypact: agreed"), "{said}");
    }
}

#[test]
fn garbage_is_refused() {
    for garbage in [
        &[0x16, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3][..],
        &[0; 4096],
        &[0xff; 9],
        b"KPX1\x02\xff\xff\xff",
    ] {
        met(move |mut stream| {
            stream.write_all(garbage).unwrap();
            // The other side may have gone in the middle of it.
            let _ = stream.read(&mut [0]);
        });
    }
}

#[test]
fn a_flood_is_neither_kept_nor_listened_to() {
    let starts: [&[u8]; 3] = [b"", &[0x20, 0, 0x10, 0], b"KPX1\x0f\0\0\x02\x08!"];
    for start in starts {
        let sandbox = Sandbox::new();
        let waiting = UnixListener::bind(sandbox.file("meet")).unwrap();
        let mut side = caller(&sandbox);
        let (mut stream, _) = waiting.accept().unwrap();
        let flood = thread::spawn(move || {
            let block = [start, &[0x20; 4096]].concat();
            let mut sent = 0usize;
            while stream.write_all(&block).is_ok() {
                sent += block.len();
            }
            sent
        });
        let mut peak = 0;
        while side.is_running() && side.age() < SOON {
            peak = peak.max(side.peak_kib().unwrap_or(0));
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(side.ends_within(SOON), 5, "{}", side.stderr());
        assert!(peak < 24 * 1024, "{peak} KiB");
        flood.join().unwrap();
    }
}

#[test]
fn a_scanner_that_knocks_ends_no_ceremony() {
    let sandbox = Sandbox::new();
    let mut listener = listener(&sandbox);
    for knock in [
        &b""[..],
        b"GET / HTTP/1.1\r\n\r\n",
        &[0; 64],
        b"KPX9\x01\0\0\0",
        b"KPX1\x03\0\0\0",
    ] {
        let mut stream = UnixStream::connect(sandbox.file("meet")).unwrap();
        // Errors are the scanner's own.
        let _ = stream.write_all(knock);
    }
    let mut caller = caller(&sandbox);
    caller.succeeds();
    listener.succeeds();
    assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
    assert_eq!(
        listener.stderr().matches("warning: a connection").count(),
        5,
        "{}",
        listener.stderr()
    );
}

/// What a port scanner leaves behind has no address any more when it is taken in.
#[test]
fn a_scanner_that_resets_ends_no_ceremony() {
    let sandbox = Sandbox::new();
    let words = |way: &str| format!("exchange --trust-transport {way}");
    let start = |way: &str| Side::start(&sandbox, &words(way).split(' ').collect::<Vec<_>>());
    let mut listener = start("--listen 127.0.0.1:0 --wait 20 -o b.key");
    let address = listener.address();
    listener.signal(Signal::STOP);
    let scanner = TcpStream::connect(&address).unwrap();
    set_socket_linger(&scanner, Some(Duration::ZERO)).unwrap();
    drop(scanner);
    listener.signal(Signal::CONT);
    start(&format!("--connect {address} -o a.key")).succeeds();
    listener.succeeds();
    assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
}

#[test]
fn somebody_who_connects_and_says_nothing_only_delays() {
    let sandbox = Sandbox::new();
    let mut listener = listener(&sandbox);
    let _silent = UnixStream::connect(sandbox.file("meet")).unwrap();
    thread::sleep(Duration::from_millis(50));
    let mut caller = Side::start(
        &sandbox,
        &[
            "exchange",
            "--trust-transport",
            "--connect",
            "unix:meet",
            "--wait",
            "25",
            "-o",
            "a.key",
        ],
    );
    caller.succeeds();
    listener.succeeds();
    assert_eq!(sandbox.read("a.key"), sandbox.read("b.key"));
}

#[test]
fn a_listener_that_nobody_comes_to_and_a_caller_that_nobody_answers_give_up() {
    let sandbox = Sandbox::new();
    for way in ["--listen", "--connect"] {
        let words = [
            "exchange",
            "--trust-transport",
            way,
            "unix:nobody",
            "--wait",
            "1",
            "-o",
            "key",
        ];
        let mut side = Side::start(&sandbox, &words);
        assert_eq!(side.ends_within(SOON), 5);
        assert!(side.age() > Duration::from_millis(900));
        assert!(side.stderr().contains("--wait"), "{}", side.stderr());
    }
    assert_eq!(sandbox.names(), [""; 0]);
}
