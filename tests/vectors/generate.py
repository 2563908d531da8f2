#!/usr/bin/env python3
"""Writes the known-answer vectors hs1.json, hs1_modes.json and age.json; with --check, compares them with those on disk.

    python3 -m pip install -r tests/vectors/requirements.txt
    python3 tests/vectors/generate.py [--check]

--check also compares the word lists in src/codes with the packages they were taken from. README.md has the format.
"""

import hashlib
import json
import sys
from pathlib import Path

from shamir_mnemonic.wordlist import WORDLIST
from wormhole._wordlist import raw_words

import cpace
import identity
import reference as ref

HERE = Path(__file__).resolve().parent
CODES = HERE.parent.parent / "src" / "codes"
PGP_EVEN, PGP_ODD = ([raw_words[f"{byte:02X}"][column].lower() for byte in range(256)] for column in (0, 1))


def main():
    cpace.check()
    made = {name: json.dumps(readable(make()), indent=1, ensure_ascii=False) + "\n"
            for name, make in (("hs1.json", hs1_vectors), ("hs1_modes.json", mode_vectors), ("age.json", age_vectors))}
    if sys.argv[1:] == ["--check"]:
        stale = [name for name, text in made.items() if (HERE / name).read_text(encoding="utf-8") != text]
        stale += [name for name, words in vendored_lists() if (CODES / name).read_text().splitlines() != words]
        sys.exit(f"differs from the reference: {', '.join(stale)}" if stale else 0)
    if sys.argv[1:]:
        sys.exit(__doc__)
    for name, text in made.items():
        (HERE / name).write_text(text, encoding="utf-8")


