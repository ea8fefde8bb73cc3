#!/usr/bin/env bash
# From a fresh clone to a container that wakes on a request, in one command.
set -euo pipefail

dist=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=luma-dist/src/main/scripts/engine.sh
. "$dist/src/main/scripts/engine.sh"

project=my-nginx-app
host=myapp.localhost
idle=5s
proxy_port=8080
api_port=8081
once=
luma_pid=
image=
busybox=

usage() {
    cat <<END
Usage: quickstart.sh [--once] [--proxy-port N] [--api-port N]

Finds or starts a Docker engine, builds Luma, starts it, registers a demo project, wakes it with a request, waits until
it sleeps again, and keeps running until Ctrl-C.

  --once          stop everything that was started after the tour, and exit
  --proxy-port N  where requests arrive (default 8080)
  --api-port N    where projects are managed (default 8081)
END
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --once) once=yes ;;
            --proxy-port | --api-port)
                [[ ${2:-} =~ ^[1-9][0-9]{0,4}$ && $2 -le 65535 ]] || fail "$1 needs a port number from 1 to 65535"
                if [ "$1" = --proxy-port ]; then proxy_port=$2; else api_port=$2; fi
                shift
                ;;
            -h | --help)
                usage
                exit 0
                ;;
            *) fail "does not know \"$1\"; see --help" ;;
        esac
        shift
    done
    [ "$proxy_port" != "$api_port" ] || fail "--proxy-port and --api-port must differ"
}

is_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# check_port FLAG PORT
check_port() {
    local free=$2
    if is_taken "$2"; then
        while [ "$free" = "$proxy_port" ] || [ "$free" = "$api_port" ] || is_taken "$free"; do
            free=$((free + 1))
        done
        fail "port $2 is taken by another program; stop that, or choose another port with: $1 $free"
    fi
}

build() {
    say "Building Luma, without its tests (./mvnw package)"
    "$dist/../mvnw" --batch-mode --quiet -DskipTests package
}

has_image() {
    [ "$(engine_curl "/images/$1/json" -o /dev/null -w '%{http_code}')" = 200 ]
}

