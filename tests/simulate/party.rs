//! One side of a simulated session: it consumes messages, emits messages and keeps what it has come to believe.

use std::mem;

use keypact::channel::{self, Channel, Cipher, Gate, Kind};
use keypact::crypto::rng::Rng;
use keypact::handshake::{Alert, AlertCode, FrameHeader, HEADER_LEN, Handshake, Mask, Mode, Step, Terms};
use keypact::handshake::{Code, Credential, KeyKind, Pinned, Psk, Unverified, Verified};
use keypact::secret::{Secret, SecretBytes};
use keypact::verify::{Answer, Checks, Sas};

use crate::script::Seeded;

/// Who sends HELLO of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Initiates,
    Responds,
}

/// How messages come out of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Each one whole, as it was carried.
    Packets,
    /// As one stream of bytes, which the reader cuts by the headers that it finds.
    Stream,
}

/// What a side wants: its terms, and what it sends when the gate is open.
#[derive(Clone)]
pub struct Plan {
    pub side: usize,
    pub start: Start,
    pub delivery: Delivery,
    pub mask: Mask,
    pub context: &'static [u8],
    pub sizes: &'static [usize],
    pub cipher: Cipher,
    /// Before which of its data records this side renews its key.
    pub renews_before: Option<usize>,
}

pub struct Party {
    plan: Plan,
    terms: Terms,
    rng: Seeded,
    phase: Phase,
    stream: Vec<u8>,
    outbox: Vec<Vec<u8>>,
    pub belief: Belief,
}

/// What a side holds to be true at the end.
#[derive(Default)]
pub struct Belief {
    /// The session's public name, once keys are agreed.
    pub session: Option<String>,
    /// The session key, once the gate is open.
    pub opened: Option<[u8; 32]>,
    pub sent: Vec<Vec<u8>>,
    pub received: Vec<Vec<u8>>,
    /// The peer's CLOSE has come.
    pub closed: bool,
    pub failure: Option<String>,
}

enum Phase {
    Shaking(Handshake),
    Comparing(Gate<Unverified>),
    Verified(Gate<Verified>),
    Open(Channel),
    Over,
}

/// What the mask stands for: one code and one courier key for both sides, an identity for each.
fn modes(plan: &Plan) -> Vec<Mode> {
    let seed = |side: usize| Secret::with(|bytes| bytes.fill(u8::try_from(side).unwrap()));
    let own = |side: usize| Credential::from_seed(&seed(side), KeyKind::X25519).unwrap();
    let all = [
        (Mask::SAS, Mode::Compare),
        (
            Mask::CODE,
            Mode::Code(Code::new(SecretBytes::new(b"topmost-istanbul-pluto".to_vec()))),
        ),
        (Mask::PSK, Mode::Psk(Psk::new(seed(7)))),
        (
            Mask::ID,
            Mode::Pinned(Pinned {
                own: own(plan.side),
                peer: own(1 - plan.side).public(),
            }),
        ),
        (Mask::TRANSPORT, Mode::Transport),
    ];
    let demanded = all.into_iter().filter(|(bit, _)| plan.mask.demands(*bit));
    demanded.map(|(_, mode)| mode).collect()
}

impl Party {
    pub fn new(name: &str, plan: Plan) -> Self {
        let terms = Terms::new(modes(&plan), plan.context).unwrap();
        let mut rng = Seeded::new(name);
        let (phase, outbox) = match plan.start {
            Start::Responds => (Handshake::respond(terms.clone()), Vec::new()),
            Start::Initiates => {
                let (handshake, hello) = Handshake::initiate_or_respond(terms.clone(), &mut rng).unwrap();
                (handshake, vec![hello])
            }
        };
        Self {
            plan,
            terms,
            rng,
            phase: Phase::Shaking(phase),
            stream: Vec::new(),
            outbox,
            belief: Belief::default(),
        }
    }

    pub fn take_outbox(&mut self) -> Vec<Vec<u8>> {
        mem::take(&mut self.outbox)
    }

    /// The code on this side's screen, in a form, while its person is asked.
    pub fn shows(&self, form: &str) -> Option<String> {
        match &self.phase {
            Phase::Comparing(gate) => Some(Sas::of(gate.agreed()).show(form.parse().unwrap())),
            _ => None,
        }
    }

    pub fn deliver(&mut self, bytes: Vec<u8>) {
        if self.plan.delivery == Delivery::Packets {
            return self.step(|party, phase| party.take(phase, bytes));
        }
        self.stream.extend_from_slice(&bytes);
        while let Some(length) = self.next_length() {
            let message = self.stream.drain(..length).collect();
            self.step(|party, phase| party.take(phase, message));
        }
    }

    /// The person's answer to the code.
    pub fn answer(&mut self, answer: Answer) {
        self.step(|party, phase| match phase {
            Phase::Comparing(gate) => party.compared(gate, answer),
            other => Ok(other),
        });
    }

