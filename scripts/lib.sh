# shellcheck shell=bash disable=SC2034
# Sourced by the other scripts: where things are, and what they need on this machine.
# `need THING…` returns when each thing is there, installs it where that is possible without asking, and else ends the
# script with one sentence that names it.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
# Tools that a script had to bring along; never anything outside the project's folder.
TOOLS=$ROOT/.cache/tools
PATH=$TOOLS/cmake/data/bin:$HOME/.cargo/bin:$PATH
TARGET=${CARGO_TARGET_DIR:-target}
BIN=$TARGET/release/tradewind
export PATH

say() { if [ -t 2 ]; then printf '\033[1m==>\033[0m %s\n' "$*"; else printf '==> %s\n' "$*"; fi >&2; }
fail() {
  printf 'tradewind: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

need() {
  local thing
  for thing in "$@"; do "need_$thing"; done
}

need_cargo() { have cargo || fail "the Rust toolchain is missing: install it from https://rustup.rs and run this again"; }

need_cxx() {
  have "${CXX:-c++}" || have g++ || have clang++ || apt_install g++ ||
    fail "a C++ compiler is missing: install g++ (Debian: apt-get install g++)"
}

need_cmake() {
  have cmake && return
  say "cmake is missing and will be installed"
  apt_install cmake || pip_cmake || true
  have cmake || fail "cmake is missing and could not be installed: install it (Debian: apt-get install cmake)"
}

need_node() {
  { have node && have npm; } || fail "Node with npm is missing: install Node 18 or newer (Debian: apt-get install nodejs npm)"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 18 ] || fail "Node $major is too old for the browser tests: install Node 18 or newer"
}

# Sets CHROMIUM to a browser that runs.
need_chromium() {
  find_chromium && return
  say "Chromium is missing and will be installed"
  apt_install chromium || true
  find_chromium || fail "Chromium is missing and could not be installed: install it (Debian: apt-get install chromium) or name a browser in CHROMIUM"
}

find_chromium() {
  local name
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome; do
    if have "$name"; then
      CHROMIUM=$(command -v "$name")
      export CHROMIUM
      return 0
    fi
  done
  return 1
}

# As root, or through sudo where it asks for no password.
apt_install() {
  have apt-get || return 1
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    have sudo && sudo -n true 2>/dev/null || return 1
    root=(sudo -n)
  fi
  local log
  log=$(mktemp)
  if "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 ||
    { "${root[@]}" apt-get update >>"$log" 2>&1 &&
      "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; }; then
    rm -f "$log"
    return 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
  return 1
}

# --target, because Debian's pip refuses to install anywhere else; below 4, which refuses what older CMakeLists ask for.
pip_cmake() {
  have python3 && python3 -m pip install --quiet --disable-pip-version-check --target "$TOOLS" 'cmake<4' >&2
}

need_schemathesis() { pip_tool schemathesis tests/api/requirements.txt; }
need_kosoku() { pip_tool kosoku tests/ws/requirements.txt; }

# pip_tool NAME PINNED: --target, as for cmake; into a folder of its own, so that another version replaces it whole.
pip_tool() {
  local name=$1 pinned=$2 folder=$TOOLS/$1
  cmp -s "$pinned" "$folder/installed" && return
  have python3 || fail "Python with pip is missing: it brings $name (Debian: apt-get install python3-pip)"
  say "$name is missing and will be installed into $folder"
  rm -rf "$folder"
  python3 -m pip install --quiet --disable-pip-version-check --target "$folder" -r "$pinned" >&2 ||
    fail "$name could not be installed (pip says why above)"
  cp "$pinned" "$folder/installed"
}

# What the tests in a browser are written with, once for each lock file.
browser_packages() {
  [ tests/browser/node_modules/.package-lock.json -nt tests/browser/package-lock.json ] && return
  npm --prefix tests/browser ci --no-fund --no-audit --loglevel=error ||
    fail "the browser tests' packages could not be installed with npm"
}

# Whether HOST:PORT answers PATH with 200 (and TEXT), without a tool that a fresh machine may lack:
# answers_ok HOST:PORT PATH [TEXT]
answers_ok() {
  local status rest
  exec 3<>"/dev/tcp/${1%:*}/${1##*:}" || return 1
  printf 'GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
  read -r status <&3
  rest=$(cat <&3)
  exec 3>&-
  [[ $status == *' 200 '* && $rest == *"${3:-}"* ]]
} 2>/dev/null

# Seconds that loading the model may take on a machine of two cores that is busy.
READY_WITHIN=120

# Waits until the gateway of process PID serves, and prints where: address_of PID LOG
address_of() {
  local end=$((SECONDS + READY_WITHIN)) address=
  while [ $SECONDS -lt $end ] && kill -0 "$1" 2>/dev/null; do
    address=$(grep -oE '127\.0\.0\.1:[1-9][0-9]*' "$2" | head -n 1)
    if [ -n "$address" ] && answers_ok "$address" /readyz; then
      echo "$address"
      return
    fi
    sleep 0.2
  done
  tail -n 20 "$2" >&2
  fail "the gateway did not get ready"
}

# Serves tests/api/gateway.toml until the script ends. Sets `address`, `gateway` (its process) and `work` (a folder, with its log).
serve_for_asking() {
  [ -x "$BIN" ] || fail "$BIN is missing: run make build"
  work=$(mktemp -d)
  trap stop_asked EXIT
  "$BIN" serve --config tests/api/gateway.toml --listen 127.0.0.1:0 >"$work/log" 2>&1 &
  gateway=$!
  address=$(address_of "$gateway" "$work/log")
}

stop_asked() {
  if [ -n "${gateway:-}" ]; then
    kill "$gateway" 2>/dev/null || true
    wait "$gateway" 2>/dev/null || true
  fi
  rm -rf "$work"
}
