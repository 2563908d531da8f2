//! Conversations with plugins: the other side of each says what it likes.

use keypact::format::keys::IdentityKey;
use keypact::format::{FileKey, Recipient, STANZA_LIMIT, Stanza};
use keypact::roots::plugin::{
    self, Asker, Choice, Echo, Holder, IdentityText, Machine, Reference, Ui, Wire, Wrapping, serve,
};
use keypact::secret::SecretBytes;

use super::file::{known_key, x25519_identity};
use super::{Seed, Seeded};

/// The first byte chooses the conversation and the side, the rest is what the other side says.
pub fn plugin(data: &[u8]) {
    let Some((choice, script)) = data.split_first() else {
        return;
    };
    match choice % 4 {
        0 => wrap(script),
        1 => unwrap(script),
        2 => server(Machine::Recipient, script),
        _ => server(Machine::Identity, script),
    };
}

/// What is wrapped is complete; whatever was said, it was answered in words of the protocol.
fn wrap(script: &[u8]) -> bool {
    let mut heard = Vec::new();
    let wrapping = Wrapping {
        recipients: &[],
        identities: &[own()],
    };
    let keys = [known_key(), known_key()];
    let wrapped = plugin::wrap(&mut Wire::new(script, &mut heard), "plugin", wrapping, &keys, &Person);
    answered(&heard);
    let Ok(wrapped) = wrapped else { return false };
    assert_eq!(wrapped.stanzas.len(), keys.len());
    assert!(
        wrapped
            .stanzas
            .iter()
            .all(|file| (1..=STANZA_LIMIT).contains(&file.len()))
    );
    true
}

/// As many results as files.
fn unwrap(script: &[u8]) -> bool {
    let mut heard = Vec::new();
    let stanza = honest_stanza();
    let headers: [&[Stanza]; 2] = [&[stanza.clone(), stanza.clone()], &[stanza]];
    let found = plugin::unwrap(
        &mut Wire::new(script, &mut heard),
        "plugin",
        &[&own()],
        &headers,
        &Person,
    );
    answered(&heard);
    let Ok(found) = found else { return false };
    assert_eq!(found.file_keys.len(), headers.len());
    found.file_keys[1].is_some()
}

fn answered(heard: &[u8]) {
    let messages = messages(heard);
    let mut answers = messages.iter().skip_while(|message| message.kind() != "done").skip(1);
    assert!(answers.all(|answer| ["ok", "fail", "unsupported"].contains(&answer.kind())));
}

/// Our side as the plugin ends every conversation that the client ends, and gives no file key but the one that was wrapped.
fn server(machine: Machine, script: &[u8]) -> bool {
    let mut said = Vec::new();
    let wire = Wire::new(script, &mut said);
    let served = serve(machine, wire, &Keys, &mut Seeded::new("serve"));
    let messages = messages(&said);
    let keys = || messages.iter().filter(|message| message.kind() == "file-key");
    assert!(
        keys().all(|message| message.body() == known_key().expose()),
        "a key that nobody wrapped"
    );
    let is_done = messages.last().is_some_and(|message| message.kind() == "done");
    assert_eq!(served.is_ok(), is_done);
    is_done && (machine == Machine::Recipient || keys().next().is_some())
}

fn messages(text: &[u8]) -> Vec<Stanza> {
    let (mut rest, mut messages) = (text, Vec::new());
    while !rest.is_empty() {
        messages.push(Stanza::read(&mut rest, 1 << 20).expect("we write whole messages"));
    }
    messages
}

struct Person;

impl Ui for Person {
    fn message(&self, _: &str, _: &str) -> Option<()> {
        Some(())
    }

    fn request(&self, _: &str, text: &str, _: Echo) -> Option<SecretBytes> {
        Some(SecretBytes::new(text.into()))
    }

    fn confirm(&self, _: &str, _: &str, _: &str, no: Option<&str>) -> Option<Choice> {
        no.map(|_| Choice::No)
    }

    fn waiting(&self, _: &str) {}
}

struct Keys;

impl Holder for Keys {
    fn open(&self, identity: &IdentityText, asker: &dyn Asker) -> Result<Vec<IdentityKey>, String> {
        Reference::of(identity).map_err(|error| error.to_string())?;
        asker.secret("Passphrase").ok_or("no passphrase")?;
        Ok(vec![IdentityKey::X25519(x25519_identity())])
    }
}

fn own() -> IdentityText {
    Reference::File("/key.txt".into()).to_identity()
}

fn honest_stanza() -> Stanza {
    let wrapped = x25519_identity()
        .recipient()
        .wrap(&known_key(), &mut Seeded::new("wrap"));
    wrapped.expect("seeded randomness").remove(0)
}

fn text(words: &str, stanza: &Stanza) -> String {
    let mut text = Vec::new();
    keypact::format::write_stanza(&mut text, &[words, stanza.line()], stanza.body()).expect("a Vec takes everything");
    String::from_utf8(text).expect("stanzas are ASCII")
}

/// Inputs that go all the way.
pub fn seeds() -> Vec<Seed> {
    let stanza = honest_stanza();
    let key = Stanza::new("key", &[], FileKey::expose(&known_key()).to_vec()).expect("one visible word");
    let key = text("-", &key);
    let key = key.lines().nth(1).expect("a body").to_owned();
    let (zero, one) = (text("recipient-stanza 0", &stanza), text("recipient-stanza 1", &stanza));
    let identity = format!("-> add-identity {}\n\n", own().expose());
    let answers = "-> ok\nd29yZA\n".repeat(4);
    let questions = "-> msg\nVG91Y2g\n-> request-secret\nUElO\n-> request-public\nTmFtZQ\n-> confirm WWVz Tm8\nU3VyZQ\n\
                     -> confirm T0s\nU3VyZQ\n-> grease x\n\n";
    let cases = [
        (0, "wrap", format!("{questions}{zero}{one}-> labels a b\n\n-> done\n\n")),
        (
            0,
            "wrap-errors",
            "-> error identity 0\nbm8\n-> error internal\nbm8\n-> done\n\n".to_owned(),
        ),
        (
            1,
            "unwrap",
            format!("{questions}-> file-key 1\n{key}\n-> error stanza 0 1\nbm8\n-> done\n\n"),
        ),
        (
            2,
            "serve-wrap",
            format!("{identity}-> wrap-file-key\n{key}\n-> extension-labels\n\n-> done\n\n{answers}"),
        ),
        (
            3,
            "serve-unwrap",
            format!("{identity}{zero}-> grease\n\n-> done\n\n{answers}"),
        ),
    ];
    let seed = |(choice, name, script): (u8, _, String)| ("plugin", name, [&[choice], script.as_bytes()].concat());
    cases.into_iter().map(seed).collect()
}

/// Whether the honest inputs reach the end of their conversations.
pub fn honest_inputs_go_all_the_way() -> bool {
    let reaches = |(_, name, data): Seed| match (name, &data[1..]) {
        ("wrap", script) => wrap(script),
        ("unwrap", script) => unwrap(script),
        ("serve-wrap", script) => server(Machine::Recipient, script),
        ("serve-unwrap", script) => server(Machine::Identity, script),
        _ => true,
    };
    seeds().into_iter().all(reaches)
}
