#!/usr/bin/env bash
# usage: benchmark.sh [--quick] [--only SCENARIO...] [--servers SERVER...] (more: benchmark.sh --help)
# Builds the load program and the servers, measures them side by side and writes docs/performance.md. Linux only; the
# servers have core 0, the client has core 1. The C servers are left out where there is no C compiler. Without options
# the micro-benchmarks are run too.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=artifacts/bin
native=artifacts/native
for project in Transports.Load Transports.Load.Servers Transports.Benchmarks; do
    dotnet build "benchmarks/$project" --configuration Release -nologo -v quiet -clp:ErrorsOnly
done

if command -v cc > /dev/null; then
    mkdir -p "$native"
    for server in tcp_epoll udp_mmsg; do
        cc -O2 -Wall -Wextra -o "$native/$server" "benchmarks/native/$server.c" -lpthread
    done
else
    rm -rf "$native"
    echo "No C compiler: measuring without the C servers." >&2
fi

# A quick run is for the eye: it leaves the document as it is.
results=artifacts/benchmark
page=docs
case " $* " in *" --quick "*) results=artifacts/benchmark-quick page=artifacts/benchmark-quick ;; esac

if [ $# -eq 0 ]; then
    taskset -c 0 "$bin/Transports.Benchmarks/release/Transports.Benchmarks" --filter '*' --job short --inProcess \
        --exporters github --artifacts "$results/micro"
fi

load="$bin/Transports.Load/release/Transports.Load"
"$load" run --dotnet-servers "$bin/Transports.Load.Servers/release/Transports.Load.Servers" \
    --native-servers "$native" --results "$results" "$@"
"$load" report --results "$results" --page "$page"
echo "Written: $page/performance.md"
