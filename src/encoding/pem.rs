//! PEM (RFC 7468): base64 between two lines with a label, the form of private key files.

use zeroize::Zeroizing;

use super::{Error, base64};
use crate::secret::SecretBytes;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Whether a text means to be PEM.
pub fn is_pem(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(BEGIN.as_bytes())
}

/// The label and the bytes of a text that holds one block, with white space around it at most. Lines may have any length,
/// because OpenSSH and OpenSSL differ in it; what is in them is strict.
///
/// # Errors
/// [`Error::Pem`], [`Error::Base64`].
pub fn decode(text: &str) -> Result<(&str, SecretBytes), Error> {
    let mut lines = text.trim_ascii().lines();
    let first = lines.next().unwrap_or_default();
    let label = label(first, BEGIN).ok_or(Error::Pem("its first line is another"))?;
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    for line in &mut lines {
        if line.starts_with(END) {
            break;
        }
        base64.push_str(line);
    }
    let end = text.trim_ascii().lines().next_back().unwrap_or_default();
    if lines.next().is_some() || self::label(end, END) != Some(label) {
        return Err(Error::Pem("its last line is another"));
    }
    let mut bytes = Zeroizing::new(vec![0; base64.len()]);
    let length = base64::decode_padded(base64.as_bytes(), &mut bytes)?.len();
    bytes.truncate(length);
    Ok((label, SecretBytes::new(std::mem::take(&mut *bytes))))
}

fn label<'t>(line: &'t str, start: &str) -> Option<&'t str> {
    line.strip_prefix(start)?.strip_suffix(DASHES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-----BEGIN SOME KEY-----\nQUFB\nQUE=\n-----END SOME KEY-----\n";

    #[test]
    fn one_block_is_read_with_either_line_end() {
        for text in [TEXT.to_owned(), TEXT.replace('\n', "\r\n"), format!("\n {TEXT}\n\n")] {
            let (label, bytes) = decode(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!((label, bytes.expose()), ("SOME KEY", &b"AAAAA"[..]));
            assert!(is_pem(text.as_bytes()));
        }
        assert!(!is_pem(b"AGE-SECRET-KEY-1"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            String::new(),
            TEXT.replace("BEGIN", "BEGINS"),
            TEXT.replace("END SOME", "END OTHER"),
            TEXT.replace("END ", ""),
            TEXT.replace("QUE=", "QUF="),
            TEXT.replace("QUE=", "QUE"),
            TEXT.replace("QUFB", "Proc-Type: 4,ENCRYPTED\n"),
            TEXT.replace("QUFB", " QUFB"),
            TEXT.replace("-----\nQ", "----\nQ"),
            format!("{TEXT}{TEXT}"),
            format!("{TEXT}more"),
            format!("before\n{TEXT}"),
            TEXT.lines().take(3).collect::<Vec<_>>().join("\n"),
        ] {
            assert!(decode(&text).is_err(), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(bytes: Vec<u8>, width in 1_usize..80) {
            let base64 = base64::encode_padded(&bytes);
            let lines: Vec<_> = base64.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            let text = format!("-----BEGIN X-----\n{}\n-----END X-----", lines.join("\n"));
            let (_, decoded) = decode(&text).map_err(|error| proptest::test_runner::TestCaseError::fail(error.to_string()))?;
            proptest::prop_assert_eq!(decoded.expose(), bytes);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "(-----BEGIN X-----)?[ -~\n\u{fc}]{0,80}(-----END X-----)?") {
            let _ = decode(&text);
        }
    }
}
