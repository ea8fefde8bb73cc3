#!/usr/bin/env bash
# How a Luma starts, in turns with another one: from exec to accepting and to the first answer, the CPU time until all is
# warm, the first request to an app and what is answered in the second after it, the first wake and "luma ps".
# Usage: boot.sh [TURNS]     environment: LUMA_HOME, LUMA_BASE (the other Luma), LUMA_JAVA (several, with spaces between)
set -euo pipefail
# shellcheck source=luma-dist/src/bench/common.sh
. "$(dirname "$0")/common.sh"
turns=${1:-10}
trap clean_up EXIT

need curl curl
need nginx nginx-light
need wrk wrk
make_upstream_image
# An app that runs already, for first requests that wake nobody.
make_files "$work"
upstream_conf "$work" "$work" 127.0.0.1:18082 >"$work/nginx.conf"
nginx -c "$work/nginx.conf" >/dev/null 2>&1 &
nginx_pid=$!
trap 'kill "$nginx_pid"; clean_up' EXIT

milliseconds() { awk '{ printf "%.1f\n", $1 * 1000 }'; }
since() { awk -v ns="$(($(date +%s%N) - $1))" 'BEGIN { printf "%.1f\n", ns / 1e6 }'; }
ask() { curl -fsS -o /dev/null -w '%{time_total}\n' -H "Host: $1.localhost" "http://127.0.0.1:$proxy_port/100" | milliseconds; }
verb() { env -u LUMA_HOME -u LUMA_BASE LUMA_JAVA="$2" "$1/bin/luma" "${@:3}" --api "$api"; }

# turn NAME HOME JAVA: one start, its figures each to a file of its own.
turn() {
    local from out=$work/$1
    from=$(date +%s%N)
    env -u LUMA_HOME -u LUMA_BASE -u LUMA_CACHE_DIR LUMA_JAVA="$3" "$2/bin/luma" serve --proxy-host 127.0.0.1 \
        --proxy-port "$proxy_port" --api-port "$api_port" --state-dir "$work/state-$1" \
        --allowed-upstreams 127.0.0.0/8 >"$work/$1.log" 2>&1 &
    luma_pid=$!
    until (exec 3<>"/dev/tcp/127.0.0.1/$proxy_port") 2>/dev/null; do
        kill -0 "$luma_pid" 2>/dev/null || { cat "$work/$1.log" >&2; die "Luma did not start"; }
        sleep 0.002
    done
    since "$from" >>"$out.accepting"
    until curl -s -o /dev/null "http://127.0.0.1:$proxy_port/"; do :; done
    since "$from" >>"$out.answering"
    until curl -fs -o /dev/null "$api/readyz"; do sleep 0.01; done
    since "$from" >>"$out.ready"
    sleep 3
    echo $(($(cpu_ticks "$luma_pid") * 10)) >>"$out.cpu"
    printf "%s\n" "$(rss_mib "$luma_pid")" >>"$out.rss"
    ask beside >>"$out.first"
    ask beside >>"$out.second"
    wrk -t 1 -c 8 -d 1 -H 'Host: beside.localhost' "http://127.0.0.1:$proxy_port/100" |
        awk '/requests in/ { print $1 }' >>"$out.second1"
    ask woken >>"$out.wake"
    stop_project
    ask woken >>"$out.again"
    from=$(date +%s%N)
    verb "$2" "$3" ps >/dev/null
    since "$from" >>"$out.ps"
    stop_luma
}

stop_project() { curl -fsS -o /dev/null -X POST -H 'Content-Type: application/json' "$api/projects/woken/stop"; }

# Registers what each turn finds, and lets the file system get warm.
first_turn() {
    mkdir -p "$work/state-$1"
    env -u LUMA_HOME -u LUMA_BASE -u LUMA_CACHE_DIR LUMA_JAVA="$3" "$2/bin/luma" serve --proxy-host 127.0.0.1 \
        --proxy-port "$proxy_port" --api-port "$api_port" --state-dir "$work/state-$1" \
        --allowed-upstreams 127.0.0.0/8 >"$work/$1.log" 2>&1 &
    luma_pid=$!
    until curl -fs -o /dev/null "$api/readyz"; do sleep 0.05; done
    register woken
    curl -fsS -o /dev/null -X POST "$api/projects" -H 'Content-Type: application/json' \
        -d '{"name": "beside", "upstream": "127.0.0.1:18082", "hostname": "beside.localhost"}'
    stop_luma
}

# shellcheck disable=SC2206 # Several, with spaces between.
javas=(${LUMA_JAVA:-"$(readlink -f -- "$(command -v java)")"})
contestants=()
for java in "${javas[@]}"; do
    contestants+=("luma-$(basename "${java%/bin/java}") $luma_home $java")
    [ -z "${LUMA_BASE:-}" ] || contestants+=("base-$(basename "${java%/bin/java}") $LUMA_BASE $java")
done
for contestant in "${contestants[@]}"; do
    # shellcheck disable=SC2086
    first_turn $contestant
done
for _ in $(seq "$turns"); do
    for contestant in "${contestants[@]}"; do
        # shellcheck disable=SC2086
        turn $contestant
    done
done

row() {
    printf '%-38s' "$1"
    for contestant in "${contestants[@]}"; do
        printf ' %22s' "$(percentile 50 <"$work/${contestant%% *}.$2")"
    done
    printf '\n'
}
printf '\n%-38s' "median of $turns turns, $(date -u +%F)"
for contestant in "${contestants[@]}"; do printf ' %22.22s' "${contestant%% *}"; done
printf '\n'
row "from exec to accepting, ms" accepting
row "from exec to the first answer, ms" answering
row "from exec to reaching the engine, ms" ready
row "CPU time 3 s after that, ms" cpu
row "RSS then, MiB" rss
row "the first request to an app, ms" first
row "the second, ms" second
row "then answered in a second" second1
row "the first wake, ms" wake
row "the second, ms" again
row "luma ps, ms" ps
