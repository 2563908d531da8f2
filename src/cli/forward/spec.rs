//! What is forwarded, as ssh spells it, and what may be reached.

use std::str::FromStr;

use crate::cli::address::Address;

/// `-L [BIND:]PORT:TARGET` or `-L unix:PATH:TARGET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// Where connections are taken.
    pub bind: Address,
    /// Where they lead, on the peer's side.
    pub target: Address,
}

impl FromStr for Forward {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut halves = text.match_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..]));
        let found = halves.find_map(|(bind, target)| {
            Some(Self {
                bind: bind_address(bind)?,
                target: target.parse().ok()?,
            })
        });
        found.ok_or_else(|| "write [BIND:]PORT:HOST:PORT; unix:PATH may stand for either end".to_owned())
    }
}

/// A port alone is this machine's, for this machine.
fn bind_address(text: &str) -> Option<Address> {
    let port = text.parse().map(|port| Address::Tcp {
        host: "127.0.0.1".to_owned(),
        port,
    });
    port.ok().or_else(|| text.parse().ok())
}

/// `--allow HOST:PORT`, `HOST:*` or `unix:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// This alone.
    One(Address),
    /// Every port of this host.
    Host(String),
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_suffix(":*") {
            Some(host) => match format!("{host}:0").parse()? {
                Address::Tcp { host, .. } => Ok(Self::Host(host)),
                Address::Unix(_) => Err("a socket has no ports".to_owned()),
            },
            None => text.parse().map(Self::One),
        }
    }
}

/// The target that a peer asks for, when it may be reached. It is compared as it is spelled, and a name is looked up only
/// when it fits.
pub(super) fn allowed(list: &[Allowed], target: &str) -> Option<Address> {
    let fits = |allowed: &Allowed| match (allowed, target.parse().ok()?) {
        (Allowed::One(one), _) => Some(one.clone()).filter(|one| one.to_string() == target),
        (Allowed::Host(one), Address::Tcp { host, port }) => (*one == host).then_some(Address::Tcp { host, port }),
        (Allowed::Host(_), Address::Unix(_)) => None,
    };
    list.iter().find_map(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwards_are_read_as_ssh_users_write_them() {
        for (text, bind, target) in [
            ("8080:example.org:80", "127.0.0.1:8080", "example.org:80"),
            ("0.0.0.0:8080:example.org:80", "0.0.0.0:8080", "example.org:80"),
            (":8080:example.org:80", ":8080", "example.org:80"),
            ("[::1]:8080:[2001:db8::1]:80", "[::1]:8080", "[2001:db8::1]:80"),
            ("8080::80", "127.0.0.1:8080", ":80"),
            ("unix:/run/here:example.org:80", "unix:/run/here", "example.org:80"),
            ("unix:here:unix:there", "unix:here", "unix:there"),
            ("0:unix:/run/a:1", "127.0.0.1:0", "unix:/run/a:1"),
        ] {
            let forward: Forward = text.parse().unwrap();
            let read = (forward.bind.to_string(), forward.target.to_string());
            assert_eq!(read, (bind.to_owned(), target.to_owned()), "{text}");
        }
        for wrong in [
            "",
            "8080",
            "8080:80",
            "8080:host",
            "host:80",
            "8080:host:x",
            "unix:a",
            "65536:host:80",
        ] {
            assert!(wrong.parse::<Forward>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_allowed_to_the_letter_is_not_allowed() {
        let list = ["localhost:80", "db:*", "unix:/run/x", "[::1]:7"].map(|text| text.parse().unwrap());
        for good in ["localhost:80", "db:1", "db:65535", "unix:/run/x", "[::1]:7"] {
            assert_eq!(allowed(&list, good).unwrap().to_string(), good);
        }
        for bad in [
            "localhost:81",
            "localhost.:80",
            "LOCALHOST:80",
            "127.0.0.1:80",
            "db.example.org:1",
            "unix:/run/../run/x",
            "unix:/run/x/",
            "unix:/run/./x",
            "::1:7",
            "",
            "db",
            "db:*",
        ] {
            assert_eq!(allowed(&list, bad), None, "{bad}");
        }
        assert!("unix:/run/x:*".parse::<Allowed>().is_err());
    }
}
