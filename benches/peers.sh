#!/usr/bin/env bash
# The tour into the gateway, WhisperLive and WhisperLiveKit at real time, by turns, with the same weights: benches/peers.sh
# [--rooms 1,2,4] [--programs tradewind,whisperlive,whisperlivekit]. Installs the others (they bring PyTorch). For a quiet machine.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

scripts/fetch.sh
have python3 || fail "Python is missing: the other programs are written in it (Debian: apt-get install python3-venv)"
folder=$TOOLS/peers
if ! cmp -s benches/peers/requirements.txt "$folder/installed"; then
  say "The programs to compare with are fetched: 6.8 GB when unpacked, into $folder"
  rm -rf "$folder"
  python3 -m venv "$folder" || fail "a Python environment could not be made (Debian: apt-get install python3-venv)"
  for packages in "-r benches/peers/requirements.txt" "--no-deps whisper-live==0.10.0"; do
    # shellcheck disable=SC2086
    "$folder/bin/pip" install --quiet --disable-pip-version-check $packages >&2 || fail "the programs could not be installed (pip says why above)"
  done
  "$folder/bin/python" benches/peers/weights.py "${TRADEWIND_MODELS:-${XDG_CACHE_HOME:-$HOME/.cache}/tradewind/models}/ggml-base.bin" "$folder/weights" ||
    fail "the weights could not be joined"
  cp benches/peers/requirements.txt "$folder/installed"
fi
"$folder/bin/python" benches/peers/run.py "$BIN" "$folder/weights" "$folder/logs" "$@"
