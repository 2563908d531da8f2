//! Where a peer listens: `HOST:PORT`, `:PORT`, `[::1]:PORT` or `unix:PATH`; and where we do.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::cli::shown::shown;

/// An address of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Host and port; an empty host is every interface to listen on, and this machine to connect to.
    Tcp {
        /// A name, an IPv4 address, or an IPv6 address without its brackets.
        host: String,
        /// The port; 0 lets the system choose one to listen on.
        port: u16,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At an address.
    Address(Address),
    /// On the socket that systemd, or another activator, has handed over.
    Systemd,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "systemd" {
            return Ok(Self::Systemd);
        }
        let address = text.parse().map_err(|error| format!("{error}, or systemd"))?;
        Ok(Self::Address(address))
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "not an address: HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH".to_owned();
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() {
                Err(wrong())
            } else {
                Ok(Self::Unix(path.into()))
            };
        }
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().map_err(|_| wrong())?;
        let bare = match host.strip_prefix('[') {
            Some(rest) => rest
                .strip_suffix(']')
                .filter(|host| host.contains(':'))
                .ok_or_else(wrong)?,
            None if host.contains([':', ']', '/', ' ']) => return Err(wrong()),
            None => host,
        };
        Ok(Self::Tcp {
            host: bare.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{}:{port}", shown(host)),
            Self::Unix(path) => write!(f, "unix:{}", shown(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_ssh_and_curl_users_write_them() {
        let tcp = |host: &str, port| {
            Ok(Address::Tcp {
                host: host.to_owned(),
                port,
            })
        };
        assert_eq!("example.org:7".parse(), tcp("example.org", 7));
        assert_eq!(":7".parse(), tcp("", 7));
        assert_eq!("127.0.0.1:0".parse(), tcp("127.0.0.1", 0));
        assert_eq!("[::1]:7".parse(), tcp("::1", 7));
        assert_eq!("unix:/run/x".parse(), Ok(Address::Unix("/run/x".into())));
        assert_eq!("systemd".parse(), Ok(Place::Systemd));
        assert!("systemd".parse::<Address>().is_err());
        for wrong in [
            "",
            "host",
            "host:",
            "host:x",
            "host:65536",
            "::1:7",
            "[::1]",
            "[host]:7",
            "[::1:7",
            "unix:",
            "a b:1",
        ] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong:?}");
            assert!(wrong.parse::<Place>().is_err(), "{wrong:?}");
        }
        assert_eq!("[::1]:7".parse::<Address>().unwrap().to_string(), "[::1]:7");
    }
}
