//! The receiving side: this thread opens records, another one hashes and writes.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::message::{self, FDATA, FDATA_PREFIX, FEND, FILE_KEY, FileId, MANIFEST, TEND};
use super::{Entry, Error, Event, KEEP_ALIVE, Receipt};
use crate::channel::{self, Channel, Kind, Link};
use crate::crypto::aead::leaving_no_trace;
use crate::crypto::hash::Blake3;
use crate::handshake::{Alert, AlertCode};

/// Records that wait to be written: 256 KiB in all.
const WRITE_BEHIND: usize = 4;
/// How long a sink may take to go.
const FAREWELL: Duration = Duration::from_secs(2);
/// First byte of content in an opened FDATA record; the tag stays behind it.
const CONTENT_AT: usize = channel::HEADER_LEN + 1 + FDATA_PREFIX;

/// Where the content goes. Nothing shows under its final name before [`Sink::commit`].
pub trait Sink: Write + Send {
    /// Everything has arrived and is authentic: make it durable and give it its name.
    ///
    /// # Errors
    /// When it cannot be made so; the caller then tells the sender that it failed.
    fn commit(self: Box<Self>) -> io::Result<()>;
}

/// Takes what the peer offers: `decide` gives the place for it, or the reason why not.
///
/// # Errors
/// [`Error`]; the peer has been told where that was possible, and the sink has been dropped without a commit.
pub fn receive<L: Link>(
    link: &mut L,
    mut channel: Channel,
    decide: impl FnOnce(&Entry) -> Result<Box<dyn Sink>, String>,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Receipt, Error<L::Error>>
where
    L::Error: std::error::Error + 'static,
{
    let result = Receiving {
        link,
        channel: &mut channel,
        watch,
    }
    .run(decide);
    if let Err(error) = &result {
        let alert = match error {
            Error::Refused(why) => Alert::new(AlertCode::Refused, why),
            Error::Sink(_) => Alert::new(AlertCode::Cancelled, "the receiver cannot write the file"),
            Error::Content => Alert::new(AlertCode::Crypto, "the content does not match its hash"),
            _ => return result,
        };
        // The failure to report is the first one, not that the peer cannot be told of it.
        let _ = link.send(channel.seal(Kind::ALERT, &alert.encode()));
    }
    result
}

struct Receiving<'a, L: Link> {
    link: &'a mut L,
    channel: &'a mut Channel,
    watch: &'a mut dyn FnMut(Event<'_>),
}

