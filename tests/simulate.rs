//! Two parties in one thread over a scripted network: the exchange, the gate and the channel against everything that a
//! network can do to whole messages. The claim: no run ends with two sides that believe they agree on different things.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::match_bool,
    unreachable_pub,
    reason = "a panic is the failure report"
)]

#[path = "simulate/breaker.rs"]
mod breaker;
#[path = "support/channels.rs"]
mod channels;
#[path = "simulate/liar.rs"]
mod liar;
#[path = "simulate/link.rs"]
mod link;
#[path = "simulate/network.rs"]
mod network;
#[path = "simulate/parcel.rs"]
mod parcel;
#[path = "simulate/party.rs"]
mod party;
#[path = "support/script.rs"]
mod script;
#[path = "simulate/transfer.rs"]
mod transfer;

use keypact::channel::{Cipher, Draft, Kind};
use keypact::crypto::rng::Rng;
use keypact::handshake::{Handshake, Mask, Mode, Terms};
use network::{Action, Attack, LEFT, Network, RIGHT, Setting, Side, compare, settle};
use party::{Belief, Delivery, Party, Plan, Start};
use script::Seeded;

const BOTH: [Delivery; 2] = [Delivery::Packets, Delivery::Stream];
const STARTS: [[Start; 2]; 3] = [
    [Start::Initiates, Start::Responds],
    [Start::Responds, Start::Initiates],
    [Start::Initiates, Start::Initiates],
];
/// Bytes of the largest DATA record on the wire.
const LARGE: usize = 65_536;

fn masks() -> [Mask; 8] {
    [
        Mask::SAS,
        Mask::TRANSPORT,
        Mask::SAS | Mask::TRANSPORT,
        Mask::CODE,
        Mask::PSK,
        Mask::ID,
        Mask::CODE | Mask::SAS,
        Mask::CODE | Mask::PSK | Mask::ID,
    ]
}

/// Left renews its key once it has spoken a little, right never does. Right prefers AES-256-GCM, and left too where no short
/// string is compared.
fn setting(seed: &str, start: [Start; 2], mask: Mask, delivery: Delivery, sizes: &'static [usize]) -> Setting {
    let plan = |side: usize, renews_before| Plan {
        side,
        cipher: if side == LEFT && mask.demands(Mask::SAS) {
            Cipher::ChaCha20Poly1305
        } else {
            Cipher::Aes256Gcm
        },
        start: start[side],
        delivery,
        mask,
        context: b"simulation",
        sizes,
        renews_before,
    };
    Setting {
        seed: seed.to_owned(),
        plans: [plan(LEFT, Some(2)), plan(RIGHT, None)],
    }
}

/// What must hold however a run went.
fn check_agreement(beliefs: &[Belief; 2], case: &str) {
    let [left, right] = beliefs;
    if let (Some(left), Some(right)) = (left.opened, right.opened) {
        assert_eq!(left, right, "{case}: two open channels, two keys");
    }
    for (this, that) in [(left, right), (right, left)] {
        if this.opened.is_some() {
            assert_eq!(this.session, that.session, "{case}: open towards somebody else");
        }
        assert!(
            that.sent.starts_with(&this.received),
            "{case}: received what was not sent"
        );
        if this.closed {
            assert_eq!(this.received, that.sent, "{case}: closed before the end");
        }
    }
}

/// Nobody went through the gate.
fn check_shut(beliefs: &[Belief; 2], case: &str) {
    assert!(
        beliefs.iter().all(|belief| belief.opened.is_none()),
        "{case}: a gate is open"
    );
}

/// Runs one attack on one message: agreement holds, and the victim of a change is never satisfied.
fn attack(setting: &Setting, from: Side, number: usize, action: Action) -> [Belief; 2] {
    let case = format!("{} from {from}, message {number}", setting.seed);
    let keeps_original = matches!(action, Action::Duplicate | Action::Echo | Action::Precede(_));
    let beliefs = setting.run(&mut Network::new(vec![Attack { from, number, action }]));
    check_agreement(&beliefs, &case);
    if !keeps_original && in_exchange(setting, from, number) {
        check_shut(&beliefs, &case);
    }
    if !keeps_original && counts(setting, from, number) {
        assert!(!beliefs[1 - from].closed, "{case}: took a changed message for the end");
    }
    beliefs
}

