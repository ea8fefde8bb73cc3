# shellcheck shell=bash disable=SC2034,SC2154 # Sourced: what it sets others use, and the other way round.
# The loads of relay.sh and what is read while they run. Sourced after contestants.sh.
# Every figure becomes a line "turn case contestant metric value" of $raw.

raw=$work/raw.tsv

# note TURN CASE CONTESTANT METRIC VALUE
note() { (IFS=$'\t'; echo "$*") >>"$raw"; }

# plan CASE: sets $path, $connections and $flags of wrk. Cases: SIZE, SIZE-close, SIZE-CONNECTIONS, up-SIZE, ws.
plan() {
    path=${1%%-*}
    connections=64
    flags=(-H 'Host: relay.localhost')
    case $1 in
        ws) path=ws ;;
        up-*)
            path=upload
            printf 'wrk.method = "POST"\nwrk.body = string.rep("x", %s)\n' "$(bytes_of "${1#up-}")" >"$work/$1.lua"
            flags+=(-s "$work/$1.lua")
            ;;
        *-close) flags+=(-H 'Connection: close') ;;
        *-*) connections=${1#*-} ;;
    esac
}

bytes_of() {
    case $1 in
        *k) echo $((${1%k} * 1024)) ;;
        *m) echo $((${1%m} * 1048576)) ;;
        *) echo "$1" ;;
    esac
}

# drive CONTESTANT SECONDS: wrk's report, after plan.
drive() { wrk -t1 -c"$connections" -d"${2}s" --timeout 10s "${flags[@]}" "http://127.0.0.1:${port[$1]}/$path"; }

# The last two lines of wrk's report that matter, as "requests requests-per-second".
requests_of() { awk '/requests in/ { n = $1 } /Requests\/sec/ { r = $2 } END { print n + 0, r + 0 }' <<<"$1"; }

# Messages through WebSockets, in the same form.
drive_web_sockets() {
    # Who drops the upgrade may leave the client waiting.
    timeout --foreground $(($2 + 20)) "$java/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -cp "$work/classes" OpenLoop \
        "${port[$1]}" ws:/ws "$connections" 0 "$2" | awk '{ print $6, $1 }'
}

# measure TURN CASE CONTESTANT SECONDS: CPU time a request, and requests a second, as fast as they are answered.
# Turn 0 warms up.
measure() {
    local pids before after out requests rps
    if [ "$2-$3" = ws-jetty ]; then
        [ "$1" = 0 ] || say "jetty does not relay WebSockets"
        return 0
    fi
    plan "$2"
    pids=$(pids_of "$3")
    # shellcheck disable=SC2086
    before=$(cpu_ticks $pids)
    case $2 in
        ws) out=$(drive_web_sockets "$3" "$4") || { say "$3 does not relay WebSockets"; return 0; } ;;
        *) out=$(drive "$3" "$4") ;;
    esac
    # shellcheck disable=SC2086
    after=$(cpu_ticks $pids)
    [ "$1" != 0 ] || return 0
    if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then say "$3 $2: $(grep -E 'Non-2xx|Socket errors' <<<"$out")"; fi
    [ "$2" = ws ] || out=$(requests_of "$out")
    read -r requests rps <<<"$out"
    [ "$requests" -gt 0 ] || { say "$3 answered nothing in case $2"; return 0; }
    note "$1" "$2" "$3" cpu "$(awk -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" -v r="$requests" \
        'BEGIN { printf "%.2f", t / hz * 1e6 / r }')"
    note "$1" "$2" "$3" rps "$rps"
    note "$1" "$2" "$3" pss "$(memory "$3" | cut -d' ' -f2)"
}

# settle CONTESTANT SECONDS: until the JVM compiles nothing more of the relay. It looks again at what it has compiled when
# connections come and go, so they do, in different numbers.
settle() {
    local round load
    for round in 1 2 3 4 5 6 7 8; do
        for load in 100 16k 1m; do
            plan "$load"
            connections=$((8 * round + 8))
            drive "$1" "$2" >/dev/null
        done
    done
}

