#!/usr/bin/env bash
# Autobahn's WebSocket cases, run by kosoku against both sockets of a real gateway (tests/ws/conformance.py says how).
# Fails on any failed case; names those that are not strict and those that can say nothing. Further arguments are cases: 6.*
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

main() {
  need kosoku
  serve_for_asking
  say "kosoku $(sed 's/.*==//' tests/ws/requirements.txt) asks ws://$address"
  PYTHONPATH=$TOOLS/kosoku python3 tests/ws/conformance.py "$address" "$@" || fail "a WebSocket case has failed: see above"
  kill -0 "$gateway" 2>/dev/null || fail "the gateway has ended"
}

main "$@"
