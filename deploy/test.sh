#!/usr/bin/env bash
# Run the tests, and say what was left out and why. DEEP=1 runs the long ones too. usage: test.sh PYTHON
set -uo pipefail
python=$1
left_out=()

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# OpenSSH's server, against which SFTP is tested; it runs on a port of its own, the machine's service stays off
install_sshd() {
    command -v apt-get >/dev/null || { echo "this machine has no apt-get to install it with"; return 1; }
    as_root true 2>/dev/null || { echo "installing it needs root or sudo without password"; return 1; }
    as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -qq && apt-get install -y -qq --no-install-recommends openssh-server' >/dev/null 2>&1 </dev/null ||
        { echo "apt-get could not install it"; return 1; }
    if command -v systemctl >/dev/null; then as_root systemctl disable --now --quiet ssh >/dev/null 2>&1; fi
    return 0
}

if ! PATH=$PATH:/usr/sbin:/sbin command -v sshd >/dev/null; then
    echo "Installing openssh-server for the SFTP tests ..."
    reason=$(install_sshd) || left_out+=("tests against OpenSSH's server: $reason (Debian: apt-get install openssh-server)")
fi

# the packages too, for their doctests; alembic's script runs only inside alembic
what=(tests connectors customer_master dq_rules hub mappings --ignore=hub/store/migrations/env.py)
if [ -z "${DEEP:-}" ]; then
    what+=(-m "not slow")
    left_out+=("tests marked slow: they take minutes; make test DEEP=1 runs them")
fi
"$python" -m pytest -q "${what[@]}"
code=$?

for one in "${left_out[@]}"; do echo "Left out: $one"; done
exit $code
