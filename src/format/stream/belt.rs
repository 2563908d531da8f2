//! An assembly line: workers draw pieces in order, work on them side by side, and put the results down in the same
//! order. No thread of its own, no queue: a worker that has a piece finishes it, and waits at most for its turn.

use super::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Where pieces come from and where results go.
pub(crate) struct Belt<S, D> {
    source: Mutex<S>,
    sink: Mutex<D>,
    line: Mutex<Line>,
    moved: Condvar,
}

struct Line {
    drawn: u64,
    put: u64,
    is_stopped: bool,
}

impl<S, D> Belt<S, D> {
    /// Nothing is drawn yet.
    pub(crate) fn new(source: S, sink: D) -> Self {
        Self {
            source: Mutex::new(source),
            sink: Mutex::new(sink),
            line: Mutex::new(Line {
                drawn: 0,
                put: 0,
                is_stopped: false,
            }),
            moved: Condvar::new(),
        }
    }

    /// Draws the next piece with `draw`, which gives `None` at the end. `None` also when the line has stopped.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut S) -> Option<T>) -> Option<(Turn<'_, S, D>, T)> {
        let mut source = locked(&self.source);
        if locked(&self.line).is_stopped {
            return None;
        }
        let piece = draw(&mut source)?;
        let mut line = locked(&self.line);
        let number = line.drawn;
        line.drawn += 1;
        Some((
            Turn {
                belt: self,
                number,
                is_over: false,
            },
            piece,
        ))
    }

    /// What is left when all workers are done.
    pub(crate) fn into_sink(self) -> D {
        self.sink.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The duty to put one result down. Dropped undone, by a panic, it stops the line, so that nobody waits for it.
pub(crate) struct Turn<'b, S, D> {
    belt: &'b Belt<S, D>,
    number: u64,
    is_over: bool,
}

impl<S, D> Turn<'_, S, D> {
    /// Waits for its turn and lets `put` write; an error stops the line. Once it has stopped, nothing more is put: `None`.
    pub(crate) fn put<E>(mut self, put: impl FnOnce(&mut D) -> Result<(), E>) -> Option<Result<(), E>> {
        let mut line = locked(&self.belt.line);
        while line.put != self.number && !line.is_stopped {
            line = self.belt.moved.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
        if line.is_stopped {
            self.is_over = true;
            return None;
        }
        drop(line);
        let result = put(&mut locked(&self.belt.sink));
        let mut line = locked(&self.belt.line);
        line.put += 1;
        line.is_stopped |= result.is_err();
        self.belt.moved.notify_all();
        self.is_over = true;
        Some(result)
    }
}

impl<S, D> Drop for Turn<'_, S, D> {
    fn drop(&mut self) {
        if !self.is_over {
            locked(&self.belt.line).is_stopped = true;
            self.belt.moved.notify_all();
        }
    }
}

/// A worker that panicked ends the whole work; what the others still see is whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
