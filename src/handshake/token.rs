//! The three messages of the exchange as texts that people carry through mail and chat (`docs/spec/tokens.md`).
//!
//! ```text
//! kp1o_ || base64url(HELLO || tag)
//! kp1a_ || base64url(id(8) || REPLY || tag)
//! kp1f_ || base64url(id(8) || FINISH || tag)          tag = SHA-256(prefix || all before it)[..4]
//! ```

use std::fmt;
use std::str::FromStr;

use super::frame::{self, FrameHeader, HEADER_LEN, Kind};
use crate::crypto::{hash, labels};
use crate::encoding::{base64, hex};

/// The longest text that is searched for a token: a mail with all that it quotes.
pub const MAX_TEXT: usize = 64 << 10;
/// Length of every prefix.
const PREFIX: usize = 5;
const ID: usize = 8;
const TAG: usize = 4;

/// Which exchange a text belongs to: `SHA-256("keypact-token" || 00 || HELLO)[..8]`, the same on both sides. Whoever sees
/// both texts sees that they belong together, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeId([u8; ID]);

impl ExchangeId {
    /// The id of the exchange that this HELLO frame begins.
    pub fn of(hello: &[u8]) -> Self {
        let mut id = [0; ID];
        id.copy_from_slice(&hash::sha256(&[labels::TOKEN, &[0], hello])[..ID]);
        Self(id)
    }
}

impl fmt::Display for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// The kinds of texts, in the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// HELLO.
    Offer,
    /// REPLY.
    Answer,
    /// FINISH.
    Finish,
}

impl TokenKind {
    const ALL: [Self; 3] = [Self::Offer, Self::Answer, Self::Finish];

    /// How its texts begin.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Offer => "kp1o_",
            Self::Answer => "kp1a_",
            Self::Finish => "kp1f_",
        }
    }

    fn frame(self) -> Kind {
        match self {
            Self::Offer => Kind::Hello,
            Self::Answer => Kind::Reply,
            Self::Finish => Kind::Finish,
        }
    }

    /// Bytes in front of the frame.
    fn id_len(self) -> usize {
        if self == Self::Offer { 0 } else { ID }
    }
}

/// Why a text holds no token that is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No token is in it.
    #[error("there is no text of an exchange in it")]
    Missing,
    /// The beginning of one is in it, and the rest was changed or cut off on the way.
    #[error("it was changed or cut off on the way")]
    Damaged,
    /// A whole one of another kind is in it.
    #[error("it is a text that begins with {}", .0.prefix())]
    OtherKind(TokenKind),
    /// Two are in it that could be meant.
    #[error("there are several such texts in it")]
    Several,
    /// It is too long to be searched.
    #[error("it is longer than {MAX_TEXT} bytes")]
    TooLong,
}

/// A message of the exchange, as a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    kind: TokenKind,
    id: ExchangeId,
    frame: Vec<u8>,
}

impl Token {
    /// A frame of the exchange `id` as a token; `None` when the frame is no HELLO, REPLY or FINISH.
    pub fn new(id: ExchangeId, frame: Vec<u8>) -> Option<Self> {
        let fits = |kind: &TokenKind| frame::expect(&frame, &[kind.frame()]).is_ok();
        let kind = TokenKind::ALL.into_iter().find(fits)?;
        Some(Self { kind, id, frame })
    }

    /// Which of the three it is.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// Which exchange it says that it belongs to.
    pub fn id(&self) -> ExchangeId {
        self.id
    }

