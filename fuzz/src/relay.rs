//! What a relay hears of strangers.

use std::collections::HashMap;

use keypact::rendezvous::{Arrival, Meetings, Request, Side};

use super::Seed;

/// Strangers ask, one a line, and leave again (a line of a number: the one that came so many ago). A request is written as it
/// is read; nobody meets a side of its own or somebody who has left; and two who have met are alone under their token until one of them
/// comes again.
pub fn requests(script: &[u8]) {
    let mut house = House::default();
    for line in String::from_utf8_lossy(script).split('\n') {
        if let Ok(request) = line.parse::<Request>() {
            assert_eq!(request.to_string(), line);
            house.enter(request);
        } else if let Ok(ago) = line.parse::<usize>() {
            house.leave(ago);
        }
    }
}

/// Everybody who ever came, and who is still there.
#[derive(Default)]
struct House {
    meetings: Meetings<usize>,
    came: Vec<Request>,
    waiting: HashMap<usize, Option<Side>>,
    met: HashMap<usize, usize>,
}

impl House {
    fn enter(&mut self, request: Request) {
        let id = self.came.len();
        self.came.push(request);
        let talking: Vec<usize> = self
            .met
            .keys()
            .copied()
            .filter(|guest| self.came[*guest].token == request.token)
            .collect();
        let is_back = request.side.is_some() && talking.iter().any(|guest| self.came[*guest].side == request.side);
        let arrival = self.meetings.arrive(&request, id);
        assert_eq!(arrival == Arrival::Refused, !talking.is_empty() && !is_back);
        match arrival {
            Arrival::Refused => {}
            Arrival::Returns(second) => {
                assert!(is_back && talking.contains(&second));
                self.met.retain(|guest, _| !talking.contains(guest));
                self.waiting.insert(id, request.side);
            }
            Arrival::Waits => drop(self.waiting.insert(id, request.side)),
            Arrival::Replaces(older) => {
                assert_eq!(self.waiting.remove(&older), Some(request.side));
                self.waiting.insert(id, request.side);
            }
            Arrival::Meets(first) => {
                let side = self.waiting.remove(&first).expect("nobody meets one who has left");
                assert!(side.is_none() || side != request.side);
                assert_eq!(self.came[first].token, request.token);
                self.met.extend([(first, id), (id, first)]);
            }
        }
    }

    fn leave(&mut self, ago: usize) {
        let Some(id) = self.came.len().checked_sub(ago) else {
            return;
        };
        let partner = self.met.remove(&id);
        if partner.is_some() || self.waiting.remove(&id).is_some() {
            partner.map(|partner| self.met.remove(&partner));
            self.meetings.leave(&self.came[id].token);
        }
    }
}

/// Inputs that go all the way through their target.
pub fn seeds() -> Vec<Seed> {
    let ask = |token: &str, side: &str| format!("please relay {}{side}\n", token.repeat(32));
    let (one, other) = (" for side 0011223344556677", " for side 8899aabbccddeeff");
    let meeting = [
        ask("ab", one),
        ask("ab", one),
        ask("cd", one),
        ask("ab", other),
        ask("ab", ""),
    ]
    .concat();
    let leaving = format!("{meeting}2\n{}4\n{}", ask("ab", one), ask("ab", ""));
    vec![
        ("requests", "leaving", leaving.into_bytes()),
        ("requests", "meeting", meeting.into_bytes()),
    ]
}
