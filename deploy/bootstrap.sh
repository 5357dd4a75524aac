#!/usr/bin/env bash
# Make the environment from the lock: find a Python, uv from the package index, everything else with hashes.
# usage: bootstrap.sh VENV
set -euo pipefail
venv=$1
export UV_PYTHON_DOWNLOADS=never

python=""
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "The hub needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it: PYTHON=/path/to/python3.12 make demo" >&2
    exit 2
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 2
fi

echo "Setting up $venv with $("$python" --version) ..."
uv_pin=$(sed -nE 's/^(uv==[^ ]+).*/\1/p' requirements.lock)
# another interpreter than last time: start anew
if [ -x "$venv/bin/python" ] && ! "$venv/bin/python" -c '' 2>/dev/null; then rm -rf "$venv"; fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
[ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$uv_pin"
"$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements.lock
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --editable .
touch "$venv/.ready"
