#!/usr/bin/env bash
# Runs the paths under valgrind and prints how many reports each gave; words choose some of them by their names.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/install/constant-time.sh
folder=${CARGO_TARGET_DIR:-target}/constant-time
log=$folder/valgrind.log
valgrind --tool=memcheck --leak-check=no --error-limit=no --track-origins=yes --num-callers=40 --show-error-list=yes \
    --suppressions=tests/constant_time/public.supp --log-file="$log" "$folder/constant-time" "$@" ||
    { echo "constant-time: valgrind's reports are in $log" >&2; exit 1; }
