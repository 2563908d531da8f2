//! Where peers are waited for: TCP and Unix sockets of our own.

use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, socket_with};
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
    /// Of this machine. The file goes before the listener does, so that it is never a successor's.
    Unix(
        #[allow(dead_code, reason = "removes the socket's file when dropped")] Socket,
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
                (Self::Tcp(listener), bound, *port == 0)
            }
            Address::Unix(path) => {
                let (listener, socket) = Socket::bind(path, || bind_unix(path)).map_err(failed)?;
                (Self::Unix(socket, listener), address.to_string(), false)
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

    /// Takes the next connection.
    ///
    /// # Errors
    /// Those of the system.
    pub fn accept(&self, ui: &Ui) -> io::Result<Stream> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept()?;
                ui.detail(&format!("a connection from {peer}"));
                Ok(Stream::Tcp(stream))
            }
            Self::Unix(_, listener) => Ok(Stream::Unix(listener.accept()?.0)),
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
