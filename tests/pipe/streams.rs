//! What goes in at one end comes out at the other, at once and to its end.

use std::io::{Read, Write};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::sandbox::Sandbox;
use crate::side::{Side, keypact};
use crate::{CONNECT, LISTEN, content, file, held, pair};

#[test]
fn a_folder_goes_through_tar_under_a_courier_key_and_between_known_peers() {
    let sandbox = Sandbox::new();
    let script = "
        mkdir folder there
        for number in 1 2 3; do seq $number 5000 > folder/$number; done
        keypact --home alice key generate > alice.recipient
        keypact --home bob key generate > bob.recipient
        keypact --home alice peer add bob $(keypact --home bob peer show) 2>&1
        keypact --home bob peer add alice $(keypact --home alice peer show) 2>&1
        keypact courier pack -q --generate psk -o psk > words";
    sandbox.shell(&format!("set -e; {script}")).ok();
    for (alice, bob) in [
        ("--psk-file psk", "--psk-file psk"),
        ("--home alice --peer bob", "--home bob --peer alice"),
    ] {
        let script = format!(
            "set -o pipefail; rm -rf there/*; sed -i '/one-use/d' psk
            tar c folder | keypact pipe {alice} --listen unix:meet & packing=$!
            keypact pipe {bob} --connect unix:meet < /dev/null | tar x -C there || exit 1
            wait $packing && diff -r folder there/folder"
        );
        sandbox.shell(&script).ok();
    }
}

#[test]
fn both_ways_at_once() {
    const SIZE: usize = 100_000_000;
    let sandbox = Sandbox::new();
    let texts = [content(SIZE, 1), content(SIZE + 1, 2)];
    sandbox.write("one", &texts[0]);
    sandbox.write("two", &texts[1]);
    let sides = pair(&sandbox, &[], ["one", "two"].map(|name| file(&sandbox, name)));
    for (mut side, text) in sides.into_iter().zip([&texts[1], &texts[0]]) {
        side.succeeds();
        assert!(side.stdout() == *text, "something else came out");
        let said = format!("{} bytes received", text.len());
        assert!(side.stderr().contains(&said), "{}", side.stderr());
    }
}

/// A line that is written now is read now, packed or not.
#[test]
fn a_packed_stream_takes_fewer_bytes_and_no_more_time() {
    let sandbox = Sandbox::new();
    let ran = sandbox.shell(
        "mkfifo back
        (echo first; read heard < back; echo \"$heard\"; seq 200000) | \
            keypact pipe --trust-transport --listen unix:meet --compress zstd & packing=$!
        keypact pipe --trust-transport --exec 'socat -v -r wire - UNIX-CONNECT:meet,retry=50,interval=0.1 2>/dev/null' < /dev/null | \
            (read line; echo \"then $line\" > back; read line; echo \"$line\"; cksum)
        wait $packing; seq 200000 | cksum",
    );
    let said = ran.stdout();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(
        (lines[0], lines[1]),
        ("then first", lines[2]),
        "{said} {}",
        ran.stderr()
    );
}

#[test]
fn nothing_is_a_stream_too() {
    let sandbox = Sandbox::new();
    for mut side in pair(&sandbox, &[], [Stdio::null(), Stdio::null()]) {
        side.succeeds();
        assert!(side.stdout().is_empty());
    }
}

#[test]
fn either_side_may_end_first_and_goes_on_listening() {
    for first in [0, 1] {
        let sandbox = Sandbox::new();
        let (mut sides, feeds, [here, there]) = held(&sandbox, &[]);
        let (mut feeds, mut results) = (feeds.map(Some), [here, there]);
        feeds[first].as_mut().unwrap().write_all(b"early").unwrap();
        feeds[first] = None;
        let mut text = String::new();
        // The reader sees the end of the one direction while the other one is open.
        results[1 - first].read_to_string(&mut text).unwrap();
        assert_eq!(text, "early");
        assert!(sides.iter_mut().all(Side::is_running));
        feeds[1 - first].as_mut().unwrap().write_all(b"late").unwrap();
        feeds[1 - first] = None;
        text.clear();
        results[first].read_to_string(&mut text).unwrap();
        assert_eq!(text, "late");
        sides.iter_mut().for_each(Side::succeeds);
    }
}

#[test]
fn what_a_stream_gives_does_not_wait_for_what_it_gives_next() {
    let sandbox = Sandbox::new();
    let (_sides, [mut feed, _], [_, mut result]) = held(&sandbox, &[]);
    for number in 0..50 {
        let (began, mut byte) = (Instant::now(), [0]);
        feed.write_all(&[number]).unwrap();
        result.read_exact(&mut byte).unwrap();
        assert_eq!(byte, [number]);
        assert!(began.elapsed() < Duration::from_secs(2) || number == 0);
    }
}

#[test]
fn nobody_reads_for_longer_than_the_patience_and_all_arrives_in_little_memory() {
    const SIZE: usize = 64 << 20;
    let sandbox = Sandbox::new();
    let (mut sides, feeds, results) = held(&sandbox, &["--timeout", "11"]);
    let feeding = feeds.map(|mut feed| thread::spawn(move || feed.write_all(&content(SIZE, 3)).unwrap()));
    thread::sleep(Duration::from_secs(14));
    for (side, feeding) in sides.iter_mut().zip(&feeding) {
        assert!(side.is_running() && !feeding.is_finished(), "{}", side.stderr());
        let peak = side.peak_kib().unwrap_or_default();
        assert!(peak < 40 * 1024, "{peak} KiB for what nobody reads");
    }
    let reading = results.map(|mut result| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            result.read_to_end(&mut bytes).unwrap();
            bytes
        })
    });
    for reading in reading {
        assert!(reading.join().unwrap() == content(SIZE, 3));
    }
    sides.iter_mut().for_each(Side::succeeds);
    for feeding in feeding {
        feeding.join().unwrap();
    }
}

