//! keypact as `age-plugin-keypact`: age uses our identity files, and one process serves any number of files.

use std::ffi::OsString;
use std::path::Path;

use keypact::crypto::rng::OsRng;
use keypact::format::{FileKey, Identity as _, Recipient as _, Stanza};
use keypact::roots::plugin::{self, Choice, Echo, Host, IdentityText};
use keypact::secret::SecretBytes;

use crate::Bench;
use crate::dialogue::Dialogue;
use crate::tools;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.link("keypact", Path::new(env!("CARGO_BIN_EXE_keypact")));
    bench.sandbox.write("plain", "text");
    bench.sandbox.write("pass", "open sesame\n");
    bench
}

#[test]
fn age_uses_our_identity_files() {
    if !tools::are_there(&[tools::program("age")], "age with our plugin") {
        return;
    }
    let bench = bench();
    for kind in ["x25519", "hybrid"] {
        bench.shell("rm -f key for-age").ok();
        let recipient = bench.keypact(&format!("key generate --type {kind} -o key")).ok();
        bench.shell("keypact key plugin -i key > for-age").ok();
        let text = bench.sandbox.text("for-age");
        assert!(
            text.starts_with(&format!("# recipient: {recipient}AGE-PLUGIN-KEYPACT-1")),
            "{text}"
        );
        bench.keypact("encrypt -i key -o ours plain").ok();
        assert_eq!(bench.shell("age -d -i for-age ours").ok(), "text");
        bench.shell("age -e -i for-age -o theirs plain").ok();
        assert_eq!(bench.keypact("decrypt -i key theirs").ok(), "text");
        // Our own client takes the same way, and knows the recipient from the comment.
        assert_eq!(bench.keypact("decrypt -i for-age theirs").ok(), "text");
        assert_eq!(bench.keypact("key show -i for-age").ok(), recipient);
        bench.keypact("key generate -o other").ok();
        bench.keypact("encrypt -i other -o foreign plain").ok();
        let stderr = bench.shell("rm other; age -d -i for-age foreign").fails(1);
        assert!(stderr.contains("no identity matched"), "{stderr}");
    }
    bench.shell("rm key").ok();
    let stderr = bench.shell("age -d -i for-age ours").fails(1);
    assert!(stderr.contains("cannot open"), "{stderr}");
}

/// rage follows the link, and calls the program by its own name.
#[test]
fn the_flag_alone_makes_it_a_plugin() {
    if !tools::are_there(&[tools::program("age")], "age with our plugin") {
        return;
    }
    let bench = bench();
    bench.keypact("key generate --type x25519 -o key").ok();
    bench.shell("keypact key plugin -i key > for-age").ok();
    bench.keypact("encrypt -i key -o ours plain").ok();
    bench.shell("rm \"$HOME/plugins/age-plugin-keypact\"").ok();
    bench.script("keypact", "exec keypact \"$@\"");
    assert_eq!(bench.shell("age -d -i for-age ours").ok(), "text");
}

#[test]
fn age_passes_the_question_for_a_passphrase_on() {
    if !tools::are_there(&[tools::program("age")], "age with our plugin") {
        return;
    }
    let bench = bench();
    bench
        .keypact("key generate --type x25519 --passphrase-file pass -o key")
        .ok();
    bench
        .shell("keypact key plugin -i key --passphrase-file pass > for-age")
        .ok();
    bench
        .keypact("encrypt -i key --passphrase-file pass -o ours plain")
        .ok();
    for (typed, code) in [("open sesame", 0), ("wrong", 1)] {
        let mut person = Dialogue::start(
            bench.command("setsid"),
            "age -d -i for-age -o opened ours; echo code $?",
        );
        person.expect("Passphrase of ");
        person.send(&format!("{typed}\n"));
        person.expect(&format!("code {code}"));
    }
    assert_eq!(bench.sandbox.text("opened"), "text");
}

#[test]
fn what_the_plugin_does_not_know_it_refuses() {
    let bench = bench();
    for words in [
        "",
        "--age-plugin=recipient-v2",
        "--age-plugin",
        "--age-plugin=identity-v1 more",
        "key generate -o x",
    ] {
        let stderr = bench.shell(&format!("age-plugin-keypact {words}")).fails(2);
        assert!(stderr.contains("this conversation is not known"), "{stderr}");
    }
    let stderr = bench
        .shell("age-plugin-keypact --age-plugin=identity-v1 </dev/null")
        .fails(1);
    assert!(stderr.contains("did not end the conversation"), "{stderr}");
    bench.keypact("key generate --type x25519 -o key").ok();
    let refused = bench.shell("keypact key plugin -i nowhere").fails(1);
    assert!(refused.contains("cannot open nowhere"), "{refused}");
}

#[test]
fn what_age_opens_itself_is_not_served() {
    let bench = bench();
    bench.identity("other");
    let keys = ["ssh-keygen -q -t ed25519 -N '' -f key", "mv identity key"];
    let has_ssh = tools::are_there(&[tools::program("ssh-keygen")], "an SSH key behind our plugin");
    for make in keys.iter().skip(usize::from(!has_ssh)) {
        bench
            .shell(&format!("{make}; keypact key plugin -i key > for-age"))
            .ok();
        let stderr = bench.shell("keypact encrypt -i for-age -o out plain").fails(1);
        assert!(stderr.contains("hand it to age itself"), "{stderr}");
        bench.shell("rm -f key key.pub").ok();
    }
}

