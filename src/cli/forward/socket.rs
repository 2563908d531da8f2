//! The connections that streams are joined to.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_linger;

use crate::cli::address::Address;
use crate::cli::listener::{Stream, connect_unix};
use crate::forward::Reason;

/// How long a target may take to be reached, once its name is known.
const REACH: Duration = Duration::from_secs(10);
/// How often a write that is stuck looks whether it is still wanted.
const LOOK: Duration = Duration::from_secs(1);

/// A connection on this side.
pub(super) struct Socket(pub(super) Stream);

impl Socket {
    /// Goes to a target.
    ///
    /// # Errors
    /// What the peer is told of why there is no connection.
    pub(super) fn connect(target: &Address) -> Result<Self, Reason> {
        match target {
            Address::Tcp { host, port } => {
                let host = if host.is_empty() { "localhost" } else { host };
                let addresses = (host, *port).to_socket_addrs().map_err(|_| Reason::Unreachable)?;
                let deadline = Instant::now() + REACH;
                let mut why = Reason::Unreachable;
                for address in addresses {
                    let left = deadline.saturating_duration_since(Instant::now());
                    // A moment for the last of many, where the first ones took all of the time.
                    match TcpStream::connect_timeout(&address, left.max(LOOK)) {
                        Ok(stream) => return Ok(Self(Stream::Tcp(stream))),
                        Err(error) => why = reason(&error),
                    }
                }
                Err(why)
            }
            Address::Unix(path) => {
                let stream = connect_unix(path).map_err(|error| reason(&error))?;
                Ok(Self(Stream::Unix(stream)))
            }
        }
    }

    /// Small pieces leave at once, and a write never waits for long.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn prepare(&self) -> io::Result<()> {
        match &self.0 {
            Stream::Tcp(stream) => {
                stream.set_nodelay(true)?;
                stream.set_write_timeout(Some(LOOK))
            }
            Stream::Unix(stream) => stream.set_write_timeout(Some(LOOK)),
        }
    }

    /// Reads what is there; nothing at its end, or when it is broken off.
    ///
    /// # Errors
    /// When the connection is lost.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.0 {
            Stream::Tcp(stream) => (&*stream).read(buffer),
            Stream::Unix(stream) => (&*stream).read(buffer),
        }
    }

    /// Writes what there is room for.
    ///
    /// # Errors
    /// When the connection is lost, or nothing is taken for a while.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match &self.0 {
            Stream::Tcp(stream) => (&*stream).write(bytes),
            Stream::Unix(stream) => (&*stream).write(bytes),
        }
    }

    /// Whoever reads sees the end; the other direction stays open.
    pub(super) fn end(&self) {
        self.shut(Shutdown::Write);
    }

    /// Whoever is at the other end shall not take this for an end: over TCP, the connection is reset when it is dropped. A
    /// read that waits returns.
    pub(super) fn break_off(&self) {
        if let Stream::Tcp(stream) = &self.0 {
            // Where the system refuses, the other end sees the end of a stream that was cut.
            let _ = set_socket_linger(stream, Some(Duration::ZERO));
        }
        self.shut(Shutdown::Read);
    }

    fn shut(&self, how: Shutdown) {
        // A connection that is gone needs no end.
        let _ = match &self.0 {
            Stream::Tcp(stream) => stream.shutdown(how),
            Stream::Unix(stream) => stream.shutdown(how),
        };
    }
}

fn reason(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Reason::NotListening,
        io::ErrorKind::TimedOut => Reason::TimedOut,
        _ => Reason::Unreachable,
    }
}
