#!/usr/bin/env bash
# Ten minutes under load with all sorts of clients in front of apps that crash, cut and talk nonsense, on a real engine.
# Prints what Luma holds before and after, and PASS if everything is where it was and every request is accounted for.
# Usage: soak.sh [MINUTES]     environment: LUMA_HOME, LUMA_JAVA, PROXY_PORT, API_PORT
set -euo pipefail
# shellcheck source=luma-dist/src/bench/common.sh
. "$(dirname "$0")/common.sh"
minutes=${1:-10}
export -n LUMA_HOME # Luma takes every LUMA_* for a setting
warm_up=20
flapping=$run_name-flapping
tunnel=$run_name-tunnel
killer_pid=

finish() {
    [ -z "$killer_pid" ] || kill "$killer_pid" 2>/dev/null || true
    for image in "$flapping" "$tunnel"; do
        docker ps -aq --filter "ancestor=$image:latest" | xargs -r docker rm -f >/dev/null 2>&1 || true
        docker rmi -f "$image:latest" >/dev/null 2>&1 || true
    done
    clean_up
}
trap finish EXIT

need curl curl
need docker docker.io
[ -e /bin/busybox ] || need busybox busybox-static
java=${LUMA_JAVA:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
[ -d "$java" ] || java=$(dirname "$(dirname "$(readlink -f "$java")")")
jcmd=$java/bin/jcmd
[ -x "$jcmd" ] || die "needs a JDK for jcmd; name one with LUMA_JAVA"

# busybox_image NAME SCRIPT: one process a connection, which is the script.
busybox_image() {
    local root=$work/$1
    mkdir -p "$root/bin" "$root/tmp"
    cp -L "$(command -v busybox)" "$root/bin/busybox"
    printf '%s\n' "$2" >"$root/serve"
    printf '%s\n' '#!/bin/busybox sh' 'trap "exit 0" TERM INT' '/bin/busybox nc -ll -p 8080 -e /serve &' 'wait' >"$root/start"
    chmod +x "$root/serve" "$root/start"
    tar -C "$root" -c . | docker import --change 'CMD ["/bin/busybox", "sh", "/start"]' - "$1:latest" >/dev/null
}

# shellcheck disable=SC2016 # the scripts expand their own variables
flap='#!/bin/busybox sh
ok() { printf "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"; }
while :; do
    head=
    while IFS= read -r line && [ "$line" != "$(printf "\r")" ]; do head=$line; done
    [ -n "$head" ] || exit 0
    case $((RANDOM % 16)) in
        0) exit 0 ;;
        1) printf "garbage\r\n\r\n"; exit 0 ;;
        2) printf "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly half"; exit 0 ;;
        3) printf "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"; exit 0 ;;
        4) ok; ok ;;
        5) sleep 1; ok ;;
        6) printf "HTTP/1.1 200 OK\r\n\r\nuntil the end"; exit 0 ;;
        7) printf "HTTP/1.1 103 Early Hints\r\n\r\n"; ok ;;
        8) [ $((RANDOM % 20)) != 0 ] || kill -TERM 1; ok ;;
        *) ok ;;
    esac
done'
# shellcheck disable=SC2016 # $tool is the container's.
echo_tunnel=$(sed -e 's|^key=$|PATH=/bin; for tool in cat cut sha1sum xxd base64 sleep; do alias $tool="/bin/busybox $tool"; done; key=|' \
    -e 's|exec cat|exec /bin/busybox cat|' "$bench_home/../test/resources/endtoend/app/tunnel")

say "making the apps: a steady one, a flapping one, one that naps, one with tunnels"
make_upstream_image
busybox_image "$flapping" "$flap"
busybox_image "$tunnel" "$echo_tunnel"
LUMA_JAVA_OPTS="-XX:NativeMemoryTracking=summary ${LUMA_JAVA_OPTS:-}" start_luma --inactivity-timeout 3s --stop-grace 1s

# project NAME IMAGE
project() {
    curl -fsS -o /dev/null -X POST "$api/projects" -H 'Content-Type: application/json' -d "{\"name\": \"$1\",
        \"docker_image\": \"$2:latest\", \"container_port\": 8080, \"hostname\": \"$1.localhost\"}"
}
project steady "$run_name"
project napping "$run_name"
project flapping "$flapping"
project tunnel "$tunnel"

luma_log=$(find "$work" -maxdepth 1 -name '*.log' | head -n 1)

# Kills a container from time to time, of any project.
killer() {
    while sleep 11; do
        docker ps -q --filter "ancestor=$run_name:latest" --filter "ancestor=$flapping:latest" --filter "ancestor=$tunnel:latest" |
            shuf -n 1 | xargs -r docker kill >/dev/null 2>&1 || true
    done
}

