use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

use super::lines::Lines;
use super::stanza::ARROW;
use super::{Error, FileKey, Identity, Locked, NONCE_LEN, Stanza, scrypt, stream, unwrap_all};
use crate::crypto::hash::HmacSha256;
use crate::encoding::base64;

/// The longest header that is read, in bytes. The format sets no limit, so without one a line that never ends fills the
/// memory. 16 MiB hold 10,000 post-quantum recipients, and more classic ones than [`STANZA_LIMIT`].
pub const HEADER_LIMIT: u64 = 16 << 20;
/// The most stanzas that are read: the smallest takes 6 bytes on disk but some 60 in memory, and each one of its kind
/// costs every identity a key agreement.
pub const STANZA_LIMIT: usize = 65_536;

const VERSION: &[u8] = b"age-encryption.org/v1";
const ANY_VERSION: &[u8] = b"age-encryption.org/";
/// A file that is no age file is refused after this many bytes without a line end.
const VERSION_LIMIT: u64 = 64;
const MAC: &[u8] = b"---";
/// Characters of a MAC.
const MAC_TEXT: usize = 43;

/// The first part of a file: the file key wrapped for each recipient, and a MAC under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    stanzas: Vec<Stanza>,
    mac: [u8; 32],
}

impl Header {
    /// Reads a header up to its last line end and not a byte further. Only the canonical text is accepted: what
    /// [`Header::write`] gives for the result is what was read, so the MAC needs no copy of the text.
    ///
    /// # Errors
    /// [`Error::Header`]; [`Error::Io`] or [`Error::Armor`] from `input`.
    pub fn read(input: &mut impl BufRead) -> Result<Self, Error> {
        let mut lines = Lines::new(input, HEADER_LIMIT);
        check_version(first(&mut lines)?)?;
        let mut stanzas = Vec::new();
        let mac = loop {
            let line = lines.next()?;
            if let Some(args) = line.strip_prefix(ARROW) {
                let stanza = Stanza::parse(args)?;
                stanzas.push(stanza.with_body(lines.body()?));
            } else {
                break parse_mac(line)?;
            }
            if stanzas.len() > STANZA_LIMIT {
                return Err(Error::Header("more stanzas than are accepted"));
            }
        };
        check_company(&stanzas)?;
        Ok(Self { stanzas, mac })
    }

    /// The header of these stanzas, sealed under the file key that they wrap.
    pub fn sealed(stanzas: Vec<Stanza>, file_key: &FileKey) -> Self {
        let mut header = Self { stanzas, mac: [0; 32] };
        header.mac = header.hmac(file_key).finish();
        header
    }

    /// The stanzas, in the order of the file.
    pub fn stanzas(&self) -> &[Stanza] {
        &self.stanzas
    }

    /// What opens the file.
    pub fn locked(&self) -> Locked {
        match self.stanzas.as_slice() {
            [only] if only.kind() == scrypt::KIND => Locked::Passphrase,
            _ => Locked::Keys,
        }
    }

    /// The file key, once the header is proven to be what was written under it.
    ///
    /// # Errors
    /// [`Error::NoMatch`], [`Error::HeaderMac`], and [`Error::Header`] for a malformed stanza of an identity's kind.
    pub fn file_key(&self, identities: &[&dyn Identity]) -> Result<FileKey, Error> {
        let found = unwrap_all(identities, &[&self.stanzas]).pop();
        self.authenticated(found.unwrap_or(Ok(None)))
    }

    /// As [`Header::file_key`] for many headers, with one call to each identity.
    pub fn file_keys(headers: &[&Self], identities: &[&dyn Identity]) -> Vec<Result<FileKey, Error>> {
        let stanzas: Vec<&[Stanza]> = headers.iter().map(|header| header.stanzas()).collect();
        let results = headers.iter().zip(unwrap_all(identities, &stanzas));
        results.map(|(header, found)| header.authenticated(found)).collect()
    }

    fn authenticated(&self, found: Result<Option<FileKey>, Error>) -> Result<FileKey, Error> {
        let file_key = found?.ok_or(Error::NoMatch(self.locked()))?;
        self.is_sealed_under(&file_key)
            .then_some(file_key)
            .ok_or(Error::HeaderMac)
    }

    /// Whether whoever wrote it had `file_key`.
    pub fn is_sealed_under(&self, file_key: &FileKey) -> bool {
        self.hmac(file_key).verify(&self.mac)
    }

    /// Opens the payload that follows this header in `input`.
    ///
    /// # Errors
    /// As [`Header::file_key`]; [`Error::Header`] when not even the nonce follows; [`Error::Io`].
    pub fn decrypt<R: Read>(&self, input: R, identities: &[&dyn Identity]) -> Result<stream::Reader<R>, Error> {
        Self::decrypt_under(&self.file_key(identities)?, input)
    }

