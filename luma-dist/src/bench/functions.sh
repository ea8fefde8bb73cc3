#!/usr/bin/env bash
# Time and garbage of what a message costs outside of the kernel: head scanners, head writer, chunk walker (JMH).
# Usage: functions.sh [JMH'S OPTIONS]      for example: functions.sh -f 1 -i 3 'scan.*'
#        environment: LUMA_JAVA, the JDK's directory
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.." && pwd -P)
results=$root/luma-dist/target/bench
java=${LUMA_JAVA:+$LUMA_JAVA/bin/}java
flags=()
[ "$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')" -lt 24 ] ||
    flags=(-jvmArgsAppend "--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -XX:+UseCompactObjectHeaders")
mkdir -p "$results"
"$root/mvnw" -q -f "$root/pom.xml" -pl luma-proxy -am test-compile dependency:build-classpath \
    -Dmdep.outputFile=target/benchmark.classpath -Dmdep.includeScope=test
module=$root/luma-proxy/target
"$java" -cp "$module/test-classes:$module/classes:$(cat "$module/benchmark.classpath")" org.openjdk.jmh.Main \
    -prof gc "${flags[@]}" -rf csv -rff "$results/functions.csv" "$@" >&2
awk -F, 'NR > 1 {
    gsub(/"/, "")
    split($1, part, "."); name = part[5]; sub(/:.*/, "", name)
    if ($1 ~ /alloc.rate.norm/) garbage[name] = $5
    else if ($1 !~ /:/) { order[++n] = name; time[name] = $5; error[name] = $6 }
} END {
    printf "| function | ns | +- | octets of garbage |\n|---|---|---|---|\n"
    for (i = 1; i <= n; i++) printf "| %s | %.1f | %.1f | %.0f |\n", order[i], time[order[i]], error[order[i]], garbage[order[i]]
}' "$results/functions.csv" | tee "$results/functions.md"
