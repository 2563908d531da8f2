//! `keypact relay`: one thread that puts two sides through to each other. It sees ciphertext and tokens, keeps nothing, and
//! holds no more than its limits say.

mod caller;
mod pair;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};
use rustix::net::sockopt::{set_socket_keepalive, set_tcp_nodelay};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::cli::fault::Fault;
use crate::cli::listener::{Listener, Stream};
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;
use crate::rendezvous::{Arrival, Meetings, Reply, Request};

use caller::{Caller, Said};
use pair::Pair;

/// Descriptors of a connection: its socket, and its share of what a pair has (two pipes, four descriptors).
const DESCRIPTORS: u64 = 3;
/// Descriptors for everything else.
const OTHER_DESCRIPTORS: u64 = 32;
/// How long nobody is taken in when the system has no room for a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// What the relay grants.
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// The same from one address.
    pub connections_of_one: usize,
    /// How long one side waits for the other.
    pub waiting: Duration,
    /// How long two sides may be silent, both of them.
    pub idle: Duration,
    /// Bytes that one pair may exchange, in both directions together.
    pub most_bytes: Option<u64>,
}

/// A connection.
struct Guest {
    socket: OwnedFd,
    home: Option<IpAddr>,
}

/// A relay at work.
pub struct Relay<'a> {
    listener: Listener,
    limits: Limits,
    ui: &'a Ui,
    /// The number of the next connection.
    next: Id,
    callers: BTreeMap<Id, Caller>,
    /// By the number of the side that came second.
    pairs: BTreeMap<Id, Pair>,
    meetings: Meetings<Id>,
    /// When connections are taken in again.
    pause: Option<Instant>,
}

type Id = u64;

/// Where something happens.
#[derive(Clone, Copy)]
enum Place {
    Listener,
    Caller(Id),
    Pair(Id),
}

impl<'a> Relay<'a> {
    /// Gets ready.
    ///
    /// # Errors
    /// When the system does not grant what the limits take.
    pub fn new(listener: Listener, limits: Limits, ui: &'a Ui) -> Result<Self, Fault> {
        reserve(limits.connections)?;
        ioctl_fionbio(&listener, true).map_err(|error| cannot("use", "the listening socket", &error.into()))?;
        Ok(Self {
            listener,
            limits,
            ui,
            next: 0,
            callers: BTreeMap::new(),
            pairs: BTreeMap::new(),
            meetings: Meetings::new(),
            pause: None,
        })
    }

    /// Works until a signal ends the program.
    ///
    /// # Errors
    /// When the system lets nobody wait any more.
    pub fn run(mut self) -> Result<Infallible, Fault> {
        loop {
            self.expire(Instant::now());
            let ready = self.wait();
            for place in ready.map_err(|error| cannot("wait for", "connections", &error.into()))? {
                match place {
                    Place::Listener => self.take_in(),
                    Place::Caller(id) => self.hear(id),
                    Place::Pair(id) => self.pass(id),
                }
            }
        }
    }

    /// Waits until something happens, or somebody's time is over.
    fn wait(&self) -> Result<Vec<Place>, Errno> {
        let mut places = Vec::new();
        let mut polled = Vec::new();
        for (id, caller) in &self.callers {
            places.push(Place::Caller(*id));
            polled.push(PollFd::new(caller, PollFlags::IN));
        }
        for (id, pair) in &self.pairs {
            for (end, wanted) in pair.wanted() {
                places.push(Place::Pair(*id));
                polled.push(PollFd::new(end, wanted));
            }
        }
        // Whoever leaves makes room for whoever comes.
        if self.pause.is_none() {
            places.push(Place::Listener);
            polled.push(PollFd::new(&self.listener, PollFlags::IN));
        }
        match poll(&mut polled, self.time_left().as_ref()) {
            Err(Errno::INTR) => return Ok(Vec::new()),
            polled => polled?,
        };
        let happens = |(place, polled): (&Place, &PollFd<'_>)| (!polled.revents().is_empty()).then_some(*place);
        Ok(places.iter().zip(&polled).filter_map(happens).collect())
    }

    /// Time until the next deadline.
    fn time_left(&self) -> Option<Timespec> {
        let callers = self.callers.values().map(|caller| caller.deadline);
        let pairs = self.pairs.values().map(|pair| pair.heard + self.limits.idle);
        let next = callers.chain(pairs).chain(self.pause).min()?;
        Timespec::try_from(next.saturating_duration_since(Instant::now())).ok()
    }

    /// Lets those go whose time is over.
    fn expire(&mut self, now: Instant) {
        self.pause = self.pause.filter(|pause| *pause > now);
        let late = self.callers.iter().filter(|(_, caller)| caller.deadline <= now);
        for (id, reply) in late.map(|(id, caller)| (*id, caller.overdue())).collect::<Vec<_>>() {
            self.dismiss(id, Some(reply));
        }
        let idle = self
            .pairs
            .iter()
            .filter(|(_, pair)| pair.heard + self.limits.idle <= now);
        for id in idle.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.part(id, "silent for too long");
        }
    }