    /// The frame.
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// Finds the one token of the latest of the kinds `wanted` in a text with whatever people and mail programs have put
    /// around and into it: only letters, digits, `-` and `_` count. Its length stands in it, so that words behind it do no
    /// harm, and a tag shows whether it is whole before anything else looks at it.
    ///
    /// # Errors
    /// [`TokenError`]; nothing has been used up then.
    pub fn find(text: &[u8], wanted: &[TokenKind]) -> Result<Self, TokenError> {
        if text.len() > MAX_TEXT {
            return Err(TokenError::TooLong);
        }
        let text = carried(text);
        let found: Vec<_> = starts(&text)
            .map(|(kind, rest)| (kind, Self::read(kind, rest)))
            .collect();
        let whole = || found.iter().filter_map(|(_, token)| token.as_ref());
        let latest = whole().map(Self::kind).filter(|kind| wanted.contains(kind)).max();
        let mut candidates = whole().filter(|token| Some(token.kind) == latest);
        match (candidates.next(), whole().next()) {
            (Some(first), _) if candidates.all(|other| other == first) => Ok(first.clone()),
            (Some(_), _) => Err(TokenError::Several),
            (None, _)
                if found
                    .iter()
                    .any(|(kind, token)| wanted.contains(kind) && token.is_none()) =>
            {
                Err(TokenError::Damaged)
            }
            (None, Some(other)) => Err(TokenError::OtherKind(other.kind)),
            (None, None) if found.is_empty() => Err(TokenError::Missing),
            (None, None) => Err(TokenError::Damaged),
        }
    }

    /// The token at the beginning of `text`, which has lost its prefix.
    fn read(kind: TokenKind, text: &str) -> Option<Self> {
        let front = kind.id_len() + HEADER_LEN;
        let header = bytes(text, front)?;
        let header = FrameHeader::parse(header.get(kind.id_len()..front)?.first_chunk()?).ok()?;
        let end = front + header.body_len();
        let length = end + TAG;
        let digits = text.get(..(length * 8).div_ceil(6))?;
        let whole = base64::decode_url(digits).ok()?;
        let (content, tag) = whole.split_at_checked(end)?;
        if *tag != self::tag(kind, content) {
            return None;
        }
        let (id, frame) = content.split_at(kind.id_len());
        let id = id.try_into().map_or_else(|_| ExchangeId::of(frame), ExchangeId);
        Self::new(id, frame.to_vec()).filter(|token| token.kind == kind)
    }
}

impl FromStr for Token {
    type Err = TokenError;

    /// Finds the one token in a text, of whatever kind.
    fn from_str(text: &str) -> Result<Self, TokenError> {
        Self::find(text.as_bytes(), &TokenKind::ALL)
    }
}

/// One line: programs that wrap it do no harm, and one that would be wrapped already could not be selected with a click.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.id.0[..self.kind.id_len()];
        let content = [id, &self.frame].concat();
        let whole = [&content[..], &tag(self.kind, &content)].concat();
        write!(f, "{}{}", self.kind.prefix(), base64::encode_url(&whole))
    }
}

fn tag(kind: TokenKind, content: &[u8]) -> [u8; TAG] {
    let mut tag = [0; TAG];
    tag.copy_from_slice(&hash::sha256(&[kind.prefix().as_bytes(), content])[..TAG]);
    tag
}

/// What of a text can belong to a token. Line ends, quote marks, zero-width characters and the `=` of quoted-printable
/// cannot.
fn carried(text: &[u8]) -> String {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.iter()
        .filter(|byte| fits(byte))
        .map(|byte| char::from(*byte))
        .collect()
}

/// Every place at which a token could begin, with its kind and what follows the prefix.
fn starts(text: &str) -> impl Iterator<Item = (TokenKind, &str)> {
    text.match_indices("kp1").filter_map(|(at, _)| {
        let (prefix, rest) = text[at..].split_at_checked(PREFIX)?;
        let kind = TokenKind::ALL.into_iter().find(|kind| kind.prefix() == prefix)?;
        Some((kind, rest))
    })
}

