#!/usr/bin/env python3
"""Whole processes side by side: keypact, the programs that do the same work, and plain copying as the floor.

All take turns in every round, so that whatever else the machine does falls on all of them. Outputs are looked at
once, in a first round that does not count. `make bench` runs all cases and writes docs/performance.md; with --only,
the tables go to standard output and no file changes.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import report
from measure import Case, Contender, say
from tools import KEYPACT, ROOT, Keys, Tool, copying, peers, strangers

MIB = 1 << 20
SMALL = 4096
# How many of the small files a loop of one process a file works through; its figures are scaled.
SAMPLE = 500
RECIPIENTS = 1000
STANZAS = 16_000
# Starts in one measurement of what a start costs.
STARTS = 50


class Bench:
    """Folders, keys and inputs of one run; each case is a method that gives it ready to run."""

    def __init__(self, args: argparse.Namespace, fast: Path, disk: Path) -> None:
        self.args, self.fast, self.disk = args, fast, disk
        self.keys = Keys(fast)
        self.peers = peers(self.keys)
        self.strangers = strangers(self.keys)

    def cases(self) -> dict[str, Callable[[], Case]]:
        """In the order of the report."""
        return {
            "encrypt": lambda: self.encrypt("encrypt", "Encrypt, file to file on tmpfs", self.fast),
            "decrypt": lambda: self.decrypt("decrypt", "Decrypt, file to file on tmpfs", self.fast),
            "encrypt-pipe": lambda: self.encrypt("encrypt-pipe", "Encrypt, pipe to pipe", None),
            "decrypt-pipe": lambda: self.decrypt("decrypt-pipe", "Decrypt, pipe to pipe", None),
            "encrypt-armor": lambda: self.encrypt("encrypt-armor", "Encrypt with armor, on tmpfs", self.fast, "armor"),
            "decrypt-armor": lambda: self.decrypt("decrypt-armor", "Decrypt with armor, on tmpfs", self.fast, "armor"),
            "encrypt-disk": lambda: self.encrypt("encrypt-disk", "Encrypt on disk, each followed by `sync`", self.disk),
            "decrypt-disk": lambda: self.decrypt("decrypt-disk", "Decrypt on disk, each followed by `sync`", self.disk),
            "files": self.many_files,
            "recipients": self.many_recipients,
            "stanzas": self.long_header,
            "rewrap": self.rewrap,
            "start": self.start,
        }

    def encrypt(self, name: str, title: str, folder: Path | None, form: str = "binary") -> Case:
        plain, target = self.plain(folder or self.fast), (folder or self.fast) / "sealed"
        contenders = []
        for tool in self.tools(folder, form):
            words = tool.sealing(*((plain, target) if folder else ()), armor=form == "armor")
            opens = self.opens_to(tool, plain)
            contenders.append(self.contender(tool, words, opens, target, None if folder else plain, folder))
        return Case(name, f"{title}, {self.args.size} MiB", contenders)

    def decrypt(self, name: str, title: str, folder: Path | None, form: str = "binary") -> Case:
        place = folder or self.fast
        plain, target = self.plain(place), place / "opened"
        ours = self.sealed(self.peers[0], plain, place / "ours", form)
        contenders = []
        for tool in self.tools(folder, form):
            source = ours if tool in self.peers else self.sealed(tool, plain, place / tool.name, form)
            words = tool.opening(*((source, target) if folder else ()))
            contenders.append(
                self.contender(tool, words, same_as(plain), target, None if folder else source, folder)
            )
        return Case(name, f"{title}, {self.args.size} MiB", contenders)

    def tools(self, folder: Path | None, form: str) -> list[Tool]:
        """Strangers take long; they are asked where nothing but the cipher is compared."""
        others = self.strangers if form == "binary" and folder != self.disk else []
        return [*self.peers, *others, copying(from_pipe=folder is None)]

    def contender(
        self,
        tool: Tool,
        words: list[str],
        is_right: Callable[[Path], bool],
        target: Path,
        source: Path | None,
        folder: Path | None,
    ) -> Contender:
        if folder == self.disk:
            # keypact has written its output to the disk before the file gets its name; the others leave that to chance.
            words = ["sh", "-c", f"{shlex.join(words)} && sync {shlex.quote(str(target))}"]
        return Contender(tool.name, words, is_right, target, source)

    def plain(self, folder: Path) -> Path:
        """Bytes that no program can make smaller."""
        path = folder / "plain"
        if not path.exists():
            with path.open("wb") as file:
                for _ in range(self.args.size):
                    file.write(os.urandom(MIB))
        return path

    def sealed(self, tool: Tool, plain: Path, target: Path, form: str = "binary") -> Path:
        if tool.only_copies:
            return plain
        run(tool.sealing(plain, target, armor=form == "armor"))
        return target

    def opens_to(self, tool: Tool, plain: Path) -> Callable[[Path], bool]:
        """age opens what any of its peers has sealed; strangers open their own."""
        if tool.only_copies:
            return same_as(plain)
        opener = self.peers[1] if tool in self.peers else tool

        def is_right(sealed: Path) -> bool:
            opened = sealed.with_name("opened")
            opened.unlink(missing_ok=True)
            run(opener.opening(sealed, opened))
            is_same = filecmp.cmp(opened, plain, shallow=False)
            opened.unlink()
            return is_same

        return is_right

    def many_files(self) -> Case:
        """One command of keypact's over all files against a loop of the shell's over a sample of them."""
        small, out = self.fast / "small", self.fast / "out"
        sample = self.small_files(small)
        loop = 'for file in {names}; do {words} -o {out}/"$file".age "$file" || exit; done'

        def looped(tool: Tool) -> Contender:
            names = " ".join(path.name for path in sample)
            script = loop.format(names=names, words=shlex.join(tool.seal), out=out)
            words = ["sh", "-c", f"cd {small} && {script}"]
            scale = self.args.files / len(sample)
            name = f"loop over {tool.name}"
            return Contender(name, words, self.opens_all(sample, out), out, None, lambda: anew(out), scale)

        at_once = [*self.peers[0].seal, "--output-dir", str(out), *map(str, sorted(small.iterdir()))]
        one = Contender("keypact", at_once, self.opens_all(sample, out), out, None, lambda: anew(out))
        title = f"Encrypt {self.args.files:,} files of 4 KiB; loops over {len(sample)} of them, scaled"
        return Case("files", title, [one, *map(looped, self.peers)])

    def small_files(self, folder: Path) -> list[Path]:
        folder.mkdir()
        for number in range(self.args.files):
            (folder / f"{number:05}").write_bytes(os.urandom(SMALL))
        return sorted(folder.iterdir())[:SAMPLE]

    def opens_all(self, sample: list[Path], out: Path) -> Callable[[Path], bool]:
        def is_right(_: Path) -> bool:
            opens = (self.opens_to(self.peers[0], path)(out / f"{path.name}.age") for path in sample[:: SAMPLE // 10])
            return all(opens)

        return is_right

    def many_recipients(self) -> Case:
        plain, target = self.letter(), self.fast / "sealed"
        self.recipients(RECIPIENTS)
        contenders = []
        for tool in self.peers:
            words = [*self.to_many(tool), "-o", str(target), str(plain)]
            contenders.append(Contender(tool.name, words, self.opens_to(tool, plain), target))
        return Case("recipients", f"Encrypt 4 KiB to {RECIPIENTS:,} recipients", contenders)

    def long_header(self) -> Case:
        plain, sealed, target = self.letter(), self.fast / "long", self.fast / "opened"
        self.recipients(STANZAS)
        run([*self.to_many(self.peers[0]), "-o", str(sealed), str(plain)])
        contenders = [
            Contender(tool.name, tool.opening(sealed, target), same_as(plain), target) for tool in self.peers
        ]
        return Case("stanzas", f"Decrypt 4 KiB with the last of {STANZAS:,} stanzas", contenders)

    def letter(self) -> Path:
        path = self.fast / "letter"
        path.write_bytes(os.urandom(SMALL))
        return path

    def to_many(self, tool: Tool) -> list[str]:
        return [*tool.seal[: tool.seal.index("-r")], "-R", str(self.fast / "recipients")]

    def recipients(self, count: int) -> None:
        """A hundred others over and over, and mine last: nobody reads a header for who stands in it twice."""
        others = [Keys.new(self.fast / "other") for _ in self.again(self.fast / "other", 100)]
        lines = [others[number % len(others)] for number in range(count - 1)]
        (self.fast / "recipients").write_text("\n".join([*lines, self.keys.recipient]) + "\n")

    @staticmethod
    def again(path: Path, count: int) -> Iterator[int]:
        """`count` times, each with no file there."""
        for number in range(count):
            path.unlink(missing_ok=True)
            yield number
        path.unlink()

    def rewrap(self) -> Case:
        """A recipient comes into the header in place, or through a new file."""
        plain, sealed = self.plain(self.fast), self.fast / "ours"
        target = self.fast / "sealed"
        other = self.another()
        contenders = [self.rewrapped(plain, sealed, other)]
        for tool in self.peers[:2]:
            again = [*tool.sealing(), "-r", other, "-o", str(target)]
            words = ["sh", "-c", f"{shlex.join(tool.opening())} < {sealed} | {shlex.join(again)}"]
            name = f"{tool.name}, decrypt and encrypt"
            contenders.append(Contender(name, words, self.opens_to(tool, plain), target))
        return Case("rewrap", f"One more recipient for {self.args.size} MiB on tmpfs", contenders)

    def rewrapped(self, plain: Path, sealed: Path, other: str) -> Contender:
        self.sealed(self.peers[0], plain, sealed)
        start = [KEYPACT, "rewrap", "-i", str(self.keys.identity)]

        def without_other() -> None:
            subprocess.run([*start, "--remove", other, str(sealed)], check=False, capture_output=True)

        opens = self.opens_to(self.peers[0], plain)
        words = [*start, "--add", other, str(sealed)]
        # Its target is a name that is never there: the file is changed where it lies.
        return Contender("keypact", words, lambda _: opens(sealed), self.fast / "none", None, without_other)

    def another(self) -> str:
        path = self.fast / "another"
        path.unlink(missing_ok=True)
        return Keys.new(path)

    def start(self) -> Case:
        contenders = []
        for tool in [*self.peers, *self.strangers[:2], copying(from_pipe=False)]:
            words = ["sh", "-c", f"for n in $(seq {STARTS}); do {shlex.join(tool.version)}; done"]
            name = tool.name.split()[0]
            contenders.append(Contender(name, words, lambda _: True, self.fast / "none", scale=1 / STARTS))
        return Case("start", "Start, say the version, and end", contenders)


def same_as(plain: Path) -> Callable[[Path], bool]:
    return lambda target: filecmp.cmp(target, plain, shallow=False)


def anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def run(words: list[str]) -> None:
    subprocess.run(words, check=True, capture_output=True)


def main() -> None:
    args = arguments()
    with workplace(args.fast, args) as fast, workplace(args.disk, args) as disk:
        bench = Bench(args, Path(fast), Path(disk))
        try:
            results = measured(bench, args)
        finally:
            bench.keys.close()
        versions = [tool.version for tool in [*bench.peers, *bench.strangers[:2], copying(from_pipe=False)]]
        if args.only:
            print(*map(report.table, results), sep="\n")
        else:
            report.write(ROOT / "docs/performance.md", results, versions, args)


def measured(bench: Bench, args: argparse.Namespace) -> list[Case]:
    cases, results = bench.cases(), []
    if unknown := set(args.only or []) - set(cases):
        sys.exit(f"no case {', '.join(unknown)}; there are {', '.join(cases)}")
    for name, prepare in cases.items():
        if not args.only or name in args.only:
            case = prepare()
            case.run(args.rounds)
            results.append(case)
    return results


def workplace(folder: Path, args: argparse.Namespace) -> tempfile.TemporaryDirectory[str]:
    """Room for the input, what four programs make of it, an output and its check."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < 8 * args.size * MIB:
        sys.exit(f"{folder} has no room for {8 * args.size} MiB; try --size, or --fast and --disk")
    return tempfile.TemporaryDirectory(prefix="keypact-bench-", dir=folder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1024, metavar="MIB", help="the size of the large file")
    parser.add_argument("--files", type=int, default=10_000, help="the number of small files")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count")
    parser.add_argument("--only", action="append", metavar="CASE", help="a case to run; may be repeated")
    parser.add_argument("--fast", type=Path, default=Path("/dev/shm"), help="a folder in memory")
    parser.add_argument("--disk", type=Path, default=ROOT / "target/bench", help="a folder on a disk")
    args = parser.parse_args()
    if not os.access(args.fast, os.W_OK):
        args.fast = Path(tempfile.gettempdir())
        say(f"no memory file system: {args.fast} stands in for it")
    return args


if __name__ == "__main__":
    main()
