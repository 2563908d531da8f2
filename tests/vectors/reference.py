"""A second implementation of hs1 and of the age format, written from the text of the specifications alone.

It shares no code with the Rust crate, takes all randomness as arguments, and is slow and not constant-time: it exists
to write the known-answer vectors next to it and for nothing else.
"""

import base64
import hashlib
import hmac
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from kyber_py.ml_kem import ML_KEM_768

import cpace

ZERO_NONCE = bytes(12)

# --- Primitives ---------------------------------------------------------------------------------------------------


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hmac_sha256(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def hkdf_extract(salt, ikm):
    """RFC 5869, 2.2. An empty salt and 32 zero bytes are the same HMAC key."""
    return hmac_sha256(salt, ikm)


def hkdf_expand(prk, info, length):
    """RFC 5869, 2.3."""
    block, output = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac_sha256(prk, block, info, bytes([counter]))
        output += block
    return output[:length]


def hkdf(ikm, salt, info):
    return hkdf_expand(hkdf_extract(salt, ikm), info, 32)


def seal(key, nonce, aad, plaintext):
    return ChaCha20Poly1305(key).encrypt(nonce, plaintext, aad)


def x25519_public(scalar):
    return X25519PrivateKey.from_private_bytes(scalar).public_key().public_bytes_raw()


def x25519(scalar, point):
    return X25519PrivateKey.from_private_bytes(scalar).exchange(X25519PublicKey.from_public_bytes(point))


P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def p256_key(scalar):
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def p256_public(scalar, form):
    """The point of a scalar, "Compressed" or "Uncompressed"."""
    return p256_key(scalar).public_key().public_bytes(Encoding.X962, getattr(PublicFormat, form + "Point"))


def p256_agree(scalar, point):
    """The x coordinate."""
    return p256_key(scalar).exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))


def ml_kem_public(seed):
    return MLKEM768PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()


def ml_kem_encapsulate(public, message):
    return ML_KEM_768._encaps_internal(public, message)


def ml_kem_decapsulate(seed, ciphertext):
    return MLKEM768PrivateKey.from_seed_bytes(seed).decapsulate(ciphertext)


# --- hs1: messages and key schedule (sections 3.1 to 3.5) ----------------------------------------------------------

LABEL = b"keypact-hs1 X25519+ML-KEM-768 ChaCha20-Poly1305 HKDF-SHA-256"
HELLO, REPLY, FINISH = 1, 2, 3
VERSION = 1
SUITE = 1


def expand(prk, label, context, length):
    """X(prk, label, ctx, n) of the specification."""
    return hkdf_expand(prk, b"keypact-hs1 " + label.encode() + b"\0" + context, length)


def frame_header(kind, body_length):
    return b"KPX1" + bytes([kind, 0]) + body_length.to_bytes(2, "big")


def negotiation(terms):
    """ver, ver_max, suite, mask, flags, ext_len: the eight bytes that REPLY echoes."""
    return bytes([VERSION, VERSION]) + SUITE.to_bytes(2, "big") + bytes([terms.mask, terms.flags]) + bytes(2)


def hello(terms, nonce, share, ml_kem):
    """HELLO up to what single modes add; its length field counts that already."""
    extra = (32 if terms.code is not None else 0) + (16 if terms.psk is not None else 0)
    head = frame_header(HELLO, 8 + 32 + 32 + 1184 + extra) + negotiation(terms)
    commitment = hmac_sha256(nonce, b"keypact-hs1 commit\0", head, bytes(32), share, ml_kem)
    return head + commitment + share + ml_kem


def stretched(psk):
    """A courier key of 16 bytes (handshake.md, 7.2)."""
    return psk if len(psk) == 32 else expand(psk, "psk16", b"", 32)


def psk_tag(psk, base):
    return hmac_sha256(expand(psk, "psk tag", b"", 32), base)[:16]


def code_generator(code, session):
    """The generator of CPace that belongs to a code (handshake.md, 7.1)."""
    channel = cpace.lv_cat(b"keypact-hs1 ", b"initiator", b"responder")
    return cpace.generator(b"keypact-code\0" + code, channel, session)


def terms(mask, context=b"", flags=0, code=None, psk=None, initiator=None, responder=None):
    """What both sides demand; `initiator` and `responder` are their identities."""
    return SimpleNamespace(mask=mask, context=context, flags=flags, code=code, psk=psk,
                           initiator=initiator, responder=responder)


