"""Writes docs/performance.md: tables, targets and whether they are reached; what people wrote into it is kept."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import LIMIT, Case, Contender, Cost
from tools import first_line, machine

LIMITS = "What limits it"
BEGIN, END = "<!-- kept by hand: begin -->", "<!-- kept by hand: end -->"
LARGE = [f"{way}{form}" for form in ("", "-pipe", "-armor", "-disk") for way in ("encrypt", "decrypt")]


@dataclass(frozen=True)
class Target:
    """A figure that shall be at most, or at least, so much; `None` where it could not be measured."""

    what: str
    figure: float | None
    most: float | None = None
    least: float | None = None

    def line(self) -> str:
        aim = f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"
        if self.figure is None:
            return f"| {self.what} | {aim} | | not measured |"
        is_reached = self.figure <= self.most if self.most is not None else self.figure >= self.least
        return f"| {self.what} | {aim} | {self.figure:.2f} | {'reached' if is_reached else '**not reached**'} |"


def write(path: Path, cases: list[Case], versions: list[list[str]], args: argparse.Namespace) -> None:
    parts = [
        "# Performance",
        prose(
            f"Written by `make bench`; only the section \"{LIMITS}\" is kept by hand. Whole processes, which take turns in each "
            f"of {args.rounds} rounds after one that is looked at and not counted; medians. Processor time is user and system "
            "together. Memory is the peak of what was resident; no figure can be smaller than that of the script that starts "
            "the programs."
        ),
        bullets([*machine(), *map(first_line, versions)]),
        prose(
            "On fairness: all read the same bytes, which cannot be compressed. gpg encrypts to a public key, without "
            "compression; openssl takes a passphrase and authenticates nothing; `cp` and `cat` only move the bytes. keypact "
            "syncs a file before it gets its name; on the disk, so do the others. What takes longer than "
            f"{LIMIT} s is ended and left out."
        ),
        "## Targets",
        targets(cases),
        f"## {LIMITS}",
        f"{BEGIN}\n{kept(path)}\n{END}",
        "## Figures",
        *map(table, cases),
    ]
    path.write_text("\n\n".join(part.strip() for part in parts) + "\n")


def prose(text: str) -> str:
    return textwrap.fill(text, 140)


def kept(path: Path) -> str:
    """What stands between the marks now."""
    text = path.read_text() if path.exists() else ""
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def table(case: Case) -> str:
    first = case.contenders[0].cost()
    rows = [row(contender, first) for contender in case.contenders]
    head = ["| | wall | CPU | memory | wall, as a multiple of keypact's |", "|---|---:|---:|---:|---:|"]
    return "\n".join([f"### {case.title}", "", *head, *rows, ""])


def row(contender: Contender, first: Cost | None) -> str:
    cost = contender.cost()
    if cost is None:
        return f"| {contender.name} | left out: {contender.left_out} | | | |"
    ratio = f"{cost.wall / first.wall:.2f}" if first else ""
    cells = [contender.name, seconds(cost.wall), seconds(cost.cpu), f"{cost.memory:.0f} MiB", ratio]
    return f"| {' | '.join(cells)} |"


def seconds(time: float) -> str:
    return f"{time:.2f} s" if time >= 1 else f"{time * 1000:.3g} ms"


def targets(cases: list[Case]) -> str:
    lines = [target.line() for target in all_targets({case.name: case for case in cases})]
    return "\n".join(["| | target | measured | |", "|---|---:|---:|---|", *lines])


def all_targets(cases: dict[str, Case]) -> Iterator[Target]:
    for name in ("encrypt", "decrypt"):
        ours, peer, floor = cases[name].cost("keypact"), fastest(cases[name], ["age", "rage"]), cases[name].cost("cp")
        yield Target(f"{name}: wall, as a part of the faster of age and rage", ratio(ours, peer, "wall"), most=0.40)
        yield Target(f"{name}: CPU, as a part of the same one's", ratio(ours, peer, "cpu"), most=1)
        yield Target(f"{name}: wall, as a multiple of cp's", ratio(ours, floor, "wall"), most=1.2)
    costs = [cases[name].cost("keypact") for name in LARGE]
    memory = None if None in costs else max(cost.memory for cost in costs)
    yield Target("memory over the large file, MiB, the most of all cases", memory, most=32)
    files, rewrap = cases["files"], cases["rewrap"]
    loop = ratio(files.cost("loop over age"), files.cost("keypact"), "wall")
    yield Target("small files: times faster than a loop over age", loop, least=30)
    again = fastest(rewrap, [contender.name for contender in rewrap.contenders[1:]])
    yield Target("rewrap: times faster than to decrypt and encrypt", ratio(again, rewrap.cost("keypact"), "wall"), least=100)


def fastest(case: Case, names: list[str]) -> Cost | None:
    costs = [cost for cost in map(case.cost, names) if cost]
    return min(costs, key=lambda cost: cost.wall, default=None)


def ratio(one: Cost | None, other: Cost | None, figure: str) -> float | None:
    return getattr(one, figure) / getattr(other, figure) if one and other else None
