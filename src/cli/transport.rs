//! From the transport flags to a [`Wire`]: TCP and Unix sockets, this program's own standard streams, a command's.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_peercred;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, socket_with};
use rustix::process::geteuid;
use serde_json::json;

use crate::cli::address::Address;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::inherited;
use crate::cli::shown::shown;
use crate::cli::signals::Socket;
use crate::cli::streams::{Claims, cannot, leave_stdout};
use crate::cli::ui::Ui;
use crate::cli::wire::{Sending, Wire};

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
    /// Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed)
    #[arg(long, value_name = "ADDR")]
    listen: Option<Address>,
    /// Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over
    #[arg(long, value_name = "ADDR")]
    connect: Option<Address>,
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
                listen: Some(address), ..
            } => Open::Listener(listen(address, ui, events)?),
            Way {
                connect: Some(address), ..
            } => Open::Address(address.clone()),
            Way {
                exec: Some(command), ..
            } => Open::Command(command.clone()),
            Way { .. } => Open::Stdio,
        };
        Ok(Endpoint {
            open: way,
            deadline: Instant::now() + Duration::from_secs(wait),
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
    /// Two ends of a pipe: both begin.
    Either,
}

/// Where the peer will be met.
pub struct Endpoint {
    open: Open,
    deadline: Instant,
    patience: Duration,
    /// How long to meet a peer again whose wire broke.
    again: Duration,
}

enum Open {
    Listener(Listener),
    Address(Address),
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
        let again = if matches!(self.open, Open::Stdio) {
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
        self.deadline = Instant::now() + self.again;
    }

    /// Who begins.
    pub fn part(&self) -> Part {
        match self.open {
            Open::Listener(_) => Part::Waits,
            Open::Address(_) => Part::Goes,
            Open::Command(_) | Open::Stdio => Part::Either,
        }
    }

    /// Whether there is time for one more try, after one that led to nothing.
    ///
    /// # Errors
    /// When the peer should have been there by now.
    pub fn try_again(&self) -> Result<(), Fault> {
        if Instant::now() < self.deadline {
            Ok(())
        } else {
            Err(nobody_came())
        }
    }

    /// How long the peer may still take to be there; a moment at least, in which one that is there can be heard.
    pub fn left(&self) -> Duration {
        self.deadline
            .saturating_duration_since(Instant::now())
            .max(Duration::from_secs(1))
    }

    /// Waits for a peer.
    ///
    /// # Errors
    /// When none comes in time, or the way to it is not there.
    pub fn meet(&mut self, ui: &Ui) -> Result<Wire, Fault> {
        match &self.open {
            Open::Listener(listener) => listener.accept(self.deadline, self.patience, ui),
            Open::Address(address) => connect(address, self.deadline, self.patience, ui),
            Open::Command(command) => run(command, self.patience),
            Open::Stdio => stdio(self.patience),
        }
    }
}

enum Listener {
    Tcp(TcpListener),
    /// The file goes before the listener does, so that it is never a successor's.
    Unix(
        #[allow(dead_code, reason = "removes the socket's file when dropped")] Socket,
        UnixListener,
    ),
}

fn listen(address: &Address, ui: &Ui, events: &mut Events) -> Result<Listener, Fault> {
    let failed = |error: io::Error| cannot("listen on", &address.to_string(), &error).of_kind("listen");
    let (listener, bound, chosen) = match address {
        Address::Tcp { host, port } => {
            let listener = match host.as_str() {
                // One socket for both families where the system has IPv6.
                "" => TcpListener::bind(("::", *port)).or_else(|_| TcpListener::bind(("0.0.0.0", *port))),
                host => TcpListener::bind((host, *port)),
            };
            let listener = listener.map_err(failed)?;
            let bound = listener.local_addr().map_err(failed)?.to_string();
            (Listener::Tcp(listener), bound, *port == 0)
        }
        Address::Unix(path) => {
            let (listener, socket) = Socket::bind(path, || bind_unix(path)).map_err(failed)?;
            (Listener::Unix(socket, listener), address.to_string(), false)
        }
    };
    let text = format!("listening on {bound}");
    if chosen {
        ui.say(&text);
    } else {
        ui.note(&text);
    }
    events.emit(&json!({"event": "listening", "address": bound}));
    Ok(listener)
}

/// Takes the place of a socket of our own that nobody listens on any more. Whatever else has the name stays.
fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == ErrorKind::AddrInUse && is_dead_socket(path) => {
            std::fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        bound => bound,
    }
}

