//! `--listen systemd`: the socket that systemd, or another activator, has handed over (`sd_listen_fds(3)`).

use std::env;
use std::io;
use std::os::fd::{OwnedFd, RawFd};

use rustix::io::ioctl_fionbio;
use rustix::net::SocketType;
use rustix::net::sockopt::{socket_acceptconn, socket_type};
use rustix::process::getpid;

use crate::cli::events::Events;
use crate::cli::fault::Fault;
use crate::cli::inherited;
use crate::cli::listener::{Listener, Stream};
use crate::cli::shown::shown;
use crate::cli::ui::Ui;

/// The first descriptor that is handed over, and the only one that is taken.
const FIRST: RawFd = 3;

/// What has been handed over.
pub enum Handed {
    /// A socket that peers come to (`Accept=no`).
    Listener(Listener),
    /// A peer that has come (`Accept=yes`).
    Connection(Stream),
}

impl Handed {
    /// Takes it.
    ///
    /// # Errors
    /// A usage fault when nothing was handed over to this process, or something else than one such socket.
    pub fn take(ui: &Ui, events: &mut Events) -> Result<Self, Fault> {
        is_for_us()?;
        socket()
            .and_then(|socket| Self::new(socket, ui, events))
            .map_err(|error| {
                nothing().because(format!(
                    "descriptor {FIRST} is neither a socket that listens nor a connection: {error}"
                ))
            })
    }

    fn new(socket: OwnedFd, ui: &Ui, events: &mut Events) -> io::Result<Self> {
        if socket_type(&socket)? != SocketType::STREAM {
            return Err(io::ErrorKind::Unsupported.into());
        }
        // Whoever handed it over may have set it otherwise.
        ioctl_fionbio(&socket, false)?;
        if socket_acceptconn(&socket)? {
            Listener::handed(socket, ui, events).map(Self::Listener)
        } else {
            Stream::handed(socket).map(Self::Connection)
        }
    }
}

fn is_for_us() -> Result<(), Fault> {
    let variable = |name: &str| env::var_os(name).ok_or_else(|| nothing().because(format!("{name} is not set")));
    let process = variable("LISTEN_PID")?;
    if process.to_str() != Some(&getpid().to_string()) {
        return Err(nothing().because(format!("LISTEN_PID names another process: {}", shown(process))));
    }
    let count = variable("LISTEN_FDS")?;
    if count != "1" {
        return Err(nothing().because(format!("LISTEN_FDS says {}, and one socket is taken", shown(count))));
    }
    Ok(())
}

fn socket() -> io::Result<OwnedFd> {
    Ok(inherited::duplicate(FIRST)?.into())
}

fn nothing() -> Fault {
    Fault::usage("no socket was handed over for --listen systemd")
        .hint("start it through a .socket unit with one ListenStream=, or with systemd-socket-activate")
}
