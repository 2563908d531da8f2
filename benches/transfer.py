#!/usr/bin/env python3
"""What it costs to move a large file, many small files and one small file over loopback, both ends counted.

keypact, directly and through relays, beside the bare movers (nc, socat) and the secure ones (socat with TLS, spiped, ssh, scp, rsync,
magic-wormhole), as far as they are installed. All take turns in each round. `make bench` writes docs/transfer.md; with --print it goes to
standard output.
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

from latency import KEY, WORMHOLE, free_port, server
from measure import LIMIT, Case, Contender
from report import seconds, table
from tools import machine

ROOT = Path(__file__).resolve().parent.parent
KEYPACT = ROOT / "target/release/keypact"
INTRODUCTION = """\
# Moving files: speed

Written by `make bench`. Both ends run on one machine over loopback and on tmpfs; wall is from the start of the first to the end of both,
CPU is that of both ends together (for ssh without its server), memory is the larger of the two. Medians of rounds in which all take turns,
after one that is not counted; what arrived is compared with what was sent in every round, and the clock stops when the receiver has ended. What is
slow (spiped, magic-wormhole, and what goes through its relay) takes part in the first {slow} rounds.

nc and socat without TLS protect nothing: they are the floor. keypact knows its peer by `--psk-file`, spiped by the same key. magic-wormhole
packs a folder before it sends it. Two are not measured: croc, which no package registry has that `make bench` installs from, and ncat with TLS, whose
sender ends before all has arrived, so that a large file loses its end.

