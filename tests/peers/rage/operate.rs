//! One operation of rage's library, from standard input to standard output.

use std::error::Error;
use std::io::{self, Read, Write};
use std::iter;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::{ExposeSecret, SecretString};
use age::{Decryptor, Encryptor, Identity, Recipient, scrypt, ssh, x25519};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["seal", kind, key, form] => seal(kind, key, form)?,
        ["open", "key", file] => open(&*identity(file)?)?,
        ["open", "passphrase", words] => open(&scrypt::Identity::new(words.to_owned().into()))?,
        ["generate", "x25519"] => x25519::Identity::generate().to_string().expose_secret().into(),
        ["recipient", file] => file.parse::<x25519::Identity>()?.to_public().to_string().into(),
        _ => return Err(format!("unknown operation {words:?}").into()),
    };
    Ok(io::stdout().write_all(&result)?)
}

fn seal(kind: &str, key: &str, form: &str) -> Outcome<Vec<u8>> {
    let form = if form == "armor" {
        Format::AsciiArmor
    } else {
        Format::Binary
    };
    let mut writer = encryptor(kind, key)?.wrap_output(ArmoredWriter::wrap_output(Vec::new(), form)?)?;
    io::copy(&mut io::stdin(), &mut writer)?;
    Ok(writer.finish()?.finish()?)
}

fn encryptor(kind: &str, key: &str) -> Outcome<Encryptor> {
    if kind == "passphrase" {
        return Ok(Encryptor::with_user_passphrase(SecretString::from(key.to_owned())));
    }
    let recipients = key.lines().map(recipient).collect::<Outcome<Vec<_>>>()?;
    Ok(Encryptor::with_recipients(
        recipients.iter().map(|recipient| &**recipient as _),
    )?)
}

fn open(identity: &dyn Identity) -> Outcome<Vec<u8>> {
    let mut plain = Vec::new();
    let decryptor = Decryptor::new(ArmoredReader::new(io::stdin()))?;
    decryptor.decrypt(iter::once(identity))?.read_to_end(&mut plain)?;
    Ok(plain)
}

fn recipient(line: &str) -> Outcome<Box<dyn Recipient>> {
    if line.starts_with("ssh-") {
        let recipient = line.parse::<ssh::Recipient>().map_err(|error| format!("{error:?}"))?;
        return Ok(Box::new(recipient));
    }
    Ok(Box::new(line.parse::<x25519::Recipient>()?))
}

fn identity(file: &str) -> Outcome<Box<dyn Identity>> {
    if file.starts_with("-----BEGIN") {
        return Ok(Box::new(ssh::Identity::from_buffer(file.as_bytes(), None)?));
    }
    Ok(Box::new(file.parse::<x25519::Identity>()?))
}
