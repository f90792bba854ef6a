#!/usr/bin/env bash
# Apertium's Spanish pairs for the tests: prints the root below which they are installed. Where the system has them that is
# /, else Debian's packages are fetched and unpacked into the cache folder, which needs no root and changes nothing else.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

PACKAGES=(apertium-spa-cat apertium-es-gl apertium-lex-tools cg3)
# Of what those depend on these are needed for the apertium script and for building pairs only.
UNUSED='^(gawk|libsigsegv2|xsltproc|libxslt1.1|libxml2-utils|libirstlm1)$'
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/tradewind/tools
MISSING="Apertium is missing and could not be fetched: install it (Debian: apt-get install ${PACKAGES[*]})"

main() {
  if complete /; then
    echo /
    return
  fi
  local root
  # Another release of the system has other libraries.
  # shellcheck disable=SC1091
  root=$CACHE/apertium-$(. /etc/os-release 2>/dev/null && echo "${ID:-linux}-${VERSION_ID:-0}")
  complete "$root" || (fetch_once "$root") || exit 1
  echo "$root"
}

complete() {
  local file
  for file in bin/lt-proc bin/lrx-proc bin/cg-proc bin/apertium-transfer share/apertium/modes/spa-cat.mode \
    share/apertium/modes/es-gl.mode; do
    [ -e "$1/usr/$file" ] || return 1
  done
}

fetch_once() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/apertium.lock"
  if have flock; then flock 9; fi
  complete "$1" && return
  { have apt-get && have dpkg; } || fail "$MISSING"
  say "Apertium's packages are fetched and unpacked into $CACHE: 9 MB, once"
  work=$(mktemp -d "$CACHE/apertium.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # Root's apt downloads as the user _apt, which may not look into root's folders; it says so and does it itself.
  { download || { refresh && download; }; } >"$work/log" 2>&1 || {
    tail -n 3 "$work/log" >&2
    fail "$MISSING"
  }
  mkdir "$work/root"
  for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done
  complete "$work/root" || fail "$MISSING"
  rm -rf "$1"
  mv "$work/root" "$1"
}

# The packages, and what of their dependencies this system lacks; those that it has and could update it keeps.
download() {
  local names
  names=$(apt-get install --simulate --no-install-recommends "${PACKAGES[@]}" |
    awk -v unused="$UNUSED" '$1 == "Inst" && $3 !~ /^\[/ && $2 !~ unused { print $2 }')
  [ -n "$names" ] || return 1
  # shellcheck disable=SC2086
  (cd "$work" && apt-get download $names)
}

# A fresh container has no lists of packages.
refresh() { [ "$(id -u)" -eq 0 ] && apt-get update; }

main
