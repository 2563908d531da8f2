//! What a party demands of an exchange: how the peer must prove itself, and in which context. Both demand the same.

use std::sync::Arc;

use super::credential::{Credential, PublicKey};
use super::schedule::{Transcript, x};
use crate::crypto::cpace::{self, Inputs};
use crate::crypto::rng::{Rng, RngError};
use crate::crypto::{hash, kdf, labels};
use crate::secret::{Secret, SecretBytes};

/// One way for the peer to prove itself.
pub enum Mode {
    /// Two people compare a short authentication string.
    Compare,
    /// Both know a one-time code.
    Code(Code),
    /// Both hold a key that a courier carried.
    Psk(Psk),
    /// Each knows the other's long-term public key.
    Pinned(Pinned),
    /// The outer channel (ssh, a Unix socket) vouches for the peer.
    Transport,
}

/// The modes that an exchange demands, all of them: there is no menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask(u8);

impl Mask {
    /// Two people compare a short authentication string.
    pub const SAS: Self = Self(0x01);
    /// Both know a one-time code.
    pub const CODE: Self = Self(0x02);
    /// Both hold a key that a courier carried.
    pub const PSK: Self = Self(0x04);
    /// Each knows the other's long-term public key.
    pub const ID: Self = Self(0x08);
    /// The outer channel vouches for the peer.
    pub const TRANSPORT: Self = Self(0x10);
    const KNOWN: u8 = 0x1f;

    /// The modes of a mask byte.
    ///
    /// # Errors
    /// `None` for no mode at all and for modes that this version does not speak.
    pub fn from_byte(byte: u8) -> Option<Self> {
        (byte != 0 && byte & !Self::KNOWN == 0).then_some(Self(byte))
    }

    /// The mask byte.
    pub fn to_byte(self) -> u8 {
        self.0
    }

    /// Whether every mode of `other` is demanded.
    pub fn demands(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Those that the exchange itself proves: when it ends well, nothing is left to check.
    pub(crate) fn proven(self) -> u8 {
        self.0 & (Self::CODE.0 | Self::PSK.0 | Self::ID.0)
    }
}

impl std::ops::BitOr for Mask {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// How the three messages travel; they say so, and a message of one setting is of no use in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Over a wire, one after the other.
    Live = 0x00,
    /// As texts that people carry, hours apart.
    Tokens = 0x01,
    /// Over a wire, to go on with a broken session.
    Resumption = 0x02,
}

/// What a party demands of an exchange. A handle: copies share the secrets.
#[derive(Clone)]
pub struct Terms(Arc<Inner>);

struct Inner {
    mask: Mask,
    setting: Setting,
    context: Vec<u8>,
    code: Option<Code>,
    psk: Option<Psk>,
    pinned: Option<Pinned>,
}

impl Terms {
    /// Authentication by all of `modes`, inside `context`: a string that both sides pass and that never travels.
    ///
    /// # Errors
    /// `None` when there is no mode, one is there twice, or `context` is longer than its 16-bit length field can say.
    pub fn new(modes: impl IntoIterator<Item = Mode>, context: &[u8]) -> Option<Self> {
        u16::try_from(context.len()).ok()?;
        let mut terms = Inner {
            mask: Mask(0),
            setting: Setting::Live,
            context: context.to_vec(),
            code: None,
            psk: None,
            pinned: None,
        };
        for mode in modes {
            let bit = match mode {
                Mode::Compare => Mask::SAS,
                Mode::Code(code) => {
                    terms.code = Some(code);
                    Mask::CODE
                }
                Mode::Psk(psk) => {
                    terms.psk = Some(psk);
                    Mask::PSK
                }
                Mode::Pinned(pinned) => {
                    terms.pinned = Some(pinned);
                    Mask::ID
                }
                Mode::Transport => Mask::TRANSPORT,
            };
            if terms.mask.demands(bit) {
                return None;
            }
            terms.mask = terms.mask | bit;
        }
        Mask::from_byte(terms.mask.0)?;
        Some(Self(Arc::new(terms)))
    }

