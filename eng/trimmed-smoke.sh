#!/usr/bin/env bash
# Publishes the sample server trimmed and self-contained, starts it, talks to it over TCP and stops it with SIGTERM: what
# the trimmer takes away would be missed here. Skipped where the source has no runtime pack.
set -euo pipefail
cd "$(dirname "$0")/.."

out=artifacts/trimmed
runtime=$(dotnet --info | awk '$1 == "RID:" { print $2; exit }')
log=$out/server.log
mkdir -p "$out"
properties=(-p:ArtifactsPath="$PWD/$out/build" -p:PublishTrimmed=true -p:SelfContained=true)

if ! dotnet restore samples/Uppercase.Server --runtime "$runtime" "${properties[@]}" > "$out/restore.log" 2>&1; then
    if grep -qE 'NU110[123].*(Runtime|ILCompiler|ILLink|Host)' "$out/restore.log"; then
        echo "Skipped: the package source has no runtime pack for $runtime."
        exit 0
    fi
    cat "$out/restore.log"
    exit 1
fi

dotnet publish samples/Uppercase.Server --configuration Release --runtime "$runtime" --no-restore --self-contained \
    "${properties[@]}" --output "$out/app" --verbosity quiet
echo "Published: $(du -sh "$out/app" | cut -f1)"

"$out/app/Uppercase.Server" --endpoint "tcp://127.0.0.1:0?framing=lines" > "$log" 2>&1 &
server=$!
trap 'kill -9 $server 2> /dev/null || true' EXIT
for _ in $(seq 100); do
    port=$(sed -nE 's/^Listening on tcp:\/\/127\.0\.0\.1:([0-9]+).*/\1/p' "$log" | head -1)
    if [ -n "$port" ] || ! kill -0 $server 2> /dev/null; then break; fi
    sleep 0.1
done
if [ -z "$port" ]; then
    echo "The server did not start:"
    cat "$log"
    exit 1
fi

exec 3<> "/dev/tcp/127.0.0.1/$port"
echo "hello, trimmed world" >&3
read -r -t 20 reply <&3
exec 3<&- 3>&-
kill -TERM $server
wait $server || { echo "The server did not stop cleanly: exit code $?"; exit 1; }
trap - EXIT
echo "Reply: $reply"
[ "$reply" = "HELLO, TRIMMED WORLD" ]
