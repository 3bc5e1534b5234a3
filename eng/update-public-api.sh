#!/usr/bin/env bash
# Records the public surface of the three packages in src/*/PublicApi.txt, after a change to it that is meant.
set -euo pipefail
cd "$(dirname "$0")/.."
UPDATE_PUBLIC_API=1 dotnet test tests/Repository.Tests --filter FullyQualifiedName~PublicApiTests "$@"
git --no-pager diff --stat -- 'src/*/PublicApi.txt'
