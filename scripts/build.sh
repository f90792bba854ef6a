#!/usr/bin/env bash
# Builds target/release/tradewind.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need cargo cxx cmake
[ -x "$BIN" ] || say "Building. The first time takes some minutes: whisper.cpp is compiled too."
cargo build --release --locked || fail "the build has failed: see the first error above"
