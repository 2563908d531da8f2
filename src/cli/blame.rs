//! Which exit status, which kind and which advice an error of the library gets: one table per room.

use std::error::Error as StdError;
use std::io;

use crate::channel;
use crate::cli::fault::{Code, Fault, find};
use crate::cli::streams::reason;
use crate::cli::wire::WireError;
use crate::courier;
use crate::format::{self, Kind};
use crate::handshake::{self, Alert, AlertCode};
use crate::pipe;
use crate::roots::plugin::{self, Cause};
use crate::transfer;
use crate::verify::CodesDiffer;

/// The fault that a library error in the chain stands for, if there is one.
pub fn of(error: &anyhow::Error) -> Option<Fault> {
    let fault = find::<transfer::Error<WireError>>(error).map(of_transfer);
    let fault = fault.or_else(|| find::<pipe::Error<WireError>>(error).map(of_pipe));
    let fault = fault.or_else(|| find::<WireError>(error).map(of_wire));
    let fault = fault.or_else(|| find::<handshake::Error>(error).map(of_handshake));
    let fault = fault.or_else(|| find::<channel::Error>(error).map(of_channel));
    let fault = fault.or_else(|| find::<plugin::Error>(error).map(of_plugin));
    let fault = fault.or_else(|| find::<courier::Error>(error).map(of_courier));
    let fault = fault.or_else(|| find::<format::Error>(error).and_then(of_format));
    fault.or_else(|| find::<CodesDiffer>(error).map(|_| codes_differ("you said that the codes differ")))
}

/// An I/O error that the format met stands for itself.
fn of_format(error: &format::Error) -> Option<Fault> {
    let code = match error.kind() {
        Kind::Header | Kind::HeaderMac | Kind::Armor | Kind::Payload => Code::Inauthentic,
        Kind::NoMatch => Code::NoKey,
        Kind::Recipients => Code::Usage,
        Kind::Io => return None,
        _ => Code::Failure,
    };
    Some(Fault::new(code, error.kind().as_str(), error.to_string()))
}

/// What is wrong with keys on paper.
pub fn of_courier(error: &courier::Error) -> Fault {
    use courier::Error::{
        Checksum, Contradiction, Costly, Count, Digest, Length, Letters, Malformed, Memory, Missing, OtherSet, Packet,
        Passphrase, Psk, Quorum, Repeated, Rng, Word,
    };
    let what = error.to_string();
    match error {
        Word(_) | Count(_) | Checksum | Malformed(_) | Costly | Packet => {
            Fault::inauthentic("courier", what).hint("compare every word with the paper")
        }
        OtherSet | Contradiction | Digest => {
            Fault::inauthentic("courier", what).hint("see which papers belong together: each tells its set")
        }
        Repeated | Missing(_) => Fault::no_key("shares", what).hint("bring the other shares of the set"),
        Passphrase | Letters => Fault::no_key("passphrase", what),
        Quorum => {
            Fault::usage(what).hint("for example -k 2 -n 3; copies of a whole key are made with 'keypact courier pack'")
        }
        Length | Psk => Fault::failure(what).of_kind("key"),
        Memory => Fault::failure(what),
        Rng(_) => Fault::failure(what).of_kind("rng"),
    }
}

fn of_plugin(error: &plugin::Error) -> Fault {
    let program = error.plugin.program();
    let fault = |what: &str| Fault::failure(format!("{program} {what}")).of_kind("plugin");
    match &*error.cause {
        Cause::NotFound => fault("is not installed")
            .because("no folder in PATH has it; those that are not absolute do not count")
            .hint("install it, or use another key"),
        Cause::Start(cause) => fault("cannot be started").because(reason(cause)),
        Cause::Ended(last_words) => fault("ended before its work was done").because(last_words),
        Cause::Protocol(what) => fault("does not keep to the plugin protocol")
            .because(what)
            .hint("see whether there is a newer version of it"),
        cause => fault("cannot do it").because(cause),
    }
}

fn of_handshake(error: &handshake::Error) -> Fault {
    use handshake::Error::{
        Alerted, Demand, NotAuthentic, NotKeypact, OtherPeer, OtherPsk, Protocol, Reflected, Rng, Signer, Version,
    };
    let what = "no key was agreed";
    match error {
        NotKeypact => Fault::peer("not_keypact", what).hint("check that the other side runs keypact"),
        Protocol(_) => Fault::peer("protocol", what).hint("check that nothing else writes to the wire"),
        Version => Fault::peer("version", what).hint("use the same release of keypact on both sides"),
        Demand { .. } => Fault::peer("demand", what).hint("use the same authentication flags on both sides"),
        NotAuthentic(_) => Fault::inauthentic("handshake", what)
            .hint("somebody may be changing what is sent; try another way to the peer"),
        OtherPeer(_) => Fault::inauthentic("other_peer", what)
            .hint("ask your peer by another way; if its key has changed, remove the peer and verify it anew"),
        OtherPsk => Fault::inauthentic("other_psk", what).hint("use the key of the same courier code on both sides"),
        Signer(_) => Fault::no_key("signer", what).hint("see that the agent runs and holds the key: ssh-add -l"),
        Reflected => Fault::inauthentic("reflected", what).hint("the wire leads back to this side"),
        Alerted(alert) => return alerted(alert),
        Rng(_) => Fault::failure(what).of_kind("rng"),
    }
    .because(error)
}

