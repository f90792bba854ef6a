#!/usr/bin/env bash
# Fetches and checks the model files without which nothing is heard, and those that are named: scripts/fetch.sh [NAME…]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

scripts/build.sh
say "Model files: in ${TRADEWIND_MODELS:-${XDG_CACHE_HOME:-$HOME/.cache}/tradewind/models}"
"$BIN" models fetch base silero "$@" >/dev/null || fail "the model files could not be fetched: see above; any folder that has them can be named in TRADEWIND_MODELS"
