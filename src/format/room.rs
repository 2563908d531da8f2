//! Room in a header: a stanza of a kind that every age tool ignores, so that recipients come and go later without the
//! payload being moved, and tags that tell holders of the file key whose the other stanzas are.
//!
//! ```text
//! -> keypact/room FILL       last, never beside a passphrase; FILL is one or two full stops
//! tag 8 * n || zero bytes    a tag for each other stanza in order: HMAC-SHA-256(k, recipient as text)[..8],
//!                            zero where the recipient is not known; the zero bytes are the room
//!                            k = HKDF(ikm = file key, salt = empty, info = "keypact/room")
//! ```
//!
//! `docs/spec/room.md` has the whole contract.

use super::stream::CHUNK;
use super::{FileKey, HEADER_LIMIT, NONCE_LEN, Recipient, STANZA_LIMIT, Stanza, header, scrypt};
use crate::crypto::{hash, kdf, labels};

/// The kind of the stanza.
pub const KIND: &str = "keypact/room";
/// Whose a stanza is, to whoever has the file key.
pub type Tag = [u8; TAG];
/// The tag of a stanza whose recipient is not known.
pub const UNKNOWN: Tag = [0; TAG];
const TAG: usize = 8;
/// Content up to this many bytes gets no room: it is written anew as fast as a header is changed.
pub const SMALL: u64 = 1 << 20;
/// How many bytes of a stream are looked at before the header is written: a chunk and one more, before which no reader
/// could be given anything in any case.
pub const GLANCE: u64 = CHUNK as u64 + 1;
/// The least room in bytes: one post-quantum recipient more (1,568), or 18 classic ones (109 each).
pub const LEAST: usize = 2048;
/// What blocks of file systems and pages of memory are multiples of, in bytes.
pub const BLOCK: usize = 4096;

/// How much room a header gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Not even tags.
    None,
    /// Tags alone.
    Tags,
    /// At least [`LEAST`] bytes, up to a header whose length leaves this rest when divided by [`BLOCK`].
    Up(usize),
    /// What is left of a header of exactly so many bytes.
    Exactly(usize),
}

impl Room {
    /// Header and nonce end where a block ends.
    pub const ALIGNED: Self = Self::Up(BLOCK - NONCE_LEN);

    /// For content of `size` bytes.
    pub fn for_content(size: u64) -> Self {
        if size <= SMALL { Self::Tags } else { Self::ALIGNED }
    }

    /// For a stream that gave `glance` bytes of the [`GLANCE`] that were asked for.
    pub fn for_stream(glance: u64) -> Self {
        if glance < GLANCE { Self::Tags } else { Self::ALIGNED }
    }
}

/// `stanzas` with the room at the end; `None` when it does not fit, or must not stand beside a passphrase.
///
/// Where only the limits of readers forbid room, there is none.
pub fn appended(stanzas: &[Stanza], tags: &[Tag], room: Room) -> Option<Vec<Stanza>> {
    let others = header::length(stanzas);
    let is_forbidden = stanzas.iter().any(|stanza| stanza.kind() == scrypt::KIND);
    let least = others + length(tags.len() * TAG, 1);
    let exactly = match room {
        Room::None => others,
        Room::Exactly(exactly) => exactly,
        _ if is_forbidden || stanzas.len() >= STANZA_LIMIT => others,
        Room::Tags => least,
        Room::Up(rest) => least + LEAST + (rest + BLOCK - (least + LEAST) % BLOCK) % BLOCK,
    };
    let is_reachable = exactly as u64 <= HEADER_LIMIT;
    if exactly == others || (!is_reachable && !matches!(room, Room::Exactly(_))) {
        return Some(stanzas.to_vec());
    }
    if is_forbidden || stanzas.len() >= STANZA_LIMIT || exactly < least || !is_reachable {
        return None;
    }
    let mut all = stanzas.to_vec();
    all.push(stanza(tags, exactly - others));
    Some(all)
}

