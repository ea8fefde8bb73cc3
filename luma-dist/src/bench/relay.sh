#!/usr/bin/env bash
# CPU time per request of Luma's data plane beside nginx as a reverse proxy, on one upstream, in turns.
# Usage: relay.sh [TURNS] [SECONDS]     environment: LUMA_HOME, LUMA_JAVA, PROXY_PORT, API_PORT, CONNECTIONS
set -euo pipefail
. "$(dirname "$0")/common.sh"
turns=${1:-5}
seconds=${2:-5}
connections=${CONNECTIONS:-64}
nginx_port=$((proxy_port + 2))
nginx_pid=
finish() {
    [ -z "$nginx_pid" ] || kill "$nginx_pid" 2>/dev/null || true
    clean_up
}
trap finish EXIT

need wrk wrk
need curl curl
need jq jq
say "making the upstream's image"
make_upstream_image
say "starting Luma"
start_luma --inactivity-timeout 1h
register relay
curl -fsS -o /dev/null "http://relay.localhost:$proxy_port/100" --resolve "relay.localhost:$proxy_port:127.0.0.1"
upstream=$(curl -fsS "$api/projects/relay" | jq -r '.instances[0].address')
say "the upstream is $upstream"
cat >"$work/nginx.conf" <<CONF
worker_processes 2;
daemon off;
error_log $work/nginx.error.log warn;
pid $work/nginx.pid;
events { worker_connections 4096; }
http {
    access_log off;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    keepalive_requests 1000000000;
    upstream app { server $upstream; keepalive 128; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:$nginx_port backlog=4096 reuseport;
        location / {
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$host;
            proxy_set_header X-Forwarded-For \$remote_addr;
            proxy_set_header X-Forwarded-Proto \$scheme;
            proxy_set_header X-Forwarded-Host \$http_host;
        }
    }
}
CONF
nginx -c "$work/nginx.conf" &
nginx_pid=$!
sleep 1

# measure NAME PORT PATH PID...: one line "NAME PATH us-per-request requests-per-second p99"
measure() {
    local name=$1 port=$2 path=$3 before after out requests
    shift 3
    before=$(cpu_ticks "$@")
    out=$(wrk -t1 -c"$connections" -d"${seconds}s" --latency -H 'Host: relay.localhost' "http://127.0.0.1:$port/$path")
    after=$(cpu_ticks "$@")
    requests=$(awk '/requests in/ { print $1 }' <<<"$out")
    if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then say "$name $path: $(grep -E 'Non-2xx|Socket errors' <<<"$out")"; fi
    awk -v n="$name" -v p="$path" -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" -v r="$requests" \
        -v rps="$(awk '/Requests\/sec/ { print $2 }' <<<"$out")" -v p99="$(awk '$1 == "99%" { print $2 }' <<<"$out")" \
        'BEGIN { printf "%s %s %.1f %.0f %s\n", n, p, t / hz * 1e6 / r, rps, p99 }'
}

# shellcheck disable=SC2046
workers() { echo $(pgrep -P "$nginx_pid"); }
say "warming up"
for path in 100 16k; do
    for _ in 1 2 3; do seconds=3 measure luma "$proxy_port" "$path" "$luma_pid" >/dev/null; done
    # shellcheck disable=SC2046
    seconds=1 measure nginx "$nginx_port" "$path" $(workers) >/dev/null
done
: >"$work/results"
for turn in $(seq "$turns"); do
    say "turn $turn of $turns"
    for path in 100 16k 1m; do
        measure luma "$proxy_port" "$path" "$luma_pid" | tee -a "$work/results" >&2
        # shellcheck disable=SC2046
        measure nginx "$nginx_port" "$path" $(workers) | tee -a "$work/results" >&2
    done
done
printf '\n%-8s %-6s %16s %14s %10s\n' proxy size 'CPU us/request' 'requests/s' ratio
for path in 100 16k 1m; do
    nginx_us=$(awk -v p="$path" '$1 == "nginx" && $2 == p { print $3 }' "$work/results" | percentile 50)
    for proxy in luma nginx; do
        us=$(awk -v n="$proxy" -v p="$path" '$1 == n && $2 == p { print $3 }' "$work/results" | percentile 50)
        rps=$(awk -v n="$proxy" -v p="$path" '$1 == n && $2 == p { print $4 }' "$work/results" | percentile 50)
        awk -v n="$proxy" -v p="$path" -v u="$us" -v r="$rps" -v b="$nginx_us" \
            'BEGIN { printf "%-8s %-6s %16.1f %14.0f %10.2f\n", n, p, u, r, u / b }'
    done
done
printf '\nLuma after the load: %s MiB RSS; %s connections, %s turns of %s s, medians; %s\n' \
    "$(rss_mib "$luma_pid")" "$connections" "$turns" "$seconds" "$(date -u +%F)"