def handshake(terms, initiator, responder):
    """Both sides of one run; `initiator` has x25519, ml_kem_seed, nonce, `responder` nonce, x25519, ml_kem_message,
    and each cpace under a code."""
    share_i, share_r = x25519_public(initiator["x25519"]), x25519_public(responder["x25519"])
    ml_kem = ml_kem_public(initiator["ml_kem_seed"])
    ss_ml_kem, ciphertext = ml_kem_encapsulate(ml_kem, responder["ml_kem_message"])
    ss_x25519 = x25519(responder["x25519"], share_i)
    assert ss_ml_kem == ml_kem_decapsulate(initiator["ml_kem_seed"], ciphertext)
    assert ss_x25519 == x25519(initiator["x25519"], share_r)

    th0 = sha256(LABEL, b"\0", len(terms.context).to_bytes(2, "big"), terms.context)
    base = hello(terms, initiator["nonce"], share_i, ml_kem)
    y_i, y_r, isk, tag = b"", b"", bytes(64), b""
    if terms.code is not None:
        session = sha256(th0, base)
        generator = code_generator(terms.code, session)
        scalar_i, scalar_r = cpace.scalar_of(initiator["cpace"]), cpace.scalar_of(responder["cpace"])
        y_i, y_r = cpace.share(scalar_i, generator), cpace.share(scalar_r, generator)
        isk = cpace.session_key(session, scalar_i, y_r, (y_i, b"", y_r, b""))
        assert isk == cpace.session_key(session, scalar_r, y_i, (y_i, b"", y_r, b""))
    if terms.psk is not None:
        tag = psk_tag(stretched(terms.psk), base)
    m1 = base + y_i + tag
    th1 = sha256(th0, m1)

    shown_r = terms.responder.shown_length if terms.responder else 0
    m2p = (frame_header(REPLY, 8 + 32 + 32 + 1088 + len(y_r) + shown_r + 16) + negotiation(terms)
           + responder["nonce"] + share_r + ciphertext + y_r)
    th2 = sha256(th1, m2p)
    ck0 = hkdf_extract(th0, bytes(32) if terms.psk is None else stretched(terms.psk))
    ck1 = hkdf_extract(ck0, ss_ml_kem + ss_x25519 + isk)
    hr = expand(ck1, "reply", th2, 32)
    credential_r, ss_r = terms.responder.show(ck1, "id r", th2, share_i) if terms.responder else (b"", bytes(32))
    assert len(credential_r) == shown_r
    m2s = seal(hr, ZERO_NONCE, th2, credential_r)
    th3 = sha256(th2, m2s)
    hi = expand(ck1, "finish", th3, 32)
    credential_i, ss_i = terms.initiator.show(ck1, "id i", th3, share_r) if terms.initiator else (b"", bytes(32))
    m3_header = frame_header(FINISH, 32 + len(credential_i) + 16)
    m3 = m3_header + seal(hi, ZERO_NONCE, th3 + m3_header, initiator["nonce"] + credential_i)
    th4 = sha256(th3, m3)
    mst = hkdf_extract(ck1, ss_r + ss_i + initiator["nonce"])
    return SimpleNamespace(
        ss_ml_kem=ss_ml_kem, ss_x25519=ss_x25519,
        m1=m1, m2=m2p + m2s, m3=m3,
        th0=th0, th1=th1, th2=th2, th3=th3, th4=th4,
        ck0=ck0, ck1=ck1, hr=hr, hi=hi, mst=mst,
        sas=expand(hkdf_extract(ck1, initiator["nonce"]), "sas", th3, 64),
        i2r=expand(mst, "data i2r", th4, 32),
        r2i=expand(mst, "data r2i", th4, 32),
        exp=expand(mst, "exporter", th4, 32),
        cb=expand(mst, "channel binding", th4, 32),
    )


def export(exp, label, context, length):
    return hkdf_expand(exp, b"keypact-exp " + label.encode() + b"\0" + sha256(context), length)


def session_id(cb):
    return base64.b32encode(cb[:10]).decode().lower()


# --- hs1: comparison strings (section 5.1) -------------------------------------------------------------------------


