use std::io::{self, Read, pipe};
use std::sync::Mutex;
use std::thread;

use super::*;
use crate::crypto::rng::OsRng;
use crate::format::keys::{IdentityKey, RecipientKey};
use crate::format::{self, FILE_KEY_LEN, FileKey, Identity as _, Recipient as _, Stanza, hybrid, x25519};
use crate::secret::{Secret, SecretBytes};

/// A person who answers every question in the same way, and remembers them.
struct Person {
    answers: bool,
    heard: Mutex<Vec<String>>,
}

impl Person {
    fn new(answers: bool) -> Self {
        let heard = Mutex::new(Vec::new());
        Self { answers, heard }
    }

    fn hear<T>(&self, what: &str, answer: T) -> Option<T> {
        self.heard.lock().unwrap().push(what.to_owned());
        self.answers.then_some(answer)
    }
}

impl Ui for Person {
    fn message(&self, program: &str, text: &str) -> Option<()> {
        self.hear(&format!("{program} says {text}"), ())
    }

    fn request(&self, program: &str, text: &str, echo: Echo) -> Option<SecretBytes> {
        self.hear(
            &format!("{program} asks {text} {echo:?}"),
            SecretBytes::new(b"word".to_vec()),
        )
    }

    fn confirm(&self, program: &str, text: &str, yes: &str, no: Option<&str>) -> Option<Choice> {
        let choice = if no.is_some() { Choice::No } else { Choice::Yes };
        self.hear(&format!("{program} offers {text} {yes} {no:?}"), choice)
    }

    fn waiting(&self, _: &str) {}
}

