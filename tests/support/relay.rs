//! Somebody in the middle: a Unix socket on each side, and one thread for each direction that does as it likes.

#![allow(dead_code, unreachable_pub, reason = "every test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a panic is the failure report"
)]

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use keypact::channel;
use keypact::handshake::{self, FrameHeader};

use crate::sandbox::Sandbox;

/// Which direction bytes travel in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Listener,
    Caller,
}

/// What the relay has of one direction: where bytes come from and where they should go.
pub struct Lane {
    pub to: To,
    pub from: UnixStream,
    pub into: UnixStream,
}

/// Waits at `unix:middle` for a caller, goes on to the listener at `unix:meet`, and runs `act` for each direction. A
/// direction whose source has ended is ended too.
pub fn lay(sandbox: &Sandbox, act: impl Fn(&mut Lane) + Clone + Send + 'static) {
    lay_for(sandbox, 1, move |_, lane| act(lane));
}

/// The same for so many callers, one after the other; `act` knows which one it is.
pub fn lay_for(sandbox: &Sandbox, callers: usize, act: impl Fn(usize, &mut Lane) + Clone + Send + 'static) {
    let (middle, meet) = (sandbox.file("middle"), sandbox.file("meet"));
    let waiting = UnixListener::bind(middle).unwrap();
    thread::spawn(move || {
        for number in 0..callers {
            let (caller, _) = waiting.accept().unwrap();
            let Ok(listener) = UnixStream::connect(&meet) else {
                return;
            };
            let lanes = [
                (To::Listener, caller.try_clone().unwrap(), listener.try_clone().unwrap()),
                (To::Caller, listener, caller),
            ];
            for (to, from, into) in lanes {
                let act = act.clone();
                thread::spawn(move || {
                    let mut lane = Lane { to, from, into };
                    act(number, &mut lane);
                    let _ = lane.into.shutdown(Shutdown::Write);
                });
            }
        }
    });
}

impl Lane {
    /// Passes on everything as it comes, each piece after `change` has seen it with its place in the stream.
    pub fn pass(&mut self, mut change: impl FnMut(usize, &mut [u8])) {
        let (mut buffer, mut at) = (vec![0; 64 * 1024], 0);
        while let Ok(count @ 1..) = self.from.read(&mut buffer) {
            change(at, &mut buffer[..count]);
            at += count;
            if self.into.write_all(&buffer[..count]).is_err() {
                return;
            }
        }
    }

    /// The next whole frame or record.
    pub fn message(&mut self) -> Option<Vec<u8>> {
        message(&mut self.from)
    }

    /// Ends both directions at once.
    pub fn cut(&self) {
        for stream in [&self.from, &self.into] {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// The next whole frame or record of a stream.
pub fn message(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut message = vec![0; channel::HEADER_LEN];
    stream.read_exact(&mut message).ok()?;
    let length = if let Ok(length) = channel::record_len(*message.first_chunk()?) {
        length
    } else {
        message.resize(handshake::HEADER_LEN, 0);
        stream.read_exact(&mut message[channel::HEADER_LEN..]).ok()?;
        handshake::HEADER_LEN + FrameHeader::parse(message.first_chunk()?).ok()?.body_len()
    };
    let filled = message.len();
    message.resize(length, 0);
    stream.read_exact(&mut message[filled..]).ok()?;
    Some(message)
}
