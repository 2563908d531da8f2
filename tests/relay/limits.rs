//! Our relay and guests that ask for too much.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddrV4, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
use rustix::process::Signal;

use crate::sandbox::Sandbox;
use crate::side::Side;
use crate::{relay, start};

const SOON: Duration = Duration::from_secs(20);

/// A guest, with bounds on its patience.
fn guest(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream.set_write_timeout(Some(SOON)).unwrap();
    stream
}

/// A guest that has asked for `token`.
fn asking(address: &str, token: u8, side: Option<u8>) -> TcpStream {
    let mut stream = guest(address);
    stream.write_all(request(token, side).as_bytes()).unwrap();
    stream
}

fn request(token: u8, side: Option<u8>) -> String {
    let side = side.map_or(String::new(), |side| {
        format!(" for side {}", format!("{side:02x}").repeat(8))
    });
    format!("please relay {}{side}\n", format!("{token:02x}").repeat(32))
}

/// All that the relay says until it hangs up.
fn last_words(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    // A connection that is reset has ended too.
    let _ = stream.read_to_end(&mut said);
    String::from_utf8(said).unwrap()
}

#[track_caller]
fn hears_ok(stream: &mut TcpStream) {
    let mut ok = [0; 3];
    stream.read_exact(&mut ok).unwrap();
    assert_eq!(&ok, b"ok\n");
}

/// Two guests that have met.
fn pair(address: &str, token: u8) -> [TcpStream; 2] {
    let mut pair = [asking(address, token, Some(1)), asking(address, token, Some(2))];
    pair.iter_mut().for_each(hears_ok);
    pair
}

/// The relay still serves.
#[track_caller]
fn is_well(relay: &mut Side, address: &str) {
    let [mut one, mut other] = pair(address, 0xee);
    one.write_all(b"hello").unwrap();
    let mut heard = [0; 5];
    other.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"hello");
    assert!(relay.is_running());
}

#[test]
fn bytes_pass_both_ways_and_each_direction_ends_by_itself() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &[]);
    let [mut one, mut other] = pair(&address, 1);
    let bytes = |seed: u32| -> Vec<u8> {
        (0..4_000_000_u32)
            .map(|at| at.wrapping_mul(seed).to_le_bytes()[1])
            .collect()
    };
    let (there, back) = (bytes(2_654_435_761), bytes(40_503));
    thread::scope(|scope| {
        for (stream, says) in [(&one, &there), (&other, &back)] {
            let mut stream = stream;
            scope.spawn(move || stream.write_all(says).unwrap());
        }
        for (stream, hears) in [(&other, &there), (&one, &back)] {
            let mut stream = stream;
            scope.spawn(move || {
                let mut heard = vec![0; hears.len()];
                stream.read_exact(&mut heard).unwrap();
                assert!(&heard == hears);
            });
        }
    });
    one.shutdown(Shutdown::Write).unwrap();
    assert_eq!(other.read(&mut [0]).unwrap(), 0);
    other.write_all(&back).unwrap();
    drop(other);
    let mut heard = Vec::new();
    one.read_to_end(&mut heard).unwrap();
    assert!(heard == back);
    is_well(&mut relay, &address);
}

#[test]
fn what_is_no_request_is_refused() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &[]);
    for (says, hears) in [
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "bad handshake\n"),
        (b"\n".to_vec(), "bad handshake\n"),
        (vec![b'x'; 256], "bad handshake\n"),
        (vec![0; 256], "bad handshake\n"),
        (b"please relay \xff\n".to_vec(), "bad handshake\n"),
        (format!("{}x", request(1, Some(1))).into_bytes(), "impatient\n"),
    ] {
        let mut stream = guest(&address);
        stream.write_all(&says).unwrap();
        assert_eq!(last_words(&mut stream), hears, "{says:?}");
    }
    let mut endless = guest(&address);
    while endless.write_all(&[b'x'; 4096]).is_ok() {}
    let mut early = asking(&address, 1, Some(1));
    thread::sleep(Duration::from_millis(50));
    early.write_all(b"hello").unwrap();
    assert_eq!(last_words(&mut early), "impatient\n");
    is_well(&mut relay, &address);
}

