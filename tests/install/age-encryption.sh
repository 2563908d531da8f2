#!/usr/bin/env bash
# age's own library for JavaScript, the foreign implementation that speaks post-quantum recipients,
# in target/tools/node; versions and hashes are held by the lock file beside this script.
set -euo pipefail
here=$(cd "$(dirname "$0")/age-encryption" && pwd)
cd "$here/../../.."
node=target/tools/node

cmp -s "$here/package-lock.json" $node/installed.json && exit 0

rm -rf $node
mkdir -p $node
cp "$here/package.json" "$here/package-lock.json" $node/
(cd $node && npm ci --silent --no-audit --no-fund --ignore-scripts </dev/null)
cp "$here/package-lock.json" $node/installed.json
echo "age-encryption.sh: $(cd $node && npm ls --depth 0 --parseable --long </dev/null | sed -n 's/.*:\(age-encryption@\)/\1/p') in $node"
