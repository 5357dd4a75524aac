#!/usr/bin/env bash
# Run the tests, and say what was left out and why. DEEP=1 runs the long ones too, DEEP=4 tries four times as much at random. usage: test.sh PYTHON
set -uo pipefail
python=$1
left_out=()
deeper=()

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Debian's servers and browser, against which the deeper tests run, each on a port of its own; services stay off
install() { # PACKAGE...
    command -v apt-get >/dev/null || { echo "this machine has no apt-get to install it with"; return 1; }
    as_root true 2>/dev/null || { echo "installing it needs root or sudo without password"; return 1; }
    as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get -o DPkg::Lock::Timeout=300 update -qq && apt-get -o DPkg::Lock::Timeout=300 install -y -qq \
         --no-install-recommends "$@"' sh "$@" >/dev/null 2>&1 </dev/null ||
        { echo "apt-get could not install it"; return 1; }
    return 0
}

need() { # PROGRAM SERVICE WHAT PACKAGE...
    local program=$1 service=$2 what=$3 reason
    shift 3
    if PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null; then
        deeper+=("$what")
        return
    fi
    echo "Installing $* for the $what ..."
    if ! reason=$(install "$@"); then
        left_out+=("$what: $reason (Debian: apt-get install $*)")
        return
    fi
    deeper+=("$what")
    if [ -n "$service" ] && command -v systemctl >/dev/null; then
        as_root systemctl disable --now --quiet "$service" >/dev/null 2>&1
    fi
}

need sshd ssh "tests against OpenSSH's server" openssh-server
need dovecot dovecot "tests against Dovecot" dovecot-imapd
need chromium "" "tests of the screens in a real browser" chromium fonts-noto-cjk
need npm "" "tests against node-soap" nodejs npm

# three at a time: all wait much, Airflow's for its next look, those of the master and of Tryton for their databases; the
# others compute meanwhile. What stands behind Airflow's comes after it, so that all end at about the same time
schedule=(tests/airflow tests/api tests/authoring tests/backup tests/lifecycle tests/rebuild tests/web)
master=(tests/stewardship tests/store tests/tryton_loop)
# the packages too, for their doctests; alembic's script runs only inside alembic
others=(tests "${schedule[@]/#/--ignore=}" "${master[@]/#/--ignore=}" connectors customer_master dq_rules hub mappings
    --ignore=hub/store/migrations/env.py)
depth=()
if [ -z "${DEEP:-}" ]; then
    depth=(-m "not slow")
    left_out+=("tests marked slow: they take minutes; make test DEEP=1 runs them")
fi
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
# Ctrl-C shall end them too, which bash has its background processes ignore
env --default-signal=INT "$python" -m pytest -q "${schedule[@]}" "${depth[@]}" >"$said/schedule" 2>&1 &
first=$!
env --default-signal=INT "$python" -m pytest -q "${master[@]}" "${depth[@]}" >"$said/master" 2>&1 &
second=$!
echo "Beside these run ${schedule[*]} ${master[*]}; what they say comes when all are through."
"$python" -m pytest -q "${others[@]}" "${depth[@]}"
code=$?
wait $first || code=$?
wait $second || code=$?
echo "Of ${schedule[*]}:"
cat "$said/schedule"
echo "Of ${master[*]}:"
cat "$said/master"

for one in "${deeper[@]}"; do echo "Went deeper: $one"; done
for one in "${left_out[@]}"; do echo "Left out: $one"; done
exit $code
