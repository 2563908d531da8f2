//! Long-term identities in the exchange: what stands in the credential slot of REPLY and FINISH, and how it is proved
//! and checked (`docs/spec/handshake.md`, section 7).
//!
//! ```text
//! 01          || pk(32) || proof(32)                            X25519: a MAC that both could have made (deniable)
//! 02, 04      || u16 len || pk || u16 len || proof              Ed25519; SSH: signatures
//! ```

use std::fmt;

use super::schedule::{Transcript, x};
use super::{Error, Role, sshsig};
use crate::crypto::{ed25519, hash, kdf, labels, x25519};
use crate::encoding::bech32;
use crate::encoding::fields::Fields;
use crate::secret::{Secret, equal};

/// Human-readable part of the text of an identity: `kpid1…`.
const HRP: &str = "kpid";
/// The longest public key and the longest proof: some hundred bytes are in use, and both fit into a message twice over.
const LONGEST: usize = 2048;

/// Kinds of identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// A static X25519 key.
    X25519 = 0x01,
    /// An Ed25519 key.
    Ed25519 = 0x02,
    /// An Ed25519 key of SSH, which signs in the form of `ssh-keygen -Y sign`.
    Ssh = 0x04,
}

impl KeyKind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::X25519, Self::Ed25519, Self::Ssh]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// The public half of an identity: what is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    bytes: Vec<u8>,
}

impl PublicKey {
    /// A public key of a kind: 32 bytes of X25519 or Ed25519, the key blob of SSH (RFC 4253 section 6.6).
    ///
    /// # Errors
    /// `None` for another length than the kind has, and for a key of SSH that is not `ssh-ed25519`.
    pub fn new(kind: KeyKind, bytes: &[u8]) -> Option<Self> {
        let fits = match kind {
            KeyKind::X25519 | KeyKind::Ed25519 => bytes.len() == 32,
            KeyKind::Ssh => sshsig::ed25519_of(bytes).is_some(),
        };
        fits.then(|| Self {
            kind,
            bytes: bytes.to_vec(),
        })
    }

    /// Its kind.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads the text of an identity, `kpid1…` (Bech32 of `kind || bytes`).
    pub fn parse(text: &str) -> Option<Self> {
        let (hrp, payload) = bech32::decode(text).ok()?;
        if hrp != HRP {
            return None;
        }
        Self::from_bytes(payload.expose())
    }

    /// Reads `kind || bytes`.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, bytes) = bytes.split_first()?;
        Self::new(KeyKind::from_byte(*kind)?, bytes)
    }

    /// `kind || bytes`.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[self.kind as u8], &self.bytes[..]].concat()
    }

    /// 120 bits to compare where the whole text is too long to: `SHA-256("keypact-id" || 00 || kind || bytes)[..15]`.
    pub fn fingerprint(&self) -> [u8; 15] {
        let mut out = [0; 15];
        let whole = hash::sha256(&[labels::IDENTITY, &[0], &self.to_bytes()]);
        out.copy_from_slice(&whole[..15]);
        out
    }

    /// `kind || u16 len || pk`, without the length where the kind has one length only.
    fn header(&self) -> Vec<u8> {
        match self.kind {
            KeyKind::X25519 => self.to_bytes(),
            _ => [&[self.kind as u8][..], &prefixed(&self.bytes)].concat(),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode(HRP, &self.to_bytes()))
    }
}

/// Signs where the private key is: an agent, a token.
pub trait Signer: Send + Sync {
    /// The signature of `data` in the form of SSH: `string algorithm || string signature`.
    ///
    /// # Errors
    /// Why not, for the person.
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, String>;
}

/// The private half of an identity, or the way to it.
pub enum Credential {
    /// A static X25519 key.
    X25519(x25519::KeyPair),
    /// An Ed25519 seed.
    Ed25519(Secret<32>),
    /// A key of SSH, somewhere else.
    Ssh {
        /// The key blob.
        public: Vec<u8>,
        /// What signs for it.
        signer: Box<dyn Signer>,
    },
}

impl Credential {
    /// The credential of a kind that belongs to the 32 secret bytes of an identity file: a key of its own, because what
    /// unwraps files must not prove identities as well.
    pub fn from_seed(seed: &Secret<32>, kind: KeyKind) -> Option<Self> {
        match kind {
            KeyKind::X25519 => Some(Self::X25519(x25519::KeyPair::new(&x(
                seed,
                labels::handshake::ID_X25519,
                b"",
            )))),
            KeyKind::Ed25519 => Some(Self::Ed25519(x(seed, labels::handshake::ID_ED25519, b""))),
            KeyKind::Ssh => None,
        }
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let (kind, bytes) = match self {
            Self::X25519(pair) => (KeyKind::X25519, pair.public().to_vec()),
            Self::Ed25519(seed) => (KeyKind::Ed25519, ed25519::public(seed).to_vec()),
            Self::Ssh { public, .. } => (KeyKind::Ssh, public.clone()),
        };
        PublicKey { kind, bytes }
    }

