#!/usr/bin/env bash
# Feeds every parser of foreign bytes with bytes that nobody would write, from what fuzz/corpus has.
#   scripts/fuzz.sh [SECONDS a target, 600] [TARGET…]
# A crash stops it and leaves its input in fuzz/artifacts. What a long run finds that is new stays in fuzz/found, which is not
# committed: `cargo fuzz cmin -s none TARGET` makes it small.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

seconds=${1:-600}
shift $(($# > 0))
need cargo cxx cmake
have cargo-fuzz || fail "cargo-fuzz is missing: cargo install --locked cargo-fuzz"

# Without a sanitizer a stable compiler will do: this crate has no unsafe code, and overflow is checked.
fuzz() { cargo fuzz "$1" --sanitizer none --release "${@:2}"; }
say "Building the fuzz targets"
fuzz build
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for target in "${targets[@]}"; do
  say "$target: ${seconds} s"
  mkdir -p "fuzz/found/$target"
  log=$(mktemp)
  if ! fuzz run "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 >"$log" 2>&1; then
    tail -n 40 "$log"
    fail "$target has crashed: its input is in fuzz/artifacts/$target"
  fi
  grep -E 'number_of_executed_units|new_units_added' "$log" | sed 's/stat:://'
  rm -f "$log"
done
say "No target has crashed"
