//! Who waits for whom at a relay.

use std::collections::HashMap;

use super::{Request, Side, Token};

/// Connections that wait, and tokens that are in use. `Id` names a connection.
pub struct Meetings<Id>(HashMap<Token, Place<Id>>);

#[derive(Clone, Copy)]
enum Place<Id> {
    Waiting(Id, Option<Side>),
    /// Two have met; the name is that of the second one.
    InUse(Id, [Option<Side>; 2]),
}

/// What becomes of a connection that asks.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival<Id> {
    /// It is the first one, and waits.
    Waits,
    /// It waits in place of an older connection of the same side, which has probably broken.
    Replaces(Id),
    /// The other side is here.
    Meets(Id),
    /// It is one of two that have met and comes again, so what was between them has broken: the pair, which has the name of
    /// its second one, is over, and this one waits.
    Returns(Id),
    /// Two sides have met, and there is no third one.
    Refused,
}

impl<Id: Copy> Meetings<Id> {
    /// Nobody is there.
    pub fn new() -> Self {
        Self(HashMap::new())
    }

    /// Somebody asks for the other side. Who names no side meets anybody.
    pub fn arrive(&mut self, request: &Request, id: Id) -> Arrival<Id> {
        let Request { token, side } = *request;
        let is_same = |other: Option<Side>| side.is_some() && side == other;
        let (arrival, place) = match self.0.get(&token).copied() {
            None => (Arrival::Waits, Place::Waiting(id, side)),
            Some(Place::Waiting(older, other)) if is_same(other) => {
                (Arrival::Replaces(older), Place::Waiting(id, side))
            }
            Some(Place::Waiting(first, other)) => (Arrival::Meets(first), Place::InUse(id, [other, side])),
            Some(Place::InUse(pair, sides)) if sides.into_iter().any(is_same) => {
                (Arrival::Returns(pair), Place::Waiting(id, side))
            }
            Some(Place::InUse(..)) => return Arrival::Refused,
        };
        self.0.insert(token, place);
        arrival
    }

    /// Whoever waited or met under this token is gone.
    pub fn leave(&mut self, token: &Token) {
        self.0.remove(token);
    }
}

impl<Id: Copy> Default for Meetings<Id> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(token: u8, side: Option<u8>) -> Request {
        Request {
            token: Token([token; 32]),
            side: side.map(|side| Side([side; 8])),
        }
    }

    #[test]
    fn two_sides_meet_and_a_third_one_is_refused() {
        let mut meetings = Meetings::new();
        assert_eq!(meetings.arrive(&request(1, Some(1)), 10), Arrival::Waits);
        assert_eq!(meetings.arrive(&request(2, Some(2)), 20), Arrival::Waits);
        assert_eq!(meetings.arrive(&request(1, Some(2)), 11), Arrival::Meets(10));
        for side in [None, Some(3)] {
            assert_eq!(meetings.arrive(&request(1, side), 12), Arrival::Refused);
        }
        meetings.leave(&Token([1; 32]));
        assert_eq!(meetings.arrive(&request(1, Some(3)), 13), Arrival::Waits);
    }

    #[test]
    fn a_side_never_meets_itself_and_the_newer_connection_counts() {
        let mut meetings = Meetings::new();
        assert_eq!(meetings.arrive(&request(1, Some(1)), 10), Arrival::Waits);
        assert_eq!(meetings.arrive(&request(1, Some(1)), 11), Arrival::Replaces(10));
        assert_eq!(meetings.arrive(&request(1, Some(2)), 12), Arrival::Meets(11));
    }

    #[test]
    fn a_side_that_comes_again_ends_its_pair() {
        for side in [1, 2] {
            let mut meetings = Meetings::new();
            assert_eq!(meetings.arrive(&request(1, Some(1)), 10), Arrival::Waits);
            assert_eq!(meetings.arrive(&request(1, Some(2)), 11), Arrival::Meets(10));
            assert_eq!(meetings.arrive(&request(1, Some(side)), 12), Arrival::Returns(11));
            assert_eq!(meetings.arrive(&request(1, Some(3 - side)), 13), Arrival::Meets(12));
        }
    }

    #[test]
    fn who_names_no_side_meets_anybody() {
        for (first, second) in [(None, None), (None, Some(1)), (Some(1), None)] {
            let mut meetings = Meetings::new();
            assert_eq!(meetings.arrive(&request(1, first), 10), Arrival::Waits);
            assert_eq!(meetings.arrive(&request(1, second), 11), Arrival::Meets(10));
        }
    }
}
