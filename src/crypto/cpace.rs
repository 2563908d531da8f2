//! CPace (draft-irtf-cfrg-cpace-21) over ristretto255 and SHA-512, initiator-responder: two parties that share a short
//! code agree on a key, and each run of it lets an outsider test one guess at the code and no more.

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use zeroize::Zeroize;

use super::Error;
use super::hash::Sha512;
use super::labels;
use super::rng::{Rng, RngError};
use crate::secret::{Secret, disclose};

/// Length of a share in bytes.
pub const LEN: usize = 32;
/// Length of the intermediate session key in bytes.
pub const KEY_LEN: usize = 64;

/// Bytes of a block of SHA-512, which code and padding fill together, so that the time of hashing does not tell the
/// code's length.
const BLOCK: usize = 128;

/// What both parties know beforehand: `PRS`, `CI` and `sid` of the draft.
pub struct Inputs<'a> {
    /// The code.
    pub password: &'a [u8],
    /// Names of the parties and of the protocol.
    pub channel: &'a [u8],
    /// Fresh for each run.
    pub session: &'a [u8],
}

/// Whose share comes first in the transcript: the initiator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// This party is the initiator.
    Ours,
    /// The peer is.
    Theirs,
}

/// A secret scalar, and the share that the peer gets.
pub struct KeyPair {
    scalar: Secret<LEN>,
    public: [u8; LEN],
}

impl KeyPair {
    /// A fresh pair over the generator that belongs to the inputs.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn generate(inputs: &Inputs<'_>, rng: &mut dyn Rng) -> Result<Self, RngError> {
        // 512 bits, so that no scalar is noticeably likelier than another.
        let wide = Secret::<64>::generate(rng)?;
        let mut scalar = Scalar::from_bytes_mod_order_wide(wide.expose());
        let pair = Self::over(&generator(inputs), &scalar);
        scalar.zeroize();
        Ok(pair)
    }

    /// A pair that was taken apart before.
    pub fn restore(scalar: Secret<LEN>, public: [u8; LEN]) -> Self {
        Self { scalar, public }
    }

    /// The share for the peer.
    pub fn public(&self) -> &[u8; LEN] {
        &self.public
    }

    /// The scalar, to be kept until the peer's share comes.
    pub fn expose_scalar(&self) -> &Secret<LEN> {
        &self.scalar
    }

    /// The intermediate session key: `SHA-512(lv("CPaceRistretto255_ISK") || lv(sid) || lv(K) || lv(Ya) || lv("") ||
    /// lv(Yb) || lv(""))`, where `lv` puts a string's length before it.
    ///
    /// # Errors
    /// [`Error::Point`] when the peer's share is no point, or the identity.
    pub fn agree(&self, session: &[u8], peer: &[u8; LEN], first: First) -> Result<Secret<KEY_LEN>, Error> {
        let point = CompressedRistretto(*peer).decompress().ok_or(Error::Point)?;
        let mut scalar = Scalar::from_bytes_mod_order(*self.scalar.expose());
        let mut shared = point * scalar;
        scalar.zeroize();
        if disclose(shared.is_identity()) {
            return Err(Error::Point);
        }
        let key = Secret::take(&mut shared.compress().0);
        shared.zeroize();
        let (a, b) = match first {
            First::Ours => (&self.public, peer),
            First::Theirs => (peer, &self.public),
        };
        Ok(key_of(session, &key, &[a, b"", b, b""]))
    }

    fn over(generator: &RistrettoPoint, scalar: &Scalar) -> Self {
        Self {
            scalar: Secret::with(|out| out.copy_from_slice(scalar.as_bytes())),
            public: (generator * scalar).compress().0,
        }
    }
}

fn key_of(session: &[u8], shared: &Secret<LEN>, transcript: &[&[u8]]) -> Secret<KEY_LEN> {
    let mut hash = Sha512::default();
    for part in [labels::CPACE_ISK, session, shared.expose()].iter().chain(transcript) {
        put(&mut hash, part);
    }
    hash.finish_secret()
}

