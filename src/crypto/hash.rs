//! SHA-256 and SHA-512, HMAC-SHA-256, and the XOF and hash of the hybrid KEM.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sha2::digest::Digest;

use crate::secret::{Secret, disclose};

/// SHA-256 of the parts, one after the other.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// SHA-256 of everything that `reader` gives.
///
/// # Errors
/// The reader's.
pub fn sha256_of(mut reader: impl std::io::Read) -> std::io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// SHA-512 in progress.
#[derive(Default)]
pub struct Sha512(sha2::Sha512);

impl Sha512 {
    /// Takes in more of the message.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The hash, as a secret.
    pub fn finish_secret(self) -> Secret<64> {
        Secret::take(&mut self.0.finalize().into())
    }
}

/// SHA-512 of the parts, one after the other.
pub fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    let mut hash = sha2::Sha512::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// HMAC-SHA-256 in progress (RFC 2104).
pub struct HmacSha256(Hmac<Sha256>);

impl HmacSha256 {
    /// Starts under `key`.
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// Takes in more of the message.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The code.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }

    /// Whether `code` is the code, in constant time.
    #[must_use]
    pub fn verify(self, code: &[u8; 32]) -> bool {
        disclose(self.0.verify(code.into()).is_ok())
    }
}

/// HMAC-SHA-256 of the parts under `key`.
pub fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = HmacSha256::new(key);
    for part in parts {
        mac.update(part);
    }
    mac.finish()
}

/// SHA3-256 of the parts, as a secret: the combiner of the hybrid KEM.
pub(super) fn sha3_256_secret(parts: &[&[u8]]) -> Secret<32> {
    use sha3::Digest;
    let mut hash = sha3::Sha3_256::new();
    for part in parts {
        hash.update(part);
    }
    Secret::with(|out| hash.finalize_into(out.into()))
}

/// `N` bytes of SHAKE256 of a secret seed, as a secret.
pub(super) fn shake256_secret<const N: usize>(seed: &[u8]) -> Secret<N> {
    use shake::{ExtendableOutput, Update, XofReader};
    let mut xof = shake::Shake256::default();
    xof.update(seed);
    Secret::with(|out| xof.finalize_xof().read(out))
}

/// BLAKE3 of a stream of bytes: what both sides of a transfer show, and what `b3sum` prints.
#[derive(Default)]
pub struct Blake3(blake3::Hasher);

impl Blake3 {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far.
    pub fn finish(&self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: [u8; 32]) -> String {
        base16ct::lower::encode_string(&bytes)
    }

    #[test]
    fn a_stream_has_the_hash_of_its_bytes() {
        let bytes: Vec<u8> = (0..=250).cycle().take(40_000).collect();
        assert_eq!(sha256_of(&bytes[..]).unwrap(), sha256(&[&bytes]));
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            hex(sha256_of(&b"abc"[..]).unwrap()),
            expected,
            "FIPS 180-2 appendix B.1"
        );
    }

    #[test]
    fn blake3_is_known_and_takes_its_bytes_in_parts() {
        let mut hash = Blake3::default();
        let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(hex(hash.finish()), empty);
        hash.update(b"a");
        hash.update(b"bc");
        let abc = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
        assert_eq!(hex(hash.finish()), abc);
    }
}
