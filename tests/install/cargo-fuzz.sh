#!/usr/bin/env bash
# The fuzzer's driver, only for `make fuzz`: compiling it takes minutes, so no other script asks for it.
set -euo pipefail
version=0.13.2
[ "$(cargo fuzz --version 2>/dev/null)" = "cargo-fuzz $version" ] || cargo install --locked --quiet "cargo-fuzz@$version"
