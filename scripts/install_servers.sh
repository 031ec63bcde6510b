#!/bin/sh
# Puts PostgreSQL, Redis and Chromium on this machine when a test run would miss them.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }

missing=""
has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
has redis-server || missing="$missing redis-server"
browser=chromium-headless-shell # which draws no window that nobody sees; Ubuntu has none
apt-cache show $browser >/dev/null 2>&1 || browser=chromium
has chromium-headless-shell || has chromium || missing="$missing $browser"
[ -n "$missing" ] || exit 0

if ! has apt-get || [ "$(id -u)" != 0 ]; then
    echo "The tests need$missing; on Debian or Ubuntu: sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "Installing$missing (once; needs the network) ..."
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { apt-get install -y -qq --no-install-recommends $missing </dev/null >"$log" 2>&1; }
if ! install && ! { apt-get update -qq >"$log" 2>&1 && install; }; then
    tail -5 "$log" >&2
    echo "apt-get could not install$missing." >&2
    exit 1
fi
