//! Clients at one side, servers at the other, and many of them at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use keypact::channel::{Cipher, Kind};
use keypact::crypto::rng::OsRng;

use crate::meeting::meet;
use crate::relay::message;
use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{SOON, around, content, echo, entrance, is_reset, pair, serve, tools};

#[test]
fn a_web_server_is_reached() {
    let python = tools::program("python3");
    if !tools::are_there(&[&python], "a web server behind a forward") {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("page", "something to read");
    let mut command = sandbox.command(python);
    command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let port = line.split(' ').nth(5).unwrap();
    let (_sides, address) = around(&sandbox, &format!("127.0.0.1:{port}"));
    for _ in 0..3 {
        let mut client = TcpStream::connect(&address).unwrap();
        client.write_all(b"GET /page HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("something to read"), "{answer}");
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

/// What comes back of what was sent, with the end of the one before the end of the other.
fn there_and_back(address: &str, text: &[u8]) -> Vec<u8> {
    let client = TcpStream::connect(address).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            (&client).write_all(text).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
        });
        let mut back = Vec::new();
        (&client).read_to_end(&mut back).unwrap();
        back
    })
}

#[test]
fn fifty_streams_at_once_keep_apart() {
    let sandbox = Sandbox::new();
    let (_sides, address) = around(&sandbox, &serve(echo));
    thread::scope(|scope| {
        for seed in 0..50 {
            let address = &address;
            scope.spawn(move || {
                let text = content(1_000_000 + 4096 * usize::try_from(seed).unwrap(), seed);
                assert!(there_and_back(address, &text) == text, "stream {seed}");
            });
        }
    });
}

#[test]
fn one_stream_that_is_stuck_holds_up_no_other_and_little_memory() {
    let sandbox = Sandbox::new();
    let (sides, address) = around(
        &sandbox,
        &serve(|mut stream| {
            let mut first = [0];
            stream.read_exact(&mut first).unwrap();
            if first == *b"s" {
                return thread::sleep(Duration::from_secs(60));
            }
            echo(stream);
        }),
    );
    let stuck: Vec<_> = (0..3)
        .map(|_| {
            let mut stuck = TcpStream::connect(&address).unwrap();
            stuck.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
            // Until nobody takes any more.
            assert!(stuck.write_all(&vec![b's'; 64 << 20]).is_err());
            stuck
        })
        .collect();
    let text = content(20_000_000, 1);
    assert!(there_and_back(&address, &text) == text[1..]);
    for side in &sides {
        let peak = side.peak_kib().unwrap_or_default();
        assert!(peak < 48 * 1024, "{peak} KiB");
    }
    drop(stuck);
}

#[test]
fn a_server_may_end_first() {
    let sandbox = Sandbox::new();
    let (tell, told) = std::sync::mpsc::channel();
    let (_sides, address) = around(
        &sandbox,
        &serve(move |mut stream| {
            stream.write_all(b"all that I have").unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut rest = String::new();
            stream.read_to_string(&mut rest).unwrap();
            tell.send(rest).unwrap();
        }),
    );
    let mut client = TcpStream::connect(&address).unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    assert_eq!(text, "all that I have");
    client.write_all(b"thanks").unwrap();
    drop(client);
    assert_eq!(told.recv_timeout(SOON).unwrap(), "thanks");
}

#[test]
fn only_what_is_allowed_is_reached_and_refusals_end_at_once() {
    let sandbox = Sandbox::new();
    let server = serve(echo);
    let port = server.rsplit_once(':').unwrap().1;
    let forwards = [
        format!("unix:one:127.0.0.1:{port}"),
        format!("unix:two:localhost:{port}"),
        "unix:three:127.0.0.1:1".to_owned(),
        "unix:four:unix:nothing".to_owned(),
        "unix:five:no-such-host.invalid:1".to_owned(),
        "unix:six:unix:/etc/passwd".to_owned(),
    ];
    let words: Vec<&str> = forwards.iter().flat_map(|forward| ["-L", forward]).collect();
    let allowed = [
        "--allow",
        "127.0.0.1:*",
        "--allow",
        "unix:nothing",
        "--allow",
        "no-such-host.invalid:1",
    ];
    let [mut alice, mut bob] = pair(&sandbox, &allowed, &words);
    bob.says("unix:six leads to");
    let through = |name: &str| {
        let mut client = UnixStream::connect(sandbox.file(name)).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let _ = client.write_all(b"hello");
        let _ = client.shutdown(Shutdown::Write);
        let mut text = String::new();
        let _ = client.read_to_string(&mut text);
        text
    };
    assert_eq!(through("one"), "hello");
    for (name, why) in [
        ("two", "the peer does not allow it"),
        ("three", "nobody listens there"),
        ("five", "the peer cannot reach it"),
    ] {
        assert_eq!(through(name), "");
        bob.says(why);
    }
    assert_eq!(through("four") + &through("six"), "");
    assert_eq!(through("one"), "hello");
    let said = alice.says(&format!("refused to connect to localhost:{port}"));
    assert!(said.contains("refused to connect to unix:/etc/passwd"), "{said}");
}