/// The stanza that takes `exactly` so many bytes of a header.
fn stanza(tags: &[Tag], exactly: usize) -> Stanza {
    let mut body = tags.concat();
    // From a little below, as lines of 64 columns have it, to the last body that fits.
    let mut size = body.len().max((exactly / 65 * 48).saturating_sub(64));
    while length(size + 1, 1) <= exactly {
        size += 1;
    }
    body.resize(size, 0);
    let fill = ".".repeat(1 + exactly - length(size, 1));
    Stanza::made(KIND, &[&fill], body)
}

/// Bytes that the stanza takes in a header. One byte more of body makes it at most two longer, so that with a FILL of
/// one or two every length is reached.
fn length(body: usize, fill: usize) -> usize {
    super::stanza::length(KIND.len() + 1 + fill, body)
}

/// The stanzas without the room, and a tag for each.
pub fn split(stanzas: &[Stanza]) -> (Vec<Stanza>, Vec<Tag>) {
    let others: Vec<Stanza> = stanzas.iter().filter(|stanza| !is_room(stanza)).cloned().collect();
    let body = of(stanzas).map_or(&[][..], Stanza::body);
    let mut tags = body.as_chunks().0.iter().copied();
    let tags = others.iter().map(|_| tags.next().unwrap_or(UNKNOWN)).collect();
    (others, tags)
}

/// Bytes of the header that others than its present stanzas can have; `None` when it has no such stanza.
pub fn left(stanzas: &[Stanza]) -> Option<usize> {
    let room = of(stanzas)?;
    let others = stanzas.iter().filter(|stanza| !is_room(stanza)).count();
    Some(room.length().saturating_sub(length(others * TAG, 1)))
}

/// Whether the stanza is nobody's way in.
pub fn is_room(stanza: &Stanza) -> bool {
    stanza.kind() == KIND
}

fn of(stanzas: &[Stanza]) -> Option<&Stanza> {
    stanzas.iter().rfind(|stanza| is_room(stanza))
}

/// What makes tags.
pub struct TagKey(crate::secret::Secret<32>);

impl TagKey {
    /// Of one file.
    pub fn of(file_key: &FileKey) -> Self {
        Self(kdf::hkdf(b"", file_key.expose(), labels::ROOM))
    }

    /// The tag of a recipient, where it has a text.
    pub(super) fn of_recipient(&self, recipient: &dyn Recipient) -> Tag {
        recipient.text().map_or(UNKNOWN, |text| self.tag(&text))
    }

