//! The network between two parties, by script; and the two people who stand behind them.

use keypact::verify::Answer;

use crate::party::{Belief, Party, Plan, Start};

/// The side that began a simulation on the left is 0, the other one is 1.
pub type Side = usize;
pub const LEFT: Side = 0;
pub const RIGHT: Side = 1;

/// What happens to one message.
#[derive(Debug, Clone)]
pub enum Action {
    Flip {
        byte: usize,
        bit: u8,
    },
    Truncate(usize),
    Drop,
    Duplicate,
    /// Held back until the same side's next message has passed.
    Swap,
    /// Back to its sender instead of to its receiver.
    Reflect,
    /// To its receiver, and back to its sender too.
    Echo,
    Replace(Vec<u8>),
    /// Something else arrives before it.
    Precede(Vec<u8>),
    /// Its bytes in a range are those of another message.
    Splice(std::ops::Range<usize>, Vec<u8>),
}

/// One action on the message with a number, counted from 0 for each sender.
#[derive(Debug, Clone)]
pub struct Attack {
    pub from: Side,
    pub number: usize,
    pub action: Action,
}

/// Carries messages, attacks those that it is told to, and remembers what was sent.
#[derive(Default)]
pub struct Network {
    attacks: Vec<Attack>,
    held: [Option<Vec<u8>>; 2],
    pub seen: [Vec<Vec<u8>>; 2],
}

impl Network {
    pub fn new(attacks: Vec<Attack>) -> Self {
        Self {
            attacks,
            ..Self::default()
        }
    }

    fn carry(&mut self, from: Side, message: Vec<u8>) -> Vec<(Side, Vec<u8>)> {
        let (to, number) = (1 - from, self.seen[from].len());
        self.seen[from].push(message.clone());
        let held = self.held[from].take();
        let attack = self.attacks.iter().find(|a| (a.from, a.number) == (from, number));
        let mut arrives = match attack.map(|attack| &attack.action) {
            Some(Action::Swap) => {
                self.held[from] = Some(message);
                Vec::new()
            }
            Some(action) => act(action, from, message),
            None => vec![(to, message)],
        };
        arrives.extend(held.map(|message| (to, message)));
        arrives
    }
}

fn act(action: &Action, from: Side, mut message: Vec<u8>) -> Vec<(Side, Vec<u8>)> {
    let to = 1 - from;
    match action {
        Action::Flip { byte, bit } => {
            let at = byte % message.len();
            message[at] ^= 1 << bit;
        }
        Action::Truncate(length) => message.truncate(*length),
        Action::Splice(range, other) => {
            if other.len() == message.len() && range.end <= message.len() {
                message[range.clone()].copy_from_slice(&other[range.clone()]);
            }
        }
        Action::Replace(other) => message.clone_from(other),
        Action::Drop => return Vec::new(),
        Action::Duplicate => return vec![(to, message.clone()), (to, message)],
        Action::Reflect => return vec![(from, message)],
        Action::Echo => return vec![(to, message.clone()), (from, message)],
        Action::Precede(other) => return vec![(to, other.clone()), (to, message)],
        Action::Swap => {}
    }
    vec![(to, message)]
}

/// A pair of plans: how a simulation is set up.
#[derive(Clone)]
pub struct Setting {
    pub seed: String,
    pub plans: [Plan; 2],
}

impl Setting {
    pub fn parties(&self) -> [Party; 2] {
        [self.party(LEFT), self.party(RIGHT)]
    }

    pub fn party(&self, side: Side) -> Party {
        Party::new(&format!("{} side {side}", self.seed), self.plans[side].clone())
    }

    /// The receiver alone, with what the sender has sent before, takes in what has become of one message. All is
    /// determined by the seed, so the sender need not be run again for each attack.
    pub fn receive(&self, messages: &[Vec<Vec<u8>>; 2], attack: &Attack) -> Belief {
        let mut receiver = self.party(1 - attack.from);
        let (before, rest) = messages[attack.from].split_at(attack.number);
        let changed = act(&attack.action, attack.from, rest[0].clone());
        let changed = changed.into_iter().map(|(_, message)| message);
        for message in before.iter().cloned().chain(changed) {
            receiver.deliver(message);
        }
        receiver.belief
    }

    /// Runs until nothing moves any more; what each side then believes.
    pub fn run(&self, network: &mut Network) -> [Belief; 2] {
        let mut parties = self.parties();
        settle(&mut parties, network);
        if let Some(answer) = compare(&parties) {
            // Whoever answers first: the other one's program hears of it while its person still looks.
            let first = self.seed.len() % 2;
            for side in [first, 1 - first] {
                parties[side].answer(answer);
                settle(&mut parties, network);
            }
        }
        parties.map(|party| party.belief)
    }

    /// What is sent when nobody interferes.
    pub fn messages(&self) -> [Vec<Vec<u8>>; 2] {
        let mut network = Network::default();
        self.run(&mut network);
        network.seen
    }

    /// Whether both sides send HELLO.
    pub fn crosses(&self) -> bool {
        self.plans.iter().all(|plan| plan.start == Start::Initiates)
    }
}

/// Carries messages until none is left.
pub fn settle(parties: &mut [Party; 2], network: &mut Network) {
    loop {
        let outboxes = [parties[LEFT].take_outbox(), parties[RIGHT].take_outbox()];
        if outboxes.iter().all(Vec::is_empty) {
            return;
        }
        for (from, outbox) in outboxes.into_iter().enumerate() {
            for message in outbox {
                for (to, bytes) in network.carry(from, message) {
                    parties[to].deliver(bytes);
                }
            }
        }
    }
}

/// The two people read their codes out to each other; whoever hears nothing from the other waits.
pub fn compare(parties: &[Party; 2]) -> Option<Answer> {
    let [left, right] = parties.each_ref().map(|party| party.shows("words"));
    match left? == right? {
        true => Some(Answer::Match),
        false => Some(Answer::NoMatch),
    }
}
