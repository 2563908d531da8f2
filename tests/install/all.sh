#!/usr/bin/env bash
# Everything that the whole test suite wants beside Rust: system tools, foreign implementations, vectors.
# Quick when all of it is there; safe to run again.
set -euo pipefail
cd "$(dirname "$0")"
for part in apt cctv pyrage slip39 age-encryption rage-library plugins wormhole constant-time; do
    "./$part.sh"
done
