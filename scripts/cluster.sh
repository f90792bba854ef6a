#!/usr/bin/env bash
# Nodes over NATS in what takes longer or needs root: the servers are away for 20 s; the network between nodes is delayed, loses
# packets and is cut (network namespaces with tc netem, which this script makes and takes away again).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need cargo nats
tests=(cargo test --release --locked --test it)

"${tests[@]}" cluster::the_servers_are_away_for_twenty_seconds -- --ignored || fail "the servers were away, and something was lost: see above"

if [ "$(id -u)" -ne 0 ] || ! have ip || ! have tc; then
  say "The network is not cut: that needs root, and ip and tc (Debian: apt-get install iproute2)"
  exit 0
fi
here=tw-nodes-$$ servers=tw-nats-$$
clean() {
  ip netns del "$here" 2>/dev/null || true
  ip netns del "$servers" 2>/dev/null || true
}
trap clean EXIT
if ! ip netns add "$here" 2>/dev/null || ! ip netns add "$servers" 2>/dev/null; then
  say "The network is not cut: this machine gives no network namespaces"
  exit 0
fi
# Two ways from the nodes to the servers: one of them is cut and delayed by the test.
for way in 1 2; do
  ip link add "tw$way" netns "$here" type veth peer name "twn$way" netns "$servers"
  ip -n "$here" address add "10.213.$way.1/24" dev "tw$way"
  ip -n "$servers" address add "10.213.$way.2/24" dev "twn$way"
  ip -n "$here" link set "tw$way" up
  ip -n "$servers" link set "twn$way" up
done
ip -n "$here" link set lo up
ip -n "$servers" link set lo up
if ip netns exec "$here" tc qdisc add dev tw2 root netem delay 1ms 2>/dev/null; then
  ip netns exec "$here" tc qdisc del dev tw2 root
  say "The network between nodes is delayed, loses packets and is cut"
else
  say "The network between nodes is cut, and not delayed: this kernel has no netem"
fi
TRADEWIND_NATS_NETNS=$servers ip netns exec "$here" "${tests[@]}" cluster::network:: -- --ignored --test-threads=1 ||
  fail "the network was cut, and something was lost: see above"
