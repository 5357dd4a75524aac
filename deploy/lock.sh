#!/usr/bin/env bash
# Pin every dependency with hashes and without addresses. usage: lock.sh VENV OUTPUT
set -euo pipefail
"$1/bin/uv" pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
    --all-extras --quiet pyproject.toml -o "$2"