registry_answers() {
    local code
    code=$(timeout 5 curl -s -o /dev/null -w '%{http_code}' https://registry-1.docker.io/v2/) || return 1
    [ "$code" = 200 ] || [ "$code" = 401 ]
}

find_demo_image() {
    image=nginxdemos/hello
    if has_image "$image"; then
        say "The demo image $image is there"
        return
    fi
    say "Looking for a registry to get the demo image $image from (5 seconds at most)"
    if registry_answers; then
        say "Pulling $image"
        engine_curl "/images/create?fromImage=$image&tag=latest" -X POST -o /dev/null --max-time 120 || true
    fi
    has_image "$image" || build_demo_image
}

build_demo_image() {
    local context=$dist/target/quickstart/demo answer
    image=luma-demo
    say "No registry can be reached: building a tiny demo image, $image, from this machine's static busybox"
    need_static_busybox
    mkdir -p "$context"
    cp "$dist"/src/main/scripts/demo/* "$busybox" "$context"
    answer=$(tar -C "$context" -c . | engine_curl "/build?t=$image&forcerm=true" \
        -X POST -H 'Content-Type: application/x-tar' --data-binary @-)
    has_image "$image" || fail "the engine could not build the demo image: $answer"
}

start_luma() {
    # One folder for each port: two quick starts at the same time are two Lumas.
    local state=$dist/target/quickstart/$proxy_port
    log=$state.log
    mkdir -p "$state"
    say "Starting Luma (bin/luma serve; log: $log)"
    "$dist/target/luma/bin/luma" serve --proxy-port "$proxy_port" --api-port "$api_port" --state-dir "$state" \
        --docker-host "$engine" </dev/null >"$log" 2>&1 &
    luma_pid=$!
    local deadline=$((SECONDS + 60))
    until [ "$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 "$api/readyz")" = 200 ]; do
        kill -0 "$luma_pid" 2>/dev/null || luma_failed "ended"
        [ "$SECONDS" -lt "$deadline" ] || luma_failed "was not ready within 60 seconds"
        sleep 0.1
    done
}

luma_failed() {
    tail -n 20 "$log" >&2
    fail "Luma $1; its last words are above, all of them in $log"
}

register() {
    local body="{\"name\": \"$project\", \"docker_image\": \"$image\", \"env_vars\": {\"APP_ENV\": \"development\"},
  \"container_port\": 80, \"hostname\": \"$host\", \"idle_timeout\": \"$idle\"}"
    # A quick start that was killed may have left it registered.
    curl -s -o /dev/null -X DELETE -H 'Content-Type: application/json' "$api/projects/$project"
    say "Registering the demo project (it sleeps after $idle without a request; the default is 20s)"
    show "curl -X POST $api/projects -H \"Content-Type: application/json\" -d '$body'"
    curl -sS --fail-with-body -X POST "$api/projects" -H 'Content-Type: application/json' -d "$body" ||
        fail "Luma refused the demo project, see above"
    printf '\n'
}

show() {
    printf '\n    $ %s\n' "$1"
}

# request WORD: asks the project for its page and prints the time that it took.
request() {
    local page=$dist/target/quickstart/page.html code seconds
    show "curl -H \"Host: $host\" $url"
    read -r code seconds < <(curl -sS -o "$page" -w '%{http_code} %{time_total}\n' -H "Host: $host" "$url")
    [ "$code" = 200 ] || fail "expected 200 from the demo project, got $code: $(head -c 2000 "$page")"
    printf '    %s %s: %.0f ms\n\n' "$code" "$1" "$(awk "BEGIN { print $seconds * 1000 }")"
}

list() {
    show "luma ps"
    LUMA_API=$api "$dist/target/luma/bin/luma" ps
    printf '\n'
}

# Luma has to see once what the engine gains by sandboxes, which takes a few starts of a container.
look_around() {
    local deadline=$((SECONDS + 30)) findings
    say "Looking at what Luma has found"
    show "luma doctor"
    until findings=$(LUMA_API=$api "$dist/target/luma/bin/luma" doctor || true) && ! grep -q 'being measured' <<<"$findings"; do
        [ "$SECONDS" -lt "$deadline" ] || break
        sleep 0.2
    done
    printf '%s\n' "$findings"
}

await_sleep() {
    say "Waiting until it sleeps again ($idle after the last request)"
    local deadline=$((SECONDS + 60))
    until curl -sS "$api/projects/$project" | grep -Eq '"state" ?: ?"stopped"'; do
        [ "$SECONDS" -lt "$deadline" ] || fail "the demo project did not go to sleep; see $log"
        sleep 0.5
    done
}

keep_running() {
    say "Luma keeps running; Ctrl-C stops it and its containers"
    printf '    the demo  http://%s:%s\n    the API   %s/projects\n    the log   %s\n' "$host" "$proxy_port" "$api" "$log"
    trap 'exit 0' INT TERM
    wait "$luma_pid" || true
    luma_pid=
    fail "Luma ended by itself; see $log"
}

# Ends what was started here, the last first. Runs whatever happened before.
clean_up() {
    trap '' INT TERM
    if [ -n "$luma_pid" ] && kill "$luma_pid" 2>/dev/null; then
        say "Stopping Luma and its containers"
        wait "$luma_pid" || true
    fi
    stop_engine
}

main() {
    read_arguments "$@"
    url=http://localhost:$proxy_port
    api=http://localhost:$api_port
    check_port --proxy-port "$proxy_port"
    check_port --api-port "$api_port"

    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM

    need_build_tools
    find_engine
    build
    find_demo_image
    start_luma
    look_around
    register
    say "The first request wakes its container"
    request cold
    say "The second finds it awake"
    request warm
    list
    await_sleep
    list
    say "The next request starts the container again that was kept"
    request again
    list

    if [ -n "$once" ]; then
        say "That was the tour"
    else
        keep_running
    fi
}

main "$@"
