#!/bin/sh
# Records the answers of the real Kubernetes anew: rewrites every file of tests/golden that these programs make.
set -eu
if ! command -v go >/dev/null 2>&1; then
	echo "vectors.sh: Go 1.26 or newer is needed to run the code of Kubernetes: https://go.dev/dl" >&2
	exit 2
fi
cd "$(dirname "$0")"
if ! go list -m >/dev/null 2>&1; then
	echo "vectors.sh: $(go version) is too old for go.mod; Go 1.26 or newer is needed: https://go.dev/dl" >&2
	exit 2
fi

golden=../golden
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

echo "[1/4] building the program of the suites api/..."
go build -buildvcs=false -v -o "$new/bin/api" ./node/api
echo "[2/4] building the program of the suites scheduling/... (the whole scheduler: minutes, the first time)"
go build -buildvcs=false -v -o "$new/bin/scheduler" ./scheduler

echo "[3/4] running them"
"$new/bin/api" -seed 1 -random 100 -out "$new"
"$new/bin/scheduler" -seed 1 -random 60 -out "$new"

echo "[4/4] rewriting the files of tests/golden"
changed=0
for file in "$golden"/api/*.json "$golden"/scheduling/*.json; do
	made=$new/${file#"$golden"/}
	if [ ! -f "$made" ]; then
		echo "vectors.sh: no program makes $file" >&2
		exit 1
	fi
	if ! cmp -s "$made" "$file"; then
		cp "$made" "$file"
		echo "changed: ${file#"$golden"/}"
		changed=$((changed + 1))
	fi
done
echo "files changed: $changed"