# clients SECONDS: prints how its requests ended.
clients() { "$java/bin/java" -Xmx256m -XX:+UseSerialGC "$bench_home/SoakClients.java" "$proxy_port" "$1"; }

sum_of() { curl -fsS "$api/projects" | grep -o "\"$1\" *: *[0-9]*" | awk -F: '{ sum += $2 } END { print sum + 0 }'; }
connections() {
    awk -v port="$(printf ':%04X' "$proxy_port")" '$2 ~ port "$" && $4 != "0A" && $4 != "06" { n++ } END { print n + 0 }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null
}
# Those that run: others are kept for the next wake.
containers() { docker ps -q --filter "ancestor=$run_name:latest" --filter "ancestor=$flapping:latest" --filter "ancestor=$tunnel:latest" | wc -l; }

# Whether one of the pools that end their threads after a while still has some.
working() { grep -qsE '^luma-(worker|docker-(sta|sto|cal))' "/proc/$luma_pid/task"/*/comm; }

# Waits until all projects sleep, and all connections and idle threads are gone, at most two minutes.
settle() {
    for _ in $(seq 120); do
        [ "$(connections)" = 0 ] && [ "$(containers)" = 0 ] && ! working && break
        sleep 1
    done
}

# snapshot FILE: lines of "name value allowed-growth".
snapshot() {
    "$jcmd" "$luma_pid" GC.run >/dev/null
    "$jcmd" "$luma_pid" System.trim_native_heap >/dev/null 2>&1 || true
    local heap direct engine
    heap=$("$jcmd" "$luma_pid" GC.heap_info | grep -oE '[0-9]+K, used [0-9]+K|total [0-9]+K, used [0-9]+K' | grep -oE 'used [0-9]+' |
        awk '{ sum += $2 } END { print sum + 0 }')
    direct=$("$jcmd" "$luma_pid" VM.native_memory summary scale=KB | awk '/ Other \(/ { sub(/.*committed=/, ""); print $0 + 0 }')
    # The connections to the engine stay open for the next calls: as many as there were calls at once, which is at most
    # one for each thread that makes them (32), at two files each.
    engine=$(find "/proc/$luma_pid/fd" -mindepth 1 -printf '%l\n' | sed -n 's/^socket:\[\([0-9]*\)]$/\1/p' |
        awk 'NR == FNR { unix[$7] = 1; next } $1 in unix' /proc/net/unix - | wc -l)
    {
        echo "open_files $(($(find "/proc/$luma_pid/fd" -mindepth 1 | wc -l) - engine)) 2"
        echo "files_of_the_engine $engine $((64 - engine))"
        echo "connections_of_clients $(connections) 0"
        echo "leases_in_flight $(sum_of in_flight) 0"
        echo "requests_waiting $(sum_of waiting) 0"
        echo "containers $(containers) 0"
        echo "threads $(find "/proc/$luma_pid/task" -mindepth 1 -maxdepth 1 | wc -l) 2"
        echo "heap_after_gc_KiB $heap 4096"
        echo "direct_memory_KiB ${direct:-0} 8192"
        echo "RSS_KiB $(awk '/^VmRSS/ { print $2 }' "/proc/$luma_pid/status") 32768"
    } >"$1"
    "$jcmd" "$luma_pid" Thread.print | grep -oE '^"[^"]+"' | sed 's/-[0-9]*"$//; s/"//g' | sort | uniq -c >"$1.threads"
}

killer &
killer_pid=$!
say "warming up for $warm_up s"
clients "$warm_up" >"$work/warm" || true
settle
snapshot "$work/before"
say "soaking for $minutes min"
failed=0
clients "$((minutes * 60))" >"$work/ends" || failed=1
settle
snapshot "$work/after"
kill -0 "$luma_pid" || die "Luma has ended; see its log"

echo
echo "How requests ended ($minutes min):"
cat "$work/ends"
echo
printf '%-26s %10s %10s %10s\n' '' before after 'may grow'
while read -r name before allowed && read -r _ after _ <&3; do
    verdict=
    [ "$after" -le $((before + allowed)) ] || { verdict='  <-- grew'; failed=1; }
    printf '%-26s %10s %10s %10s%s\n' "$name" "$before" "$after" "$allowed" "$verdict"
done <"$work/before" 3<"$work/after"
echo
diff "$work/before.threads" "$work/after.threads" | sed -n 's/^>/threads now:/p' || true
grep -cE ' (WARN|ERROR) ' "$luma_log" | sed 's/^/warnings and errors in the log: /' || true
if grep -E ' ERROR |Exception' "$luma_log" | head -5; then failed=1; fi
if [ "$failed" = 0 ]; then
    echo PASS
else
    kept=${TMPDIR:-/tmp}/luma-soak-$$.log
    cp "$luma_log" "$kept"
    echo "FAIL; the log is $kept"
    exit 1
fi
