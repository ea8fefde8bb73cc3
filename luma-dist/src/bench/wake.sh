#!/usr/bin/env bash
# How long a sleeping project takes to answer in each of Luma's ways, beside what the engine does by itself, in turns;
# then how long many projects take that are asked at once.
# Usage: wake.sh [TURNS [PROJECTS]]     environment: LUMA_HOME, LUMA_JAVA, PROXY_PORT, API_PORT
set -euo pipefail
# shellcheck source=luma-dist/src/bench/common.sh
. "$(dirname "$0")/common.sh"
turns=${1:-30}
crowd=${2:-100}
others=()
trap 'for pid in "${others[@]}"; do kill "$pid"; wait "$pid" || :; done 2>/dev/null; clean_up' EXIT

need curl curl
need jq jq
say "making the image"
make_upstream_image
say "starting Luma, once without sandboxes, and once that keeps nothing"
launch_luma "$luma_home" "$((proxy_port + 10))" "$((api_port + 10))" plain --sandboxes 0
others+=("$luma_pid")
launch_luma "$luma_home" "$((proxy_port + 20))" "$((api_port + 20))" fresh --kept-containers 0
others+=("$luma_pid")
start_luma
api=http://127.0.0.1:$((api_port + 10)) register wake
api=http://127.0.0.1:$((api_port + 20)) register wake
register kept
register ahead '"ephemeral": true'
register paused '"sleep": "pause", "idle_timeout": "1s"'
java=$(command -v java)
socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
until holder=$(docker images -q luma-sandbox | head -n 1) && [ -n "$holder" ]; do sleep 0.1; done
sleep 5
say "waking, $turns times each"
"$java" "$(dirname "$0")/Wakes.java" ways "${socket#unix://}" "$run_name:latest" "$holder" "$turns" \
    "Luma without sandboxes=$((proxy_port + 10)):$((api_port + 10)):wake:plain" \
    "Luma with a sandbox=$((proxy_port + 20)):$((api_port + 20)):wake:sandbox" \
    "Luma, a container made ahead=$proxy_port:$api_port:ahead:ahead" \
    "Luma, a kept container=$proxy_port:$api_port:kept:kept" \
    "Luma, a paused container=$proxy_port:$api_port:paused:unpause:paused" | tee "$work/ways"
say "memory of what waits"
for id in $(docker ps -q --no-trunc --filter label=dev.luma.sandbox); do
    pids="$(docker inspect -f '{{.State.Pid}}' "$id") $(pgrep -f "shim.*$id")"
    for pid in $pids; do cat "/proc/$pid/smaps_rollup" 2>/dev/null || :; done |
        awk '/^Pss:/ { kib += $2 } END { printf "a sandbox and its shim: %.1f MiB (proportional set size)\n", kib / 1024 }'
done
say "waking $crowd projects at once"
hosts=()
for number in $(seq "$crowd"); do
    register "crowd-$number"
    hosts+=("crowd-$number.localhost")
done
"$java" "$(dirname "$0")/Wakes.java" crowd "$proxy_port" "${hosts[@]}"
printf '\n%s\n' "$(date -u +%F)"
