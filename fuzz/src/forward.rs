//! What a peer says about streams.

use keypact::channel::Kind;
use keypact::forward::{Event, MOST, Message, Reason, Streams, Task, WINDOW};
use keypact::handshake::Role;

use super::Seed;

/// A row of records, each with one byte of type, one of length and a body; 0xff in place of a type has this side say and
/// write all that it can.
pub fn streams(script: &[u8]) {
    run(script);
}

/// The streams as they are when all is said; nothing when the peer broke the protocol.
fn run(script: &[u8]) -> Option<Streams> {
    let mut streams = Streams::new(Role::Initiator);
    streams.open("localhost:80");
    let mut script = script.iter().copied();
    while let Some(kind) = script.next() {
        if kind == 0xff {
            speak(&mut streams);
            continue;
        }
        let length = usize::from(script.next().unwrap_or_default());
        let body: Vec<u8> = script.by_ref().take(length).collect();
        if let Ok((id, message)) = Message::parse(Kind(kind), &body) {
            let draft = message.draft(id);
            assert_eq!((draft.kind(), draft.body()), (Kind(kind), &body[..]));
        }
        if let Event::Asked(id, target) = streams.hear(Kind(kind), &body).ok()? {
            let stream = streams.get(id).expect("it was asked for just now");
            if target.starts_with("no") {
                stream.refuse(Reason::NotAllowed);
            } else {
                assert!(stream.connected());
            }
        }
        assert!(streams.len() <= 2 * MOST);
    }
    Some(streams)
}

/// Writes all that has come, reads a byte and the end of each stream, and says all that there is to say.
fn speak(streams: &mut Streams) {
    for id in 0..8 {
        let Some(stream) = streams.get(id) else { continue };
        while let Task::Write(bytes) = stream.task() {
            assert!(bytes.len() <= WINDOW as usize);
            stream.wrote(bytes.len());
        }
        if stream.task() == Task::End {
            stream.passed();
        }
        if stream.room().is_some_and(|room| room > 0) {
            stream.read(b"x");
            stream.end();
        }
    }
    while streams.say().is_some() {}
}

/// Whether the honest inputs reach the last state of the target.
pub fn honest_inputs_go_all_the_way() -> bool {
    seeds()
        .iter()
        .all(|(_, _, script)| run(script).is_some_and(|streams| streams.is_empty()))
}

/// Inputs that go all the way through the target.
pub fn seeds() -> Vec<Seed> {
    let script = |words: &[(u32, Message<'_>)]| {
        let mut script = vec![0xff];
        for (id, message) in words {
            let draft = message.draft(*id);
            let length = u8::try_from(draft.body().len()).expect("a short record");
            script.extend([draft.kind().0, length]);
            script.extend_from_slice(draft.body());
            script.push(0xff);
        }
        script
    };
    let data = Message::Data(b"some bytes");
    let ours = [
        (0, Message::Opened),
        (0, data),
        (0, Message::Credit(1)),
        (0, Message::End),
        (0, Message::Done),
    ];
    let refused = [(0, Message::Refused(Reason::NotListening))];
    let theirs = [
        (1, Message::Open("host:7")),
        (1, data),
        (1, Message::End),
        (1, Message::Done),
        (3, Message::Open("no:1")),
        (3, Message::Done),
    ];
    vec![
        ("streams", "ours", script(&ours)),
        ("streams", "refused", script(&refused)),
        ("streams", "theirs", script(&[&refused[..], &theirs].concat())),
    ]
}