fn key(byte: u8) -> FileKey {
    FileKey::dangerous_from(Secret::with(|key| *key = [byte; FILE_KEY_LEN]))
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn recipient() -> RecipientText {
    crate::encoding::bech32::encode("age1x", b"data").parse().unwrap()
}

/// What wrapping two file keys for a recipient and an identity gives when the plugin says `script`, and what it heard.
fn wrapped(script: impl Read, person: &Person) -> (Result<Wrapped, Cause>, String) {
    let mut heard = Vec::new();
    let wrapping = Wrapping {
        recipients: &[recipient()],
        identities: &[IdentityText::without_data(name("x"))],
    };
    let wrapped = wrap(
        &mut Wire::new(script, &mut heard),
        "plugin",
        wrapping,
        &[key(1), key(2)],
        person,
    );
    (wrapped, String::from_utf8(heard).unwrap())
}

/// What a look for the keys of two headers gives.
fn unwrapped(script: impl Read, person: &Person) -> (Result<Found, Cause>, String) {
    let mut heard = Vec::new();
    let stanza = |kind: &str| Stanza::new(kind, &["arg"], b"body".to_vec()).unwrap();
    let headers: [&[Stanza]; 2] = [&[stanza("a"), stanza("b")], &[stanza("c")]];
    let identity = IdentityText::without_data(name("x"));
    let found = unwrap(
        &mut Wire::new(script, &mut heard),
        "plugin",
        &[&identity],
        &headers,
        person,
    );
    (found, String::from_utf8(heard).unwrap())
}

fn outcome<T>(result: Result<T, Cause>) -> String {
    match result {
        Ok(_) => "done".into(),
        Err(cause) => cause.to_string(),
    }
}

#[test]
fn the_client_says_what_the_specification_has_it_say() {
    let script = "-> recipient-stanza 1 kind a b\nQUFB\n-> labels one two\n\n-> recipient-stanza 0 kind\n\n-> done\n\n";
    let (wrapped, heard) = wrapped(script.as_bytes(), &Person::new(true));
    let wrapped = wrapped.unwrap();
    assert_eq!(wrapped.stanzas[0], [Stanza::new("kind", &[], Vec::new()).unwrap()]);
    assert_eq!(
        wrapped.stanzas[1],
        [Stanza::new("kind", &["a", "b"], b"AAA".to_vec()).unwrap()]
    );
    assert_eq!(wrapped.labels.into_iter().collect::<Vec<_>>(), ["one", "two"]);
    let identity = IdentityText::without_data(name("x"));
    assert!(identity.expose().starts_with("AGE-PLUGIN-X-1"));
    let expected = format!(
        "-> add-recipient {}\n\n-> add-identity {}\n\n-> wrap-file-key\nAQEBAQEBAQEBAQEBAQEBAQ\n-> wrap-file-key\n\
         AgICAgICAgICAgICAgICAg\n-> extension-labels\n\n-> done\n\n-> ok\n\n-> ok\n\n-> ok\n\n",
        recipient().as_str(),
        identity.expose()
    );
    assert_eq!(heard, expected);

    let (found, heard) = unwrapped(
        &b"-> file-key 1\nAgICAgICAgICAgICAgICAg\n-> done\n\n"[..],
        &Person::new(true),
    );
    let keys = found.unwrap().file_keys;
    assert!(keys[0].is_none() && keys[1].as_ref().is_some_and(|found| found.expose() == key(2).expose()));
    let expected = format!(
        "-> add-identity {}\n\n-> recipient-stanza 0 a arg\nYm9keQ\n-> recipient-stanza 0 b arg\nYm9keQ\n\
         -> recipient-stanza 1 c arg\nYm9keQ\n-> done\n\n-> ok\n\n",
        identity.expose()
    );
    assert_eq!(heard, expected);
}

#[test]
fn every_breach_ends_the_wrapping() {
    let both = "-> recipient-stanza 0 k\n\n-> recipient-stanza 1 k\n\n";
    for (script, expected) in [
        (format!("{both}-> done\n\n"), "done"),
        (format!("{both}-> labels\n\n-> done\n\n"), "done"),
        (both.to_owned(), "ended before"),
        (String::new(), "ended before"),
        ("-> do".to_owned(), "ended before"),
        ("hello\n".to_owned(), "begins no stanza"),
        ("-> done\nQQ==\n".to_owned(), "faulty body"),
        ("-> recipient-stanza 0 k\n\n-> done\n\n".to_owned(), "no stanza for one"),
        ("-> recipient-stanza 2 k\n\n".to_owned(), "index"),
        ("-> recipient-stanza 00 k\n\n".to_owned(), "index"),
        ("-> recipient-stanza +1 k\n\n".to_owned(), "index"),
        ("-> recipient-stanza\n\n".to_owned(), "index"),
        ("-> recipient-stanza 0\n\n".to_owned(), "without a type"),
        ("-> labels a b a\n\n".to_owned(), "twice"),
        ("-> labels a\n\n-> labels a\n\n".to_owned(), "second time"),
        ("-> error recipient 1\nQUFB\n".to_owned(), "index"),
        ("-> error identity 0\nQUFB\n-> done\n\n".to_owned(), "identity 1: AAA"),
        (
            "-> error internal\nQUFB\n-> error recipient 0\nQkJC\n-> done\n\n".to_owned(),
            "says: AAA; says of age1x1",
        ),
        (format!("{both}-> error internal\nQUFB\n-> done\n\n"), "says: AAA"),
        (format!("-> confirm\nQUFB\n{both}"), "without its answers"),
        (format!("-> confirm QQ== QQ\nQUFB\n{both}"), "without its answers"),
    ] {
        let outcome = outcome(wrapped(script.as_bytes(), &Person::new(true)).0);
        assert!(outcome.contains(expected), "{script:?}: {outcome}");
    }
}

#[test]
fn every_breach_ends_the_unwrapping() {
    let file_key = "-> file-key 0\nAgICAgICAgICAgICAgICAg\n";
    for (script, expected) in [
        ("-> done\n\n".to_owned(), "done"),
        (format!("{file_key}-> done\n\n"), "done"),
        (file_key.to_owned(), "ended before"),
        (format!("{file_key}{file_key}"), "two file keys"),
        ("-> file-key 2\nAgICAgICAgICAgICAgICAg\n".to_owned(), "index"),
        ("-> file-key 0\nAgIC\n".to_owned(), "wrong length"),
        ("-> error stanza 0 2\nQUFB\n".to_owned(), "index"),
        ("-> error stanza 2 0\nQUFB\n".to_owned(), "index"),
        ("-> error identity 1\nQUFB\n".to_owned(), "index"),
    ] {
        let outcome = outcome(unwrapped(script.as_bytes(), &Person::new(true)).0);
        assert!(outcome.contains(expected), "{script:?}: {outcome}");
    }
    let script = "-> error stanza 0 1\nQUFB\n-> error internal\nQkJC\n-> done\n\n";
    let found = unwrapped(script.as_bytes(), &Person::new(true)).0.unwrap();
    let internal = Complaint::Internal("BBB".into());
    assert_eq!(found.complaints, [Complaint::Stanza(0, 1, "AAA".into()), internal]);
    assert!(found.complaints[0].is_of_another(1) && !found.complaints[0].is_of_another(0));
    assert!(!found.complaints[1].is_of_another(1));
}

#[test]
fn questions_reach_the_person_and_answers_the_plugin() {
    let script = "-> msg\nVG91Y2g\n-> request-public\nTmFtZQ\n-> request-secret\nUElO\n-> confirm T0s\nU3VyZQ\n\
                  -> confirm WWVz Tm8\nU3VyZQ\n-> Xyz-grease a\nQUFB\n-> done\n\n";
    let phase_2 = |heard: String| heard.split_once("-> done\n\n").unwrap().1.to_owned();
    let person = Person::new(true);
    let (_, heard) = unwrapped(script.as_bytes(), &person);
    let answers = "-> ok\n\n-> ok\nd29yZA\n-> ok\nd29yZA\n-> ok yes\n\n-> ok no\n\n-> unsupported\n\n";
    assert_eq!(phase_2(heard), answers);
    let questions = [
        "plugin says Touch",
        "plugin asks Name Visible",
        "plugin asks PIN Hidden",
        "plugin offers Sure OK None",
        "plugin offers Sure Yes Some(\"No\")",
    ];
    assert_eq!(*person.heard.lock().unwrap(), questions);
    let (found, heard) = unwrapped(script.as_bytes(), &Person::new(false));
    assert_eq!(phase_2(heard), "-> fail\n\n".repeat(5) + "-> unsupported\n\n");
    assert!(found.is_ok(), "what a refusal means is the plugin's to say");
}

/// Says the same for ever, and counts what was taken of it.
struct Endless<'a>(&'a [u8], usize);

