//! One record: `20 || u24 length || AEAD(rtype || body)`, the four header bytes as associated data.
//!
//! ```text
//! key = X(S, "key", c, 32)    iv = X(S, "iv", c, 12)    nonce = iv XOR (0^4 || u64 sequence number)
//! S_0 = i2r or r2i            S_{n+1} = X(S_n, "rekey", "", 32), after a REKEY record, numbers from 0 again
//! ```
//!
//! c is the cipher: empty for ChaCha20-Poly1305, which the first S is for; "AES-256-GCM" for that.
//!
//! Numbers are never sent: a record that is dropped, repeated or moved is simply not authentic.

use std::ops::Range;
use std::time::Duration;

use super::fresh::{Fresh, Refresh};
use super::{Batch, Error};
use crate::crypto::aead::{Nonce, TAG};
use crate::crypto::bulk::{Bulk, Cipher};
use crate::crypto::kdf;
use crate::crypto::labels::handshake::{FILE_KEY, IV, KEX, KEY, REKEY};
use crate::crypto::rng::Rng;
use crate::handshake::{Role, x};
use crate::secret::Secret;

/// Length of a record's header in bytes.
pub const HEADER_LEN: usize = 4;
/// The longest body: what a transfer puts into one record.
pub const MAX_BODY: usize = 65_536;
/// The longest whole record: header, type, body, tag.
pub const MAX_RECORD: usize = HEADER_LEN + 1 + MAX_BODY + TAG;
/// The shortest whole record: an empty body.
pub const MIN_RECORD: usize = HEADER_LEN + 1 + TAG;

/// What the keys of AES-256-GCM are derived for.
#[cfg(feature = "ring")]
const AES_256_GCM: &[u8] = b"AES-256-GCM";

pub(super) const MARK: u8 = 0x20;
pub(super) const BODY_AT: usize = HEADER_LEN + 1;
/// Records under one key before its owner must renew it (4 GiB of full records).
const REKEY_AFTER: u64 = 1 << 16;
/// Records under one key after which a receiver stops believing that its peer renews keys at all.
const REKEY_LIMIT: u64 = 1 << 20;

/// Record types. Those from 0x10 up belong to the rooms above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind(pub u8);

impl Kind {
    /// Nothing: says that the sender is alive.
    pub const PAD: Self = Self(0x00);
    /// Bytes for the peer's reader.
    pub const DATA: Self = Self(0x01);
    /// The modes under which the sender has verified its peer.
    pub const VERIFIED: Self = Self(0x02);
    /// The last record under this key.
    pub const REKEY: Self = Self(0x03);
    /// The end: no record follows.
    pub const CLOSE: Self = Self(0x04);
    /// The sender gives up and says why.
    pub const ALERT: Self = Self(0x05);
    /// The answer to a QR code that was scanned: its nonce.
    pub const RECIPROCATE: Self = Self(0x06);
    /// An identity to be pinned: first its offer, then its proof.
    pub const ENROL: Self = Self(0x07);
    /// Fresh shares: the initiator's keys.
    pub const KEX: Self = Self(0x08);
    /// The responder's encapsulation to them, and its last record under the old secret.
    pub const KEX_REPLY: Self = Self(0x09);
    /// The initiator's last record under the old secret.
    pub const KEX_DONE: Self = Self(0x0a);

    /// Whether it is about the channel alone, and says nothing to whoever reads.
    pub fn is_upkeep(self) -> bool {
        matches!(
            self,
            Self::PAD | Self::REKEY | Self::KEX | Self::KEX_REPLY | Self::KEX_DONE
        )
    }
}

/// The length of the whole record that begins with these four bytes.
///
/// # Errors
/// [`Error::Protocol`] when no record begins so.
pub fn record_len(header: [u8; HEADER_LEN]) -> Result<usize, Error> {
    let [mark, high, middle, low] = header;
    let length = HEADER_LEN + u32::from_be_bytes([0, high, middle, low]) as usize;
    if mark != MARK || !(MIN_RECORD..=MAX_RECORD).contains(&length) {
        return Err(Error::Protocol("not a record"));
    }
    Ok(length)
}

/// A record being written: its body is laid down where it will be sealed, so that no byte is copied twice.
pub struct Draft {
    bytes: Vec<u8>,
}

impl Draft {
    /// An empty record of a type, in a buffer that may have been used before.
    pub fn new(kind: Kind, mut buffer: Vec<u8>) -> Self {
        buffer.clear();
        buffer.extend_from_slice(&[MARK, 0, 0, 0, kind.0]);
        Self { bytes: buffer }
    }

