//! Keys as text: one of any kind, and files of them, one a line.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::{Error, FileKey, KeyError, Stanza, hybrid, hybrid_tag, ssh, tag, token, x25519};
use crate::crypto::p256::PublicKey;
use crate::crypto::rng::Rng;
use crate::encoding::bech32;
use crate::secret::{Secret, SecretText};

/// The longest file of identities or recipients worth reading, in bytes, for callers to hold to.
pub const FILE_LIMIT: u64 = 16 << 20;
/// The longest line of a recipients file in bytes: four times the longest recipient.
pub const RECIPIENT_LIMIT: usize = 8 << 10;

/// A public key of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientKey {
    /// `age1…`
    X25519(x25519::Recipient),
    /// `age1pq1…`
    Hybrid(hybrid::Recipient),
    /// `age1tag1…`
    Tag(tag::Recipient),
    /// `age1tagpq1…`
    HybridTag(hybrid_tag::Recipient),
    /// `age1yubikey1…`, `age1se1…`, `age1tpm1…`
    Token(token::Recipient),
    /// `ssh-ed25519 AAAA…` or `ssh-rsa AAAA…`
    Ssh(ssh::Recipient),
}

/// A private key of any kind.
#[non_exhaustive]
pub enum IdentityKey {
    /// `AGE-SECRET-KEY-1…`
    X25519(x25519::Identity),
    /// `AGE-SECRET-KEY-PQ-1…`
    Hybrid(hybrid::Identity),
}

/// What a recipients file holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Recipients<K> {
    /// At least one.
    pub keys: Vec<K>,
    /// The lines, counted from 1, of SSH keys that are whole and of a kind that cannot encrypt. Lists of SSH keys are
    /// made for servers, which take more kinds.
    pub skipped: Vec<usize>,
}

/// The identities of an identity file: one a line; blank lines and lines that begin with `#` do not count. The caller
/// wipes `text`. (A private key of SSH fills a file of its own: [`ssh::PrivateKey`].)
///
/// # Errors
/// [`Error::KeyFile`] with the first faulty line; [`KeyError::Empty`] when there is no identity at all.
pub fn parse_identities(text: &str) -> Result<Vec<IdentityKey>, Error> {
    parse_lines(text, usize::MAX)
}

/// The recipients of a recipients file, in the same form, and of lists of SSH keys.
///
/// # Errors
/// As [`parse_identities`]; with the first skipped line when nothing else is in it.
pub fn parse_recipients(text: &str) -> Result<Recipients<RecipientKey>, Error> {
    parse_recipient_lines(text)
}

/// As [`parse_identities`] for keys of any type, in lines of at most `longest` bytes: files may hold what only callers know.
///
/// # Errors
/// As [`parse_identities`].
pub fn parse_lines<K: FromStr<Err = KeyError>>(text: &str, longest: usize) -> Result<Vec<K>, Error> {
    let keys = filled_lines(text, longest).map(|(line, key)| at(line, key));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(KeyError::Empty.into());
    }
    Ok(keys)
}

/// As [`parse_recipients`] for keys of any type.
///
/// # Errors
/// As [`parse_recipients`].
pub fn parse_recipient_lines<K: FromStr<Err = KeyError>>(text: &str) -> Result<Recipients<K>, Error> {
    let (mut keys, mut skipped) = (Vec::new(), Vec::new());
    for (line, key) in filled_lines(text, RECIPIENT_LIMIT) {
        match key {
            Err(KeyError::UnsupportedSsh) => skipped.push(line),
            key => keys.push(at(line, key)?),
        }
    }
    match (keys.is_empty(), skipped.first()) {
        (false, _) => Ok(Recipients { keys, skipped }),
        (true, Some(line)) => at(*line, Err(KeyError::UnsupportedSsh)),
        (true, None) => Err(KeyError::Empty.into()),
    }
}