    /// Takes in a connection, where there is room for it.
    fn take_in(&mut self) {
        match self.listener.accept(self.ui) {
            Ok(stream) => {
                let home = home(&stream);
                // A connection that cannot be used is dropped.
                let _ = prepare(stream).map(|socket| self.seat(Caller::new(Guest { socket, home })));
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // Most often somebody who has gone already; but a system without room must not be asked all the time.
            Err(_) => self.pause = Some(Instant::now() + PAUSE),
        }
    }

    fn seat(&mut self, caller: Caller) {
        let homes = || self.guests().map(|guest| guest.home);
        let neighbours = homes().filter(|home| home.is_some() && *home == caller.guest.home);
        if homes().count() >= self.limits.connections || neighbours.count() >= self.limits.connections_of_one {
            caller.dismiss(Reply::Full);
            return;
        }
        self.callers.insert(self.next, caller);
        self.next += 1;
    }

    fn guests(&self) -> impl Iterator<Item = &Guest> {
        let waiting = self.callers.values().map(|caller| &caller.guest);
        waiting.chain(self.pairs.values().flat_map(|pair| &pair.ends))
    }

    /// Hears what a caller says.
    fn hear(&mut self, id: Id) {
        let Some(caller) = self.callers.get_mut(&id) else {
            return;
        };
        match caller.hear() {
            Said::NotYet => {}
            Said::Request(request) => self.introduce(id, &request),
            Said::Nonsense(reply) => self.dismiss(id, Some(reply)),
            Said::Goodbye => self.dismiss(id, None),
        }
    }

    /// Somebody asks for the other side.
    fn introduce(&mut self, id: Id, request: &Request) {
        match self.meetings.arrive(request, id) {
            Arrival::Refused => return self.dismiss(id, Some(Reply::InUse)),
            Arrival::Meets(first) => return self.join(first, id, request),
            Arrival::Replaces(older) => drop(self.callers.remove(&older)),
            Arrival::Returns(pair) => drop(self.pairs.remove(&pair)),
            Arrival::Waits => {}
        }
        if let Some(caller) = self.callers.get_mut(&id) {
            caller.wait(request.token, self.limits.waiting);
        }
    }

    fn join(&mut self, first: Id, second: Id, request: &Request) {
        let guests = [first, second].map(|id| self.callers.remove(&id).map(|caller| caller.guest));
        let pair = match guests {
            [Some(first), Some(second)] => Pair::new([first, second], request.token, self.limits.most_bytes).ok(),
            _ => None,
        };
        if let Some(pair) = pair {
            self.pairs.insert(second, pair);
            self.ui.detail(&format!("two sides meet; {} pairs", self.pairs.len()));
        } else {
            self.meetings.leave(&request.token);
        }
    }

    /// Passes on what one side of a pair has said to the other.
    fn pass(&mut self, id: Id) {
        let Some(pair) = self.pairs.get_mut(&id) else { return };
        match pair.pass() {
            Ok(true) => {}
            Ok(false) => self.part(id, "both ended"),
            Err(error) => self.part(id, &error.to_string()),
        }
    }

    fn dismiss(&mut self, id: Id, reply: Option<Reply>) {
        let Some(caller) = self.callers.remove(&id) else { return };
        if let Some(token) = caller.token() {
            self.meetings.leave(&token);
        }
        if let Some(reply) = reply {
            caller.dismiss(reply);
        }
    }

    fn part(&mut self, id: Id, why: &str) {
        let Some(pair) = self.pairs.remove(&id) else { return };
        self.meetings.leave(&pair.token);
        self.ui
            .detail(&format!("a pair parts after {} bytes: {why}", pair.bytes));
    }
}

/// Asks the system for as many descriptors as so many connections take.
fn reserve(connections: usize) -> Result<(), Fault> {
    let needed = connections as u64 * DESCRIPTORS + OTHER_DESCRIPTORS;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let wanted = Rlimit {
        current: Some(needed),
        ..limit
    };
    setrlimit(Resource::Nofile, wanted).map_err(|error| {
        Fault::failure(format!("cannot serve {connections} connections at once"))
            .because(format!("they take {needed} descriptors: {error}"))
            .hint("allow fewer with --max-connections, or raise the limit (ulimit -n)")
    })
}

/// Where a connection comes from. Whoever has one address of IPv6 has the 2^64 beside it.
fn home(stream: &Stream) -> Option<IpAddr> {
    let Stream::Tcp(stream) = stream else { return None };
    match stream.peer_addr().ok()?.ip().to_canonical() {
        IpAddr::V4(address) => Some(IpAddr::V4(address)),
        IpAddr::V6(address) => Some(IpAddr::V6((address.to_bits() >> 64 << 64).into())),
    }
}

/// A socket that never holds the relay up, passes small messages on at once, and notices when its machine is gone.
fn prepare(stream: Stream) -> Result<OwnedFd, Errno> {
    let socket = match stream {
        Stream::Tcp(stream) => {
            set_tcp_nodelay(&stream, true)?;
            set_socket_keepalive(&stream, true)?;
            stream.into()
        }
        Stream::Unix(stream) => OwnedFd::from(stream),
    };
    ioctl_fionbio(socket.as_fd(), true)?;
    Ok(socket)
}