def sas_words(sas, count, even, odd):
    return [(odd if i % 2 else even)[sas[i]] for i in range(count)]


def sas_digits(sas):
    return f"{int.from_bytes(sas[:8], 'big') % 10**10:010}"


def sas_emoji(sas):
    bits = int.from_bytes(sas[:6], "big")
    return [bits >> (42 - 6 * i) & 63 for i in range(7)]


def sas_typed(sas, even, odd):
    """What initiator and responder read out (sas.md, 1)."""
    return [" ".join(sas_words(sas[at:], 3, even, odd)) for at in (8, 11)]


def sas_qr(sas, nonce):
    """What initiator and responder show to a camera (sas.md, 4)."""
    return ["KPV1:" + base64.b32encode(content + nonce).decode().rstrip("=")
            for content in (b"I" + sas[32:48], b"R" + sas[48:64])]


# --- hs1: records (section 3.8) ------------------------------------------------------------------------------------

DATA, VERIFIED, REKEY, CLOSE, FILE_KEY = 1, 2, 3, 4, 0x17
KEX, KEX_REPLY, KEX_DONE = 8, 9, 10


class Direction:
    """One direction of the channel: its chain secret, the cipher that it is for, and the number of the next record under it."""

    def __init__(self, secret, cipher=ChaCha20Poly1305):
        self.secret, self.cipher, self.seq = secret, cipher, 0

    def record(self, rtype, body):
        context = b"AES-256-GCM" if self.cipher is AESGCM else b""
        key, iv = expand(self.secret, "key", context, 32), expand(self.secret, "iv", context, 12)
        nonce = (int.from_bytes(iv, "big") ^ self.seq).to_bytes(12, "big")
        header = b"\x20" + (1 + len(body) + 16).to_bytes(3, "big")
        written = {"secret": self.secret, "seq": self.seq, "rtype": rtype, "body": body,
                   "record": header + self.cipher(key).encrypt(nonce, bytes([rtype]) + body, header)}
        self.seq += 1
        return written

    def rekey(self, cipher=None):
        written = self.record(REKEY, b"")
        self.__init__(expand(self.secret, "rekey", b"", 32), cipher or self.cipher)
        return written

    def file_key(self, kek, transfer_id, dek):
        written = self.record(FILE_KEY, seal(kek, ZERO_NONCE, transfer_id, dek))
        self.mix(dek, "file key", transfer_id)
        return written

    def mix(self, other, label, context):
        self.__init__(expand(hkdf_extract(self.secret, other), label, context, 32), self.cipher)


# --- age: texts ----------------------------------------------------------------------------------------------------


def b64(data):
    return base64.b64encode(data).decode().rstrip("=")


