//! What all threads of a session of streams share.

use std::collections::HashMap;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::local::{self, Local};
use super::socket::Socket;
use super::spec::{Allowed, allowed};
use crate::channel::{Draft, Error, Inbound, KEEP_ALIVE, Kind, Opener, Outbound, RENEWAL, Refresh, Sealer};
use crate::cli::address::Address;
use crate::cli::shown::shown;
use crate::cli::wire::Incoming;
use crate::crypto::rng::OsRng;
use crate::forward::{Event, Id, Reason, Stream, Streams};
use crate::handshake::Role;

/// What all threads share.
pub(super) struct Hub {
    state: Mutex<State>,
    /// For the thread that speaks.
    to_say: Condvar,
    /// For whoever waits until all is said.
    said: Condvar,
    allow: Vec<Allowed>,
    news: SyncSender<News>,
}

struct State {
    streams: Streams,
    locals: HashMap<Id, Arc<Local>>,
    course: Course,
    /// What is to be sent before anything else, if anything.
    refresh: Option<Refresh>,
    /// Whether the thread that speaks has ended.
    is_silent: bool,
}

/// How far the session is.
enum Course {
    Going,
    /// It is over on this side, and this is said last, if anything.
    ToEnd(Option<Draft>),
    Ending,
}

/// What there is to tell.
pub(super) enum News {
    /// A detail about a stream.
    Detail(String),
    /// The peer has closed the session, or it has failed.
    Over(anyhow::Result<()>),
}

/// What the thread that speaks does next.
enum Turn {
    Say(Draft),
    Refresh(Refresh),
    Last(Option<Draft>),
}

impl Hub {
    /// Without streams yet.
    pub(super) fn new(role: Role, allow: Vec<Allowed>, news: SyncSender<News>) -> Self {
        Self {
            state: Mutex::new(State {
                streams: Streams::new(role),
                locals: HashMap::new(),
                course: Course::Going,
                refresh: None,
                is_silent: false,
            }),
            to_say: Condvar::new(),
            said: Condvar::new(),
            allow,
            news,
        }
    }

    /// Seals and sends what there is to say, until the end.
    pub(super) fn speak(&self, mut outbound: impl Outbound, mut sealer: Sealer) {
        let mut renewed = Instant::now();
        loop {
            let turn = self.turn();
            let is_last = matches!(turn, Turn::Last(_));
            // A side that has nothing to say says so, so this comes often enough.
            if renewed.elapsed() >= RENEWAL {
                renewed = Instant::now();
                drop(outbound.send(sealer.renew()));
            }
            let sent = match turn {
                Turn::Say(draft) | Turn::Last(Some(draft)) => outbound.send(sealer.seal(draft)),
                Turn::Refresh(refresh) => outbound.send(sealer.refresh(refresh)),
                Turn::Last(None) => None,
            };
            if is_last || sent.is_none() {
                break;
            }
        }
        outbound.finish();
        self.state().is_silent = true;
        self.said.notify_all();
    }

    fn turn(&self) -> Turn {
        let mut state = self.state();
        let since = Instant::now();
        loop {
            if let Course::ToEnd(last) = &mut state.course {
                let last = last.take();
                state.course = Course::Ending;
                return Turn::Last(last);
            }
            if let Some(refresh) = state.refresh.take() {
                return Turn::Refresh(refresh);
            }
            if let Some((id, draft)) = state.streams.say() {
                // There may be room again for what is read, or nothing left to do.
                state.wake(id);
                return Turn::Say(draft);
            }
            let left = KEEP_ALIVE.saturating_sub(since.elapsed());
            if left.is_zero() {
                return Turn::Say(Draft::with(Kind::PAD, b""));
            }
            state = wait_for(&self.to_say, state, left);
        }
    }

