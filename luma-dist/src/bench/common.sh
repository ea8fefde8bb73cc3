# Shared by the benchmarks: what they need on the machine, a Luma of their own, and a fast upstream in a container.
# Sourced, not run. Everything made here carries the name of this run and is removed at its end.

bench_home=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
luma_home=${LUMA_HOME:-$(cd -- "$bench_home/../../target/luma" 2>/dev/null && pwd -P || true)}
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
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || die "$1 is missing: apt-get install $2"
    say "installing $2"
    apt-get install -y -qq --no-install-recommends "$2" >/dev/null 2>&1 || die "could not install $2"
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
    head -c 100 /dev/zero | tr '\0' x >"$root/www/100"
    head -c 1024 /dev/zero | tr '\0' x >"$root/www/1k"
    head -c 16384 /dev/zero | tr '\0' x >"$root/www/16k"
    head -c 1048576 /dev/zero | tr '\0' x >"$root/www/1m"
    cat >"$root/etc/nginx/nginx.conf" <<'CONF'
user root;
worker_processes 2;
daemon off;
error_log stderr warn;
pid /run/nginx.pid;
events { worker_connections 4096; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    default_type application/octet-stream;
    open_file_cache max=100;
    server { listen 8080 backlog=4096; location / { root /www; } }
}
CONF
    tar -C "$root" -c . | docker import \
        --change "CMD [\"$binary\", \"-c\", \"/etc/nginx/nginx.conf\"]" - "$run_name:latest" >/dev/null
}

start_luma() {
    [ -x "$luma_home/bin/luma" ] || die "no Luma at '$luma_home': build it first (./mvnw -DskipTests package)"
    mkdir -p "$work/state"
    "$luma_home/bin/luma" serve --proxy-host 127.0.0.1 --proxy-port "$proxy_port" --api-port "$api_port" \
        --state-dir "$work/state" "$@" >"$work/luma.log" 2>&1 &
    luma_pid=$!
    for _ in $(seq 200); do
        # First whether it lives: another Luma may answer on a port that was taken.
        kill -0 "$luma_pid" 2>/dev/null || { cat "$work/luma.log" >&2; die "Luma did not start"; }
        grep -q 'listens: proxy' "$work/luma.log" && curl -fsS -o /dev/null "$api/readyz" 2>/dev/null && return
        sleep 0.05
    done
    die "Luma did not get ready; see $work/luma.log"
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
