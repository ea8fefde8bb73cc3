#!/usr/bin/env bash
# How long a sleeping project takes to answer, beside "docker start" of the same image, in turns.
# Usage: wake.sh [TURNS]     environment: LUMA_HOME, LUMA_JAVA, PROXY_PORT, API_PORT
set -euo pipefail
# shellcheck source=luma-dist/src/bench/common.sh
. "$(dirname "$0")/common.sh"
turns=${1:-20}
trap clean_up EXIT

need curl curl
need jq jq
say "making the image"
make_upstream_image
say "starting Luma"
start_luma --log-level info
register wake
stopped=$(docker create "$run_name:latest")
trap 'docker rm -f "$stopped" >/dev/null 2>&1; clean_up' EXIT

milliseconds() { awk '{ printf "%.1f\n", $1 * 1000 }'; }

luma_wake() {
    curl -fsS -o /dev/null -w '%{time_total}\n' -H 'Host: wake.localhost' "http://127.0.0.1:$proxy_port/100" | milliseconds
    curl -fsS -o /dev/null -X POST -H 'Content-Type: application/json' "$api/projects/wake/stop"
}

# From the start call of a stopped container to its first 200, asking every two milliseconds.
docker_start() {
    local from address
    from=$(date +%s%N)
    docker start "$stopped" >/dev/null
    address=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' "$stopped")
    until curl -fsS -o /dev/null "http://$address:8080/100" 2>/dev/null; do sleep 0.002; done
    awk -v ns="$(($(date +%s%N) - from))" 'BEGIN { printf "%.1f\n", ns / 1e6 }'
    docker stop -t 0 "$stopped" >/dev/null
}

luma_wake >/dev/null
docker_start >/dev/null
for _ in $(seq "$turns"); do
    luma_wake >>"$work/luma"
    docker_start >>"$work/docker"
done
printf '\n%-34s %10s %10s\n' "until the first answer, ms" p50 p99
for way in luma docker; do
    label=$([ $way = luma ] && echo "Luma: a request wakes its project" || echo "docker start, then ask")
    printf '%-34s %10s %10s\n' "$label" "$(percentile 50 <"$work/$way")" "$(percentile 99 <"$work/$way")"
done
printf '\n%s turns; %s\n' "$turns" "$(date -u +%F)"
