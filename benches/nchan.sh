#!/usr/bin/env bash
# The gateway and nchan (nginx, Debian's libnginx-mod-nchan) under the same load in one run, with the ratios:
# benches/nchan.sh [--viewers 10000] [--turns 3] [--sse]. nginx runs on a free port of this machine until the script ends; its
# packages are unpacked below .cache, not installed, so that no service starts; nchan
# wants /var/lib/nginx, which is there while it runs. NCHAN_WORKERS: its processes (2).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"

NCHAN=$TOOLS/nchan
STATE=/var/lib/nginx
made=

need_nchan() {
  [ -x "$NCHAN/usr/sbin/nginx" ] && [ -f "$NCHAN/usr/lib/nginx/modules/ngx_nchan_module.so" ] && return
  { have apt-get && have dpkg-deb; } || fail "nchan is compared as Debian packs it: this system has no apt-get"
  say "nginx with nchan is missing and will be unpacked into $NCHAN"
  local fetched
  fetched=$(mktemp -d)
  (cd "$fetched" && apt-get -qq download nginx libnginx-mod-nchan) >&2 2>/dev/null ||
    fail "nginx and libnginx-mod-nchan could not be fetched with apt-get download"
  mkdir -p "$NCHAN"
  for package in "$fetched"/*.deb; do dpkg-deb -x "$package" "$NCHAN"; done
  rm -rf "$fetched"
  "$NCHAN/usr/sbin/nginx" -v 2>/dev/null || fail "nginx does not start here: apt-get install nginx libnginx-mod-nchan brings what it needs"
}

# A port that nothing listens on.
free_port() {
  local port
  for port in $(seq 18300 18400); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "no free port between 18300 and 18400"
}

main() {
  need cargo nchan
  work=$(mktemp -d)
  trap stop EXIT
  # nchan makes a folder there, whatever the configuration says.
  if [ ! -d "$STATE" ]; then
    mkdir -p "$STATE" 2>/dev/null || fail "nchan needs the folder $STATE: make it as root, or run this as root"
    made=1
  fi
  port=$(free_port)
  # A message log that keeps as many as our ring, for those who come back; workers share it.
  cat >"$work/nginx.conf" <<CONF
load_module $NCHAN/usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off;
worker_processes ${NCHAN_WORKERS:-2};
worker_rlimit_nofile $(ulimit -Hn);
pid $work/pid;
error_log $work/error.log warn;
events { worker_connections 20000; }
http {
  access_log off;
  keepalive_requests 1000000;
  tcp_nodelay on;
  client_body_temp_path $work/body;
  proxy_temp_path $work/proxy;
  fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi;
  scgi_temp_path $work/scgi;
  client_max_body_size 1m;
  client_body_buffer_size 64k;
  nchan_shared_memory_size 128M;
  nchan_message_buffer_length 2048;
  nchan_message_timeout 1h;
  server {
    listen 127.0.0.1:$port backlog=4096;
    location ~ ^/sub/([\w-]+)\$ {
      nchan_subscriber websocket eventsource;
      nchan_channel_id \$1;
      nchan_subscriber_first_message newest;
    }
    location ~ ^/pub/([\w-]+)\$ {
      nchan_publisher http;
      nchan_channel_id \$1;
    }
  }
}
CONF
  ulimit -n "$(ulimit -Hn)"
  "$NCHAN/usr/sbin/nginx" -p "$work" -c "$work/nginx.conf" &
  nginx=$!
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    kill -0 "$nginx" 2>/dev/null || fail "nginx has ended: $(tail -n 3 "$work/error.log" 2>/dev/null)"
    sleep 0.1
  done
  benches/load.sh --viewers 10000 --languages twelve --events 100 \
    --nchan-address "127.0.0.1:$port" --nchan-pid "$nginx" "$@"
}

stop() {
  if [ -n "${nginx:-}" ]; then
    kill "$nginx" 2>/dev/null || true
    wait "$nginx" 2>/dev/null || true
  fi
  if [ -n "$made" ]; then rmdir "$STATE"/* "$STATE" 2>/dev/null || true; fi
  rm -rf "$work"
}

main "$@"
