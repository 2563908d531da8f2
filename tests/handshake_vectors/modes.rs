//! The same for codes, courier keys and pinned identities, alone and together, over a wire and put aside between messages.

use keypact::handshake::{
    Agreed, AwaitProof, Code, Credential, Enrolment, Handshake, KeyKind, Mask, Mode, Pinned, Psk,
};
use keypact::handshake::{PublicKey, Role, Setting, Signer, Step, Terms, Unverified};
use keypact::secret::{Secret, SecretBytes};
use keypact::verify::{Form, Sas};
use serde_json::Value;

use super::script::Script;
use super::{bytes, text};

#[test]
fn every_mode_is_reproduced_byte_for_byte() {
    for case in cases() {
        check(&case, |exchange| exchange);
    }
}

#[test]
fn an_exchange_that_was_put_aside_goes_on_with_the_same_bytes() {
    let cases = cases()
        .into_iter()
        .filter(|case| case["flags"] == Setting::Tokens as u8);
    let mut count = 0;
    for case in cases {
        check(&case, |(exchange, side)| {
            let Some(state) = exchange.save() else {
                panic!("nothing to put aside")
            };
            let mask = Handshake::mask_of(&state).unwrap();
            let pinned = mask.demands(Mask::ID).then(|| pinned(&case, side));
            (Handshake::resume(&state, pinned).unwrap(), side)
        });
        count += 1;
    }
    assert_eq!(count, 13);
}

#[test]
fn identities_have_the_texts_and_fingerprints_of_the_second_implementation() {
    for known in vectors()["identities"].as_array().unwrap() {
        let public = credential(known).public();
        assert_eq!(public.bytes(), bytes(&known["public"]));
        assert_eq!(public.to_string(), text(&known["text"]));
        assert_eq!(PublicKey::parse(text(&known["text"])), Some(public.clone()));
        assert_eq!(public.fingerprint()[..], bytes(&known["fingerprint"]));
    }
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/hs1_modes.json")).unwrap()
}

fn cases() -> Vec<Value> {
    let cases = vectors()["cases"].as_array().unwrap().clone();
    assert_eq!(cases.len(), 27);
    cases
}

type Side = &'static str;

/// Both sides of a case; `between` is done to an exchange after each of its messages.
fn check(case: &Value, between: impl Fn((Handshake, Side)) -> (Handshake, Side)) {
    let keep = |exchange, side| between((exchange, side)).0;
    let mut initiator_rng = draws(case, "initiator", ["x25519", "ml_kem_seed", "nonce"]);
    let mut responder_rng = draws(case, "responder", ["nonce", "x25519", "ml_kem_message"]);

    let (exchange, hello) = Handshake::initiate(terms(case, "initiator"), &mut initiator_rng).unwrap();
    assert_eq!(hello, bytes(&case["m1"]), "HELLO of {}", case["name"]);
    let initiator = keep(exchange, "initiator");
    let waiting = Handshake::respond(terms(case, "responder"));
    let (reply, exchange) = match waiting.handle(&hello, &mut responder_rng).unwrap() {
        Step::Continue { send, next } => (send.unwrap(), next),
        Step::Agreed { .. } => panic!("REPLY expected"),
    };
    assert_eq!(reply, bytes(&case["m2"]), "REPLY of {}", case["name"]);
    let responder = keep(exchange, "responder");
    let (finish, initiator) = agreed(initiator.handle(&reply, &mut initiator_rng).unwrap());
    assert_eq!(finish.unwrap(), bytes(&case["m3"]), "FINISH of {}", case["name"]);
    let (nothing, responder) = agreed(responder.handle(&bytes(&case["m3"]), &mut responder_rng).unwrap());
    assert_eq!(nothing, None);
    assert!(initiator_rng.is_used_up() && responder_rng.is_used_up());

    for (number, agreed) in [initiator, responder].into_iter().enumerate() {
        check_agreement(case, agreed, number);
    }
    check_enrolment(case);
}

fn agreed(step: Step) -> (Option<Vec<u8>>, Agreed<Unverified>) {
    match step {
        Step::Agreed { send, agreed } => (send, agreed),
        Step::Continue { .. } => panic!("agreement expected"),
    }
}

/// The short strings of this side; and what is put aside until people have compared, which holds every key.
fn check_agreement(case: &Value, agreed: Agreed<Unverified>, number: usize) {
    let nonce = bytes(&case["qr_nonce"]).try_into().unwrap();
    let shown = |form: &str| {
        let form = form.parse::<Form>().unwrap();
        Sas::of(&agreed).with_nonce(nonce).show(form)
    };
    assert_eq!(shown("typed"), text(&case["sas_typed"][number]));
    assert_eq!(shown("qr"), text(&case["sas_qr"][number]));
    assert_eq!(agreed.session().to_string(), text(&case["session_id"]));

    let state = agreed.save();
    let mask = u8::try_from(case["mask"].as_u64().unwrap()).unwrap();
    let mut expected = vec![1, 3, mask, u8::try_from(number).unwrap()];
    for key in ["sas", "i2r", "r2i", "exp", "cb"] {
        expected.extend(bytes(&case[key]));
    }
    assert_eq!(state.expose(), expected, "keys of {}", case["name"]);
    let again = Agreed::resume(&state).unwrap().save();
    assert_eq!(again.expose(), expected);
}

