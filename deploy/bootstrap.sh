#!/usr/bin/env bash
# Make the environment from the lock: find a Python, uv from the package index, everything with hashes.
# usage: bootstrap.sh VENV
set -euo pipefail
venv=$1
export UV_PYTHON_DOWNLOADS=never

die() {
    echo "$1" >&2
    exit 2
}

python=""
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] ||
    die "The hub needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it: PYTHON=/path/to/python3.12 make demo"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$python cannot make environments: its venv module is not installed. On Debian and Ubuntu: apt-get install python3-venv"

echo "Setting up $venv with $("$python" --version) ..."
rm -f "$venv/.ready"
# an environment of an interpreter that is gone, or of another version: start anew
if ! "$venv/bin/python" -c "import sys; raise SystemExit(sys.version_info[:2] != $("$python" -c 'import sys; print(sys.version_info[:2])'))" 2>/dev/null; then
    rm -rf "$venv"
    "$python" -m venv "$venv" || die "$venv could not be made. The lines above say why"
fi

# uv asks its own variable for a mirror of the package index; who has told pip about one need not say it again
if [ -z "${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-}}" ]; then
    index=${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ]; then export UV_DEFAULT_INDEX=$index; fi
fi
offline="Packages could not be fetched from the package index. Check the network; behind a proxy set HTTPS_PROXY, for a mirror PIP_INDEX_URL"

sed -n '/^uv==/,/[^\\]$/p' requirements.lock >"$venv/uv.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$venv/uv.txt" || die "$offline"
"$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements.lock || die "$offline"
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --editable . || die "$offline"
touch "$venv/.ready"
