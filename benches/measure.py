"""Runs programs side by side and says what each of them costs, as the system accounts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

# Seconds: what takes longer is ended, and is not run again.
LIMIT = 30
NOTHING = Path(os.devnull)
# A child inherits the peak of memory of whoever starts it, so the one who does is small.
STARTER = """
import os, sys, time
figures = int(sys.argv[1])
os.set_inheritable(figures, False)
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
os.write(figures, f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss / 1024}".encode())
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, seconds of processor time, and the most memory in MiB."""

    wall: float
    cpu: float
    memory: float


@dataclass
class Contender:
    """One program at the work of a case. With a `source` it stands between two pipes, or else it names its files itself."""

    name: str
    command: list[str]
    is_right: Callable[[Path], bool]
    target: Path
    source: Path | None = None
    before: Callable[[], None] = lambda: None
    # How many times the work of the case is what was done, where a sample stands for it.
    scale: float = 1
    # Rounds that it takes part in and seconds that it may take, where it is slower than others.
    most_rounds: int = sys.maxsize
    limit: int = LIMIT
    costs: list[Cost] = field(default_factory=list)
    left_out: str = ""

    def cost(self) -> Cost | None:
        """The medians."""
        if not self.costs:
            return None
        wall, cpu, memory = (median(figures) for figures in zip(*((c.wall, c.cpu, c.memory) for c in self.costs)))
        return Cost(wall * self.scale, cpu * self.scale, memory)


@dataclass
class Case:
    """The same work for several programs."""

    name: str
    title: str
    contenders: list[Contender]
    # Whether what comes out is looked at in every round.
    is_checked: bool = False

    def run(self, rounds: int) -> None:
        """A round that is looked at and not counted, then `rounds` that are counted; all take turns in each."""
        for contender in self.contenders:
            warm_up(contender)
        for number in range(rounds):
            say(f"{self.name}: round {number + 1} of {rounds}")
            for contender in self.contenders:
                if not contender.left_out and number < contender.most_rounds:
                    cost = once(contender, contender.target if contender.source is None else NOTHING)
                    if self.is_checked:
                        check(contender)
                    contender.costs.append(cost)

    def cost(self, name: str) -> Cost | None:
        """What the program of that name cost."""
        return next((c.cost() for c in self.contenders if c.name == name), None)


def warm_up(contender: Contender) -> None:
    try:
        if not contender.left_out:
            once(contender, contender.target)
            check(contender)
    except TimeoutError:
        contender.left_out = f"more than {contender.limit} s"
    except OSError as error:
        contender.left_out = str(error)
    if contender.left_out:
        say(f"left out: {contender.name} ({contender.left_out})")


def check(contender: Contender) -> None:
    if not contender.is_right(contender.target):
        sys.exit(f"{contender.name}: wrong output of {contender.command}")


def once(contender: Contender, target: Path) -> Cost:
    """Runs it where its target is not there yet."""
    if contender.target.is_file():
        contender.target.unlink()
    contender.before()
    if contender.source is None:
        return timed(contender.command, None, NOTHING, contender.limit)
    return timed(contender.command, contender.source, target, contender.limit)


def timed(command: list[str], source: Path | None, target: Path, limit: int) -> Cost:
    """The program's life, its processor time and memory; without those of what feeds it and takes what it gives."""
    figures, writing = os.pipe()
    with os.fdopen(figures) as figures, tempfile.TemporaryFile() as said, target.open("wb") as sink:
        feeder = subprocess.Popen(["cat", source], stdout=subprocess.PIPE) if source else None
        program = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", STARTER, str(writing), *command],
            stdin=feeder.stdout if feeder else subprocess.DEVNULL,
            stdout=subprocess.PIPE if feeder else sink,
            stderr=said,
            pass_fds=[writing],
            start_new_session=True,
        )
        os.close(writing)
        drain = subprocess.Popen(["cat"], stdin=program.stdout, stdout=sink) if feeder else None
        # Or nobody would ever see the other end of a pipe closed.
        for pipe in (feeder and feeder.stdout, program.stdout):
            if pipe:
                pipe.close()
        end(program, limit)
        for other in filter(None, (feeder, drain)):
            other.wait()
        if program.returncode != 0:
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines() or [f"status {program.returncode}"]
            raise ChildProcessError(words[-1 if "Traceback" in words[0] else 0])
        return Cost(*map(float, figures.read().split()))


def end(program: subprocess.Popen[bytes], limit: int) -> None:
    try:
        program.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        raise TimeoutError from None


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
