#!/usr/bin/env bash
# Plays the Mandarin factory tour into a gateway on this computer, and keeps the pages up until Ctrl-C.
#
#   LISTEN=127.0.0.1:9000   listen here (default: 127.0.0.1:8080, or the next port that is free)
#   AUDIO=FILE              play this instead of the tour
#   LITE=1                  without the language model for free speech (1.1 GB to fetch, 2.2 GB of memory)
#   DEMO_ONCE=1             end when the tour has ended; fails if no Spanish caption was seen
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

AUDIO=${AUDIO:-assets/tour-zh.wav}
# Loading and warming the recogniser up takes seconds; a minute or two on a busy machine.
READY_WITHIN=180

main() {
  [ -r "$AUDIO" ] || fail "$AUDIO is missing"
  fetch
  work=$(mktemp -d)
  trap stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start_gateway "${LISTEN:-$(free_address)}"
  addresses
  if [ -n "${DEMO_ONCE:-}" ]; then
    "$BIN" watch --url "ws://$address" --lang es --json >"$work/es.jsonl" 2>/dev/null &
    watcher=$!
  fi
  say "Playing $AUDIO at the speed it was spoken"
  # In the background, so that Ctrl-C is not left waiting for it.
  "$BIN" push "$AUDIO" --url "ws://$address" --room demo --language zh &
  host=$!
  wait "$host" || fail "the tour could not be played: $(last_lines)"
  if [ -n "${DEMO_ONCE:-}" ]; then summary; else stay; fi
}

# Without the large one the demo is whole but for what the phrasebook does not know.
fetch() {
  scripts/fetch.sh
  [ -z "${LITE:-}" ] || return 0
  say "Language model for free speech (1.1 GB, once; LITE=1 leaves it out)"
  "$BIN" models fetch qwen >/dev/null || say "The language model could not be fetched: the demo goes on without it"
}

start_gateway() {
  say "Starting the gateway on $1"
  "$BIN" serve --config config/demo.toml --listen "$1" --address-file "$work/address" >/dev/null 2>"$work/log" &
  gateway=$!
  local end=$((SECONDS + READY_WITHIN))
  until [ -s "$work/address" ] && address=$(cat "$work/address") && answers_ok "$address" /readyz; do
    kill -0 "$gateway" 2>/dev/null || fail "the gateway did not start: $(last_lines)"
    [ "$SECONDS" -lt "$end" ] || fail "the gateway did not get ready within $READY_WITHIN s: $(last_lines)"
    sleep 0.2
  done
  # The language model is loaded beside it; the tour does not wait for it for ever.
  while answers_ok "$address" /readyz 'loading its model' && [ "$SECONDS" -lt "$end" ]; do sleep 0.5; done
}

addresses() {
  local lang
  printf '\n  Viewers, in any number of browsers:\n'
  for lang in 'es Spanish' 'ru Russian' 'ar Arabic' 'vi Vietnamese' 'en English'; do
    printf '    %-11s http://%s/watch/demo?lang=%s\n' "${lang#* }" "$address" "${lang%% *}"
  done
  printf '  Host'\''s console:\n    %-11s http://%s/host/demo\n\n' '' "$address"
}

stay() {
  say "The tour has ended. The pages stay up: speak yourself from the host's console, or press Ctrl-C to stop."
  wait "$gateway" || fail "the gateway has stopped: $(last_lines)"
}

summary() {
  # The last captions are on their way.
  sleep 1
  kill "$watcher" 2>/dev/null || true
  local captions cards
  captions=$(grep -c '"type":"caption".*"final":true' "$work/es.jsonl" || true)
  cards=$(grep -c '"action":"pin"' "$work/es.jsonl" || true)
  say "A Spanish viewer saw $captions captions and $cards product cards."
  [ "$captions" -gt 0 ] || fail "no caption was shown: $(last_lines)"
}

free_address() {
  local port
  for port in {8080..8099}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "127.0.0.1:$port" && return; }
  done
  echo 127.0.0.1:0
}

last_lines() { tail -n 3 "$work/log" | sed 's/^tradewind: //' | tr '\n' ' '; }

stop() {
  local code=$?
  trap '' INT TERM
  local child
  for child in "${host:-}" "${watcher:-}" "${gateway:-}"; do
    [ -z "$child" ] || kill "$child" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$work"
  exit "$code"
}

main
