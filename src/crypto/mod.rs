//! Primitives, each behind one small function: the only room that imports curve, cipher and hash crates.
//!
//! Nothing here decides a protocol. Labels of all protocols stand together in [`labels`], so that two of them can
//! never be equal by accident.

pub mod aead;
pub mod bulk;
pub mod cpace;
pub mod dhkem;
pub mod ed25519;
pub mod hash;
pub mod hpke;
pub mod hybrid;
pub mod hybrid_p256;
pub mod kdf;
pub mod labels;
pub mod mlkem;
pub mod p256;
pub mod pkcs8;
pub mod rng;
pub mod rsa;
pub mod ssh_lock;
pub mod x25519;

/// Why a primitive refused its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An AEAD tag does not verify: another key, or changed bytes.
    #[error("authentication failed")]
    Tag,
    /// The X25519 result is all zero: the peer's share has small order (RFC 7748 section 6.1).
    #[error("key share of small order")]
    SmallOrder,
    /// Bytes that are no point of P-256, Ed25519 or ristretto255, the identity, or a point in another form than the format has.
    #[error("invalid point of the curve")]
    Point,
    /// A P-256 scalar that is zero or not reduced.
    #[error("invalid private key")]
    Scalar,
    /// An ML-KEM encapsulation key with a coefficient that is not reduced (FIPS 203 section 7.2).
    #[error("invalid encapsulation key")]
    EncapsulationKey,
    /// RSA numbers that are no key, or do not belong together.
    #[error("not an RSA key")]
    Rsa,
    /// A private key in DER that is not DER, or not of this shape.
    #[error("malformed private key")]
    Encoding,
    /// A cipher that is unknown or obsolete.
    #[error("unknown cipher")]
    Cipher,
    /// A derivation of keys that would take too long.
    #[error("too costly")]
    Cost,
    /// There is less memory than a derivation of keys takes.
    #[error("not enough memory")]
    Memory,
    /// A key, share or ciphertext of another length than its kind has.
    #[error("wrong length")]
    Length,
    /// A signature that its key has not made over this message.
    #[error("the signature does not verify")]
    Signature,
    /// The operating system gave no randomness.
    #[error(transparent)]
    Rng(#[from] rng::RngError),
}
