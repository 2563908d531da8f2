#!/usr/bin/env bash
# The vectors of SLIP-39, from the JavaScript implementation's package, and its reference implementation for Python, in
# target/tools/slip39.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=target/tools/slip39
package=slip39@0.1.9
vectors=2cec14895c4acdc29161545f7bf0895b3f835762fb6f8d5380fe48adc7fa3e56
reference=shamir-mnemonic==0.3.0

if ! echo "$vectors  $tools/vectors.json" | sha256sum --check --status 2>/dev/null; then
    mkdir -p $tools
    fetched=$(mktemp -d)
    trap 'rm -rf "$fetched"' EXIT
    (cd "$fetched" && npm pack --silent $package >/dev/null && tar xzf slip39-*.tgz)
    echo "$vectors  $fetched/package/test/vectors.json" | sha256sum --check --quiet
    mv "$fetched/package/test/vectors.json" $tools/vectors.json
    echo "slip39.sh: the vectors of $package in $tools"
fi
if ! $tools/venv/bin/python -c "from importlib.metadata import version as v; assert 'shamir-mnemonic==' + v('shamir-mnemonic') == '$reference'" 2>/dev/null; then
    rm -rf $tools/venv
    mkdir -p $tools
    python3 -m venv $tools/venv
    $tools/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary=:all: "$reference"
    echo "slip39.sh: $reference in $tools/venv"
fi
