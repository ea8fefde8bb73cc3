# shellcheck shell=bash disable=SC2034,SC2154 # Sourced: what it sets others use, and the other way round.
# The contestants of relay.sh: Luma, perhaps another build of it, and its peers, each in front of the same upstream.
# Sourced after common.sh. Each is tuned as its users would: kept connections on both sides, no access log, a worker a core.

declare -A port=() root=() # of each contestant that runs: its port, and the process all others of it come from
upstream=                  # address:port that all of them relay to
upstream_pid=
web_sockets=
echo_pid=
peer_path= # of the Java peers
free_from=$((20000 + $$ % 1000 * 10))

# Sets $free to a port that nobody listens on.
free_port() {
    while (exec 3<>"/dev/tcp/127.0.0.1/$free_from") 2>/dev/null; do free_from=$((free_from + 1)); done
    free=$free_from
    free_from=$((free_from + 1))
}

await_port() {
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

# Whether the Luma unpacked there can relay to something that it has not started.
takes_upstreams() { env -u LUMA_HOME -u LUMA_BASE "$1/bin/luma" serve --help 2>/dev/null | grep -q -e --allowed-upstreams; }

# start_echo ADDRESS: a WebSocket upstream behind the upstream; sets $web_sockets to what the latter's configuration needs.
start_echo() {
    free_port
    "$java/bin/java" -XX:+UseSerialGC -Xmx64m -cp "$work/classes" Echo "$1" "$free" >"$work/echo.log" 2>&1 &
    echo_pid=$!
    for _ in $(seq 100); do if (exec 3<>"/dev/tcp/$1/$free") 2>/dev/null; then break; fi; sleep 0.05; done
    web_sockets="location = /ws {
        proxy_pass http://$1:$free;
        proxy_http_version 1.1;
        proxy_set_header Connection upgrade;
        proxy_set_header Upgrade \$http_upgrade;
        proxy_read_timeout 300s;
    }"
}

# An upstream beside the contestants, on loopback.
start_upstream() {
    mkdir -p "$work/www"
    make_files "$work/www"
    free_port
    upstream_conf "$work/www" "$work" "127.0.0.1:$free" "$web_sockets" >"$work/upstream.conf"
    nginx -c "$work/upstream.conf" >"$work/upstream.log" 2>&1 &
    upstream_pid=$!
    await_port "$free" "$upstream_pid" || { cat "$work/upstream.log" >&2; die "the upstream did not start"; }
    upstream=127.0.0.1:$free
}

# start_a_luma NAME HOME: with a project "relay" on the upstream, or in a container if there is no upstream yet.
start_a_luma() {
    local name=$1 home=$2 proxy api
    free_port; proxy=$free
    free_port; api=http://127.0.0.1:$free
    if [ -n "$upstream_pid" ]; then
        launch_luma "$home" "$proxy" "$free" "$name" --allowed-upstreams 127.0.0.0/8
        curl -fsS -o /dev/null -X POST "$api/projects" -H 'Content-Type: application/json' \
            -d "{\"name\": \"relay\", \"upstream\": \"$upstream\", \"hostname\": \"relay.localhost\"}" || die "$name refused the upstream"
    else
        launch_luma "$home" "$proxy" "$free" "$name" --inactivity-timeout 1h
        register relay
        curl -fsS -o /dev/null -H 'Host: relay.localhost' "http://127.0.0.1:$proxy/100" ||
            { cat "$work/$name.log" >&2; die "$name did not start the upstream"; }
        [ -n "$upstream" ] || upstream=$(curl -fsS "$api/projects/relay" | jq -r '.instances[0].address')
    fi
    port[$name]=$proxy
    root[$name]=$luma_pid
}

# start_nginx NAME BUFFERS: with that much of its configuration about buffers.
start_nginx() {
    local name=$1
    shift
    free_port
    cat >"$work/$name.conf" <<CONF
$([ "$(id -u)" != 0 ] || echo 'user root;')
worker_processes $(nproc);
worker_rlimit_nofile 16384;
daemon off;
error_log $work/$name.error.log warn;
pid $work/$name.pid;
events { worker_connections 8192; }
http {
    access_log off;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    client_max_body_size 0;
    map \$http_upgrade \$connection_upgrade { default upgrade; '' ''; }
    upstream app { server $upstream; keepalive 1024; keepalive_requests 1000000000; keepalive_timeout 300s; }
    server {
        listen 127.0.0.1:$free backlog=4096 reuseport;
        location / {
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Connection \$connection_upgrade;
            proxy_set_header Upgrade \$http_upgrade;
            proxy_set_header Host \$host;
            proxy_set_header X-Forwarded-For \$remote_addr;
            proxy_set_header X-Forwarded-Proto \$scheme;
            proxy_set_header X-Forwarded-Host \$http_host;
            proxy_request_buffering off;
            $1
        }
    }
}
CONF
    nginx -c "$work/$name.conf" >"$work/$name.log" 2>&1 &
    started "$name" $! "$free"
}

# start_haproxy NAME [OPTION]
start_haproxy() {
    free_port
    cat >"$work/$1.cfg" <<CONF
global
    nbthread $(nproc)
    maxconn 4096
    tune.bufsize 32768
defaults
    mode http
    option http-keep-alive
    ${2:-}
    http-reuse always
    timeout connect 5s
    timeout client 300s
    timeout server 300s
    timeout tunnel 300s
frontend in
    bind 127.0.0.1:$free backlog 4096
    option forwardfor
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    default_backend app
backend app
    server app $upstream
CONF
    haproxy -db -f "$work/$1.cfg" >"$work/$1.log" 2>&1 &
    started "$1" $! "$free"
}

