#!/usr/bin/env bash
# What a request costs in Luma's data plane, beside nginx, HAProxy and Caddy, on one upstream, in turns.
# See --help.
set -euo pipefail
here=$(dirname "$0")
usage() {
    cat <<END
Usage: relay.sh [OPTION...]

Runs Luma and its peers in front of the same upstream and writes relay.md, relay.tsv, relay.svg and the raw figures
to target/bench. Load generator, upstream and contestants share the machine: what compares strictly is CPU time.

  --turns N          how often each case is measured with each contestant, in turns (5)
  --seconds N        how long each time (4)
  --only CASE,...    of $(echo "$known_cases" | tr ' ' ,)
  --peers NAME,...   of nginx, haproxy, caddy (these), nginx-plain (with the buffers it has by itself), haproxy-splice (which
                     lets the kernel move bodies), vertx, undertow, jetty (Java, from Maven Central); goals are about the
                     better of nginx and haproxy
  --java HOME        the JDK of Luma
  --upstream KIND    loopback: beside the contestants; container: one that Luma starts (what Luma can)
  --quick            each case once and shortly, to see that it all works
  --out DIRECTORY    where the results go

LUMA_HOME is the unpacked Luma to measure (luma-dist/target/luma), LUMA_BASE another one to compare it with.
END
}
known_cases="100 1k 16k 1m 100-1 16k-1 100-1024 16k-1024 100-close 1k-close 16k-close 1m-close up-1k up-1m ws latency calls garbage memory"
turns=5
seconds=4
warm=3
quick=
cases=$known_cases
peers="nginx haproxy caddy"
kind=
java=
results=
value() { [ -n "${2:-}" ] || { echo "relay.sh: $1 needs a value" >&2; exit 2; }; }
while [ $# -gt 0 ]; do
    case $1 in
        --turns) value "$@"; turns=$2; shift ;;
        --seconds) value "$@"; seconds=$2; shift ;;
        --only) value "$@"; cases=${2//,/ }; shift ;;
        --peers) value "$@"; peers=${2//,/ }; shift ;;
        --java) value "$@"; java=$2; shift ;;
        --upstream) value "$@"; kind=$2; shift ;;
        --out) value "$@"; results=$2; shift ;;
        --quick) quick=yes; turns=1; seconds=1; warm=0; cases="100 up-1k ws" ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
for name in $cases; do
    case " $known_cases " in *" $name "*) ;; *) echo "relay.sh: there is no case \"$name\"" >&2; exit 2 ;; esac
done

# shellcheck source=luma-dist/src/bench/common.sh
. "$here/common.sh"
# shellcheck source=luma-dist/src/bench/contestants.sh
. "$here/contestants.sh"
# shellcheck source=luma-dist/src/bench/load.sh
. "$here/load.sh"
luma_base=${LUMA_BASE:+$(cd -- "$LUMA_BASE" && pwd -P)}
results=${results:-$bench_home/../../target/bench}
mkdir -p "$results"
results=$(cd -- "$results" && pwd -P)
[ -z "$java" ] || export LUMA_JAVA=$java
java=${LUMA_JAVA:-${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}}
jcmd=$java/bin/jcmd
limit=$(ulimit -Hn)
[ "$limit" != unlimited ] && [ "$limit" -lt 65536 ] || limit=65536
ulimit -n "$limit"
wanted() { case " $cases " in *" $1 "*) ;; *) return 1 ;; esac; }
finish() {
    luma_pid=
    stop_contestants
    if [ "$kind" = container ]; then clean_up; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

need wrk wrk
need nginx nginx-light
need curl curl
need jq jq
need strace strace
need pgrep procps
: >"$raw"
[ -n "$kind" ] || { takes_upstreams "$luma_home" && kind=loopback || kind=container; }
mkdir -p "$work/classes"
"$java/bin/javac" -d "$work/classes" "$bench_home"/{OpenLoop,Echo,Plot,Report}.java
if wanted ws; then
    where=127.0.0.1
    [ "$kind" = loopback ] || where=$(ip -4 -o addr show docker0 | awk '{ sub("/.*", "", $4); print $4 }')
    start_echo "$where"
fi
if [ "$kind" = container ]; then
    say "making the upstream's image"
    make_upstream_image
else
    start_upstream
fi
if [ "$kind" = loopback ] && ! takes_upstreams "$luma_home"; then
    die "this Luma relays to containers only: --upstream container"
fi
contestants=()
for name in luma ${luma_base:+base} $peers; do
    say "starting $name"
    if start_contestant "$name"; then contestants+=("$name"); fi
done
say "the upstream is $upstream"

loads=()
for name in $cases; do
    case $kind-$name in
        container-*-1024)
            say "leaving out $name: as many connections stalled on Docker's bridge, whoever opened them"
            continue
            ;;
    esac
    case $name in latency | calls | garbage | memory) ;; *) loads+=("$name") ;; esac
