#!/usr/bin/env bash
# Valgrind, and the program that runs under it: the library as it is shipped, and paths through it (docs/constant-time.md).
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/install/apt.sh valgrind
cargo build --quiet --locked --profile constant-time --package keypact-constant-time --features valgrind