start_caddy() {
    free_port
    cat >"$work/Caddyfile" <<CONF
{
    admin off
    auto_https off
}
http://:$free {
    bind 127.0.0.1
    reverse_proxy $upstream {
        transport http {
            keepalive 300s
            keepalive_idle_conns 1024
            keepalive_idle_conns_per_host 1024
            compression off
        }
    }
}
CONF
    XDG_DATA_HOME=$work/caddy XDG_CONFIG_HOME=$work/caddy HOME=$work/caddy \
        caddy run --config "$work/Caddyfile" --adapter caddyfile >"$work/caddy.log" 2>&1 &
    started caddy $! "$free"
}

# prepare_java_peers: sets $peer_path to what a JVM needs to run them: their jars, which stay for the next run, and what
# starts them.
prepare_java_peers() {
    local jars=$bench_home/../../target/bench-peers
    [ -z "$peer_path" ] || return 0
    if ! cmp -s "$bench_home/peers/pom.xml" "$jars/pom.xml"; then
        need mvn maven
        say "fetching the Java peers"
        rm -rf "$jars"
        mvn -q -B -f "$bench_home/peers/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$(readlink -m "$jars")" >&2 ||
            die "could not fetch the Java peers"
        cp "$bench_home/peers/pom.xml" "$jars/"
    fi
    peer_path="$work/peers:$(readlink -f "$jars")/*"
    "$java/bin/javac" -proc:none -d "$work/peers" -cp "$peer_path" "$bench_home"/peers/*.java
}

# start_java_peer NAME CLASS: with Luma's collector and bounds of memory, but a young generation as large as the JVM
# thinks best, as they make more garbage.
start_java_peer() {
    local flags=() version
    prepare_java_peers
    version=$("$java/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    [ "$version" -lt 22 ] || flags+=(--enable-native-access=ALL-UNNAMED)
    [ "$version" -lt 24 ] || flags+=(--sun-misc-unsafe-memory-access=allow)
    [ "$version" -lt 25 ] || flags+=(-XX:+UseCompactObjectHeaders)
    free_port
    "$java/bin/java" -XX:+UseSerialGC -Xmx512m -XX:MaxDirectMemorySize=256m -XX:-UsePerfData "${flags[@]}" \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$peer_path" "$2" "$free" "${upstream%:*}" "${upstream##*:}" \
        >"$work/$1.log" 2>&1 &
    started "$1" $! "$free"
}

# on_jvm NAME: whether it runs in a JVM, where it is slow until it is warm.
on_jvm() { case $1 in luma | base | vertx | undertow | jetty) ;; *) return 1 ;; esac; }

# started NAME PID PORT
started() {
    root[$1]=$2
    await_port "$3" "$2" || { cat "$work/$1.log" >&2; die "$1 did not start"; }
    port[$1]=$3
}

# start_contestant NAME: false if it cannot take part.
start_contestant() {
    case $1 in
        luma) start_a_luma luma "$luma_home" ;;
        base)
            if [ -n "$upstream_pid" ] && ! takes_upstreams "$luma_base"; then
                say "base leaves the run: it relays to containers only; compare with --upstream container"
                return 1
            fi
            start_a_luma base "$luma_base"
            ;;
        nginx)
            # An answer of 16 KiB fits with its head, and nothing goes to a file.
            start_nginx nginx 'proxy_buffer_size 32k; proxy_buffers 16 32k; proxy_busy_buffers_size 64k; proxy_max_temp_file_size 0;'
            ;;
        nginx-plain) start_nginx nginx-plain '' ;;
        haproxy) need haproxy haproxy; start_haproxy haproxy ;;
        haproxy-splice) need haproxy haproxy; start_haproxy haproxy-splice 'option splice-auto' ;;
        caddy) need caddy caddy; start_caddy ;;
        vertx) start_java_peer vertx VertxPeer ;;
        undertow) start_java_peer undertow UndertowPeer ;;
        jetty) start_java_peer jetty JettyPeer ;;
        *) die "there is no contestant \"$1\"" ;;
    esac
}

# pids_of NAME: all of its processes.
pids_of() { family "${root[$1]}"; }

family() {
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do family "$child"; done
}

# memory NAME: resident and proportional size of all of its processes, in MiB.
memory() {
    local pid
    for pid in $(pids_of "$1"); do cat "/proc/$pid/smaps_rollup" 2>/dev/null || true; done |
        awk '/^Rss:/ { rss += $2 } /^Pss:/ { pss += $2 } END { printf "%.1f %.1f\n", rss / 1024, pss / 1024 }'
}

stop_contestants() {
    local name
    for name in "${!root[@]}"; do kill -TERM "${root[$name]}" 2>/dev/null || true; done
    for name in "${!root[@]}"; do wait "${root[$name]}" 2>/dev/null || true; done
    [ -z "$echo_pid" ] || { kill -TERM "$echo_pid" && wait "$echo_pid"; } 2>/dev/null || true
    [ -z "$upstream_pid" ] || { kill -TERM "$upstream_pid" && wait "$upstream_pid"; } 2>/dev/null || true
}