impl Read for Endless<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *out {
            *byte = self.0[self.1 % self.0.len()];
            self.1 += 1;
        }
        Ok(out.len())
    }
}

#[test]
fn a_plugin_without_end_is_given_up_on() {
    let body = format!(
        "-> recipient-stanza 0 k\n{}\n",
        "QUFB"
            .repeat(1000)
            .as_bytes()
            .chunks(64)
            .fold(String::new(), |text, line| text
                + std::str::from_utf8(line).unwrap()
                + "\n",)
    );
    for (text, most) in [
        ("-> a", 2 << 20),
        ("-> msg\n\n", 1 << 20),
        ("-> grease\n\n", 1 << 20),
        ("-> error internal\n\n", 1 << 20),
        ("-> recipient-stanza 0 k\n\n", 16 << 20),
        (&body, 1 << 20),
    ] {
        let mut endless = Endless(text.as_bytes(), 0);
        let cause = wrapped(&mut endless, &Person::new(true)).0.unwrap_err();
        assert!(matches!(cause, Cause::Protocol(_)), "{text:.20}: {cause}");
        assert!(endless.1 < most, "{text:.20}: {} bytes", endless.1);
    }
}

/// Keys behind a passphrase that is `word`.
struct Keys(Vec<IdentityKey>);

