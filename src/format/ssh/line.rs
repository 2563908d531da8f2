//! Public keys as lines: of `.pub` files, and of `authorized_keys` with options in front.

use std::str::FromStr;

use super::Recipient;
use crate::encoding::base64;
use crate::encoding::fields::Fields;
use crate::format::KeyError;

/// How the names of all kinds of keys begin, those of hardware keys and certificates too.
const KINDS: [&str; 3] = ["ssh-", "ecdsa-sha2-", "sk-"];
const SPACE: [char; 2] = [' ', '\t'];

/// `[OPTIONS] KIND BASE64 [COMMENT]`. The options say what a server allows the key, and here say nothing.
///
/// # Errors
/// [`KeyError::UnknownRecipient`] for a line of another form; [`KeyError::UnsupportedSsh`] for a key of another kind,
/// whole as it is; [`KeyError::RsaSize`] for one that cannot be encrypted to; as [`Recipient::from_blob`].
impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(line: &str) -> Result<Self, KeyError> {
        let (kind, rest) = key(line).ok_or(KeyError::UnknownRecipient)?;
        let (base64, _comment) = word(rest);
        let mut blob = vec![0; base64.len()];
        let blob = base64::decode_padded(base64.as_bytes(), &mut blob)?;
        if Fields::new(blob).string() != Some(kind.as_bytes()) {
            return Err(KeyError::Damaged);
        }
        let key = Self::from_blob(blob)?;
        if let Self::Rsa(key) = &key {
            key.check_size()?;
        }
        Ok(key)
    }
}

/// The kind, and what follows it.
fn key(line: &str) -> Option<(&str, &str)> {
    let behind_options = || line.get(options(line)..).map(|rest| rest.trim_start_matches(SPACE));
    [Some(line), behind_options()]
        .into_iter()
        .flatten()
        .map(word)
        .find(|(kind, _)| KINDS.iter().any(|start| kind.starts_with(start)))
}

/// The first word, and what follows the space behind it.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(SPACE).unwrap_or((text, ""));
    (word, rest.trim_start_matches(SPACE))
}

/// Length of the options: up to a space that stands outside of quotes, in which a backslash escapes a quote.
fn options(line: &str) -> usize {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let end = line.find(|letter| {
        let is_end = SPACE.contains(&letter) && !is_quoted;
        is_quoted ^= letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        is_end
    });
    end.unwrap_or(line.len())
}
