#!/usr/bin/env bash
# Throws random byte streams at every framing, and near-headers at the parser of the PROXY protocol.
# Usage: eng/fuzz.sh [inputs for each] [seed] [part of the names of targets]
# The same seed gives the same streams; without one, each run has its own and prints it.
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run --configuration Release --project eng/fuzz/Fuzz.csproj -- \
    "${1:-200000}" "${2:-$((RANDOM * 32768 + RANDOM))}" "${@:3}"