    /// A record with a body, in a buffer of its own.
    ///
    /// # Panics
    /// For bodies over [`MAX_BODY`].
    pub fn with(kind: Kind, body: &[u8]) -> Self {
        let mut draft = Self::new(kind, Vec::with_capacity(body.len() + MIN_RECORD));
        draft.put(body);
        draft
    }

    /// Appends to the body.
    ///
    /// # Panics
    /// When the body grows over [`MAX_BODY`]: the rooms above cut what they send.
    pub fn put(&mut self, bytes: &[u8]) {
        assert!(
            self.body_len() + bytes.len() <= MAX_BODY,
            "bodies are cut before they are put into records"
        );
        self.bytes.extend_from_slice(bytes);
    }

    /// Room for `count` more bytes of body, zeroed, for a reader to fill.
    ///
    /// # Panics
    /// As [`Draft::put`].
    pub fn grow(&mut self, count: usize) -> &mut [u8] {
        assert!(
            self.body_len() + count <= MAX_BODY,
            "bodies are cut before they are put into records"
        );
        let start = self.bytes.len();
        self.bytes.resize(start + count, 0);
        &mut self.bytes[start..]
    }

    /// Drops the last `count` bytes of the body.
    pub fn shrink(&mut self, count: usize) {
        let kept = self.body_len().saturating_sub(count);
        self.bytes.truncate(BODY_AT + kept);
    }

    /// The type.
    pub fn kind(&self) -> Kind {
        Kind(self.bytes[BODY_AT - 1])
    }

    /// The body so far.
    pub fn body(&self) -> &[u8] {
        &self.bytes[BODY_AT..]
    }

    fn body_len(&self) -> usize {
        self.bytes.len() - BODY_AT
    }
}

/// The keys of one direction at one time.
struct Chain {
    secret: Secret<32>,
    cipher: Cipher,
    /// What the next ones are for.
    next: Cipher,
    aead: Bulk,
    iv: Nonce,
    sequence: u64,
}

impl Chain {
    /// The first keys of a direction.
    fn new(secret: Secret<32>) -> Self {
        Self::of(Cipher::ChaCha20Poly1305, secret)
    }

    fn of(cipher: Cipher, secret: Secret<32>) -> Self {
        let name = match cipher {
            Cipher::ChaCha20Poly1305 => &b""[..],
            #[cfg(feature = "ring")]
            Cipher::Aes256Gcm => AES_256_GCM,
        };
        let aead = Bulk::of(cipher, &x(&secret, KEY, name));
        let iv = *x(&secret, IV, name).expose();
        Self {
            secret,
            cipher,
            next: cipher,
            aead,
            iv,
            sequence: 0,
        }
    }

    fn renew(&mut self) {
        *self = Self::of(self.next, x(&self.secret, REKEY, b""));
    }

    /// Takes another secret in: what follows can be read only by who has both.
    fn mix(&mut self, other: &Secret<32>, label: &[u8], context: &[u8]) {
        let mixed = kdf::extract(self.secret.expose(), &[other.expose()]);
        *self = Self::of(self.next, x(&mixed, label, context));
    }

    fn next_nonce(&mut self) -> Nonce {
        let mut nonce = self.iv;
        for (byte, number) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= number;
        }
        self.sequence += 1;
        nonce
    }
}

/// Seals this side's records.
pub struct Sealer {
    chain: Chain,
}

impl Sealer {
    pub(super) fn new(secret: Secret<32>) -> Self {
        Self {
            chain: Chain::new(secret),
        }
    }

    /// The sides have agreed on a cipher: keys for another one are renewed before the next record.
    pub(super) fn settle(&mut self, cipher: Cipher) {
        self.chain.next = cipher;
    }

    /// Seals the draft where it lies and gives what to send: the record, and before it a REKEY record where one is due.
    pub fn seal(&mut self, draft: Draft) -> Vec<u8> {
        let early = self.make_ready(1);
        let mut record = self.seal_one(draft);
        record.splice(0..0, early);
        record
    }

    /// Seals the records of a batch where they lie and gives what to send, as [`Sealer::seal`] does.
    pub fn seal_batch(&mut self, batch: Batch) -> Vec<u8> {
        let mut bytes = batch.into_bytes();
        let early = self.make_ready(bytes.len().div_ceil(MAX_RECORD) as u64);
        for record in bytes.chunks_mut(MAX_RECORD) {
            self.seal_in_place(record);
        }
        bytes.splice(0..0, early);
        bytes
    }