fn filled_lines<K: FromStr<Err = KeyError>>(
    text: &str,
    longest: usize,
) -> impl Iterator<Item = (usize, Result<K, KeyError>)> {
    // `lines` takes LF and CRLF alike.
    let lines = (1..).zip(text.lines());
    let filled = lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#'));
    filled.map(move |(line, text)| match text.len() {
        length if length > longest => (line, Err(KeyError::LongLine)),
        _ => (line, text.parse()),
    })
}

fn at<T>(line: usize, parsed: Result<T, KeyError>) -> Result<T, Error> {
    parsed.map_err(|error| Error::KeyFile { line, error })
}

impl RecipientKey {
    fn as_recipient(&self) -> &dyn super::Recipient {
        match self {
            Self::X25519(key) => key,
            Self::Hybrid(key) => key,
            Self::Tag(key) => key,
            Self::HybridTag(key) => key,
            Self::Token(key) => key,
            Self::Ssh(key) => key,
        }
    }
}

impl super::Recipient for RecipientKey {
    fn wrap(&self, file_key: &FileKey, rng: &mut dyn Rng) -> Result<Vec<Stanza>, Error> {
        self.as_recipient().wrap(file_key, rng)
    }

    fn labels(&self, rng: &mut dyn Rng) -> Result<BTreeSet<String>, Error> {
        self.as_recipient().labels(rng)
    }

    fn text(&self) -> Option<String> {
        self.as_recipient().text()
    }

    fn is_named_by(&self, stanza: &Stanza) -> bool {
        self.as_recipient().is_named_by(stanza)
    }
}

impl FromStr for RecipientKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if is_identity(text) {
            Err(KeyError::IdentityGiven)
        } else if begins(text, "age1pq1") {
            text.parse().map(Self::Hybrid)
        } else if begins(text, "age1tag1") {
            text.parse().map(Self::Tag)
        } else if begins(text, "age1tagpq1") {
            text.parse().map(Self::HybridTag)
        } else if token::Device::of(text).is_some() {
            text.parse().map(Self::Token)
        } else if is_classic_recipient(text) {
            text.parse().map(Self::X25519)
        } else {
            // Last, because the line may begin with options of any kind.
            text.parse().map(Self::Ssh)
        }
    }
}

impl fmt::Display for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X25519(key) => key.fmt(f),
            Self::Hybrid(key) => key.fmt(f),
            Self::Tag(key) => key.fmt(f),
            Self::HybridTag(key) => key.fmt(f),
            Self::Token(key) => key.fmt(f),
            Self::Ssh(key) => key.fmt(f),
        }
    }
}

impl IdentityKey {
    /// The public half.
    pub fn recipient(&self) -> RecipientKey {
        match self {
            Self::X25519(key) => RecipientKey::X25519(key.recipient()),
            Self::Hybrid(key) => RecipientKey::Hybrid(key.recipient()),
        }
    }

    /// The 32 bytes that it is made of.
    pub fn expose_seed(&self) -> &Secret<32> {
        match self {
            Self::X25519(key) => key.expose_seed(),
            Self::Hybrid(key) => key.expose_seed(),
        }
    }

    /// The line of an identity file.
    pub fn to_text(&self) -> SecretText {
        match self {
            Self::X25519(key) => key.to_text(),
            Self::Hybrid(key) => key.to_text(),
        }
    }
}

impl super::Identity for IdentityKey {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Error> {
        match self {
            Self::X25519(key) => super::Identity::unwrap(key, stanzas),
            Self::Hybrid(key) => super::Identity::unwrap(key, stanzas),
        }
    }
}

impl FromStr for IdentityKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if begins(text, "age1") || begins(text, "ssh-") {
            Err(KeyError::RecipientGiven)
        } else if begins(text, "age-secret-key-pq-1") {
            text.parse().map(Self::Hybrid)
        } else if begins(text, "age-secret-key-1") {
            text.parse().map(Self::X25519)
        } else {
            Err(KeyError::UnknownIdentity)
        }
    }
}

