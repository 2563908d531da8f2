//! `handshake`, `verify` and `channel`: whole exchanges, where every byte that is drawn and every secret that the parties
//! share is secret, and the frames are what everybody on the wire can read.
//!
//! Not here: what the peer has sealed and this side has opened, the type of a record or a shown identity. This side reads it
//! like anything that a peer says, and for valgrind it would stay as secret as the key that opened it.

use std::hint::black_box;

use keypact::channel::Gate;
use keypact::handshake::{Agreed, Code, Handshake, Mode, Psk, Step, Terms, Unverified};
use keypact::verify::{Answer, Checks, Form, Sas};

use super::Path;
use crate::marks::{self, Drawn, public_text, publish, secret_bytes};

pub const PATHS: &[Path] = &[
    ("handshake: comparison of a string", || {
        black_box(exchange(|| Mode::Compare));
    }),
    ("handshake: one-time code (CPace)", || {
        black_box(exchange(|| {
            Mode::Code(Code::new(secret_bytes(b"topmost-istanbul-pluto")))
        }));
    }),
    ("handshake: courier key", || {
        black_box(exchange(|| Mode::Psk(Psk::new(marks::secret(9)))));
    }),
    ("verify: words that were heard", heard),
    ("verify: QR code that was scanned", scanned),
    ("channel: a record, sealed", sealed),
];

/// Both sides.
fn exchange(mode: fn() -> Mode) -> [Agreed<Unverified>; 2] {
    let terms = || Terms::new([mode()], b"").expect("one mode");
    let (left, mut hello) = Handshake::initiate(terms(), &mut Drawn::new(1)).expect("it never fails");
    publish(&mut hello);
    let right = Handshake::respond(terms()).handle(&hello, &mut Drawn::new(2));
    let Ok(Step::Continue {
        send: Some(mut reply),
        next: right,
    }) = right
    else {
        panic!("the responder answers with REPLY")
    };
    publish(&mut reply);
    let Ok(Step::Agreed {
        send: Some(mut finish),
        agreed: left,
    }) = left.handle(&reply, &mut Drawn::new(3))
    else {
        panic!("the initiator answers with FINISH")
    };
    publish(&mut finish);
    let Ok(Step::Agreed { agreed: right, .. }) = right.handle(&finish, &mut Drawn::new(4)) else {
        panic!("both sides have the keys")
    };
    [left, right]
}

fn strings() -> [Sas; 2] {
    exchange(|| Mode::Compare).map(|agreed| Sas::of(&agreed).with_nonce([1; 8]))
}

/// What people hear is no secret any more; what it is compared with would tell somebody in the middle what to say.
fn heard() {
    let [left, _] = strings();
    assert!(!left.hears(&[1, 2, 3]));
}

fn scanned() {
    let [left, right] = strings();
    let on_the_screen = public_text(&right.show(Form::Qr));
    assert!(left.scans(&on_the_screen).is_ok());
    assert!(right.is_seen(&[1; 8]));
}

fn sealed() {
    let mut checks = Checks::default();
    checks.compared(Answer::Match).expect("they match");
    let [left, _] = exchange(|| Mode::Compare);
    let gate = Gate::new(left).verify(|left| checks.verify(left));
    let (_, record) = gate.ok().expect("all checks have passed");
    black_box(record);
}