    /// Ends the life of the key: the REKEY record to send, after which the next key is in force.
    pub fn renew(&mut self) -> Vec<u8> {
        let record = self.seal_one(Draft::with(Kind::REKEY, b""));
        self.chain.renew();
        record
    }

    /// Renews a key that is not for the agreed cipher, or has no room for `count` records and the REKEY behind them.
    fn make_ready(&mut self, count: u64) -> Vec<u8> {
        let is_due = self.chain.cipher != self.chain.next || self.chain.sequence + count >= REKEY_AFTER;
        if is_due { self.renew() } else { Vec::new() }
    }

    /// Changes over to keys that also depend on `file_key`; the last record under the old ones has been sealed.
    pub fn mix(&mut self, file_key: &Secret<32>, id: &[u8]) {
        self.chain.mix(file_key, FILE_KEY, id);
    }

    /// Seals what [`Opener::owes`] gave, and changes over to what it asks for.
    pub fn refresh(&mut self, refresh: Refresh) -> Vec<u8> {
        let record = self.seal(refresh.draft);
        if let Some(mix) = refresh.mix {
            self.chain.mix(&mix.shared, KEX, &mix.transcript);
        }
        record
    }

    fn seal_one(&mut self, draft: Draft) -> Vec<u8> {
        let mut record = draft.bytes;
        record.resize(record.len() + TAG, 0);
        self.seal_in_place(&mut record);
        record
    }

    /// Seals a whole record of which mark, type and body are there.
    fn seal_in_place(&mut self, record: &mut [u8]) {
        let (header, sealed) = record.split_at_mut(HEADER_LEN);
        let length = u32::try_from(sealed.len()).expect("bodies are bounded by MAX_BODY");
        header[1..].copy_from_slice(&length.to_be_bytes()[1..]);
        let nonce = self.chain.next_nonce();
        self.chain.aead.seal_with(&nonce, header, sealed);
    }
}

/// Opens the peer's records; after the first that fails it opens none.
pub struct Opener {
    /// `None` after a failure.
    chain: Option<Chain>,
    fresh: Fresh,
}

impl Opener {
    pub(super) fn new(secret: Secret<32>, role: Role) -> Self {
        Self {
            chain: Some(Chain::new(secret)),
            fresh: Fresh::new(role),
        }
    }

    /// The sides have agreed on a cipher: the peer's next keys are for it.
    pub(super) fn settle(&mut self, cipher: Cipher) {
        if let Some(chain) = &mut self.chain {
            chain.next = cipher;
        }
    }

    /// How long secrets may last without fresh shares; one hour unless it is said.
    pub fn lasting(&mut self, lifetime: Duration) {
        self.fresh.lifetime = lifetime;
    }

    /// What this side owes its peer for fresh shares, if anything, when the channel has been open for `age`. Whoever drives the
    /// channel asks whenever records have come, and has the sealer say it; a peer that is not answered goes on as before.
    ///
    /// # Errors
    /// [`Error::Protocol`] when the peer's keys are none.
    pub fn owes(&mut self, age: Duration, rng: &mut dyn Rng) -> Result<Option<Refresh>, Error> {
        self.fresh.owes(age, rng)
    }

    /// Opens one whole record in place: its type and body. What is about the channel alone has been acted on when it is
    /// returned; alerts are errors.
    ///
    /// # Errors
    /// [`Error`]; the opener is then dead.
    pub fn open<'r>(&mut self, record: &'r mut [u8]) -> Result<(Kind, &'r [u8]), Error> {
        let mut chain = self.chain.take().ok_or(Error::NotAuthentic)?;
        let (kind, body) = chain.open(record)?;
        match kind {
            Kind::REKEY if body.is_empty() => chain.renew(),
            Kind::REKEY => return Err(Error::Protocol("REKEY with a body")),
            Kind::ALERT => return Err(alert(body)),
            _ if chain.sequence >= REKEY_LIMIT => return Err(Error::KeyWornOut),
            // Said before the peer's gate had opened.
            Kind::PAD => {}
            _ if chain.cipher != chain.next => return Err(Error::Protocol("a record before REKEY")),
            Kind::KEX | Kind::KEX_REPLY | Kind::KEX_DONE => {
                if let Some(mix) = self.fresh.take(kind, body)? {
                    chain.mix(&mix.shared, KEX, &mix.transcript);
                }
            }
            _ => {}
        }
        self.chain = Some(chain);
        Ok((kind, body))
    }

    /// Opens whole records that lie one behind the other, in place. Hands out the type and the body of each, and where in
    /// `records` the body lies; but for those that are about the channel alone.
    ///
    /// # Errors
    /// As [`Opener::open`], and what `take` gives.
    pub fn open_each<E: From<Error>>(
        &mut self,
        records: &mut [u8],
        mut take: impl FnMut(Kind, &[u8], Range<usize>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut at = 0;
        while let Some(header) = records[at..].first_chunk() {
            let length = record_len(*header)?;
            let record = records[at..].get_mut(..length);
            match self.open(record.ok_or(Error::Protocol("record length"))?)? {
                (kind, _) if kind.is_upkeep() => {}
                (kind, body) => take(kind, body, at + BODY_AT..at + length - TAG)?,
            }
            at += length;
        }
        Ok(())
    }

    /// Changes over to keys that also depend on `file_key`, as the peer's sealer did.
    pub fn mix(&mut self, file_key: &Secret<32>, id: &[u8]) {
        if let Some(chain) = &mut self.chain {
            chain.mix(file_key, FILE_KEY, id);
        }
    }
}

