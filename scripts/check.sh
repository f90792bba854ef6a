#!/usr/bin/env bash
# Everything that can be wrong without running a test.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# Compiling cargo-deny may take so long, where it is to be installed.
DENY_WITHIN=360
# Seconds for each of the twelve fuzz targets.
FUZZ_WITHIN=20

need cargo cxx cmake node

say "Format"
cargo fmt --check || fail "the code is not formatted: run cargo fmt"

say "Lints"
cargo clippy --release --locked --all-targets -- -D warnings

say "Docs"
# Its readers are in the code: links to private items are what they need.
RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --release --locked --no-deps --document-private-items --quiet

say "Licences and sources of the dependencies"
if ! have cargo-deny && [ -n "${INSTALL_DENY:-}${CI:-}" ]; then
  timeout "$DENY_WITHIN" cargo install --locked --debug --quiet cargo-deny || true
fi
if have cargo-deny; then
  cargo deny --log-level error check licenses bans sources
else
  say "skipped: cargo-deny is not installed (cargo install --locked cargo-deny, or INSTALL_DENY=1 make check)"
fi

say "Pages"
for file in $(git ls-files 'web/*.js' 'tests/browser/*.mjs'); do
  node --check "$file"
done

say "Scripts"
for file in scripts/*.sh benches/*.sh .ci/run; do bash -n "$file"; done
if have shellcheck; then shellcheck --external-sources scripts/*.sh benches/*.sh .ci/run; fi

say "Language packs"
scripts/build.sh
"$BIN" packs check

# The first build with the fuzzer's counters takes ten minutes and more: who has not made it gets the same bodies over the corpus
# and over changed inputs from `make test` (tests/it/foreign.rs).
say "Fuzzing, a little"
if have cargo-fuzz && compgen -G "${CARGO_TARGET_DIR:-fuzz/target}/*/release/patterns" >/dev/null; then
  scripts/fuzz.sh "$FUZZ_WITHIN"
else
  say "skipped: needs cargo-fuzz, and \`make fuzz\` to have been run once"
fi

say "Packaging"
installed=$(mktemp -d)
trap 'rm -rf "$installed"' EXIT
DESTDIR=$installed scripts/install.sh >/dev/null
"$installed/usr/bin/tradewind" --version >/dev/null
grep -Eq '^TRADEWIND_SECRET=[0-9a-f]{64}$' "$installed/etc/tradewind/secrets" || fail "the installed secret is not one"
if have systemd-analyze; then
  unit=$installed/tradewind.service
  # The program is not in /usr/bin here.
  sed "s|/usr/bin/tradewind|$installed/usr/bin/tradewind|" packaging/tradewind.service >"$unit"
  complaints=$(systemd-analyze verify "$unit" 2>&1 | grep -F tradewind || true)
  [ -z "$complaints" ] || fail "the service is not right: $complaints"
fi
node -e 'JSON.parse(require("fs").readFileSync("docs/grafana.json"))'

say "All checks have passed"
