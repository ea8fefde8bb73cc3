# shellcheck shell=bash disable=SC2034,SC2154 # Sourced: what it sets others use, and the other way round.
# Shared by the benchmarks: what they need on the machine, a Luma of their own, and a fast upstream in a container.
# Sourced, not run. Everything made here carries the name of this run and is removed at its end.

bench_home=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
luma_home=${LUMA_HOME:-$(readlink -f -- "$bench_home/../../target/luma")}
run_name=luma-bench-$$
work=$(mktemp -d "${TMPDIR:-/tmp}/$run_name.XXXXXX")
proxy_port=${PROXY_PORT:-18080}
api_port=${API_PORT:-18081}
api=http://127.0.0.1:$api_port
luma_pid=

say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'bench: %s\n' "$*" >&2; exit 1; }

# need COMMAND PACKAGE: installs Debian's package if the command is missing and this is root.
need() {
    command -v "$1" >/dev/null 2>&1 && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then die "$1 is missing: apt-get install $2"; fi
    say "installing $2"
    apt-get install -y -qq --no-install-recommends "$2" >/dev/null 2>&1 || die "could not install $2"
}

# upstream_conf ROOT DIRECTORY LISTEN [MORE]: the configuration of an upstream that answers from memory and
# takes uploads, which it reads to their end before it answers.
upstream_conf() {
    local body user=
    body=$(printf 'x%.0s' {1..100})
    [ "$(id -u)" != 0 ] || user='user root;'
    cat <<CONF
$user
worker_processes 2;
worker_rlimit_nofile 16384;
daemon off;
error_log stderr warn;
pid $2/upstream.pid;
events { worker_connections 8192; }
http {
    access_log off;
    client_body_temp_path $2/upstream-body; proxy_temp_path $2/upstream-proxy; fastcgi_temp_path $2/upstream-fastcgi;
    uwsgi_temp_path $2/upstream-uwsgi; scgi_temp_path $2/upstream-scgi;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    default_type application/octet-stream;
    open_file_cache max=100;
    upstream taken { server unix:$2/taken.sock; keepalive 128; keepalive_requests 1000000000; }
    server { listen unix:$2/taken.sock; return 200 taken; }
    server {
        listen $3 backlog=4096 reuseport;
        location = /100 { return 200 $body; }
        location / { root $1; }
        location = /upload {
            client_max_body_size 0;
            client_body_buffer_size 2m;
            proxy_pass http://taken/;
            proxy_method GET;
            proxy_http_version 1.1;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Connection "";
        }
        ${4:-}
    }
}
CONF
}

make_files() {
    head -c 1024 /dev/zero | tr '\0' x >"$1/1k"
    head -c 16384 /dev/zero | tr '\0' x >"$1/16k"
    head -c 1048576 /dev/zero | tr '\0' x >"$1/1m"
}

# An image FROM scratch that holds Debian's nginx with the libraries it needs, and files of the sizes asked for.
make_upstream_image() {
    need nginx nginx-light
    local root=$work/image binary
    binary=$(command -v nginx)
    mkdir -p "$root/www" "$root/etc/nginx" "$root/var/log/nginx" "$root/var/lib/nginx" "$root/tmp" "$root/run"
    { ldd "$binary" | grep -o '/[^ ]*'; echo "$binary"; } | while read -r file; do
        mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"
    done
    printf 'root:x:0:0::/:/\n' >"$root/etc/passwd"
    printf 'root:x:0:\n' >"$root/etc/group"
    make_files "$root/www"
    upstream_conf /www /tmp 8080 "${web_sockets:-}" >"$root/etc/nginx/nginx.conf"
    tar -C "$root" -c . | docker import \
        --change "CMD [\"$binary\", \"-c\", \"/etc/nginx/nginx.conf\"]" - "$run_name:latest" >/dev/null
}

# launch_luma HOME PROXY_PORT API_PORT NAME [FLAG...]: sets $luma_pid. Variables of the benchmarks are none of Luma's.
launch_luma() {
    local home=$1 proxy=$2 api=$3 name=$4
    shift 4
    [ -x "$home/bin/luma" ] || die "no Luma at '$home': build it first (./mvnw -DskipTests package)"
    mkdir -p "$work/$name"
    env -u LUMA_HOME -u LUMA_BASE -u LUMA_CACHE_DIR "$home/bin/luma" serve --proxy-host 127.0.0.1 --proxy-port "$proxy" \
        --api-port "$api" --state-dir "$work/$name" "$@" >"$work/$name.log" 2>&1 &
    luma_pid=$!
    for _ in $(seq 400); do
        # First whether it lives: another Luma may answer on a port that was taken.
        kill -0 "$luma_pid" 2>/dev/null || { cat "$work/$name.log" >&2; die "Luma did not start"; }
        grep -q 'listens: proxy' "$work/$name.log" && curl -fsS -o /dev/null "http://127.0.0.1:$api/healthz" 2>/dev/null && return
        sleep 0.05
    done
    die "Luma did not get ready; see $work/$name.log"
}

start_luma() {
    launch_luma "$luma_home" "$proxy_port" "$api_port" state "$@"
    for _ in $(seq 200); do
        curl -fsS -o /dev/null "$api/readyz" 2>/dev/null && return
        sleep 0.05
    done
    die "Luma does not reach a Docker engine; see $work/state.log"
}

# register NAME [MORE JSON]: a project on the upstream image.
register() {
    curl -fsS -o /dev/null -X POST "$api/projects" -H 'Content-Type: application/json' -d "{\"name\": \"$1\",
        \"docker_image\": \"$run_name:latest\", \"container_port\": 8080, \"hostname\": \"$1.localhost\"${2:+, $2}}"
}

stop_luma() {
    [ -n "$luma_pid" ] || return 0
    kill -TERM "$luma_pid" 2>/dev/null || true
    wait "$luma_pid" 2>/dev/null || true
    luma_pid=
}

# cpu_ticks PID...: user and system time of the processes and their threads, in clock ticks.
cpu_ticks() {
    local pid sum=0 stat
    for pid in "$@"; do
        stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
        # shellcheck disable=SC2086
        set -- ${stat##*) }
        sum=$((sum + ${12} + ${13}))
    done
    echo "$sum"
}

rss_mib() { awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }

# percentile P: of the numbers on standard input, one a line.
percentile() { sort -n | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100 + 0.999999); if (i < 1) i = 1; print v[i] }'; }

clean_up() {
    stop_luma
    docker ps -aq --filter "ancestor=$run_name:latest" | xargs -r docker rm -f >/dev/null 2>&1 || true
    docker rmi -f "$run_name:latest" >/dev/null 2>&1 || true
    rm -rf "$work"
}
