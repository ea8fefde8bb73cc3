# shellcheck shell=bash
# What quickstart.sh and verify.sh share: finding a Docker engine, or installing and starting one. Sourced, not run.
# Every step is announced before it is done. After find_engine, engine_curl talks to the engine.

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

script=${0##*/}
engine_log=${TMPDIR:-/tmp}/luma-dockerd.log
engine_pid=
packages_listed=

say() {
    printf '==> %s\n' "$*"
}

fail() {
    printf '%s: %s\n' "$script" "$*" >&2
    exit 1
}

# Whether packages can be installed here without asking anyone.
is_root_on_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# install_packages PACKAGE...: from the distribution, or says what to run.
install_packages() {
    is_root_on_debian || fail "needs $*; install it first, on Debian or Ubuntu with:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    if [ -z "$packages_listed" ]; then
        say "Reading the package lists (apt-get update)"
        quietly apt-get -o DPkg::Lock::Timeout=120 update
        packages_listed=yes
    fi
    say "Installing $* (apt-get install --no-install-recommends)"
    DEBIAN_FRONTEND=noninteractive quietly apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
}

# Runs a command whose output matters only when it fails.
quietly() {
    local output
    output=$("$@" 2>&1) || fail "\"$*\" failed:
$output"
}

# need COMMAND PACKAGE
need() {
    command -v "$1" >/dev/null || install_packages "$2"
}

need_jdk() {
    command -v javac >/dev/null || [ -x "${JAVA_HOME:-}/bin/javac" ] || fail "needs a JDK 17 or newer on the PATH; \
install one first, on Debian or Ubuntu with:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends default-jdk-headless"
}

need_build_tools() {
    need_jdk
    need mvn maven
}

# Sets busybox to the path of a busybox that runs in an empty image, because it needs no library.
need_static_busybox() {
    busybox=$(command -v busybox || true)
    if [ -z "$busybox" ] || ldd "$busybox" >/dev/null 2>&1; then
        install_packages busybox-static
        hash -r
        busybox=$(command -v busybox)
    fi
}

# engine_curl PATH [CURL OPTION...]: one call of the engine's API.
engine_curl() {
    local path=$1
    shift
    case $engine in
        unix://*) curl -sS --unix-socket "${engine#unix://}" "$@" "http://localhost$path" ;;
        tcp://*) curl -sS "$@" "http://${engine#tcp://}$path" ;;
        *) fail "cannot use DOCKER_HOST=$engine; it must begin with unix:// or tcp://" ;;
    esac
}

engine_answers() {
    [ "$(engine_curl /_ping --max-time 5 2>/dev/null)" = OK ]
}

# Finds the engine that DOCKER_HOST or the default socket leads to, or installs and starts one.
find_engine() {
    need curl curl
    engine=${DOCKER_HOST:-unix:///var/run/docker.sock}
    say "Looking for a Docker engine at $engine"
    if engine_answers; then
        return
    fi
    if [ -n "${DOCKER_HOST:-}" ]; then
        fail "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST; start it, or unset DOCKER_HOST to use the one of this machine"
    fi
    if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
        fail "this user may not use the Docker engine; run this, log in again, and retry:
    sudo usermod -aG docker $(id -un)"
    fi
    start_engine
}

start_engine() {
    local where="no Docker engine answers at $engine;"
    if ! command -v dockerd >/dev/null; then
        is_root_on_debian || fail "$where on Debian or Ubuntu, install one with:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends docker.io iptables"
        say "No Docker engine answers: installing the one of the distribution"
        install_packages docker.io iptables
    fi
    if [ -d /run/systemd/system ]; then
        [ "$(id -u)" = 0 ] || fail "$where start it with: sudo systemctl start docker"
        say "Starting Docker (systemctl start docker)"
        quietly systemctl start docker
        await_engine || fail "Docker did not answer within 60 seconds; see: journalctl -u docker"
        return
    fi
    [ "$(id -u)" = 0 ] || fail "$where start it with: sudo dockerd"
    run_dockerd && return
    if grep -qi iptables "$engine_log"; then
        say "This kernel has no packet filter for Docker: trying without (containers cannot reach the Internet then)"
        run_dockerd --iptables=false --ip6tables=false && return
    fi
    tail -n 20 "$engine_log" >&2
    fail "dockerd did not start; its last words are above, all of them in $engine_log"
}

# Starts dockerd in the background, in a session of its own so that Ctrl-C does not reach it.
run_dockerd() {
    say "Starting dockerd ${*:+$* }in the background (log: $engine_log)"
    setsid dockerd "$@" </dev/null >"$engine_log" 2>&1 &
    engine_pid=$!
    await_engine || {
        stop_engine
        return 1
    }
}

# Waits until the engine answers: up to 60 seconds, or until the dockerd from here has ended.
await_engine() {
    local deadline=$((SECONDS + 60))
    until engine_answers; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            return 1
        fi
        if [ -n "$engine_pid" ] && ! kill -0 "$engine_pid" 2>/dev/null; then
            return 1
        fi
        sleep 0.2
    done
}

# Stops the engine if it was started here. Never fails.
stop_engine() {
    [ -n "$engine_pid" ] || return 0
    if kill "$engine_pid" 2>/dev/null; then
        say "Stopping dockerd, which was started here"
    fi
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=
}
