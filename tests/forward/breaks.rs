//! One side ends, dies, stops or breaks; a server or a client does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use rustix::process::Signal;

use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{SOON, around, echo, is_reset, serve};

/// Both sides with a connection through them that is in use.
fn in_use(sandbox: &Sandbox) -> ([Side; 2], TcpStream) {
    let (sides, address) = around(sandbox, &serve(echo));
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"?").unwrap();
    client.read_exact(&mut [0]).unwrap();
    (sides, client)
}

#[test]
fn whoever_is_asked_to_end_closes_the_session_for_both() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        for one in [0, 1] {
            let sandbox = Sandbox::new();
            let (mut sides, client) = in_use(&sandbox);
            sides[one].signal(signal);
            assert_eq!(sides[one].ends_within(SOON), code);
            assert_eq!(sides[1 - one].ends_within(SOON), 0, "{}", sides[1 - one].stderr());
            is_reset(client);
        }
    }
}

#[test]
fn whoever_is_killed_is_missed_and_its_connections_are_cut() {
    for one in [0, 1] {
        let sandbox = Sandbox::new();
        let (mut sides, client) = in_use(&sandbox);
        sides[one].signal(Signal::KILL);
        assert_eq!(sides[one].ends_within(SOON), 137);
        sides[1 - one].fails(5, "the peer is gone");
        // The connection of one that is killed is ended by the system, which knows no better.
        if one == 0 {
            is_reset(client);
        }
    }
}

#[test]
fn whoever_stops_is_given_up() {
    let sandbox = Sandbox::new();
    let server = serve(echo);
    let forward = format!("0:{server}");
    let [alice, mut bob] = crate::pair(&sandbox, &["--allow", &server], &["--timeout", "2", "-L", &forward]);
    alice.signal(Signal::STOP);
    assert_eq!(bob.ends_within(Duration::from_secs(10)), 5, "{}", bob.stderr());
    assert!(
        bob.stderr().contains("nothing was heard of the peer"),
        "{}",
        bob.stderr()
    );
}

#[test]
fn a_server_that_breaks_off_and_a_client_that_does_are_no_ends() {
    let sandbox = Sandbox::new();
    let (tell, told) = std::sync::mpsc::channel();
    let (mut sides, address) = around(
        &sandbox,
        &serve(move |mut stream| {
            let mut first = [0];
            stream.read_exact(&mut first).unwrap();
            if first == *b"b" {
                set_socket_linger(stream, Some(Duration::ZERO)).unwrap();
                return;
            }
            stream.write_all(b"!").unwrap();
            tell.send(stream.read(&mut [0]).map_err(|error| error.kind())).unwrap();
        }),
    );
    let mut client = TcpStream::connect(&address).unwrap();
    client.write_all(b"b").unwrap();
    is_reset(client);

    let mut client = TcpStream::connect(&address).unwrap();
    client.write_all(b"?").unwrap();
    client.read_exact(&mut [0]).unwrap();
    set_socket_linger(&client, Some(Duration::ZERO)).unwrap();
    drop(client);
    let seen = told.recv_timeout(SOON).unwrap();
    assert_eq!(seen, Err(std::io::ErrorKind::ConnectionReset));
    assert!(sides.iter_mut().all(Side::is_running));
}

/// Each leaves at another moment: before it is asked for at the other side, while that connects, or just after.
#[test]
fn clients_that_leave_at_once_are_no_ends_either() {
    let sandbox = Sandbox::new();
    let (tell, told) = std::sync::mpsc::channel();
    let (mut sides, address) = around(
        &sandbox,
        &serve(move |mut stream| tell.send(stream.read(&mut [0]).map_err(|error| error.kind())).unwrap()),
    );
    for number in 0..200 {
        let client = TcpStream::connect(&address).unwrap();
        std::thread::sleep(Duration::from_micros(20 * (number % 50)));
        set_socket_linger(&client, Some(Duration::ZERO)).unwrap();
    }
    let seen: Vec<_> = std::iter::from_fn(|| told.recv_timeout(Duration::from_secs(1)).ok()).collect();
    assert!(seen.len() > 20, "{} have come", seen.len());
    let broken = Err(std::io::ErrorKind::ConnectionReset);
    assert!(seen.iter().all(|seen| *seen == broken), "{seen:?}");
    assert!(sides.iter_mut().all(Side::is_running));
}
