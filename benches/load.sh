#!/usr/bin/env bash
# The load generator with as many file descriptors as this system allows: benches/load.sh --viewers 1000
set -eu
cd "$(dirname "$0")/.."
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
exec cargo bench --quiet --bench broadcast -- "$@"
