#!/usr/bin/env bash
# rage, the other program of the format, only for `make bench`: compiling it takes minutes, so no test asks for it.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=0.12.1
root=target/tools/rage

[ "$($root/bin/rage --version 2>/dev/null)" != "rage $version" ] || exit 0

cargo install --locked --quiet --root $root "rage@$version"
echo "rage.sh: rage $version in $root/bin"
