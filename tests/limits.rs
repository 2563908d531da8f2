//! Headers that ask for too much through the binary: refused for little time and memory, and what is below the limits
//! works in time that grows with its size and no faster.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/measure.rs"]
mod measure;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;

use std::io::Write;

use keypact::crypto::rng::OsRng;
use keypact::format::{self, FileKey, Recipient, Stanza, x25519};
use measure::Cost;
use sandbox::Sandbox;

const VERSION: &str = "age-encryption.org/v1\n";
const SALT: &str = "AAAAAAAAAAAAAAAAAAAAAA";
/// 32 bytes: a sealed file key, or a MAC.
const BYTES_32: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// MiB.
const MOST_MEMORY: f64 = 64.0;
/// Seconds: 0.3 of an optimised program, and room for one with all its checks on a busy machine.
const MOST_TIME: f64 = 1.0;

#[test]
fn headers_over_the_limits_are_refused_for_little() {
    let full_line = "QUFB".repeat(16) + "\n";
    let huge = |unit: &str, size: usize| unit.repeat(size / unit.len());
    let cases = [
        ("no magic, 30 MB", huge("x", 30 << 20)),
        ("no magic, 30 MB of lines", huge("x\n", 30 << 20)),
        (
            "a version of 30 MB",
            format!("age-encryption.org/{}", huge("1", 30 << 20)),
        ),
        ("a stanza line of 30 MB", format!("{VERSION}-> {}", huge("x", 30 << 20))),
        ("30 MB of arguments", format!("{VERSION}-> x{}", huge(" x", 30 << 20))),
        (
            "a body line of 30 MB",
            format!("{VERSION}-> x\n{}", huge("A", 30 << 20)),
        ),
        (
            "a body of 30 MB",
            format!("{VERSION}-> x\n{}", huge(&full_line, 30 << 20)),
        ),
        ("65,537 stanzas", closed(&huge("-> x\n\n", 65_537 * 6))),
        ("5 million stanzas", closed(&huge("-> x\n\n", 30 << 20))),
        (
            "16 MiB of stanzas",
            closed(&huge(&format!("-> x\n{full_line}\n"), (16 << 20) + 71)),
        ),
        (
            "30 MB of X25519",
            closed(&huge(&format!("-> X25519 {BYTES_32}\n{BYTES_32}\n"), 30 << 20)),
        ),
    ];
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    for (name, header) in cases {
        sandbox.write("file", header);
        let cost = refused(&sandbox, name, "decrypt -i key -o out file");
        assert!(cost.is_none_or(|cost| cost.cpu < MOST_TIME), "{name}");
    }
}

#[test]
fn costly_passphrases_are_refused_uncomputed() {
    let sandbox = Sandbox::new();
    sandbox.write("pass", "password");
    let scrypt = |log_n: &str| format!("-> scrypt {SALT} {log_n}\n{BYTES_32}\n");
    let other = format!("-> X25519 {BYTES_32}\n{BYTES_32}\n");
    let mut cases: Vec<String> = [
        "23",
        "32",
        "63",
        "64",
        "99",
        "255",
        "256",
        "274",
        "4294967314",
        "18446744073709551634",
    ]
    .into_iter()
    .chain(["0", "+18", "-18", "018", "0x12", "1e1", "18.", " 18", "18 ", "18 1", ""])
    .map(scrypt)
    .collect();
    cases.push(format!("-> scrypt {SALT}\n{BYTES_32}\n"));
    cases.push(scrypt("18").repeat(2));
    cases.push(scrypt("1").repeat(1000));
    cases.push(scrypt("18") + &other);
    cases.push(other + &scrypt("18"));
    cases.push(scrypt("18") + "-> x\n\n");
    for case in &cases {
        sandbox.write("file", closed(case));
        let cost = refused(
            &sandbox,
            case.lines().next().unwrap(),
            "decrypt --passphrase-file pass -o out file",
        );
        assert!(cost.is_none_or(|cost| cost.cpu < MOST_TIME / 2.0));
    }
    println!("{} refused", cases.len());
}

