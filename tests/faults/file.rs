//! One file in, one file or stream out.

use std::fs;

use crate::{OLD, SIZE, each_fault, opened, plain, whole_or_kept};

#[test]
fn encrypting_into_a_file() {
    each_fault(
        "encrypt -i key -o out plain",
        |_| {},
        |sandbox, ran| {
            let found = fs::read(sandbox.file("out")).ok();
            let found = found.map(|sealed| opened(sandbox, &sealed).expect("a torn file"));
            whole_or_kept(ran, found.as_deref(), &plain(), None);
        },
    );
}

#[test]
fn decrypting_over_a_file() {
    each_fault(
        "decrypt -i key -o out sealed",
        |sandbox| sandbox.write("out", OLD),
        |sandbox, ran| whole_or_kept(ran, Some(&sandbox.read("out")), &plain(), Some(OLD)),
    );
}

#[test]
fn decrypting_a_range_over_a_file() {
    each_fault(
        "decrypt -i key --range 65000..250000 -o out sealed",
        |sandbox| sandbox.write("out", OLD),
        |sandbox, ran| whole_or_kept(ran, Some(&sandbox.read("out")), &plain()[65_000..250_000], Some(OLD)),
    );
}

#[test]
fn decrypting_to_standard_output() {
    each_fault(
        "decrypt -i key sealed",
        |_| {},
        |_, ran| {
            let released = &ran.output.stdout;
            assert!(plain().starts_with(released), "something else came out");
            assert!(ran.code() != 0 || released.len() == SIZE, "exit 0, and cut off");
        },
    );
}

#[test]
fn verifying() {
    each_fault(
        "decrypt -i key --verify-only sealed",
        |_| {},
        |sandbox, ran| {
            assert_eq!(ran.stdout(), "", "something came out");
            assert_eq!(sandbox.names(), ["key", "plain", "sealed"]);
        },
    );
}

/// Whatever fails beside, damage is never taken for a whole file.
#[test]
fn verifying_what_is_damaged() {
    each_fault(
        "decrypt -i key --verify-only sealed ./sealed damaged",
        |sandbox| {
            let mut damaged = sandbox.read("sealed");
            *damaged.last_mut().unwrap() ^= 1;
            sandbox.write("damaged", damaged);
        },
        |sandbox, ran| {
            assert!(ran.code() != 0, "it was found whole");
            assert_eq!(sandbox.names(), ["damaged", "key", "plain", "sealed"]);
        },
    );
}

#[test]
fn making_a_key() {
    each_fault(
        "key generate -o out",
        |_| {},
        |sandbox, ran| {
            if sandbox.file("out").exists() {
                // A file that is complete may stay when the recipient could not be printed: 'key show' does it again.
                let shown = sandbox.keypact("key show -i out").ok();
                assert!(
                    ran.code() != 0 || ran.stdout() == shown,
                    "another recipient was printed"
                );
            } else {
                assert!(ran.code() != 0, "exit 0 and no key");
                assert_eq!(ran.stdout(), "", "the recipient of a key that is lost");
            }
        },
    );
}
