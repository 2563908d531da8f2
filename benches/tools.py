"""The programs that are compared, and how each is told to do the same work."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEYPACT = str(ROOT / "target/release/keypact")
RAGE = str(ROOT / "target/tools/rage/bin/rage")


@dataclass(frozen=True)
class Tool:
    """`seal` and `open` stand before `files`, in which the two names are filled in."""

    name: str
    version: list[str]
    seal: list[str]
    open: list[str]
    files: tuple[str, ...] = ("-o", "{target}", "{source}")
    # Gives what it was given.
    only_copies: bool = False

    def sealing(self, source: Path | None = None, target: Path | None = None, *, armor: bool = False) -> list[str]:
        """From file to file, or from pipe to pipe."""
        return self._told([*self.seal, *(["-a"] if armor else [])], source, target)

    def opening(self, source: Path | None = None, target: Path | None = None) -> list[str]:
        return self._told(self.open, source, target)

    def _told(self, words: list[str], source: Path | None, target: Path | None) -> list[str]:
        if source is None:
            return words
        return words + [word.format(source=source, target=target) for word in self.files]


class Keys:
    """One X25519 pair for all programs of the age format, a pair for gpg and a passphrase for openssl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.identity = folder / "identity"
        self.recipient = self.new(self.identity)
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text("correct horse battery staple\n")
        self.gpg = ["gpg", "--homedir", str(folder / "gnupg"), "--batch", "--yes", "--quiet", "--trust-model", "always"]
        (folder / "gnupg").mkdir(mode=0o700)
        words = [*self.gpg, "--passphrase", "", "--quick-generate-key", "bench", "future-default", "default", "never"]
        subprocess.run(words, check=True, capture_output=True)

    @staticmethod
    def new(path: Path) -> str:
        """A new identity file, and its recipient."""
        words = [KEYPACT, "key", "generate", "--type", "x25519", "-o", str(path)]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()

    def close(self) -> None:
        """gpg has left an agent behind."""
        subprocess.run(["gpgconf", "--homedir", str(self.folder / "gnupg"), "--kill", "all"], check=False)


def peers(keys: Keys) -> list[Tool]:
    """keypact, and those that write the same format."""
    to, with_key = ["-r", keys.recipient], ["-i", str(keys.identity)]
    return [
        Tool("keypact", [KEYPACT, "--version"], [KEYPACT, "encrypt", *to], [KEYPACT, "decrypt", *with_key]),
        Tool("age", ["age", "--version"], ["age", *to], ["age", "-d", *with_key]),
        Tool("rage", [RAGE, "--version"], [RAGE, *to], [RAGE, "-d", *with_key]),
    ]


def strangers(keys: Keys) -> list[Tool]:
    """Those that write formats of their own. gpg does what the others do: a public key, and no compression."""
    gpg = Tool(
        "gpg",
        ["gpg", "--version"],
        [*keys.gpg, "--compress-algo", "none", "--recipient", "bench", "--encrypt"],
        [*keys.gpg, "--decrypt"],
    )
    return [gpg, openssl("aes-256-ctr", keys), openssl("chacha20", keys)]


def openssl(cipher: str, keys: Keys) -> Tool:
    """A bare cipher under a passphrase: nothing is authenticated."""
    words = ["openssl", "enc", f"-{cipher}", "-pbkdf2", "-pass", f"file:{keys.passphrase}"]
    files = ("-in", "{source}", "-out", "{target}")
    return Tool(f"openssl {cipher}", ["openssl", "version"], words, [*words, "-d"], files)


def copying(from_pipe: bool) -> Tool:
    """The floor: it moves the bytes and does nothing else."""
    words = ["cat"] if from_pipe else ["cp"]
    return Tool(words[0], [words[0], "--version"], words, words, ("{source}", "{target}"), only_copies=True)


def first_line(words: list[str]) -> str:
    """What a program says of its version."""
    try:
        ran = subprocess.run(words, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return f"{Path(words[0]).name}: not there"
    line = (ran.stdout or ran.stderr).splitlines()[0].strip()
    name = Path(words[0]).name
    return line if name in line.lower() else f"{name} {line}"


def machine() -> list[str]:
    """Processors, memory, system: what figures depend on, and nothing that tells whose machine it is."""
    model = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return [
        f"{len(os.sched_getaffinity(0))} cores, {model.split(':')[1].strip()}",
        f"{memory:.0f} GiB of memory",
        f"{os.uname().sysname} {os.uname().release}",
    ]