/// Whether a message is one of HELLO, REPLY and FINISH, as far as it counts: of two HELLOs that cross, one does not.
fn in_exchange(setting: &Setting, from: Side, number: usize) -> bool {
    match (setting.crosses(), setting.plans[from].start) {
        (false, Start::Initiates) => number < 2,
        (false, Start::Responds) => number < 1,
        (true, _) => number == usize::from(loser(setting) == from) || (number == 1),
    }
}

fn counts(setting: &Setting, from: Side, number: usize) -> bool {
    !setting.crosses() || number > 0 || in_exchange(setting, from, number)
}

/// The side whose HELLO has the smaller commitment.
fn loser(setting: &Setting) -> Side {
    let commitment = |party: &mut Party| party.take_outbox()[0][16..48].to_vec();
    let [mut left, mut right] = setting.parties();
    usize::from(commitment(&mut left) > commitment(&mut right))
}

/// Every message of a setting by sender and number, with its length.
fn numbered(setting: &Setting) -> impl Iterator<Item = (Side, usize, usize)> + use<> {
    let messages = setting.messages();
    let lengths = |side: Side, list: &[Vec<u8>]| {
        let lengths = list.iter().enumerate().map(|(number, m)| (side, number, m.len()));
        lengths.collect::<Vec<_>>()
    };
    [lengths(LEFT, &messages[LEFT]), lengths(RIGHT, &messages[RIGHT])]
        .into_iter()
        .flatten()
}

#[test]
fn undisturbed_runs_end_well() {
    let mut won = [0, 0];
    for mask in masks() {
        for start in STARTS {
            for (seed, delivery) in BOTH.into_iter().enumerate() {
                let setting = setting(&format!("fair {seed}"), start, mask, delivery, &[0, 1, 1000, LARGE]);
                let beliefs = setting.run(&mut Network::default());
                check_agreement(&beliefs, &setting.seed);
                for belief in &beliefs {
                    assert!(belief.opened.is_some() && belief.closed, "{:?}", belief.failure);
                    assert_eq!(belief.received.len(), 4);
                }
                if setting.crosses() {
                    won[1 - loser(&setting)] += 1;
                }
            }
        }
    }
    assert!(
        won[LEFT] > 0 && won[RIGHT] > 0,
        "crossing HELLOs in both outcomes: {won:?}"
    );
}

#[test]
fn no_flipped_bit_of_the_exchange_opens_a_gate() {
    // No person helps to notice: the outer channel vouches, or the keys do.
    for mask in [Mask::TRANSPORT, Mask::CODE | Mask::PSK | Mask::ID] {
        flip_everywhere(&setting("flip", STARTS[0], mask, Delivery::Packets, &[]));
    }
}

fn flip_everywhere(setting: &Setting) {
    let messages = setting.messages();
    let flips = |length| (0..length).zip([0, 7].into_iter().cycle());
    for (number, message) in messages[LEFT].iter().take(2).enumerate() {
        for (byte, bit) in flips(message.len()) {
            attack(setting, LEFT, number, Action::Flip { byte, bit });
        }
    }
    for (byte, bit) in flips(messages[RIGHT][0].len()) {
        check_refused(setting, &messages, RIGHT, 0, Action::Flip { byte, bit });
    }
}

/// The receiver of a changed message of the exchange does not agree on keys, whatever the sender does after.
fn check_refused(setting: &Setting, messages: &[Vec<Vec<u8>>; 2], from: Side, number: usize, action: Action) {
    let case = format!("{action:?} from {from}, message {number}");
    let belief = setting.receive(messages, &Attack { from, number, action });
    assert!(belief.session.is_none(), "{case}: agreed all the same");
}