def bech32(prefix, data):
    """BIP 173 without its length limit."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = len(data) * 8
    groups = -(-bits // 5)
    number = int.from_bytes(data, "big") << (groups * 5 - bits)
    values = [number >> 5 * i & 31 for i in reversed(range(groups))]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for value in expanded + values + [0] * 6:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for i, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> i & 1 else 0
    values += [(check ^ 1) >> 5 * i & 31 for i in reversed(range(6))]
    return prefix + "1" + "".join(alphabet[v] for v in values)


def stanza(kind, args, body):
    text = b64(body)
    lines = [text[i : i + 64] for i in range(0, len(text) + 1, 64)]
    return " ".join(["->", kind, *args]) + "\n" + "\n".join(lines) + "\n"


# --- age: keys and wraps -------------------------------------------------------------------------------------------


def hybrid_keys(seed):
    """The ML-KEM seed, the X25519 scalar and the 1216-byte public key of an age post-quantum identity."""
    expanded = hashlib.shake_256(seed).digest(96)
    ml_kem_seed, scalar = expanded[:64], expanded[64:]
    return ml_kem_seed, scalar, ml_kem_public(ml_kem_seed) + x25519_public(scalar)


def hybrid_encapsulate(public, ml_kem_message, scalar):
    """HPKE KEM 0x647a: the shared secret and the 1120-byte encapsulation."""
    ss_ml_kem, ciphertext = ml_kem_encapsulate(public[:1184], ml_kem_message)
    share = x25519_public(scalar)
    return hybrid_combine(ss_ml_kem, x25519(scalar, public[1184:]), share, public[1184:]), ciphertext + share


def hybrid_decapsulate(seed, enc):
    ml_kem_seed, scalar, public = hybrid_keys(seed)
    return hybrid_combine(
        ml_kem_decapsulate(ml_kem_seed, enc[:1088]), x25519(scalar, enc[1088:]), enc[1088:], public[1184:])


def hybrid_combine(ss_ml_kem, ss_x25519, share, public):
    return hashlib.sha3_256(ss_ml_kem + ss_x25519 + share + public + rb"\.//^" + b"\\").digest()


def labeled_extract(suite, salt, label, ikm):
    """RFC 9180, 4."""
    return hkdf_extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    return hkdf_expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def hpke_key(kem, shared, info):
    """RFC 9180, 5.1, base mode with HKDF-SHA256 and ChaCha20Poly1305: the key and the nonce of the first message."""
    suite = b"HPKE" + kem.to_bytes(2, "big") + b"\x00\x01\x00\x03"
    context = b"\0" + labeled_extract(suite, b"", b"psk_id_hash", b"") + labeled_extract(suite, b"", b"info_hash", info)
    secret = labeled_extract(suite, shared, b"secret", b"")
    return tuple(labeled_expand(suite, secret, label, context, n) for label, n in ((b"key", 32), (b"base_nonce", 12)))


def dhkem_encapsulate(scalar, ephemeral):
    """HPKE KEM 0x0010, RFC 9180, 4.1: the shared secret with the owner of `scalar` and the 65-byte encapsulation."""
    public, enc = p256_public(scalar, "Uncompressed"), p256_public(ephemeral, "Uncompressed")
    suite = b"KEM\x00\x10"
    prk = labeled_extract(suite, b"", b"eae_prk", p256_agree(ephemeral, public))
    return labeled_expand(suite, prk, b"shared_secret", enc + public, 32), enc


def hybrid_p256_keys(seed):
    """The ML-KEM seed, the P-256 scalar and the 1249-byte public key of a seed of HPKE KEM 0x0050."""
    expanded = hashlib.shake_256(seed).digest(64 + 128)
    ml_kem_seed, windows = expanded[:64], (expanded[at : at + 32] for at in range(64, 192, 32))
    scalar = next(window for window in windows if 0 < int.from_bytes(window, "big") < P256_ORDER)
    return ml_kem_seed, scalar, ml_kem_public(ml_kem_seed) + p256_public(scalar, "Uncompressed")


def hybrid_p256_encapsulate(public, ml_kem_message, ephemeral):
    """HPKE KEM 0x0050: the shared secret and the 1153-byte encapsulation."""
    ss_ml_kem, ciphertext = ml_kem_encapsulate(public[:1184], ml_kem_message)
    share, point = p256_public(ephemeral, "Uncompressed"), public[1184:]
    agreed = p256_agree(ephemeral, point)
    return hashlib.sha3_256(ss_ml_kem + agreed + share + point + b"MLKEM768-P256").digest(), ciphertext + share


def wrap_x25519(public, file_key, scalar):
    share = x25519_public(scalar)
    key = hkdf(x25519(scalar, public), share + public, b"age-encryption.org/v1/X25519")
    return stanza("X25519", [b64(share)], seal(key, ZERO_NONCE, b"", file_key))


def wrap_hybrid(public, file_key, ml_kem_message, scalar):
    shared, enc = hybrid_encapsulate(public, ml_kem_message, scalar)
    key, nonce = hpke_key(0x647A, shared, b"age-encryption.org/mlkem768x25519")
    return stanza("mlkem768x25519", [b64(enc)], seal(key, nonce, b"", file_key))


def wrap_tag(scalar, file_key, ephemeral):
    info = b"age-encryption.org/p256tag"
    shared, enc = dhkem_encapsulate(scalar, ephemeral)
    tag = hkdf_extract(info, enc + sha256(p256_public(scalar, "Compressed"))[:4])[:4]
    key, nonce = hpke_key(0x0010, shared, info)
    return stanza("p256tag", [b64(tag), b64(enc)], seal(key, nonce, b"", file_key))


def wrap_hybrid_tag(public, file_key, ml_kem_message, ephemeral):
    info = b"age-encryption.org/mlkem768p256tag"
    shared, enc = hybrid_p256_encapsulate(public, ml_kem_message, ephemeral)
    tag = hkdf_extract(info, enc + sha256(public[1184:])[:4])[:4]
    key, nonce = hpke_key(0x0050, shared, info)
    return stanza("mlkem768p256tag", [b64(tag), b64(enc)], seal(key, nonce, b"", file_key))


def wrap_token(kind, scalar, file_key, ephemeral):
    """piv-p256 of YubiKeys and Secure Enclaves, tpm-ecc of TPMs: the form of points in tag and salt, and the label."""
    form, label = {"piv-p256": ("Compressed", b"piv-p256"),
                   "tpm-ecc": ("Uncompressed", b"age-encryption.org/v1/tpm-p256")}[kind]
    point, share = p256_public(scalar, form), p256_public(ephemeral, form)
    key = hkdf(p256_agree(ephemeral, point), share + point, label)
    args = [b64(sha256(point)[:4]), b64(p256_public(ephemeral, "Compressed"))]
    return stanza(kind, args, seal(key, ZERO_NONCE, b"", file_key))


def wrap_scrypt(passphrase, log_n, file_key, salt):
    key = hashlib.scrypt(passphrase, salt=b"age-encryption.org/v1/scrypt" + salt, n=1 << log_n, r=8, p=1, dklen=32)
    return stanza("scrypt", [b64(salt), str(log_n)], seal(key, ZERO_NONCE, b"", file_key))


def read_ssh(line):
    """A line of a `.pub` file (RFC 4253, 6.6): the whole key, and the strings in it after the kind."""
    blob = rest = base64.b64decode(line.split()[1])
    strings = []
    while rest:
        length = int.from_bytes(rest[:4], "big")
        strings.append(rest[4 : 4 + length])
        rest = rest[4 + length :]
    return blob, strings[1:]


def wrap_ssh_ed25519(line, file_key, scalar):
    """As the package agessh of age does it. The u-coordinate of a point is (1 + y) / (1 - y) (RFC 7748, 4.1)."""
    info, prime = b"age-encryption.org/v1/ssh-ed25519", 2**255 - 19
    blob, (public,) = read_ssh(line)
    y = int.from_bytes(public, "little") % 2**255
    montgomery = ((1 + y) * pow(1 - y, -1, prime) % prime).to_bytes(32, "little")
    share = x25519_public(scalar)
    shared = x25519(hkdf(b"", blob, info), x25519(scalar, montgomery))
    key = hkdf(shared, share + montgomery, info)
    return stanza("ssh-ed25519", [b64(sha256(blob)[:4]), b64(share)], seal(key, ZERO_NONCE, b"", file_key))


def wrap_ssh_rsa(line, file_key, seed):
    """RSAES-OAEP with SHA-256 and MGF1 (RFC 8017, 7.1.1)."""
    blob, (exponent, modulus) = read_ssh(line)
    n = int.from_bytes(modulus, "big")
    size = (n.bit_length() + 7) // 8

    def masked(data, source):
        count = -(-len(data) // 32)
        mask = b"".join(sha256(source, i.to_bytes(4, "big")) for i in range(count))
        return bytes(a ^ b for a, b in zip(data, mask))

    db = sha256(b"age-encryption.org/v1/ssh-rsa") + bytes(size - len(file_key) - 66) + b"\x01" + file_key
    masked_db = masked(db, seed)
    message = masked(seed, masked_db) + masked_db
    body = pow(int.from_bytes(message, "big"), int.from_bytes(exponent, "big"), n).to_bytes(size, "big")
    return stanza("ssh-rsa", [b64(sha256(blob)[:4])], body)


# --- age: header and payload ---------------------------------------------------------------------------------------

CHUNK = 65536


def header(file_key, stanzas):
    text = "age-encryption.org/v1\n" + "".join(stanzas) + "---"
    mac = hmac_sha256(hkdf(file_key, b"", b"header"), text.encode())
    return mac, f"{text} {b64(mac)}\n"


def payload_key(file_key, nonce):
    return hkdf(file_key, nonce, b"payload")


def chunks(key, plaintext):
    count = max(1, -(-len(plaintext) // CHUNK))
    return [seal(key, i.to_bytes(11, "big") + bytes([i == count - 1]), b"", plaintext[i * CHUNK : (i + 1) * CHUNK])
            for i in range(count)]
