#!/usr/bin/env bash
# Static checks; all run even if one fails. usage: check.sh VENV
set -uo pipefail
bin=$1/bin
failed=()

check() { # NAME COMMAND...
    local name=$1
    shift
    echo "== $name"
    "$@" || failed+=("$name")
}

lock_fits() { # compile again from the pins of the lock: whatever pyproject.toml still allows stays as it is
    local again
    again=$(mktemp) && cp requirements.lock "$again"
    if ! bash deploy/lock.sh "${bin%/bin}" "$again"; then
        echo "The lock could not be compared: the package index does not answer, or the dependencies contradict each other." >&2
        rm -f "$again"
        return 1
    fi
    if ! diff --unified=0 requirements.lock "$again"; then
        echo "requirements.lock does not fit pyproject.toml. Write it anew: make lock" >&2
        rm -f "$again"
        return 1
    fi
    rm -f "$again"
}

check "lint" "$bin/ruff" check .
check "format" "$bin/ruff" format --check .
check "types" "$bin/mypy"
check "import contracts" "$bin/lint-imports"
check "lock" lock_fits

if [ ${#failed[@]} -gt 0 ]; then
    printf 'Failed:'
    printf ' %s;' "${failed[@]}"
    echo
    exit 1
fi
echo "All static checks passed."