    /// Opens the payload in `input`, behind a header that has given `file_key`.
    ///
    /// # Errors
    /// [`Error::Header`] when not even the nonce follows; [`Error::Io`].
    pub fn decrypt_under<R: Read>(file_key: &FileKey, mut input: R) -> Result<stream::Reader<R>, Error> {
        let nonce = read_nonce(&mut input)?;
        Ok(stream::Reader::new(input, &file_key.payload_key(&nonce)))
    }

    /// Opens the payload that follows this header, which has given `file_key` and begins at the start of `source`, for
    /// reading at any place.
    ///
    /// # Errors
    /// [`Error::Payload`] when the end of the file is not what was written; otherwise as [`Header::decrypt_under`].
    pub fn decrypt_seek<R: Read + Seek>(
        &self,
        mut source: R,
        file_key: &FileKey,
    ) -> Result<stream::SeekReader<R>, Error> {
        let start = self.to_bytes().len() as u64;
        source.seek(SeekFrom::Start(start))?;
        let nonce = read_nonce(&mut source)?;
        stream::SeekReader::new(source, start, &file_key.payload_key(&nonce))
    }

    /// Writes the canonical text.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_unsealed(out)?;
        writeln!(out, " {}", base64::encode(&self.mac))
    }

    /// The canonical text.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes).expect("a Vec takes everything");
        bytes
    }

    /// What the MAC covers: everything up to and including the three hyphens of its own line.
    fn write_unsealed(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(VERSION)?;
        out.write_all(b"\n")?;
        for stanza in &self.stanzas {
            stanza.write(out)?;
        }
        out.write_all(MAC)
    }

    fn hmac(&self, file_key: &FileKey) -> HmacSha256 {
        let mut mac = MacWriter(HmacSha256::new(file_key.mac_key().expose()));
        self.write_unsealed(&mut mac).expect("a MAC takes everything");
        mac.0
    }
}

/// Bytes of the header of these stanzas.
pub(super) fn length(stanzas: &[Stanza]) -> usize {
    let stanzas: usize = stanzas.iter().map(Stanza::length).sum();
    VERSION.len() + 1 + stanzas + MAC.len() + 1 + MAC_TEXT + 1
}

/// The nonce after a header. Whatever is too short for one is no age file yet, and counts as header.
pub(super) fn read_nonce(input: &mut impl Read) -> Result<[u8; NONCE_LEN], Error> {
    let mut nonce = [0; NONCE_LEN];
    input.read_exact(&mut nonce).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Header("the file ends right after it"),
        _ => error.into(),
    })?;
    Ok(nonce)
}

fn first<'l>(lines: &'l mut Lines<'_, impl BufRead>) -> Result<&'l [u8], Error> {
    lines.advance_within(VERSION_LIMIT).map_err(|error| match error {
        Error::Header(_) if !lines.line().starts_with(ANY_VERSION) => Error::Header("this is not an age file"),
        error => error,
    })?;
    Ok(lines.line())
}

fn check_version(line: &[u8]) -> Result<(), Error> {
    match line {
        VERSION => Ok(()),
        _ if line.starts_with(ANY_VERSION) => Err(Error::Header("a version of the format that is not known here")),
        _ => Err(Error::Header("this is not an age file")),
    }
}

fn parse_mac(line: &[u8]) -> Result<[u8; 32], Error> {
    let text = line.strip_prefix(MAC).and_then(|rest| rest.strip_prefix(b" "));
    let text = text.ok_or(Error::Header("a line that is neither stanza nor MAC"))?;
    let text = std::str::from_utf8(text).unwrap_or_default();
    base64::decode_array(text).map_err(|_| Error::Header("a faulty MAC line"))
}

/// A passphrase beside anything else would let its holder and nobody else be fooled: whoever knows the other key could
/// have written the file.
fn check_company(stanzas: &[Stanza]) -> Result<(), Error> {
    match stanzas {
        [] => Err(Error::Header("no recipient in it")),
        [_] => Ok(()),
        many if many.iter().any(|stanza| stanza.kind() == scrypt::KIND) => {
            Err(Error::Header("a passphrase beside other recipients"))
        }
        _ => Ok(()),
    }
}

/// A MAC that text is written to.
struct MacWriter(HmacSha256);