/// The `N` bytes of a Bech32 text under this human-readable part (in either case, as readers of QR codes give upper).
pub(super) fn decode<const N: usize>(prefix: &str, text: &str) -> Result<Secret<N>, KeyError> {
    let (found, bytes) = bech32::decode(text)?;
    if found != prefix {
        return Err(KeyError::Invalid);
    }
    Secret::copy_from(bytes.expose()).ok_or(KeyError::Invalid)
}

/// The compressed point of P-256 under this human-readable part.
pub(super) fn decode_point(prefix: &str, text: &str) -> Result<PublicKey, KeyError> {
    let point = decode(prefix, text)?;
    PublicKey::from_compressed(point.expose()).map_err(|_| KeyError::Invalid)
}

fn is_identity(text: &str) -> bool {
    begins(text, "age-secret-key-") || begins(text, "age-plugin-") || begins(text, "-----begin")
}

/// `age1` without a further `1`, which the data of Bech32 never holds: `age1NAME1…` is of another kind.
fn is_classic_recipient(text: &str) -> bool {
    begins(text, "age1") && text.matches('1').count() == 1
}

pub(super) fn begins(text: &str, prefix: &str) -> bool {
    let front = text.as_bytes().get(..prefix.len());
    front.is_some_and(|front| front.eq_ignore_ascii_case(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Counter, device};
    use super::super::token::Device;
    use super::*;
    use crate::crypto::mlkem;

    fn identities() -> [IdentityKey; 2] {
        let rng = &mut Counter(0);
        [
            IdentityKey::X25519(x25519::Identity::generate(rng).unwrap()),
            IdentityKey::Hybrid(hybrid::Identity::generate(rng).unwrap()),
        ]
    }

    /// A recipient of each kind of device.
    fn devices() -> [RecipientKey; 5] {
        let key = device(1);
        let kem = mlkem::PrivateKey::generate(&mut Counter(2)).unwrap();
        let token = |device| RecipientKey::Token(token::Identity::new(device, &key).recipient());
        [
            RecipientKey::Tag(tag::Identity::new(&key).recipient()),
            RecipientKey::HybridTag(hybrid_tag::Identity::new(kem, &key).recipient()),
            token(Device::YubiKey),
            token(Device::SecureEnclave),
            token(Device::Tpm),
        ]
    }

    fn fault<K>(text: &str, parse: fn(&str) -> Result<K, Error>) -> (usize, KeyError) {
        match parse(text) {
            Err(Error::KeyFile { line, error }) => (line, error),
            Err(Error::Key(error)) => (0, error),
            _ => panic!("accepted"),
        }
    }

    #[test]
    fn every_kind_is_read_again_in_either_case() {
        for identity in identities() {
            let recipient = identity.recipient();
            let text = identity.to_text();
            for text in [text.expose().to_owned(), text.expose().to_lowercase()] {
                assert!(
                    text.parse::<IdentityKey>()
                        .is_ok_and(|key| key.recipient() == recipient)
                );
            }
            let text = recipient.to_string();
            assert_eq!(text.parse(), Ok(recipient.clone()));
            assert_eq!(text.to_uppercase().parse(), Ok(recipient));
        }
    }

    #[test]
    fn recipients_of_devices_are_told_apart_and_read_again() {
        let prefixes = ["age1tag1", "age1tagpq1", "age1yubikey1", "age1se1", "age1tpm1"];
        for (recipient, prefix) in devices().into_iter().zip(prefixes) {
            let text = recipient.to_string();
            assert!(text.starts_with(prefix), "{text}");
            assert_eq!(text.parse(), Ok(recipient.clone()));
            assert_eq!(text.to_uppercase().parse(), Ok(recipient));
        }
    }

    #[test]
    fn a_recipient_of_a_device_is_a_point() {
        // x = 1 has no y on this curve; the other forms of points are not for recipients.
        let point = |first: u8| [&[first][..], &[0; 31], &[1]].concat();
        for prefix in ["age1tag", "age1yubikey", "age1se", "age1tpm"] {
            for bytes in [
                vec![2; 32],
                vec![2; 34],
                point(2),
                point(3),
                point(0),
                vec![4; 33],
                vec![5; 33],
            ] {
                let text = bech32::encode(prefix, &bytes);
                assert_eq!(text.parse::<RecipientKey>(), Err(KeyError::Invalid), "{text}");
            }
        }
        // Neither half may be missing: a key that is not reduced, then a point that is none.
        for bytes in [vec![0xff; 1249], vec![0; 1249], vec![0; 1216]] {
            let text = bech32::encode("age1tagpq", &bytes);
            assert_eq!(text.parse::<RecipientKey>(), Err(KeyError::Invalid));
        }
    }

    #[test]
    fn files_hold_comments_blank_lines_and_either_line_end() {
        let [a, b] = identities();
        let text = format!("# two\r\n\r\n{}\r\n#\n\n{}", a.to_text().expose(), b.to_text().expose());
        assert_eq!(parse_identities(&text).map_err(drop).unwrap().len(), 2);
        let text = format!("{}\n# end\n{}\n", a.recipient(), b.recipient());
        let keys = [a.recipient(), b.recipient()].to_vec();
        let skipped = Vec::new();
        assert_eq!(parse_recipients(&text).unwrap(), Recipients { keys, skipped });
    }

    #[test]
    fn faults_name_the_line_and_what_should_stand_there() {
        let [a, b] = identities();
        let recipient = a.recipient().to_string();
        let secret = a.to_text();
        let secret = secret.expose();
        let damaged = format!("{}b", &recipient[..recipient.len() - 1]);
        for (text, expected) in [
            (String::new(), (0, KeyError::Empty)),
            ("# only a comment\n".to_owned(), (0, KeyError::Empty)),
            (format!("\n{secret}\n"), (2, KeyError::IdentityGiven)),
            ("AGE-PLUGIN-X-1Q".to_owned(), (1, KeyError::IdentityGiven)),
            (format!("# ok\n{recipient}\n{damaged}\n"), (3, KeyError::Damaged)),
            (format!("{recipient} "), (1, KeyError::Damaged)),
            ("age1yubikey1q".to_owned(), (1, KeyError::Damaged)),
            ("age1yubikey2q".to_owned(), (1, KeyError::Damaged)),
            ("age1other1q".to_owned(), (1, KeyError::UnknownRecipient)),
            ("ssh-ed25519 AAAA".to_owned(), (1, KeyError::Damaged)),
            ("no-pty ssh-dss".to_owned(), (1, KeyError::Damaged)),
            ("no-pty".to_owned(), (1, KeyError::UnknownRecipient)),
            ("a".repeat(RECIPIENT_LIMIT + 1), (1, KeyError::LongLine)),
            (bech32::encode("age", &[1; 31]), (1, KeyError::Invalid)),
            (bech32::encode("age1pq", &[1; 32]), (1, KeyError::Invalid)),
            (bech32::encode("age1pq", &[0xff; 1216]), (1, KeyError::Invalid)),
        ] {
            assert_eq!(fault(&text, parse_recipients), expected, "{text}");
        }
        for (text, expected) in [
            (format!("{secret}\n{}", b.recipient()), (2, KeyError::RecipientGiven)),
            (format!("{}B", &secret[..secret.len() - 1]), (1, KeyError::Damaged)),
            ("AGE-PLUGIN-X-1Q".to_owned(), (1, KeyError::UnknownIdentity)),
            ("hunter2".to_owned(), (1, KeyError::UnknownIdentity)),
        ] {
            assert_eq!(fault(&text, parse_identities), expected, "{text}");
        }
    }

    #[test]
    fn errors_never_show_the_line() {
        let text = "AGE-SECRET-KEY-1HUNTER2";
        let error = parse_identities(text).err().unwrap();
        assert!(!format!("{error} {error:?}").to_lowercase().contains("hunter2"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "(age1|age1pq1|age1tag1|age1tagpq1|age1se1|age1tpm1|AGE-SECRET-KEY-1|ssh-rsa |)[ -~\u{fc}]{0,40}") {
            let _ = text.parse::<RecipientKey>();
            let _ = text.parse::<IdentityKey>();
        }
    }
}
