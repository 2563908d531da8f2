//! The sending side: one thread reads and hashes, this one seals and hands to the wire.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;

use super::message::{self, FDATA, FDATA_BYTES, FileId};
use super::{Entry, Error, Event, KEEP_ALIVE, Receipt};
use crate::channel::{self, Channel, Draft, Kind, Link};
use crate::crypto::aead::leaving_no_trace;
use crate::crypto::hash::Blake3;
use crate::crypto::rng::{self, Rng};
use crate::handshake::{Alert, AlertCode};
use crate::secret::Secret;

/// Records that are read ahead: enough to keep both threads busy, 256 KiB in all.
const READ_AHEAD: usize = 4;

/// Where the content comes from; read on a thread of its own, because a pipe may be silent for longer than the peer's
/// patience.
pub type Source = Box<dyn Read + Send>;

/// Offers `entry` and, once it is accepted, streams `source`. Succeeds only with the receiver's word that the file is
/// complete and has its final name.
///
/// # Errors
/// [`Error`]; the peer has been told where that was possible.
pub fn send<L: Link>(
    link: &mut L,
    mut channel: Channel,
    entry: &Entry,
    source: Source,
    rng: &mut dyn Rng,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Receipt, Error<L::Error>>
where
    L::Error: std::error::Error + 'static,
{
    let mut sending = Sending {
        link,
        channel: &mut channel,
        watch,
    };
    let error = match sending.run(entry, source, rng) {
        Ok(receipt) => return Ok(receipt),
        Err(error) => error,
    };
    match error {
        // A receiver that gives up says why before it goes, and its words say more than the wire's.
        Error::Link(_) => Err(sending.listen().err().filter(Error::is_from_peer).unwrap_or(error)),
        Error::Source(_) | Error::SourceChanged { .. } | Error::Rng(_) => {
            let alert = Alert::new(AlertCode::Cancelled, "the sender cannot read its source");
            // The failure to report is the first one, not that the peer cannot be told of it.
            let _ = sending.put(Kind::ALERT, &alert.encode());
            Err(error)
        }
        _ => Err(error),
    }
}

struct Sending<'a, L: Link> {
    link: &'a mut L,
    channel: &'a mut Channel,
    watch: &'a mut dyn FnMut(Event<'_>),
}

