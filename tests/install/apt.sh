#!/usr/bin/env bash
# Debian packages that the tests run the binary against or inside of, and those named as arguments; installs only what
# is missing.
set -euo pipefail

# command:package
wanted=(age:age tmux:tmux expect:expect strace:strace gdb:gdb mandoc:mandoc zbarimg:zbar-tools socat:socat tar:tar
    ssh-keygen:openssh-client sshd:openssh-server systemd-socket-activate:systemd rsvg-convert:librsvg2-bin "$@"
    pinentry-curses:pinentry-curses ip:iproute2 tc:iproute2 nft:nftables)

missing=()
for pair in "${wanted[@]}"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
done
# Debian keeps the part of Python that makes virtual environments in a package of its own.
python3 -c "import ensurepip, venv" 2>/dev/null || missing+=(python3-venv)
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "apt.sh: install these with the package manager of this system: ${missing[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "apt.sh: needs root to install: ${missing[*]}" >&2
        echo "apt.sh: run as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}
# The package lists may be old or absent: fetched once, and only when the first try shows it.
if ! install 2>/dev/null; then
    "${as_root[@]}" apt-get update -qq </dev/null
    install
fi
echo "apt.sh: installed ${missing[*]}"