impl Write for MacWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "age-encryption.org/v1\n-> kind arg\nQUFB\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";

    fn read(text: &[u8]) -> Result<Header, Error> {
        Header::read(&mut &text[..])
    }

    #[test]
    fn every_rule_counts() {
        assert!(read(GOOD.as_bytes()).is_ok());
        for (good, bad) in [
            ("age-enc", "Age-enc"),
            ("/v1\n", "/v2\n"),
            ("/v1\n", "/v1\r\n"),
            ("/v1\n", "/v1 \n"),
            ("-> kind arg\nQUFB\n", ""),
            ("-> kind", "->kind"),
            ("-> kind", "->  kind"),
            ("-> kind", "-> kind\u{fc}"),
            ("-> kind", "-> kind\t"),
            ("-> kind arg\n", "-> \n"),
            ("arg\n", "arg \n"),
            ("arg\n", "\n"),
            ("arg\n", "arg\r\n"),
            ("QUFB\n", ""),
            ("QUFB\n", "QUFB\n\n"),
            ("QUFB\n", "QUFB\r\n"),
            ("QUFB\n", "QUE=\n"),
            ("QUFB\n", "QUF\n"),
            ("--- ", "---"),
            ("--- ", "---  "),
            ("--- A", "--- "),
            ("--- A", "--- AA"),
            ("AA\n", "AB\n"),
            ("AA\n", "AA=\n"),
            ("AA\n", "AA \n"),
            ("AA\n", "AA\r\n"),
            ("AA\n", "AA"),
        ] {
            let text = GOOD.replacen(good, bad, 1);
            assert!(matches!(read(text.as_bytes()), Err(Error::Header(_))), "{text:?}");
        }
    }

    #[test]
    fn every_cut_is_refused() {
        for length in 0..GOOD.len() {
            assert!(
                matches!(read(&GOOD.as_bytes()[..length]), Err(Error::Header(_))),
                "{length}"
            );
        }
    }

    #[test]
    fn a_passphrase_stands_alone() {
        let alone = GOOD.replace("kind", "scrypt");
        assert_eq!(read(alone.as_bytes()).unwrap().locked(), Locked::Passphrase);
        for beside in ["-> scrypt arg\nQUFB\n--- ", "-> other\n\n--- "] {
            let text = alone.replace("--- ", beside);
            assert!(matches!(read(text.as_bytes()), Err(Error::Header(_))), "{text:?}");
        }
    }

    /// Endless text of one kind, and how much of it was asked for.
    struct Endless {
        unit: &'static [u8],
        taken: usize,
    }

    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            for byte in &mut *out {
                *byte = self.unit[self.taken % self.unit.len()];
                self.taken += 1;
            }
            Ok(out.len())
        }
    }

    #[test]
    fn endless_headers_are_given_up_on() {
        const BUFFER: usize = 8 << 10;
        let version: &[u8] = b"age-encryption.org/v1\n-> a\n";
        for (front, unit, most) in [
            (&b""[..], &b"a"[..], 0),
            (b"age-encryption.org/", b"9", 0),
            (b"age-encryption.org/v1\n-> ", b"a", HEADER_LIMIT),
            (b"age-encryption.org/v1\n-> a", b" a", HEADER_LIMIT),
            (
                version,
                b"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n",
                HEADER_LIMIT,
            ),
            (version, b"\n-> a\n", 6 * STANZA_LIMIT as u64),
        ] {
            let mut endless = Endless { unit, taken: 0 };
            let mut source = io::BufReader::with_capacity(BUFFER, front.chain(&mut endless));
            assert!(matches!(Header::read(&mut source), Err(Error::Header(_))));
            assert!(
                endless.taken as u64 <= most + 2 * BUFFER as u64,
                "{} bytes",
                endless.taken
            );
        }
    }

    #[test]
    fn as_many_stanzas_as_the_limit_are_read() {
        let stanzas = vec![Stanza::new("x", &[], Vec::new()).unwrap(); STANZA_LIMIT];
        let header = Header { stanzas, mac: [0; 32] };
        assert!(read(&header.to_bytes()).unwrap() == header);
    }

    fn stanza() -> impl proptest::strategy::Strategy<Value = Stanza> {
        use proptest::prelude::*;
        let words = prop::collection::vec("[!-~]{1,9}", 1..4);
        (words, prop::collection::vec(0_u8.., 0..150)).prop_map(|(words, body)| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let kind = words[0].replace("scrypt", "other");
            Stanza::new(&kind, &words[1..], body).unwrap()
        })
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(stanzas in proptest::collection::vec(stanza(), 1..5), mac: [u8; 32]) {
            let header = Header { stanzas, mac };
            let mut bytes = header.to_bytes();
            let length = bytes.len();
            bytes.extend(b"payload");
            let mut rest = &bytes[..];
            proptest::prop_assert_eq!(Header::read(&mut rest).unwrap(), header);
            proptest::prop_assert_eq!(rest, &bytes[length..]);
        }

        #[test]
        fn what_is_read_is_canonical(at in 0..GOOD.len(), byte: u8, cut in 0_usize..3) {
            let mut text = GOOD.as_bytes().to_vec();
            text.splice(at..text.len().min(at + cut), [byte]);
            if let Ok(header) = read(&text) {
                proptest::prop_assert!(text.starts_with(&header.to_bytes()));
            }
        }
    }
}
