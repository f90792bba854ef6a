#!/usr/bin/env bash
# Pictures of every page in docs/screens: English, Arabic and Thai, on a phone and on a desktop. To be looked at.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need cargo cxx cmake node chromium
scripts/fetch.sh
browser_packages
TRADEWIND_BIN=$BIN node tests/browser/harness.mjs screens.mjs || fail "the pictures could not be taken: see above"
say "Pictures are in docs/screens"
