#!/usr/bin/env bash
# rage's library, a foreign implementation of the age format, behind the program of tests/peers/rage,
# in target/tools/rage-library. Compiling it takes about a minute; cargo sees when there is nothing to do.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --locked --quiet --manifest-path tests/peers/rage/Cargo.toml --target-dir target/tools/rage-library
