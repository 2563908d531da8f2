//! Every label that separates one use of a key from another, in one place. A test holds them apart.

/// Header MAC key of an age file.
pub const AGE_HEADER: &[u8] = b"header";
/// Payload key of an age file.
pub const AGE_PAYLOAD: &[u8] = b"payload";
/// Wrap key of an age X25519 stanza.
pub const AGE_X25519: &[u8] = b"age-encryption.org/v1/X25519";
/// Salt prefix of an age scrypt stanza.
pub const AGE_SCRYPT: &[u8] = b"age-encryption.org/v1/scrypt";
/// HPKE info of an age post-quantum stanza.
pub const AGE_HYBRID: &[u8] = b"age-encryption.org/mlkem768x25519";
/// HPKE info of an age tag stanza, and salt of its tag.
pub const AGE_TAG: &[u8] = b"age-encryption.org/p256tag";
/// HPKE info of an age post-quantum tag stanza, and salt of its tag.
pub const AGE_HYBRID_TAG: &[u8] = b"age-encryption.org/mlkem768p256tag";
/// Wrap key of a stanza for a PIV token or a Secure Enclave.
pub const AGE_PIV: &[u8] = b"piv-p256";
/// Wrap key of a stanza for a TPM.
pub const AGE_TPM: &[u8] = b"age-encryption.org/v1/tpm-p256";
/// Tweak and wrap key of an age stanza for an SSH Ed25519 key.
pub const AGE_SSH_ED25519: &[u8] = b"age-encryption.org/v1/ssh-ed25519";
/// OAEP label of an age stanza for an SSH RSA key.
pub const AGE_SSH_RSA: &[u8] = b"age-encryption.org/v1/ssh-rsa";
/// Key of the tags in the room of a header, from the file key like those of header and payload.
pub const ROOM: &[u8] = b"keypact/room";

/// Name of the only suite of the exchange; hashed first into its transcript.
pub const SUITE: &[u8] = b"keypact-hs1 X25519+ML-KEM-768 ChaCha20-Poly1305 HKDF-SHA-256";
/// Prefix of every expansion in the exchange.
pub const HANDSHAKE: &[u8] = b"keypact-hs1 ";
/// Prefix of every key exported from an exchange.
pub const EXPORT: &[u8] = b"keypact-exp ";
/// Generator of CPace over ristretto255.
pub const CPACE: &[u8] = b"CPaceRistretto255";
/// Session key of CPace over ristretto255.
pub const CPACE_ISK: &[u8] = b"CPaceRistretto255_ISK";
/// Prefix of a one-time code before it becomes the password of CPace.
pub const CODE: &[u8] = b"keypact-code";
/// Prefix of the fingerprint of a pinned identity.
pub const IDENTITY: &[u8] = b"keypact-id";
/// Prefix of the name of an exchange in texts that people carry.
pub const TOKEN: &[u8] = b"keypact-token";
/// Prefix of the name under which two sides meet at a relay, before it becomes the token that the relay sees.
pub const NAMEPLATE: &[u8] = b"keypact-nameplate";

/// Round function of the cipher over courier keys with a passphrase, and tag of the text in their QR codes.
pub const COURIER: &[u8] = b"keypact-courier";

/// Labels below [`HANDSHAKE`].
pub mod handshake {
    /// Message of the commitment to the initiator's nonce (with the prefix written out: it is an HMAC, not an expansion).
    pub const COMMIT: &[u8] = b"keypact-hs1 commit";
    /// Key that seals the end of REPLY.
    pub const REPLY: &[u8] = b"reply";
    /// Key that seals FINISH.
    pub const FINISH: &[u8] = b"finish";
    /// Short authentication string.
    pub const SAS: &[u8] = b"sas";
    /// First chain secret from initiator to responder.
    pub const DATA_I2R: &[u8] = b"data i2r";
    /// First chain secret from responder to initiator.
    pub const DATA_R2I: &[u8] = b"data r2i";
    /// Secret that exported keys come from.
    pub const EXPORTER: &[u8] = b"exporter";
    /// Channel binding, whose first bytes are the session id.
    pub const BINDING: &[u8] = b"channel binding";
    /// Check value of a courier key.
    pub const KCV: &[u8] = b"kcv";
    /// Record key of a chain secret.
    pub const KEY: &[u8] = b"key";
    /// Record nonce base of a chain secret.
    pub const IV: &[u8] = b"iv";
    /// Next chain secret.
    pub const REKEY: &[u8] = b"rekey";
    /// Key of the tag that names a courier key in HELLO.
    pub const PSK_TAG: &[u8] = b"psk tag";
    /// A courier key of 16 bytes, stretched to 32.
    pub const PSK16: &[u8] = b"psk16";
    /// Proof of the initiator's pinned identity.
    pub const ID_INITIATOR: &[u8] = b"id i";
    /// Proof of the responder's pinned identity.
    pub const ID_RESPONDER: &[u8] = b"id r";
    /// Static X25519 key of an identity's seed.
    pub const ID_X25519: &[u8] = b"id x25519";
    /// Ed25519 seed of an identity's seed.
    pub const ID_ED25519: &[u8] = b"id ed25519";
    /// Next chain secret that also takes in a transfer's file key.
    pub const FILE_KEY: &[u8] = b"file key";
    /// Next chain secret that also takes in fresh shares.
    pub const KEX: &[u8] = b"kex";
}

/// Labels below [`EXPORT`].
pub mod export {
    /// The key that `keypact exchange` hands out.
    pub const SESSION: &[u8] = b"session key";
    /// The key that wraps a transfer's file key.
    pub const TRANSFER: &[u8] = b"transfer kek";
    /// The chain key of an enrolment.
    pub const ENROL: &[u8] = b"enrol";
    /// The courier key of the session that goes on when this one's wire has broken.
    pub const RESUMPTION: &[u8] = b"resumption";
}

#[cfg(test)]
mod tests {
    #[test]
    fn labels_of_one_family_differ() {
        use super::{export::*, handshake::*, *};
        let families: [&[&[u8]]; 3] = [
            &[
                AGE_HEADER,
                AGE_PAYLOAD,
                AGE_X25519,
                AGE_SCRYPT,
                AGE_HYBRID,
                AGE_TAG,
                AGE_HYBRID_TAG,
                AGE_PIV,
                AGE_TPM,
                AGE_SSH_ED25519,
                AGE_SSH_RSA,
                ROOM,
                SUITE,
                HANDSHAKE,
                EXPORT,
                COURIER,
                CPACE,
                CPACE_ISK,
                CODE,
                IDENTITY,
                TOKEN,
                NAMEPLATE,
            ],
            &[
                COMMIT,
                REPLY,
                FINISH,
                SAS,
                DATA_I2R,
                DATA_R2I,
                EXPORTER,
                BINDING,
                KEY,
                IV,
                REKEY,
                FILE_KEY,
                KEX,
                PSK_TAG,
                PSK16,
                KCV,
                ID_INITIATOR,
                ID_RESPONDER,
                ID_X25519,
                ID_ED25519,
            ],
            &[SESSION, TRANSFER, ENROL, RESUMPTION],
        ];
        for family in families {
            for (i, a) in family.iter().enumerate() {
                assert!(
                    family[i + 1..].iter().all(|b| a != b),
                    "{:?} twice",
                    String::from_utf8_lossy(a)
                );
            }
        }
    }
}
