#!/usr/bin/env python3
"""Known answers for docs/spec/tokens.md, written from its text alone: the texts of the exchanges of hs1_modes.json in setting 01.

Writes tokens.json beside itself. Needs nothing but Python.
"""

import base64
import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).parent


def text(prefix, content):
    tag = hashlib.sha256(prefix.encode() + content).digest()[:4]
    return prefix + base64.urlsafe_b64encode(content + tag).decode().rstrip("=")


def case(exchange):
    m1, m2, m3 = (bytes.fromhex(exchange[name]) for name in ("m1", "m2", "m3"))
    name = hashlib.sha256(b"keypact-token" + b"\0" + m1).digest()[:8]
    return {
        "name": exchange["name"],
        "id": name.hex(),
        "offer": text("kp1o_", m1),
        "answer": text("kp1a_", name + m2),
        "finish": text("kp1f_", name + m3),
    }


exchanges = json.loads((HERE / "hs1_modes.json").read_text())["cases"]
cases = [case(exchange) for exchange in exchanges if bytes.fromhex(exchange["m1"])[13] == 1]
(HERE / "tokens.json").write_text(json.dumps({"cases": cases}, indent=1) + "\n")