/// `element_derivation(SHA-512(lv(DSI) || lv(PRS) || lv(0^n) || lv(CI) || lv(sid)))`, where the zeros fill the first block.
fn generator(inputs: &Inputs<'_>) -> RistrettoPoint {
    let taken = prefixed_len(inputs.password) + prefixed_len(labels::CPACE) + 1;
    let zeros = [0; BLOCK];
    let padding = &zeros[..BLOCK.saturating_sub(taken)];
    let mut hash = Sha512::default();
    for part in [labels::CPACE, inputs.password, padding, inputs.channel, inputs.session] {
        put(&mut hash, part);
    }
    RistrettoPoint::from_uniform_bytes(hash.finish_secret().expose())
}

/// Takes in a string behind its length (LEB128).
fn put(hash: &mut Sha512, part: &[u8]) {
    let (length, count) = leb128(part.len());
    hash.update(&length[..count]);
    hash.update(part);
}

fn prefixed_len(part: &[u8]) -> usize {
    leb128(part.len()).1 + part.len()
}

fn leb128(mut value: usize) -> ([u8; 10], usize) {
    let mut out = [0; 10];
    let mut count = 0;
    loop {
        let low = u8::try_from(value & 0x7f).expect("seven bits");
        value >>= 7;
        out[count] = if value == 0 { low } else { low | 0x80 };
        count += 1;
        if value == 0 {
            return (out, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        base16ct::lower::decode_vec(text).unwrap().try_into().unwrap()
    }

    fn inputs(session: &[u8; 16]) -> Inputs<'_> {
        Inputs {
            password: b"Password",
            channel: b"\nAinitiator\nBresponder",
            session,
        }
    }

    const SESSION: &str = "7e4b4791d6a8ef019b936c79fb7f2c57";
    const YA: &str = "383a85dd236978f17f8c8545b50dabc52a39fcdab2cf8bc531ce040ff77ca82d";
    const YB: &str = "a6206309c0e8e5f579295e35997ac4300ab3fecec3c17f7b604f3e698fa1383c";

    /// Appendix B.3 of the draft.
    #[test]
    fn the_vectors_of_the_draft_are_reproduced() {
        let session = bytes::<16>(SESSION);
        let generator = generator(&inputs(&session));
        assert_eq!(
            generator.compress().0,
            bytes("5e25411ca1ad7c9debfd0b33ad987a95cefef2d3f15dcc8bd26415a5dfe2e15a")
        );
        let pair = |scalar: &str| KeyPair::over(&generator, &Scalar::from_bytes_mod_order(bytes(scalar)));
        let a = pair("da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08");
        let b = pair("d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d");
        assert_eq!((a.public, b.public), (bytes(YA), bytes(YB)));
        let shared = Secret::take(&mut bytes(
            "fa1d0318864e2cacb26875f1b791c9ae83204fe8359addb53e95a2e98893853f",
        ));
        let isk = key_of(&session, &shared, &[&a.public, b"ADa", &b.public, b"ADb"]);
        assert_eq!(
            isk.expose(),
            &bytes::<64>(
                "e91ccb2c0f5e0d0993a33956e3be59754f3f2b07db57631f5394452ea2e7b4354674eb1f5686c078462bf83bec72e8743df440108e638f35\
                 26d9b90e85be096f"
            )
        );
        let ours = a.agree(&session, &b.public, First::Ours).unwrap();
        assert!(ours.same(&key_of(&session, &shared, &[&a.public, b"", &b.public, b""])));
        assert!(ours.same(&b.agree(&session, &a.public, First::Theirs).unwrap()));
    }

    #[test]
    fn points_that_force_the_key_are_refused() {
        let session = bytes::<16>(SESSION);
        let pair = KeyPair::generate(&inputs(&session), &mut crate::crypto::rng::OsRng).unwrap();
        for peer in [
            [0; 32],
            bytes("2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c"),
        ] {
            assert_eq!(pair.agree(&session, &peer, First::Ours).err(), Some(Error::Point));
        }
        assert!(pair.agree(&session, &bytes(YB), First::Ours).is_ok());
    }

    #[test]
    fn lengths_are_leb128() {
        assert_eq!(leb128(0), ([0; 10], 1));
        let (length, count) = leb128(300);
        assert_eq!(length[..count], [0xac, 2]);
    }
}