impl<L: Link> Receiving<'_, L>
where
    L::Error: std::error::Error + 'static,
{
    fn run(mut self, decide: impl FnOnce(&Entry) -> Result<Box<dyn Sink>, String>) -> Result<Receipt, Error<L::Error>> {
        let (id, entry) = message::parse_manifest(&self.expect(MANIFEST)?)?;
        let sink = decide(&entry).map_err(Error::Refused)?;
        self.put(message::ACCEPT, &message::accept(&id))?;
        (self.watch)(Event::Accepted(&entry));
        self.change_keys(&id)?;

        let mut writer = WriteBehind::start(sink).map_err(Error::Sink)?;
        let receipt = self.take_in(&entry, &mut writer)?;
        self.acknowledge(&receipt);
        Ok(receipt)
    }

    fn take_in(&mut self, entry: &Entry, writer: &mut WriteBehind) -> Result<Receipt, Error<L::Error>> {
        let (size, end) = self.stream(writer, entry.size.unwrap_or(u64::MAX))?;
        let tend = self.expect(TEND)?;
        let blake3 = self.hash(writer)?;
        let complete = entry.size.is_none_or(|announced| announced == size)
            && end == message::fend(size, &blake3)
            && tend == message::tend(size, &end);
        if !complete {
            return Err(Error::Content);
        }
        self.commit(writer)?;
        Ok(Receipt { size, blake3 })
    }

    fn change_keys(&mut self, id: &FileId) -> Result<(), Error<L::Error>> {
        let wrapped = self.expect(FILE_KEY)?;
        let key = message::unwrap_file_key(self.channel, id, &wrapped)?;
        (self.watch)(Event::KeyWrapped(&wrapped));
        self.channel.opener.mix(&key, id);
        Ok(())
    }

    /// Hands content to the writer until FEND: the size and FEND's body. A sender that goes on past `limit`, what it has
    /// announced, is not given the disk.
    fn stream(&mut self, writer: &mut WriteBehind, limit: u64) -> Result<(u64, Vec<u8>), Error<L::Error>> {
        let mut size = 0;
        loop {
            let mut record = self.link.receive().map_err(Error::Link)?;
            match self.channel.opener.open(&mut record)? {
                (Kind::PAD | Kind::REKEY, _) => {}
                (FEND, body) => return Ok((size, body.to_vec())),
                (FDATA, body) => {
                    let count = message::parse_fdata(body, size)?;
                    size += count as u64;
                    if size > limit {
                        return Err(Error::Content);
                    }
                    self.write(writer, record, count)?;
                    (self.watch)(Event::Progress(size));
                }
                _ => return Err(channel::Error::Protocol("a record out of turn").into()),
            }
        }
    }

    fn write(&mut self, writer: &mut WriteBehind, record: Vec<u8>, count: usize) -> Result<(), Error<L::Error>> {
        if writer.in_flight == WRITE_BEHIND {
            self.wait(writer)?;
        }
        writer.order(Order::Write(record, count));
        Ok(())
    }

    fn hash(&mut self, writer: &mut WriteBehind) -> Result<[u8; 32], Error<L::Error>> {
        writer.order(Order::Hash);
        loop {
            if let Done::Hashed(hash) = self.wait(writer)? {
                return Ok(hash);
            }
        }
    }

    fn commit(&mut self, writer: &mut WriteBehind) -> Result<(), Error<L::Error>> {
        writer.order(Order::Commit);
        while !matches!(self.wait(writer)?, Done::Committed) {}
        Ok(())
    }

    /// Waits for the writer to carry out one more order. A target that takes nothing for a while, or a disk that takes
    /// its time to sync, must not look to the sender like a dead receiver. A sender that is gone shows when it is
    /// listened to; a commit that has begun is not given up for it.
    fn wait(&mut self, writer: &mut WriteBehind) -> Result<Done, Error<L::Error>> {
        loop {
            match writer.done.recv_timeout(KEEP_ALIVE) {
                Ok(done) => {
                    writer.in_flight -= 1;
                    return done.map_err(Error::Sink);
                }
                Err(RecvTimeoutError::Timeout) => drop(self.put(Kind::PAD, b"")),
                Err(RecvTimeoutError::Disconnected) => return Err(Error::Sink(io::ErrorKind::BrokenPipe.into())),
            }
        }
    }

    fn expect(&mut self, kind: Kind) -> Result<Vec<u8>, Error<L::Error>> {
        loop {
            let mut record = self.link.receive().map_err(Error::Link)?;
            match self.channel.opener.open(&mut record)? {
                (Kind::PAD | Kind::REKEY, _) => {}
                (got, body) if got == kind => return Ok(body.to_vec()),
                _ => return Err(channel::Error::Protocol("a record out of turn").into()),
            }
        }
    }

    fn put(&mut self, kind: Kind, body: &[u8]) -> Result<(), Error<L::Error>> {
        let record = self.channel.seal(kind, body);
        self.link.send(record).map(drop).map_err(Error::Link)
    }

    /// The file is in place whatever happens to the wire now, so its failures are not this transfer's.
    fn acknowledge(&mut self, receipt: &Receipt) {
        let told = self.put(message::FACK, &message::fack(&receipt.blake3));
        if told.is_ok() && self.link.receive().is_ok() {
            let _ = self.put(Kind::CLOSE, b"");
        }
    }
}

enum Order {
    /// An opened FDATA record and how many bytes of content it has.
    Write(Vec<u8>, usize),
    Hash,
    Commit,
}

enum Done {
    Written,
    Hashed([u8; 32]),
    Committed,
}

/// The thread that hashes and writes.
struct WriteBehind {
    orders: Sender<Order>,
    done: Receiver<io::Result<Done>>,
    /// Orders given and not yet waited for; bounds what both queues hold.
    in_flight: usize,
}

impl WriteBehind {
    fn start(sink: Box<dyn Sink>) -> io::Result<Self> {
        let (orders, todo) = mpsc::channel();
        let (report, done) = mpsc::channel();
        thread::Builder::new().spawn(move || leaving_no_trace(|| carry_out(sink, &todo, &report)))?;
        Ok(Self {
            orders,
            done,
            in_flight: 0,
        })
    }

    fn order(&mut self, order: Order) {
        self.in_flight += 1;
        // A writer that is gone shows when its answer is waited for.
        let _ = self.orders.send(order);
    }
}

impl Drop for WriteBehind {
    /// Waits for the thread, which drops the sink and so removes a file that stays incomplete; the program may end
    /// right after this. A sink that is stuck is left alone.
    fn drop(&mut self) {
        self.orders = mpsc::channel().0;
        while self.done.recv_timeout(FAREWELL).is_ok() {}
    }
}

fn carry_out(mut sink: Box<dyn Sink>, todo: &Receiver<Order>, report: &Sender<io::Result<Done>>) {
    let mut hash = Blake3::default();
    while let Ok(order) = todo.recv() {
        let result = match order {
            Order::Write(record, count) => write(&mut *sink, &mut hash, &record[CONTENT_AT..][..count]),
            Order::Hash => Ok(Done::Hashed(hash.finish())),
            Order::Commit => {
                // Nobody is left to tell when the other side has given up meanwhile.
                let _ = report.send(sink.commit().map(|()| Done::Committed));
                return;
            }
        };
        if report.send(result).is_err() {
            return;
        }
    }
}

fn write(sink: &mut dyn Sink, hash: &mut Blake3, content: &[u8]) -> io::Result<Done> {
    hash.update(content);
    sink.write_all(content).map(|()| Done::Written)
}
