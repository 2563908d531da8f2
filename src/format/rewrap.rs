//! Other recipients for a file that stays as it is: a new header around the same file key.

use std::collections::BTreeSet;

use super::{Error, FileKey, HEADER_LIMIT, Header, Identity, Recipient, Room, STANZA_LIMIT, Stanza, header, room};
use super::{Way, check_company};
use crate::crypto::rng::Rng;

/// An authentic header whose recipients can be changed.
pub struct Rewrap {
    file_key: FileKey,
    tag_key: room::TagKey,
    ways: Vec<Entry>,
    /// Bytes of the header as it was.
    length: usize,
}

/// A stanza that is not room.
struct Entry {
    /// Its place in the old header; none when it is new.
    index: Option<usize>,
    stanza: Stanza,
    tag: room::Tag,
}

/// The stanzas of one recipient.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// At these places of the old header.
    At(Vec<usize>),
    /// There are none.
    Nowhere,
    /// There are stanzas of which nobody knows whose they are, and it may be one of them.
    Untold,
}

impl Rewrap {
    /// Opens `header`.
    ///
    /// # Errors
    /// As [`Header::file_key`].
    pub fn new(header: &Header, identities: &[&dyn Identity]) -> Result<Self, Error> {
        let file_key = header.file_key(identities)?;
        let (_, mut tags) = room::split(header.stanzas());
        let others = header.stanzas().iter().enumerate();
        let others = others.filter(|(_, stanza)| !room::is_room(stanza));
        let ways = others.zip(tags.drain(..)).map(|((index, stanza), tag)| Entry {
            index: Some(index),
            stanza: stanza.clone(),
            tag,
        });
        Ok(Self {
            ways: ways.collect(),
            length: header::length(header.stanzas()),
            tag_key: room::TagKey::of(&file_key),
            file_key,
        })
    }

    /// Whether `header` is another one around the same file key.
    pub fn vouches_for(&self, header: &Header) -> bool {
        header.is_sealed_under(&self.file_key)
    }

    /// Takes note that what `identity` opens is `recipient`'s: a header without tags does not tell.
    ///
    /// # Errors
    /// As [`Identity::unwrap`].
    pub fn recognise(&mut self, identity: &dyn Identity, recipient: &dyn Recipient) -> Result<(), Error> {
        let tag = self.tag_key.of_recipient(recipient);
        for way in self.ways.iter_mut().filter(|way| way.tag == room::UNKNOWN) {
            if identity.unwrap(std::slice::from_ref(&way.stanza))?.is_some() {
                way.tag = tag;
            }
        }
        Ok(())
    }

    /// Where the stanzas of `recipient` are: by their tags, or by the name in a stanza without one. Such names are short,
    /// so two of them tell nothing.
    pub fn find(&self, recipient: &dyn Recipient) -> Found {
        let tag = self.tag_key.of_recipient(recipient);
        let (known, untold): (Vec<&Entry>, Vec<&Entry>) = self.ways.iter().partition(|way| way.tag != room::UNKNOWN);
        let mut of_it: Vec<&Entry> = known.into_iter().filter(|way| way.tag == tag).collect();
        let named: Vec<&Entry> = untold
            .iter()
            .copied()
            .filter(|way| recipient.is_named_by(&way.stanza))
            .collect();
        if let [only] = named[..] {
            of_it.push(only);
        }
        let indices: Vec<usize> = of_it.into_iter().filter_map(|way| way.index).collect();
        let is_open = |way: &&Entry| Way::of(&way.stanza) != Way::Nobody;
        match indices.is_empty() {
            _ if named.len() > 1 => Found::Untold,
            false => Found::At(indices),
            true if untold.iter().any(is_open) => Found::Untold,
            true => Found::Nowhere,
        }
    }

    /// Takes away the stanza that stood at `index` of the old header; says whether one did.
    pub fn remove(&mut self, index: usize) -> bool {
        let before = self.ways.len();
        self.ways.retain(|way| way.index != Some(index));
        self.ways.len() < before
    }

    /// Takes away every stanza.
    pub fn clear(&mut self) {
        self.ways.clear();
    }

    /// Adds stanzas for `recipients`.
    ///
    /// # Errors
    /// [`Error::MixedRecipients`] when they must not share a file, with each other or with who is there already; what
    /// wrapping gives.
    pub fn add(&mut self, recipients: &[&dyn Recipient], rng: &mut dyn Rng) -> Result<(), Error> {
        check_company(recipients, rng)?;
        let mut there: Vec<Way> = self.ways.iter().map(|way| Way::of(&way.stanza)).collect();
        there.dedup();
        let there: BTreeSet<_> = there.into_iter().filter_map(Way::labels).collect();
        for recipient in recipients {
            let labels = recipient.labels(rng)?;
            if there.iter().any(|there| *there != labels) {
                return Err(Error::MixedRecipients);
            }
        }
        for recipient in recipients {
            let tag = self.tag_key.of_recipient(*recipient);
            let stanzas = recipient.wrap(&self.file_key, rng)?;
            self.ways.extend(stanzas.into_iter().map(|stanza| Entry {
                index: None,
                stanza,
                tag,
            }));
        }
        Ok(())
    }