#[test]
fn a_slow_request_is_not_waited_for() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &[]);
    let began = Instant::now();
    let mut silent = guest(&address);
    let mut slow = guest(&address);
    while slow.write_all(b"p").is_ok() && began.elapsed() < SOON {
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(last_words(&mut silent), "bad handshake\n");
    assert!(began.elapsed() < SOON);
    is_well(&mut relay, &address);
}

#[test]
fn one_pair_a_token() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    let mut first = asking(&address, 1, Some(1));
    let mut again = asking(&address, 1, Some(1));
    assert_eq!(last_words(&mut first), "", "the older connection of a side makes room");
    let mut other = asking(&address, 1, Some(2));
    hears_ok(&mut again);
    hears_ok(&mut other);
    for side in [None, Some(3)] {
        assert_eq!(last_words(&mut asking(&address, 1, side)), "in use\n");
    }
    drop(again);
    assert_eq!(
        last_words(&mut other),
        "",
        "the end of one side is the end of the other"
    );
    drop(other);
    // Once the relay has seen that, the token is free.
    let mut later = asking(&address, 1, Some(1));
    later.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    while later.read(&mut [0]).is_ok() {
        later = asking(&address, 1, Some(1));
        later.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    }
    hears_ok(&mut asking(&address, 1, Some(2)));
}

#[test]
fn a_side_that_comes_again_ends_the_pair_that_broke() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    let mut broken = pair(&address, 1);
    let mut again = asking(&address, 1, Some(1));
    assert_eq!(broken.each_mut().map(last_words), ["", ""]);
    hears_ok(&mut asking(&address, 1, Some(2)));
    hears_ok(&mut again);
}

#[test]
fn older_clients_name_no_side() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    let mut one = asking(&address, 1, None);
    let mut other = asking(&address, 1, None);
    hears_ok(&mut one);
    hears_ok(&mut other);
}

#[test]
fn whoever_leaves_while_waiting_is_forgotten() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    drop(asking(&address, 1, Some(1)));
    thread::sleep(Duration::from_millis(50));
    let mut waits = asking(&address, 1, Some(2));
    waits.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(waits.read(&mut [0]).is_err(), "nobody to meet");
    let mut comes = asking(&address, 1, Some(3));
    waits.set_read_timeout(Some(SOON)).unwrap();
    hears_ok(&mut waits);
    hears_ok(&mut comes);
}

#[test]
fn so_many_connections_and_no_more() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &["--max-connections", "8"]);
    let seated: Vec<_> = (0..8).map(|token| asking(&address, token, Some(1))).collect();
    assert_eq!(last_words(&mut guest(&address)), "too many connections\n");
    drop(seated);
    is_well(&mut relay, &address);
}

#[test]
fn one_address_cannot_take_all_places() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &["--max-per-address", "3"]);
    let [mut met, _] = pair(&address, 1);
    let waiting = asking(&address, 2, Some(1));
    assert_eq!(last_words(&mut guest(&address)), "too many connections\n");
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&socket, &SocketAddrV4::new([127, 0, 0, 2].into(), 0)).unwrap();
    connect(&socket, &address.parse::<SocketAddrV4>().unwrap()).unwrap();
    let mut elsewhere = TcpStream::from(socket);
    elsewhere.write_all(request(2, Some(2)).as_bytes()).unwrap();
    hears_ok(&mut elsewhere);
    met.write_all(b"still here").unwrap();
    drop((met, waiting, elsewhere));
    is_well(&mut relay, &address);
}

