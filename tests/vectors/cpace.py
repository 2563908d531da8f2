"""ristretto255 (RFC 9496) and CPace over it (draft-irtf-cfrg-cpace-21), in plain numbers and from the text alone.

Slow and not constant-time, like `reference.py`, which uses it. `check()` holds both against published vectors.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578
assert SQRT_AD_MINUS_ONE**2 % P == (-D - 1) % P and INVSQRT_A_MINUS_D**2 * (-1 - D) % P == 1

# --- ristretto255 (RFC 9496, 4) --------------------------------------------------------------------------------------
# A point is (X, Y, Z, T) of the twisted Edwards curve with a = -1: x = X/Z, y = Y/Z, xy = T/Z.

IDENTITY = (0, 1, 1, 0)


def is_negative(x):
    return x % P & 1


def absolute(x):
    return (-x if is_negative(x) else x) % P


def sqrt_ratio_m1(u, v):
    """Whether u/v is a square, and the non-negative root of u/v or of SQRT_M1 * u/v (4.2)."""
    root = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    check, u = v * root * root % P, u % P
    if check in (-u % P, -u * SQRT_M1 % P):
        root = root * SQRT_M1 % P
    return check in (u, -u % P), absolute(root)


def decode(encoding):
    """4.3.1: the point, or None."""
    s = int.from_bytes(encoding, "little")
    if s >= P or is_negative(s):
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    was_square, root = sqrt_ratio_m1(1, v * u2 * u2)
    den_x = root * u2 % P
    den_y = root * den_x * v % P
    x, y = absolute(2 * s * den_x), u1 * den_y % P
    t = x * y % P
    return None if not was_square or is_negative(t) or y == 0 else (x, y, 1, t)


def encode(point):
    """4.3.2."""
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, root = sqrt_ratio_m1(1, u1 * u2 * u2)
    den1, den2 = root * u1 % P, root * u2 % P
    z_inverse = den1 * den2 * t0 % P
    if is_negative(t0 * z_inverse):
        x, y, den = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, den = x0, y0, den2
    if is_negative(x * z_inverse):
        y = -y % P
    return absolute(den * (z0 - y)).to_bytes(32, "little")


def map_to_point(t):
    """MAP of 4.3.4."""
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * ONE_MINUS_D_SQ % P, (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio_m1(u, v)
    s, c = (s, -1) if was_square else (-absolute(s * t) % P, r)
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def derive(uniform):
    """Element derivation (4.3.4): 64 uniform bytes to a point."""
    halves = (int.from_bytes(uniform[at : at + 32], "little") % 2**255 for at in (0, 32))
    return add(*(map_to_point(half) for half in halves))


def add(p, q):
    """The unified addition of RFC 8032, 5.1.4."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    total = IDENTITY
    for bit in reversed(range(255)):
        total = add(total, total)
        if scalar >> bit & 1:
            total = add(total, point)
    return total


# --- CPace (draft-irtf-cfrg-cpace-21: 5, 6, 7.3) ---------------------------------------------------------------------

BLOCK = 128  # s_in_bytes of SHA-512
NAME = b"CPaceRistretto255"


def lv(data):
    """prepend_len: LEB128 of the length, then the data."""
    length, prefix = len(data), b""
    while True:
        low, length = length & 0x7F, length >> 7
        prefix += bytes([low | (0x80 if length else 0)])
        if not length:
            return prefix + data


def lv_cat(*parts):
    return b"".join(map(lv, parts))


def generator(password, channel, session):
    padding = bytes(max(0, BLOCK - 1 - len(lv(password)) - len(lv(NAME))))
    return derive(hashlib.sha512(lv_cat(NAME, password, padding, channel, session)).digest())


def scalar_of(uniform):
    return int.from_bytes(uniform, "little") % ORDER


def share(scalar, base):
    return encode(multiply(scalar, base))


def session_key(session, scalar, peer, transcript):
    """ISK of the initiator-responder setting; transcript is (Ya, ADa, Yb, ADb)."""
    point = decode(peer)
    assert point is not None and encode(multiply(scalar, point)) != bytes(32)
    return hashlib.sha512(lv_cat(NAME + b"_ISK", session, share(scalar, point)) + lv_cat(*transcript)).digest()


# --- Published vectors -----------------------------------------------------------------------------------------------


def check():
    check_group()
    check_cpace()


def check_group():
    """RFC 9496, A.1 (first multiples of the generator), A.2 (some bad encodings), A.3 (element derivation)."""
    multiples = ("00" * 32,
                 "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
                 "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919")
    base = decode(bytes.fromhex(multiples[1]))
    for factor, expected in enumerate(multiples):
        assert share(factor, base).hex() == expected
    assert share(ORDER, base) == bytes(32)
    for bad in ("00" + "ff" * 31, "ff" * 31 + "7f", "f3ff" + "ff" * 29 + "7f", "01" + "00" * 31,
                "ed" + "ff" * 30 + "7f", "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"):
        assert decode(bytes.fromhex(bad)) is None, bad
    uniform = hashlib.sha512(b"Ristretto is traditionally a short shot of espresso coffee").digest()
    assert encode(derive(uniform)).hex() == "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"


def check_cpace():
    """The draft's appendix B.3."""
    session = bytes.fromhex("7e4b4791d6a8ef019b936c79fb7f2c57")
    base = generator(b"Password", lv_cat(b"Ainitiator", b"Bresponder"), session)
    assert encode(base).hex() == "5e25411ca1ad7c9debfd0b33ad987a95cefef2d3f15dcc8bd26415a5dfe2e15a"
    ya = scalar_of(bytes.fromhex("da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08"))
    yb = scalar_of(bytes.fromhex("d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d"))
    a, b = share(ya, base), share(yb, base)
    assert a.hex() == "383a85dd236978f17f8c8545b50dabc52a39fcdab2cf8bc531ce040ff77ca82d"
    assert b.hex() == "a6206309c0e8e5f579295e35997ac4300ab3fecec3c17f7b604f3e698fa1383c"
    transcript = (a, b"ADa", b, b"ADb")
    key = session_key(session, ya, b, transcript)
    assert key == session_key(session, yb, a, transcript)
    assert key.hex() == ("e91ccb2c0f5e0d0993a33956e3be59754f3f2b07db57631f5394452ea2e7b435"
                         "4674eb1f5686c078462bf83bec72e8743df440108e638f3526d9b90e85be096f")