fn is_dead_socket(path: &Path) -> bool {
    let ours = path
        .symlink_metadata()
        .is_ok_and(|found| found.file_type().is_socket() && found.uid() == geteuid().as_raw());
    ours && connect_unix(path).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

/// Connects now or not at all: where nobody takes connections, an ordinary connect would wait without limit.
fn connect_unix(path: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

impl Listener {
    fn accept(&self, deadline: Instant, patience: Duration, ui: &Ui) -> Result<Wire, Fault> {
        let failed = |error: io::Error| Fault::peer("wire", "cannot take the connection").because(error);
        match self {
            Self::Tcp(listener) => {
                wait_for(listener.as_fd(), deadline)?;
                let (stream, peer) = listener.accept().map_err(failed)?;
                ui.detail(&format!("a connection from {peer}"));
                tcp(stream, patience).map_err(failed)
            }
            Self::Unix(_, listener) => {
                wait_for(listener.as_fd(), deadline)?;
                let (stream, _) = listener.accept().map_err(failed)?;
                unix(stream, patience, ui).map_err(failed)
            }
        }
    }
}

fn nobody_came() -> Fault {
    Fault::peer("no_peer", "nobody came in time").hint("start the other side, or give it longer with --wait SECONDS")
}

fn wait_for(socket: BorrowedFd<'_>, deadline: Instant) -> Result<(), Fault> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(|_| Fault::usage("--wait is too long"))?;
        match poll(&mut [PollFd::from_borrowed_fd(socket, PollFlags::IN)], Some(&left)) {
            Ok(0) => {
                return Err(nobody_came());
            }
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Fault::peer("wire", "cannot wait for a connection").because(error)),
        }
    }
}

/// Tries until the peer is there: it may be started later.
fn connect(address: &Address, deadline: Instant, patience: Duration, ui: &Ui) -> Result<Wire, Fault> {
    let mut pause = Duration::from_millis(20);
    loop {
        let error = match connect_once(address, deadline, patience, ui) {
            Ok(wire) => return Ok(wire),
            Err(error) => error,
        };
        let left = deadline.saturating_duration_since(Instant::now());
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

fn connect_once(address: &Address, deadline: Instant, patience: Duration, ui: &Ui) -> io::Result<Wire> {
    match address {
        Address::Tcp { host, port } => {
            let host = if host.is_empty() { "localhost" } else { host };
            let mut last = ErrorKind::NotFound.into();
            for address in (host, *port).to_socket_addrs()? {
                let left = deadline
                    .saturating_duration_since(Instant::now())
                    .max(Duration::from_secs(1));
                match TcpStream::connect_timeout(&address, left.min(Duration::from_secs(10))) {
                    Ok(stream) => return tcp(stream, patience),
                    Err(error) => last = error,
                }
            }
            Err(last)
        }
        Address::Unix(path) => unix(connect_unix(path)?, patience, ui),
    }
}

fn tcp(stream: TcpStream, patience: Duration) -> io::Result<Wire> {
    stream.set_nodelay(true)?;
    let (reading, end) = (stream.try_clone()?, stream.try_clone()?);
    let wire = Wire::new(Box::new(reading), Box::new(stream), patience)?;
    Ok(wire.hanging_up(move || drop(end.shutdown(Shutdown::Both))))
}

fn unix(stream: UnixStream, patience: Duration, ui: &Ui) -> io::Result<Wire> {
    if let Ok(peer) = socket_peercred(&stream) {
        let text = format!("the peer runs as user {}", peer.uid.as_raw());
        if peer.uid == geteuid() || peer.uid.is_root() {
            ui.note(&text);
        } else {
            ui.warn(&text);
        }
    }
    let (reading, end) = (stream.try_clone()?, stream.try_clone()?);
    let wire = Wire::new(Box::new(reading), Box::new(stream), patience)?;
    Ok(wire.hanging_up(move || drop(end.shutdown(Shutdown::Both))))
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