#[test]
fn no_flipped_bit_of_a_compared_exchange_opens_a_gate() {
    for (start, delivery) in STARTS.into_iter().zip([BOTH[0], BOTH[1], BOTH[1]]) {
        let setting = setting("flip", start, Mask::SAS, delivery, &[]);
        for (from, number, length) in numbered(&setting) {
            // Every byte of the headers and parameters, of the rest every 97th.
            for byte in (0..length).filter(|byte| *byte < 17 || byte % 97 == 0) {
                attack(&setting, from, number, Action::Flip { byte, bit: 3 });
            }
        }
    }
}

#[test]
fn no_flipped_bit_of_a_record_passes() {
    let setting = setting("flip", STARTS[0], Mask::TRANSPORT, Delivery::Packets, &[0, 1]);
    let records = numbered(&setting).filter(|&(from, number, _)| !in_exchange(&setting, from, number));
    for (from, number, length) in records {
        for (byte, bit) in (0..length).zip([0, 7].into_iter().cycle()) {
            attack(&setting, from, number, Action::Flip { byte, bit });
        }
    }
}

#[test]
fn no_truncated_message_passes() {
    let settings = BOTH.map(|delivery| setting("cut", STARTS[0], Mask::TRANSPORT, delivery, &[1]));
    let messages = settings[0].messages();
    for (from, number, length) in numbered(&settings[0]) {
        for length in 0..length {
            let (setting, action) = (&settings[length % 2], Action::Truncate(length));
            match number {
                0 => check_refused(setting, &messages, from, number, action),
                _ => drop(attack(setting, from, number, action)),
            }
        }
    }
}

#[test]
fn large_records_are_no_softer() {
    let setting = setting("large", STARTS[0], Mask::TRANSPORT, Delivery::Stream, &[1000, LARGE]);
    for (from, number, length) in numbered(&setting).filter(|&(_, _, length)| length >= 1000) {
        for at in (0..length).step_by(1 + length / 7) {
            attack(&setting, from, number, Action::Flip { byte: at, bit: 0 });
            attack(&setting, from, number, Action::Truncate(at));
        }
    }
}

#[test]
fn messages_out_of_place_never_split_the_sides() {
    for (mask, start, delivery) in combinations() {
        let setting = setting("move", start, mask, delivery, &[0, 1, 100]);
        let other = Setting {
            seed: "another run".to_owned(),
            ..setting.clone()
        };
        let others = other.messages();
        for (from, number, _) in numbered(&setting) {
            let foreign = others[from].get(number).cloned().unwrap_or_default();
            for action in [
                Action::Drop,
                Action::Duplicate,
                Action::Swap,
                Action::Reflect,
                Action::Echo,
                Action::Precede(foreign.clone()),
                Action::Replace(foreign),
            ] {
                attack(&setting, from, number, action);
            }
        }
    }
}

fn combinations() -> impl Iterator<Item = (Mask, [Start; 2], Delivery)> {
    let masks = [Mask::SAS, Mask::TRANSPORT, Mask::CODE | Mask::ID].into_iter();
    let starts = masks.flat_map(|mask| STARTS.map(|start| (mask, start)));
    starts
        .zip(BOTH.into_iter().cycle())
        .map(|((mask, start), delivery)| (mask, start, delivery))
}

#[test]
fn fields_of_another_run_do_not_fit() {
    for mask in [Mask::SAS, Mask::TRANSPORT] {
        let setting = setting("splice", STARTS[0], mask, Delivery::Packets, &[]);
        let other = Setting {
            seed: "another run".to_owned(),
            ..setting.clone()
        };
        let others = other.messages();
        let fields = [
            (LEFT, 0, vec![16..48, 48..80, 80..1264, 48..1264]),
            (RIGHT, 0, vec![16..48, 48..80, 80..1168, 1168..1184, 16..1168]),
            (LEFT, 1, vec![8..40, 40..56]),
        ];
        for (from, number, ranges) in fields {
            for range in ranges {
                let action = Action::Splice(range, others[from][number].clone());
                attack(&setting, from, number, action);
            }
        }
    }
}