/// At least the first `count` bytes that digits stand for, whatever comes behind them.
fn bytes(digits: &str, count: usize) -> Option<Vec<u8>> {
    base64::decode_url(digits.get(..count.div_ceil(3) * 4)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::rng::OsRng;
    use crate::handshake::{Handshake, Mode, Setting, Step, Terms};

    const FORWARD: [TokenKind; 2] = [TokenKind::Answer, TokenKind::Finish];

    fn terms() -> Terms {
        let terms = Terms::new([Mode::Compare], b"").unwrap();
        terms.in_setting(Setting::Tokens)
    }

    /// The three texts of one exchange.
    fn exchange() -> [Token; 3] {
        let (alice, hello) = Handshake::initiate(terms(), &mut OsRng).unwrap();
        let id = ExchangeId::of(&hello);
        let Ok(Step::Continue { send: Some(reply), .. }) = Handshake::respond(terms()).handle(&hello, &mut OsRng)
        else {
            panic!("HELLO was not answered");
        };
        let Ok(Step::Agreed { send: Some(finish), .. }) = alice.handle(&reply, &mut OsRng) else {
            panic!("REPLY was not answered");
        };
        [hello, reply, finish].map(|frame| Token::new(id, frame).unwrap())
    }

    #[test]
    fn texts_have_their_lengths_and_are_found_in_any_mail() {
        let tokens = exchange();
        assert_eq!(tokens.each_ref().map(|token| token.to_string().len()), [1696, 1600, 96]);
        for token in &tokens {
            let text = token.to_string();
            let lines: Vec<&str> = (0..text.len())
                .step_by(60)
                .map(|at| &text[at..text.len().min(at + 60)])
                .collect();
            for mail in [
                text.clone(),
                format!("Hi, here it is:\r\n\r\n> {}\r\n\r\n-- \r\nAlice", lines.join("\r\n> ")),
                lines.join("=\n"),
                lines.join("\u{ad}\u{200b}\n>> > "),
                format!("the one that begins with {}: {text}and no blank", token.kind.prefix()),
            ] {
                assert_eq!(mail.parse::<Token>().as_ref(), Ok(token), "{mail}");
            }
        }
    }

    #[test]
    fn a_reply_that_quotes_all_before_it_is_its_latest_text() {
        let [offer, answer, finish] = exchange();
        let mail = format!("{finish}\n> {answer}\n>> {offer}");
        assert_eq!(Token::find(mail.as_bytes(), &FORWARD), Ok(finish.clone()));
        assert_eq!(Token::find(mail.as_bytes(), &[TokenKind::Offer]), Ok(offer.clone()));
        let twice = format!("{finish} {finish}");
        assert_eq!(twice.parse(), Ok(finish.clone()));
        let [_, _, other] = exchange();
        assert_eq!(
            Token::find(format!("{finish} {other}").as_bytes(), &FORWARD),
            Err(TokenError::Several)
        );
        assert_eq!(
            Token::find(offer.to_string().as_bytes(), &FORWARD),
            Err(TokenError::OtherKind(TokenKind::Offer))
        );
        assert_eq!(Token::find(b"hello", &FORWARD), Err(TokenError::Missing));
        assert_eq!(
            Token::find(&vec![b'k'; MAX_TEXT + 1], &FORWARD),
            Err(TokenError::TooLong)
        );
        let cut = finish.to_string();
        assert_eq!(Token::find(&cut.as_bytes()[..95], &FORWARD), Err(TokenError::Damaged));
    }

    /// Every other character at every place, every one that is missing, every two that are swapped.
    #[test]
    fn every_slip_is_noticed() {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ ";
        for token in exchange() {
            let text = token.to_string().into_bytes();
            let is_noticed = |slip: &[u8]| slip == text || Token::find(slip, &TokenKind::ALL).is_err();
            for at in 0..text.len() {
                let mut slip = text.clone();
                for digit in DIGITS {
                    slip[at] = *digit;
                    assert!(is_noticed(&slip), "{} at {at}", char::from(*digit));
                }
                slip.remove(at);
                assert!(is_noticed(&slip), "without {at}");
                slip.insert((at + 1).min(slip.len()), text[at]);
                assert!(is_noticed(&slip), "swapped at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_found_is_written_the_same(before: Vec<u8>, id: [u8; ID], body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let frame = [&frame::header(Kind::Finish, body.len())[..], &body].concat();
            let token = Token::new(ExchangeId(id), frame).unwrap();
            let text = [&before[..], b" ", token.to_string().as_bytes()].concat();
            prop_assert_eq!(Token::find(&text, &FORWARD), Ok(token));
        }
    }
}
