#!/usr/bin/env bash
# From exec to accepting, and memory: after boot, and with many registered projects.
# Usage: footprint.sh [PROJECTS]     environment: LUMA_HOME, LUMA_JAVA, PROXY_PORT, API_PORT
set -euo pipefail
# shellcheck source=luma-dist/src/bench/common.sh
. "$(dirname "$0")/common.sh"
projects=${1:-10000}
trap clean_up EXIT

need curl curl
[ -x "$luma_home/bin/luma" ] || die "no Luma at '$luma_home': build it first (./mvnw -DskipTests package)"
# Starts Luma and sets $took to the milliseconds until a connection is accepted.
accepting() {
    mkdir -p "$work/state"
    local from
    from=$(date +%s%N)
    env -u LUMA_HOME "$luma_home/bin/luma" serve --proxy-host 127.0.0.1 --proxy-port "$proxy_port" \
        --api-port "$api_port" --state-dir "$work/state" >"$work/luma.log" 2>&1 &
    luma_pid=$!
    until (exec 3<>"/dev/tcp/127.0.0.1/$proxy_port") 2>/dev/null; do
        kill -0 "$luma_pid" 2>/dev/null || { cat "$work/luma.log" >&2; die "Luma did not start"; }
        sleep 0.005
    done
    took=$((($(date +%s%N) - from) / 1000000))
}
for _ in 1 2 3 4 5; do
    accepting
    echo "$took" >>"$work/times"
    stop_luma
done
printf 'from exec to accepting: %s ms (median of 5)\n' "$(percentile 50 <"$work/times")"
accepting
sleep 5
printf 'RSS after boot: %s MiB\n' "$(rss_mib "$luma_pid")"
say "registering $projects projects"
for i in $(seq "$projects"); do
    printf 'next\nurl = "%s/projects"\nheader = "Content-Type: application/json"\nsilent\noutput = /dev/null\n' "$api"
    printf 'data = "{\\"name\\": \\"p%s\\", \\"docker_image\\": \\"nginx\\", \\"hostname\\": \\"p%s.localhost\\"}"\n' "$i" "$i"
done | sed 1d >"$work/projects.curl"
curl -K "$work/projects.curl"
printf 'RSS with %s projects: %s MiB\n' "$(curl -fsS "$api/projects" | grep -c '"name"')" "$(rss_mib "$luma_pid")"
stop_luma
accepting
printf 'from exec to accepting with them: %s ms\n' "$took"
sleep 5
printf 'RSS after that boot: %s MiB\n' "$(rss_mib "$luma_pid")"