/// An enrolment under the keys of this case; the identities are always the same two.
fn check_enrolment(case: &Value) {
    let enrol = &case["enrol"];
    let begin = |side: Side, role| {
        let mut rng = Script::new(&[&bytes(&enrol[side]["x25519"])]);
        let (state, offer) = Enrolment::begin(credential(&enrol[side]), role, &mut rng).unwrap();
        assert_eq!(offer, bytes(&enrol[side]["offer"]));
        (state, offer)
    };
    let prove = |side: Side, state: Enrolment, offer: &[u8]| -> (AwaitProof, Vec<u8>) {
        let chain = Secret::copy_from(&bytes(&enrol["chain"])).unwrap();
        let (state, proof) = state.prove(offer, chain).unwrap();
        assert_eq!(proof, bytes(&enrol[side]["proof"]), "{side} of {}", case["name"]);
        (state, proof)
    };
    let (initiator, from_initiator) = begin("initiator", Role::Initiator);
    let (responder, from_responder) = begin("responder", Role::Responder);
    let (initiator, proof_of_initiator) = prove("initiator", initiator, &from_responder);
    let (responder, proof_of_responder) = prove("responder", responder, &from_initiator);
    let shown = |key: PublicKey| key.to_string();
    assert_eq!(
        initiator.check(&proof_of_responder).map(shown).as_deref(),
        Ok(text(&enrol["responder"]["text"]))
    );
    assert_eq!(
        responder.check(&proof_of_initiator).map(shown).as_deref(),
        Ok(text(&enrol["initiator"]["text"]))
    );
}

/// What a side draws, and under a code 64 bytes more.
fn draws(case: &Value, side: Side, names: [&str; 3]) -> Script {
    let mut parts: Vec<_> = names.iter().map(|name| bytes(&case[side][name])).collect();
    parts.extend(case[side].get("cpace").map(bytes));
    Script::new(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn terms(case: &Value, side: Side) -> Terms {
    let mask = Mask::from_byte(u8::try_from(case["mask"].as_u64().unwrap()).unwrap()).unwrap();
    let given = |mode, make: &dyn Fn() -> Mode| mask.demands(mode).then(make);
    let modes = [
        given(Mask::SAS, &|| Mode::Compare),
        given(Mask::TRANSPORT, &|| Mode::Transport),
        given(Mask::CODE, &|| {
            Mode::Code(Code::new(SecretBytes::new(text(&case["code"]).into())))
        }),
        given(Mask::PSK, &|| Mode::Psk(psk(&bytes(&case["psk"])))),
        given(Mask::ID, &|| Mode::Pinned(pinned(case, side))),
    ];
    let settings = [Setting::Live, Setting::Tokens, Setting::Resumption];
    let setting = settings.into_iter().find(|setting| case["flags"] == *setting as u8);
    let context = text(&case["context"]).as_bytes();
    Terms::new(modes.into_iter().flatten(), context)
        .unwrap()
        .in_setting(setting.unwrap())
}

fn psk(key: &[u8]) -> Psk {
    match Secret::copy_from(key) {
        Some(key) => Psk::new(key),
        None => Psk::from_half(&Secret::copy_from(key).unwrap()),
    }
}

fn pinned(case: &Value, side: Side) -> Pinned {
    let other = if side == "initiator" { "responder" } else { "initiator" };
    let known = &case["identities"];
    Pinned {
        own: credential(&known[side]),
        peer: PublicKey::parse(text(&known[other]["text"])).unwrap(),
    }
}

fn credential(known: &Value) -> Credential {
    let seed = Secret::copy_from(&bytes(&known["seed"])).unwrap();
    let kind = match text(&known["kind"]) {
        "x25519" => KeyKind::X25519,
        "ed25519" => KeyKind::Ed25519,
        _ => return ssh(seed),
    };
    Credential::from_seed(&seed, kind).unwrap()
}

/// A key of SSH whose agent is in this process.
struct Agent(Secret<32>);

impl Signer for Agent {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, String> {
        Ok(strings(&[
            b"ssh-ed25519",
            &keypact::crypto::ed25519::sign(&self.0, data),
        ]))
    }
}

fn ssh(seed: Secret<32>) -> Credential {
    let public = strings(&[b"ssh-ed25519", &keypact::crypto::ed25519::public(&seed)]);
    let signer = Box::new(Agent(seed));
    Credential::Ssh { public, signer }
}

fn strings(parts: &[&[u8]]) -> Vec<u8> {
    let length = |part: &[u8]| u32::try_from(part.len()).unwrap().to_be_bytes();
    parts.iter().flat_map(|part| [&length(part), *part].concat()).collect()
}
