#!/usr/bin/env python3
"""What it costs to move a large file, many small files and one small file over loopback, both ends counted.

keypact beside the bare movers (nc, socat) and the secure ones (socat with TLS, ssh, scp, rsync, ncat, spiped), as far as they are
installed. All take turns in each round. `make bench` writes docs/transfer.md; with --print it goes to standard output.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from latency import free_port, server
from measure import Case, Contender
from report import table
from tools import machine

ROOT = Path(__file__).resolve().parent.parent
KEYPACT = ROOT / "target/release/keypact"
INTRODUCTION = """\
# Moving files: speed

Written by `make bench`. Both ends run on one machine over loopback and on tmpfs; wall is from the start of the first to the end of both,
CPU is that of both ends together (for ssh without its server), memory is the larger of the two. Medians of rounds in which all take turns,
after one that is looked at and not counted. nc and socat without TLS protect nothing: they are the floor.

What limits the large file is processor time: each byte is hashed and put through the cipher on both ends, which the floor does not do, and two cores
are shared by six threads. Whatever else the machine does shows in the wall time first.
"""


class Bench:
    def __init__(self, folder: Path, args: argparse.Namespace) -> None:
        self.folder, self.args, self.port = folder, args, free_port()
        self.ssh_port = free_port()
        self.out = folder / "out"

    def case(self, name: str, title: str, source: str, scripts: dict[str, str]) -> Case:
        whole = self.folder / source

        def is_right(_: Path) -> bool:
            arrived = self.out / source
            return same(whole, arrived)

        def before() -> None:
            shutil.rmtree(self.out, ignore_errors=True)
            self.out.mkdir()

        def contender(tool: str, script: str) -> Contender:
            command = ["bash", "-euo", "pipefail", "-c", f"cd {self.folder}; {script.format(**self.words(source))}"]
            return Contender(tool, command, is_right, self.folder / "none", before=before)

        chosen = {tool: script for tool, script in scripts.items() if self.can(tool)}
        return Case(name, title, [contender(tool, script) for tool, script in chosen.items()])

    def can(self, tool: str) -> bool:
        program = {"keypact": str(KEYPACT), "tar and nc": "nc", "socat TLS": "socat", "scp": "sshd", "ssh cat": "sshd", "tar and ssh": "sshd",
                   "rsync over ssh": "rsync", "ncat TLS": "ncat"}.get(tool, tool)
        return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is not None

    def words(self, source: str) -> dict[str, object]:
        ssh = f"-F none -i {self.folder}/user -o UserKnownHostsFile={self.folder}/known -o LogLevel=ERROR"
        return {"k": KEYPACT, "p": self.port, "s": source, "ssh": f"ssh {ssh} -p {self.ssh_port} {getpass.getuser()}@127.0.0.1",
                "scp": f"scp -q -r {ssh} -P {self.ssh_port}", "rsh": f"ssh {ssh} -p {self.ssh_port}",
                "there": f"{getpass.getuser()}@127.0.0.1:{self.out}/", "out": self.out}

    def cases(self) -> list[Case]:
        keypact = ("{k} receive -q --yes --trust-transport --listen 127.0.0.1:{p} -d out 2>/dev/null & "
                   "{k} send -q --trust-transport --connect 127.0.0.1:{p} {s} 2>/dev/null; wait $!")
        tls = "cert=cert.pem,key=key.pem,cafile=cert.pem"
        one = {
            "keypact": keypact,
            "nc": "nc -l -N 127.0.0.1 {p} < /dev/null > out/{s} & until nc -N 127.0.0.1 {p} < {s}; do :; done 2>/dev/null; wait $!",
            "socat": "socat -u -b 65536 TCP-LISTEN:{p},reuseaddr OPEN:out/{s},creat & "
                     "socat -u -b 65536 OPEN:{s} TCP:127.0.0.1:{p},retry=100,interval=0.01; wait $!",
            "socat TLS": f"socat -u -b 65536 OPENSSL-LISTEN:{{p}},reuseaddr,{tls} OPEN:out/{{s}},creat & "
                         f"socat -u -b 65536 OPEN:{{s}} OPENSSL:127.0.0.1:{{p}},retry=100,interval=0.01,{tls}; wait $!",
            "ncat TLS": "ncat -l --ssl 127.0.0.1 {p} < /dev/null > out/{s} & "
                        "until ncat --ssl --send-only 127.0.0.1 {p} < {s}; do :; done 2>/dev/null; wait $!",
            "ssh cat": "{ssh} 'cat > {out}/{s}' < {s}",
            "scp": "{scp} {s} {there}",
            "rsync over ssh": "rsync -a -e '{rsh}' {s} {there}",
        }
        many = {
            "keypact": keypact,
            "tar and nc": "nc -l -N 127.0.0.1 {p} < /dev/null | tar x -C out & "
                          "tar c {s} > all.tar; until nc -N 127.0.0.1 {p} < all.tar; do :; done 2>/dev/null; wait $!",
            "tar and ssh": "tar c {s} | {ssh} 'tar x -C {out}'",
            "scp": "{scp} {s} {there}",
            "rsync over ssh": "rsync -a -e '{rsh}' {s} {there}",
        }
        mib = self.args.mib
        return [
            self.case("large", f"One file of {mib} MiB", "large", one),
            self.case("many", f"{self.args.files} files of 4 KiB in 100 folders", "many", many),
            self.case("small", "One file of 1 KiB", "small", one),
        ]

    def prepare(self) -> None:
        with (self.folder / "large").open("wb") as large:
            for _ in range(self.args.mib):
                large.write(os.urandom(1 << 20))
        (self.folder / "small").write_bytes(os.urandom(1024))
        for number in range(self.args.files):
            file = self.folder / "many" / str(number % 100) / str(number)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(os.urandom(4096))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
                       cwd=self.folder, check=True, capture_output=True)

    @contextlib.contextmanager
    def ssh_server(self) -> Iterator[None]:
        if not self.can("scp"):
            yield
            return
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / key], check=True)
        public = (self.folder / "host.pub").read_text()
        (self.folder / "known").write_text(f"[127.0.0.1]:{self.ssh_port} {public}")
        shutil.copy(self.folder / "user.pub", self.folder / "authorized")
        (self.folder / "sshd").write_text(
            f"ListenAddress 127.0.0.1:{self.ssh_port}\nHostKey {self.folder}/host\nAuthorizedKeysFile {self.folder}/authorized\n"
            "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n")
        Path("/run/sshd").mkdir(exist_ok=True) if os.geteuid() == 0 else None
        with server(["/usr/sbin/sshd", "-D", "-f", self.folder / "sshd"], self.folder, self.ssh_port):
            yield


def same(one: Path, other: Path) -> bool:
    if one.is_file():
        return other.is_file() and filecmp.cmp(one, other, shallow=False)
    below = [path.relative_to(one) for path in one.rglob("*")]
    return all((other / path).is_dir() if (one / path).is_dir() else same(one / path, other / path) for path in below)


def ratios(cases: list[Case]) -> str:
    large, many, small = cases
    floor = {large.name: ("nc", 1.3), many.name: ("tar and nc", 1.5)}
    lines = ["| target | measured |", "|---|---|"]
    for case in (large, many):
        ours, theirs = case.cost("keypact"), case.cost(floor[case.name][0])
        if ours and theirs:
            lines.append(f"| {case.title}: wall at most {floor[case.name][1]} times that of {floor[case.name][0]} | "
                         f"{ours.wall / theirs.wall:.2f}, with {ours.cpu / theirs.cpu:.2f} times its CPU |")
    if cost := small.cost("keypact"):
        lines.append(f"| {small.title}: at most 50 ms | {cost.wall * 1000:.0f} ms |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--print", action="store_true")
    args = parser.parse_args()
    if not KEYPACT.exists():
        sys.exit("transfer.py: build first: cargo build --release")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        bench = Bench(Path(folder), args)
        bench.prepare()
        with bench.ssh_server():
            cases = bench.cases()
            for case in cases:
                case.run(args.rounds)
    what = "\n".join(f"- {line}" for line in machine())
    text = "\n\n".join([INTRODUCTION.strip(), what, "## Targets", ratios(cases), "## Figures", *(table(case).strip() for case in cases)]) + "\n"
    if args.print:
        print(text, end="")
    else:
        (ROOT / "docs/transfer.md").write_text(text)


if __name__ == "__main__":
    main()
