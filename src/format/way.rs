//! What the stanzas of a header are, as far as their kinds tell.

use std::collections::BTreeSet;

use super::{Stanza, room, scrypt};

/// What a stanza lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The holder of a key that a quantum computer does not find.
    PostQuantum,
    /// The holder of a key that a quantum computer would find.
    Classic,
    /// Whoever knows a passphrase.
    Passphrase,
    /// Nobody: it is there to be ignored.
    Nobody,
    /// Not known: the kind is a plugin's, or younger than this program.
    Unknown,
}

/// Kinds as they stand in files.
const KINDS: &[(&str, Way, &str)] = &[
    ("X25519", Way::Classic, "classic key"),
    ("mlkem768x25519", Way::PostQuantum, "post-quantum key"),
    (scrypt::KIND, Way::Passphrase, "passphrase"),
    ("ssh-ed25519", Way::Classic, "SSH key"),
    ("ssh-rsa", Way::Classic, "SSH key"),
    ("p256tag", Way::Classic, "classic key in hardware"),
    ("piv-p256", Way::Classic, "classic key in hardware"),
    ("tpm-ecc", Way::Classic, "classic key in hardware"),
    ("mlkem768p256tag", Way::PostQuantum, "post-quantum key in hardware"),
    (room::KIND, Way::Nobody, "room for recipients"),
];

impl Way {
    /// Of a stanza.
    pub fn of(stanza: &Stanza) -> Self {
        known(stanza).0
    }

    /// Of a whole file: as weak as the weakest way in. A passphrase is no worse with a quantum computer about.
    pub fn is_post_quantum(stanzas: &[Stanza]) -> Option<bool> {
        let ways: Vec<Self> = stanzas.iter().map(Self::of).collect();
        let has = |way| ways.contains(&way);
        match (has(Self::Classic), has(Self::Unknown)) {
            (true, _) => Some(false),
            (false, true) => None,
            (false, false) => Some(has(Self::PostQuantum) || has(Self::Passphrase)),
        }
    }

    /// The labels that company must have, where the kind tells: as [`super::Recipient::labels`]. Nothing is company for
    /// a passphrase.
    pub(super) fn labels(self) -> Option<BTreeSet<String>> {
        match self {
            Self::PostQuantum => Some(super::hybrid::labels_of_all()),
            Self::Classic => Some(BTreeSet::new()),
            Self::Passphrase => Some(BTreeSet::from([String::new()])),
            Self::Nobody | Self::Unknown => None,
        }
    }
}

/// What a stanza is, in a few words.
pub fn described(stanza: &Stanza) -> &'static str {
    known(stanza).1
}

fn known(stanza: &Stanza) -> (Way, &'static str) {
    let kind = stanza.kind();
    let known = KINDS.iter().find(|(known, ..)| *known == kind);
    match known {
        Some((_, way, words)) => (*way, words),
        None if kind.ends_with("-grease") => (Way::Nobody, "nothing, to be ignored"),
        None => (Way::Unknown, "kind not known here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_as_weak_as_its_weakest_way_in() {
        for (kinds, expected) in [
            (&["mlkem768x25519", "mlkem768p256tag", "keypact/room"][..], Some(true)),
            (&["mlkem768x25519", "x-grease"], Some(true)),
            (&["mlkem768x25519", "X25519"], Some(false)),
            (&["p256tag"], Some(false)),
            (&["unheard-of", "X25519"], Some(false)),
            (&["unheard-of", "mlkem768x25519"], None),
            (&["x25519"], None),
            (&["scrypt"], Some(true)),
            (&["x-grease"], Some(false)),
        ] {
            let stanzas = kinds.iter().map(|kind| Stanza::new(kind, &[], Vec::new()).unwrap());
            let stanzas: Vec<Stanza> = stanzas.collect();
            assert_eq!(Way::is_post_quantum(&stanzas), expected, "{kinds:?}");
        }
    }
}