impl<L: Link> Sending<'_, L>
where
    L::Error: std::error::Error + 'static,
{
    fn run(&mut self, entry: &Entry, source: Source, rng: &mut dyn Rng) -> Result<Receipt, Error<L::Error>> {
        let id = rng::array(rng)?;
        self.put(message::MANIFEST, &message::manifest(&id, entry))?;
        self.expect(message::ACCEPT, &message::accept(&id))?;
        (self.watch)(Event::Accepted(entry));
        self.change_keys(&id, rng)?;

        let receipt = self.stream(source, entry.size.unwrap_or(u64::MAX))?;
        if let Some(announced) = entry.size.filter(|&announced| announced != receipt.size) {
            return Err(Error::SourceChanged {
                announced,
                read: receipt.size,
            });
        }
        let end = message::fend(receipt.size, &receipt.blake3);
        self.put(message::FEND, &end)?;
        self.put(message::TEND, &message::tend(receipt.size, &end))?;
        self.expect(message::FACK, &message::fack(&receipt.blake3))?;
        self.close();
        Ok(receipt)
    }

    /// Draws the file key, sends it wrapped, and goes on under keys that depend on it.
    fn change_keys(&mut self, id: &FileId, rng: &mut dyn Rng) -> Result<(), Error<L::Error>> {
        let key = Secret::generate(rng)?;
        let wrapped = message::wrap_file_key(self.channel, id, &key);
        self.put(message::FILE_KEY, &wrapped)?;
        (self.watch)(Event::KeyWrapped(&wrapped));
        self.channel.sealer.mix(&key, id);
        Ok(())
    }

    /// Sends the content, and no record beyond `limit`, what was announced: a source may grow for ever.
    fn stream(&mut self, source: Source, limit: u64) -> Result<Receipt, Error<L::Error>> {
        let ahead = ReadAhead::start(source).map_err(Error::Source)?;
        let mut sent = 0;
        loop {
            match ahead.filled.recv_timeout(KEEP_ALIVE) {
                Ok(Ok(Piece::Content(draft, size))) => {
                    sent += size as u64;
                    if sent > limit {
                        return Err(Error::SourceChanged {
                            announced: limit,
                            read: sent,
                        });
                    }
                    let spare = self.link.send(self.channel.sealer.seal(draft)).map_err(Error::Link)?;
                    // The reader has gone when it has read everything, and needs no more buffers then.
                    let _ = ahead.empty.try_send(spare);
                    (self.watch)(Event::Progress(sent));
                }
                Ok(Ok(Piece::End(receipt))) => return Ok(receipt),
                Ok(Err(error)) => return Err(Error::Source(error)),
                Err(RecvTimeoutError::Timeout) => self.put(Kind::PAD, b"")?,
                Err(RecvTimeoutError::Disconnected) => return Err(Error::Source(io::ErrorKind::BrokenPipe.into())),
            }
            self.listen()?;
        }
    }

    /// While content flows the receiver has nothing to say but that it is alive, or that it gives up.
    fn listen(&mut self) -> Result<(), Error<L::Error>> {
        while let Some(mut record) = self.link.poll().map_err(Error::Link)? {
            match self.channel.opener.open(&mut record)? {
                (Kind::PAD | Kind::REKEY, _) => {}
                _ => return Err(channel::Error::Protocol("a record out of turn").into()),
            }
        }
        Ok(())
    }

    fn expect(&mut self, kind: Kind, body: &[u8]) -> Result<(), Error<L::Error>> {
        loop {
            let mut record = self.link.receive().map_err(Error::Link)?;
            match self.channel.opener.open(&mut record)? {
                (Kind::PAD | Kind::REKEY, _) => {}
                (got, content) if got == kind && content == body => return Ok(()),
                (got, _) if got == message::FACK && kind == got => return Err(Error::Content),
                _ => return Err(channel::Error::Protocol("a record out of turn").into()),
            }
        }
    }

    fn put(&mut self, kind: Kind, body: &[u8]) -> Result<(), Error<L::Error>> {
        let record = self.channel.seal(kind, body);
        self.link.send(record).map(drop).map_err(Error::Link)
    }

    /// The file has arrived whatever happens to the wire now, so its failures are not this transfer's.
    fn close(&mut self) {
        if self.put(Kind::CLOSE, b"").is_ok() {
            let _ = self.link.receive();
        }
    }
}

enum Piece {
    /// A record to seal, with its number of content bytes.
    Content(Draft, usize),
    End(Receipt),
}

/// The thread that reads and hashes.
struct ReadAhead {
    filled: Receiver<io::Result<Piece>>,
    empty: SyncSender<Vec<u8>>,
}

impl ReadAhead {
    fn start(source: Source) -> io::Result<Self> {
        let (to_seal, filled) = mpsc::sync_channel(READ_AHEAD);
        let (empty, spare) = mpsc::sync_channel(READ_AHEAD * 2);
        thread::Builder::new().spawn(move || {
            // The program may end right after the last word, so the stack is wiped before it.
            let end = leaving_no_trace(|| read_all(source, &to_seal, &spare)).map(Piece::End);
            // Sending fails only when the other side has given up; then nobody waits for the rest.
            let _ = to_seal.send(end);
        })?;
        Ok(Self { filled, empty })
    }
}

fn read_all(
    mut source: Source,
    to_seal: &SyncSender<io::Result<Piece>>,
    spare: &Receiver<Vec<u8>>,
) -> io::Result<Receipt> {
    let mut hash = Blake3::default();
    let mut offset = 0;
    loop {
        let mut draft = Draft::new(FDATA, spare.try_recv().unwrap_or_default());
        draft.put(&message::fdata_prefix(offset));
        let room = draft.grow(FDATA_BYTES);
        let size = read_some(&mut source, room)?;
        if size == 0 {
            return Ok(Receipt {
                size: offset,
                blake3: hash.finish(),
            });
        }
        hash.update(&room[..size]);
        draft.shrink(FDATA_BYTES - size);
        to_seal
            .send(Ok(Piece::Content(draft, size)))
            .map_err(|_| io::ErrorKind::BrokenPipe)?;
        offset += size as u64;
    }
}

fn read_some(source: &mut Source, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
