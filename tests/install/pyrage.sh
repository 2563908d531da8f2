#!/usr/bin/env bash
# rage's library for Python, a foreign implementation of the age format, in target/tools/venv.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=target/tools/venv
wanted=pyrage==1.4.0

if ! $venv/bin/python -c "from importlib.metadata import version as v; assert 'pyrage==' + v('pyrage') == '$wanted'" 2>/dev/null; then
    rm -rf $venv
    mkdir -p target/tools
    python3 -m venv $venv
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary=:all: "$wanted"
    echo "pyrage.sh: $wanted in $venv"
fi
