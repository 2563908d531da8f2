//! Many files in one call, and identities that are out of reach.

use super::*;

#[test]
fn many_files_are_wrapped_as_one_is() {
    let [first, second] = [(); 2].map(|()| pairs()).map(|[classic, ..]| classic);
    let other = x25519::Identity::generate(&mut Counter(7)).unwrap();
    let recipients: [&dyn Recipient; 2] = [&*first.0, &other.recipient()];
    let wrapped = wrap_all(3, &recipients, &mut Counter(0)).unwrap();
    let headers: Vec<Header> = wrapped
        .into_iter()
        .map(|one| one.with_room(Room::Tags).header())
        .collect();
    assert_eq!(headers.len(), 3);
    let theirs: Vec<&Header> = headers.iter().collect();
    let keys = [&*second.1, &other as &dyn Identity].map(|identity| Header::file_keys(&theirs, &[identity]));
    let keys = keys.map(|keys| keys.into_iter().map(|key| *key.unwrap().expose()).collect::<Vec<_>>());
    assert_eq!(keys[0], keys[1]);
    assert!(keys[0][0] != keys[0][1] && keys[0][1] != keys[0][2]);
    for header in &headers {
        let (stanzas, tags) = room::split(header.stanzas());
        assert_eq!(stanzas.len(), 2);
        assert!(tags[0] != tags[1] && !tags.contains(&room::UNKNOWN));
    }
}

#[test]
fn company_is_checked_for_many_files_too() {
    let [(classic, _), (hybrid, _), ..] = pairs();
    let refused = wrap_all(2, &[&*classic, &*hybrid], &mut Counter(0));
    assert!(matches!(refused.err(), Some(Error::MixedRecipients)));
    let refused = wrap_all(2, &[], &mut Counter(0));
    assert!(matches!(refused.err(), Some(Error::NoRecipients)));
}

#[test]
fn nothing_here_needs_another_program() {
    for (recipient, identity) in pairs() {
        assert!(!recipient.is_far() && !identity.is_far());
    }
}

/// Says of every header the same.
enum Says {
    Nothing,
    OutOfReach(&'static str),
    Malformed,
    Key(u64),
    /// Was not to be asked.
    Silence,
}

impl Identity for Says {
    fn unwrap(&self, _stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        match self {
            Self::Nothing => Ok(None),
            Self::OutOfReach(which) => Err(Error::Io(io::Error::other(*which))),
            Self::Malformed => Err(Error::Header("malformed")),
            Self::Key(seed) => Ok(Some(FileKey::generate(&mut Counter(*seed))?)),
            Self::Silence => panic!("asked in vain"),
        }
    }
}

fn found(identities: &[&dyn Identity]) -> Result<Option<FileKey>, Error> {
    let mut found = unwrap_all(identities, &[&[], &[]]);
    assert_eq!(found.len(), 2);
    found.remove(0)
}

#[test]
fn what_is_out_of_reach_stands_in_nobodys_way_and_is_the_reason_in_the_end() {
    use Says::{Key, Malformed, Nothing, OutOfReach, Silence};
    let key = FileKey::generate(&mut Counter(5)).unwrap();
    let opens = |identities: &[&dyn Identity]| {
        assert_eq!(found(identities).unwrap().unwrap().expose(), key.expose());
    };
    opens(&[&Nothing, &Key(5), &Silence]);
    opens(&[&OutOfReach("a"), &Key(5), &Silence]);
    for identities in [
        [&OutOfReach("a") as &dyn Identity, &Nothing],
        [&Nothing, &OutOfReach("a")],
        [&OutOfReach("a"), &OutOfReach("b")],
    ] {
        assert!(matches!(found(&identities), Err(Error::Io(error)) if error.to_string() == "a"));
    }
    for identities in [[&Malformed as &dyn Identity, &Silence], [&OutOfReach("a"), &Malformed]] {
        assert!(matches!(found(&identities), Err(Error::Header(_))));
    }
    assert!(found(&[&Nothing, &Nothing]).unwrap().is_none());
}