    /// The tag of a recipient.
    pub fn tag(&self, recipient: &str) -> Tag {
        let mac = hash::hmac(self.0.expose(), &[recipient.as_bytes()]);
        std::array::from_fn(|at| mac[at])
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Counter;
    use super::super::{Header, hybrid, x25519};
    use super::*;

    fn stanzas(count: usize) -> (Vec<Stanza>, Vec<Tag>) {
        let stanzas = (0..count).map(|at| Stanza::new("kind", &[&at.to_string()], vec![1; 32]).unwrap());
        let tags = (1..=count).map(|at| [u8::try_from(at).unwrap(); TAG]);
        (stanzas.collect(), tags.collect())
    }

    #[test]
    fn the_policy_holds_at_its_edges() {
        assert_eq!(
            [0, SMALL, SMALL + 1, u64::MAX].map(Room::for_content),
            [Room::Tags, Room::Tags, Room::ALIGNED, Room::ALIGNED]
        );
        assert_eq!(
            [0, GLANCE - 1, GLANCE].map(Room::for_stream),
            [Room::Tags, Room::Tags, Room::ALIGNED]
        );
        for count in 1..60 {
            let (others, tags) = stanzas(count);
            let all = appended(&others, &tags, Room::ALIGNED).unwrap();
            assert!((header::length(&all) + NONCE_LEN).is_multiple_of(BLOCK));
            assert!((LEAST..LEAST + BLOCK).contains(&left(&all).unwrap()));
            let small = appended(&others, &tags, Room::Tags).unwrap();
            assert_eq!((small.len(), left(&small)), (count + 1, Some(0)));
            assert_eq!(appended(&others, &tags, Room::None), Some(others));
        }
    }

    #[test]
    fn the_least_room_takes_what_it_promises() {
        let (file_key, mut rng) = (FileKey::generate(&mut Counter(7)).unwrap(), Counter(0));
        let classic = x25519::Identity::generate(&mut rng).unwrap().recipient();
        let hybrid = hybrid::Identity::generate(&mut rng).unwrap().recipient();
        let (others, tags) = stanzas(3);
        let goal = header::length(&appended(&others, &tags, Room::Tags).unwrap()) + LEAST;
        for (recipient, more) in [(&classic as &dyn Recipient, 18), (&hybrid, 1)] {
            let (mut others, mut tags) = (others.clone(), tags.clone());
            for _ in 0..more {
                others.extend(recipient.wrap(&file_key, &mut rng).unwrap());
                tags.push([9; TAG]);
            }
            assert!(appended(&others, &tags, Room::Exactly(goal)).is_some());
        }
    }

    #[test]
    fn tags_name_recipients_to_holders_of_the_file_key() {
        let mut rng = Counter(0);
        let recipients = [(); 2].map(|()| x25519::Identity::generate(&mut rng).unwrap().recipient());
        let named: Vec<&dyn Recipient> = recipients.iter().map(|one| one as &dyn Recipient).collect();
        let wrapped = super::super::wrap(&named, &mut rng).unwrap().with_room(Room::ALIGNED);
        let (all, file_key) = (wrapped.stanzas, wrapped.file_key);
        let key = TagKey::of(&file_key);
        let (others, tags) = split(&all);
        assert_eq!(others.len(), 2);
        assert_eq!(tags, recipients.map(|one| key.tag(&one.to_string())));
        let other = TagKey::of(&FileKey::generate(&mut Counter(200)).unwrap());
        assert_ne!(other.tag("age1"), key.tag("age1"));
    }

    #[test]
    fn a_passphrase_stays_alone_and_limits_hold() {
        let alone = [Stanza::new("scrypt", &[], Vec::new()).unwrap()];
        for room in [Room::Tags, Room::ALIGNED] {
            assert_eq!(appended(&alone, &[UNKNOWN], room).unwrap(), alone);
        }
        assert_eq!(appended(&alone, &[UNKNOWN], Room::Exactly(4096)), None);
        let many = vec![Stanza::new("x", &[], Vec::new()).unwrap(); STANZA_LIMIT];
        let tags = vec![UNKNOWN; STANZA_LIMIT];
        assert_eq!(appended(&many, &tags, Room::ALIGNED).unwrap().len(), STANZA_LIMIT);
        for (body, count) in [(12_380_000, 2), (12_388_000, 1)] {
            let large = [Stanza::new("x", &[], vec![0; body]).unwrap()];
            assert!(header::length(&large) as u64 <= HEADER_LIMIT);
            assert_eq!(appended(&large, &[UNKNOWN], Room::ALIGNED).unwrap().len(), count);
            assert!(appended(&large, &[UNKNOWN], Room::Exactly(17 << 20)).is_none());
        }
    }

    proptest::proptest! {
        #[test]
        fn every_length_is_reached(count in 1_usize..9, more in 0_usize..9000) {
            let (others, tags) = stanzas(count);
            let exactly = header::length(&appended(&others, &tags, Room::Tags).unwrap()) + more;
            let all = appended(&others, &tags, Room::Exactly(exactly)).unwrap();
            let header = Header::sealed(all, &FileKey::generate(&mut Counter(0)).unwrap());
            let text = header.to_bytes();
            proptest::prop_assert_eq!(text.len(), exactly);
            proptest::prop_assert!(text.split(|byte| *byte == b'\n').all(|line| line.len() <= 64));
            proptest::prop_assert_eq!(left(header.stanzas()), Some(more));
            let read = Header::read(&mut &text[..]).unwrap();
            proptest::prop_assert_eq!(split(read.stanzas()), (others, tags));
            proptest::prop_assert_eq!(read, header);
        }

        #[test]
        fn any_body_is_split(body in proptest::collection::vec(0_u8.., 0..40), count in 1_usize..5) {
            let (mut all, _) = stanzas(count);
            all.push(Stanza::new(KIND, &[], body).unwrap());
            let (others, tags) = split(&all);
            proptest::prop_assert_eq!((others.len(), tags.len()), (count, count));
            let _ = left(&all);
        }
    }
}
