//! From the transport flags to a [`Wire`]: TCP and Unix sockets, a relay, this program's own standard streams, a command's.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;
use rustix::net::sockopt::socket_peercred;
use rustix::process::geteuid;

use crate::cli::activation::Handed;
use crate::cli::address::{Address, Place};
use crate::cli::deadline::{Deadline, nobody_came};
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::inherited;
use crate::cli::listener::{Listener, Stream, connect_unix};
use crate::cli::meeting::{Meeting, RelayAddress};
use crate::cli::shown::shown;
use crate::cli::streams::{Claims, cannot, leave_stdout};
use crate::cli::ui::Ui;
use crate::cli::wire::{Sending, Wire};

/// What to do about a relay that is not there.
const NO_RELAY: &str = "see that the relay runs ('keypact relay'), or wait longer with --wait SECONDS";

/// How the peer is reached
#[derive(Args)]
#[command(next_help_heading = "Transport (exactly one)")]
pub struct TransportArgs {
    #[command(flatten)]
    way: Way,
    /// Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,
    /// Seconds of silence after which a peer counts as gone
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Way {
    /// Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that
    /// systemd hands over (systemd)
    #[arg(long, value_name = "ADDR")]
    listen: Option<Place>,
    /// Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over
    #[arg(long, value_name = "ADDR")]
    connect: Option<Address>,
    /// Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other
    /// one HOST:PORT/NAME (or both, where they have agreed on a name)
    #[arg(long, value_name = "HOST:PORT[/NAME]")]
    relay: Option<RelayAddress>,
    /// The peer is at the other end of stdin and stdout
    #[arg(long)]
    stdio: bool,
    /// The peer is at the other end of a command's stdin and stdout, run by sh
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
}

impl TransportArgs {
    /// Claims the streams that the wire takes.
    ///
    /// # Errors
    /// When they have another role.
    pub fn claim(&self, claims: &mut Claims) -> Result<(), Fault> {
        if self.way.stdio {
            claims.stdin("the wire of --stdio")?;
            claims.stdout("the wire of --stdio")?;
        }
        Ok(())
    }

    /// Silence after which the peer counts as gone.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Starts to listen, or gets ready to go.
    ///
    /// # Errors
    /// When there is nothing to listen on.
    pub fn open(&self, ui: &Ui, events: &mut Events) -> Result<Endpoint, Fault> {
        let wait = self.wait.unwrap_or(if ui.has_person() { 60 } else { 30 });
        let way = match &self.way {
            Way {
                listen: Some(Place::Address(address)),
                ..
            } => Open::Listener(Listener::open(address, ui, events)?),
            Way {
                listen: Some(Place::Systemd),
                ..
            } => match Handed::take(ui, events)? {
                Handed::Listener(listener) => Open::Listener(listener),
                Handed::Connection(stream) => Open::Connection(Some(stream)),
            },
            Way {
                connect: Some(address), ..
            } => Open::Address(address.clone()),
            Way { relay: Some(relay), .. } => Open::Relay(Meeting::at(relay, ui, events)?),
            Way {
                exec: Some(command), ..
            } => Open::Command(command.clone()),
            Way { .. } => Open::Stdio,
        };
        Ok(Endpoint {
            open: way,
            deadline: Deadline::after(Duration::from_secs(wait)),
            patience: self.patience(),
            again: Duration::ZERO,
        })
    }
}

/// Who begins, where that is known.
pub enum Part {
    /// This side waits to be spoken to.
    Waits,
    /// This side goes to one that waits.
    Goes,
    /// Two ends of a pipe, or two guests of a relay: both begin.
    Either,
}

/// Where the peer will be met.
pub struct Endpoint {
    open: Open,
    deadline: Deadline,
    patience: Duration,
    /// How long to meet a peer again whose wire broke.
    again: Duration,
}

enum Open {
    Listener(Listener),
    /// Of a peer that has come; there is no second one.
    Connection(Option<Stream>),
    Address(Address),
    Relay(Meeting),
    Command(String),
    Stdio,
}

impl Endpoint {
    /// Whether this side waits to be spoken to: a listener may be found by more than the peer it waits for.
    pub fn is_listener(&self) -> bool {
        matches!(self.open, Open::Listener(_))
    }

    /// The same where a peer may be met again for so long, when the wire to it breaks. What was handed over can be used
    /// once only.
    #[must_use]
    pub fn meeting_again_for(self, again: Duration) -> Self {
        let again = if matches!(self.open, Open::Stdio | Open::Connection(_)) {
            Duration::ZERO
        } else {
            again
        };
        Self { again, ..self }
    }

    /// Whether a peer can be met here again.
    pub fn lasts(&self) -> bool {
        !self.again.is_zero()
    }

    /// The wire has broken, and the time to meet again begins.
    pub fn renew(&mut self) {
        self.deadline = Deadline::after(self.again);
    }

    /// Silence after which the peer counts as gone.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Who begins.
    pub fn part(&self) -> Part {
        match self.open {
            Open::Listener(_) | Open::Connection(_) => Part::Waits,
            Open::Address(_) => Part::Goes,
            Open::Command(_) | Open::Stdio | Open::Relay(_) => Part::Either,
        }
    }

    /// Whether there is time for one more try, after one that led to nothing.
    ///
    /// # Errors
    /// When the peer should have been there by now.
    pub fn try_again(&self) -> Result<(), Fault> {
        if self.deadline.left().is_zero() {
            Err(nobody_came())
        } else {
            Ok(())
        }
    }

    /// How long the peer may still take to be there; a moment at least, in which one that is there can be heard.
    pub fn left(&self) -> Duration {
        self.deadline.extended().left()
    }

