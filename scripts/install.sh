#!/usr/bin/env bash
# Puts the program, the service and a first configuration in place; what is configured already stays as it is.
#
#   sudo make install               into /usr, /etc and the systemd units, as Debian has them
#   make install DESTDIR=FOLDER     the same below a folder, for packages and images
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
DESTDIR=${DESTDIR:-}

[ -x "$BIN" ] || fail "there is no $BIN yet: run \`make build\` first (not as root)"
[ -n "$DESTDIR" ] || [ "$(id -u)" -eq 0 ] || fail "only root may write to /usr: run \`sudo make install\`, or name a folder in DESTDIR"

put() { install -D -m "$1" "$2" "$DESTDIR$3"; }
keep() { [ -e "$DESTDIR$3" ] || put "$@"; }

put 755 "$BIN" /usr/bin/tradewind
put 644 packaging/tradewind.service /usr/lib/systemd/system/tradewind.service
put 644 config/reference.toml /etc/tradewind/reference.toml
keep 644 packaging/tradewind.toml /etc/tradewind/tradewind.toml
for page in README.md docs/PROTOCOL.md docs/OPERATING.md LICENSE; do
  put 644 "$page" "/usr/share/doc/tradewind/$(basename "$page")"
done
# Secret of its own on every machine; nobody but root reads it, systemd hands it to the service.
if ! [ -e "$DESTDIR/etc/tradewind/secrets" ]; then
  (umask 077 && printf 'TRADEWIND_SECRET=%s\n' "$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')" >"$DESTDIR/etc/tradewind/secrets")
fi

say "Installed. Next:"
cat <<'NEXT'
  $EDITOR /etc/tradewind/tradewind.toml       rooms, languages, products
  tradewind doctor --config /etc/tradewind/tradewind.toml
  systemctl enable --now tradewind
NEXT