# choose_rate CASE: the same for all: half of what the slowest of Luma, nginx and HAProxy can do as far as is known, and a
# third for the largest, which the load generator has work with, too.
choose_rate() {
    local least
    least=$(awk -F'\t' -v l="$1" '$2 == l && $4 == "rps" && $3 ~ /^(luma|nginx|haproxy)$/ && (!m || $5 < m) { m = $5 }
        END { print int(m / (l == "1m" ? 3 : 2)) }' "$raw")
    case $1 in 1m) rate=400 ;; 16k) rate=5000 ;; *) rate=10000 ;; esac
    [ "$least" = 0 ] || rate=$least
}

# time_requests TURN CASE CONTESTANT SECONDS: latency at $rate.
time_requests() {
    local out rps half most far failed all
    plan "$2"
    out=$("$java/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "$work/classes" OpenLoop \
        "${port[$3]}" "/$path" "$connections" "$rate" "$4") || { say "$3 failed at a fixed rate"; return 0; }
    read -r rps half most far failed all <<<"$out"
    [ "$failed" = 0 ] || say "$3 $2: $failed of $rate a second were not answered in time"
    note "$1" "$2" "$3" rate "$rps"
    note "$1" "$2" "$3" p50 "$half"
    note "$1" "$2" "$3" p99 "$most"
    note "$1" "$2" "$3" p999 "$far"
}

# count_calls CASE CONTESTANT SECONDS: system calls a warm request at 8 connections; the whole list goes to target/bench.
count_calls() {
    local pids tracer out list=$results/calls-$1-$2.txt attach=() pid
    plan "$1"
    connections=8
    mapfile -t pids < <(pids_of "$2")
    for pid in "${pids[@]}"; do attach+=(-p "$pid"); done
    rm -f "$list"
    strace -c -f -o "$list" "${attach[@]}" 2>/dev/null &
    tracer=$!
    sleep 1
    out=$(drive "$2" "$3")
    kill -INT "$tracer" 2>/dev/null || true
    wait "$tracer" 2>/dev/null || true
    [ -s "$list" ] || { say "strace may not look at $2"; return 0; }
    note 1 "$1-8" "$2" calls "$(awk -v r="$(requests_of "$out" | cut -d' ' -f1)" '$NF == "total" { printf "%.2f", $4 / r }' <"$list")"
}

# weigh_garbage CASE CONTESTANT SECONDS: octets of heap a request used up, by what each collection of the young generation
# found and left. Needs a JDK with the Serial collector, which is what bin/luma takes.
weigh_garbage() {
    local pid=${root[$2]} log=$work/garbage out
    plan "$1"
    rm -f "$log"
    "$jcmd" "$pid" GC.run >/dev/null || { say "$jcmd may not look at $2"; return 0; }
    "$jcmd" "$pid" VM.log "output=$log" what=gc+heap=info >/dev/null
    out=$(drive "$2" "$3")
    "$jcmd" "$pid" GC.heap_info >"$log.end"
    "$jcmd" "$pid" VM.log disable >/dev/null
    note 1 "$1" "$2" garbage "$(awk -v r="$(requests_of "$out" | cut -d' ' -f1)" '
        match($0, /DefNew: [0-9]+K\([0-9]+K\)->[0-9]+K/) {
            split(substr($0, RSTART + 8, RLENGTH - 8), of, /K|->/)
            sum += of[1] - left; left = of[3]
        }
        # As JDK 17 says it, and as 25 does.
        /def new generation|DefNew +total/ { match($0, /used [0-9]+K/); sum += substr($0, RSTART + 5, RLENGTH - 6) - left }
        END { printf "%.1f", sum * 1024 / r }' "$log" "$log.end")"
}
