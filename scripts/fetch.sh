#!/usr/bin/env bash
# Fetches and checks the model files that the demo and the tests need.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

scripts/build.sh
say "Model files: in ${TRADEWIND_MODELS:-${XDG_CACHE_HOME:-$HOME/.cache}/tradewind/models}"
"$BIN" models fetch >/dev/null || fail "the model files could not be fetched: see above; any folder that has them can be named in TRADEWIND_MODELS"
