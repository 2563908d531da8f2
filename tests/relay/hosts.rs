//! Relays that are none.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::sandbox::Sandbox;
use crate::start;

/// A side that asks somebody who does `act` instead of relaying; it fails soon.
#[track_caller]
fn met(act: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let sandbox = Sandbox::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut side = start(
        &sandbox,
        &format!("exchange --trust-transport --wait 1 -o key --relay {address}/our-place"),
    );
    let (mut stream, _) = listener.accept().unwrap();
    let mut line = [0; 104];
    stream.read_exact(&mut line).unwrap();
    let line = String::from_utf8(line.to_vec()).unwrap();
    assert!(line.starts_with("please relay ") && line[77..].starts_with(" for side ") && line.ends_with('\n'));
    let host = thread::spawn(move || act(stream));
    let code = side.ends_within(Duration::from_secs(5));
    assert_eq!(code, 5, "{}", side.stderr());
    assert_eq!(sandbox.names(), [""; 0]);
    host.join().unwrap();
    side.stderr()
}

#[test]
fn what_a_relay_says_is_shown() {
    for (says, shown) in [
        ("bad handshake\n", "it says: bad handshake"),
        ("impatient\n", "it says: impatient"),
        ("in use\n", "it says: in use"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "it says: HTTP/1.1 400 Bad Request"),
        ("\u{1b}[2Jok\n", "it says: \\u{1b}[2Jok"),
        ("ok", "it says: ok"),
        ("OK\n", "it says: OK"),
        ("", "it ended the connection before"),
    ] {
        let said = met(move |mut stream| stream.write_all(says.as_bytes()).unwrap());
        assert!(
            said.contains(shown) && said.contains("does not lead to the peer"),
            "{said}"
        );
    }
}

#[test]
fn a_flood_is_not_read_to_its_end() {
    let said = met(|mut stream| while stream.write_all(&[b'x'; 4096]).is_ok() {});
    assert!(said.contains("it says: xxx"), "{said}");
}

#[test]
fn silence_and_dribbling_end_with_the_patience() {
    for byte in [None, Some(b"x")] {
        let said = met(move |mut stream| {
            stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
            // The other side hangs up.
            while stream
                .read(&mut [0])
                .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
            {
                let _ = byte.map(|byte| stream.write_all(byte));
            }
        });
        assert!(said.contains("nobody came in time"), "{said}");
    }
}

/// Behind `ok` begins the wire, wherever the pieces are cut.
#[test]
fn a_relay_that_is_the_peer_itself_is_met() {
    let said = met(|mut stream| {
        for byte in b"ok\nKPX9\x01\0\0\0" {
            stream.write_all(&[*byte]).unwrap();
            thread::sleep(Duration::from_millis(2));
        }
        // The other side has gone.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    assert!(said.contains("version"), "{said}");
}
