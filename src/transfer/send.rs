//! The sending side: one thread reads and hashes, this one seals and hands to the wire.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::ahead::{Order, Piece, ReadAhead, Source, Stop};
use super::manifest::FileId;
use super::message::{self, ACCEPT, ANSWER, Choices, FACK, HASH, QUERY};
use super::padding::{self, Padding};
use super::talk::Talk;
use super::{Error, Event, Manifest, Receipt};
use crate::channel::{Channel, Kind, Link, MAX_BODY};
use crate::crypto::rng::{self, Rng};
use crate::handshake::{Alert, AlertCode};
use crate::secret::Secret;

/// Offers what `offer` lists and streams from `source` what is accepted of it. Succeeds only with the receiver's word that
/// everything is complete and has its final name.
///
/// # Errors
/// [`Error`]; the peer has been told where that was possible.
pub fn send<L: Link>(
    link: &mut L,
    mut channel: Channel,
    offer: Arc<Manifest>,
    source: Box<dyn Source>,
    padding: Padding,
    rng: &mut dyn Rng,
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
    let error = match run(&mut talk, offer, source, padding, rng) {
        Ok(receipt) => return Ok(receipt),
        Err(error) => error,
    };
    match error {
        // A receiver that gives up says why before it goes, and its words say more than the wire's.
        Error::Link(_) => Err(talk.listen().err().filter(Error::is_from_peer).unwrap_or(error)),
        Error::Source(_) | Error::SourceChanged { .. } | Error::Rng(_) => {
            let alert = Alert::new(AlertCode::Cancelled, "the sender cannot read its source");
            // The failure to report is the first one, not that the peer cannot be told of it.
            let _ = talk.put(Kind::ALERT, &alert.encode());
            Err(error)
        }
        _ => Err(error),
    }
}

fn run<L: Link>(
    talk: &mut Talk<'_, L>,
    offer: Arc<Manifest>,
    source: Box<dyn Source>,
    padding: Padding,
    rng: &mut dyn Rng,
) -> Result<Receipt, Error<L::Error>>
where
    L::Error: std::error::Error + 'static,
{
    let id = rng::array(rng)?;
    for record in offer.records(&id) {
        talk.put(message::MANIFEST, &record)?;
    }
    let ahead = ReadAhead::start(Arc::clone(&offer), source).map_err(Error::Source)?;
    let mut sending = Sending { talk, id, offer, ahead };
    let choices = sending.settle()?;
    sending.change_keys(rng)?;
    let receipt = sending.stream(choices)?;
    if padding == Padding::On {
        sending.pad()?;
    }
    sending.confirm(&receipt)?;
    Ok(receipt)
}

struct Sending<'t, 'a, L: Link> {
    talk: &'t mut Talk<'a, L>,
    id: FileId,
    offer: Arc<Manifest>,
    ahead: ReadAhead,
}

impl<L: Link> Sending<'_, '_, L>
where
    L::Error: std::error::Error + 'static,
{
    /// Answers what the receiver asks, once, and hears what it wants.
    fn settle(&mut self) -> Result<Arc<Choices>, Error<L::Error>> {
        let (mut kind, mut body) = self.talk.expect(&[ACCEPT, QUERY])?;
        if kind == QUERY {
            let mut queries = Vec::new();
            while !message::read_queries(&mut queries, &body, &self.id, &self.offer)? {
                body = self.talk.expect(&[QUERY])?.1;
            }
            self.answer(queries)?;
            (kind, body) = self.talk.expect(&[ACCEPT])?;
        }
        let mut choices = Choices::default();
        while !choices.read(&body, &self.id, &self.offer)? {
            body = self.talk.expect(&[kind])?.1;
        }
        let choices = Arc::new(choices);
        (self.talk.watch)(Event::Accepted(&self.offer, &choices));
        Ok(choices)
    }

    fn answer(&mut self, queries: Vec<message::Query>) -> Result<(), Error<L::Error>> {
        let count = queries.len();
        self.order(Order::Answer(queries));
        let mut body = Vec::new();
        for number in 1..=count {
            let Piece::Answer(hash) = self.next()? else {
                return Err(Error::Source(io::ErrorKind::InvalidData.into()));
            };
            body.extend_from_slice(&hash);
            if number == count || body.len() + HASH > MAX_BODY {
                self.talk.put(ANSWER, &body)?;
                body.clear();
            }
        }
        Ok(())
    }

    /// Draws the file key, sends it wrapped, and goes on under keys that depend on it.
    fn change_keys(&mut self, rng: &mut dyn Rng) -> Result<(), Error<L::Error>> {
        let key = Secret::generate(rng)?;
        let wrapped = message::wrap_file_key(self.talk.channel, &self.id, &key);
        self.talk.put(message::FILE_KEY, &wrapped)?;
        (self.talk.watch)(Event::KeyWrapped(&wrapped));
        self.talk.channel.sealer.mix(&key, &self.id);
        Ok(())
    }

    fn stream(&mut self, choices: Arc<Choices>) -> Result<Receipt, Error<L::Error>> {
        self.order(Order::Send(choices));
        loop {
            match self.next()? {
                Piece::Content(batch, bytes, ended) => {
                    let records = self.talk.channel.sealer.seal_batch(batch);
                    let spare = self.talk.send(records)?;
                    // The reader has gone when it has read everything, and needs no more buffers then.
                    let _ = self.ahead.spare.try_send(spare);
                    (self.talk.watch)(Event::Progress(bytes));
                    for (index, hash) in &ended {
                        (self.talk.watch)(Event::Ended(*index, hash));
                    }
                    self.talk.listen()?;
                }
                Piece::End(receipt) => return Ok(receipt),
                Piece::Answer(_) => return Err(Error::Source(io::ErrorKind::InvalidData.into())),
            }
        }
    }

    /// Only TEND and CLOSE follow, which are as long each time.
    fn pad(&mut self) -> Result<(), Error<L::Error>> {
        let zeros = vec![0; MAX_BODY];
        padding::bodies(self.talk.sent).try_for_each(|length| self.talk.put(Kind::PAD, &zeros[..length]))
    }

    fn confirm(&mut self, receipt: &Receipt) -> Result<(), Error<L::Error>> {
        let end = message::tend(receipt.files, receipt.bytes, &receipt.blake3);
        self.talk.put(message::TEND, &end)?;
        let (_, word) = self.talk.expect(&[FACK])?;
        if word != message::fack(&receipt.blake3) {
            return Err(Error::Content);
        }
        // Everything has arrived whatever happens to the wire now, so its failures are not this transfer's.
        if self.talk.put(Kind::CLOSE, b"").is_ok() {
            let _ = self.talk.link.receive();
        }
        Ok(())
    }

    fn order(&self, order: Order) {
        // A reader that is gone shows when it is waited for.
        let _ = self.ahead.orders.send(order);
    }

    /// The reader's next word.
    fn next(&mut self) -> Result<Piece, Error<L::Error>> {
        match self.talk.wait(&self.ahead.pieces, Talk::listen)? {
            Some(Ok(piece)) => Ok(piece),
            Some(Err(Stop::Broken(error))) => Err(Error::Source(error)),
            Some(Err(Stop::Changed { announced, read })) => Err(Error::SourceChanged { announced, read }),
            Some(Err(Stop::Alone)) | None => Err(Error::Source(io::ErrorKind::BrokenPipe.into())),
        }
    }
}