/// All that one side of an earlier run has sent, sent again to a fresh peer.
#[test]
fn a_whole_run_cannot_be_replayed() {
    for (mask, start, delivery) in combinations() {
        let setting = setting("earlier", start, mask, delivery, &[1, 2, 3]);
        let recorded = setting.messages();
        let later = Setting {
            seed: "later".to_owned(),
            ..setting
        };
        for (side, messages) in recorded.iter().enumerate() {
            let mut fresh = later.parties().into_iter().nth(1 - side).unwrap();
            for message in messages {
                fresh.deliver(message.clone());
                assert!(fresh.belief.session.is_none() || fresh.belief.opened.is_none());
            }
            assert!(fresh.belief.opened.is_none() && fresh.belief.received.is_empty());
        }
    }
}

#[test]
fn somebody_in_the_middle_shows_two_codes() {
    for (seed, start) in (0..51).zip(STARTS.into_iter().cycle()) {
        let [alice, bob] = start;
        let pair = |name: &str, start| {
            let seed = format!("{name} {seed}");
            setting(&seed, start, Mask::SAS, Delivery::Stream, &[1]).parties()
        };
        // Towards each of the two, Mallory takes the role that the other one has.
        let mut left = pair("alice and mallory", [alice, opposite(alice)]);
        let mut right = pair("mallory and bob", [opposite(bob), bob]);
        settle(&mut left, &mut Network::default());
        settle(&mut right, &mut Network::default());
        for form in ["words", "digits", "emoji"] {
            assert!(left[LEFT].shows(form).is_some() && right[RIGHT].shows(form).is_some());
            assert_ne!(left[LEFT].shows(form), right[RIGHT].shows(form));
        }
        let [alice, _] = left;
        let [_, bob] = right;
        let mut ends = [alice, bob];
        let answer = compare(&ends).unwrap();
        for end in &mut ends {
            end.answer(answer);
        }
        check_shut(&ends.map(|end| end.belief), "somebody in the middle");
    }
}

fn opposite(start: Start) -> Start {
    match start {
        Start::Initiates => Start::Responds,
        Start::Responds => Start::Initiates,
    }
}

/// What `--trust-transport` says: whoever holds the outer channel is the peer.
#[test]
fn a_trusted_transport_is_trusted_indeed() {
    let run = |name: &str| {
        let setting = setting(name, STARTS[0], Mask::TRANSPORT, Delivery::Stream, &[1000]);
        setting.run(&mut Network::default())
    };
    let [[alice, mallory], [_, bob]] = [run("alice and mallory"), run("mallory and bob")];
    assert!(alice.closed && bob.closed && alice.received == mallory.sent);
    assert_ne!(alice.opened, bob.opened);
    assert_ne!(alice.session, bob.session);
}

#[test]
fn sides_that_demand_different_things_do_not_agree() {
    for (start, delivery) in STARTS.into_iter().flat_map(|start| BOTH.map(|d| (start, d))) {
        let mut different = Vec::new();
        for (left, right) in [(0, 1), (1, 0), (0, 2), (2, 1), (3, 6), (6, 3), (4, 7), (5, 1)] {
            let mut setting = setting("masks", start, masks()[left], delivery, &[1]);
            setting.plans[RIGHT].mask = masks()[right];
            different.push(setting);
        }
        for (mask, context) in masks()
            .into_iter()
            .zip([b"simulatioN".as_slice(), b"", b"simulation\0"])
        {
            let mut setting = setting("contexts", start, mask, delivery, &[1]);
            setting.plans[RIGHT].context = context;
            different.push(setting);
        }
        for setting in different {
            let beliefs = setting.run(&mut Network::default());
            check_shut(&beliefs, &setting.seed);
            assert!(beliefs.iter().any(|belief| belief.failure.is_some()));
        }
    }
}