impl Holder for Keys {
    fn open(&self, identity: &IdentityText, asker: &dyn Asker) -> Result<Vec<IdentityKey>, String> {
        let word = asker.secret("Passphrase").ok_or("no passphrase")?;
        let copy = |key: &IdentityKey| key.to_text().expose().parse().unwrap();
        match (word.expose(), identity.name().as_str()) {
            (b"word", "keypact") => Ok(self.0.iter().map(copy).collect()),
            _ => Err("not mine".to_owned()),
        }
    }
}

/// Our client and our plugin at both ends of two pipes.
fn converse<T: Send>(
    machine: Machine,
    holder: &(dyn Holder + Sync),
    talk: impl FnOnce(&mut Wire<io::PipeReader, io::PipeWriter>) -> T + Send,
) -> (T, Result<(), Cause>) {
    let ((from_client, to_plugin), (from_plugin, to_client)) = (pipe().unwrap(), pipe().unwrap());
    thread::scope(|scope| {
        let plugin = scope.spawn(|| serve(machine, Wire::new(from_client, to_client), holder, &mut OsRng));
        let mut wire = Wire::new(from_plugin, to_plugin);
        let said = talk(&mut wire);
        drop(wire);
        (said, plugin.join().unwrap())
    })
}

fn pair() -> (Keys, RecipientKey) {
    let identity = IdentityKey::X25519(x25519::Identity::generate(&mut OsRng).unwrap());
    let recipient = identity.recipient();
    (Keys(vec![identity]), recipient)
}

fn own() -> IdentityText {
    Reference::File("/key.txt".into()).to_identity()
}

#[test]
fn our_client_and_our_plugin_understand_each_other() {
    let (holder, recipient) = pair();
    let person = Person::new(true);
    let wrapping = Wrapping {
        recipients: &[],
        identities: &[own()],
    };
    let keys = [key(1), key(2), key(3)];
    let (wrapped, served) = converse(Machine::Recipient, &holder, |wire| {
        wrap(wire, "own", wrapping, &keys, &person)
    });
    assert!(served.is_ok());
    let mut stanzas = wrapped.unwrap().stanzas;
    assert!(
        holder.0[0]
            .unwrap(&stanzas[0])
            .is_ok_and(|found| found.is_some_and(|found| found.expose() == &[1; 16]))
    );

    // One for nobody here, and one that the recipient itself wrapped.
    stanzas.push(vec![Stanza::new("foreign", &[], Vec::new()).unwrap()]);
    stanzas.push(recipient.wrap(&key(5), &mut OsRng).unwrap());
    let headers: Vec<&[Stanza]> = stanzas.iter().map(Vec::as_slice).collect();
    let person = Person::new(true);
    let (found, served) = converse(Machine::Identity, &holder, |wire| {
        unwrap(wire, "own", &[&own()], &headers, &person)
    });
    assert!(served.is_ok());
    let found = found.unwrap();
    let keys: Vec<Option<u8>> = found
        .file_keys
        .iter()
        .map(|key| key.as_ref().map(|key| key.expose()[0]))
        .collect();
    assert_eq!(keys, [Some(1), Some(2), Some(3), None, Some(5)]);
    assert!(found.complaints.is_empty());
    assert_eq!(
        *person.heard.lock().unwrap(),
        ["own asks Passphrase Hidden"],
        "one question for all files"
    );
}

