#!/usr/bin/env python3
"""Known answers for docs/spec/transfer.md, written from its text alone: bodies of records, and bodies to be refused.

Writes transfer.json beside itself. Needs nothing but Python.
"""

import hashlib
import json
import pathlib
import struct

FILE, FOLDER, LINK, STREAM = range(4)
SKIP, FROM, HERE = 0, 2, 3
PLAIN, ZSTD = range(2)
MOST = 65_536


def noise(name, length):
    return hashlib.shake_128(name.encode()).digest(length)


def entry(kind, path, size=0, mode=0o644, seconds=0, nanoseconds=0, target=b""):
    front = struct.pack(">BHqIQHH", kind, mode, seconds, nanoseconds, size, len(path), len(target))
    return front + path + target


def manifest(identity, entries, coding=PLAIN):
    records = [b"\x03" + identity + bytes([coding]) + struct.pack(">I", len(entries))]
    for item in entries:
        if len(records[-1]) + len(item) > MOST:
            records.append(b"")
        records[-1] += item
    return records


def listed(identity, items):
    """QUERY and ACCEPT: id, a byte that says whether more follow, items."""
    bodies = [b""]
    for item in items:
        if 17 + len(bodies[-1]) + len(item) > MOST:
            bodies.append(b"")
        bodies[-1] += item
    last = len(bodies) - 1
    return [identity + bytes([number < last]) + body for number, body in enumerate(bodies)]


def choice(number, kind, offset=None):
    return struct.pack(">IB", number, kind) + (b"" if offset is None else struct.pack(">Q", offset))


def tree():
    """A walk: each folder before what is in it, names ascending by their bytes."""
    described = [
        {"kind": "folder", "path": b"docs", "mode": 0o755, "seconds": 1_700_000_000, "nanoseconds": 5},
        {"kind": "folder", "path": b"docs/deep", "mode": 0o700},
        {"kind": "file", "path": b"docs/deep/\xff\xfe", "size": 70_000, "mode": 0o600, "seconds": -1, "nanoseconds": 999_999_999},
        {"kind": "link", "path": b"docs/link", "mode": 0o777, "target": b"deep/\xff\xfe"},
        {"kind": "file", "path": b"docs/z", "size": 0},
        {"kind": "file", "path": "docs.Grüße \u202e".encode(), "size": 2**40, "mode": 0},
    ]
    kinds = {"file": FILE, "folder": FOLDER, "link": LINK, "stream": STREAM}
    encoded = [entry(**{**item, "kind": kinds[item["kind"]]}) for item in described]
    return described, encoded


def many(count):
    described = [{"kind": "file", "path": b"%0200d" % number, "size": number} for number in range(count)]
    return described, [entry(FILE, item["path"], item["size"]) for item in described]


def cases():
    for name, (described, encoded) in (
        ("a tree", tree()),
        ("a stream", ([{"kind": "stream", "path": b"log"}], [entry(STREAM, b"log")])),
        ("a stream without a name", ([{"kind": "stream", "path": b""}], [entry(STREAM, b"")])),
    ):
        identity = noise(name, 16)
        files = [number for number, item in enumerate(described) if item["kind"] == "file"]
        large = [number for number in files if described[number]["size"] > 1]
        chosen = [(number, [(SKIP,), (FROM, 1), (HERE,)][number % 3]) for number in large]
        yield {
            "name": name,
            "id": identity,
            "entries": described,
            "manifest": manifest(identity, encoded),
            "packed": manifest(identity, encoded, ZSTD),
            "queries": [[number, described[number]["size"]] for number in files],
            "query": listed(identity, [struct.pack(">IQ", number, described[number]["size"]) for number in files]) if files else [],
            "choices": [[number, *how] for number, how in chosen],
            "accept": listed(identity, [choice(number, *how) for number, how in chosen]),
        }


def long_list():
    """Too long to be written down: files of these names, and the hashes of their records."""
    identity, count = noise("a long list", 16), 700
    records = manifest(identity, many(count)[1])
    return {"id": identity, "count": count, "sha256": [hashlib.sha256(record).digest() for record in records]}


def refused():
    identity = noise("refused", 16)
    good = entry(FILE, b"b", 3)
    for why, entries in {
        "a path that goes up": [entry(FILE, b"../b")],
        "a path from the root": [entry(FILE, b"/b")],
        "an empty component": [entry(FOLDER, b"a"), entry(FILE, b"a//b")],
        "a component .": [entry(FOLDER, b"a"), entry(FILE, b"a/./b")],
        "a component ..": [entry(FOLDER, b"a"), entry(FILE, b"a/..")],
        "NUL": [entry(FILE, b"a\0")],
        "a long component": [entry(FILE, b"x" * 256)],
        "a path twice": [good, good],
        "names that descend": [good, entry(FILE, b"a")],
        "a folder that is none": [good, entry(FILE, b"b/c")],
        "a folder behind a link": [entry(LINK, b"a", target=b"b"), entry(FILE, b"a/b")],
        "a folder that is not there": [entry(FILE, b"a/b")],
        "a stream among others": [good, entry(STREAM, b"c")],
        "another kind": [entry(4, b"a")],
        "a mode": [entry(FILE, b"a", mode=0o1000)],
        "nanoseconds": [entry(FILE, b"a", nanoseconds=10**9)],
        "a file with a target": [entry(FILE, b"a", target=b"b")],
        "a folder with a size": [entry(FOLDER, b"a", size=1)],
    }.items():
        yield {"why": why, "manifest": manifest(identity, entries)[0]}
    yield {"why": "another version", "manifest": b"\x01" + manifest(identity, [good])[0][1:]}
    yield {"why": "another coding", "manifest": manifest(identity, [good], 2)[0]}
    yield {"why": "no entries", "manifest": manifest(identity, [])[0]}


def text(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [text(item) for item in value]
    return value


if __name__ == "__main__":
    answers = text({"cases": list(cases()), "long_list": long_list(), "refused": list(refused())})
    file = pathlib.Path(__file__).with_name("transfer.json")
    file.write_text(json.dumps(answers, indent=1) + "\n")