    /// Waits for a peer.
    ///
    /// # Errors
    /// When none comes in time, or the way to it is not there.
    pub fn meet(&mut self, ui: &Ui) -> Result<Wire, Fault> {
        match &mut self.open {
            Open::Connection(stream) => wire_over(stream.take().ok_or_else(nobody_came)?, self.patience, ui),
            Open::Listener(listener) => accept(listener, self.deadline, self.patience, ui),
            Open::Address(address) => wire_over(connect(address, self.deadline)?, self.patience, ui),
            Open::Relay(meeting) => {
                let stream = connect(meeting.relay(), self.deadline).map_err(|fault| fault.hint(NO_RELAY))?;
                meeting.meet(&stream, self.deadline.extended())?;
                wire_over(stream, self.patience, ui)
            }
            Open::Command(command) => run(command, self.patience),
            Open::Stdio => stdio(self.patience),
        }
    }
}

fn accept(listener: &Listener, deadline: Deadline, patience: Duration, ui: &Ui) -> Result<Wire, Fault> {
    deadline.wait_for(listener)?;
    let stream = listener.accept(ui);
    let stream = stream.map_err(|error| Fault::peer("wire", "cannot take the connection").because(error))?;
    wire_over(stream, patience, ui)
}

/// Tries until the peer is there: it may be started later.
fn connect(address: &Address, deadline: Deadline) -> Result<Stream, Fault> {
    let mut pause = Duration::from_millis(20);
    loop {
        let error = match connect_once(address, deadline) {
            Ok(stream) => return Ok(stream),
            Err(error) => error,
        };
        let left = deadline.left();
        if left.is_zero() || !may_come_yet(error.kind()) {
            return Err(Fault::peer("no_peer", format!("cannot reach {address}"))
                .because(crate::cli::streams::reason(&error))
                .hint("start the other side with --listen, or wait longer with --wait SECONDS"));
        }
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

fn may_come_yet(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::PermissionDenied | ErrorKind::InvalidInput)
}

fn connect_once(address: &Address, deadline: Deadline) -> io::Result<Stream> {
    match address {
        Address::Tcp { host, port } => {
            let host = if host.is_empty() { "localhost" } else { host };
            let mut last = ErrorKind::NotFound.into();
            for address in (host, *port).to_socket_addrs()? {
                match TcpStream::connect_timeout(&address, deadline.extended().left().min(Duration::from_secs(10))) {
                    Ok(stream) => return Ok(Stream::Tcp(stream)),
                    Err(error) => last = error,
                }
            }
            Err(last)
        }
        Address::Unix(path) => connect_unix(path).map(Stream::Unix),
    }
}

fn wire_over(stream: Stream, patience: Duration, ui: &Ui) -> Result<Wire, Fault> {
    let wire = match stream {
        Stream::Tcp(stream) => tcp(stream, patience),
        Stream::Unix(stream) => {
            tell_user_of(&stream, ui);
            unix(stream, patience)
        }
    };
    wire.map_err(|error| Fault::peer("wire", "cannot use the connection").because(error))
}

fn tcp(stream: TcpStream, patience: Duration) -> io::Result<Wire> {
    stream.set_nodelay(true)?;
    let (reading, end) = (stream.try_clone()?, stream.try_clone()?);
    let wire = Wire::new(Box::new(reading), Box::new(stream), patience)?;
    Ok(wire.hanging_up(move || drop(end.shutdown(Shutdown::Both))))
}

fn unix(stream: UnixStream, patience: Duration) -> io::Result<Wire> {
    let (reading, end) = (stream.try_clone()?, stream.try_clone()?);
    let wire = Wire::new(Box::new(reading), Box::new(stream), patience)?;
    Ok(wire.hanging_up(move || drop(end.shutdown(Shutdown::Both))))
}

fn tell_user_of(stream: &UnixStream, ui: &Ui) {
    if let Ok(peer) = socket_peercred(stream) {
        let text = format!("the peer runs as user {}", peer.uid.as_raw());
        if peer.uid == geteuid() || peer.uid.is_root() {
            ui.note(&text);
        } else {
            ui.warn(&text);
        }
    }
}

impl Sending for TcpStream {
    fn shut(&mut self) {
        let _ = self.shutdown(Shutdown::Write);
    }
}

impl Sending for UnixStream {
    fn shut(&mut self) {
        let _ = self.shutdown(Shutdown::Write);
    }
}

/// A pipe ends when its last descriptor is closed.
struct Pipe<W>(Option<W>);

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .as_mut()
            .map_or(Err(ErrorKind::BrokenPipe.into()), |pipe| pipe.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write + Send> Sending for Pipe<W> {
    fn shut(&mut self) {
        self.0 = None;
    }
}

fn run(command: &str, patience: Duration) -> Result<Wire, Fault> {
    let child = Command::new("/bin/sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let failed = |error: io::Error| cannot("run", &shown(command), &error);
    let mut child = child.map_err(failed)?;
    let (reading, writing) = (child.stdout.take(), child.stdin.take());
    let reading: Box<dyn Read + Send> = match reading {
        Some(reading) => Box::new(reading),
        None => Box::new(io::empty()),
    };
    let wire = Wire::new(reading, Box::new(Pipe(writing)), patience).map_err(failed)?;
    Ok(wire.with_child(child))
}

fn stdio(patience: Duration) -> Result<Wire, Fault> {
    let failed = |error: io::Error| cannot("use", "standard input and output as the wire", &error);
    let reading = inherited::duplicate(0).map_err(failed)?;
    let writing = inherited::duplicate(1).map_err(failed)?;
    // The wire must be able to end before the program does.
    leave_stdout().map_err(failed)?;
    Wire::new(Box::new(reading), Box::new(Pipe(Some(writing))), patience).map_err(failed)
}
