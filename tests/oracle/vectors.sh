#!/bin/sh
# Records the answers of the real Kubernetes anew: rewrites every file of tests/golden that these programs make.
set -eu
if ! command -v go >/dev/null 2>&1; then
	echo "vectors.sh: Go 1.26 or newer is needed to run the code of Kubernetes: https://go.dev/dl" >&2
	exit 2
fi
cd "$(dirname "$0")"
if [ "$(id -u)" -ne 0 ]; then
	echo "vectors.sh: run it as root: layers are unpacked with their owners" >&2
	exit 2
fi
if ! go list -m >/dev/null 2>&1; then
	echo "vectors.sh: $(go version) is too old for go.mod; Go 1.26 or newer is needed: https://go.dev/dl" >&2
	exit 2
fi

golden=../golden
node="api images cri isolation cni policy admission logging"
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

release=v1.37.2
version=k8s.io/component-base/version
minor=${release#v1.}
# the programs reach functions that Kubernetes does not export, and Kubernetes' own version is set as its build sets it
flags="-checklinkname=0 -X $version.gitVersion=$release -X $version.gitMajor=1 -X $version.gitMinor=${minor%.*}"

echo "[1/4] building the programs of the suites api/... images/... cri/... isolation/... cni/... logging/... policy/... pods/... kubeproxy/... services/... controlplane/raft"
for program in $node; do
	go build -buildvcs=false -v -ldflags="$flags" -o "$new/bin/$program" "./node/$program"
done
for program in proxy proxy-old proxy-dns raft; do
	(cd "$program" && go build -buildvcs=false -v -ldflags="$flags" -o "$new/bin/$program" .)
done
echo "[2/4] building the programs of the suites scheduling/... workloads/... controlplane/... accounts/... api/rbac (the whole scheduler, the controllers: minutes, the first time)"
go build -buildvcs=false -v -o "$new/bin/scheduler" ./scheduler
go build -buildvcs=false -v -ldflags="$flags" -o "$new/bin/controllers" ./controllers

# the suite cni/host-local runs the plugin itself
GOBIN="$new/bin" go install github.com/containernetworking/plugins/plugins/ipam/host-local@v1.9.1

echo "[3/4] running them"
export HOST_LOCAL="$new/bin/host-local"
for program in $node; do
	"$new/bin/$program" -seed 1 -random 100 -out "$new"
done
"$new/bin/admission" -only none -fields ../../k8smodels/controlplane/admission/fields.txt
"$new/bin/scheduler" -seed 1 -random 60 -out "$new"
"$new/bin/controllers" -seed 1 -random 100 -out "$new"
for program in proxy proxy-old proxy-dns raft; do
	"$new/bin/$program" -seed 1 -out "$new"
done

echo "[4/4] rewriting the files of tests/golden"
changed=0
for file in "$golden"/*/*.json; do
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
