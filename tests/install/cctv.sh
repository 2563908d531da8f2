#!/usr/bin/env bash
# The age test vectors of the Community Cryptography Test Vectors, as files in target/tools/cctv.
# They come as an npm package; its code is taken apart as text and never run.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=0.2.0
count=143
tools=target/tools

[ "$(cat $tools/cctv.version 2>/dev/null)" != "$version" ] || exit 0

rm -rf $tools/cctv $tools/cctv.new
mkdir -p $tools/cctv.new
package=$(cd $tools/cctv.new && npm pack --silent "cctv-age@$version" </dev/null)
tar -xzf "$tools/cctv.new/$package" -C $tools/cctv.new package/index.js
mkdir $tools/cctv.new/vectors
python3 - $tools/cctv.new/package/index.js $tools/cctv.new/vectors $count <<'PYTHON'
import base64, pathlib, re, sys

source, folder, count = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2]), int(sys.argv[3])
data = dict(re.findall(r'var (\w+) = __toBinary\("([A-Za-z0-9+/=]*)"\)', source))
names = re.findall(r"^  (\w+) as (\w+),?$", source, re.M)
if len(names) != count or {variable for variable, _ in names} != set(data):
    sys.exit(f"cctv.sh: expected {count} vectors, found {len(names)} names for {len(data)} values")
for variable, name in names:
    (folder / name).write_bytes(base64.b64decode(data[variable], validate=True))
PYTHON
mv $tools/cctv.new/vectors $tools/cctv
rm -rf $tools/cctv.new
echo "$version" >$tools/cctv.version
echo "cctv.sh: $count vectors in $tools/cctv"