    /// Opens what comes and does what it asks for, until the peer closes the session or something fails.
    pub(super) fn hear(self: &Arc<Self>, mut inbound: Incoming, mut opener: Opener) {
        let (since, mut spent, mut is_closed) = (Instant::now(), Vec::new(), false);
        let result = loop {
            let mut records = match inbound.receive_many(spent) {
                Ok(records) => records,
                Err(error) => break Err(error.into()),
            };
            let taken = opener.open_each(&mut records, |kind, body, _| match kind {
                _ if is_closed => Err(Error::Protocol("a record after the last")),
                Kind::CLOSE if body.is_empty() => {
                    is_closed = true;
                    Ok(())
                }
                kind => self.take(kind, body),
            });
            match taken.and_then(|()| self.refresh(&mut opener, since.elapsed())) {
                Ok(()) if !is_closed => spent = records,
                result => break result.map_err(Into::into),
            }
        };
        // What comes after this side's own last words is no news.
        if matches!(self.state().course, Course::Going) {
            // Whoever waits for the news may have gone already.
            let _ = self.news.send(News::Over(result));
        }
        inbound.finish();
    }

    /// Has what is owed for fresh shares said, but not before what was owed last: after that the keys are others.
    fn refresh(&self, opener: &mut Opener, age: Duration) -> Result<(), Error> {
        let mut state = self.state();
        if state.refresh.is_none()
            && let Some(refresh) = opener.owes(age, &mut OsRng)?
        {
            state.refresh = Some(refresh);
            self.to_say.notify_one();
        }
        Ok(())
    }

    fn take(self: &Arc<Self>, kind: Kind, body: &[u8]) -> Result<(), Error> {
        let mut state = self.state();
        match state.streams.hear(kind, body)? {
            Event::Asked(id, target) => {
                if let Some(address) = allowed(&self.allow, &target) {
                    self.connect(&mut state, id, address);
                } else {
                    self.tell(format!("refused to connect to {}", shown(&target)));
                    state.refuse(id, Reason::NotAllowed);
                }
            }
            Event::Refused(id, reason) => {
                self.tell(format!("a connection was refused: {}", reason.as_str()));
                state.break_off(id);
            }
            Event::Broken(id) => state.break_off(id),
            Event::Changed(id) => state.wake(id),
        }
        self.to_say.notify_one();
        Ok(())
    }

    /// Connects in a thread of its own, for it may take its time.
    fn connect(self: &Arc<Self>, state: &mut State, id: Id, target: Address) {
        self.tell(format!("connecting to {target}"));
        let hub = Arc::clone(self);
        let work = move || match Socket::connect(&target) {
            Ok(socket) => hub.join(id, socket),
            Err(reason) => {
                hub.tell(format!("could not connect to {target}: {reason:?}"));
                hub.with(id, |stream| stream.refuse(reason));
            }
        };
        if thread::Builder::new().spawn(work).is_err() {
            state.refuse(id, Reason::Unreachable);
        }
    }

    /// Joins a stream of the peer's to the connection that it asked for; one that it does not want any more is no
    /// connection that has come to its end.
    fn join(self: &Arc<Self>, id: Id, socket: Socket) {
        let mut state = self.state();
        if state.streams.get(id).is_some_and(Stream::connected) {
            self.attach(&mut state, id, socket);
        } else {
            socket.break_off();
        }
        self.to_say.notify_one();
    }

    /// Takes a connection to this side, and asks the peer for one to `target`.
    pub(super) fn forward(self: &Arc<Self>, socket: Socket, target: &str) {
        let mut state = self.state();
        if let Some(id) = state.streams.open(target) {
            self.attach(&mut state, id, socket);
        } else {
            self.tell("a connection was refused: too many are open".to_owned());
            socket.break_off();
        }
        self.to_say.notify_one();
    }

    /// Before anything else can become of the stream, or its end would find no connection to break off.
    fn attach(self: &Arc<Self>, state: &mut State, id: Id, socket: Socket) {
        let local = Arc::new(Local::new(socket));
        state.locals.insert(id, Arc::clone(&local));
        if local
            .socket
            .prepare()
            .and_then(|()| local::start(self, id, &local))
            .is_err()
        {
            state.leave(id);
        }
    }

