//! Where peers are waited for: TCP and Unix sockets, of our own or handed over.

use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::net::sockopt::socket_domain;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, getpeername, socket_with};
use rustix::process::geteuid;
use serde_json::json;

use crate::cli::address::Address;
use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::signals::Socket;
use crate::cli::streams::cannot;
use crate::cli::ui::Ui;

/// A socket that takes connections.
pub enum Listener {
    /// Of TCP.
    Tcp(TcpListener),
    /// Of this machine. The file, where it is ours, goes before the listener does, so that it is never a successor's.
    Unix(
        #[allow(dead_code, reason = "removes the socket's file when dropped")] Option<Socket>,
        UnixListener,
    ),
}

/// A connection.
pub enum Stream {
    /// Of TCP.
    Tcp(TcpStream),
    /// Of this machine.
    Unix(UnixStream),
}

impl Listener {
    /// Begins to listen, and says where.
    ///
    /// # Errors
    /// When there is nothing to listen on.
    pub fn open(address: &Address, ui: &Ui, events: &mut Events) -> Result<Self, Fault> {
        let (listener, bound) = Self::bind(address)?;
        announce(&bound, matches!(address, Address::Tcp { port: 0, .. }), ui, events);
        Ok(listener)
    }

    /// Begins to listen, and tells where.
    ///
    /// # Errors
    /// As [`Listener::open`].
    pub fn bind(address: &Address) -> Result<(Self, String), Fault> {
        let failed = |error: io::Error| cannot("listen on", &address.to_string(), &error).of_kind("listen");
        match address {
            Address::Tcp { host, port } => {
                let listener = match host.as_str() {
                    // One socket for both families where the system has IPv6.
                    "" => TcpListener::bind(("::", *port)).or_else(|_| TcpListener::bind(("0.0.0.0", *port))),
                    host => TcpListener::bind((host, *port)),
                };
                let listener = listener.map_err(failed)?;
                let bound = listener.local_addr().map_err(failed)?.to_string();
                Ok((Self::Tcp(listener), bound))
            }
            Address::Unix(path) => {
                let (listener, socket) = Socket::bind(path, || bind_unix(path)).map_err(failed)?;
                Ok((Self::Unix(Some(socket), listener), address.to_string()))
            }
        }
    }

    /// Goes on with a socket that listens already, and says where.
    ///
    /// # Errors
    /// When it is not a socket of a kind that peers come to.
    pub fn handed(socket: OwnedFd, ui: &Ui, events: &mut Events) -> io::Result<Self> {
        let (listener, bound) = match socket_domain(&socket)? {
            AddressFamily::UNIX => {
                let listener = UnixListener::from(socket);
                let bound = match listener.local_addr()?.as_pathname() {
                    Some(path) => Address::Unix(path.to_owned()).to_string(),
                    None => "a socket without a name".to_owned(),
                };
                (Self::Unix(None, listener), bound)
            }
            AddressFamily::INET | AddressFamily::INET6 => {
                let listener = TcpListener::from(socket);
                let bound = listener.local_addr()?.to_string();
                (Self::Tcp(listener), bound)
            }
            _ => return Err(ErrorKind::Unsupported.into()),
        };
        announce(&bound, false, ui, events);
        Ok(listener)
    }

    /// Takes the next connection.
    ///
    /// # Errors
    /// Those of the system.
    pub fn accept(&self, ui: &Ui) -> io::Result<Stream> {
        let stream = self.take()?;
        if let Stream::Tcp(stream) = &stream {
            // One that is reset already has no address any more, and is found to be gone when it is read from.
            match stream.peer_addr() {
                Ok(from) => ui.detail(&format!("a connection from {from}")),
                Err(error) => ui.detail(&format!("a connection that is gone: {error}")),
            }
        }
        Ok(stream)
    }

    /// The same without a word.
    ///
    /// # Errors
    /// As [`Listener::accept`].
    pub fn take(&self) -> io::Result<Stream> {
        match self {
            Self::Tcp(listener) => Ok(Stream::Tcp(listener.accept()?.0)),
            Self::Unix(_, listener) => Ok(Stream::Unix(listener.accept()?.0)),
        }
    }
}

/// Says where; that the system has chosen the port, aloud.
fn announce(bound: &str, is_chosen: bool, ui: &Ui, events: &mut Events) {
    let text = format!("listening on {bound}");
    if is_chosen {
        ui.say(&text);
    } else {
        ui.note(&text);
    }
    events.emit(&json!({"event": "listening", "address": bound}));
}

impl Stream {
    /// Goes on with a socket that is connected already.
    ///
    /// # Errors
    /// When it is not, or of a kind that peers do not come over.
    pub fn handed(socket: OwnedFd) -> io::Result<Self> {
        getpeername(&socket)?;
        match socket_domain(&socket)? {
            AddressFamily::UNIX => Ok(Self::Unix(socket.into())),
            AddressFamily::INET | AddressFamily::INET6 => Ok(Self::Tcp(socket.into())),
            _ => Err(ErrorKind::Unsupported.into()),
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Unix(_, listener) => listener.as_fd(),
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
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
///
/// # Errors
/// Those of the system.
pub fn connect_unix(path: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}
