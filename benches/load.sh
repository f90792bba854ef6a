#!/usr/bin/env bash
# The load generator with enough file descriptors for its viewers: benches/load.sh --viewers 1000
set -eu
cd "$(dirname "$0")/.."
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
exec cargo bench --quiet --bench broadcast -- "$@"