    /// How many stanzas let somebody in.
    pub fn count(&self) -> usize {
        let lets_in = |way: &&Entry| Way::of(&way.stanza) != Way::Nobody;
        self.ways.iter().filter(lets_in).count()
    }

    /// Which of `known` each stanza that lets somebody in is for: what a new file key can be wrapped for.
    ///
    /// # Errors
    /// With the place of the first stanza for anybody else.
    pub fn recipients<'k>(&self, known: &[&'k dyn Recipient]) -> Result<Vec<&'k dyn Recipient>, usize> {
        let known: Vec<_> = known
            .iter()
            .map(|one| (self.tag_key.of_recipient(*one), *one))
            .collect();
        let mut found: Vec<&dyn Recipient> = Vec::new();
        let mut tags = BTreeSet::new();
        let lets_in = |way: &&Entry| Way::of(&way.stanza) != Way::Nobody;
        for (at, way) in self.ways.iter().filter(lets_in).enumerate() {
            let of_it = known.iter().find(|(tag, _)| *tag == way.tag && *tag != room::UNKNOWN);
            let (_, one) = of_it.ok_or(way.index.unwrap_or(at))?;
            if tags.insert(way.tag) {
                found.push(*one);
            }
        }
        Ok(found)
    }

    /// The new header in exactly the place of the old one, where it fits.
    pub fn in_place(&self) -> Option<Header> {
        self.appended(Room::Exactly(self.length))
    }

    /// The new header for a copy of the file with `content` bytes in it. A payload that is large keeps its place
    /// in its block, so that both files can share it.
    ///
    /// # Errors
    /// [`Error::NoRecipients`]; [`Error::TooManyRecipients`] for a header that readers refuse.
    pub fn elsewhere(&self, content: u64) -> Result<Header, Error> {
        if self.count() == 0 {
            return Err(Error::NoRecipients);
        }
        let room = match Room::for_content(content) {
            Room::Up(_) => Room::Up(self.length % room::BLOCK),
            small => small,
        };
        let header = self.appended(room).ok_or(Error::TooManyRecipients)?;
        let is_read = header.stanzas().len() <= STANZA_LIMIT && header::length(header.stanzas()) as u64 <= HEADER_LIMIT;
        is_read.then_some(header).ok_or(Error::TooManyRecipients)
    }

    fn appended(&self, room: Room) -> Option<Header> {
        let stanzas: Vec<Stanza> = self.ways.iter().map(|way| way.stanza.clone()).collect();
        let tags: Vec<room::Tag> = self.ways.iter().map(|way| way.tag).collect();
        room::appended(&stanzas, &tags, room).map(|stanzas| Header::sealed(stanzas, &self.file_key))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Counter;
    use super::super::{hybrid, scrypt, tag, wrap, x25519};
    use super::*;
    use crate::crypto::p256::KeyPair;
    use crate::secret::Passphrase;

    fn keys(count: usize) -> Vec<x25519::Identity> {
        let rng = &mut Counter(0);
        (0..count).map(|_| x25519::Identity::generate(rng).unwrap()).collect()
    }

    fn header_for(identities: &[x25519::Identity], room: Room) -> Header {
        let recipients: Vec<x25519::Recipient> = identities.iter().map(x25519::Identity::recipient).collect();
        let recipients: Vec<&dyn Recipient> = recipients.iter().map(|one| one as &dyn Recipient).collect();
        wrap(&recipients, &mut Counter(9)).unwrap().with_room(room).header()
    }

    fn opens(header: &Header, identity: &dyn Identity) -> bool {
        header.file_key(&[identity]).is_ok()
    }

    #[test]
    fn a_recipient_goes_and_another_comes_in_place() {
        let keys = keys(4);
        for (room, header) in [Room::Tags, Room::ALIGNED].map(|room| (room, header_for(&keys[..3], room))) {
            let mut rewrap = Rewrap::new(&header, &[&keys[0]]).unwrap();
            assert_eq!(rewrap.find(&keys[1].recipient()), Found::At(vec![1]));
            assert_eq!(rewrap.find(&keys[3].recipient()), Found::Nowhere);
            assert!(rewrap.remove(1) && !rewrap.remove(1) && !rewrap.remove(3));
            rewrap.add(&[&keys[3].recipient()], &mut Counter(3)).unwrap();
            let new = rewrap.in_place().unwrap();
            assert_eq!(new.to_bytes().len(), header.to_bytes().len(), "{room:?}");
            let open: Vec<bool> = keys.iter().map(|key| opens(&new, key)).collect();
            assert_eq!(open, [true, false, true, true]);
            let again = Rewrap::new(&new, &[&keys[3]]).unwrap();
            assert_eq!(
                again.find(&keys[2].recipient()),
                Found::At(vec![1]),
                "tags move with their stanzas"
            );
        }
    }

    #[test]
    fn without_tags_only_ones_own_stanzas_are_told() {
        let keys = keys(2);
        let header = header_for(&keys, Room::None);
        let mut rewrap = Rewrap::new(&header, &[&keys[0]]).unwrap();
        assert_eq!(rewrap.find(&keys[0].recipient()), Found::Untold);
        rewrap.recognise(&keys[0], &keys[0].recipient()).unwrap();
        assert_eq!(rewrap.find(&keys[0].recipient()), Found::At(vec![0]));
        assert_eq!(rewrap.find(&keys[1].recipient()), Found::Untold);
        let own = keys[0].recipient();
        assert_eq!(rewrap.recipients(&[&own]).err(), Some(1));
        assert!(rewrap.remove(1));
        assert_eq!(rewrap.recipients(&[&own]).unwrap().len(), 1);
        let new = rewrap.in_place().unwrap();
        assert_eq!(new.to_bytes().len(), header.to_bytes().len());
        assert!(opens(&new, &keys[0]) && !opens(&new, &keys[1]));
    }

    #[test]
    fn what_does_not_fit_goes_elsewhere_and_keeps_its_place_in_the_block() {
        let keys = keys(60);
        for count in [1, 2, 30] {
            let header = header_for(&keys[..count], Room::None);
            let mut rewrap = Rewrap::new(&header, &[&keys[0]]).unwrap();
            rewrap.add(&[&keys[59].recipient()], &mut Counter(3)).unwrap();
            assert!(rewrap.in_place().is_none());
            let (old, new) = (header.to_bytes().len(), rewrap.elsewhere(room::SMALL + 1).unwrap());
            assert_eq!(new.to_bytes().len() % room::BLOCK, old % room::BLOCK);
            assert!(room::left(new.stanzas()).unwrap() >= room::LEAST);
            assert_eq!(room::left(rewrap.elsewhere(0).unwrap().stanzas()), Some(0));
        }
    }

    #[test]
    fn company_is_checked_against_who_is_there() {
        let keys = keys(2);
        let header = header_for(&keys[..1], Room::ALIGNED);
        let mut rewrap = Rewrap::new(&header, &[&keys[0]]).unwrap();
        let hybrid = hybrid::Identity::generate(&mut Counter(5)).unwrap();
        let passphrase = || scrypt::Recipient::with_log_n(Passphrase::new(b"x".to_vec()).unwrap(), 1);
        for recipient in [&hybrid.recipient() as &dyn Recipient, &passphrase()] {
            let refused = rewrap.add(&[recipient], &mut Counter(1));
            assert!(matches!(refused, Err(Error::MixedRecipients)));
        }
        rewrap.clear();
        assert!(matches!(rewrap.elsewhere(0), Err(Error::NoRecipients)));
        rewrap.add(&[&passphrase()], &mut Counter(1)).unwrap();
        assert!(rewrap.in_place().is_none());
        assert_eq!(rewrap.elsewhere(room::SMALL + 1).unwrap().stanzas().len(), 1);
        let refused = rewrap.add(&[&keys[1].recipient()], &mut Counter(1));
        assert!(matches!(refused, Err(Error::MixedRecipients)));
    }

    #[test]
    fn a_stanza_that_names_its_recipient_needs_no_tag() {
        let (own, rng) = (&keys(1)[0], &mut Counter(5));
        let devices = [(); 2].map(|()| tag::Recipient::new(KeyPair::generate(rng).unwrap().public().clone()));
        let recipients: [&dyn Recipient; 3] = [&own.recipient(), &devices[0], &devices[1]];
        let header = wrap(&recipients, rng).unwrap().header();
        let mut rewrap = Rewrap::new(&header, &[own]).unwrap();
        assert_eq!(rewrap.find(&devices[1]), Found::At(vec![2]));
        assert!(rewrap.remove(2));
        assert_eq!(rewrap.find(&devices[1]), Found::Untold);
        // Two stanzas of one name could be of two recipients.
        let header = wrap(&[&own.recipient(), &devices[0], &devices[0]], rng)
            .unwrap()
            .header();
        let rewrap = Rewrap::new(&header, &[own]).unwrap();
        assert_eq!(rewrap.find(&devices[0]), Found::Untold);
    }

    #[test]
    fn a_changed_header_is_not_rewrapped() {
        let keys = keys(1);
        let header = header_for(&keys, Room::ALIGNED);
        let other = FileKey::generate(&mut Counter(77)).unwrap();
        let forged = Header::sealed(header.stanzas().to_vec(), &other);
        assert!(matches!(
            Rewrap::new(&forged, &[&keys[0]]).err(),
            Some(Error::HeaderMac)
        ));
    }
}