impl Chain {
    fn open<'r>(&mut self, record: &'r mut [u8]) -> Result<(Kind, &'r [u8]), Error> {
        let whole = record.len();
        let (header, sealed) = record.split_first_chunk_mut().ok_or(Error::Protocol("short record"))?;
        if record_len(*header)? != whole {
            return Err(Error::Protocol("record length"));
        }
        let nonce = self.next_nonce();
        let inner = self
            .aead
            .open_with(&nonce, header, sealed)
            .map_err(|_| Error::NotAuthentic)?;
        let (kind, body) = inner.split_first().expect("the length check leaves room for the type");
        Ok((Kind(*kind), body))
    }
}

fn alert(body: &[u8]) -> Error {
    crate::handshake::Alert::decode(body).map_or(Error::Protocol("bad alert"), Error::Alerted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ends of a direction in which so many records have gone under one key.
    fn after(records: u64) -> (Sealer, Opener) {
        let secret = || Secret::with(|secret| *secret = [1; 32]);
        let (mut from, mut to) = (Sealer::new(secret()), Opener::new(secret(), Role::Responder));
        from.chain.sequence = records;
        to.chain.as_mut().unwrap().sequence = records;
        (from, to)
    }

    /// (The peer's sealer renews its keys long before.)
    #[test]
    fn a_key_that_is_not_renewed_wears_out() {
        let last = |kind, body: &[u8]| {
            let (mut from, mut to) = after(REKEY_LIMIT - 2);
            let mut record = from.seal_one(Draft::with(Kind::PAD, b""));
            assert_eq!(to.open(&mut record), Ok((Kind::PAD, &[][..])));
            let mut record = from.seal_one(Draft::with(kind, body));
            to.open(&mut record).map(|(kind, _)| kind)
        };
        assert_eq!(last(Kind::REKEY, b""), Ok(Kind::REKEY));
        assert_eq!(last(Kind::DATA, b"x"), Err(Error::KeyWornOut));
        assert_eq!(last(Kind::KEX, &[0; 1216]), Err(Error::KeyWornOut));
    }

    #[cfg(feature = "ring")]
    #[test]
    fn the_first_key_is_for_nothing_once_another_cipher_is_agreed_on() {
        let (mut from, mut to) = after(1);
        to.settle(Cipher::Aes256Gcm);
        let mut early = from.seal(Draft::with(Kind::PAD, b""));
        assert_eq!(to.open(&mut early), Ok((Kind::PAD, &[][..])));
        let mut late = from.seal(Draft::with(Kind::DATA, b"x"));
        assert!(matches!(to.open(&mut late), Err(Error::Protocol(_))));
    }

    #[test]
    fn a_batch_has_room_under_its_key() {
        for (left, first) in [(9, Kind::DATA), (8, Kind::REKEY)] {
            let (mut from, mut to) = after(REKEY_AFTER - left);
            let mut batch = Batch::new(Kind::DATA, Vec::new());
            batch.advance(Batch::ROOM);
            let mut records = from.seal_batch(batch);
            let length = record_len(*records.first_chunk().unwrap()).unwrap();
            let (record, others) = records.split_at_mut(length);
            assert_eq!(to.open(record).unwrap().0, first);
            assert!(to.open_each(others, |_, _, _| Ok::<_, Error>(())).is_ok());
        }
    }
}