    /// Does something to a stream that is still there, of which there may be something to say then.
    pub(super) fn with<T>(&self, id: Id, act: impl FnOnce(&mut Stream) -> T) -> Option<T> {
        let mut state = self.state();
        let done = state.streams.get(id).map(act);
        self.to_say.notify_one();
        done
    }

    /// Waits until `look` finds something in a stream; nothing when it is gone.
    pub(super) fn wait<T>(&self, id: Id, local: &Local, look: impl Fn(&mut Stream) -> Option<T>) -> Option<T> {
        let mut state = self.state();
        loop {
            if let Some(found) = look(state.streams.get(id)?) {
                return Some(found);
            }
            state = local.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the session with these last words, breaks all connections off, and waits for a while until it is said.
    pub(super) fn end(&self, last: Option<Draft>, patience: Duration) {
        let mut state = self.state();
        state.course = Course::ToEnd(last);
        state.locals.values().for_each(|local| local.break_off());
        self.to_say.notify_one();
        let deadline = Instant::now() + patience;
        while !state.is_silent && Instant::now() < deadline {
            state = wait_for(&self.said, state, deadline.saturating_duration_since(Instant::now()));
        }
    }

    fn tell(&self, detail: String) {
        // A peer that makes much news is not told about in full.
        let _ = self.news.try_send(News::Detail(detail));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self, id: Id) {
        if let Some(local) = self.locals.get(&id) {
            local.wake.notify_all();
        }
        self.forget();
    }

    fn break_off(&mut self, id: Id) {
        if let Some(local) = self.locals.get(&id) {
            local.break_off();
        }
        self.forget();
    }

    /// Lets the connections go whose streams are gone.
    fn forget(&mut self) {
        if self.locals.len() > self.streams.len() {
            self.locals.retain(|id, _| self.streams.get(*id).is_some());
        }
    }

    fn refuse(&mut self, id: Id, reason: Reason) {
        let _ = self.streams.get(id).map(|stream| stream.refuse(reason));
    }

    fn leave(&mut self, id: Id) {
        let _ = self.streams.get(id).map(Stream::leave);
        self.break_off(id);
    }
}

fn wait_for<'s>(condvar: &Condvar, state: MutexGuard<'s, State>, time: Duration) -> MutexGuard<'s, State> {
    condvar
        .wait_timeout(state, time)
        .unwrap_or_else(PoisonError::into_inner)
        .0
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::channel::{Channel, Gate};
    use crate::handshake::{Mode, agree};
    use crate::verify::Checks;

    /// Both ends of an open channel, the initiator's first.
    fn channels() -> [Channel; 2] {
        let mut checks = Checks::default();
        checks.transport_trusted();
        let [(mut left, mut from_left), (mut right, mut from_right)] = agree(|| Mode::Transport)
            .map(|agreed| Gate::new(agreed).verify(|agreed| checks.verify(agreed)).ok().unwrap());
        right.receive(&mut from_left).unwrap();
        left.receive(&mut from_right).unwrap();
        [left.open().ok().unwrap(), right.open().ok().unwrap()]
    }

    /// A wire that takes nothing for long does not lose the record after which the keys are others.
    #[test]
    fn fresh_shares_are_said_one_after_the_other() {
        let [mut here, mut there] = channels();
        here.opener.lasting(Duration::ZERO);
        let hub = Hub::new(Role::Initiator, Vec::new(), sync_channel(1).0);
        let mut said = Vec::new();
        for _ in 0..3 {
            for _ in 0..2 {
                hub.refresh(&mut here.opener, Duration::ZERO).unwrap();
            }
            let Turn::Refresh(refresh) = hub.turn() else {
                panic!("nothing is owed")
            };
            let mut record = here.sealer.refresh(refresh);
            said.push(there.opener.open(&mut record).unwrap().0);
            if let Some(answer) = there.opener.owes(Duration::ZERO, &mut OsRng).unwrap() {
                here.opener.open(&mut there.sealer.refresh(answer)).unwrap();
            }
        }
        assert_eq!(said, [Kind::KEX, Kind::KEX_DONE, Kind::KEX]);
    }
}
