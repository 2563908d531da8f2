//! The messages of an exchange in every mode, states of it that were put aside, identities and their enrolment.

use std::sync::LazyLock;

use keypact::crypto::ed25519;
use keypact::handshake::{
    Agreed, Code, Credential, Enrolment, Error, ExchangeId, FrameHeader, HEADER_LEN, Handshake, KeyKind, Mask, Mode,
    Pinned, Psk, PublicKey, Role, Setting, Signer, Step, Terms, Token, TokenKind, Unverified,
};
use keypact::secret::{Secret, SecretBytes};

use super::{Seed, Seeded};

/// What the first byte of an input chooses from: the modes of both sides.
const MODES: &[&[Part]] = &[
    &[Part::Compare],
    &[Part::Code],
    &[Part::Psk],
    &[Part::Id(KeyKind::X25519)],
    &[Part::Id(KeyKind::Ed25519)],
    &[Part::Id(KeyKind::Ssh)],
    &[Part::Compare, Part::Code, Part::Psk, Part::Id(KeyKind::X25519)],
];
/// The bit of the first byte by which an initiator lets HELLOs cross.
const CROSSING: u8 = 0x80;

#[derive(Clone, Copy)]
enum Part {
    Compare,
    Code,
    Psk,
    Id(KeyKind),
}

/// A peer speaks to an initiator: only the honest responder's REPLY is agreed with.
pub fn handshake_initiator(data: &[u8]) {
    if let Some((_, frames)) = drive_initiator(data) {
        assert_eq!(frames.last(), Some(&&honest(data).reply[..]));
    }
}

/// A peer speaks to a responder: only the honest initiator's HELLO and FINISH are agreed with.
pub fn handshake_responder(data: &[u8]) {
    if let Some((_, frames)) = drive_responder(data) {
        let Honest { hello, finish, .. } = honest(data);
        assert_eq!(frames, [&hello[..], &finish[..]]);
    }
}

/// A state that was put aside is read as it would be written, or not at all; what is read takes in any message.
pub fn saved_state(data: &[u8]) {
    let state = SecretBytes::new(data.to_vec());
    let same = |again: SecretBytes| assert_eq!(again.expose(), data);
    if let Some(agreed) = Agreed::resume(&state) {
        same(agreed.save());
    }
    let Some(mask) = Handshake::mask_of(&state) else { return };
    let resume = || {
        let pinned = mask.demands(Mask::ID).then(|| pinned(KeyKind::X25519, Role::Responder));
        Handshake::resume(&state, pinned)
    };
    let Some(exchange) = resume() else { return };
    same(exchange.save().expect("it was put aside before"));
    for frame in ASIDE
        .iter()
        .flat_map(|honest| [&honest.hello, &honest.reply, &honest.finish])
    {
        let exchange = resume().expect("as before");
        let _ = exchange.handle(frame, &mut Seeded::new("responder"));
    }
}

/// A text that a token is found in: it would be written the same, in that place, and is found again.
pub fn token(data: &[u8]) {
    for wanted in [&[TokenKind::Offer][..], &[TokenKind::Answer, TokenKind::Finish]] {
        let Ok(token) = Token::find(data, wanted) else { continue };
        assert!(wanted.contains(&token.kind()));
        let text = token.to_string();
        let fits = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let carried: Vec<u8> = data.iter().filter(fits).copied().collect();
        assert!(carried.windows(text.len()).any(|piece| piece == text.as_bytes()));
        assert_eq!(text.parse().as_ref(), Ok(&token));
        assert_eq!(Token::new(token.id(), token.frame().to_vec()), Some(token));
    }
}