    /// The same in another setting.
    ///
    /// # Panics
    /// When the terms are in use already: a setting is chosen before they are.
    #[must_use]
    pub fn in_setting(mut self, setting: Setting) -> Self {
        let inner = Arc::get_mut(&mut self.0).expect("the setting is chosen before the terms are handed on");
        inner.setting = setting;
        self
    }

    /// For an exchange that is taken up again: what its secrets had to give has entered it already.
    pub(super) fn resumed(mask: Mask, setting: Setting, pinned: Option<Pinned>) -> Option<Self> {
        (mask.demands(Mask::ID) == pinned.is_some()).then(|| {
            Self(Arc::new(Inner {
                mask,
                setting,
                context: Vec::new(),
                code: None,
                psk: None,
                pinned,
            }))
        })
    }

    /// The modes.
    pub fn mask(&self) -> Mask {
        self.0.mask
    }

    /// How the messages travel.
    pub fn setting(&self) -> Setting {
        self.0.setting
    }

    pub(super) fn context(&self) -> &[u8] {
        &self.0.context
    }

    pub(super) fn code(&self) -> Option<&Code> {
        self.0.code.as_ref()
    }

    pub(super) fn psk(&self) -> Option<&Psk> {
        self.0.psk.as_ref()
    }

    pub(super) fn pinned(&self) -> Option<&Pinned> {
        self.0.pinned.as_ref()
    }
}

/// A one-time code in its canonical text: whoever knows it has one guess's worth of proof.
pub struct Code(SecretBytes);

impl Code {
    /// Takes the canonical text over: words in lower case joined by hyphens, or the text of a scanned code.
    pub fn new(canonical: SecretBytes) -> Self {
        Self(canonical)
    }

    /// A share of CPace under this code: `PRS = "keypact-code" || 00 || code`, and a session id from the transcript.
    pub(super) fn share(&self, session: &Transcript, rng: &mut dyn Rng) -> Result<cpace::KeyPair, RngError> {
        let password = SecretBytes::new([labels::CODE, &[0], self.0.expose()].concat());
        let inputs = Inputs {
            password: password.expose(),
            // lv("keypact-hs1 ") || lv("initiator") || lv("responder")
            channel: b"\x0ckeypact-hs1 \x09initiator\x09responder",
            session: session.as_bytes(),
        };
        cpace::KeyPair::generate(&inputs, rng)
    }
}

/// A key of 128 bits or more that a courier carried.
pub struct Psk(Secret<32>);

impl Psk {
    /// Length of the tag that says which key is meant.
    pub(super) const TAG: usize = 16;

    /// A key of 32 bytes.
    pub fn new(key: Secret<32>) -> Self {
        Self(key)
    }

    /// A key of 16 bytes: `X(psk16, "psk16", "", 32)`.
    pub fn from_half(key: &Secret<16>) -> Self {
        Self(kdf::expand_short(
            key,
            &[labels::HANDSHAKE, labels::handshake::PSK16, &[0]],
        ))
    }

    pub(super) fn secret(&self) -> &Secret<32> {
        &self.0
    }

    /// `HMAC(X(psk, "psk tag", "", 32), HELLO up to here)[..16]`: other on every run, so it names nobody on the wire.
    pub(super) fn tag(&self, hello: &[u8]) -> [u8; Self::TAG] {
        let key = x::<32>(&self.0, labels::handshake::PSK_TAG, b"");
        let mut tag = [0; Self::TAG];
        tag.copy_from_slice(&hash::hmac(key.expose(), &[hello])[..Self::TAG]);
        tag
    }
}

/// Who one is, and who the peer must be.
pub struct Pinned {
    /// One's own long-term key.
    pub own: Credential,
    /// The peer's.
    pub peer: PublicKey,
}