def readable(value):
    if isinstance(value, dict):
        return {key: readable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [readable(inner) for inner in value]
    return value.hex() if isinstance(value, bytes) else value


def vendored_lists():
    return [("pgp-even.txt", PGP_EVEN), ("pgp-odd.txt", PGP_ODD), ("slip39.txt", list(WORDLIST))]


def shake(name, length):
    return hashlib.shake_256(name.encode()).digest(length)


def split(data, **lengths):
    """Cuts `data` into named fields that must use it up."""
    fields, at = {}, 0
    for name, length in lengths.items():
        fields[name] = data[at : at + length]
        at += length
    assert at == len(data)
    return fields


# --- hs1 -----------------------------------------------------------------------------------------------------------

SAS, TRANSPORT = 0x01, 0x10


def hs1_vectors():
    counting = bytes(range(224))
    return {"cases": [
        hs1_case("sas", SAS, "", counting),
        hs1_case("sas, other randomness", SAS, ""),
        hs1_case("sas, context", SAS, "ticket 42"),
        hs1_case("sas, long context", SAS, "Übergabe " * 30, session_key_label="backup"),
        hs1_case("transport", TRANSPORT, ""),
        hs1_case("transport, context", TRANSPORT, "ticket 42", counting, session_key_label="backup"),
    ]}


def hs1_case(name, mask, context, random=None, session_key_label=""):
    random = random or shake(name, 224)
    initiator = split(random[:128], x25519=32, ml_kem_seed=64, nonce=32)
    responder = split(random[128:], nonce=32, x25519=32, ml_kem_message=32)
    run = ref.handshake(ref.terms(mask, context.encode()), initiator, responder)
    session_key = ref.export(run.exp, "session key", session_key_label.encode(), 32)
    return {
        "name": name,
        "mask": mask,
        "context": context,
        "initiator": initiator,
        "responder": responder,
        **vars(run),
        "sas_words": ref.sas_words(run.sas, 4, PGP_EVEN, PGP_ODD),
        "sas_words_6": ref.sas_words(run.sas, 6, PGP_EVEN, PGP_ODD),
        "sas_digits": ref.sas_digits(run.sas),
        "sas_emoji": ref.sas_emoji(run.sas),
        "session_id": ref.session_id(run.cb),
        "session_key_label": session_key_label,
        "session_key": session_key,
        "session_key_identity": hybrid_identity(session_key),
        "session_key_recipient": hybrid_recipient(session_key),
        "fresh": fresh_shares(name, run.i2r, run.r2i),
        **{key: {"i2r": records(name, mask, "i2r", run.i2r, run.exp, cipher),
                 "r2i": records(name, mask, "r2i", run.r2i, run.exp, cipher)}
           for key, cipher in (("records", ref.ChaCha20Poly1305), ("records_aes", ref.AESGCM))},
    }


def records(name, mask, direction, secret, exp, cipher):
    """The gate, under AES-256-GCM a rekey, data, a rekey, a file key, data under it, another rekey and the close."""
    drawn = split(shake(f"{name} {direction}", 48), transfer_id=16, dek=32)
    kek = ref.export(exp, "transfer kek", drawn["transfer_id"], 32)
    channel = ref.Direction(secret)
    prefers_aes = cipher is ref.AESGCM
    return [
        channel.record(ref.VERIFIED, bytes([mask, 2 * prefers_aes])),
        *([channel.rekey(cipher)] if prefers_aes else []),
        channel.record(ref.DATA, direction.encode()),
        channel.record(ref.DATA, b""),
        channel.rekey(),
        channel.record(0x10, bytes(range(256)) + bytes(44)),
        {**drawn, "kek": kek, **channel.file_key(kek, **drawn)},
        channel.record(0x12, shake(f"{name} {direction} chunk", 300)),
        channel.record(ref.DATA, b"after the file key"),
        channel.rekey(),
        channel.record(ref.CLOSE, b""),
    ]


def fresh_shares(name, i2r, r2i):
    """Fresh shares, told by the records of both sides in order, and a word under each new secret."""
    drawn = split(shake(f"{name} fresh", 96), seed=32, ml_kem_message=32, x25519=32)
    sides = {"i2r": ref.Direction(i2r), "r2i": ref.Direction(r2i)}
    for side in sides.values():
        side.seq = 1  # VERIFIED went before.
    key = ref.hybrid_keys(drawn["seed"])[2]
    shared, answer = ref.hybrid_encapsulate(key, drawn["ml_kem_message"], drawn["x25519"])
    transcript = ref.sha256(key, answer)
    told = []
    for direction, rtype, body in (("i2r", ref.KEX, key), ("r2i", ref.KEX_REPLY, answer), ("r2i", ref.DATA, b"fresh"),
                                   ("i2r", ref.KEX_DONE, b""), ("i2r", ref.DATA, b"fresh too")):
        told.append({"direction": direction, **sides[direction].record(rtype, body)})
        if rtype in (ref.KEX_REPLY, ref.KEX_DONE):
            sides[direction].mix(shared, "kex", transcript)
    return {**drawn, "shared": shared, "records": told}


# --- hs1, further modes --------------------------------------------------------------------------------------------

CODE, PSK, ID = 0x02, 0x04, 0x08
LIVE, TOKENS, RESUMPTION = 0, 1, 2
WORDS, SCANNED = "topmost-istanbul-pluto", "KPC1:" + "A7" * 13
KINDS = {"x25519": identity.X25519, "ed25519": identity.Ed25519, "ssh": identity.Ssh}


def mode_vectors():
    """Each case over a wire, and once more as tokens: their flag is in every key."""
    modes = [
        ("code", {"code": WORDS}),
        ("scanned code", {"code": SCANNED}),
        ("psk", {"psk": shake("psk", 32)}),
        ("psk of 16 bytes", {"psk": shake("psk", 16)}),
        ("id, x25519", {"ids": ("x25519", "x25519")}),
        ("id, ed25519", {"ids": ("ed25519", "ed25519")}),
        ("id, ssh", {"ids": ("ssh", "ssh")}),
        ("id, x25519 and ssh", {"ids": ("x25519", "ssh")}),
        ("id, ed25519 and x25519", {"ids": ("ed25519", "x25519")}),
        ("compare, code", {"code": WORDS, "others": SAS}),
        ("code, psk, id", {"code": WORDS, "psk": shake("psk", 32), "ids": ("x25519", "x25519"),
                           "context": "ticket 42"}),
        ("all", {"code": WORDS, "psk": shake("psk", 16), "ids": ("ssh", "ed25519"), "others": SAS | TRANSPORT}),
    ]
    cases = [mode_case(f"{name}, {setting}", flags, **given)
             for name, given in [("compare", {"others": SAS}), *modes]
             for setting, flags in (("live", LIVE), ("tokens", TOKENS))]
    return {"cases": [*cases, mode_case("psk, resumption", RESUMPTION, psk=shake("psk", 32))],
            "identities": [known_identity(kind, shake(f"identity {kind}", 32)) for kind in KINDS]}


def mode_case(name, flags, code=None, psk=None, ids=None, others=0, context=""):
    mask = others | (CODE if code else 0) | (PSK if psk else 0) | (ID if ids else 0)
    sides = ("initiator", "responder")
    drawn = cpace_draws(name) if code else {}
    initiator = {**split(shake(f"{name} initiator", 128), x25519=32, ml_kem_seed=64, nonce=32), **drawn.get("i", {})}
    responder = {**split(shake(f"{name} responder", 96), nonce=32, x25519=32, ml_kem_message=32), **drawn.get("r", {})}
    known = {side: {"kind": kind, "seed": shake(f"{name} {side} {kind}", 32)} for side, kind in zip(sides, ids or ())}
    owners = {side: KINDS[of["kind"]](of["seed"]) for side, of in known.items()}
    for side, owner in owners.items():
        known[side]["text"] = identity.text(owner)
    run = ref.handshake(ref.terms(mask, context.encode(), flags, code and code.encode(), psk, **owners),
                        initiator, responder)
    qr_nonce = shake(f"{name} qr", 8)
    return {
        "name": name, "mask": mask, "flags": flags, "context": context,
        "code": code, "psk": psk, "identities": known or None,
        "initiator": initiator, "responder": responder,
        **{key: getattr(run, key) for key in ("m1", "m2", "m3", "sas", "i2r", "r2i", "exp", "cb")},
        "sas_typed": ref.sas_typed(run.sas, PGP_EVEN, PGP_ODD),
        "qr_nonce": qr_nonce, "sas_qr": ref.sas_qr(run.sas, qr_nonce),
        "session_id": ref.session_id(run.cb),
        "enrol": enrolment(name, run.exp),
    }


def cpace_draws(name):
    return {side: {"cpace": shake(f"{name} cpace {side}", 64)} for side in "ir"}


def enrolment(name, exp):
    """The initiator enrols with X25519, the responder with Ed25519."""
    known = [{"kind": kind, "seed": shake(f"{name} enrol {kind}", 32)} for kind in ("x25519", "ed25519")]
    owners = [KINDS[of["kind"]](of["seed"]) for of in known]
    records = identity.enrol(exp, *owners, *(shake(f"{name} enrol {side}", 32) for side in ("initiator", "responder")))
    sides = {side: {**of, "text": identity.text(owner), **records[side]}
             for side, of, owner in zip(("initiator", "responder"), known, owners)}
    return {"chain": records["chain"], **sides}


def known_identity(kind, seed):
    owner = KINDS[kind](seed)
    return {"kind": kind, "seed": seed, "public": owner.public, "text": identity.text(owner),
            "fingerprint": identity.fingerprint(owner)}


# --- age -----------------------------------------------------------------------------------------------------------


def hybrid_identity(seed):
    return ref.bech32("age-secret-key-pq-", seed).upper()


def hybrid_recipient(seed):
    return ref.bech32("age1pq", ref.hybrid_keys(seed)[2])


def age_vectors():
    x25519 = [x25519_pair(bytes(range(32))), x25519_pair(shake("x25519 identity", 32))]
    hybrid = [hybrid_pair(bytes(range(32))), hybrid_pair(shake("hybrid identity", 32))]
    return {
        "identities": x25519 + hybrid,
        "stanzas": [*(x25519_stanza(f"X25519 {i}", pair) for i, pair in enumerate(x25519)),
                    *(hybrid_stanza(f"mlkem768x25519 {i}", pair) for i, pair in enumerate(hybrid)),
                    scrypt_stanza("scrypt", "correct horse battery staple"),
                    scrypt_stanza("scrypt, UTF-8", "Zwölf Boxkämpfer"),
                    ssh_stanza("ssh-ed25519", ref.wrap_ssh_ed25519, ssh_pair("ed25519")),
                    ssh_stanza("ssh-rsa", ref.wrap_ssh_rsa, ssh_pair("rsa"))],
        "devices": [device_stanza(f"{prefix} {i}", prefix, seed) for prefix in DEVICES
                    for i, seed in enumerate((bytes(range(32)), shake("device", 32)))],
        "files": [
            age_file("X25519, empty", 0, x25519_stanza, x25519[:1]),
            age_file("X25519, one byte", 1, x25519_stanza, x25519[:1]),
            age_file("two X25519", 100, x25519_stanza, x25519),
            age_file("mlkem768x25519", 100, hybrid_stanza, hybrid[:1]),
            age_file("two mlkem768x25519", 100, hybrid_stanza, hybrid),
            age_file("scrypt", 100, scrypt_stanza, ["correct horse battery staple"]),
            *(age_file(f"X25519, {length} bytes", length, x25519_stanza, x25519[1:])
              for length in (ref.CHUNK - 1, ref.CHUNK, ref.CHUNK + 1, 2 * ref.CHUNK, 2 * ref.CHUNK + 1000)),
        ],
    }


def x25519_pair(secret):
    public = ref.x25519_public(secret)
    return {"kind": "X25519", "secret": secret, "public": public,
            "identity": ref.bech32("age-secret-key-", secret).upper(), "recipient": ref.bech32("age", public)}


def hybrid_pair(seed):
    return {"kind": "mlkem768x25519", "secret": seed, "public": ref.hybrid_keys(seed)[2],
            "identity": hybrid_identity(seed), "recipient": hybrid_recipient(seed)}


def x25519_stanza(name, pair, file_key=None):
    file_key, random = file_key or shake(f"{name} file key", 16), shake(name, 32)
    return {"name": name, "kind": "X25519", "identity": pair["identity"], "recipient": pair["recipient"],
            "file_key": file_key, "random": random, "stanza": ref.wrap_x25519(pair["public"], file_key, random)}


def hybrid_stanza(name, pair, file_key=None):
    file_key, random = file_key or shake(f"{name} file key", 16), shake(name, 64)
    shared, enc = ref.hybrid_encapsulate(pair["public"], random[:32], random[32:])
    assert shared == ref.hybrid_decapsulate(pair["secret"], enc)
    return {"name": name, "kind": "mlkem768x25519", "identity": pair["identity"], "recipient": pair["recipient"],
            "file_key": file_key, "random": random, "enc": enc, "shared_secret": shared,
            "stanza": ref.wrap_hybrid(pair["public"], file_key, random[:32], random[32:])}


DEVICES = {"age1tag": "p256tag", "age1tagpq": "mlkem768p256tag", "age1yubikey": "piv-p256", "age1se": "piv-p256",
           "age1tpm": "tpm-ecc"}


def device_stanza(name, prefix, secret):
    kind = DEVICES[prefix]
    file_key, random = shake(f"{name} file key", 16), shake(name, 64 if prefix == "age1tagpq" else 32)
    if prefix == "age1tagpq":
        _, _, public = ref.hybrid_p256_keys(secret)
        stanza = ref.wrap_hybrid_tag(public, file_key, random[:32], random[32:])
    else:
        public = ref.p256_public(secret, "Compressed")
        stanza = ref.wrap_tag(secret, file_key, random) if prefix == "age1tag" \
            else ref.wrap_token(kind, secret, file_key, random)
    return {"name": name, "kind": kind, "secret": secret, "recipient": ref.bech32(prefix, public),
            "file_key": file_key, "random": random, "stanza": stanza}


def scrypt_stanza(name, passphrase, file_key=None):
    file_key, salt = file_key or shake(f"{name} file key", 16), shake(name, 16)
    return {"name": name, "kind": "scrypt", "passphrase": passphrase, "log_n": 10,
            "file_key": file_key, "random": salt, "stanza": ref.wrap_scrypt(passphrase.encode(), 10, file_key, salt)}


def ssh_pair(name):
    """A key of `ssh-keygen`, and its line without the comment."""
    keys = HERE.parent / "ssh_keys"
    line = (keys / f"{name}.pub").read_text(encoding="utf-8")
    return {"identity": (keys / name).read_text(encoding="utf-8"), "recipient": " ".join(line.split()[:2])}


def ssh_stanza(name, wrap, pair):
    file_key, random = shake(f"{name} file key", 16), shake(name, 32)
    return {"name": name, "kind": name, **pair, "file_key": file_key, "random": random,
            "stanza": wrap(pair["recipient"], file_key, random)}


def age_file(name, length, wrap, recipients):
    """A whole file over the plaintext 0, 1, ... 250, 0, 1, ...; the largest chunks are given by their hash alone."""
    file_key, nonce = shake(f"{name} file key", 16), shake(f"{name} nonce", 16)
    stanzas = [wrap(f"{name} {i}", recipient, file_key) for i, recipient in enumerate(recipients)]
    mac, header = ref.header(file_key, [s["stanza"] for s in stanzas])
    key = ref.payload_key(file_key, nonce)
    chunks = ref.chunks(key, bytes(i % 251 for i in range(length)))
    whole = header.encode() + nonce + b"".join(chunks)
    return {
        "name": name, "file_key": file_key, "stanzas": stanzas, "header": header, "mac": mac,
        "nonce": nonce, "payload_key": key, "plaintext_length": length,
        "first_chunk": chunk(chunks[0]), "last_chunk": chunk(chunks[-1]),
        "file_length": len(whole), "file_sha256": ref.sha256(whole), **({"file": whole} if length <= 1000 else {}),
    }


def chunk(ciphertext):
    return {"length": len(ciphertext), "start": ciphertext[:32], "tag": ciphertext[-16:],
            "sha256": ref.sha256(ciphertext)}


if __name__ == "__main__":
    main()
