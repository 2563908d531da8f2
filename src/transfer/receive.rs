//! The receiving side: this thread opens records, another one decides, hashes and writes.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use super::behind::{Done, Failure, Landing, Order, WriteBehind};
use super::manifest::{FileId, Reading};
use super::message::{self, ANSWER, FDATA, FILE_KEY, Hash, MANIFEST, Query, TEND};
use super::talk::{Talk, out_of_turn};
use super::{Error, Event, Receipt};
use crate::channel::{Channel, Kind, Link};
use crate::handshake::{Alert, AlertCode};

/// Buffers of records that wait to be written.
const WRITE_BEHIND: usize = 2;

/// Takes of what the peer offers what `landing` decides.
///
/// # Errors
/// [`Error`]; the peer has been told where that was possible, and the landing has been dropped without a commit.
pub fn receive<L: Link>(
    link: &mut L,
    mut channel: Channel,
    landing: Box<dyn Landing>,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Receipt, Error<L::Error>>
where
    L::Error: std::error::Error + 'static,
{
    let mut talk = Talk {
        link,
        channel: &mut channel,
        watch,
        sent: 0,
        opened: Instant::now(),
    };
    let result = run(&mut talk, landing);
    if let Err(error) = &result {
        let alert = match error {
            Error::Refused(why) => Alert::new(AlertCode::Refused, &why.to_string()),
            Error::Target(_) => Alert::new(AlertCode::Cancelled, "the receiver cannot write the file"),
            Error::Content => Alert::new(AlertCode::Crypto, "the content does not match its hash"),
            _ => return result,
        };
        // The failure to report is the first one, not that the peer cannot be told of it.
        let _ = talk.put(Kind::ALERT, &alert.encode());
    }
    result
}

fn run<L: Link>(talk: &mut Talk<'_, L>, landing: Box<dyn Landing>) -> Result<Receipt, Error<L::Error>>
where
    L::Error: std::error::Error + 'static,
{
    let mut reading = Reading::start(&talk.expect(&[MANIFEST])?.1)?;
    while !reading.is_complete() {
        reading.more(&talk.expect(&[MANIFEST])?.1)?;
    }
    let (id, offer) = reading.finish();
    let offer = Arc::new(offer);
    let writer = WriteBehind::start(Arc::clone(&offer), landing).map_err(Error::Target)?;
    let mut receiving = Receiving { talk, id, writer };
    let choices = receiving.settle()?;
    (receiving.talk.watch)(Event::Accepted(&offer, &choices));
    receiving.change_keys()?;
    receiving.take_in()
}

/// Where content is in opened records, and the body of TEND when that has come.
type Opened = (Vec<Range<usize>>, Option<Vec<u8>>);

struct Receiving<'t, 'a, L: Link> {
    talk: &'t mut Talk<'a, L>,
    id: FileId,
    writer: WriteBehind,
}

impl<L: Link> Receiving<'_, '_, L>
where
    L::Error: std::error::Error + 'static,
{
    /// Asks what the landing asks, and tells what it decides.
    fn settle(&mut self) -> Result<Arc<message::Choices>, Error<L::Error>> {
        self.writer.order(Order::Consider);
        let queries = loop {
            if let Done::Considered(queries) = self.wait()? {
                break queries;
            }
        };
        let answers = self.ask(&queries)?;
        self.writer.order(Order::Decide(answers));
        let choices = loop {
            if let Done::Decided(choices) = self.wait()? {
                break choices;
            }
        };
        for record in choices.records(&self.id) {
            self.talk.put(message::ACCEPT, &record)?;
        }
        Ok(choices)
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Hash>, Error<L::Error>> {
        let mut answers = Vec::new();
        if queries.is_empty() {
            return Ok(answers);
        }
        for record in message::queries(&self.id, queries) {
            self.talk.put(message::QUERY, &record)?;
        }
        while answers.len() < queries.len() {
            answers.extend(message::parse_answer(&self.talk.expect(&[ANSWER])?.1)?);
        }
        let as_many = answers.len() == queries.len();
        as_many.then_some(answers).ok_or_else(out_of_turn)
    }

    fn change_keys(&mut self) -> Result<(), Error<L::Error>> {
        let wrapped = self.talk.expect(&[FILE_KEY])?.1;
        let key = message::unwrap_file_key(self.talk.channel, &self.id, &wrapped)?;
        (self.talk.watch)(Event::KeyWrapped(&wrapped));
        self.talk.channel.opener.mix(&key, &self.id);
        Ok(())
    }

    /// Hands contents to the writer until TEND; then everything must be there.
    fn take_in(&mut self) -> Result<Receipt, Error<L::Error>> {
        let mut spare = Vec::new();
        let end = loop {
            let mut records = match self.talk.link.receive_many(spare) {
                Ok(records) => records,
                Err(error) => return Err(self.writers_word().err().unwrap_or(Error::Link(error))),
            };
            let (ranges, end) = self.open(&mut records)?;
            self.talk.refresh()?;
            self.writer.order(Order::Write(records, ranges));
            spare = self.make_room()?;
            if let Some(end) = end {
                break end;
            }
        };
        self.writer.order(Order::Total);
        let receipt = loop {
            if let Done::Total(receipt) = self.wait()? {
                break receipt;
            }
        };
        if end != message::tend(receipt.files, receipt.bytes, &receipt.blake3) {
            return Err(Error::Content);
        }
        self.writer.order(Order::Commit);
        while !matches!(self.wait()?, Done::Committed) {}
        self.acknowledge(&receipt);
        Ok(receipt)
    }

    /// Opens records in place: where content is in them, and TEND's body if it is the last of them.
    fn open(&mut self, records: &mut [u8]) -> Result<Opened, Error<L::Error>> {
        let (mut ranges, mut end) = (Vec::new(), None);
        self.talk.channel.opener.open_each(records, |kind, body, place| {
            match kind {
                _ if end.is_some() => return Err(out_of_turn()),
                FDATA if !body.is_empty() => ranges.push(place),
                TEND => end = Some(body.to_vec()),
                _ => return Err(out_of_turn()),
            }
            Ok(())
        })?;
        Ok((ranges, end))
    }

    /// Waits until few enough buffers are on their way, and gives one that is done with.
    fn make_room(&mut self) -> Result<Vec<u8>, Error<L::Error>> {
        while self.writer.in_flight > WRITE_BEHIND {
            if let Done::Written(spare, ..) = self.wait()? {
                return Ok(spare);
            }
        }
        Ok(Vec::new())
    }

    /// What the writer has met while this thread waited for a sender that is gone now: it came first.
    fn writers_word(&mut self) -> Result<(), Error<L::Error>> {
        while self.writer.in_flight > 0 {
            self.wait()?;
        }
        Ok(())
    }

    /// Waits for the writer to carry out one more order. A commit that has begun is not given up for a sender that is gone.
    fn wait(&mut self) -> Result<Done, Error<L::Error>> {
        let done = self.talk.wait(&self.writer.done, |_| Ok(()))?;
        self.writer.in_flight = self.writer.in_flight.saturating_sub(1);
        match done {
            Some(Ok(done)) => {
                if let Done::Written(_, bytes, ended) = &done {
                    (self.talk.watch)(Event::Progress(*bytes));
                    for (entry, hash) in ended {
                        (self.talk.watch)(Event::Ended(*entry, hash));
                    }
                }
                Ok(done)
            }
            Some(Err(Failure::Refused(why))) => Err(Error::Refused(why)),
            Some(Err(Failure::Broken(error))) => Err(Error::Target(error)),
            Some(Err(Failure::Content)) => Err(Error::Content),
            None => Err(Error::Target(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Everything is in place whatever happens to the wire now, so its failures are not this transfer's.
    fn acknowledge(&mut self, receipt: &Receipt) {
        let told = self.talk.put(message::FACK, &message::fack(&receipt.blake3));
        if told.is_ok() && self.talk.link.receive().is_ok() {
            let _ = self.talk.put(Kind::CLOSE, b"");
        }
    }
}