What limits the large file is processor time: each byte is hashed and put through the cipher on both ends, which the floor does not do, and two cores
are shared by six threads. Where the processor has instructions for AES, keypact and TLS use AES-256-GCM; ssh takes ChaCha20-Poly1305 unless it is told
otherwise, so it is measured both ways. Whatever else the machine does shows in the wall time first.
"""


# In the scripts of bash below, `listens PORT` waits until somebody listens there. 0A is the state of a socket that does.
LISTENS = r"""listens() {
    local table port
    printf -v port %04X "$1"
    until IFS= read -rd '' table < /proc/net/tcp; [[ $table == *":$port 00000000:0000 0A"* ]]; do :; done
}"""
# What is many times slower than the others: rounds in which it takes part, and seconds that it may take in each.
SLOW_ROUNDS, SLOW_LIMIT = 2, 120
SLOW = {"spiped", "magic-wormhole", "keypact, magic-wormhole's relay"}


class Bench:
    def __init__(self, folder: Path, args: argparse.Namespace) -> None:
        self.folder, self.args = folder, args
        self.port, self.inner_port, self.ssh_port, self.mailbox_port, self.relay_port, self.transit_port = (free_port() for _ in range(6))
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
            script = f"{LISTENS}\ncd {self.folder}; {script.format(**self.words(source))}"
            moves = Contender(tool, ["bash", "-euo", "pipefail", "-c", script], is_right, self.folder / "none", before=before)
            if tool in SLOW:
                moves.most_rounds, moves.limit = SLOW_ROUNDS, SLOW_LIMIT
            if not self.can(tool):
                moves.left_out = "not installed"
            return moves

        return Case(name, title, [contender(tool, script) for tool, script in scripts.items()], is_checked=True)

    def can(self, tool: str) -> bool:
        program = {"tar and nc": "nc", "socat TLS": "socat", "scp": "sshd", "ssh cat": "sshd", "ssh cat, AES-256-GCM": "sshd", "tar and ssh": "sshd",
                   "rsync over ssh": "rsync", "magic-wormhole": WORMHOLE / "wormhole",
                   "keypact, magic-wormhole's relay": WORMHOLE / "twist"}.get(tool, KEYPACT if tool.startswith("keypact") else tool)
        return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is not None

    def words(self, source: str) -> dict[str, object]:
        ssh = f"-F none -i {self.folder}/user -o UserKnownHostsFile={self.folder}/known -o LogLevel=ERROR"
        return {"k": KEYPACT, "p": self.port, "q": self.inner_port, "s": source, "relay": self.relay_port, "transit": self.transit_port,
                "ssh": f"ssh {ssh} -p {self.ssh_port} {getpass.getuser()}@127.0.0.1",
                "scp": f"scp -q -r {ssh} -P {self.ssh_port}", "rsh": f"ssh {ssh} -p {self.ssh_port}",
                "there": f"{getpass.getuser()}@127.0.0.1:{self.out}/", "out": self.out,
                "wormhole": f"{WORMHOLE}/wormhole --relay-url ws://127.0.0.1:{self.mailbox_port}/v1 --transit-helper ''"}

    def cases(self) -> list[Case]:
        def keypact(receives: str, sends: str) -> str:
            flags = "-q --psk-file psk"
            return (f"{{k}} receive {flags} --yes {receives} -d out 2>/dev/null & "
                    f"{{k}} send {flags} {sends} {{s}} 2>/dev/null; wait $!")

        direct = keypact("--listen 127.0.0.1:{p}", "--connect 127.0.0.1:{p}")
        tls = "cert=cert.pem,key=key.pem,cafile=cert.pem"
        wormhole = ("code=$RANDOM-topmost-istanbul; {wormhole} receive --hide-progress --accept-file -o out/{s} $code & "
                    "{wormhole} send --hide-progress --code $code {s}; wait $!")
        one = {
            "keypact": direct,
            "keypact pipe": "{k} pipe -q --psk-file psk --listen 127.0.0.1:{p} < /dev/null > out/{s} 2>/dev/null & "
                            "{k} pipe -q --psk-file psk --connect 127.0.0.1:{p} < {s} > /dev/null 2>&1; wait $!",
            "nc": "nc -l -N 127.0.0.1 {p} < /dev/null > out/{s} & until nc -N 127.0.0.1 {p} < {s}; do :; done 2>/dev/null; wait $!",
            "socat": "socat -u -b 65536 TCP-LISTEN:{p},reuseaddr OPEN:out/{s},creat & "
                     "socat -u -b 65536 OPEN:{s} TCP:127.0.0.1:{p},retry=100,interval=0.01; wait $!",
            "socat TLS": f"socat -u -b 65536 OPENSSL-LISTEN:{{p}},reuseaddr,{tls} OPEN:out/{{s}},creat & "
                         f"socat -u -b 65536 OPEN:{{s}} OPENSSL:127.0.0.1:{{p}},retry=100,interval=0.01,{tls}; wait $!",
            "spiped": "nc -l -N 127.0.0.1 {q} < /dev/null > out/{s} & receives=$!; listens {q}; "
                      "spiped -F -d -s [127.0.0.1]:{p} -t [127.0.0.1]:{q} -k psk & serves=$!; listens {p}; "
                      "spipe -t [127.0.0.1]:{p} -k psk < {s}; wait $receives; kill -9 $serves; wait $serves 2>/dev/null || :",
            "ssh cat": "{ssh} 'cat > {out}/{s}' < {s}",
            "ssh cat, AES-256-GCM": "{ssh} -c aes256-gcm@openssh.com 'cat > {out}/{s}' < {s}",
            "scp": "{scp} {s} {there}",
            "rsync over ssh": "rsync -a -e '{rsh}' {s} {there}",
            "magic-wormhole": wormhole,
        }
        relayed = {
            "keypact, keypact relay": keypact(*["--relay 127.0.0.1:{relay}/bench-place"] * 2),
            "keypact, magic-wormhole's relay": keypact(*["--relay 127.0.0.1:{transit}/bench-place"] * 2),
        }
        many = {
            "keypact": direct,
            "tar and nc": "nc -l -N 127.0.0.1 {p} < /dev/null | tar x -C out & "
                          "tar c {s} > all.tar; until nc -N 127.0.0.1 {p} < all.tar; do :; done 2>/dev/null; wait $!",
            "tar and ssh": "tar c {s} | {ssh} 'tar x -C {out}'",
            "scp": "{scp} {s} {there}",
            "rsync over ssh": "rsync -a -e '{rsh}' {s} {there}",
            "magic-wormhole": wormhole,
        }
        mib = self.args.mib
        return [
            self.case("large", f"One file of {mib} MiB", "large", one | relayed),
            self.case("many", f"{self.args.files} files of 4 KiB in 100 folders", "many", many),
            self.case("small", "One file of 1 KiB", "small", one),
        ]

    def prepare(self) -> None:
        with (self.folder / "large").open("wb") as large:
            for _ in range(self.args.mib):
                large.write(os.urandom(1 << 20))
        (self.folder / "small").write_bytes(os.urandom(1024))
        (self.folder / "psk").write_text(KEY)
        (self.folder / "psk").chmod(0o600)
        for number in range(self.args.files):
            file = self.folder / "many" / str(number % 100) / str(number)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(os.urandom(4096))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
                       cwd=self.folder, check=True, capture_output=True)

    @contextlib.contextmanager
    def servers(self) -> Iterator[dict[str, int]]:
        """All that is asked for; gives the process of each relay."""
        twist = [WORMHOLE / "twist", "--log-level=error"]
        with contextlib.ExitStack() as stack:
            def start(words: list[object], port: int) -> int:
                return stack.enter_context(server(words, self.folder, port)).pid

            relays = {"keypact relay": start([KEYPACT, "relay", "--listen", f"127.0.0.1:{self.relay_port}"], self.relay_port)}
            if self.can("magic-wormhole"):
                start([*twist, "wormhole-mailbox", f"--port=tcp:{self.mailbox_port}:interface=127.0.0.1"], self.mailbox_port)
                transit = [*twist, "transitrelay", f"--port=tcp:{self.transit_port}:interface=127.0.0.1"]
                relays["magic-wormhole's relay"] = start(transit, self.transit_port)
            stack.enter_context(self.ssh_server())
            yield relays

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
        lines.append(f"| {small.title}, with `--psk-file`: at most 50 ms | {cost.wall * 1000:.0f} ms |")
    return "\n".join(lines)


def processor_time(process: int) -> float:
    """Seconds that a process has had so far."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def relay_costs(case: Case, spent: dict[str, float]) -> str:
    """What each relay adds to the processor time of the ends, for one run of the case."""
    runs = {contender.name: len(contender.costs) + 1 for contender in case.contenders}
    costs = (f"{name} {seconds(time / runs[f'keypact, {name}'])}" for name, time in spent.items())
    return f"Processor time of the relays themselves, which the table leaves out: {', '.join(costs)}."


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
        with bench.servers() as relays:
            large, *others = cases = bench.cases()
            before = {name: processor_time(process) for name, process in relays.items()}
            large.run(args.rounds)
            spent = {name: processor_time(process) - before[name] for name, process in relays.items()}
            for case in others:
                case.run(args.rounds)
    what = "\n".join(f"- {line}" for line in machine())
    tables = [table(case).strip() for case in cases]
    tables.insert(1, relay_costs(large, spent))
    text = "\n\n".join([INTRODUCTION.format(slow=SLOW_ROUNDS).strip(), what, "## Targets", ratios(cases), "## Figures", *tables]) + "\n"
    if args.print:
        print(text, end="")
    else:
        (ROOT / "docs/transfer.md").write_text(text)


if __name__ == "__main__":
    main()
