#!/usr/bin/env bash
# The tool that changes the code to see whether a test notices, only for `make mutants`: compiling it takes minutes, so no
# other script asks for it.
set -euo pipefail
version=27.1.0
[ "$(cargo mutants --version 2>/dev/null)" = "cargo-mutants $version" ] || cargo install --locked --quiet "cargo-mutants@$version"
