//! Signatures in the form of `ssh-keygen -Y sign` (OpenSSH, PROTOCOL.sshsig), in a namespace of our own: what an agent
//! signs for a login is of no use here, and what it signs here of no use for a login.
//!
//! ```text
//! signed   "SSHSIG" || string namespace || string "" || string "sha512" || string SHA-512(message)
//! proof    "SSHSIG" || u32 1 || string public || string namespace || string "" || string "sha512" || string signature
//! ```

use super::Error;
use super::credential::Signer;
use crate::crypto::{ed25519, hash};
use crate::encoding::fields::{Fields, put_string};

const MAGIC: &[u8] = b"SSHSIG";
const NAMESPACE: &[u8] = b"keypact-hs1";
const HASH: &[u8] = b"sha512";
const ED25519: &[u8] = b"ssh-ed25519";

/// The proof that the key `public` makes over `message`, signed by `signer`.
pub(super) fn sign(public: &[u8], message: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, Error> {
    let signature = signer.sign(&to_sign(message)).map_err(Error::Signer)?;
    let proof = proof(public, &signature);
    if !verify(public, message, &proof) {
        return Err(Error::Signer("it gave a signature of another key or kind".to_owned()));
    }
    Ok(proof)
}

/// How long a proof of the key `public` is.
pub(super) fn proof_len(public: &[u8]) -> usize {
    proof(public, &[0; 4 + ED25519.len() + 4 + ed25519::SIGNATURE_LEN]).len()
}

/// Whether `proof` was made by the key `public` over `message`.
pub(super) fn verify(public: &[u8], message: &[u8], proof: &[u8]) -> bool {
    let Some(key) = ed25519_of(public) else { return false };
    let signature = (|| {
        let rest = proof.strip_prefix(MAGIC)?.strip_prefix(&1u32.to_be_bytes())?;
        let mut fields = Fields::new(rest);
        for expected in [public, NAMESPACE, b"", HASH] {
            (fields.string()? == expected).then_some(())?;
        }
        let signature = fields.string()?;
        fields.end()?;
        let mut fields = Fields::new(signature);
        (fields.string()? == ED25519).then_some(())?;
        let signature: [u8; ed25519::SIGNATURE_LEN] = fields.string()?.try_into().ok()?;
        fields.end().map(|()| signature)
    })();
    signature.is_some_and(|signature| ed25519::verify(&key, &to_sign(message), &signature).is_ok())
}

/// The key in a blob of kind `ssh-ed25519`.
pub(super) fn ed25519_of(blob: &[u8]) -> Option<[u8; ed25519::LEN]> {
    let mut fields = Fields::new(blob);
    (fields.string()? == ED25519).then_some(())?;
    let key = fields.string()?.try_into().ok()?;
    fields.end().map(|()| key)
}

fn to_sign(message: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    for part in [NAMESPACE, b"", HASH, &hash::sha512(&[message])] {
        put_string(&mut out, &[part]);
    }
    out
}

fn proof(public: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut out = [MAGIC, &1u32.to_be_bytes()].concat();
    for part in [public, NAMESPACE, b"", HASH, signature] {
        put_string(&mut out, &[part]);
    }
    out
}