#[test]
fn the_other_side_is_waited_for_so_long_and_silence_is_borne_so_long() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &["--max-wait", "1", "--max-idle", "1"]);
    let mut alone = asking(&address, 1, Some(1));
    let mut silent = pair(&address, 2);
    assert_eq!(last_words(&mut alone), "nobody came\n");
    assert_eq!(silent.each_mut().map(last_words), ["", ""]);
    is_well(&mut relay, &address);
}

#[test]
fn so_many_bytes_and_no_more() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &["--max-bytes", "16K"]);
    let [mut one, mut other] = pair(&address, 1);
    one.write_all(&[0; 10 * 1024]).unwrap();
    other.read_exact(&mut [0; 10 * 1024]).unwrap();
    other.write_all(&[0; 10 * 1024]).unwrap();
    assert!(last_words(&mut one).len() <= 6 * 1024);
    is_well(&mut relay, &address);
}

#[test]
fn who_does_not_read_costs_no_memory_and_holds_nobody_up() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &[]);
    let before = relay.peak_kib().unwrap();
    let stuck: Vec<_> = (0..8).map(|token| pair(&address, token)).collect();
    for [one, _] in &stuck {
        let mut one = one;
        one.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
        while one.write_all(&[0; 16 * 1024]).is_ok() {}
    }
    is_well(&mut relay, &address);
    let grown = relay.peak_kib().unwrap() - before;
    assert!(grown < 2048, "{grown} KiB");
}

#[test]
fn a_relay_that_waits_costs_no_processor() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &[]);
    let [one, other] = pair(&address, 1);
    // One side has ended and reads nothing, the other one has much to say.
    one.shutdown(Shutdown::Write).unwrap();
    other.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    while (&other).write_all(&[0; 16 * 1024]).is_ok() {}
    let _waits = asking(&address, 2, Some(1));
    let ticks = |relay: &Side| -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", relay.id())).unwrap();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = ticks(&relay);
    thread::sleep(Duration::from_secs(1));
    assert!(ticks(&relay) - before < 20, "hundredths of a second");
    is_well(&mut relay, &address);
}

#[test]
fn a_side_that_is_killed_takes_the_other_one_along() {
    let sandbox = Sandbox::new();
    let (_relay, address) = relay(&sandbox, &[]);
    sandbox.write("letter", vec![0; 1000]);
    let way = format!("--trust-transport --timeout 20 --relay {address}/our-place");
    // A sender whose stream never ends.
    let mut command = sandbox.command("sh");
    command.args(["-c", &format!("cat /dev/zero | exec keypact send {way} -")]);
    let mut sender = Side::run(&sandbox, command);
    let mut receiver = start(&sandbox, &format!("receive {way} -o -"));
    while receiver.stdout().is_empty() {
        assert!(sender.is_running() && receiver.is_running(), "{}", receiver.stderr());
        thread::sleep(Duration::from_millis(5));
    }
    receiver.signal(Signal::KILL);
    assert_eq!(sender.ends_within(SOON), 5, "{}", sender.stderr());
}

#[test]
fn a_signal_ends_it() {
    let sandbox = Sandbox::new();
    let mut relay = start(&sandbox, "relay --listen unix:place");
    relay.address();
    let mut waits = UnixStream::connect(sandbox.file("place")).unwrap();
    waits.write_all(request(1, Some(1)).as_bytes()).unwrap();
    relay.signal(Signal::TERM);
    assert_eq!(relay.code(), 143);
    assert_eq!(waits.read(&mut [0]).unwrap_or(0), 0);
    assert_eq!(sandbox.names(), [""; 0], "the socket is gone");
}

#[test]
fn tokens_are_not_told() {
    let sandbox = Sandbox::new();
    let (mut relay, address) = relay(&sandbox, &["-v", "--events", "events"]);
    drop(pair(&address, 0xab));
    relay.says("a pair parts");
    let said = relay.stderr() + &sandbox.text("events");
    assert!(!said.contains("abab"), "{said}");
    assert!(said.contains("two sides meet"), "{said}");
}