done
# shown TURN CASE METRIC
shown() { awk -F'\t' -v t="$1" -v l="$2" -v m="$3" '$1 == t && $2 == l && $4 == m { printf "%s %s  ", $3, $5 }' "$raw"; }
remember() { for name in "${contestants[@]}"; do note 1 "$1" "$name" pss "$(memory "$name" | cut -d' ' -f2)"; done; }

if wanted memory; then sleep 2; remember idle; fi
if [ "$warm" != 0 ]; then
    for name in "${contestants[@]}"; do
        on_jvm "$name" || continue
        say "warming up $name"
        settle "$name" "$warm"
    done
    for load in "${loads[@]:-100}"; do
        say "warming up for $load"
        for name in "${contestants[@]}"; do
            if on_jvm "$name"; then measure 0 "$load" "$name" $((warm * 2)); else measure 0 "$load" "$name" 1; fi
        done
    done
fi
for turn in $(seq "$turns"); do
    for load in "${loads[@]}"; do
        for name in "${contestants[@]}"; do measure "$turn" "$load" "$name" "$seconds"; done
        say "turn $turn of $turns, $load, CPU us: $(shown "$turn" "$load" cpu)"
    done
done
if wanted latency; then
    for turn in $(seq "$turns"); do
        for load in 100 16k 1m; do
            wanted "$load" || [ ${#loads[@]} = 0 ] || continue
            choose_rate "$load"
            for name in "${contestants[@]}"; do time_requests "$turn" "$load" "$name" "$seconds"; done
            say "turn $turn of $turns, $load at $rate a second, p99 us: $(shown "$turn" "$load" p99)"
        done
    done
fi
if wanted memory; then sleep 2; remember loaded; fi
if wanted calls; then
    for load in 100 16k; do
        for name in "${contestants[@]}"; do count_calls "$load" "$name" "$seconds"; done
    done
fi
if wanted garbage; then
    for name in "${contestants[@]}"; do
        on_jvm "$name" || continue
        for load in 100 16k 1m; do weigh_garbage "$load" "$name" "$seconds"; done
    done
fi
peer_version() { sed -n "s/.*<$1\.version>\(.*\)<.*/$2 \1/p" "$bench_home/peers/pom.xml"; }
versions() {
    case " $peers " in *" nginx"*) nginx -v 2>&1 | sed 's/.*nginx\//nginx /' ;; esac
    case " $peers " in *" haproxy"*) haproxy -v | sed -n '1s/.*version \([0-9.]*\).*/HAProxy \1/p' ;; esac
    case " $peers " in *" caddy"*) caddy version | sed 's/^v\{0,1\}\([^ ]*\).*/Caddy \1/' ;; esac
    case " $peers " in *" vertx"*) peer_version vertx Vert.x ;; esac
    case " $peers " in *" undertow"*) peer_version undertow Undertow ;; esac
    case " $peers " in *" jetty"*) peer_version jetty Jetty ;; esac
}
cp "$raw" "$results/relay.raw.tsv"
{
    echo "date: $(date -u +%F)"
    echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), Linux $(uname -r)"
    echo "java: $("$java/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')"
    echo "peers: $(versions | paste -sd, | sed 's/,/, /g')"
    echo "upstream: $kind"
    echo "turns: $turns of $seconds s"
    [ -z "$quick" ] || echo quick
} >"$results/relay.about"
"$java/bin/java" -cp "$work/classes" Report "$results"
