//! Many files in one run: each is old or new, and the exit status tells whether all are new.

use std::fs;

use crate::sandbox::{Ran, Sandbox};
use crate::{KILLED, OLD, counted, each_fault, opened};

/// Names below `in`, and their sizes.
const FILES: [(&str, usize); 5] = [
    ("a", 0),
    ("b", 200),
    ("c", 65_536),
    ("sub/d", 200_000),
    ("sub/deep/e", 5_000),
];

#[test]
fn encrypting_many_over_files() {
    each_fault(
        "encrypt -i key --output-dir out --if-exists overwrite in/a in/b in/c in/sub/d in/sub/deep/e",
        |sandbox| {
            fill(sandbox, Form::Plain);
            old(
                sandbox,
                &["out/a.age", "out/b.age", "out/c.age", "out/d.age", "out/e.age"],
            );
        },
        |sandbox, ran| {
            let names = FILES.map(|(name, _)| format!("out/{}.age", name.rsplit('/').next().unwrap()));
            each_is_old_or_new(sandbox, ran, &names, Form::Sealed, Some(OLD));
        },
    );
}

#[test]
fn decrypting_many_over_files() {
    each_fault(
        "decrypt -i key --jobs 1 --if-exists overwrite in/a.age in/b.age in/c.age in/sub/d.age in/sub/deep/e.age",
        |sandbox| {
            fill(sandbox, Form::Sealed);
            old(sandbox, &["in/a", "in/b", "in/c", "in/sub/d", "in/sub/deep/e"]);
        },
        |sandbox, ran| {
            let names = FILES.map(|(name, _)| format!("in/{name}"));
            each_is_old_or_new(sandbox, ran, &names, Form::Plain, Some(OLD));
        },
    );
}

#[test]
fn encrypting_a_tree() {
    each_fault(
        "encrypt -i key --jobs 1 --recursive --output-dir out in",
        |sandbox| fill(sandbox, Form::Plain),
        |sandbox, ran| {
            let names = FILES.map(|(name, _)| format!("out/in/{name}.age"));
            each_is_old_or_new(sandbox, ran, &names, Form::Sealed, None);
        },
    );
}

#[test]
fn decrypting_a_tree() {
    each_fault(
        "decrypt -i key --recursive in",
        |sandbox| fill(sandbox, Form::Sealed),
        |sandbox, ran| {
            let names = FILES.map(|(name, _)| format!("in/{name}"));
            each_is_old_or_new(sandbox, ran, &names, Form::Plain, None);
        },
    );
}

/// What is made of a file.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    Sealed,
}

/// Writes all files of [`FILES`], those that are sealed under names that say so.
fn fill(sandbox: &Sandbox, form: Form) {
    fs::create_dir_all(sandbox.file("in/sub/deep")).unwrap();
    for (number, (name, size)) in FILES.into_iter().enumerate() {
        let plain = counted(size, number);
        match form {
            Form::Plain => sandbox.write(&format!("in/{name}"), plain),
            Form::Sealed => {
                let sealed = sandbox.keypact_with("encrypt -i key", &plain).output.stdout;
                sandbox.write(&format!("in/{name}.age"), sealed);
            }
        }
    }
}

fn old(sandbox: &Sandbox, names: &[&str]) {
    fs::create_dir_all(sandbox.file("out")).unwrap();
    for name in names {
        sandbox.write(name, OLD);
    }
}

#[track_caller]
fn each_is_old_or_new(sandbox: &Sandbox, ran: &Ran, names: &[String], form: Form, before: Option<&[u8]>) {
    let mut kept = 0;
    for (number, (name, (_, size))) in names.iter().zip(FILES).enumerate() {
        let found = fs::read(sandbox.file(name)).ok();
        if found.as_deref() == before {
            kept += 1;
            continue;
        }
        let found = found.expect("an old file is gone");
        let content = match form {
            Form::Plain => Some(found),
            Form::Sealed => opened(sandbox, &found),
        };
        assert!(content == Some(counted(size, number)), "{name} is torn");
    }
    assert!(ran.code() != 0 || kept == 0, "exit 0, and {kept} were not written");
    assert!(
        kept > 0 || matches!(ran.code(), 0 | KILLED),
        "it failed, and all files appeared"
    );
}
