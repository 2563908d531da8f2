#!/usr/bin/env python3
"""How long two processes take to agree on a key, from the start of the first to the exit of both.

keypact over a Unix socket and over TCP on loopback, beside `ssh` to a server of its own on loopback and magic-wormhole
with its own mailbox server on loopback. All take turns, so that whatever else the machine does falls on all of them.
`make bench` writes docs/latency.md; with --print the table goes to standard output and no file changes.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEYPACT = ROOT / "target/release/keypact"
WORMHOLE = ROOT / "target/tools/wormhole/bin"
PATIENCE = 60
KEY = "0123456789abcdef" * 4

Run = Callable[[], None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(words: list[object], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(word) for word in words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def both(folder: Path, first: list[object], second: list[object]) -> None:
    """Two processes, and neither may fail."""
    sides = [start(first, folder), start(second, folder)]
    for side in sides:
        if side.wait(PATIENCE) != 0:
            sys.exit(f"latency.py: {side.args} ended with {side.returncode}")


def wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    sys.exit(f"latency.py: nobody listens on port {port}")


@contextlib.contextmanager
def server(words: list[object], folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = start(words, folder)
    try:
        wait_for(port)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def keypact(folder: Path, address: Callable[[], str], *auth: object) -> Run:
    """A complete exchange; each in a folder of its own, for keys are never overwritten."""

    def run() -> None:
        place = Path(tempfile.mkdtemp(dir=folder))
        (place / "psk").write_text(KEY)
        (place / "psk").chmod(0o600)
        at = address()
        exchange = [KEYPACT, "exchange", *auth]
        both(place, [*exchange, "--listen", at, "-o", "a"], [*exchange, "--connect", at, "-o", "b"])
        if (place / "a").read_bytes() != (place / "b").read_bytes():
            sys.exit("latency.py: two keys")
        shutil.rmtree(place)

    return run


@contextlib.contextmanager
def ssh(folder: Path) -> Iterator[Run]:
    """`ssh HOST true` with keys of its own."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    port = free_port()
    (folder / "authorized").write_text((folder / "user.pub").read_text())
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    config = f"""
        Port {port}
        ListenAddress 127.0.0.1
        HostKey {folder / 'host'}
        AuthorizedKeysFile {folder / 'authorized'}
        PidFile none
        UsePAM no
        StrictModes no
        PermitRootLogin prohibit-password
    """
    (folder / "sshd_config").write_text("\n".join(line.strip() for line in config.splitlines()))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    options = ["-F", "none", "-i", folder / "user", "-o", f"UserKnownHostsFile={folder / 'known'}", "-o", "BatchMode=yes"]
    with server([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", folder / "sshd_config"], folder, port):

        def run() -> None:
            if start(["ssh", *options, "-p", port, "127.0.0.1", "true"], folder).wait(PATIENCE) != 0:
                sys.exit("latency.py: ssh failed")

        yield run


@contextlib.contextmanager
def wormhole(folder: Path) -> Iterator[Run]:
    """A text of two letters, which is a complete exchange of keys by a code and one message under them."""
    port = free_port()
    count = 0
    mailbox = [WORMHOLE / "twist", "wormhole-mailbox", f"--port=tcp:{port}:interface=127.0.0.1"]
    with server(mailbox, folder, port):

        def run() -> None:
            nonlocal count
            count += 1
            words = [WORMHOLE / "wormhole", "--relay-url", f"ws://127.0.0.1:{port}/v1", "--transit-helper", ""]
            code = f"{count}-topmost-istanbul"
            both(folder, [*words, "send", "--text", "hi", "--code", code], [*words, "receive", "--only-text", code])

        yield run


def percentile(times: list[float], part: float) -> float:
    return sorted(times)[min(len(times) - 1, round(part * (len(times) - 1)))]


def measure(contenders: dict[str, tuple[Run, int]], rounds: int) -> dict[str, list[float]]:
    """Each takes its turn in every round; those that are slow, in every n-th one."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for run, _ in contenders.values():
        run()
    for number in range(rounds):
        for name, (run, every) in contenders.items():
            if number % every == 0:
                began = time.perf_counter()
                run()
                times[name].append((time.perf_counter() - began) * 1000)
    return times


def table(times: dict[str, list[float]]) -> str:
    base = statistics.median(next(iter(times.values())))
    lines = ["| what | runs | p50 ms | p99 ms | p50, times the first |", "|---|---:|---:|---:|---:|"]
    for name, taken in times.items():
        middle = statistics.median(taken)
        lines.append(f"| {name} | {len(taken)} | {middle:.1f} | {percentile(taken, 0.99):.1f} | {middle / base:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--print", action="store_true", help="print the table, change no file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        unix = lambda: "unix:door"  # noqa: E731
        tcp = lambda: f"127.0.0.1:{free_port()}"  # noqa: E731
        contenders: dict[str, tuple[Run, int]] = {
            "keypact exchange, Unix socket, courier key": (keypact(folder, unix, "--psk-file", "psk"), 1),
            "keypact exchange, TCP, courier key": (keypact(folder, tcp, "--psk-file", "psk"), 1),
            "keypact exchange, Unix socket, compared by a command": (
                keypact(folder, unix, "--compare", "words", "--verify-cmd", "true"),
                1,
            ),
        }
        if shutil.which("sshd") or Path("/usr/sbin/sshd").exists():
            contenders["ssh to loopback, `true`"] = (stack.enter_context(ssh(folder)), 4)
        if (WORMHOLE / "wormhole").exists():
            contenders["magic-wormhole, a text, own mailbox server"] = (stack.enter_context(wormhole(folder)), 20)
        text = table(measure(contenders, args.rounds))
    if args.print:
        print(text, end="")
        return
    page = f"""# Time of an exchange

Both processes, from the start of the first to the exit of both, keys on disk; loopback, all contenders in turn in one run
(`benches/latency.py`, {datetime.date.today()}, {os.cpu_count()} processors).

{text}
An exchange costs two starts of a process, three messages, one ML-KEM-768 and three X25519 operations on each side, and one synced
file; where codes are compared, a shell for the command as well.
"""
    (ROOT / "docs/latency.md").write_text(page)


if __name__ == "__main__":
    main()