#[test]
fn nothing_is_allowed_unless_it_is_said_and_both_may_say_it() {
    let sandbox = Sandbox::new();
    let (here, there) = (serve(echo), serve(echo));
    let [to_here, back] = [&here, &there].map(|server| format!("0:{server}"));
    let [mut alice, mut bob] = pair(&sandbox, &["--allow", &here, "-L", &back], &["-L", &to_here]);
    let text = content(100_000, 3);
    assert!(there_and_back(&entrance(&mut bob), &text) == text);
    is_reset(TcpStream::connect(entrance(&mut alice)).unwrap());
    drop((alice, bob));
    let both = ["--allow", &here, "--allow", &there];
    let [mut alice, mut bob] = pair(
        &sandbox,
        &[&both[..], &["-L", &back]].concat(),
        &[&both[..], &["-L", &to_here]].concat(),
    );
    for address in [entrance(&mut alice), entrance(&mut bob)] {
        assert!(there_and_back(&address, &text) == text);
    }
}

#[test]
fn there_is_room_for_256_and_one_that_ends_makes_room() {
    let sandbox = Sandbox::new();
    let (mut sides, address) = around(&sandbox, &serve(echo));
    let greet = |client: &mut TcpStream| {
        client.write_all(b"?").unwrap();
        client.read_exact(&mut [0]).unwrap();
    };
    let mut clients: Vec<_> = (0..256).map(|_| TcpStream::connect(&address).unwrap()).collect();
    clients.iter_mut().for_each(greet);
    is_reset(TcpStream::connect(&address).unwrap());
    sides[1].says("too many are open");
    clients.iter_mut().for_each(greet);
    drop(clients.pop());
    let end = Instant::now() + SOON;
    let is_taken = || {
        let mut client = TcpStream::connect(&address).unwrap();
        client.write_all(b"?").is_ok() && client.read_exact(&mut [0]).is_ok()
    };
    while !is_taken() {
        assert!(Instant::now() < end, "no room again");
    }
    assert!(sides.iter_mut().all(Side::is_running));
}

#[test]
fn an_idle_session_outlives_the_patience() {
    let sandbox = Sandbox::new();
    let server = serve(echo);
    let forward = format!("0:{server}");
    let patience = ["--timeout", "11"];
    let mut sides = pair(
        &sandbox,
        &[&patience[..], &["--allow", &server]].concat(),
        &[&patience[..], &["-L", &forward]].concat(),
    );
    let address = entrance(&mut sides[1]);
    thread::sleep(Duration::from_secs(13));
    assert_eq!(there_and_back(&address, b"still here"), b"still here");
}

#[test]
fn keys_are_made_afresh_as_often_as_the_peer_asks() {
    let sandbox = Sandbox::new();
    let words = [
        "forward",
        "-v",
        "--trust-transport",
        "--listen",
        "unix:meet",
        "--allow",
        "unix:there",
    ];
    let mut alice = Side::start(&sandbox, &words);
    alice.says("listening");
    let mut stream = UnixStream::connect(sandbox.file("meet")).unwrap();
    let mut bob = meet(&mut stream);
    bob.opener.lasting(Duration::ZERO);
    let (mut heard, mut answers) = (Vec::new(), 0);
    while answers < 3 {
        for is_answered in [true, false] {
            let refresh = bob.opener.owes(Duration::ZERO, &mut OsRng).unwrap().unwrap();
            stream.write_all(&bob.sealer.refresh(refresh)).unwrap();
            answers += usize::from(is_answered);
            while heard.iter().filter(|kind| **kind == Kind::KEX_REPLY).count() < answers {
                heard.push(bob.opener.open(&mut message(&mut stream).unwrap()).unwrap().0);
            }
        }
    }
    // The other cipher takes its own key first.
    assert_eq!(heard[0] == Kind::REKEY, Cipher::fastest() != Cipher::ChaCha20Poly1305);
    stream.write_all(&bob.seal(Kind::CLOSE, b"")).unwrap();
    alice.succeeds();
}

#[test]
fn what_cannot_be_forwarded_is_told_before_anybody_is_met() {
    let sandbox = Sandbox::new();
    let nowhere = "--trust-transport --connect unix:nobody --wait 0";
    sandbox.keypact(&format!("forward {nowhere}")).fails(2);
    sandbox.keypact(&format!("forward {nowhere} -L 80:host")).fails(2);
    sandbox.keypact(&format!("forward {nowhere} --allow host")).fails(2);
    let server = serve(echo);
    let said = sandbox
        .keypact(&format!("forward {nowhere} -L {server}:host:1"))
        .fails(1);
    assert!(said.contains(&format!("cannot listen on {server}")), "{said}");
    sandbox.keypact(&format!("forward {nowhere} -L 0:host:1")).fails(5);
}