    fn step(&mut self, act: impl FnOnce(&mut Self, Phase) -> Result<Phase, String>) {
        let phase = mem::replace(&mut self.phase, Phase::Over);
        match act(self, phase) {
            Ok(next) => self.phase = next,
            Err(why) => self.belief.failure = Some(why),
        }
    }

    /// The length of the next message, when the stream holds it whole.
    fn next_length(&mut self) -> Option<usize> {
        let length = match &self.phase {
            Phase::Over => None,
            Phase::Shaking(_) => self.stream.first_chunk().copied().map(|header| {
                let header = FrameHeader::parse(&header).map_err(|error| self.tell(&error))?;
                Ok(HEADER_LEN + header.body_len())
            }),
            _ => self
                .stream
                .first_chunk()
                .map(|header| channel::record_len(*header).map_err(|error| error.to_string())),
        };
        match length? {
            Ok(length) => (length <= self.stream.len()).then_some(length),
            Err(why) => {
                self.step(|_, _| Err(why));
                None
            }
        }
    }

    fn take(&mut self, phase: Phase, mut message: Vec<u8>) -> Result<Phase, String> {
        match phase {
            Phase::Shaking(handshake) => self.shake(handshake, &message),
            Phase::Comparing(mut gate) => {
                gate.receive(&mut message).map_err(|error| error.to_string())?;
                Ok(Phase::Comparing(gate))
            }
            Phase::Verified(mut gate) => {
                gate.receive(&mut message).map_err(|error| error.to_string())?;
                Ok(self.try_open(gate))
            }
            Phase::Open(channel) => self.read(channel, &mut message),
            Phase::Over => Ok(Phase::Over),
        }
    }

    fn shake(&mut self, handshake: Handshake, frame: &[u8]) -> Result<Phase, String> {
        match handshake.handle(frame, &mut self.rng) {
            Ok(Step::Continue { send, next }) => {
                self.outbox.extend(send);
                Ok(Phase::Shaking(next))
            }
            Ok(Step::Agreed { send, agreed }) => {
                self.outbox.extend(send);
                self.belief.session = Some(agreed.session().to_string());
                let is_compared = agreed.mask().demands(Mask::SAS);
                let gate = Gate::new(agreed).preferring(self.plan.cipher);
                Ok(match is_compared {
                    true => Phase::Comparing(gate),
                    false => self.verified(gate, Checks::default()),
                })
            }
            Err(error) => Err(self.tell(&error)),
        }
    }

    fn tell(&mut self, error: &keypact::handshake::Error) -> String {
        self.outbox.extend(error.alert(&self.terms));
        error.to_string()
    }

    fn compared(&mut self, gate: Gate<Unverified>, answer: Answer) -> Result<Phase, String> {
        let mut checks = Checks::default();
        if let Err(differ) = checks.compared(answer) {
            self.outbox.push(gate.refuse(&Alert::new(AlertCode::CodesDiffer, "")));
            return Err(differ.to_string());
        }
        Ok(self.verified(gate, checks))
    }

    fn verified(&mut self, gate: Gate<Unverified>, mut checks: Checks) -> Phase {
        if gate.agreed().mask().demands(Mask::TRANSPORT) {
            checks.transport_trusted();
        }
        let (gate, word) = gate.verify(|agreed| checks.verify(agreed)).ok().unwrap();
        self.outbox.push(word);
        self.try_open(gate)
    }

    fn try_open(&mut self, gate: Gate<Verified>) -> Phase {
        let mut channel = match gate.open() {
            Ok(channel) => channel,
            Err(gate) => return Phase::Verified(gate),
        };
        self.belief.opened = Some(*channel.export(b"session key", b"").expose());
        self.speak(&mut channel);
        Phase::Open(channel)
    }

    fn speak(&mut self, channel: &mut Channel) {
        for (number, &size) in self.plan.sizes.iter().enumerate() {
            if self.plan.renews_before == Some(number) {
                self.outbox.push(channel.sealer.renew());
            }
            let mut content = vec![0; size];
            self.rng.fill(&mut content).unwrap();
            self.say(channel, Kind::DATA, &content);
            self.belief.sent.push(content);
        }
        self.say(channel, Kind::CLOSE, b"");
    }

    /// One message for each record.
    fn say(&mut self, channel: &mut Channel, kind: Kind, body: &[u8]) {
        let mut records = channel.seal(kind, body);
        while let Some(header) = records.first_chunk() {
            let rest = records.split_off(channel::record_len(*header).unwrap());
            self.outbox.push(mem::replace(&mut records, rest));
        }
    }

    fn read(&mut self, mut channel: Channel, record: &mut [u8]) -> Result<Phase, String> {
        match channel.opener.open(record) {
            Ok((Kind::DATA, body)) => self.belief.received.push(body.to_vec()),
            Ok((Kind::REKEY, _)) => {}
            Ok((Kind::CLOSE, b"")) => {
                self.belief.closed = true;
                return Ok(Phase::Over);
            }
            Ok(_) => return Err("a record out of turn".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
        Ok(Phase::Open(channel))
    }
}
