#!/usr/bin/env bash
# Plugins of others for the age plugin protocol, in target/tools/plugins: one that wraps with X-Wing in software, and the
# example of the framework that most plugins in Rust stand on.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=target/tools/plugins

install() {
    [ -x "$root/bin/$1" ] && return
    cargo install --quiet --locked --debug --root $root "${@:2}"
    echo "plugins.sh: ${*: -1} in $root"
}
install age-plugin-xwing age-plugin-xwing@0.2.1
install age-plugin-unencrypted --example age-plugin-unencrypted age-plugin@0.7.0
