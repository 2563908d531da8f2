#!/usr/bin/env python3
"""Known answers for courier codes, from docs/spec/courier.md alone: writes courier.json beside this file.

Needs argon2-cffi for Argon2id; everything else is the standard library. Shares are computed by solving linear equations
over GF(256) instead of by Lagrange, and words through one large number instead of through bits.
"""

import base64
import hashlib
import hmac
import json
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

HERE = Path(__file__).parent
WORDS = (HERE.parent.parent / "src/codes/slip39.txt").read_text(encoding="ascii").split()
CUSTOMIZATION = {"open": b"shamir_extendable", "slip39": b"shamir_extendable", "argon2id": b"keypact-argon2id"}
EXPONENT = {"open": 0, "slip39": 6, "argon2id": 2}
CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def shake(name, length):
    return hashlib.shake_256(name.encode()).digest(length)


# GF(256)

def mul(a, b):
    product = 0
    for bit in range(8):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x11B << (bit - 8)
    return product


def inverse(a):
    return next(b for b in range(256) if mul(a, b) == 1)


def power(x, exponent):
    return 1 if exponent == 0 else mul(x, power(x, exponent - 1))


def coefficients(points):
    """The polynomial through points, by Gauss-Jordan elimination of the Vandermonde matrix."""
    rows = [[power(x, column) for column in range(len(points))] + [y] for x, y in points]
    for column in range(len(rows)):
        pivot = next(row for row in range(column, len(rows)) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = inverse(rows[column][column])
        rows[column] = [mul(scale, value) for value in rows[column]]
        for row in range(len(rows)):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a ^ mul(factor, b) for a, b in zip(rows[row], rows[column])]
    return [row[-1] for row in rows]


def at(polynomial, x):
    value = 0
    for exponent, coefficient in enumerate(polynomial):
        value ^= mul(coefficient, power(x, exponent))
    return value


def shares(value, threshold, count, random):
    if threshold == 1:
        return [value]
    drawn = [random(len(value)) for _ in range(threshold - 2)]
    noise = random(len(value) - 4)
    digest = hmac.digest(noise, value, "sha256")[:4] + noise
    fixed = [*enumerate(drawn), (254, digest), (255, value)]
    polynomials = [coefficients([(x, values[i]) for x, values in fixed]) for i in range(len(value))]
    return [bytes(at(polynomial, x) for polynomial in polynomials) for x in range(count)]


# The cipher

def argon2id_round(passphrase, ident, exponent):
    key = hash_secret_raw(passphrase, ident.to_bytes(2, "big") + bytes(14), time_cost=4,
                          memory_cost=2 ** (16 + exponent), parallelism=1, hash_len=32, type=Type.ID)
    return lambda i, right: hmac.digest(key, b"keypact-courier" + bytes([0, i]) + right, "sha256")[:len(right)]


def slip39_round(passphrase, exponent):
    return lambda i, right: hashlib.pbkdf2_hmac("sha256", bytes([i]) + passphrase, right, 2500 * 2 ** exponent, len(right))


def seal(key, f):
    half = len(key) // 2
    left, right = key[:half], key[half:]
    for i in range(4):
        left, right = right, bytes(a ^ b for a, b in zip(left, f(i, right)))
    return right + left


# Words

def rs1024(values):
    generators = [0xE0E040, 0x1C1C080, 0x3838100, 0x7070200, 0xE0E0009, 0x1C0C2412, 0x38086C24, 0x3090FC48, 0x21B1F890, 0x3F3F120]
    state = 1
    for value in values:
        top = state >> 20
        state = (state & 0xFFFFF) << 10 ^ value
        for bit, generator in enumerate(generators):
            if top >> bit & 1:
                state ^= generator
    return state


def indices(lock, ident, member, threshold, value):
    number = ident << 5 | 1 << 4 | EXPONENT[lock]
    for field in (0, 0, 0, member, threshold - 1):
        number = number << 4 | field
    width = -(-len(value) * 8 // 10)
    number = number << width * 10 | int.from_bytes(value, "big")
    found = [number >> 10 * i & 1023 for i in reversed(range(4 + width))]
    checksum = rs1024([*CUSTOMIZATION[lock], *found, 0, 0, 0]) ^ 1
    return found + [checksum >> shift & 1023 for shift in (20, 10, 0)]


def qr(kind, check, found):
    number = 0
    for index in found:
        number = number << 10 | index
    width = -(-len(found) * 10 // 8)
    body = bytes([kind]) + check + (number << width * 8 - len(found) * 10).to_bytes(width, "big")
    body += hashlib.sha256(b"keypact-courier\0" + body).digest()[:4]
    return "KPK1:" + base64.b32encode(body).decode().rstrip("=")


def bech32(prefix, data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    fives = [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]
    state = 1
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    for value in expanded + fives + [0] * 6:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            if top >> bit & 1:
                state ^= generator
    state ^= 1
    return prefix + "1" + "".join(CHARSET[five] for five in fives + [state >> 5 * (5 - i) & 31 for i in range(6)])


IDENTITY = {2: "age-secret-key-", 3: "age-secret-key-pq-"}


def case(name, kind, length, threshold, count, lock, passphrase=""):
    key, drawn = shake(f"{name} key", length), []

    def random(size):
        drawn.append(shake(f"{name} random {len(drawn)}", size))
        return drawn[-1]

    ident = int.from_bytes(random(2), "big") >> 1
    f = argon2id_round(passphrase.encode(), ident, 2) if lock == "argon2id" else slip39_round(passphrase.encode(), EXPONENT[lock])
    values = shares(seal(key, f), threshold, count, random)
    check = hmac.digest(key, b"keypact-hs1 kcv\0\1", "sha256")[:4]
    found = [indices(lock, ident, member, threshold, value) for member, value in enumerate(values)]
    return {
        "name": name, "kind": kind, "key": key.hex(), "check": check.hex(), "threshold": threshold, "count": count,
        "lock": lock, "passphrase": passphrase, "random": b"".join(drawn).hex(),
        "shares": [{"words": " ".join(WORDS[i] for i in words), "qr": qr(kind, check, words)} for words in found],
        **({"identity": bech32(IDENTITY[kind], key).upper()} if kind in IDENTITY else {}),
    }


def main():
    cases = [
        case("PSK of 128 bits", 1, 16, 1, 1, "open"),
        case("PSK of 256 bits", 1, 32, 1, 1, "open"),
        case("PSK, 3 of 5", 1, 32, 3, 5, "open"),
        case("PSK, passphrase of SLIP-39", 1, 16, 1, 1, "slip39", "correct horse"),
        case("PSK, passphrase through Argon2id", 1, 16, 1, 1, "argon2id", "correct horse"),
        case("X25519 identity, 2 of 3, Argon2id", 2, 32, 2, 3, "argon2id", "Stra\u00dfe"),
        case("hybrid identity, 2 of 2", 3, 32, 2, 2, "open"),
    ]
    (HERE / "courier.json").write_text(json.dumps({"cases": cases}, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
