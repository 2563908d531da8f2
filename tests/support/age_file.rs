//! What the rules of the format say about a file that one change was made to: written anew for these tests, by the
//! specification and not by the code under test.

#![allow(dead_code, reason = "every test binary uses its own part")]

use base64ct::{Base64, Base64Unpadded, Encoding};

/// Bytes of a full chunk, in the clear and sealed.
pub(crate) const CHUNK: usize = 65_536;
pub(crate) const SEALED: usize = CHUNK + 16;

/// A sealed file of one stanza whose argument is one share, and what is in it.
pub(crate) struct AgeFile {
    pub(crate) binary: Vec<u8>,
    pub(crate) plain: Vec<u8>,
}

impl AgeFile {
    /// Where the payload begins: after the line of the MAC.
    pub(crate) fn header_len(&self) -> usize {
        let mac = find(&self.binary, b"\n--- ").unwrap() + 1;
        mac + find(&self.binary[mac..], b"\n").unwrap() + 1
    }

    /// The kind of fault that reading `changed`, a file of the same length, must end with.
    pub(crate) fn fault_of(&self, changed: &[u8]) -> &'static str {
        let length = self.header_len();
        let fault = header_fault(&self.binary[..length], &changed[..length]);
        fault.unwrap_or("payload")
    }

    /// How many of the first chunks stand unchanged in `changed`, when its header and nonce do.
    pub(crate) fn intact_chunks(&self, changed: &[u8]) -> usize {
        let start = self.header_len() + 16;
        if self.binary[..start] != changed[..start] {
            return 0;
        }
        let chunks = self.binary[start..].chunks(SEALED);
        chunks
            .zip(changed[start..].chunks(SEALED))
            .take_while(|(a, b)| a == b)
            .count()
    }
}

fn header_fault(good: &[u8], bad: &[u8]) -> Option<&'static str> {
    if good == bad {
        return None;
    }
    let (good, Some(bad)) = (Lines::of(good).unwrap(), Lines::of(bad)) else {
        return Some("header");
    };
    let words: Vec<&str> = bad.stanza.split(' ').collect();
    let is_ours = words[0] == good.stanza.split(' ').next().unwrap();
    Some(match words[..] {
        // A stanza of another kind is somebody else's.
        _ if !is_ours => "no_match",
        [_, share] if Base64Unpadded::decode_vec(share).is_ok() => {
            // What was wrapped for us no longer opens, and the MAC cannot be checked before it does.
            let is_same = (bad.stanza, bad.body) == (good.stanza, good.body);
            if is_same { "header_mac" } else { "no_match" }
        }
        _ => "header",
    })
}

/// A header of one stanza with a body of one line, where each line is what its grammar allows.
struct Lines<'a> {
    stanza: &'a str,
    body: &'a str,
}

impl<'a> Lines<'a> {
    fn of(header: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(header).ok()?.strip_suffix('\n')?;
        let [version, stanza, body, mac] = text.split('\n').collect::<Vec<_>>().try_into().ok()?;
        let (stanza, mac) = (stanza.strip_prefix("-> ")?, mac.strip_prefix("--- ")?);
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
        let is_right = version == "age-encryption.org/v1"
            && stanza.split(' ').all(is_word)
            && body.len() < 64
            && Base64Unpadded::decode_vec(body).is_ok()
            && Base64Unpadded::decode_vec(mac).is_ok_and(|mac| mac.len() == 32);
        is_right.then_some(Self { stanza, body })
    }
}

const BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const END: &str = "-----END AGE ENCRYPTED FILE-----";

/// The text form.
pub(crate) fn armored(binary: &[u8]) -> Vec<u8> {
    let text = Base64::encode_string(binary);
    let lines = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap());
    let lines: Vec<&str> = [BEGIN].into_iter().chain(lines).chain([END]).collect();
    (lines.join("\n") + "\n").into_bytes()
}

/// The binary form of a text, when it is one that a reader accepts.
pub(crate) fn dearmored(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let body = text
        .trim_matches(|c: char| c.is_ascii_whitespace())
        .strip_prefix(BEGIN)?
        .strip_suffix(END)?;
    let lines: Vec<&str> = body.strip_prefix('\n')?.strip_suffix('\n')?.split('\n').collect();
    let (last, full) = lines.split_last()?;
    let last = last.strip_suffix('\r').unwrap_or(last);
    let is_right = full.iter().all(|line| line.len() == 64) && (1..=64).contains(&last.len());
    is_right
        .then(|| Base64::decode_vec(&(full.concat() + last)).ok())
        .flatten()
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