#[test]
fn a_third_hello_stops_the_exchange_or_nothing() {
    let mut greater = 0;
    for seed in 0..12 {
        let setting = setting(
            &format!("third {seed}"),
            STARTS[2],
            Mask::TRANSPORT,
            BOTH[seed % 2],
            &[1],
        );
        let ours = setting.messages();
        let terms = Terms::new([Mode::Transport], b"simulation").unwrap();
        let (_, hello) = Handshake::initiate(terms, &mut Seeded::new(&format!("stranger {seed}"))).unwrap();
        greater += usize::from(ours.iter().all(|messages| hello[16..48] > messages[0][16..48]));
        for from in [LEFT, RIGHT] {
            let instead = attack_only(&setting, from, 0, Action::Replace(hello.clone()));
            let before = attack_only(&setting, from, 0, Action::Precede(hello.clone()));
            for beliefs in [instead, before] {
                check_agreement(&beliefs, &setting.seed);
                // Nobody shares keys with the stranger, who never opens its commitment.
                assert!(
                    beliefs
                        .iter()
                        .all(|b| b.opened.is_none() || b.session == beliefs[0].session)
                );
            }
        }
    }
    assert!(greater > 0, "the stranger's commitment was never the greatest");
}

fn attack_only(setting: &Setting, from: Side, number: usize, action: Action) -> [Belief; 2] {
    setting.run(&mut Network::new(vec![Attack { from, number, action }]))
}

/// Up to four random actions on random messages, 300 times; a failure names its seed.
#[test]
fn random_networks_never_split_the_sides() {
    let kinds = masks().into_iter().flat_map(|mask| STARTS.map(|start| (mask, start)));
    let settings: Vec<_> = kinds
        .zip(BOTH.into_iter().cycle())
        .map(|((mask, start), delivery)| setting("random", start, mask, delivery, &[0, 1, 100, 7]))
        .map(|setting| (setting.messages(), setting))
        .collect();
    let mut well = 0;
    for seed in 0..300 {
        let mut dice = Dice(Seeded::new(&format!("network {seed}")));
        let (messages, setting) = &settings[seed % settings.len()];
        let attacks = (0..dice.below(5)).map(|_| dice.attack(messages)).collect();
        let beliefs = setting.run(&mut Network::new(attacks));
        check_agreement(&beliefs, &format!("network {seed}"));
        well += usize::from(beliefs.iter().all(|belief| belief.closed));
    }
    assert!(
        (30..270).contains(&well),
        "{well} of 300 runs went well: the search is lopsided"
    );
}

struct Dice(Seeded);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes).unwrap();
        u32::from_be_bytes(bytes) as usize % limit
    }

    fn attack(&mut self, messages: &[Vec<Vec<u8>>; 2]) -> Attack {
        let (from, source) = (self.below(2), self.below(2));
        let number = self.below(messages[from].len());
        let other = messages[source][self.below(messages[source].len())].clone();
        let action = match self.below(10) {
            0 => Action::Flip {
                byte: self.below(2000),
                bit: 5,
            },
            1 => Action::Truncate(self.below(other.len() + 1)),
            2 => Action::Drop,
            3 => Action::Duplicate,
            4 => Action::Swap,
            5 => Action::Reflect,
            6 => Action::Echo,
            7 => Action::Replace(other),
            8 => Action::Precede(other),
            _ => Action::Splice(0..self.below(other.len()), other),
        };
        Attack { from, number, action }
    }
}

#[test]
fn a_key_is_renewed_after_its_share_of_records() {
    let (mut from, mut to) = channels::channels("renewal");
    let mut renewals = 0;
    for number in 1u32..=65_600 {
        let mut records = from.sealer.seal(Draft::with(Kind::DATA, &number.to_be_bytes()));
        let count = records.len() - 25;
        let (early, record) = records.split_at_mut(count);
        if !early.is_empty() {
            assert_eq!(to.opener.open(early).unwrap(), (Kind::REKEY, &[][..]));
            // VERIFIED went before; the 2^16th record of a key is the one that ends it.
            assert_eq!(number, (1 << 16) - 1);
            renewals += 1;
        }
        assert_eq!(to.opener.open(record).unwrap(), (Kind::DATA, &number.to_be_bytes()[..]));
    }
    assert_eq!(renewals, 1);
}