    /// How long it is when it is shown: known before it is made.
    pub(super) fn shown_len(&self) -> usize {
        let proof = match self {
            Self::X25519(_) => 32,
            Self::Ed25519(_) => 2 + ed25519::SIGNATURE_LEN,
            Self::Ssh { public, .. } => 2 + sshsig::proof_len(public),
        };
        self.public().header().len() + proof
    }
}

/// Where in an exchange an identity is shown.
pub(super) struct Slot<'a> {
    pub(super) chain: &'a Secret<32>,
    pub(super) transcript: &'a Transcript,
    pub(super) role: Role,
}

impl Slot<'_> {
    fn label(&self) -> &'static [u8] {
        match self.role {
            Role::Initiator => labels::handshake::ID_INITIATOR,
            Role::Responder => labels::handshake::ID_RESPONDER,
        }
    }

    /// `HMAC(X(Extract(ck1, ss), label, th, 32), kind || pk)`.
    fn mac(&self, shared: &Secret<32>, public: &PublicKey) -> [u8; 32] {
        let prk = kdf::extract(self.chain.expose(), &[shared.expose()]);
        let key = x::<32>(&prk, self.label(), self.transcript.as_bytes());
        hash::hmac(key.expose(), &[&public.to_bytes()])
    }

    /// `"keypact-hs1 " || label || 00 || th || credential up to here`.
    fn message(&self, public: &PublicKey) -> Vec<u8> {
        [
            labels::HANDSHAKE,
            self.label(),
            &[0],
            self.transcript.as_bytes(),
            &public.header(),
        ]
        .concat()
    }

    /// The credential of this side, and what it adds to the keys (zeros where it is a signature). `ephemeral` is the
    /// peer's share.
    pub(super) fn show(
        &self,
        credential: &Credential,
        ephemeral: &[u8; x25519::LEN],
    ) -> Result<(Vec<u8>, Secret<32>), Error> {
        let public = credential.public();
        let (proof, shared) = match credential {
            Credential::X25519(pair) => {
                let shared = pair.agree(ephemeral).map_err(|_| Error::SMALL_ORDER)?;
                (self.mac(&shared, &public).to_vec(), shared)
            }
            Credential::Ed25519(seed) => {
                let proof = ed25519::sign(seed, &self.message(&public));
                (prefixed(&proof), Secret::zero())
            }
            Credential::Ssh { public: blob, signer } => {
                let proof = sshsig::sign(blob, &self.message(&public), &**signer)?;
                (prefixed(&proof), Secret::zero())
            }
        };
        Ok(([public.header(), proof].concat(), shared))
    }

    /// Checks the peer's credential against the key that is pinned, and gives what it adds to the keys. `ephemeral` is
    /// this side's pair.
    pub(super) fn check(
        &self,
        shown: &[u8],
        pinned: &PublicKey,
        ephemeral: &x25519::KeyPair,
    ) -> Result<Secret<32>, Error> {
        let (public, shared) = self.prove(shown, ephemeral)?;
        if public != *pinned {
            return Err(Error::OtherPeer(public));
        }
        Ok(shared)
    }

    /// Checks that the peer owns the key that it shows, whoever that is.
    pub(super) fn prove(&self, shown: &[u8], ephemeral: &x25519::KeyPair) -> Result<(PublicKey, Secret<32>), Error> {
        let (public, proof) = take_apart(shown).ok_or(Error::Protocol("credential"))?;
        let message = self.message(&public);
        let (is_proved, shared) = match public.kind {
            KeyKind::X25519 => {
                let shared = ephemeral
                    .agree(&array(&public.bytes)?)
                    .map_err(|_| Error::SMALL_ORDER)?;
                (equal(&self.mac(&shared, &public), proof), shared)
            }
            KeyKind::Ed25519 => {
                let verified = ed25519::verify(&array(&public.bytes)?, &message, &array(proof)?);
                (verified.is_ok(), Secret::zero())
            }
            KeyKind::Ssh => (sshsig::verify(&public.bytes, &message, proof), Secret::zero()),
        };
        if !is_proved {
            return Err(Error::NotAuthentic("the peer cannot prove its identity"));
        }
        Ok((public, shared))
    }
}

/// A credential as it was shown: the key, and the proof.
fn take_apart(shown: &[u8]) -> Option<(PublicKey, &[u8])> {
    let mut fields = Fields::new(shown);
    let kind = KeyKind::from_byte(fields.u8()?)?;
    let (public, proof) = match kind {
        KeyKind::X25519 => (fields.bytes(32)?, fields.bytes(32)?),
        _ => (short(&mut fields)?, short(&mut fields)?),
    };
    fields.end()?;
    Some((PublicKey::new(kind, public)?, proof))
}

/// A string behind its length in two bytes.
fn short<'a>(fields: &mut Fields<'a>) -> Option<&'a [u8]> {
    let length = usize::from(fields.u16()?);
    fields.bytes(length).filter(|bytes| bytes.len() <= LONGEST)
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("keys and proofs are at most LONGEST");
    [&length.to_be_bytes(), bytes].concat()
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Error> {
    bytes.try_into().map_err(|_| Error::Protocol("credential"))
}
