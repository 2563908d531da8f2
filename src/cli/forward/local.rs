//! The two threads of one connection: one reads from it for its stream, one writes to it what has come.

use std::io;
use std::sync::{Arc, Condvar};
use std::thread;

use super::hub::Hub;
use super::socket::Socket;
use crate::forward::{Id, PIECE, Stream, Task};

/// A connection, and how its threads are woken.
pub(super) struct Local {
    pub(super) socket: Socket,
    pub(super) wake: Condvar,
}

impl Local {
    pub(super) fn new(socket: Socket) -> Self {
        Self {
            socket,
            wake: Condvar::new(),
        }
    }

    /// Its stream is over before its end.
    pub(super) fn break_off(&self) {
        self.socket.break_off();
        self.wake.notify_all();
    }
}

/// Starts both threads.
///
/// # Errors
/// When the system has no room for another thread.
pub(super) fn start(hub: &Arc<Hub>, id: Id, local: &Arc<Local>) -> io::Result<()> {
    for work in [read, write] {
        let (hub, local) = (Arc::clone(hub), Arc::clone(local));
        thread::Builder::new().spawn(move || {
            if work(&hub, id, &local).is_err() {
                local.socket.break_off();
                hub.with(id, Stream::leave);
            }
        })?;
    }
    Ok(())
}

fn read(hub: &Hub, id: Id, local: &Local) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    let room = |stream: &mut Stream| match stream.room() {
        Some(0) => None,
        room => Some(room),
    };
    while let Some(room) = hub.wait(id, local, room).flatten() {
        match local.socket.read(&mut buffer[..room]) {
            Ok(0) => {
                hub.with(id, Stream::end);
                return Ok(());
            }
            Ok(count) => drop(hub.with(id, |stream| stream.read(&buffer[..count]))),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn write(hub: &Hub, id: Id, local: &Local) -> io::Result<()> {
    let task = |stream: &mut Stream| Some(stream.task()).filter(|task| *task != Task::Wait);
    loop {
        match hub.wait(id, local, task) {
            Some(Task::Write(bytes)) => write_all(hub, id, local, &bytes)?,
            Some(Task::End) => {
                local.socket.end();
                hub.with(id, Stream::passed);
            }
            _ => return Ok(()),
        }
    }
}

fn write_all(hub: &Hub, id: Id, local: &Local, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match local.socket.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                bytes = &bytes[count..];
                hub.with(id, |stream| stream.wrote(count));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Whoever is at the other end takes its time, which it may as long as the stream is wanted.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if hub.with(id, |stream| stream.room()).flatten().is_none() {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