/// Without this, the figures of the others could be of anything.
#[test]
fn what_is_computed_shows_in_the_figures() {
    if !measure::can() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("pass", "password");
    sandbox.write("file", closed(&format!("-> scrypt {SALT} 17\n{BYTES_32}\n")));
    let (ran, cost) = measure::run(&sandbox, "decrypt --passphrase-file pass file");
    ran.fails(4);
    assert!(cost.memory > 128.0 && cost.cpu > 0.05, "{cost:?}");
}

#[test]
fn time_grows_with_the_number_of_stanzas_and_no_faster() {
    let sandbox = Sandbox::new();
    let recipient: x25519::Recipient = sandbox.identity("key").parse().unwrap();
    let mut times = Vec::new();
    for count in [4_000, 8_000, 16_000] {
        sandbox.write("file", with_mine_last(&recipient, for_another(), count));
        assert_eq!(sandbox.keypact("decrypt -i key file").ok(), "attack at dawn");
        if measure::can() {
            let costs = [(); 3].map(|()| measure::run(&sandbox, "decrypt -i key file").1);
            let cpu = costs.iter().map(|cost| cost.cpu).fold(f64::MAX, f64::min);
            println!("{count} stanzas: {cpu:.3} s, {:.1} MiB", costs[0].memory);
            assert!(costs[0].memory < MOST_MEMORY, "{costs:?}");
            times.push(cpu);
        }
    }
    // Four times the stanzas cost 4 times as much; 16 is what they must not cost.
    if let [least, _, most] = times[..] {
        assert!(most / least < 8.0, "{times:?}");
    }
}

#[test]
fn as_many_stanzas_as_the_limit_are_read() {
    let sandbox = Sandbox::new();
    let recipient = sandbox.identity("key").parse().unwrap();
    let unknown = Stanza::new("x", &[], Vec::new()).unwrap();
    sandbox.write("file", with_mine_last(&recipient, unknown, format::STANZA_LIMIT));
    assert_eq!(sandbox.keypact("decrypt -i key file").ok(), "attack at dawn");
}

/// A stanza for somebody else, which costs an identity a key agreement.
fn for_another() -> Stanza {
    let other = x25519::Identity::generate(&mut OsRng).unwrap().recipient();
    let file_key = FileKey::generate(&mut OsRng).unwrap();
    other.wrap(&file_key, &mut OsRng).unwrap().remove(0)
}

fn with_mine_last(mine: &x25519::Recipient, others: Stanza, count: usize) -> Vec<u8> {
    let file_key = FileKey::generate(&mut OsRng).unwrap();
    let mut stanzas = vec![others; count - 1];
    stanzas.extend(mine.wrap(&file_key, &mut OsRng).unwrap());
    let mut writer = format::dangerous_encrypt(Vec::new(), stanzas, &file_key, &[0; 16]).unwrap();
    writer.write_all(b"attack at dawn").unwrap();
    writer.finish().unwrap()
}

/// A whole file but for its truth.
fn closed(stanzas: &str) -> String {
    format!("{VERSION}{stanzas}--- {BYTES_32}\n{BYTES_32}{BYTES_32}")
}

/// Runs what must be refused as a malformed header, and gives the figures where they can be had.
fn refused(sandbox: &Sandbox, name: &str, words: &str) -> Option<Cost> {
    let before = sandbox.names();
    let words = format!("--error-format json {words}");
    let (ran, cost) = if measure::can() {
        let (ran, cost) = measure::run(sandbox, &words);
        (ran, Some(cost))
    } else {
        (sandbox.keypact(&words), None)
    };
    let stderr = ran.fails(3);
    assert!(stderr.contains(r#""kind":"header""#), "{name}: {stderr}");
    assert_eq!(sandbox.names(), before, "{name}");
    if let Some(cost) = cost {
        println!("{name}: {:.3} s, {:.1} MiB", cost.cpu, cost.memory);
        assert!(cost.memory < MOST_MEMORY, "{name}: {cost:?}");
    }
    cost
}
