"""Pinned identities (docs/spec/handshake.md, section 7.3) and their enrolment (section 13).

An identity has `kind`, `public`, `shown_length` and `show(chain, label, transcript, ephemeral)`, which gives the
credential and what it adds to the keys.
"""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import reference as ref

NO_DH = bytes(32)


class X25519:
    kind, shown_length = 1, 65

    def __init__(self, seed):
        """`seed`: the 32 secret bytes of an identity file."""
        self.scalar = ref.expand(seed, "id x25519", b"", 32)
        self.public = ref.x25519_public(self.scalar)

    def show(self, chain, label, transcript, ephemeral):
        shared = ref.x25519(self.scalar, ephemeral)
        key = ref.expand(ref.hkdf_extract(chain, shared), label, transcript, 32)
        return plain(self) + ref.hmac_sha256(key, plain(self)), shared


class Ed25519:
    kind, shown_length = 2, 1 + 2 + 32 + 2 + 64

    def __init__(self, seed):
        self.key = Ed25519PrivateKey.from_private_bytes(ref.expand(seed, "id ed25519", b"", 32))
        self.public = self.key.public_key().public_bytes_raw()

    def show(self, chain, label, transcript, ephemeral):
        head = bytes([self.kind]) + u16(self.public)
        return head + u16(self.key.sign(signed(label, transcript, head))), NO_DH


class Ssh:
    """An Ed25519 key of SSH: its seed is used as it is, and it signs as `ssh-keygen -Y sign` does (PROTOCOL.sshsig)."""

    kind = 4

    def __init__(self, seed):
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = strings(b"ssh-ed25519", self.key.public_key().public_bytes_raw())

    @property
    def shown_length(self):
        return len(self.show(None, "", b"", None)[0])

    def show(self, chain, label, transcript, ephemeral):
        head = bytes([self.kind]) + u16(self.public)
        rest = (b"keypact-hs1", b"", b"sha512")
        digest = hashlib.sha512(signed(label, transcript, head)).digest()
        signature = self.key.sign(b"SSHSIG" + strings(*rest, digest))
        blob = b"SSHSIG\0\0\0\1" + strings(self.public, *rest, strings(b"ssh-ed25519", signature))
        return head + u16(blob), NO_DH


def signed(label, transcript, head):
    return b"keypact-hs1 " + label.encode() + b"\0" + transcript + head


def plain(identity):
    return bytes([identity.kind]) + identity.public


def u16(data):
    return len(data).to_bytes(2, "big") + data


def strings(*parts):
    """Strings of SSH (RFC 4251, 5)."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def text(identity):
    return ref.bech32("kpid", plain(identity))


def fingerprint(identity):
    return ref.sha256(b"keypact-id\0", plain(identity))[:15]


def enrol(exp, initiator, responder, scalar_i, scalar_r):
    """The two records of each side: offers, then proofs."""
    share_i, share_r = ref.x25519_public(scalar_i), ref.x25519_public(scalar_r)
    offers = [b"\0" + share_i, b"\0" + share_r]
    chain = ref.export(exp, "enrol", b"", 32)
    transcript = ref.hmac_sha256(chain, b"".join(offers))
    proofs = [b"\1" + initiator.show(chain, "id i", transcript, share_r)[0],
              b"\1" + responder.show(chain, "id r", transcript, share_i)[0]]
    return {"chain": chain,
            "initiator": {"x25519": scalar_i, "offer": offers[0], "proof": proofs[0]},
            "responder": {"x25519": scalar_r, "offer": offers[1], "proof": proofs[1]}}