/// The text and the bytes of an identity are read as they would be written, or not at all.
pub fn public_key(data: &[u8]) {
    if let Some(key) = PublicKey::from_bytes(data) {
        assert_eq!(key.to_bytes(), data);
        assert_eq!(PublicKey::parse(&key.to_string()), Some(key));
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(key) = PublicKey::parse(text) {
        assert!(key.to_string().eq_ignore_ascii_case(text));
    }
}

/// A verified peer that is not the honest one enrols: nobody but the owner of an identity can show it.
pub fn enrolment(data: &[u8]) {
    let Some((offer, proof)) = data.split_at_checked(ENROLMENT.0.len()) else {
        return;
    };
    if enrolled(offer, proof).is_some() {
        assert_eq!((offer, proof), (&ENROLMENT.0[..], &ENROLMENT.1[..]));
    }
}

/// Inputs that go all the way through their target, and others that come far.
pub fn seeds() -> Vec<Seed> {
    let Honest { hello, .. } = honest(&[0]);
    let (_, crossing) = Handshake::initiate(
        terms(0, Role::Responder, Setting::Live),
        &mut Seeded::new("somebody else"),
    )
    .expect("seeded randomness");
    let alert = Error::Version.alert(&terms(0, Role::Initiator, Setting::Live));
    let alert = [&[0], &alert.expect("a peer can be told about versions")[..]].concat();
    let mut seeds = vec![
        ("handshake_initiator", "alert", alert.clone()),
        (
            "handshake_initiator",
            "crossing",
            [&[CROSSING], &crossing[..], &honest(&[0]).reply].concat(),
        ),
        (
            "handshake_initiator",
            "text",
            b"\0Last login: Thu Jan  1 00:00:00 1970\r\n".to_vec(),
        ),
        ("handshake_responder", "alert", alert),
        ("handshake_responder", "hello-twice", [&[0], &hello[..], hello].concat()),
        ("enrolment", "honest", [&ENROLMENT.0[..], &ENROLMENT.1].concat()),
        (
            "public_key",
            "text",
            credential(KeyKind::X25519, Role::Initiator)
                .public()
                .to_string()
                .into_bytes(),
        ),
        (
            "public_key",
            "ssh",
            credential(KeyKind::Ssh, Role::Initiator).public().to_bytes(),
        ),
    ];
    for (mode, name) in NAMES.iter().enumerate() {
        let mode = u8::try_from(mode).expect("few modes");
        let honest = honest(&[mode]);
        seeds.push(("handshake_initiator", name, [&[mode], &honest.reply[..]].concat()));
        seeds.push((
            "handshake_responder",
            name,
            [&[mode], &honest.hello[..], &honest.finish].concat(),
        ));
    }
    let names = ["offer", "answer", "finish"];
    let texts = texts();
    seeds.extend(
        names
            .into_iter()
            .zip(&texts)
            .map(|(name, text)| ("token", name, text.clone().into_bytes())),
    );
    let [offer, answer, finish] = texts;
    let mail = format!("Hi Bob,\r\n> {finish}\r\n-- \r\nAlice\n>> {answer}\n>>> {offer}");
    seeds.push(("token", "mail", mail.into_bytes()));
    for (name, state) in &ASIDE[0].states {
        seeds.push(("saved_state", name, state.clone()));
    }
    seeds.push((
        "saved_state",
        "all-initiator",
        ASIDE[MODES.len() - 1].states[0].1.clone(),
    ));
    seeds.push((
        "saved_state",
        "all-responder",
        ASIDE[MODES.len() - 1].states[1].1.clone(),
    ));
    seeds
}

/// The texts of one exchange.
fn texts() -> [String; 3] {
    let Honest {
        hello, reply, finish, ..
    } = &ASIDE[0];
    let id = ExchangeId::of(hello);
    let text = |frame: &Vec<u8>| {
        Token::new(id, frame.clone())
            .expect("a message of the exchange")
            .to_string()
    };
    [hello, reply, finish].map(text)
}

const NAMES: [&str; MODES.len()] = ["honest", "code", "psk", "x25519", "ed25519", "ssh", "all"];

/// Whether the honest inputs reach the last state of each target.
pub fn honest_inputs_go_all_the_way() -> bool {
    let agrees = |(target, _, data): &Seed| match *target {
        "handshake_initiator" => drive_initiator(data).is_some(),
        "handshake_responder" => drive_responder(data).is_some(),
        _ => false,
    };
    seeds()
        .iter()
        .filter(|seed| NAMES.contains(&seed.1))
        .filter(|seed| agrees(seed))
        .count()
        == 2 * MODES.len()
        && enrolled(&ENROLMENT.0, &ENROLMENT.1).is_some()
        && texts().iter().all(|text| text.parse::<Token>().is_ok())
}

/// One exchange, the same in every run: what both parties say, and what they would put aside.
pub(super) struct Honest {
    hello: Vec<u8>,
    pub(super) reply: Vec<u8>,
    finish: Vec<u8>,
    states: Vec<(&'static str, Vec<u8>)>,
}

static LIVE: LazyLock<Vec<Honest>> = LazyLock::new(|| all(Setting::Live));
static ASIDE: LazyLock<Vec<Honest>> = LazyLock::new(|| all(Setting::Tokens));

fn all(setting: Setting) -> Vec<Honest> {
    (0..MODES.len()).map(|mode| meet(mode, setting).0).collect()
}

/// The exchange that the first byte of an input chooses.
pub(super) fn honest(data: &[u8]) -> &'static Honest {
    &LIVE[mode(data)]
}

fn mode(data: &[u8]) -> usize {
    usize::from(data.first().copied().unwrap_or_default() & !CROSSING) % MODES.len()
}

/// Both parties meet: what they say, and what they agree on.
pub(super) fn meet(mode: usize, setting: Setting) -> (Honest, [Agreed<Unverified>; 2]) {
    let (begin, answer) = (|| initiate(mode, setting), || responds(mode, setting));
    let (alice, hello) = begin();
    let reply_to = |hello: &[u8]| match answer().handle(hello, &mut Seeded::new("responder")) {
        Ok(Step::Continue {
            send: Some(reply),
            next,
        }) => (reply, next),
        _ => unreachable!("the honest HELLO is answered"),
    };
    let (reply, bob) = reply_to(&hello);
    let finish_to = |alice: Handshake| match alice.handle(&reply, &mut Seeded::new("unused")) {
        Ok(Step::Agreed {
            send: Some(finish),
            agreed,
        }) => (finish, agreed),
        _ => unreachable!("the honest REPLY is accepted"),
    };
    let (finish, alice) = finish_to(alice);
    let Ok(Step::Agreed { agreed: bob, .. }) = bob.handle(&finish, &mut Seeded::new("unused")) else {
        unreachable!("the honest FINISH is accepted")
    };
    let aside = |state: Option<SecretBytes>| state.expect("something was sent").expose().to_vec();
    let states = vec![
        ("initiator", aside(begin().0.save())),
        ("responder", aside(reply_to(&hello).1.save())),
        ("agreed", finish_to(begin().0).1.save().expose().to_vec()),
    ];
    let honest = Honest {
        hello,
        reply,
        finish,
        states,
    };
    (honest, [alice, bob])
}

type Driven<'w> = Option<(Agreed<Unverified>, Vec<&'w [u8]>)>;

