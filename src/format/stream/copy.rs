//! A whole payload at once, on several processors: each worker reads a batch, seals or opens it, and writes it when all
//! before it are written. What comes out is what one worker alone would write.

use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::thread::{self, Scope, ScopedJoinHandle};

use super::State;
use super::batch::{Batch, End, Work};
use super::belt::{Belt, Turn};
use super::intake::Intake;
use crate::crypto::aead::leaving_no_trace;
use crate::crypto::bulk::Bulk;
use crate::format::Error;

/// Chunks that a worker takes at once: half a megabyte, which stays in the cache of one processor.
const BATCH: usize = 8;
/// More workers than this help no machine, and each takes memory.
const MOST: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");

/// How many processors may work on one payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jobs(NonZeroUsize);

impl Jobs {
    /// The calling thread alone.
    pub const ONE: Self = Self(NonZeroUsize::MIN);

    /// This many, at most 64.
    pub fn new(count: NonZeroUsize) -> Self {
        Self(count.min(MOST))
    }

    /// As many as this process may use.
    pub fn available() -> Self {
        thread::available_parallelism().map_or(Self::ONE, Self::new)
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0.get()
    }
}

/// Moves all of a source through the cipher into `sink`.
///
/// # Errors
/// Of source and sink, and [`Error::Payload`] of what is read. Everything before the fault has been written.
pub(super) fn run<R: Read + Send, W: Write + Send>(
    work: Work,
    key: &Bulk,
    intake: Intake<R>,
    sink: W,
    jobs: Jobs,
) -> io::Result<W> {
    let belt = Belt::new(intake, sink);
    let line = Line { work, key, belt: &belt };
    thread::scope(|scope| {
        let mut batch = Batch::new(work, BATCH);
        let first = line.draw(&mut batch);
        // What fits into one batch is done before a second worker would have begun.
        let is_whole = first.as_ref().is_none_or(|(_, piece)| piece.end == End::Here);
        let others = if is_whole { 0 } else { jobs.get() - 1 };
        let others: Vec<_> = (0..others).map_while(|_| line.help(scope)).collect();
        let own = line.work_from(first, &mut batch);
        // At most one of them has an error: the first one stops the line.
        others.into_iter().map(join).fold(own, Result::and)
    })?;
    Ok(belt.into_sink())
}

fn join(worker: ScopedJoinHandle<'_, io::Result<()>>) -> io::Result<()> {
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

struct Line<'l, R, W> {
    work: Work,
    key: &'l Bulk,
    belt: &'l Belt<Intake<R>, W>,
}

/// A batch on its way, and the failure of the source behind it.
struct Piece {
    index: u64,
    end: End,
    failure: Option<io::Error>,
}

type Drawn<'l, R, W> = Option<(Turn<'l, Intake<R>, W>, Piece)>;

impl<'l, R: Read + Send, W: Write + Send> Line<'l, R, W> {
    /// A further worker; without one, those that are there do the work.
    fn help<'s>(&self, scope: &'s Scope<'s, '_>) -> Option<ScopedJoinHandle<'s, io::Result<()>>>
    where
        'l: 's,
        R: 's,
        W: 's,
    {
        let line = Line { ..*self };
        let work = move || leaving_no_trace(|| line.work_from(None, &mut Batch::new(line.work, BATCH)));
        thread::Builder::new()
            .name("chunks".into())
            .spawn_scoped(scope, work)
            .ok()
    }

    fn work_from(&self, first: Drawn<'l, R, W>, batch: &mut Batch) -> io::Result<()> {
        let mut drawn = first.or_else(|| self.draw(batch));
        while let Some((turn, piece)) = drawn {
            let done = batch.process(self.key, piece.index, piece.end);
            let put = turn.put(|sink| {
                sink.write_all(batch.bytes(done.ready))?;
                match (done.state, piece.failure) {
                    (State::Failed(error), _) => Err(Error::Payload(error).into()),
                    (_, Some(failure)) => Err(failure),
                    _ => Ok(()),
                }
            });
            match put {
                Some(result) => result?,
                None => return Ok(()),
            }
            drawn = self.draw(batch);
        }
        Ok(())
    }

    fn draw(&self, batch: &mut Batch) -> Drawn<'l, R, W> {
        self.belt.draw(|intake| {
            if intake.end() == End::Here {
                return None;
            }
            batch.clear();
            let failure = intake.fill(batch).err();
            let (index, end) = (intake.cut(batch), intake.end());
            if failure.is_some() {
                intake.close();
            }
            Some(Piece { index, end, failure })
        })
    }
}
