#!/usr/bin/env bash
# usage: soak.sh [SECONDS [SEED [ONLY]]]
# Mixed load on every transport (default: 120 s), every reply verified; then connections, handlers, buffers, threads and
# descriptors must be back where they were. Exit code 1 if not, or if a reply was wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run --project eng/soak --configuration Release -- "$@"
