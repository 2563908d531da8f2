#!/usr/bin/env bash
# magic-wormhole with its own servers, in target/tools/wormhole: its relay serves us, and ours serves it.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=target/tools/wormhole
wanted="magic-wormhole==0.24.0 magic-wormhole-mailbox-server magic-wormhole-transit-relay"

[ "$(cat $venv/installed 2>/dev/null)" != "$wanted" ] || exit 0
rm -rf $venv
mkdir -p target/tools
python3 -m venv $venv
# shellcheck disable=SC2086
$venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input $wanted
echo "$wanted" >$venv/installed
echo "wormhole.sh: $wanted in $venv"