fn of_channel(error: &channel::Error) -> Fault {
    use channel::Error::{Alerted, KeyWornOut, NotAuthentic, Protocol};
    let what = "the session was ended";
    match error {
        NotAuthentic => Fault::inauthentic("record", what).hint("somebody may be changing what is sent"),
        Alerted(alert) => return alerted(alert),
        Protocol(_) | KeyWornOut => Fault::peer("protocol", what),
    }
    .because(error)
}

/// What the peer says of why it gives up.
fn alerted(alert: &Alert) -> Fault {
    let fault = match alert.code() {
        AlertCode::CodesDiffer => return codes_differ(&alert.to_string()),
        AlertCode::Crypto => Fault::inauthentic("handshake", "the peer found the exchange not authentic"),
        AlertCode::Demand => {
            Fault::peer("demand", "the peer gave up").hint("use the same authentication flags on both sides")
        }
        AlertCode::Version | AlertCode::Suite => Fault::peer("version", "the peer gave up"),
        AlertCode::Refused => Fault::peer("refused", "the peer refused"),
        AlertCode::Timeout => Fault::peer("timeout", "the peer gave up"),
        _ => Fault::peer("cancelled", "the peer gave up"),
    };
    match (alert.code(), alert.text()) {
        (AlertCode::Demand, _) | (_, "") => fault.because(alert),
        (_, text) => fault.because(format!("it says: {text}")),
    }
}

fn codes_differ(why: &str) -> Fault {
    Fault::inauthentic("codes_differ", "no key was agreed: the codes differ")
        .because(why)
        .hint("somebody may be in the middle; do not try again over this channel before you know why")
}

fn of_wire(error: &WireError) -> Fault {
    match error {
        WireError::Closed => Fault::peer("gone", "the peer is gone")
            .because("the wire was closed before the work was done")
            .hint("see what the other side says, and try again"),
        WireError::Silent(_) => Fault::peer("timeout", "the peer does not answer")
            .because(error)
            .hint("see what the other side says, or allow more with --wait or --timeout"),
        WireError::Broken(cause) => Fault::peer("wire", "the wire broke").because(cause),
        WireError::Text(text) => Fault::peer("not_keypact", "the peer is not keypact")
            .because(format!("it sent text: {}", text.trim_end()))
            .hint("run the remote command without a terminal (ssh -T) and keep its shell from printing"),
        WireError::Frame(error) => of_handshake(error),
    }
}

fn of_transfer(error: &transfer::Error<WireError>) -> Fault {
    use transfer::Error::{Channel, Content, Link, Refused, Rng, Source, SourceChanged, Target};
    match error {
        Link(error) => of_wire(error),
        Channel(error) => of_channel(error),
        Content => Fault::inauthentic("content", "what arrived is not what was sent")
            .because(error)
            .hint("nothing was kept; send it again"),
        Source(cause) => of_source(cause),
        SourceChanged { .. } => Fault::failure("the file changed while it was sent")
            .of_kind("source_changed")
            .because(error)
            .hint("send it again when nothing writes to it"),
        Target(cause) => of_target(cause),
        Refused(why) => carried(why).unwrap_or_else(|| {
            Fault::failure("did not take what the peer offers")
                .of_kind("refused")
                .because(why)
        }),
        Rng(cause) => Fault::failure("no file key was drawn").of_kind("rng").because(cause),
    }
}

fn of_pipe(error: &pipe::Error<WireError>) -> Fault {
    use pipe::Error::{Channel, Link, Source, Target};
    match error {
        Link(error) => of_wire(error),
        Channel(error) => of_channel(error),
        Source(cause) => of_source(cause),
        Target(cause) => of_target(cause),
    }
}

fn of_source(cause: &io::Error) -> Fault {
    carried(cause).unwrap_or_else(|| Fault::failure("cannot read what is sent").because(cause))
}

fn of_target(cause: &io::Error) -> Fault {
    carried(cause).unwrap_or_else(|| Fault::failure("cannot write what arrives").because(cause))
}

/// A fault that travels inside an I/O error names the file already.
fn carried(error: &io::Error) -> Option<Fault> {
    let inner: &(dyn StdError + 'static) = error.get_ref()?;
    inner.downcast_ref::<Fault>().cloned()
}