#[test]
fn the_identity_of_a_stranger_reads_nothing_out_and_waits_for_nothing() {
    let bench = bench();
    bench.keypact("key generate --type x25519 -o key").ok();
    bench.keypact("encrypt -i key -o ours plain").ok();
    bench.sandbox.write("private", "hunter2\nAGE-SECRET-KEY-1HUNTER2\n");
    bench.shell("mkfifo pipe").ok();
    let here = |name: &str| bench.sandbox.file(name);
    let files = [
        (here("private"), "is no file of identities"),
        (here("nowhere"), "cannot open"),
        (here("pipe"), "is no regular file"),
        (here("."), "is no regular file"),
        ("/dev/zero".into(), "is no regular file"),
        ("/dev/stdin".into(), "is no regular file"),
        ("/dev/fd/0".into(), "is no regular file"),
    ];
    for (path, said) in files {
        let identity = plugin::Reference::File(path.clone()).to_identity();
        bench.sandbox.write("theirs", identity.expose());
        let stderr = bench.shell("timeout 30 keypact decrypt -i theirs ours").fails(1);
        assert!(
            stderr.contains(said) && !stderr.to_lowercase().contains("hunter2"),
            "{stderr}"
        );
    }
}

/// Puts a script in the place of the plugin that writes down how often it is started.
fn count_starts(bench: &Bench) {
    bench
        .shell("mv \"$HOME/plugins/age-plugin-keypact\" \"$HOME/real\"")
        .ok();
    let starts = bench.sandbox.file("starts");
    bench.script(
        "keypact",
        &format!(
            "echo \"$*\" >> '{}'; exec -a age-plugin-keypact \"${{0%/*/*}}/real\" \"$@\"",
            starts.display()
        ),
    );
}

/// Types the passphrase, and counts how often.
struct Person(std::sync::Mutex<usize>);

impl plugin::Ui for Person {
    fn message(&self, _: &str, _: &str) -> Option<()> {
        None
    }

    fn request(&self, _: &str, _: &str, _: Echo) -> Option<SecretBytes> {
        *self.0.lock().unwrap() += 1;
        Some(SecretBytes::new(b"open sesame".to_vec()))
    }

    fn confirm(&self, _: &str, _: &str, _: &str, _: Option<&str>) -> Option<Choice> {
        None
    }

    fn waiting(&self, _: &str) {}
}

#[test]
fn one_process_and_one_question_serve_many_files() {
    const FILES: usize = 500;
    let bench = bench();
    bench.keypact("key generate --passphrase-file pass -o key").ok();
    bench
        .shell("keypact key plugin -i key --passphrase-file pass > own")
        .ok();
    count_starts(&bench);
    let text = bench.sandbox.text("own");
    let identity = || text.lines().last().unwrap().parse::<IdentityText>().unwrap();

    let person = Person(0.into());
    let path = OsString::from(format!("{}:/usr/bin:/bin", bench.folder().display()));
    let host = Host::new(path, &person);
    let recipients = plugin::recipients(&host, Vec::new(), vec![identity()]);
    let keys: Vec<FileKey> = (0..FILES).map(|_| FileKey::generate(&mut OsRng).unwrap()).collect();
    let wrapped = recipients[0].wrap_all(&keys, &mut OsRng).unwrap();
    let labels = recipients[0].labels(&mut OsRng).unwrap();
    assert!(labels.contains("postquantum"), "{labels:?}");

    let identity = identity();
    let identities = plugin::identities(&host, [&identity]);
    let headers: Vec<&[Stanza]> = wrapped.iter().map(Vec::as_slice).collect();
    let found = identities[0].unwrap_all(&headers);
    for (key, found) in keys.iter().zip(found) {
        assert!(found.unwrap().is_some_and(|found| found.expose() == key.expose()));
    }
    assert_eq!(
        bench.sandbox.text("starts"),
        "--age-plugin=recipient-v1\n--age-plugin=identity-v1\n"
    );
    assert_eq!(*person.0.lock().unwrap(), 2);
}

#[test]
fn one_run_starts_a_plugin_once_whatever_the_number_of_files() {
    let bench = bench();
    bench
        .keypact("key generate --type x25519 --passphrase-file pass -o key")
        .ok();
    bench
        .shell("keypact key plugin -i key --passphrase-file pass > own")
        .ok();
    count_starts(&bench);
    bench
        .shell("mkdir in sealed opened; for n in $(seq 40); do echo $n > in/$n; done")
        .ok();
    let run = |bench: &Bench, words: &str| {
        let mut person = Dialogue::start(bench.command("setsid"), &format!("keypact {words}; echo code $?"));
        person.expect("Passphrase of ");
        person.send("open sesame\n");
        let seen = person.expect("code 0");
        assert!(!seen.contains("Passphrase"), "{seen}");
    };
    run(&bench, "encrypt -i own --recursive --output-dir sealed in");
    run(&bench, "decrypt -i own --recursive --output-dir opened sealed");
    bench.shell("diff -r in opened/in || diff -r in opened/sealed/in").ok();
    let starts = bench.sandbox.text("starts");
    assert_eq!(starts, "--age-plugin=recipient-v1\n--age-plugin=identity-v1\n");
}