#[test]
fn an_idle_pipe_outlives_the_patience() {
    let sandbox = Sandbox::new();
    let (mut sides, feeds, _results) = held(&sandbox, &["--timeout", "11"]);
    thread::sleep(Duration::from_secs(13));
    drop(feeds);
    sides.iter_mut().for_each(Side::succeeds);
}

#[test]
fn files_take_the_place_of_the_streams_that_are_the_wire() {
    let sandbox = Sandbox::new();
    sandbox.write("there", "from there");
    let mut command = keypact(&sandbox, &["pipe", "--trust-transport", "--exec"]);
    command.arg("keypact pipe --trust-transport --stdio --input there -o arrived");
    command.stdin(file(&sandbox, "there"));
    let mut side = Side::run(&sandbox, command);
    side.succeeds();
    assert_eq!(
        (side.stdout(), sandbox.text("arrived")),
        (b"from there".to_vec(), "from there".to_owned())
    );

    let ran = sandbox.keypact("pipe --trust-transport --stdio");
    let said = ran.fails(2);
    assert!(
        said.contains("standard input cannot be both the wire of --stdio and what is sent to the peer"),
        "{said}"
    );
    let ran = sandbox.keypact("pipe --trust-transport --stdio --input there");
    let said = ran.fails(2);
    assert!(
        said.contains("standard output cannot be both the wire of --stdio and what the peer sends"),
        "{said}"
    );
}

#[test]
fn nothing_is_read_before_the_peer_is_verified() {
    let sandbox = Sandbox::new();
    sandbox.write("words", "all of it");
    let script = "(keypact pipe --trust-transport --connect unix:nobody --wait 0; cat) < words";
    assert_eq!(sandbox.shell(script).ok(), "all of it");
}

#[test]
fn programs_are_told() {
    let sandbox = Sandbox::new();
    sandbox.write("words", "12345");
    let script = format!(
        "keypact {} --events alice < words > one & keypact {} < /dev/null > two && wait",
        LISTEN.join(" "),
        CONNECT.join(" ")
    );
    sandbox.shell(&script).ok();
    let events = sandbox.text("alice");
    let last: serde_json::Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
    assert_eq!(last, serde_json::json!({"event": "done", "sent": 5, "received": 0}));
}

#[test]
fn text_alone_goes_to_a_terminal() {
    let sandbox = Sandbox::new();
    for (text, code) in [("plain text\\n", 0), ("\\033[2J", 1)] {
        let script = format!(
            "printf '{text}' | keypact {} & writing=$!
            script -qec 'keypact {} < /dev/null' /dev/null > screen; wait $writing",
            LISTEN.join(" "),
            CONNECT.join(" ")
        );
        let ran = sandbox.shell(&script);
        let screen = sandbox.text("screen");
        assert_eq!(ran.code(), if code == 0 { 0 } else { 5 }, "{screen}");
        assert_eq!(screen.contains("is not text"), code == 1, "{screen}");
        assert!(!screen.contains("\x1b[2J"));
    }
}
