#!/usr/bin/env bash
# Asks a real gateway everything that /openapi.json promises, and what it forbids, and compares the answers.
# Fails on any finding. `SEED=n` asks other questions; further arguments go to `schemathesis run`.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# Seconds of questions. The rest of a run is reading the document.
ASK_FOR=150
PINNED=tests/api/requirements.txt

main() {
  need schemathesis
  serve_for_asking
  say "schemathesis $(tail -n 1 "$PINNED" | sed 's/.*==//') asks http://$address for ${ASK_FOR} s"
  PYTHONPATH=$TOOLS/schemathesis python3 -c 'from schemathesis.cli import schemathesis; schemathesis()' \
    --config-file tests/api/schemathesis.toml run "http://$address/openapi.json" --checks all --max-time "$ASK_FOR" \
    ${SEED:+--seed "$SEED"} --no-color "$@" || failed
  kill -0 "$gateway" 2>/dev/null || failed
}

failed() {
  grep -E ' (ERROR|WARN) ' "$work/log" | tail -n 20 >&2 || true
  fail "the API is not what /openapi.json says: see above"
}

main "$@"
