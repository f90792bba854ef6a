#!/usr/bin/env bash
# All tests: units, the gateway over real sockets with the real models, and the pages in a real browser.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need cargo cxx cmake node chromium nats
# The small language model stands for the large one.
scripts/fetch.sh gemma3-270m
scripts/apertium.sh >/dev/null
rust=$(mktemp)
browser=$(mktemp)
trap 'rm -f "$rust" "$browser"' EXIT

say "Rust tests"
cargo test --release --locked --lib --bins --tests 2>&1 | tee "$rust" || fail "a Rust test has failed: see above"

say "Nodes whose network fails"
scripts/cluster.sh || exit 1

say "The API, as it describes itself"
scripts/schemathesis.sh || exit 1

say "WebSockets, by Autobahn's cases"
scripts/kosoku.sh || exit 1

say "Browser tests"
browser_packages
TRADEWIND_BIN=$BIN node tests/browser/harness.mjs 2>&1 | tee "$browser" || fail "a browser test has failed: see above"

say "All tests have passed"
grep '^test result:' "$rust"
grep -E '^(#|ℹ) (tests|pass|fail) ' "$browser"
