use std::fs;

use crate::sandbox::Sandbox;

const SIZE: usize = 1_000_000;

fn sealed() -> (Sandbox, Vec<u8>) {
    let sandbox = Sandbox::new();
    sandbox.identity("key");
    let plain: Vec<u8> = (0..=250).cycle().take(SIZE).collect();
    sandbox.write("plain", &plain);
    sandbox.keypact("encrypt -i key -o sealed plain").ok();
    sandbox.keypact("encrypt -a -i key -o text plain").ok();
    (sandbox, plain)
}

#[test]
fn a_range_is_a_part_of_the_content() {
    let (sandbox, plain) = sealed();
    for (range, from, to) in [
        ("0..0", 0, 0),
        ("0..1", 0, 1),
        ("65535..65537", 65_535, 65_537),
        ("65536..131072", 65_536, 131_072),
        ("200000..700000", 200_000, 700_000),
        ("999999..", 999_999, SIZE),
        ("..5", 0, 5),
        ("..", 0, SIZE),
        ("1000000..2000000", SIZE, SIZE),
    ] {
        // A file is read where it is needed; armor and pipes from the start.
        for words in ["sealed", "text", "-o out sealed"] {
            let ran = sandbox.keypact(&format!("decrypt -i key --range {range} {words}"));
            assert_eq!(ran.code(), 0, "{}", ran.stderr());
            let part = if words.starts_with("-o") {
                sandbox.read("out")
            } else {
                ran.output.stdout
            };
            assert!(part == plain[from..to], "{range} {words}");
        }
        let ran = sandbox.keypact_with(&format!("decrypt -i key --range {range}"), &sandbox.read("sealed"));
        assert!(ran.output.stdout == plain[from..to], "{range}");
    }
    for words in ["sealed", "text"] {
        let ran = sandbox.keypact(&format!("--error-format json decrypt -i key --range 1000001.. {words}"));
        assert!(ran.fails(1).contains("\"kind\":\"range\""));
    }
    for range in ["5..2", "x..", "7"] {
        sandbox
            .keypact(&format!("decrypt -i key --range {range} sealed"))
            .fails(2);
    }
}

#[test]
fn a_range_reads_its_chunks_and_the_last_one_alone() {
    let (sandbox, plain) = sealed();
    let mut damaged = sandbox.read("sealed");
    damaged[500_000] ^= 1;
    sandbox.write("damaged", &damaged);
    // Damage elsewhere is not seen; in the range, or at the end, which proves the length, it is.
    let ran = sandbox.keypact("decrypt -i key --range 100..200 damaged");
    assert!(ran.output.stdout == plain[100..200] && ran.code() == 0);
    sandbox
        .keypact("decrypt -i key --range 499000..500000 damaged")
        .fails(3);
    sandbox
        .keypact("decrypt -i key --range 499000..500000 -o out damaged")
        .fails(3);
    for cut in [1, 17, 65_552] {
        sandbox.write("cut", &sandbox.read("sealed")[..sandbox.read("sealed").len() - cut]);
        sandbox.keypact("decrypt -i key --range 0..1 cut").fails(3);
    }
    sandbox.write("long", [&sandbox.read("sealed")[..], &[0; 16]].concat());
    sandbox.keypact("decrypt -i key --range 0..1 long").fails(3);
    assert!(!sandbox.file("out").exists());
}

#[test]
fn verifying_reads_everything_and_writes_nothing() {
    let (sandbox, _) = sealed();
    let before = sandbox.names();
    for file in ["sealed", "text"] {
        assert_eq!(
            sandbox.keypact(&format!("decrypt -i key --verify-only {file}")).ok(),
            ""
        );
        let mut damaged = sandbox.read(file);
        let last = damaged.len() - 40;
        damaged[last] = if damaged[last] == b'A' { b'B' } else { b'A' };
        sandbox.write("damaged", &damaged);
        sandbox.keypact("decrypt -i key --verify-only damaged").fails(3);
        fs::remove_file(sandbox.file("damaged")).unwrap();
    }
    sandbox.keypact("decrypt -i key --verify-only -o out sealed").fails(2);
    assert_eq!(sandbox.names(), before);
}