#[test]
fn our_plugin_says_what_it_cannot_do() {
    let (holder, _) = pair();
    let other = IdentityText::without_data(name("other"));
    let mixed = Keys(vec![
        IdentityKey::X25519(x25519::Identity::generate(&mut OsRng).unwrap()),
        IdentityKey::Hybrid(hybrid::Identity::generate(&mut OsRng).unwrap()),
    ]);
    let wrap_with = |holder: &Keys, recipients: &[RecipientText], identities: &[IdentityText], answers: bool| {
        let wrapping = Wrapping { recipients, identities };
        let person = Person::new(answers);
        let (wrapped, served) = converse(Machine::Recipient, holder, |wire| {
            wrap(wire, "own", wrapping, &[key(1)], &person)
        });
        assert!(served.is_ok());
        outcome(wrapped)
    };
    for (expected, outcome) in [
        (
            "no recipients of this plugin",
            wrap_with(&holder, &[recipient()], &[], true),
        ),
        ("identity 1: not mine", wrap_with(&holder, &[], &[other], true)),
        ("identity 1: no passphrase", wrap_with(&holder, &[], &[own()], false)),
        ("cannot share a file", wrap_with(&mixed, &[], &[own()], true)),
    ] {
        assert!(outcome.contains(expected), "{outcome}");
    }

    // A stanza of a kind of ours that is malformed condemns its file, and no other.
    let good = holder.0[0].recipient().wrap(&key(7), &mut OsRng).unwrap();
    let bad = [
        Stanza::new("foreign", &[], Vec::new()).unwrap(),
        Stanza::new("X25519", &["x"], Vec::new()).unwrap(),
    ];
    let (found, _) = converse(Machine::Identity, &holder, |wire| {
        unwrap(wire, "own", &[&own()], &[&bad, &good], &Person::new(true))
    });
    let found = found.unwrap();
    assert!(
        matches!(found.complaints.as_slice(), [Complaint::Stanza(0, 1, _)]),
        "{:?}",
        found.complaints
    );
    assert!(found.file_keys[1].is_some());
}

#[test]
fn our_plugin_survives_its_client() {
    for (script, expected) in [
        ("", "ended before"),
        (
            "-> add-identity\n\n-> add-identity x\n\n-> done\n\n-> ok\n\n-> ok\n\n",
            "done",
        ),
        ("-> grease\n\n-> done\n\n", "done"),
        ("-> wrap-file-key\nQUFB\n", "wrong length"),
        ("-> recipient-stanza 1 k\n\n", "index"),
        ("-> recipient-stanza 0\n\n", "without a type"),
        (
            "-> recipient-stanza 0 k\n\n-> recipient-stanza 1 k\n\n-> recipient-stanza 0 k\n\n",
            "out of order",
        ),
    ] {
        let wire = Wire::new(script.as_bytes(), Vec::new());
        let served = serve(Machine::Identity, wire, &Keys(Vec::new()), &mut OsRng);
        assert!(outcome(served).contains(expected), "{script:?}");
    }
}

#[test]
fn names_lead_to_no_other_program() {
    for good in ["yubikey", "X1", "a-b_c.d+e", "..", "0"] {
        assert_eq!(name(good).program(), format!("age-plugin-{}", good.to_lowercase()));
    }
    for bad in ["", "a/b", "/", "../x", "a b", "a\0", "ü", "a\n", &"a".repeat(72)] {
        assert!(bad.parse::<Name>().is_err(), "{bad:?}");
    }
    let of = |hrp: &str| crate::encoding::bech32::encode(hrp, b"data");
    let recipient = |hrp| of(hrp).parse::<RecipientText>().ok().map(|key| key.name().to_string());
    let identity = |hrp| of(hrp).parse::<IdentityText>().ok().map(|key| key.name().to_string());
    for (hrp, expected) in [
        ("age1x", Some("x")),
        ("age1x1y", Some("x1y")),
        ("age1a/b", None),
        ("age1", None),
        ("age", None),
    ] {
        assert_eq!(recipient(hrp).as_deref(), expected, "{hrp}");
    }
    for (hrp, expected) in [
        ("age-plugin-x-", Some("x")),
        ("age-plugin-x", None),
        ("age-plugin--", None),
        ("age-plugin-a/b-", None),
    ] {
        assert_eq!(identity(hrp).as_deref(), expected, "{hrp}");
    }
    let damaged = of("age1x").replace("age1x1", "age1y1");
    assert_eq!(damaged.parse::<RecipientText>(), Err(format::KeyError::Damaged));
}