/// The initiator of the chosen exchange, on an input.
pub(super) fn drive_initiator(data: &[u8]) -> Driven<'_> {
    let (first, wire) = data.split_first()?;
    let terms = terms(mode(data), Role::Initiator, Setting::Live);
    let rng = &mut Seeded::new("initiator");
    let begun = if first & CROSSING == 0 {
        Handshake::initiate(terms, rng)
    } else {
        Handshake::initiate_or_respond(terms, rng)
    };
    drive(begun.expect("seeded randomness").0, wire, "initiator answers")
}

fn drive_responder(data: &[u8]) -> Driven<'_> {
    drive(responds(mode(data), Setting::Live), data.get(1..)?, "responder")
}

/// Hands frames to one party until it agrees, refuses or has no more to read: the agreement, and the frames it took.
fn drive<'w>(mut state: Handshake, wire: &'w [u8], randomness: &str) -> Driven<'w> {
    let mut rng = Seeded::new(randomness);
    let mut rest = wire;
    let mut frames = Vec::new();
    loop {
        let header = FrameHeader::parse(rest.first_chunk()?).ok()?;
        let (frame, after) = rest.split_at_checked(HEADER_LEN + header.body_len())?;
        frames.push(frame);
        rest = after;
        match state.handle(frame, &mut rng) {
            Ok(Step::Continue { next, .. }) => state = next,
            Ok(Step::Agreed { agreed, .. }) => return Some((agreed, frames)),
            Err(error) => {
                assert!(!error.to_string().contains(char::is_control), "{error}");
                return None;
            }
        }
    }
}

fn initiate(mode: usize, setting: Setting) -> (Handshake, Vec<u8>) {
    let terms = terms(mode, Role::Initiator, setting);
    Handshake::initiate(terms, &mut Seeded::new("initiator")).expect("seeded randomness")
}

fn responds(mode: usize, setting: Setting) -> Handshake {
    Handshake::respond(terms(mode, Role::Responder, setting))
}

fn terms(mode: usize, role: Role, setting: Setting) -> Terms {
    let modes = MODES[mode].iter().map(|part| match part {
        Part::Compare => Mode::Compare,
        Part::Code => Mode::Code(Code::new(SecretBytes::new(b"topmost-istanbul".to_vec()))),
        Part::Psk => Mode::Psk(Psk::new(Secret::with(|key| key.fill(7)))),
        Part::Id(kind) => Mode::Pinned(pinned(*kind, role)),
    });
    Terms::new(modes, b"fuzz").expect("a short context").in_setting(setting)
}

fn pinned(kind: KeyKind, role: Role) -> Pinned {
    Pinned {
        own: credential(kind, role),
        peer: credential(kind, role.other()).public(),
    }
}

fn credential(kind: KeyKind, role: Role) -> Credential {
    let seed = Secret::with(|seed| seed.fill(1 + role as u8));
    Credential::from_seed(&seed, kind).unwrap_or_else(|| Credential::Ssh {
        public: strings(&ed25519::public(&seed)),
        signer: Box::new(Agent(seed)),
    })
}

struct Agent(Secret<32>);

impl Signer for Agent {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, String> {
        Ok(strings(&ed25519::sign(&self.0, data)))
    }
}

/// A blob of a kind of SSH: two strings, of which the second is 32 or 64 bytes long.
fn strings(bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).expect("keys and signatures are short");
    [b"\0\0\0\x0bssh-ed25519\0\0\0", &[length][..], bytes].concat()
}

/// What the honest responder of an enrolment says: offer and proof.
static ENROLMENT: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let (_, theirs) = enrols(Role::Initiator);
    let (state, offer) = enrols(Role::Responder);
    let (_, proof) = state.prove(&theirs, Secret::zero()).expect("an honest offer");
    (offer, proof)
});

fn enrols(role: Role) -> (Enrolment, Vec<u8>) {
    let randomness = format!("enrolment {}", role as u8);
    Enrolment::begin(credential(KeyKind::X25519, role), role, &mut Seeded::new(&randomness)).expect("seeded randomness")
}

fn enrolled(offer: &[u8], proof: &[u8]) -> Option<PublicKey> {
    let (awaiting, _) = enrols(Role::Initiator).0.prove(offer, Secret::zero()).ok()?;
    awaiting.check(proof).ok()
}
