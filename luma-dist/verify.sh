#!/usr/bin/env bash
# Builds Luma and runs all of its tests, with a Docker engine set up first where none answers.
# Arguments are passed on to Maven, for example: verify.sh -pl luma-core
set -euo pipefail

dist=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=luma-dist/src/main/scripts/engine.sh
. "$dist/src/main/scripts/engine.sh"

trap stop_engine EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

need_build_tools
need_static_busybox
find_engine
say "Building and testing (./mvnw verify)"
"$dist/../mvnw" --batch-mode --no-transfer-progress verify "$@"
say "Done in $((SECONDS / 60)) min $((SECONDS % 60)) s"
